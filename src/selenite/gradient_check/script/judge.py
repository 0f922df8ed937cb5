"""The cost that a flat script is judged by: its own where it computes one, else the one that its output suggests.

What a script shows is not always what it makes smaller: a sum of signed errors, the mean of their sizes, an accuracy. A
value is taken for the cost if it is the sum of squared errors or the cross-entropy but for a factor, or if it is
called a cost and is smooth and never negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.gradient_check.script.roles import LIKE_COST, Cost
from selenite.types import AnyArray, Array

Formula = Callable[[AnyArray, AnyArray], float]


@dataclass(frozen=True)
class Observation:
    """What one turn of the loop gave: prediction and targets, and each possible cost, None where it is no number."""

    prediction: list[AnyArray]
    targets: list[AnyArray]
    costs: list[list[AnyArray]]

    def cost(self, i: int) -> float:
        """Return a possible cost, added up over its entries and over the rows of a loop."""
        return float(sum(np.sum(value) for value in self.costs[i])) if self.costs[i] else np.nan

    def by(self, formula: Formula) -> float:
        """Return a formula's cost of the prediction."""
        pairs = zip(self.prediction, self.targets, strict=False)
        return sum(formula(p, y) for p, y in pairs) if self.prediction else np.nan

    def is_one_number(self, i: int) -> bool:
        """Return whether a possible cost is computed once, as one number."""
        return len(self.costs[i]) == 1 and self.costs[i][0].size == 1


def half_squared_error(p: AnyArray, y: AnyArray) -> float:
    """Return ½ Σ (p - y)²."""
    return float(0.5 * ((p - y) ** 2).sum())


def cross_entropy(p: AnyArray, y: AnyArray) -> float:
    """Return -Σ y log p, over classes; y may be their numbers."""
    y = np.eye(p.shape[-1])[y.astype(int).ravel()] if y.size * p.shape[-1] == p.size and y.size < p.size else y
    return float(-(y * np.log(p)).sum())


def binary_cross_entropy(p: AnyArray, y: AnyArray) -> float:
    """Return -Σ y log p + (1 - y) log (1 - p)."""
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum())


FORMULAS: dict[Formula, str] = {
    half_squared_error: "½ Σ (prediction - target)²",
    cross_entropy: "the cross-entropy, -Σ target · log(prediction)",
    binary_cross_entropy: "the cross-entropy of two classes",
}


def own_cost(costs: list[Cost], observed: list[Observation], shaken: list[Observation]) -> int | None:
    """Return which of the possible costs is the cost; None if none is. `shaken` are observations a tiny step away."""
    known, named = [], []
    for i, cost in enumerate(costs):
        values = np.array([one.cost(i) for one in observed])
        is_smooth = any(one.cost(i) != near.cost(i) for one, near in zip(observed, shaken, strict=True))
        if not np.isfinite(values).all() or not is_smooth or values.min() < 0 or not values.any():
            continue
        if any(_proportional(values, observed, formula) for formula in FORMULAS):
            known.append(i)
        elif LIKE_COST.search(cost.name) and not _is_only_shown(values, observed):
            named.append(i)
    ranked = sorted([*known, *named], key=lambda i: not observed[0].is_one_number(i))  # stable: known ones first
    return ranked[0] if ranked else None


def _is_only_shown(values: Array, observed: list[Observation]) -> bool:
    """Return whether values are the mean error, the mean size of the errors, or the root of the mean square."""
    return (
        _proportional(values, observed, lambda p, y: float((p - y).sum()))
        or _proportional(values, observed, lambda p, y: float(np.abs(p - y).sum()))
        or _proportional(values**2, observed, half_squared_error)
    )


def _proportional(values: Array, observed: list[Observation], formula: Formula) -> bool:
    """Return whether values are always the same multiple of a formula's."""
    try:
        with np.errstate(all="ignore"):
            others = np.array([one.by(formula) for one in observed])
    except (ValueError, IndexError):
        return False
    if not np.isfinite(others).all() or not others.all():
        return False
    ratios = values / others
    return bool(np.ptp(ratios) <= 1e-5 * np.abs(ratios).max())


def suggested(observed: list[Observation]) -> Formula:
    """Return the cost that an output suggests: of shares that add up to 1 the cross-entropy, else the squared error."""
    predictions = [np.atleast_1d(p) for one in observed for p in one.prediction]
    are_shares = all(
        p.shape[-1] > 1 and (p > 0).all() and np.allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-6) for p in predictions
    )
    return cross_entropy if are_shares else half_squared_error
