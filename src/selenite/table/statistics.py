"""Target statistics of categories and of pairs of them, by their codes: what `Statistics` and `Crossings` hold.

A statistic is the mean answer of the training rows of a category, drawn towards that of all rows, less that of all
rows: Σ (y - mean) / (rows + 10), scaled. So it is 0 of gaps, and of a category or pair that training did not see.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selenite.table.cells import counted_texts
from selenite.table.learn import MOST_CATEGORIES
from selenite.table.limits import LARGE
from selenite.table.match import KnownColumn, Matched
from selenite.table.schema import FEW_CATEGORIES, Schema, Statistics
from selenite.table.table import Table
from selenite.types import Array, Indices


def told_by_means(schema: Schema, table: Table) -> dict[int, int]:
    """Return which columns are told by the mean answers of their categories, and how many different ones each has.

    Where one has more than 255, which indicators do not tell apart, these are all that have more than 20; else none.
    """
    sizes = {
        k: len(counted_texts(table[column.name])[0])
        for k, column in enumerate(schema.columns)
        if column.kind == "category"
    }
    if max(sizes.values(), default=0) <= MOST_CATEGORIES or table.n_rows > LARGE:
        return {}
    return {k: size for k, size in sizes.items() if size > FEW_CATEGORIES}


def statistics_of(statistics: Statistics, codes: Indices) -> Array:
    """Return the statistics of each row, (n_names, n_rows): 0 where its category is missing or unseen."""
    known = (codes >= 0) & (codes < len(statistics.array))
    found: Array = np.where(known, statistics.array[np.where(known, codes, 0)].T, np.float32(0))
    return found


def crossed_columns(schema: Schema) -> Indices:
    """Return which columns are crossed with others, rising."""
    return np.unique(np.array(schema.crossings.columns, dtype=np.intp))


def codes_of(schema: Schema, known: Matched) -> Indices:
    """Return the codes of the columns that are crossed, (n_crossed, n_rows)."""
    by_name: dict[str, KnownColumn] = {one.schema.name: one for one in known.columns}
    crossed = [by_name[schema.columns[k].name].codes for k in crossed_columns(schema)]
    return np.array(crossed, dtype=np.int64).reshape(len(crossed), known.n_rows)


def keys_of(sizes: Sequence[int], pairs: Indices, codes: Indices) -> Indices:
    """Return the key of each pair of codes, (n_pairs, n_rows); -1 where one is missing or unseen.

    Of codes a and b it is a × (categories of the second) + b, and begins where those of the pair before end.

    sizes: how many categories each column has; pairs: of columns, (n_pairs, 2); codes: (n_columns, n_rows).

    >>> keys_of([2, 3], np.array([[0, 1]]), np.array([[0, 1, 1, 2], [0, 0, 2, 0]])).tolist()
    [[0, 3, 5, -1]]
    """
    size = np.array(sizes, dtype=np.int64)
    first, second = pairs.T
    begins = np.cumsum(size[first] * size[second]) - size[first] * size[second]
    known = (codes >= 0) & (codes < size[:, None])
    keys = begins[:, None] + codes[first] * size[second][:, None] + codes[second]
    return np.where(known[first] & known[second], keys, -1)


def crossings_of(schema: Schema, codes: Indices) -> Array:
    """Return the inputs that pairs of categories become, (n_pairs × n_names, n_rows), by the codes of `codes_of`."""
    crossings, crossed = schema.crossings, crossed_columns(schema)
    pairs = np.searchsorted(crossed, np.array(crossings.columns, dtype=np.intp))
    keys = keys_of([len(schema.columns[k].categories) for k in crossed], pairs, codes)
    return crossings.find(keys)[1].transpose(0, 2, 1).reshape(-1, codes.shape[1])


def crossing_names(schema: Schema) -> list[str]:
    """Return what the inputs of pairs mean: "city × trade: share of yes"."""
    columns, crossings = schema.columns, schema.crossings
    return [
        f"{columns[first].name} × {columns[second].name}: {name}"
        for first, second in crossings.columns
        for name in crossings.names
    ]
