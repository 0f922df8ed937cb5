"""Pairs of categories that are told by mean answers: a table of integers, whose keys rise."""

from __future__ import annotations

from dataclasses import dataclass

from selenite.errors import ExportError
from selenite.exporting.integer.columns import fixed_means
from selenite.exporting.plan import Plan, PlannedCrossing
from selenite.types import Floats, Indices


@dataclass(frozen=True)
class FixedPairs:
    """The pairs of two columns, and where what becomes of them lies."""

    crossing: PlannedCrossing
    sizes: tuple[int, int]  # categories of both columns
    told: Indices  # (n_keys, n_inputs)
    exponent: int
    hull: Floats
    errors: Floats


def fixed_pairs(plan: Plan) -> list[FixedPairs]:
    """Return a plan's pairs of categories in integers."""
    return [_fixed(plan, one) for one in plan.crossings if one.keys]


def _fixed(plan: Plan, crossing: PlannedCrossing) -> FixedPairs:
    first, second = (plan.columns[k] for k in (crossing.first, crossing.second))
    sizes = len(first.categories), len(second.categories)
    if sizes[0] * sizes[1] >= 2**32:
        raise ExportError(
            f"{first.name!r} and {second.name!r} have more pairs of categories than 32 bits number; export without "
            "--integer"
        )
    return FixedPairs(crossing, sizes, *fixed_means(crossing.values, crossing.n_inputs))
