"""scikit-learn's multilayer perceptrons: its parameters, attributes and numbers, and what its users have asked for."""

from selenite.estimators.mlp.classifier import MLPClassifier
from selenite.estimators.mlp.regressor import MLPRegressor
from selenite.estimators.mlp.verdict import FitWarning

__all__ = ["FitWarning", "MLPClassifier", "MLPRegressor"]
