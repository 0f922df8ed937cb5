"""scikit-learn's multilayer perceptrons: its parameters, attributes and numbers, and what its users have asked for."""

from selenite.mlp.base import FitWarning
from selenite.mlp.classifier import MLPClassifier
from selenite.mlp.regressor import MLPRegressor

__all__ = ["FitWarning", "MLPClassifier", "MLPRegressor"]
