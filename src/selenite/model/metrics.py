"""How good predictions are: the field's metrics, each with a 95 % interval.

Accuracy gets Wilson's interval, the area under the ROC curve DeLong's, all others, which are ratios of sums over rows,
one that long tails do not deceive (`intervals`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.model.intervals import Clusters, area_under_roc, ratio_interval, share_interval
from selenite.types import AnyArray, Array, Floats, Indices, Mask, NDArray

HIGHER_IS_BETTER = ("accuracy", "area under ROC", "R2")


@dataclass(frozen=True)
class Metric:
    """A figure on some rows, and where it lies with 95 % confidence; None where no interval is known."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


def accuracy(predicted: AnyArray, y: AnyArray) -> float:
    """Return the share of rows whose class is predicted right, both (n,)."""
    return float((predicted == y).mean())


def r2(prediction: AnyArray, y: AnyArray) -> float:
    """Return the share of the variance of y that predictions explain, both (n,); NaN where y does not vary.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])).__round__(4)
    0.7857
    """
    (error, deviation), _ = _in_safe_unit(prediction.astype(np.float64) - y, y - y.mean(dtype=np.float64))
    spread = float((deviation**2).sum())
    return 1 - float((error**2).sum()) / spread if spread else np.nan


def confusion(predicted: Indices, y: Indices, n_classes: int) -> NDArray[np.int64]:
    """Return how often each class (row) is predicted as each (column), shape (n_classes, n_classes).

    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(y * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)


def roc_curve(score: Floats, positive: Mask) -> tuple[Floats, Floats]:
    """Return the rates of false and of true positives at each threshold of the score, without points on a line.

    >>> [rate.tolist() for rate in roc_curve(np.array([0.1, 0.6, 0.9]), np.array([False, True, True]))]
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # of each threshold
    true = np.append(0, np.cumsum(positive[order])[last])
    false = np.append(0, last + 1) - true
    is_corner = np.ones(len(true), dtype=bool)
    is_corner[1:-1] = (np.diff(true, 2) != 0) | (np.diff(false, 2) != 0)
    return false[is_corner] / false[-1], true[is_corner] / true[-1]


def evaluate_classes(probabilities: Array, y: Indices, clusters: Clusters = None) -> list[Metric]:
    """Return accuracy, area under ROC and log loss of probabilities (n, n_classes) against class indices y (n,).

    Rows of one number among `clusters` (n,) belong together: intervals count them as one draw.
    """
    wide = adding_up(probabilities)
    right = wide.argmax(axis=1) == y
    return [
        Metric("accuracy", float(right.mean()), *share_interval(right, clusters)),
        *_area_under_roc(wide, y, clusters),
        mean_metric("log loss", surprise(wide, y), np.ones(len(y)), clusters),
    ]


def adding_up(probabilities: Array) -> Floats:
    """Return probabilities (n, n_classes) that add up to 1 in double precision."""
    wide = probabilities.astype(np.float64)
    wide /= wide.sum(axis=1, keepdims=True)
    return wide


def surprise(probabilities: Floats, y: Indices) -> Floats:
    """Return -log of the probability (n, n_classes) of the class that each row is of, (n,)."""
    return -np.log(np.maximum(probabilities[np.arange(len(y)), y], np.finfo(np.float64).eps))


def evaluate_numbers(prediction: Array, y: Floats, clusters: Clusters = None) -> list[Metric]:
    """Return R², RMSE and MAE of predictions against y, both (n,); `clusters` are as in `evaluate_classes`."""
    (error, deviation), unit = _in_safe_unit(prediction.astype(np.float64) - y, y - y.mean())
    squares, deviation = error**2, np.square(deviation, out=deviation)
    explained = mean_metric("R2", squares, deviation, clusters, lambda left: 1 - left)
    del deviation  # there may be very many rows
    one = np.ones(len(y))
    root = mean_metric("RMSE", squares, one, clusters, lambda mean: float(np.ldexp(np.sqrt(mean), unit)))
    del squares
    size = np.abs(error, out=error)
    return [explained, root, mean_metric("MAE", size, one, clusters, lambda mean: float(np.ldexp(mean, unit)))]


def mean_metric(
    name: str, above: Floats, below: Floats, clusters: Clusters = None, of: Callable[[float], float] = float
) -> Metric:
    """Return a metric that is a monotone function of sum(above) / sum(below), both (n,)."""
    total = below.sum()
    ratio = float(above.sum() / total) if total > 0 else np.nan
    return ratio_metric(name, ratio, ratio_interval(above, below, clusters), of)


def ratio_metric(name: str, ratio: float, ends: tuple[float, float], of: Callable[[float], float] = float) -> Metric:
    """Return a metric that is a monotone function of a ratio, and its interval by that of the ratio."""
    value, (low, high) = of(ratio), ends
    if not np.isfinite((value, low, high)).all():
        return Metric(name, value)
    return Metric(name, value, *sorted((of(low), of(high))))


def _in_safe_unit(*values: Floats) -> tuple[list[Floats], int]:
    """Return values divided by 2^unit, which changes no digit, so that no square is too large or small for a double."""
    unit = int(np.frexp(max(np.abs(one).max() for one in values))[1])
    return [np.ldexp(one, -unit) for one in values], unit


def _area_under_roc(probabilities: Floats, y: Indices, clusters: Clusters) -> list[Metric]:
    """Return the area under ROC (mean of one class against the rest for three and more), if each class occurs."""
    n_classes = probabilities.shape[1]
    if len(np.unique(y)) < n_classes:
        return []
    if n_classes > 2:
        areas = [area_under_roc(probabilities[:, k], y == k)[0] for k in range(n_classes)]
        return [Metric("area under ROC", float(np.mean(areas)))]
    return [Metric("area under ROC", *area_under_roc(probabilities[:, 1], y == 1, clusters))]
