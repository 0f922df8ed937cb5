"""The model and its file."""

from selenite.model.header import Data, Figure, Recipe
from selenite.model.model import Model, load

__all__ = ["Data", "Figure", "Model", "Recipe", "load"]
