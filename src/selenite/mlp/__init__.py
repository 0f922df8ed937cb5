"""scikit-learn's multilayer perceptrons: its parameters, attributes and numbers, and what its users have asked for."""

from selenite.mlp.classifier import MLPClassifier
from selenite.mlp.regressor import MLPRegressor
from selenite.mlp.verdict import FitWarning

__all__ = ["FitWarning", "MLPClassifier", "MLPRegressor"]
