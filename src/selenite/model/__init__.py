"""The model and its file."""

from selenite.model.model import Model, load
from selenite.model.parts import Data, Figure, Recipe
from selenite.model.settings import Settings

__all__ = ["Data", "Figure", "Model", "Recipe", "Settings", "load"]
