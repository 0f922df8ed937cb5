"""What the confusion matrix tells: precision, recall, F1, balanced accuracy and Matthews' correlation.

Each is a function of how many rows of each class are predicted right, are of it, and are predicted so. Its interval is
Agresti and Coull's (1998) by the delta method: four rows more, spread evenly over the matrix, keep it honest where
nothing is wrong or a class is rare. How well it covers, tests/model/test_confusion.py counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.model.intervals import Z
from selenite.types import Floats, Indices, Mask, NDArray


def confusion(predicted: Indices, y: Indices, n_classes: int) -> NDArray[np.int64]:
    """Return how often each class (row) is predicted as each (column), shape (n_classes, n_classes).

    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(y * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)


@dataclass(frozen=True)
class Counts:
    """How many rows of each class are predicted right, are of it and are predicted so, and which classes are judged."""

    right: Floats  # (n_classes,), as are all
    true: Floats
    predicted: Floats
    judged: Mask

    @classmethod
    def of(cls, matrix: Floats, judged: Mask) -> Counts:
        """Return those of a confusion matrix (n_classes, n_classes)."""
        return cls(np.diag(matrix).copy(), matrix.sum(axis=1), matrix.sum(axis=0), judged)

    def mean(self, values: Floats) -> float:
        """Return the mean over the classes that are judged."""
        return float(values[self.judged].mean())


Slopes = tuple[Floats, Floats, Floats]  # of a figure, by each of right, true and predicted; (n_classes,) each
Figure = Callable[[Counts], tuple[float, Slopes]]


def precision(counts: Counts) -> tuple[float, Slopes]:
    """Return the share of right ones among the rows predicted as a class, the mean over classes, and its slopes."""
    return _mean_share(counts, np.zeros_like(counts.true), np.ones_like(counts.true))


def recall(counts: Counts) -> tuple[float, Slopes]:
    """Return the share of right ones among the rows of a class, the mean over classes, and its slopes."""
    return _mean_share(counts, np.ones_like(counts.true), np.zeros_like(counts.true))


def f1(counts: Counts) -> tuple[float, Slopes]:
    """Return the harmonic mean of precision and recall, the mean over classes, and its slopes."""
    half = np.full_like(counts.true, 0.5)
    return _mean_share(counts, half, half)


def _mean_share(counts: Counts, of_true: Floats, of_predicted: Floats) -> tuple[float, Slopes]:
    """Return the mean share of right rows among so much of the true and of the predicted ones; 0 of none."""
    all_rows = of_true * counts.true + of_predicted * counts.predicted
    one = np.divide(1.0, all_rows, out=np.zeros_like(all_rows), where=all_rows > 0)
    share = counts.right * one
    part = counts.judged / counts.judged.sum() * one
    return counts.mean(share), (part, -part * share * of_true, -part * share * of_predicted)


def mcc(counts: Counts) -> tuple[float, Slopes]:
    """Return Matthews' correlation of true and predicted classes (Gorodkin 2004), 0 where one is always the same."""
    right, true, predicted = counts.right, counts.true, counts.predicted
    n, hits = true.sum(), right.sum()
    together = n * hits - true @ predicted
    spread_true, spread_predicted = n * n - true @ true, n * n - predicted @ predicted
    root = float(np.sqrt(spread_true) * np.sqrt(spread_predicted))
    if not root:
        return 0.0, (np.zeros_like(right),) * 3
    value = float(together / root)
    by_true = (hits - predicted) / root - value * ((n - true) / spread_true + n / spread_predicted)
    by_predicted = -true / root + value * predicted / spread_predicted
    return value, (np.full_like(right, n / root), by_true, by_predicted)


def with_interval(
    figure: Figure,
    matrix: Floats,
    judged: Mask,
    n: float | None = None,
    design_effect: Callable[[Floats], float] | None = None,
) -> tuple[float, float, float]:
    """Return a figure of the `judged` classes of a confusion matrix (n_classes, n_classes), and its 95 % interval.

    The matrix tells as much as `n` rows, its sum unless given, and given how much one more row of a cell adds to the
    figure, the `design_effect` is how many times the variance is that of rows alone.

    >>> matrix, second = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([False, True])
    >>> [round(number, 2) for number in with_interval(recall, matrix, second)]
    [1.0, 0.45, 1.0]
    """
    value, _ = figure(Counts.of(matrix, judged))
    smoothed = matrix * ((n or matrix.sum()) / matrix.sum()) + Z**2 / matrix.size
    middle, (by_right, by_true, by_predicted) = figure(Counts.of(smoothed, judged))
    slopes = by_true[:, None] + by_predicted + np.diag(by_right)
    together = 1.0 if design_effect is None else design_effect(slopes)
    half = Z * float(np.sqrt(together * (smoothed * slopes**2).sum()))
    least = -1.0 if figure is mcc else 0.0
    return value, max(min(middle - half, value), least), min(max(middle + half, value), 1.0)
