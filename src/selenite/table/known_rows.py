"""Rows that training knew: what the training rows equal to a row in every column answered, see `KnownRows`.

A row is told by a key, a number that only rows of the same values share, by all odds (64 bits). Numbers count as such,
dates in seconds, categories by their codes; columns that are set aside do not count.
"""

from __future__ import annotations

import numpy as np

from selenite.table.match import KnownColumn, Matched
from selenite.table.repeats import Hashes, keys_of
from selenite.table.schema import KnownRows
from selenite.table.table import Dates, Numbers, days_of
from selenite.types import Array

KNOWN_ROW = "known row"


def row_keys(known: Matched) -> Hashes:
    """Return the key of each row, (n_rows,) uint64."""
    return keys_of([value_bits(column) for column in known.inputs], known.n_rows)


def of_known_rows(known_rows: KnownRows, keys: Hashes) -> Array:
    """Return the inputs of rows, (1 + n_names, n_rows): 1 where training knew the row, and what its equals answered.

    Of rows that it did not know all are 0.
    """
    known, values = known_rows.find(keys)
    return np.vstack([known.astype(np.float32), values.T])


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
