"""Rows that repeat others: copies made when a table was put together, told from rows that are equal by chance.

A copy must not judge a network that learnt from its twin. But in a table of few columns with few values, equal rows are
what new rows will be like, and they stay where they are drawn. So rows are copies where far more of them agree in all
columns than chance would make agree, and where they agree in the answer, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.arrays import NDArray
from selenite.table.learn import days_of
from selenite.table.table import Column, Dates, Numbers, Table, Text

BEYOND_CHANCE = 5.0  # times as many pairs of equal rows as chance makes; columns that go together make more ...
TOGETHER = 2.0  # ... each so many times
SAME_ANSWERS = 0.9  # of 1: equal rows always have equal answers; of 0: no more often than any two rows
FEWEST_DIFFERENT = 10  # rows; of fewer each has to be known, such as the four of exclusive or
NEVER = 1e-9
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Repeats:
    """Which rows are equal in every column but the answer."""

    of: NDArray[np.intp]  # (n,) the number of each row's values; different rows are numbered as they first occur
    beyond_chance: bool  # more of them than chance makes
    same_answers: bool  # equal rows have equal answers

    @property
    def are_copies(self) -> bool:
        """Tell whether equal rows belong on one side of every split."""
        return self.beyond_chance and self.same_answers

    @property
    def n_different(self) -> int:
        """Return how many different rows there are."""
        return int(self.of.max(initial=-1)) + 1

    @property
    def n_repeated(self) -> int:
        """Return how many rows repeat an earlier one."""
        return len(self.of) - self.n_different


def find_repeats(features: Table, answers: Column) -> Repeats:
    """Return which rows of a table repeat others; columns that number or name the rows do not count."""
    columns = [column for column in features.columns if not _names_rows(column)]
    of = _numbered(_values(columns, features.n_rows))
    sizes = np.bincount(of)
    pairs = _pairs(sizes)
    if not columns or pairs == 0:
        return Repeats(np.arange(features.n_rows), beyond_chance=False, same_answers=True)
    first = first_of(of)
    chances = [_chance(column.take(first)) for column in columns]
    usual_pairs = _pairs(np.array([features.n_rows])) * np.prod([min(TOGETHER * chance, 1.0) for chance in chances])
    answered = _numbered(_values([answers], features.n_rows))
    share = _pairs(np.bincount(_numbered(_mixed(of.astype(np.uint64), answered.astype(np.uint64))))) / pairs
    usual = _agreeing(np.bincount(answered[first]))
    same_answers = usual < 1 and (share - usual) / (1 - usual) >= SAME_ANSWERS
    beyond_chance = pairs > BEYOND_CHANCE * usual_pairs and len(sizes) >= FEWEST_DIFFERENT
    return Repeats(of, bool(beyond_chance), bool(same_answers))


def copies(features: Table, answers: Column) -> NDArray[np.intp] | None:
    """Return the number of each row's values (n,) where rows are copies of others; None where none is."""
    found = find_repeats(features, answers)
    return found.of if found.are_copies else None


def first_of(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the row where each number, counted from 0 as they occur, occurs first.

    >>> first_of(np.array([0, 1, 0, 2])).tolist()
    [0, 1, 3]
    """
    return np.unique(numbers, return_index=True)[1]


def _values(columns: list[Column], n_rows: int) -> NDArray[np.uint64]:
    """Return a number of each row that only rows of the same values share, by all odds (64 bits)."""
    found = np.zeros(n_rows, dtype=np.uint64)
    for column in columns:
        if isinstance(column, Text):
            bits = column.codes.astype(np.int64).view(np.uint64)
        elif isinstance(column, Dates):
            bits = column.values.view(np.uint64)
        else:
            bits = np.where(column.missing(), np.nan, column.values + 0.0).view(np.uint64)  # one gap, one zero
        found = _mixed(found, bits)
    return found


def _mixed(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a hash of pairs of numbers (the finalizer of splitmix64)."""
    x = a * _MIX + b + _MIX
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def _numbered(values: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the number of each value, counted from 0 as they first occur."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.intp)
    number[np.argsort(first)] = np.arange(len(first))
    return number[which]


def _names_rows(column: Column) -> bool:
    """Tell whether every row has a text or a whole number of its own, as identifiers do."""
    if isinstance(column, Text):
        codes = column.codes
        return len(codes) > 1 and bool((codes >= 0).all()) and int(np.bincount(codes).max()) == 1
    if isinstance(column, Dates) or not len(column.values) or not (column.values == np.round(column.values)).all():
        return False
    return len(column.values) > 1 and len(np.unique(column.values)) == len(column.values)


def _chance(different: Column) -> float:
    """Return how likely two of the different rows agree in a column, if values recur no more than by chance.

    Of numbers no more than if all steps of their range were equally likely; with many digits they never recur.
    """
    if isinstance(different, Text):
        return _agreeing(np.bincount(different.codes + 1))
    every = days_of(different.values) if isinstance(different, Dates) else different.values
    values = every[~different.missing()]
    distinct, counts = np.unique(values, return_counts=True)
    agreeing = _agreeing(np.append(counts, len(every) - len(values)))
    if len(values) < len(every) or len(distinct) < 3:
        return agreeing
    if (
        isinstance(different, Numbers)
        and (np.round(distinct, 6).astype(np.float32) != distinct.astype(np.float32)).mean() > 0.5
    ):
        return NEVER
    steps = np.diff(distinct)
    return min(agreeing, float(steps.min() / (distinct[-1] - distinct[0] + steps.min())))


def _agreeing(counts: NDArray[np.intp]) -> float:
    """Return the share of pairs that agree where each value has the given share of all."""
    shares = counts / max(int(counts.sum()), 1)
    return float((shares * shares).sum())


def _pairs(counts: NDArray[np.intp]) -> float:
    return float((counts * (counts - 1.0)).sum() / 2)
