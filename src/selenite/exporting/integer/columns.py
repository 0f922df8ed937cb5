"""The columns of a row in fixed point, and the integers that become of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.lines import Lines, lines
from selenite.exporting.plan import Plan, PlannedColumn
from selenite.table.encode import SOFT_LIMIT, ranked, scaled
from selenite.table.schema import Scale
from selenite.types import AnyArray, Floats, Indices

INPUT_BITS = 13  # an input of 1 is 8192
WITHIN = 2.0**-13  # that lines pass from the curve
LARGEST, FINEST = 2.0**30, 290  # of numbers in fixed point; of the digits after the point
LEAST_STEPS, LEAST_STEPS_OF_WIDTH = 10_000, 1_000  # of a column's range, and of its width, where there is room
FEWEST_STEPS, FEWEST_STEPS_OF_WIDTH = 200, 20  # below which a column is refused
MISSING_NUMBER = -(2**31)
_STEEPEST_BEND = 0.2863  # of z / sqrt(1 + (z/3)²): its second derivative at z = 3/2 is 0.28622


@dataclass(frozen=True)
class FixedColumn:
    """A column of integers: how a number is written, and where what becomes of it lies."""

    column: PlannedColumn
    power: int = 0  # a number x is round(x 10^power)
    low: int = 0
    high: int = 0
    curves: tuple[Lines, ...] = ()  # scaled, ranked
    frequent: tuple[int, ...] = ()
    exponent: int = 0  # of a number taken as it is, and of mean answers: the input is x / 2^exponent
    hull: Floats = field(default_factory=lambda: np.zeros((1, 0)))  # inputs lie between these, (n, n_inputs)
    errors: Floats = field(default_factory=lambda: np.zeros(0))  # of each input at most
    told: Indices = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))  # mean answers, (n_categories, n)

    @property
    def exponents(self) -> list[int]:
        """The exponent of each input."""
        divided = max(self.told.shape[1], 1)
        return [self.exponent] * divided + [0] * (self.column.n_inputs - divided)

    def integers(self, values: Floats) -> Indices:
        """Return numbers in fixed point; what is missing is `MISSING_NUMBER`."""
        gaps = np.isnan(values)
        known = np.where(gaps, 0.0, values)
        return np.where(gaps, MISSING_NUMBER, np.round(_scaled_up(known, self.power)).clip(-LARGEST, LARGEST)).astype(
            np.int64
        )

    def numbers(self, integers: Indices) -> Floats:
        """Return the numbers that integers stand for: k / 10^power, or what training saw there."""
        values = _scaled_up(integers.astype(np.float64), -self.power)
        known = [*self.column.frequent_values, self.column.minimum, self.column.maximum]
        for value in (one for one in known if one is not None):
            values = np.where(integers == self.integers(np.array([value]))[0], value, values)
        return np.where(integers == MISSING_NUMBER, np.nan, values)


def fixed_columns(plan: Plan) -> list[FixedColumn]:
    """Return the columns of a plan in integers; those that are no numbers and no categories are refused."""
    return [_category(column) if column.categories else _number(column) for column in plan.columns]


def _category(column: PlannedColumn) -> FixedColumn:
    n = column.n_inputs
    if column.statistics is not None:
        told, exponent, hull, errors = fixed_means(column.statistics, n - column.missing)
        hull = np.pad(hull, ((0, column.missing), (0, column.missing)))
        hull[-1, -1] = column.missing
        errors = np.pad(errors, (0, column.missing))
        return FixedColumn(column, exponent=exponent, told=told, hull=hull, errors=errors)
    hull = np.concatenate([np.zeros((1, n)), np.eye(n), -np.eye(1, n)[: column.is_pair]])
    return FixedColumn(column, hull=hull, errors=np.zeros(n))


def fixed_means(values: Sequence[Sequence[float]], n: int) -> tuple[Indices, int, Floats, Floats]:
    """Return rows of n mean answers in integers, by which power of 2 they are divided, their hull and its errors."""
    means = np.array(values, dtype=np.float64).reshape(-1, n)
    exponent = int(np.ceil(np.log2(max(float(np.abs(means).max(initial=0.0)), 2.0**-20) / 3.9)))
    integers = np.round(means * 2.0 ** (INPUT_BITS - exponent)).astype(np.int64)
    hull = np.concatenate([integers * 2.0**-INPUT_BITS, np.zeros((1, n))])
    return integers, exponent, hull, np.full(n, 2.0 ** -(INPUT_BITS + 1))


def _number(column: PlannedColumn) -> FixedColumn:
    if column.kind == "date":
        raise ExportError(f"column {column.name!r} holds dates, which --integer does not take; export without it")
    if column.minimum is None or column.maximum is None:
        raise ExportError(
            f"column {column.name!r}: the model does not hold the range of its training rows, over which the bound "
            "of --integer is proved; fit one with SeleniteClassifier, SeleniteRegressor or selenite fit"
        )
    bare = FixedColumn(column, _power(column))
    low, high = (int(k) for k in bare.integers(np.array([column.minimum, column.maximum])))
    frequent = tuple(int(k) for k in bare.integers(np.array(column.frequent_values)))
    exponent = 0
    if column.center is None:
        most = max(abs(column.minimum), abs(column.maximum), 2.0**-20)
        exponent = int(np.ceil(np.log2(most / 3.9)))
        ends = np.unique([low, high])
        curves: tuple[Lines, ...] = (lines(ends, bare.numbers(ends) / 2.0**exponent, 2.0**-INPUT_BITS, within=WITHIN),)
    else:
        curves = (_soft(bare, low, high),) + ((_ranks(bare, low, high, frequent),) if column.rank_quantiles else ())
    hull, errors = _reach(column, curves, frequent)
    return FixedColumn(column, bare.power, low, high, curves, frequent, exponent, hull, errors)


def _power(column: PlannedColumn) -> int:
    """Return the digits after the point: few that write frequent values and ends, and small steps all the same."""
    assert column.minimum is not None
    assert column.maximum is not None
    known = np.array([column.minimum, column.maximum, *column.frequent_values])
    most = max(float(np.abs(known).max()), 1e-300)
    extent, width = column.maximum - column.minimum, column.width or np.inf
    finest = min(int(np.floor(np.log10(LARGEST) - np.log10(most))), FINEST)
    if extent > 0 and 10.0**-finest > min(extent / FEWEST_STEPS, width / FEWEST_STEPS_OF_WIDTH):
        raise ExportError(
            f"column {column.name!r}: of numbers as large as {most:g}, 32 bits hold steps of {10.0**-finest:g}, too "
            "coarse for the others; take the largest out, or subtract what all share, and fit again"
        )
    step = min(extent / LEAST_STEPS, width / LEAST_STEPS_OF_WIDTH)
    coarsest = min(int(np.ceil(-np.log10(step))), finest) if step > 0 else finest
    for power in range(coarsest, finest + 1):
        up = _scaled_up(known, power)
        if np.abs(up - np.round(up)).max() <= 1e-9 * max(1.0, float(np.abs(up).max())):
            return power
    return coarsest


def _scaled_up(values: Floats, power: int) -> Floats:
    return values * 10.0**power if power >= 0 else values / 10.0**-power


def _soft(bare: FixedColumn, low: int, high: int) -> Lines:
    """Return the soft clip of a column's scaled numbers as lines."""
    center, width = bare.column.center, bare.column.width
    assert center is not None
    assert width is not None
    if width == 0.0:
        return lines(np.array([low]), np.zeros(1), 2.0**-INPUT_BITS, within=WITHIN)
    scale = Scale(center, width)
    ends = scaled(bare.numbers(np.array([low, high])), scale)
    bent = np.linspace(ends[0], ends[1], 2049)[1:-1]
    inner = bare.integers(center + width * bent / np.sqrt(np.maximum(1 - (bent / SOFT_LIMIT) ** 2, 1e-9)))
    xs = _with_neighbours(inner, (low, high, *bare.integers(np.array(bare.column.frequent_values))))
    curve = scaled(bare.numbers(xs), scale)
    z = (bare.numbers(xs) - center) / width / SOFT_LIMIT
    near, far = z[:-1], z[1:]
    bends = np.abs(z) * (1 + z * z) ** -2.5
    steepest = np.where((near < 0.5) & (far > -0.5), _STEEPEST_BEND, np.maximum(bends[:-1], bends[1:]))
    gap = 3 * (far - near)
    between = np.minimum(gap * gap / 8 * steepest, np.abs(np.diff(curve)))
    return lines(xs, curve, 2.0**-INPUT_BITS, within=WITHIN, between=float(between.max(initial=0.0)))


