"""Columns that others make: a multiple of one, or the sum, difference, product or ratio of two, but for rounding.

A few rows rule out nearly all pairs and triples of columns, all rows decide about the others. A column is made of
others if it differs from what they make by no more than half of its own last written digit, in every row, and if that
would hardly be so were its rows in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log2

import numpy as np

from selenite.table.suspects import leave_out
from selenite.table.table import Finding, Numbers, Table, called
from selenite.text import plain_number, shown
from selenite.types import Floats, Indices

FEWEST_ROWS, FEWEST_DIFFERENT = 30, 6  # fewer rows, or different values, go along by chance
MOST_COLUMNS, MOST_TOLD = 80, 10
MOST_ROWS_TRIED = 48  # before all are
MOST_DIGITS = 15  # of a factor
DIGITS_BESIDE_CONSTANT = 3  # else a line could be bent to go through nearly anything
MOST_HALFWAY = 0.2  # of the rows: halves are rounded as the computer has them
MOST_DECIMALS = 9  # with more, numbers are not rounded by anybody
SURE = 40.0  # bits of surprise beyond those that the number of triples explains
_EXACT = 4 * np.finfo(np.float64).eps
_SINGLE = 2 * np.finfo(np.float32).eps


@dataclass(frozen=True)
class Measured:
    """A column of different numbers."""

    name: str
    values: Floats
    half_digit: float  # half of the last digit that is written
    relative: float  # how far from its value a number may lie that no one rounded

    def tolerance(self, values: Floats) -> Floats:
        """Return how far values may lie from what is computed."""
        return self.half_digit * (1 + 1e-6) + self.relative * np.abs(values)


@dataclass(frozen=True)
class Operation:
    """What makes a column of two others; `symmetric` if these may change places."""

    sign: str
    of: Callable[[Floats, Floats], Floats]
    symmetric: bool


OPERATIONS = (
    Operation("+", np.add, True),
    Operation("-", np.subtract, False),
    Operation("×", np.multiply, True),
    Operation("/", np.divide, False),
)


def derived(table: Table, target: str | None = None) -> Iterator[Finding]:
    """Give what columns are made of others; where the target is one of them, that is a leak.

    >>> width, height = np.arange(1.0, 41.0), np.arange(40.0) ** 2 % 37 + 1
    >>> columns = Numbers(width), Numbers(height), Numbers(width * height)
    >>> [found.message for found in derived(Table(("width", "height", "area"), columns, 40))]
    ['column "area" is "width" × "height" in all rows. It can be left out with --drop area']
    """
    columns = _measured(table)
    made: set[str] = set()
    told: set[frozenset[str]] = set()
    of_two = sorted(_of_two(columns), key=lambda one: (" + " not in one[1], -table.names.index(one[0])))
    for whole, text, parts in (*_multiples(columns), *of_two):
        together = frozenset({whole, *parts})
        if any(group <= together for group in told) or len(told) == MOST_TOLD:
            continue
        if target in together and len(parts) == 1:
            continue  # which alone predicts it
        told.add(together)
        if target in together:
            others = sorted(together - {target}, key=table.names.index)
            asked = "Would you know them beforehand? If not, leave them out with"
            message = f"{called(whole)} is {text} in all rows. {asked} {leave_out(*others)}"
            yield Finding("leak", others[0], message)
        elif whole not in made:
            made.add(whole)
            message = f"{called(whole)} is {text} in all rows. It can be left out with {leave_out(whole)}"
            yield Finding("derived", whole, message)


def _measured(table: Table) -> list[Measured]:
    """Return the columns of many different numbers, most of which are there; none if they are very many."""
    found = []
    for name, column in zip(table.names, table.columns, strict=True):
        if not isinstance(column, Numbers) or column.type == "bool" or table.n_rows < FEWEST_ROWS:
            continue
        present = column.values[~column.missing()]
        if 2 * len(present) < table.n_rows or len(np.unique(present[:1000])) < FEWEST_DIFFERENT:
            continue
        decimals = _decimals(present[:: max(1, len(present) // 1000)])
        rounded = decimals <= MOST_DECIMALS
        single = not rounded and bool((present.astype(np.float32).astype(np.float64) == present).all())
        half_digit = 0.5 * 10.0**-decimals if rounded else 0.0
        found.append(Measured(name, column.values, half_digit, float(_SINGLE if single else _EXACT)))
    return found if len(found) <= MOST_COLUMNS else []


def _decimals(values: Floats) -> int:
    """Return how many decimals numbers are written with, one more than the most that counts if there are more."""
    for decimals in range(MOST_DECIMALS + 1):
        if (np.abs(np.round(values, decimals) - values) <= _EXACT * np.abs(values)).all():
            return decimals
    return MOST_DECIMALS + 1


def _multiples(columns: list[Measured]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give columns that are a multiple of another one, and a constant; of two such columns the later one first."""
    for whole in columns[::-1]:
        for part in columns:
            if part is whole or (slope := _slope(whole, part)) is None:
                continue
            both = np.flatnonzero(~np.isnan(whole.values + part.values))
            for factor, added in _factors(whole, part.values[both], whole.values[both], slope):
                if (factor, added) != (1, 0) and _holds(whole, factor * part.values + added, both, len(columns)):
                    yield whole.name, _line_text(part.name, factor, added), (part.name,)
                    break


