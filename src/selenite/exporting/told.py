"""Rows that go through each of a model's tables of what training answered, for its exports to be run on.

Each category, and each pair of them, that is told by a mean answer has a row. Of known rows there are keys alone; but
whatever the other values, one number of a row can be chosen so that it has a key: mixing can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from selenite.exporting.proof import Value, rows_of_pairs, table_of, usual_row
from selenite.model import Model
from selenite.nn.random import FIRST, GOLDEN, SECOND
from selenite.table import Table, match
from selenite.table.known_rows import value_bits
from selenite.table.repeats import Hashes, keys_of
from selenite.types import Floats

MOST_ROWS = 20_000  # of each kind


def told_table(model: Model) -> Table | None:
    """Return rows that are usual but for a category, a pair or a number that the model was told of; None of none."""
    rows = [*_categories(model), *rows_of_pairs(model, _spread), *_known(model)]
    return table_of(model.schema.inputs, rows) if rows else None


def _categories(model: Model) -> Iterator[list[Value]]:
    columns, usual = model.schema.inputs, usual_row(model)
    sizes = [len(column.categories) if column.statistics else 0 for column in columns]
    for i in range(min(max(sizes), MOST_ROWS)):
        yield [columns[k].categories[i] if i < sizes[k] else value for k, value in enumerate(usual)]


def _known(model: Model) -> Iterator[list[Value]]:
    """Yield rows of known keys: one number of each is what makes the key, of the columns the first that can be it."""
    keys, columns, usual = model.schema.known_rows.key_array, model.schema.inputs, usual_row(model)
    keys = keys[_spread(len(keys))]
    bits = [value_bits(one) for one in match(model.schema, table_of(columns, [usual])).inputs] if len(keys) else []
    for k in (k for k, column in enumerate(columns) if column.kind == "number"):
        numbers = number_for(keys, bits, k)
        possible = np.isfinite(numbers)
        for number in numbers[possible].tolist():
            yield [*usual[:k], number, *usual[k + 1 :]]
        keys = keys[~possible]


def number_for(keys: Hashes, bits: list[Hashes], k: int) -> Floats:
    """Return what the k-th value, a number, must be for a row to have each key; NaN where none does.

    bits: of each value of the row, (1,).

    >>> bits = [np.array([value]).view(np.uint64) for value in (1.5, -2.0, 40.0)]
    >>> number_for(keys_of(bits, 1), bits, 1)
    array([-2.])
    """
    inverse = np.uint64(pow(int(GOLDEN), -1, 2**64))
    for one in reversed(bits[k + 1 :]):
        keys = (_unmixed(keys) - one - GOLDEN) * inverse
    found = _unmixed(keys) - keys_of(bits[:k], 1) * GOLDEN - GOLDEN
    numbers = found.view(np.float64)
    with np.errstate(invalid="ignore"):
        is_one = np.isfinite(numbers) & ((numbers + 0.0).view(np.uint64) == found)
    return np.where(is_one, numbers, np.nan)


def _unmixed(keys: Hashes) -> Hashes:
    """Return what the finalizer of splitmix64 makes these of."""
    for shift, factor in ((31, SECOND), (27, FIRST), (30, None)):
        keys = keys ^ (keys >> np.uint64(shift)) ^ (keys >> np.uint64(2 * shift))
        keys = keys if factor is None else keys * np.uint64(pow(int(factor), -1, 2**64))
    return keys


def _spread(n: int) -> slice:
    """Return every so manieth of n, so that there are at most `MOST_ROWS`."""
    return slice(None, None, -(-n // MOST_ROWS) or 1)
