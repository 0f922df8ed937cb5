"""Estimators for raw tables: encode, train and stop by themselves, in scikit-learn's dialect."""

try:
    import sklearn  # noqa: F401
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "selenite's estimators need scikit-learn: pip install 'selenite[sklearn]'. The command line, and selenite.fit "
        "and selenite.load in Python, work without it",
        name="sklearn",
    ) from None

from selenite.estimators.tables import SeleniteClassifier, SeleniteRegressor

__all__ = ["SeleniteClassifier", "SeleniteRegressor"]
