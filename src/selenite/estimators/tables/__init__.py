"""Estimators for raw tables: encode, train and stop by themselves, in scikit-learn's dialect."""

from selenite.estimators.tables.classifier import SeleniteClassifier
from selenite.estimators.tables.regressor import SeleniteRegressor

__all__ = ["SeleniteClassifier", "SeleniteRegressor"]
