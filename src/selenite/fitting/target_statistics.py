"""What rows of a category answer on average: learnt where a column has more categories than indicators can tell apart.

Then each category of more than 20 values, and each pair of such, is told by its mean answer. The rows that it is learnt
from get means of other rows, fold by fold, as new rows do: else the network would trust a category of a single row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from selenite.fitting.text_scores import names_of_outputs
from selenite.splits.folds import folds
from selenite.splits.grouping import Grouping
from selenite.table import Schema, Table, Target
from selenite.table.cells import counted_texts
from selenite.table.match import category_codes
from selenite.table.schema import ColumnSchema, Crossings, Statistics
from selenite.table.statistics import keys_of, told_by_means
from selenite.types import Array, Floats, Indices

N_FOLDS = 8
PRIOR = 10  # rows that answer as all do, which are added to each category and each pair
FEWEST_ROWS = 2  # of a category, or of a pair, that is told
MOST_CROSSED, MOST_INPUTS = 9, 512  # columns, those of most categories; statistics that a row becomes
MOST_TOLD, MOST_BYTES_OF_NAMES, MOST_BYTES_OF_PAIRS = 2**16, 1 << 20, 3 << 20  # categories; what these take in a file
BYTES_OF_KEY, BYTES_OF_NUMBER = 11, 6  # in base64


@dataclass(frozen=True)
class Learnt:
    """The schema with statistics, and those of the rows that they were learnt from."""

    schema: Schema
    of_column: dict[int, Floats]  # by its number, (n_names, n_rows)
    of_pairs: Floats  # (n_pairs × n_names, n_rows)


def learn_statistics(
    schema: Schema, table: Table, target: Target, Y: Array, weight: Array | None, grouping: Grouping, seed: int
) -> Learnt:
    """Return what categories of many values, and pairs of them, say of the answers Y, (n_rows, n_outputs).

    Where no column has more than 255 categories, or too many inputs would come of it, the schema stays as it is.
    """
    sizes, n_names = told_by_means(schema, table), Y.shape[1]
    told = list(sizes)
    if not told or len(told) * n_names > MOST_INPUTS:
        return Learnt(schema, {}, np.zeros((0, len(Y))))
    crossed = sorted(sorted(told, key=lambda k: -sizes[k])[:MOST_CROSSED])
    pairs = list(combinations(crossed, 2))
    if (len(told) + len(pairs)) * n_names > MOST_INPUTS:
        pairs = []
    rows = Rows.of(Y, weight, folds(len(Y), min(N_FOLDS, len(Y)), seed, grouping=grouping))
    names = names_of_statistics(target)
    columns, of_column, codes = list(schema.columns), dict[int, Floats](), dict[int, Indices]()
    for k in told:
        columns[k], codes[k], of_column[k] = _of_column(columns[k], table, rows, names, len(told))
    crossings, of_pairs = _of_pairs(columns, pairs, codes, rows, names)
    return Learnt(Schema(tuple(columns), crossings), of_column, of_pairs)


def names_of_statistics(target: Target) -> tuple[str, ...]:
    """Return what the statistic of each output is called."""
    if target.n_outputs > 1:
        return tuple(f"share of {one}" if not target.each else f"mean of {one}" for one in names_of_outputs(target))
    return (f"share of {target.classes[1]}",) if target.classes else ("mean",)


@dataclass(frozen=True)
class Rows:
    """The answers of rows, how much each counts, and its fold."""

    Y: Floats  # (n, n_names), times the weight
    weight: Floats
    fold: Indices
    mean: Floats  # (n_names,)
    mean_of_others: Floats  # (n, n_names): of the rows outside of its fold

    @classmethod
    def of(cls, Y: Array, weight: Array | None, fold: Indices) -> Rows:
        """Return them of answers Y, (n, n_names)."""
        counts = np.ones(len(Y)) if weight is None else weight.astype(np.float64)
        weighed = Y.astype(np.float64) * counts[:, None]
        of_fold, counts_of_fold = _sums(weighed, fold), np.bincount(fold, counts)
        total, n = of_fold.sum(axis=0), counts_of_fold.sum()
        others = (total - of_fold) / np.maximum(n - counts_of_fold, 1e-300)[:, None]
        return cls(weighed, counts, fold, total / n, others[fold])

    def of_others(self, key: Indices) -> tuple[Floats, Floats]:
        """Return the sum of the answers of rows of the same key in other folds, (n, n_names), and their number, (n,).

        Rows whose key is negative are of none.
        """
        there = np.flatnonzero(key >= 0)
        own, fold = key[there], self.fold[there]
        _, place = np.unique(own * (self.fold.max() + 1) + fold, return_inverse=True)
        sums, counts = np.zeros_like(self.Y), np.zeros(len(self.Y))
        sums[there] = _sums(self.Y[there], own)[own] - _sums(self.Y[there], place)[place]
        weight = self.weight[there]
        counts[there] = np.bincount(own, weight)[own] - np.bincount(place, weight)[place]
        return sums, counts

    def means(self, key: Indices, prior: float, n_keys: int = 0) -> tuple[Floats, Floats]:
        """Return the mean of each key less that of all, drawn towards it, and of each row by the rows of other folds.

        key: (n,), 0 to n_keys - 1, or negative of rows that have none; prior: how many rows more answer as all do.
        """
        there = key >= 0
        sums, counts = _sums(self.Y[there], key[there], n_keys), np.bincount(key[there], self.weight[there], n_keys)
        of_keys = (sums - counts[:, None] * self.mean) / (counts[:, None] + prior)
        sums_of_others, n_others = self.of_others(key)
        return of_keys, (sums_of_others - n_others[:, None] * self.mean_of_others) / (n_others[:, None] + prior)

    def statistics(self, key: Indices, n_keys: int) -> tuple[Floats, Floats]:
        """Return the means of each key and of each row, scaled to a deviation of 1 of all rows."""
        of_keys, of_rows = self.means(key, PRIOR, n_keys)
        scale = to_unit_deviation(of_rows)
        return of_keys * scale, of_rows * scale


def to_unit_deviation(values: Floats) -> Floats:
    """Return the factor of each column of values, (n, n_names), that gives it a deviation of 1; 0 of a constant."""
    deviation = values.std(axis=0)
    return np.where(deviation > 1e-9, 1 / np.where(deviation > 1e-9, deviation, 1.0), 0.0)


def _sums(Y: Floats, key: Indices, n_keys: int = 0) -> Floats:
    """Return the sum of the rows of each key, (n_keys, n_names)."""
    return np.stack([np.bincount(key, one, n_keys) for one in Y.T], axis=1)


def _of_column(
    column: ColumnSchema, table: Table, rows: Rows, names: tuple[str, ...], n_columns: int
) -> tuple[ColumnSchema, Indices, Floats]:
    """Return a column with its statistics, the code of each row, -1 where it has none, and the rows' statistics."""
    texts, counts = counted_texts(table[column.name])
    order = np.argsort(-counts, kind="stable")[: MOST_TOLD // n_columns]
    bytes_of = np.array([len(texts[i].encode()) + 3 for i in order], dtype=np.intp) + BYTES_OF_NUMBER * len(names)
    kept = order[(counts[order] >= FEWEST_ROWS) & (np.cumsum(bytes_of) <= MOST_BYTES_OF_NAMES // n_columns)]
    categories = tuple(texts[i] for i in np.sort(kept))
    column = replace(column, categories=categories, rare=len(categories) < len(texts))
    codes = category_codes(column, table[column.name])
    codes[codes == len(categories)] = -1
    of_codes, of_rows = rows.statistics(codes, len(categories))
    return replace(column, statistics=Statistics(names, _packed(of_codes))), codes, of_rows.T


def _of_pairs(
    columns: list[ColumnSchema],
    pairs: list[tuple[int, int]],
    codes: dict[int, Indices],
    rows: Rows,
    names: tuple[str, ...],
) -> tuple[Crossings, Floats]:
    """Return the statistics of pairs, of those that most rows have as many as a file has room for, and the rows'."""
    n = len(rows.Y)
    if not pairs:
        return Crossings(()), np.zeros((0, n))
    crossed = sorted({k for pair in pairs for k in pair})
    places = np.searchsorted(crossed, np.array(pairs))
    keys = keys_of([len(columns[k].categories) for k in crossed], places, np.array([codes[k] for k in crossed]))
    different, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    which = which.reshape(keys.shape)
    often = np.flatnonzero((counts >= FEWEST_ROWS) & (different >= 0))
    most = MOST_BYTES_OF_PAIRS // (BYTES_OF_KEY + BYTES_OF_NUMBER * len(names))
    kept = np.sort(often[np.argsort(-counts[often], kind="stable")[:most]])
    place = np.full(len(different), -1)
    place[kept] = np.arange(len(kept))
    of_keys, of_rows = np.zeros((len(kept), len(names))), np.zeros((len(pairs), len(names), n))
    for i, own in enumerate(place[which]):
        used, key = np.unique(own[own >= 0], return_inverse=True)
        short = np.full(n, -1)
        short[own >= 0] = key
        of_keys[used], of_row = rows.statistics(short, len(used))
        of_rows[i] = of_row.T
    crossings = Crossings(tuple(pairs), names, different[kept].astype("<i8").tobytes(), _packed(of_keys))
    return crossings, of_rows.reshape(-1, n)


def _packed(values: Floats) -> bytes:
    return values.astype("<f4").tobytes()
