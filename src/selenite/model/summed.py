"""Figures of very many predictions, from sums: rows come bit by bit, and nearly none of their numbers are kept.

The confusion matrix is counted. A metric that is no matter of counts or of order is a ratio of two means of functions
of a row; its interval needs the deviation and the skewness of a weighted sum of such functions. So their means, and
their products two and three at a time, tell all of it. Areas need the order of the
probabilities, which wait on the disk, four bytes each.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Sequence
from itertools import combinations_with_replacement, permutations

import numpy as np

from selenite.model.coverage import Coverage
from selenite.model.intervals import dot, skewed_interval, wilson
from selenite.model.metrics import (
    CLASS_METRICS,
    COUNTED,
    Metric,
    brier,
    counted_metric,
    pinball_called,
    ranked_metric,
    ratio_metric,
    surprise,
)
from selenite.model.model import Model
from selenite.model.predictions import Predictions, joined_predictions, measure, names_of_classes, usual_names
from selenite.model.ranking import area_between, precision_between
from selenite.types import AnyArray, Array, Floats, Indices, NDArray

LOSSES_OF_CLASSES = ("log_loss", "brier")  # in the order of the functions of a row
LOSS_OF_CLASSES, LOSS_OF_NUMBERS = 2, 4  # the model's, among the functions of a row
RANKED_APART = {"roc_auc": area_between, "average_precision": precision_between}
BLOCK_ROWS = 65_536  # that are summed up together, so that figures do not depend on how the rows come


class Summed:
    """Predictions of which only sums are kept, and the probabilities for their order."""

    def __init__(self, model: Model) -> None:
        self.model, self.n_rows = model, 0
        n_classes = len(model.target.classes)
        self.confusion: NDArray[np.int64] = np.zeros((n_classes, n_classes), dtype=np.int64)
        self._waiting: list[Predictions] = []
        self._sums: JointMoments | None = None
        self._ranks = _Probabilities(n_classes)
        self._levels: tuple[float, ...] = ()  # of quantiles of a number
        self._inside, self._size = 0, 0.0  # answers in intervals or sets, and the sum of their sizes
        self._middle, self._unit = 0.0, 0  # of numbers: near the answers' mean, and the power of two of their size

    @property
    def is_of_classes(self) -> bool:
        """Whether classes are predicted, rather than numbers."""
        return self.model.target.task == "classification"

    def add(self, predictions: Predictions) -> None:
        """Take in the next rows."""
        self._waiting.append(predictions)
        self.n_rows += predictions.n_rows
        if sum(one.n_rows for one in self._waiting) < BLOCK_ROWS:
            return  # until a block is full
        rows = joined_predictions(self._waiting)
        whole = rows.n_rows - rows.n_rows % BLOCK_ROWS
        for begin in range(0, whole, BLOCK_ROWS):
            self._add_block(rows.take(np.arange(begin, begin + BLOCK_ROWS)))
        self._waiting = [rows.take(np.arange(whole, rows.n_rows))] if whole < rows.n_rows else []

    @np.errstate(over="ignore", invalid="ignore")
    def _add_block(self, block: Predictions) -> None:
        if block.covered is not None:
            self._inside += int(block.covered.inside.sum())
            self._size += float(block.covered.size.sum())
        functions = self._of_classes(block) if self.is_of_classes else self._of_numbers(block)
        self._sums = self._sums or JointMoments(functions.shape[1])
        self._sums.add(functions)

    def _of_classes(self, block: Predictions) -> Floats:
        """Return of each row surprise, Brier score and the model's loss; count it, and keep its probabilities."""
        self.confusion += block.confusion
        self._ranks.add(block.prediction, block.classes)
        of_rows = (one(block.prediction, block.classes) for one in (surprise, brier))
        return np.column_stack([*of_rows, block.losses()])

    def _of_numbers(self, block: Predictions) -> Floats:
        """Return of each row the squared error and its size, the answer squared and as it is, and the losses.

        These are the model's, and the pinball loss of quantiles, in the target's widths.
        """
        answers = block.answers
        if self._sums is None:
            self._middle = float(np.partition(answers, len(answers) // 2)[len(answers) // 2])
            largest = max(np.abs(answers - self._middle).max(), self.model.target.width)
            self._unit = int(np.frexp(largest)[1])
        both = block.prediction - answers, answers - self._middle
        error, apart = (np.ldexp(one, -self._unit) for one in both)  # so that no square is too large or too small
        functions = [error**2, np.abs(error), apart**2, apart, block.losses()]
        if block.covered is not None:
            self._levels = block.covered.levels
            functions += list(block.covered.pinball.T / self.model.target.width)
        return np.column_stack(functions)

    def metrics(self) -> list[Metric]:
        """Return the metrics that `Predictions.metrics` returns."""
        return [metric for metric in self._metrics(usual_names(self.model)) if not metric.reason]

    def all_metrics(self) -> list[Metric]:
        """Return the metrics that `Predictions.all_metrics` returns."""
        return self._metrics(tuple(CLASS_METRICS)) + self._of_quantiles()

    def _metrics(self, names: Sequence[str]) -> list[Metric]:
        """Return the metrics of numbers, or these of classes, and the model's loss."""
        if self._waiting:
            self._add_block(joined_predictions(self._waiting))
            self._waiting = []
        assert self._sums is not None
        if self.is_of_classes:
            found = [self._metric_of_classes(name, self._sums) for name in names]
        else:
            found = self._metrics_of_numbers(self._sums)
        name, unit = measure(self.model), self.model.target.width
        if name not in (metric.name for metric in found):
            place = LOSS_OF_CLASSES if self.is_of_classes else LOSS_OF_NUMBERS
            found.append(ratio_metric(name, *self._sums.mean_and_interval(place), lambda mean: unit * mean))
        return found

    def _of_quantiles(self) -> list[Metric]:
        """Return the pinball loss of quantiles, once `metrics` are there."""
        assert self._sums is not None
        unit, sums = self.model.target.width, self._sums
        return [
            ratio_metric(pinball_called(level), *sums.mean_and_interval(place), lambda mean: unit * mean)
            for place, level in enumerate(self._levels, start=LOSS_OF_NUMBERS + 1)
        ]

    def coverage(self) -> Coverage | None:
        """Return how often intervals or sets hold the answer, once `metrics` are there; None of a model without any."""
        if not self._size:
            return None
        share = np.array(self._inside / self.n_rows)
        low, high = wilson(share, np.array(float(self.n_rows)))
        inside = Metric("coverage", float(share), float(low), float(high))
        return Coverage(inside, self._size / self.n_rows, self.is_of_classes)

    def _metric_of_classes(self, name: str, sums: JointMoments) -> Metric:
        if name in LOSSES_OF_CLASSES:
            return ratio_metric(CLASS_METRICS[name], *sums.mean_and_interval(LOSSES_OF_CLASSES.index(name)))
        classes = names_of_classes(self.model)
        if name in COUNTED:
            return counted_metric(name, self.confusion.astype(np.float64), classes)
        if name in RANKED_APART:
            counts = self.confusion.sum(axis=1)
            of = RANKED_APART[name]
            return ranked_metric(name, counts, classes, lambda k: of(*self._ranks.of_class(k, counts)))
        right = np.array(self.confusion.trace() / self.n_rows)
        low, high = wilson(right, np.array(float(self.n_rows)))
        return Metric(name, float(right), float(low), float(high))

    def _metrics_of_numbers(self, sums: JointMoments) -> list[Metric]:
        squared, size, apart_squared, apart = range(4)
        mean, unit = sums.mean, self._unit
        variance = float(mean[apart_squared] - mean[apart] ** 2)
        explained = Metric("R2", float(mean[squared] == 0))
        if variance > 0:
            unexplained = float(mean[squared]) / variance
            residual = np.zeros(len(mean))  # of the ratio, as weights of the functions
            residual[squared], residual[apart_squared] = 1, -unexplained
            residual[apart] = 2 * unexplained * mean[apart]
            ends = sums.interval(unexplained, residual / variance, at_least_0=True)
            explained = ratio_metric("R2", unexplained, ends, lambda left: 1 - left)
        return [
            explained,
            ratio_metric("RMSE", *sums.mean_and_interval(squared), lambda m: float(np.ldexp(np.sqrt(m), unit))),
            ratio_metric("MAE", *sums.mean_and_interval(size), lambda m: float(np.ldexp(m, unit))),
        ]


class JointMoments:
    """Means of some functions of a row, and sums of the products of their deviations, two and three at a time.

    Blocks are joined by the formulas of Pébay (2008, "Formulas for robust, one-pass parallel computation of
    covariances and arbitrary-order statistical moments").
    """

    def __init__(self, n_functions: int) -> None:
        self.n = 0
        self.mean: Floats = np.zeros(n_functions)
        self.second: Floats = np.zeros((n_functions,) * 2)
        self.third: Floats = np.zeros((n_functions,) * 3)
        self.least: Floats = np.full(n_functions, np.inf)

    def add(self, values: Floats) -> None:
        """Take in the next rows, (n, n_functions)."""
        n, mean = len(values), values.mean(axis=0)
        centred = values - mean
        second, third = np.empty_like(self.second), np.empty_like(self.third)
        for i, j, k in combinations_with_replacement(range(len(mean)), 3):
            pair = centred[:, i] * centred[:, j]
            second[i, j] = second[j, i] = pair.sum()
            of_three = dot(pair, centred[:, k])
            for places in permutations((i, j, k)):
                third[places] = of_three
        apart, both = mean - self.mean, self.n + n
        mixed = np.multiply.outer(apart, (self.n * second - n * self.second) / both)
        self.third += third + sum(mixed.transpose(axes) for axes in ((0, 1, 2), (1, 0, 2), (1, 2, 0)))
        cube = np.multiply.outer(np.multiply.outer(apart, apart), apart)
        self.third += cube * (self.n * n * (self.n - n) / both**2)
        self.second += second + np.multiply.outer(apart, apart) * (self.n * n / both)
        self.mean = self.mean + apart * (n / both)
        self.least = np.minimum(self.least, values.min(axis=0))
        self.n = both

    def interval(self, ratio: float, residual: Floats, at_least_0: bool) -> tuple[float, float]:
        """Return the 95 % interval of a ratio, whose error is the mean of a residual of each row.

        The residual is a sum of the functions by these weights, (n_functions,), but for a constant.
        """
        some = np.flatnonzero(residual)  # another function may be too large for a double
        weights, second, third = residual[some], self.second[np.ix_(some, some)], self.third[np.ix_(some, some, some)]
        deviation = float(np.sqrt(max(float(weights @ second @ weights) / (self.n - 1), 0.0)))
        cubes = float(third @ weights @ weights @ weights) / self.n
        return skewed_interval(ratio, deviation, cubes / deviation**3 if deviation else 0.0, self.n, at_least_0)

    def mean_and_interval(self, function: int) -> tuple[float, tuple[float, float]]:
        """Return the mean of a function, and its 95 % interval."""
        mean = float(self.mean[function])
        return mean, self.interval(mean, np.eye(len(self.mean))[function], bool(self.least[function] >= 0))


class _Probabilities:
    """Each row's class and its probabilities, of two classes that of the second, in a file without a name."""

    def __init__(self, n_classes: int) -> None:
        self.classes = [1] if n_classes == 2 else list(range(n_classes))
        self._file, self._sizes = tempfile.TemporaryFile(), list[int]()  # noqa: SIM115
        weakref.finalize(self, self._file.close)

    def add(self, probabilities: Floats, y: Indices) -> None:
        """Take in the next rows, (n, n_classes) and (n,)."""
        self._file.write(y.astype("<i4").tobytes())
        self._file.write(probabilities[:, self.classes].T.astype("<f4").tobytes())
        self._sizes.append(len(y))

    def of_class(self, k: int, counts: Indices) -> tuple[Array, Array]:
        """Return the probabilities of a class in the rows of it, and in the others; each class has so many rows."""
        parts = np.empty(counts[k], np.float32), np.empty(counts.sum() - counts[k], np.float32)
        filled, place = [0, 0], 0
        for size in self._sizes:
            is_of_it = self._read(place, size, "<i4") == k
            column = self._read(place + 4 * size * (1 + self.classes.index(k)), size, "<f4")
            place += 4 * size * (1 + len(self.classes))
            for which, rows in enumerate((column[is_of_it], column[~is_of_it])):
                parts[which][filled[which] : filled[which] + len(rows)] = rows
                filled[which] += len(rows)
        return parts

    def _read(self, place: int, size: int, dtype: str) -> AnyArray:
        self._file.seek(place)
        return np.frombuffer(self._file.read(4 * size), dtype)
