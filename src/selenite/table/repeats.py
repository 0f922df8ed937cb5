"""Rows that repeat others: copies made when a table was put together, told from rows that are equal by chance.

A copy must not judge a network that learnt from its twin. But in a table of few values, or of columns that go together,
equal rows are what new rows will be like, and they stay where they are drawn. Rows are copies where the whole table was
repeated, each row with its answer twice, three times, ... as often as in the table before; or where far more rows are
equal than those nearly equal foretell, and equal ones agree in the answer, too. Where rows are equal by chance, many
more differ in one column, and yet more in two: of independent columns the pairs that differ in none are at most
(those that differ in one)² / (2 · those that differ in two), which is Newton's inequality.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from selenite.nn.random import GOLDEN, SPLIT, mix, permutation
from selenite.table.schema import FEW_CATEGORIES
from selenite.table.table import Answers, Column, Dates, Table, Text, columns_of, days_of
from selenite.types import Floats, Indices, NDArray

BEYOND_CHANCE = 5.0  # times as many repeated rows as those nearly equal foretell; columns that go together make up to 3
SAME_ANSWERS = 0.9  # of 1: equal rows always have equal answers; of 0: no more often than any two rows
FEWEST_DIFFERENT = 5  # rows; of fewer each has to be known, such as the four of exclusive or
MOST_ROWS = 10_000  # that are looked at for nearly equal ones
BLOCKS = (24, 12, 6, 3)  # of neighbouring columns, in which rows differ: indicators of one thing change together
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Repeats:
    """Which rows are equal in every column but the answer."""

    of: Indices  # (n,) the number of each row's values; different rows are numbered as they first occur
    beyond_chance: bool = False  # more of them than chance makes
    same_answers: bool = True  # equal rows have equal answers
    whole: bool = False  # each row was repeated with its answer, as often as all others or a multiple of it

    @property
    def are_copies(self) -> bool:
        """Tell whether equal rows belong on one side of every split."""
        return self.whole or (self.beyond_chance and self.same_answers)

    @property
    def n_different(self) -> int:
        """Return how many different rows there are."""
        return int(self.of.max(initial=-1)) + 1

    @property
    def n_repeated(self) -> int:
        """Return how many rows repeat an earlier one."""
        return len(self.of) - self.n_different


def find_repeats(features: Table, answers: Answers) -> Repeats:
    """Return which rows of a table repeat others; columns that number or name the rows do not count."""
    columns = [column for column in features.columns if not _names_rows(column)]
    if not columns or features.n_rows < FEWEST_DIFFERENT:
        return Repeats(np.arange(features.n_rows))
    found = Repeats(_numbered(keys_of(map(_hashes, columns), features.n_rows)))
    if not found.n_repeated:
        return found
    if found.n_different < FEWEST_DIFFERENT:
        return found
    first = first_of(found.of)
    answered = _numbered(keys_of(map(_hashes, columns_of(answers)), features.n_rows))
    of_both = np.bincount(_numbered(mixed(found.of.astype(np.uint64), answered.astype(np.uint64))))
    usual_share = _agreeing(np.bincount(answered[first]))
    share = _pairs(of_both) / _pairs(np.bincount(found.of))
    return Repeats(
        found.of,
        beyond_chance=found.n_repeated > BEYOND_CHANCE * _usual_pairs(columns, first),
        same_answers=bool(usual_share < 1 and (share - usual_share) / (1 - usual_share) >= SAME_ANSWERS),
        whole=bool(np.gcd.reduce(of_both) > 1) and not _is_every_combination(columns, first),
    )


def copies(features: Table, answers: Answers) -> Indices | None:
    """Return the number of each row's values (n,) where rows are copies of others; None where none is."""
    found = find_repeats(features, answers)
    return found.of if found.are_copies else None


def first_of(numbers: Indices) -> Indices:
    """Return the row where each number, counted from 0 as they occur, occurs first.

    >>> first_of(np.array([0, 1, 0, 2])).tolist()
    [0, 1, 3]
    """
    return np.unique(numbers, return_index=True)[1]


