"""Whether one of two models is better on the same rows: McNemar's exact test, and the paired difference of the loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.comparison import FEWEST_ROWS_TO_JUDGE
from selenite.model import Model
from selenite.model.intervals import ratio_interval
from selenite.model.predictions import USUAL_METRICS, Predictions, measure
from selenite.model.rows import RowsUsed, rows_used
from selenite.table import Table, encode_target
from selenite.types import Indices, Mask

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Loss:
    """The mean loss of both models on the same rows, and B's less A's with its 95 % interval."""

    name: str
    a: float
    b: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Judgement:
    """Which of two models is better on rows with answers."""

    n_rows: int
    rows: str  # which, in words
    learned: str  # the models that learned from these rows: "", "A", "B" or "A and B"
    only_a_right: int | None  # rows; None of numbers
    only_b_right: int | None
    p_value: float | None  # of McNemar's exact test; None of numbers, and where rows belong together
    loss: Loss | None  # None where the models know different classes

    @property
    def verdict(self) -> str:
        """Which is better, in one sentence."""
        if self.learned:
            return f"none, {self.learned} learned from these rows; rows that neither has seen can tell"
        if self.n_rows < FEWEST_ROWS_TO_JUDGE:
            return f"none, {self.n_rows} rows are too few to tell"
        by_rows, by_loss = self._standing_by_rows(), self._standing_by_loss()
        better = "B" if by_rows + by_loss > 0 else "A"
        loss = "" if self.loss is None else self.loss.name
        if not by_rows and not by_loss:
            return f"neither is better, as far as {self.n_rows:,} rows can tell"
        if by_rows == -by_loss:
            often, lower = ("B", "A") if by_rows > 0 else ("A", "B")
            return f"{often} is right more often, and {lower} has the lower {loss}: choose by what you need"
        if by_rows and by_loss:
            return f"{better} is better: it is right more often, and its {loss} is lower"
        if by_loss:
            doubt = "; the difference in rows right may be chance" if self.p_value is not None else ""
            return f"{better} is better: its {loss} is lower{doubt}"
        doubt = f"; the difference in {loss} may be chance" if loss else ""
        return f"{better} is better: it is right more often{doubt}"

    def _standing_by_rows(self) -> int:
        """Return 1 if B is right more often, -1 if A is, 0 if chance may have made it."""
        if self.p_value is None or self.p_value >= SIGNIFICANT:
            return 0
        assert self.only_a_right is not None
        assert self.only_b_right is not None
        return 1 if self.only_b_right > self.only_a_right else -1

    def _standing_by_loss(self) -> int:
        """Return 1 if B loses less, -1 if A does, 0 if chance may have made it."""
        return 0 if self.loss is None else int(self.loss.high < 0) - int(self.loss.low > 0)


def judge(
    a: Model, b: Model, table_a: Table, table_b: Table, prediction_a: Predictions, prediction_b: Predictions
) -> Judgement:
    """Return which model is better by the answers in the table, on rows that neither was fitted on where it tells.

    The predictions are those of one target, whose classes are those of both models; their answers are found here.
    """
    target = prediction_a.model.target
    encoded = encode_target(target, table_a[target.name], table_a.first_line).astype(np.float64)
    answers = encoded if target.task == "classification" else target.center + target.width * encoded
    used = {"A": rows_used(a, table_a), "B": rows_used(b, table_b)}
    rows, which, learned = _rows_to_judge_by(used, table_a.n_rows)
    clusters = next((one.grouping.clusters for one in used.values() if one.grouping.clusters is not None), None)
    both = [replace(one, answers=answers, clusters=clusters).take(rows) for one in (prediction_a, prediction_b)]
    only_a = only_b = p_value = None
    if target.task == "classification":
        right_a, right_b = (one.predicted == one.classes for one in both)
        only_a, only_b = _alone(right_a, right_b), _alone(right_b, right_a)
        p_value = mcnemar(only_a, only_b) if clusters is None else None
    loss = _loss(a, b, *both) if set(a.target.classes) == set(b.target.classes) else None
    return Judgement(len(rows), which, learned, only_a, only_b, p_value, loss)


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p-value of McNemar's exact test: were a fair coin as lopsided, in so many throws?

    >>> round(mcnemar(1, 5), 5)
    0.21875
    """
    n, fewer = only_a + only_b, min(only_a, only_b)
    k = np.arange(1, fewer + 1)
    logarithms = np.concatenate([[0.0], np.cumsum(np.log((n - k + 1) / k))])  # of n over k
    most = logarithms.max()
    tail = most + np.log(np.exp(logarithms - most).sum()) - n * np.log(2)
    return float(min(1.0, 2 * np.exp(tail)))


def _rows_to_judge_by(used: dict[str, RowsUsed], n_rows: int) -> tuple[Indices, str, str]:
    """Return rows that neither model learned from, which they are, and, where there are too few, who learned of all."""
    every: Indices = np.arange(n_rows)
    fitted = [name for name, one in used.items() if one.fitted_on]
    if not fitted:
        return every, "all rows", ""
    unseen = every
    for name in fitted:
        aside = used[name].aside
        unseen = np.intersect1d(unseen, every[:0] if aside is None else aside)
    if len(unseen) >= FEWEST_ROWS_TO_JUDGE:
        return unseen, "the test rows, which neither was fitted on", ""
    return every, "all rows", " and ".join(fitted)


def _loss(a: Model, b: Model, of_a: Predictions, of_b: Predictions) -> Loss:
    """Return the loss that both were trained by, else the usual one of the task, in the unit of A's target."""
    name, width = measure(a), a.target.width
    if measure(b) != name:
        name = USUAL_METRICS[0] if of_a.is_of_classes else USUAL_METRICS[1]
    if name in USUAL_METRICS:
        losses_a, losses_b = of_a.errors(), of_b.errors()
    else:
        losses_a, losses_b = of_a.losses(), of_b.losses()
    unit = width * width if name == "RMSE" else width
    difference = losses_b - losses_a
    low, high = ratio_interval(difference, np.ones(len(difference)), of_a.clusters)
    figures = (unit * float(one) for one in (losses_a.mean(), losses_b.mean(), difference.mean(), low, high))
    return Loss("mean squared error" if name == "RMSE" else name, *figures)


def _alone(right: Mask, other: Mask) -> int:
    """Return in how many rows one is right and the other is not."""
    return int((right & ~other).sum())
