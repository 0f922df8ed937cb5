"""The model and its file."""

from selenite.model.loading import load
from selenite.model.model import Model
from selenite.model.parts import Curve, Data, Figure, Recipe
from selenite.model.settings import Settings

__all__ = ["Curve", "Data", "Figure", "Model", "Recipe", "Settings", "load"]