def _usual_pairs(columns: list[Column], first: Indices) -> float:
    """Return how many pairs of rows would be equal by chance, given how many are nearly."""
    n = len(columns[0].missing())
    if len(columns) == 1:
        return _pairs(np.array([n])) * _chance(columns[0].take(first))
    rows = permutation(0, n, SPLIT)[:MOST_ROWS]
    of_columns = [mixed(_hashes(column)[rows], np.full(len(rows), k, np.uint64)) for k, column in enumerate(columns)]
    most = max(_foretold(_in_blocks(of_columns, n_blocks)) for n_blocks in BLOCKS)
    return most * (n / len(rows)) ** 2


def _in_blocks(of_columns: list[Hashes], n_blocks: int) -> list[Hashes]:
    """Return hashes of columns taken together, neighbours with neighbours."""
    n_blocks = min(n_blocks, len(of_columns))
    blocks = [np.zeros_like(of_columns[0]) for _ in range(n_blocks)]
    for k, one in enumerate(of_columns):
        blocks[k * n_blocks // len(of_columns)] += one
    return blocks


def _foretold(blocks: list[Hashes]) -> float:
    """Return how many pairs of rows are equal by chance, at most: by those that differ in one block, and in two."""
    row = np.zeros_like(blocks[0])
    for block in blocks:
        row += block
    equal = _equal_pairs(row)
    but_one = [_equal_pairs(row - block) - equal for block in blocks]
    but_two = sum(
        _equal_pairs(row - blocks[a] - blocks[b]) - equal - but_one[a] - but_one[b]
        for a, b in combinations(range(len(blocks)), 2)
    )
    return (sum(but_one) + 1) ** 2 / (2 * (but_two + 1))


def _is_every_combination(columns: list[Column], first: Indices) -> bool:
    """Tell whether rows of few values are all that there can be, as in a trial of all combinations."""
    different = [len(np.unique(_hashes(column)[first])) for column in columns]
    return max(different) <= FEW_CATEGORIES and bool(np.isclose(np.log(different).sum(), np.log(len(first))))


def keys_of(columns: Iterable[Hashes], n_rows: int) -> Hashes:
    """Return a number of each row that only rows of the same values share, by all odds (64 bits): mixed by columns.

    columns: a number of each value, (n_rows,).
    """
    keys = np.zeros(n_rows, dtype=np.uint64)
    for bits in columns:
        keys = mixed(keys, bits)
    return keys


def _hashes(column: Column) -> Hashes:
    """Return a number of each value that only equal ones share."""
    if isinstance(column, Text):
        return column.codes.astype(np.int64).view(np.uint64)
    if isinstance(column, Dates):
        return column.values.view(np.uint64)
    return np.where(column.missing(), np.nan, column.values + 0.0).view(np.uint64)  # one gap, one zero


def mixed(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a hash of pairs of numbers (the finalizer of splitmix64)."""
    return np.asarray(mix(a * GOLDEN + b + GOLDEN))


def _numbered(values: NDArray[np.uint64]) -> Indices:
    """Return the number of each value, counted from 0 as they first occur."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.intp)
    number[np.argsort(first)] = np.arange(len(first))
    return number[which]


def _names_rows(column: Column) -> bool:
    """Tell whether every row with a value has a text, a moment or a whole number of its own, as identifiers do."""
    values = _hashes(column)[~column.missing()]
    if len(values) < max(2, 0.5 * len(column.missing())):
        return False
    if not isinstance(column, Text | Dates) and not _are_whole(column.values[~column.missing()]):
        return False
    return len(np.unique(values)) == len(values)


def _are_whole(values: Floats) -> bool:
    return bool((values == np.round(values)).all())


def _chance(different: Column) -> float:
    """Return how likely two rows agree in the only column by chance, where each of its values may come anywhere.

    Numbers are in steps of their least distance. Text says nothing of what else it could have been.
    """
    if isinstance(different, Text):
        return 1.0
    values = days_of(different.values) if isinstance(different, Dates) else different.values
    distinct = np.unique(values[~different.missing()])
    step = np.diff(distinct).min()
    return float(step / (distinct[-1] - distinct[0] + step))


def _agreeing(counts: Indices) -> float:
    """Return the share of pairs that agree where each value has the given share of all."""
    shares = counts / max(int(counts.sum()), 1)
    return float((shares * shares).sum())


def _equal_pairs(values: Hashes) -> float:
    return _pairs(np.unique(values, return_counts=True)[1])


def _pairs(counts: Indices) -> float:
    return float((counts * (counts - 1.0)).sum() / 2)