def _line_text(name: str, factor: float, added: float) -> str:
    """Return a multiple and a constant in words.

    >>> _line_text("f", 1.8, 32), _line_text("born", -1, 2026), _line_text("net", 1, -7)
    ('1.8 × "f" + 32', '2,026 - "born"', '"net" - 7')
    """
    if factor == -1 and added > 0:
        return f"{plain_number(added)} - {shown(name)}"
    times = f"{plain_number(factor, MOST_DIGITS)} × " if factor != 1 else ""
    return f"{times}{shown(name)}" + (f" {'-' if added < 0 else '+'} {plain_number(abs(added))}" if added else "")


def _factors(whole: Measured, part: Floats, values: Floats, slope: float) -> Iterator[tuple[float, float]]:
    """Give short factors, with the constants to add, that may make values of a part: without a constant first."""
    least, most = values - whole.tolerance(values), values + whole.tolerance(values)
    ends = np.sort(np.stack([least, most])[:, part != 0] / part[part != 0], axis=0)
    if (factor := _short(ends[0].max(), ends[1].min())) is not None:
        yield factor, 0.0
    for digits in range(1, DIGITS_BESIDE_CONSTANT + 1):
        factor = float(f"{slope:.{digits}g}")
        added = _short((least - factor * part).max(), (most - factor * part).min())
        if added is not None:
            yield factor, added


def _short(low: float, high: float) -> float | None:
    """Return the shortest number between two; None if there is none."""
    if low > high:
        return None
    if low <= 0 <= high:
        return 0.0
    for digits in range(1, MOST_DIGITS + 1):
        if low <= float(f"{(low + high) / 2:.{digits}g}") <= high:
            return float(f"{(low + high) / 2:.{digits}g}")
    return (low + high) / 2


def _slope(whole: Measured, part: Measured) -> float | None:
    """Return the slope of the line that goes through a few rows of two columns; None where none does."""
    rows = np.linspace(0, len(part.values) - 1, min(len(part.values), 4 * MOST_ROWS_TRIED)).astype(np.intp)
    a, b = part.values[rows], whole.values[rows]
    there = ~np.isnan(a + b)
    a, b = a[there], b[there]
    if len(a) < 2 or a.std() == 0:
        return None
    slope = float(((a - a.mean()) * (b - b.mean())).mean() / a.var())
    near = 2 * whole.tolerance(b) + 1e-9 * np.abs(b).max()
    return slope if slope and (np.abs(slope * (a - a.mean()) + b.mean() - b) <= near).all() else None


def _of_two(columns: list[Measured]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give columns that two others make."""
    if len(columns) < 3:
        return
    values = np.array([column.values for column in columns])
    rows = np.random.default_rng(0).permutation(values.shape[1])[:MOST_ROWS_TRIED]
    for operation in OPERATIONS:
        for whole, a, b in _left_over(columns, values[:, rows], operation).tolist():
            with np.errstate(all="ignore"):
                made = operation.of(values[a], values[b])
            both = np.flatnonzero(np.isfinite(made + values[whole]))
            if _holds(columns[whole], made, both, len(columns)):
                first, second = columns[a].name, columns[b].name
                yield columns[whole].name, f"{shown(first)} {operation.sign} {shown(second)}", (first, second)


def _left_over(columns: list[Measured], values: Floats, operation: Operation) -> Indices:
    """Return the triples (whole, part, part) that no row of a few rules out, (n, 3)."""
    n = len(columns)
    tolerances = np.array([column.tolerance(values[i]) for i, column in enumerate(columns)])
    first, second = np.nonzero(np.triu(np.ones((n, n)), 1) if operation.symmetric else 1 - np.eye(n))
    wholes = np.empty(0, dtype=np.intp)
    pairs = np.empty(0, dtype=np.intp)
    with np.errstate(all="ignore"):
        for row in range(values.shape[1]):
            made = operation.of(values[first, row], values[second, row])
            if row == 0:
                far = np.abs(made[:, None] - values[None, :, 0]) > tolerances[None, :, 0]
                pairs, wholes = np.nonzero(~far)
                apart = (first[pairs] != wholes) & (second[pairs] != wholes)
            else:
                apart = ~(np.abs(made[pairs] - values[wholes, row]) > tolerances[wholes, row])
            pairs, wholes = pairs[apart], wholes[apart]
    return np.asarray(np.stack([wholes, first[pairs], second[pairs]], axis=1), dtype=np.intp)


def _is_between(values: Floats, made: Floats, tolerance: Floats) -> bool:
    """Tell whether what is made lies just between two roundings in most rows, and these go now up, now down."""
    halfway = np.abs(made - values) > tolerance * (1 - 1e-5)
    up = np.sign(values - made)[halfway]
    even = np.round(values / (2 * tolerance))[halfway] % 2 == 0
    return bool(
        halfway.mean() > MOST_HALFWAY and len(set(up)) > 1 and len(set(up * values[halfway] > 0)) > 1 and not even.all()
    )


def _holds(whole: Measured, made: Floats, rows: Indices, n_columns: int) -> bool:
    """Tell whether what is made is a column in all rows that have both, and hardly would be in another order."""
    if len(rows) < max(FEWEST_ROWS, len(made) // 2):
        return False
    values, made = whole.values[rows], made[rows]
    tolerance = whole.tolerance(values)
    if (np.abs(made - values) > tolerance).any():
        return False
    if _is_between(values, made, tolerance):
        return False
    shuffled = np.random.default_rng(0).permutation(len(rows))
    by_chance = float(np.mean(np.abs(made[shuffled] - values) <= tolerance))
    return -len(rows) * log2(max(by_chance, 1 / len(rows))) > SURE + 3 * log2(n_columns)
