"""How good predictions are: the field's metrics, each with a 95 % interval.

Accuracy gets Wilson's interval, what else the confusion matrix tells Agresti and Coull's (`confusion`), the area under
the ROC curve DeLong's (`ranking`), ratios of sums over rows one that long tails do not deceive, and one's own metrics
that of the jackknife (`intervals`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.model.confusion import f1, mcc, precision, recall, with_interval
from selenite.model.intervals import (
    Clusters,
    design_effect,
    effective_sample_size,
    jackknife,
    jackknife_interval,
    ratio_interval,
    share_interval,
)
from selenite.model.own_metric import OwnMetric
from selenite.model.ranking import area_under_roc, average_precision
from selenite.table.schema import Target
from selenite.types import AnyArray, Floats, Indices

CLASS_METRICS = {  # by the name that they are asked for by: what they are called
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "mcc": "MCC",
    "roc_auc": "area under ROC",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "brier": "Brier score",
}
NUMBER_METRICS = {"r2": "R2", "rmse": "RMSE", "mae": "MAE"}
USUAL_OF_CLASSES = ("accuracy", "roc_auc", "log_loss")
OF_A_DECISION = ("precision", "recall", "f1")  # told beside the usual ones where there is a threshold
MACRO = "macro "  # before the name of a mean over three and more classes
ERRORS = ("log_loss", "brier", "rmse", "mae")  # the lower the better
HIGHER_IS_BETTER = [name for key, name in {**CLASS_METRICS, **NUMBER_METRICS}.items() if key not in ERRORS]
NONE_TRUE, NONE_PREDICTED, NONE_AT_ALL = "no row is {}", "no row is predicted {}", "no row is {0}, nor predicted {0}"
COUNTED = {  # of the confusion matrix, and why there may be none of two classes
    "balanced_accuracy": (recall, ""),
    "precision": (precision, NONE_PREDICTED),
    "recall": (recall, NONE_TRUE),
    "f1": (f1, NONE_AT_ALL),
    "mcc": (mcc, ""),
}
RANKED = {"roc_auc": area_under_roc, "average_precision": average_precision}
CALLED = {**CLASS_METRICS, **NUMBER_METRICS} | dict.fromkeys((*CLASS_METRICS.values(), *NUMBER_METRICS.values()))
Figured = tuple[float, float, float]  # a value and the ends of its interval
EPSILON = float(np.finfo(np.float64).eps)  # the least probability


@dataclass(frozen=True)
class Metric:
    """A figure on some rows, and where it lies with 95 % confidence; None where no interval is known."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    reason: str = ""  # why there is no value
    is_own: bool = False  # by a function of one's own

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data but for the name; where it is undefined, with the reason."""
        found = {"value": self.value, "low": self.low, "high": self.high}
        return found | {"reason": self.reason} if self.reason else found

    @property
    def higher_is_better(self) -> bool:
        """Whether a model is the better the higher it is."""
        return self.is_own or self.name.removeprefix(MACRO) in HIGHER_IS_BETTER


def accuracy(predicted: AnyArray, y: AnyArray) -> float:
    """Return the share of rows whose class is predicted right, both (n,)."""
    return float((predicted == y).mean())


def r2(prediction: AnyArray, y: AnyArray) -> float:
    """Return the share of the variance of y that predictions explain, both (n,); where y does not vary 1 or 0.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])).__round__(4)
    0.7857
    """
    (error, deviation), _ = _in_safe_unit(prediction.astype(np.float64) - y, y - y.mean(dtype=np.float64))
    spread = float((deviation**2).sum())
    return 1 - float((error**2).sum()) / spread if spread else float(not error.any())


def class_metrics(
    probabilities: AnyArray,
    y: Indices,
    *,
    predicted: Indices | None = None,
    sample_weight: Floats | None = None,
    clusters: Clusters = None,
    classes: Sequence[str] = (),
    names: Sequence[str] = tuple(CLASS_METRICS),
) -> list[Metric]:
    """Return metrics of classes, equal to scikit-learn's, with their intervals.

    Of two classes precision, recall, F1 and average precision are of the second; of more they are means over the
    classes ("macro"), where a class that is never predicted counts 0.

    Parameters
    ----------
    probabilities : array of shape (n, n_classes)
    y : array of shape (n,)
        The number of each row's class, from 0.
    predicted : array of shape (n,), optional
        The number of the class that is predicted; the most probable one unless given.
    sample_weight : array of shape (n,), optional
        How much each row counts.
    clusters : array of shape (n,), optional
        Rows of one number belong together: intervals count them as one draw.
    classes : sequence of str, optional
        What the classes are called where a metric is undefined, in its reason.
    names : sequence of str
        Which, of `CLASS_METRICS`; all unless given.

    Returns
    -------
    list of Metric
        Of one that is undefined the value is NaN, and `reason` says why.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.6, 0.4]])
    >>> for metric in class_metrics(p, np.array([0, 0, 1, 1]), names=["precision", "f1", "brier"]):
    ...     print(metric.name, round(metric.value, 3))
    precision 0.5
    F1 0.5
    Brier score 0.205
    """
    p, y = np.asarray(probabilities).astype(np.float64), np.asarray(y, dtype=np.intp)
    k = p.shape[1]
    called = classes or [f"class {number}" for number in range(k)]
    taken = p.argmax(axis=1) if predicted is None else predicted
    weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    cells, right = y * k + taken, y == taken
    matrix = np.bincount(cells, weight, minlength=k * k).reshape(k, k).astype(np.float64)
    n = effective_sample_size(weight)
    losses = {"log_loss": surprise, "brier": brier}

    def metric(name: str) -> Metric:
        if name == "accuracy":
            low, high = share_interval(right, clusters, weight)
            return Metric(name, float(np.average(right, weights=weight)), low, high)
        if name in losses:
            return mean_metric(CLASS_METRICS[name], losses[name](p, y) * weight, weight, clusters)
        if name in RANKED:
            return ranked_metric(
                name, matrix.sum(axis=1), called, lambda k: RANKED[name](p[:, k], y == k, clusters, weight)
            )
        return counted_metric(
            name, matrix, called, n, lambda slopes: design_effect(slopes.ravel()[cells] * weight, clusters)
        )

    return [metric(name) for name in names]


def surprise(probabilities: Floats, y: Indices) -> Floats:
    """Return -log of the probability (n, n_classes) of the class that each row is of, (n,)."""
    return -np.log(np.clip(probabilities[np.arange(len(y)), y], EPSILON, 1 - EPSILON))


def brier(probabilities: Floats, y: Indices) -> Floats:
    """Return the squared error of the second of two classes, of more the sum of those of all, of each row, (n,)."""
    error = probabilities.copy()
    error[np.arange(len(y)), y] -= 1
    squares: Floats = error[:, 1] ** 2 if error.shape[1] == 2 else (error**2).sum(axis=1)
    return squares


def ranked_metric(name: str, counts: Floats, classes: Sequence[str], of: Callable[[int], Figured]) -> Metric:
    """Return an area of the second of two classes; of more the mean `of` each class's, and of the ends of each.

    Of each class there are so many rows, or so much weight, (n_classes,).
    """
    called, two = CLASS_METRICS[name], len(counts) == 2
    lacking = np.flatnonzero(counts == 0)
    if len(lacking) and not (two and lacking[0] == 0 and name == "average_precision"):
        return Metric(called, np.nan, reason=NONE_TRUE.format(classes[lacking[0]]))
    value, low, high = np.mean([of(k) for k in ([1] if two else range(len(counts)))], axis=0)
    return Metric(called, float(value), float(low), float(high))


def counted_metric(
    name: str,
    matrix: Floats,
    classes: Sequence[str],
    n: float | None = None,
    design_effect: Callable[[Floats], float] | None = None,
) -> Metric:
    """Return what the confusion matrix tells of the second of two classes, or of all; see `confusion.with_interval`."""
    figure, reason = COUNTED[name]
    true, predicted = matrix.sum(axis=1) > 0, matrix.sum(axis=0) > 0
    called, judged = CLASS_METRICS[name], true | predicted
    if name == "balanced_accuracy":
        judged = true
    elif reason and len(classes) > 2:
        called = MACRO + called
    elif reason:
        judged = np.array([False, True])
        needed = {NONE_TRUE: true, NONE_PREDICTED: predicted, NONE_AT_ALL: true | predicted}[reason]
        if not needed[1]:
            return Metric(called, np.nan, reason=reason.format(classes[1]))
    value, low, high = with_interval(figure, matrix, judged, n, design_effect)
    return Metric(called, value, low, high)


def evaluate_numbers(
    prediction: AnyArray, y: Floats, clusters: Clusters = None, sample_weight: Floats | None = None
) -> list[Metric]:
    """Return R², RMSE and MAE of predictions against y, both (n,), equal to scikit-learn's, with their intervals.

    >>> [metric.name for metric in evaluate_numbers(np.array([1.0, 2.5]), np.array([1.0, 2.0]))]
    ['R2', 'RMSE', 'MAE']
    """
    mean = np.average(y, weights=sample_weight)
    (error, deviation), unit = _in_safe_unit(np.asarray(prediction).astype(np.float64) - y, y - mean)
    one = np.ones(len(y)) if sample_weight is None else sample_weight
    squares, deviation = error**2, np.square(deviation, out=deviation)
    if sample_weight is not None:
        squares, deviation = squares * one, deviation * one
    if len(y) < 2:
        explained = Metric("R2", np.nan, reason=f"{len(y)} row has no variance")
    elif not deviation.any():
        explained = Metric("R2", float(not error.any()))
    else:
        explained = mean_metric("R2", squares, deviation, clusters, lambda left: 1 - left)
    del deviation  # there may be very many rows
    root = mean_metric("RMSE", squares, one, clusters, lambda mean: float(np.ldexp(np.sqrt(mean), unit)))
    del squares
    size = np.abs(error, out=error)
    size = size if sample_weight is None else size * one
    return [explained, root, mean_metric("MAE", size, one, clusters, lambda mean: float(np.ldexp(mean, unit)))]


def pinball(
    prediction: AnyArray,
    y: Floats,
    quantile: float,
    clusters: Clusters = None,
    sample_weight: Floats | None = None,
) -> Metric:
    """Return the mean pinball loss of predictions of a quantile against y, both (n,).

    >>> pinball(np.array([1.0, 2.0]), np.array([2.0, 1.0]), 0.9).value
    0.5
    """
    weight = np.ones(len(y)) if sample_weight is None else sample_weight
    losses = pinball_losses(np.asarray(prediction).astype(np.float64), y, quantile)
    return mean_metric(pinball_called(quantile), losses * weight, weight, clusters)


def pinball_called(quantile: float) -> str:
    """Return the name of the pinball loss of a quantile."""
    return f"pinball({quantile:g})"


def pinball_losses(prediction: Floats, y: Floats, quantile: float) -> Floats:
    """Return the pinball loss of each row, (n,)."""
    error = y - prediction
    return np.where(error >= 0, quantile * error, (quantile - 1) * error)


def require_metric(name: str | None, target: Target) -> None:
    """Refuse a metric that there is not for a target."""
    if name is None:
        return
    if target.each:
        raise OptionError("a metric is of one target; there are several: leave metric out")
    known = CLASS_METRICS if target.task == "classification" else NUMBER_METRICS
    if isinstance(name, OwnMetric):
        if str(name) in CALLED:
            raise OptionError(f"the metric {name} is a function by the name of one of ours: call it otherwise")
    elif name not in known:
        what = "of classes" if target.task == "classification" else "of a number"
        raise OptionError(f"there is no metric {name} {what}; there are {', '.join(known)}")


def goodness(
    name: str,
    prediction: AnyArray,
    y: AnyArray,
    sample_weight: Floats | None = None,
    predicted: Indices | None = None,
) -> float:
    """Return a metric of probabilities (n, n_classes) or numbers (n,), turned so that higher is better.

    Of probabilities `predicted` are the classes (n,), where they are not the most probable ones.

    >>> goodness("mae", np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    -0.5
    """
    if isinstance(name, OwnMetric):
        value = name.of(y, prediction)
        return value if np.isfinite(value) else -np.inf
    if prediction.ndim == 2:
        [found] = class_metrics(prediction, y, predicted=predicted, sample_weight=sample_weight, names=[name])
    else:
        numbers = evaluate_numbers(prediction, y, sample_weight=sample_weight)
        [found] = [metric for metric in numbers if metric.name == NUMBER_METRICS[name]]
    value = found.value if np.isfinite(found.value) else -np.inf
    return value if found.higher_is_better or not np.isfinite(value) else -value


def own_metric(metric: OwnMetric, prediction: AnyArray, y: AnyArray, clusters: Clusters = None) -> Metric:
    """Return one's own metric of probabilities (n, n_classes) or numbers (n,), and its interval."""
    value = metric.of(y, prediction)
    if not np.isfinite(value):
        return Metric(str(metric), np.nan, reason=f"it gives {value:g}", is_own=True)
    strata = y if prediction.ndim == 2 else None
    without = jackknife(lambda rows: metric.of(y[rows], prediction[rows]), len(y), clusters, strata)
    low, high = jackknife_interval(value, without)
    known = Metric(str(metric), value, is_own=True)
    return replace(known, low=low, high=high) if np.isfinite(low) else known


def metric_called(name: str, target: Target) -> str:
    """Return what a metric's figure is called."""
    if isinstance(name, OwnMetric):
        return str(name)
    several = len(target.classes) > 2 and name in OF_A_DECISION
    return MACRO * several + (CLASS_METRICS | NUMBER_METRICS)[name]


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
    low, high = sorted((of(low), of(high)))
    return Metric(name, value, low, high)


def _in_safe_unit(*values: Floats) -> tuple[list[Floats], int]:
    """Return values divided by 2^unit, which changes no digit, so that no square is too large or small for a double."""
    unit = int(np.frexp(max(np.abs(one).max() for one in values))[1])
    return [np.ldexp(one, -unit) for one in values], unit
