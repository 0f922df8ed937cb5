"""Rows taken apart into what each column makes of them, so that they can be mixed column by column.

These are the inputs of the network, but for those of pairs of categories, which two columns make: in their place stand
the codes of the columns that are crossed. Put together, codes become inputs again.
"""

from __future__ import annotations

import numpy as np

from selenite.model import Model
from selenite.table import Schema, Table, input_columns, n_inputs
from selenite.table.statistics import codes_of, crossed_columns, crossings_of
from selenite.types import Array, Indices


def take_apart(model: Model, table: Table) -> Array:
    """Return the parts of the rows, (n_rows, n_parts)."""
    matched = model.match(table)
    inputs: Array = model.encode(matched)
    if not model.schema.crossings.columns:
        return inputs
    codes = codes_of(model.schema, matched).T.astype(inputs.dtype)
    return np.concatenate([inputs[:, : n_own_inputs(model.schema)], codes], axis=1)


def put_together(schema: Schema, parts: Array) -> Array:
    """Return the inputs of the network, (n_rows, n_inputs)."""
    if not schema.crossings.columns:
        return parts
    n_own = n_own_inputs(schema)
    crossings = crossings_of(schema, parts[:, n_own:].T.astype(np.int64))
    return np.concatenate([parts[:, :n_own], crossings.T.astype(parts.dtype)], axis=1)


def columns_of_parts(schema: Schema) -> tuple[list[int], Indices]:
    """Return which columns of the schema are inputs, and for each part which of these it belongs to."""
    own = np.array(input_columns(schema)[: n_own_inputs(schema)], dtype=np.intp)
    used, column_of = np.unique(np.append(own, crossed_columns(schema)), return_inverse=True)
    return used.tolist(), column_of.astype(np.intp)


def n_own_inputs(schema: Schema) -> int:
    """Return how many inputs are of one column."""
    return n_inputs(Schema(schema.columns))
