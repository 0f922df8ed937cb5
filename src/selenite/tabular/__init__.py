"""Estimators for raw tables: encode, train and stop by themselves, in scikit-learn's dialect."""

from selenite.tabular.estimators import SeleniteClassifier, SeleniteRegressor

__all__ = ["SeleniteClassifier", "SeleniteRegressor"]
