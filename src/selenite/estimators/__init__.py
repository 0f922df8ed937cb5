"""Estimators for raw tables: encode, train and stop by themselves, in scikit-learn's dialect."""

from selenite.estimators.tables import SeleniteClassifier, SeleniteRegressor

__all__ = ["SeleniteClassifier", "SeleniteRegressor"]
