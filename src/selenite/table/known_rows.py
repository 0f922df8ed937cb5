"""Rows that training knew: what the training rows equal to a row in every column answered, see `KnownRows`.

A row is told by a key, a number that only rows of the same values share, by all odds (64 bits). Numbers count as such,
dates in seconds, categories by their codes; columns that are set aside do not count.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from selenite.table.match import KnownColumn, Matched
from selenite.table.repeats import Hashes, mixed
from selenite.table.schema import KnownRows
from selenite.table.table import Dates, Numbers, days_of
from selenite.types import Array

KNOWN_ROW = "known row"


def row_keys(known: Matched) -> Hashes:
    """Return the key of each row, (n_rows,) uint64."""
    return keys_of([value_bits(column) for column in known.inputs], known.n_rows)


def keys_of(columns: Iterable[Hashes], n_rows: int) -> Hashes:
    """Return the key of each row, by the bits of its values: mixed one after the other, from 0 on."""
    keys = np.zeros(n_rows, dtype=np.uint64)
    for bits in columns:
        keys = mixed(keys, bits)
    return keys


def of_known_rows(known_rows: KnownRows, keys: Hashes) -> Array:
    """Return the inputs of rows, (1 + n_names, n_rows): 1 where training knew the row, and what its equals answered.

    Of rows that it did not know all are 0.
    """
    found = np.zeros((1 + len(known_rows.names), len(keys)), np.float32)
    there = known_rows.key_array
    if len(there):
        place = np.minimum(np.searchsorted(there, keys), len(there) - 1)
        is_known = there[place] == keys
        found[0] = is_known
        found[1:] = np.where(is_known, known_rows.value_array[place].T, np.float32(0))
    return found


def known_row_names(known_rows: KnownRows) -> list[str]:
    """Return what the inputs mean: "known row", "known row: share of yes"."""
    return [KNOWN_ROW, *(f"{KNOWN_ROW}: {name}" for name in known_rows.names)] if known_rows.names else []


def value_bits(known: KnownColumn) -> Hashes:
    """Return a number of each value: the bits of a double, one of them for gaps and one for 0; or a code."""
    column = known.column
    if known.schema.kind == "number" and isinstance(column, Numbers):
        return np.where(column.missing(), np.nan, column.values + 0.0).view(np.uint64)
    if isinstance(column, Dates) and known.schema.kind == "date":
        seconds = np.rint(days_of(column.values) * 86_400) + 0.0
        return np.where(column.missing(), np.nan, seconds).view(np.uint64)
    return known.codes.astype(np.int64).view(np.uint64)
