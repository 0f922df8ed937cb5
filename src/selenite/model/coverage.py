"""How often intervals of numbers and sets of classes hold the answer, how large they are, and how good quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.model.metrics import Metric, pinball_losses
from selenite.model.model import Model
from selenite.text import figure_texts, percent
from selenite.types import Array, Floats, Indices, Mask

COVERAGE = 0.9  # of the intervals and sets that are measured
ENDS = (0.05, 0.95)  # the quantiles between which such an interval lies


@dataclass(frozen=True, eq=False)
class Covered:
    """Which rows' answers lie in their interval, or in their set of classes, how large these are, and quantiles."""

    inside: Mask  # (n,)
    size: Floats  # (n,) the interval's width in the target's unit, or how many classes the set holds
    levels: tuple[float, ...]  # of some quantiles of a number
    pinball: Floats  # (n, n_levels) the loss of each

    def take(self, rows: Indices) -> Covered:
        """Return the same of some of the rows."""
        return Covered(self.inside[rows], self.size[rows], self.levels, self.pinball[rows])


@dataclass(frozen=True)
class Coverage:
    """How many answers lie inside, and how large intervals or sets are on average."""

    inside: Metric
    mean_size: float
    of_classes: bool

    def __str__(self) -> str:
        """Return it in a sentence."""
        share, asked = figure_texts(self.inside.name, [self.inside])[0], percent(COVERAGE)
        if self.of_classes:
            what, size = "Sets of classes that are to hold the right one", f"they have {self.mean_size:.2f} classes"
        else:
            what = "Intervals that are to hold the answer"
            size = f"their width is {figure_texts('', [Metric('', self.mean_size)])[0]}"
        return f"{what} in {asked} of rows hold it in a share of {share}; {size} on average."

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        size = "mean_classes" if self.of_classes else "mean_width"
        found = self.inside
        return {"asked": COVERAGE, "value": found.value, "low": found.low, "high": found.high, size: self.mean_size}


def covered_by_sets(model: Model, probabilities: Array, answers: Floats) -> Covered | None:
    """Return which classes (n,) are in their sets; None of a model that knows none."""
    if not model.truth_quantiles:
        return None
    sets = model.class_set(probabilities, COVERAGE)
    inside = sets[np.arange(len(sets)), answers.astype(np.intp)]
    return Covered(inside, sets.sum(axis=1).astype(np.float64), (), np.empty((len(sets), 0)))


def covered_by_intervals(
    model: Model, numbers: Floats, answers: Floats, levels: Sequence[float] = ENDS
) -> Covered | None:
    """Return which answers (n,) are in their intervals, and what quantiles lose; None of a model that knows none."""
    if model.residual_quantiles is None:
        return None
    low, high = model.interval(numbers, COVERAGE).T
    quantiles = model.quantiles(numbers, levels)
    losses = [pinball_losses(quantiles[:, k], answers, level) for k, level in enumerate(levels)]
    return Covered((low <= answers) & (answers <= high), high - low, tuple(levels), np.column_stack(losses))


def joined(parts: list[Covered | None]) -> Covered | None:
    """Return the rows of some below those of others; None unless all are known."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    inside, size, pinball = (
        np.concatenate([getattr(part, name) for part in known]) for name in ("inside", "size", "pinball")
    )
    return Covered(inside, size, known[0].levels, pinball)