def _ranks(bare: FixedColumn, low: int, high: int, frequent: tuple[int, ...]) -> Lines:
    """Return the ranks as lines: straight but at the quantiles, where they may jump from one integer to the next."""
    at = _scaled_up(np.array(bare.column.rank_quantiles), bare.power)
    xs = _with_neighbours(np.zeros(0), (low, high, *frequent, *np.floor(at), *np.ceil(at)))
    curve = ranked(bare.numbers(xs), tuple(bare.column.rank_quantiles))
    return lines(xs, curve, 2.0**-INPUT_BITS, within=WITHIN)


def _with_neighbours(places: AnyArray, special: Sequence[float]) -> Indices:
    """Return rising places between the first two special ones, those beside each special one, too."""
    low, high = special[:2]
    each = np.array(special)
    every = np.concatenate([places, each, each - 1, each + 1]).clip(low, high)
    return np.unique(every.astype(np.int64))


def _reach(column: PlannedColumn, curves: tuple[Lines, ...], frequent: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return the points between which a number's inputs lie, and the most that each is wrong."""
    xs = np.unique(np.concatenate([*(curve.xs for curve in curves), np.array(frequent, dtype=np.int64)]))
    hull = np.zeros((len(xs) + len(frequent) + 1, column.n_inputs))
    for i, curve in enumerate(curves):
        hull[: len(xs), i] = np.interp(xs, curve.xs, curve.ys) * curve.step
    for i, value in enumerate(frequent):
        row = len(xs) + i
        hull[row] = hull[int(np.searchsorted(xs, value))]
        hull[row, len(curves) + i] = 1.0
    if column.missing:
        hull[-1, -1] = 1.0
    errors = np.zeros(column.n_inputs)
    errors[: len(curves)] = [curve.error for curve in curves]
    return hull, errors
