"""Numbers of few values as cases: an indicator for each value beside its size and rank, where that pays.

A number of beds is a measure, the number of a ward is a case, and both are whole numbers. Networks of each kind tell
which, by rows that they held out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from selenite.fitting.encoded import Encoded
from selenite.table import Column, Numbers, Schema, n_inputs
from selenite.table.schema import ColumnSchema
from selenite.types import Array

FEWEST_DIFFERENT, MOST_DIFFERENT = 3, 128  # values of a column
FEWEST_ROWS = 5  # of a value that has an indicator
MOST_INPUTS = 256  # that a row is still predicted quickly


def with_values(encoded: Encoded) -> Encoded | None:
    """Return the rows with an indicator for each number of few values; None where there is none, or too many."""
    features = encoded.features
    if features is None:
        return None
    columns = tuple(_told(column, features[column.name]) for column in encoded.schema.columns)
    schema = replace(encoded.schema, columns=columns)
    if columns == encoded.schema.columns or n_inputs(schema) > MOST_INPUTS:
        return None
    X, at, blocks = encoded.rows.X, 0, list[Array]()
    for before, column in zip(encoded.schema.columns, columns, strict=True):
        block = X[:, at : at + n_inputs(Schema((before,)))]
        at += block.shape[1]
        of_size = 1 + bool(column.rank_quantiles)
        numbers = features[column.name]
        if column != before and isinstance(numbers, Numbers):
            indicators = numbers.values[:, None] == np.array(column.frequent_values)
            block = np.hstack([block[:, :of_size], indicators.astype(X.dtype), block[:, of_size:]])
        blocks.append(block)
    return encoded.with_inputs(schema, np.hstack([*blocks, X[:, at:]]))


def _told(column: ColumnSchema, numbers: Column) -> ColumnSchema:
    """Return a column with an indicator for each value, if it is a number of few."""
    if not isinstance(numbers, Numbers) or column.kind != "number" or column.frequent_values:
        return column
    if column.monotone or not column.scales:
        return column
    different, counts = np.unique(numbers.values[~numbers.missing()], return_counts=True)
    if not FEWEST_DIFFERENT <= len(different) <= MOST_DIFFERENT:
        return column
    return replace(column, frequent_values=tuple(different[counts >= FEWEST_ROWS].tolist()))
