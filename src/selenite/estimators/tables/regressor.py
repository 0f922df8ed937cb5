"""The regressor for raw tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Self

from sklearn.base import RegressorMixin

from selenite.estimators.tables.base import Selenite
from selenite.model import Model
from selenite.table import Task
from selenite.types import Floats


class SeleniteRegressor(RegressorMixin, Selenite):  # type: ignore[misc]
    """Neural networks that predict a number from the rows of a raw table.

    The target is scaled for training and predictions are scaled back; of positive numbers that are products, such as
    prices, the logarithm is learned where that is clearly better on rows held out: `model_.target_transform` is then
    "log", and no prediction is below 0. One or two networks try it only where else a prediction would be.

    Parameters and attributes are those of `SeleniteClassifier`, but for `class_weight`, `threshold` and `classes_`;
    `monotone` is of the predicted number; "auto" is the loss squared_error, and absolute_error, huber, quantile and
    poisson are there, "huber(1.5)" and "quantile(0.9)" with their number, or an `OwnLoss` of `selenite.nn`.

    Examples
    --------
    >>> import numpy as np
    >>> from selenite import SeleniteRegressor
    >>> X = np.random.default_rng(0).uniform(-2, 2, size=(500, 1))
    >>> regressor = SeleniteRegressor().fit(X, X[:, 0] ** 2)
    >>> bool(abs(regressor.predict([[1.5]])[0] - 2.25) < 0.2)
    True
    """

    _task: ClassVar[Task] = "regression"

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Go on learning: one epoch over these rows, as `SeleniteClassifier.partial_fit` does.

        The target's scale is that of the first call's rows. No rows are held out, so the model knows no quantiles.

        Parameters
        ----------
        X, y : as for `fit`
        sample_weight : array-like of shape (n_rows,), optional
            How much each row counts, as it is: beside a row of another call, too.

        Returns
        -------
        self

        Examples
        --------
        >>> import numpy as np
        >>> from selenite import SeleniteRegressor
        >>> X = np.random.default_rng(0).uniform(-1, 1, size=(500, 1))
        >>> regressor = SeleniteRegressor(members=1)
        >>> for _ in range(10):
        ...     _ = regressor.partial_fit(X, 3 * X[:, 0])
        >>> bool(abs(regressor.predict([[0.5]])[0] - 1.5) < 0.2)
        True
        """
        return self._partial_fit(X, y, sample_weight)

    def predict(self, X: Any, *, quantiles: Sequence[float] | None = None) -> Floats:
        """Return the predicted number of each row, shape (n_rows,); of several targets (n_rows, n_targets).

        With `quantiles`, such as (0.05, 0.95), return those instead, shape (n_rows, n_quantiles): between these two
        lies an interval that covers 90 % of new answers where new rows are like the old.
        """
        predicted = self._said_of(X, partial(Model.predict, quantiles=quantiles))
        return self._framed(X, predicted, self.model_.target.name, quantiles or self.model_.target.names)

    def predict_interval(self, X: Any, *, coverage: float = 0.9) -> Floats:
        """Return the interval of each row that holds the answers of so many new rows, shape (n_rows, 2).

        As `Model.predict_interval` does.

        Examples
        --------
        >>> import numpy as np
        >>> from selenite import SeleniteRegressor
        >>> random = np.random.default_rng(0)
        >>> X = random.uniform(-2, 2, size=(1000, 1))
        >>> y = X[:, 0] + random.normal(size=1000)
        >>> low, high = SeleniteRegressor(members=1).fit(X[:500], y[:500]).predict_interval(X[500:]).T
        >>> bool(0.85 < ((low <= y[500:]) & (y[500:] <= high)).mean() < 0.95)
        True
        """
        interval = self._said_of(X, partial(Model.predict_interval, coverage=coverage))
        return self._framed(X, interval, "", ("low", "high"))
