"""A metric of one's own: a function of answers and predictions, given wherever the name of a metric is.

No model file holds it, as files hold no code: they keep its name, and its figures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from selenite.errors import OptionError
from selenite.types import AnyArray


class OwnMetric(str):
    """The name of a function of one's own, with the function.

    Parameters
    ----------
    function : callable
        metric(y, prediction) -> number, the higher the better. Of classes y has the number of each row's class, in the
        order of `classes_`, shape (n,), and prediction the probabilities, (n, n_classes); of a number both have shape
        (n,), in the target's unit.

    Raises
    ------
    OptionError
        If it is no function, or, when it is asked, gives no number.

    Examples
    --------
    >>> import numpy as np
    >>> def within_one(y, prediction):
    ...     return np.mean(abs(y - prediction) <= 1)
    >>> metric = OwnMetric(within_one)
    >>> metric, metric.of(np.array([1.0, 2.0]), np.array([1.5, 4.0]))
    ('within_one', 0.5)
    """

    function: Callable[[AnyArray, AnyArray], Any]

    def __new__(cls, function: Callable[[AnyArray, AnyArray], Any]) -> Self:  # noqa: D102 - said by the class
        if not callable(function):
            raise OptionError(f"metric={function!r}: give the name of a metric, or a function of y and the prediction")
        own = super().__new__(cls, getattr(function, "__name__", type(function).__name__))
        own.function = function
        return own

    def of(self, y: AnyArray, prediction: AnyArray) -> float:
        """Return what the function gives for rows, as a number."""
        found = self.function(y, prediction)
        try:
            return float(found)
        except (TypeError, ValueError):
            raise OptionError(f"the metric {self} must give a number, not {type(found).__name__}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnMetric) and self.function == other.function

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.function)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.function,)


def as_metric(given: Any) -> str | None:
    """Return a metric that is asked for by its name, or as a function; None of none."""
    return given if given is None or isinstance(given, str) else OwnMetric(given)
