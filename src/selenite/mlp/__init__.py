"""scikit-learn's multilayer perceptrons: its parameters, attributes and numbers, and what its users have asked for."""

from selenite.mlp.estimators import FitWarning, MLPClassifier, MLPRegressor

__all__ = ["FitWarning", "MLPClassifier", "MLPRegressor"]
