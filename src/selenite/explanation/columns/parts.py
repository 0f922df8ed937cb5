"""Rows taken apart into what each column makes of them, so that they can be mixed column by column.

These are the inputs of the network, but for those that several columns make. In place of those of pairs of categories
stand the codes of the columns that are crossed; in place of those of known rows the bits of each column's values, cut
into pieces that a float holds. Put together, they become inputs again: of a mixed row those of the row that it is.
"""

from __future__ import annotations

import numpy as np

from selenite.model import Model
from selenite.table import Schema, Table, input_columns, n_inputs
from selenite.table.known_rows import of_known_rows, value_bits
from selenite.table.match import KnownColumn
from selenite.table.repeats import Hashes, keys_of
from selenite.table.schema import SET_ASIDE
from selenite.table.statistics import codes_of, crossed_columns, crossings_of
from selenite.types import Array, Floats, Indices

PIECES, BITS = 3, 22  # of 64 bits: float32 holds whole numbers of up to 24


def take_apart(model: Model, table: Table) -> Array:
    """Return the parts of the rows, (n_rows, n_parts)."""
    schema, matched = model.schema, model.match(table)
    inputs: Array = model.encode(matched)
    parts = [inputs[:, : n_own_inputs(schema)]]
    if schema.crossings.columns:
        parts.append(codes_of(schema, matched).T.astype(inputs.dtype))
    if schema.known_rows.names:
        parts += [_pieces(value_bits(column), inputs.dtype) for column in matched.inputs]
    return np.concatenate(parts, axis=1)


def parts_of_column(schema: Schema, k: int, column: KnownColumn, inputs: Array) -> Array:
    """Return the parts of values of one column, the k-th, whose inputs are given, (n_values, n_parts of the column)."""
    parts = [inputs]
    if k in crossed_columns(schema).tolist():
        parts.append(column.codes.astype(inputs.dtype)[:, None])
    if schema.known_rows.names:
        parts.append(_pieces(value_bits(column), inputs.dtype))
    return np.concatenate(parts, axis=1)


def put_together(schema: Schema, parts: Array) -> Array:
    """Return the inputs of the network, (n_rows, n_inputs)."""
    n_own, n_codes = n_own_inputs(schema), len(crossed_columns(schema))
    inputs = [parts[:, :n_own]]
    if schema.crossings.columns:
        crossings = crossings_of(schema, parts[:, n_own : n_own + n_codes].T.astype(np.int64))
        inputs.append(crossings.T.astype(parts.dtype))
    if schema.known_rows.names:
        pieces = parts[:, n_own + n_codes :].astype(np.uint64).reshape(len(parts), -1, PIECES)
        bits = [_whole(pieces[:, k]) for k in range(pieces.shape[1])]
        inputs.append(of_known_rows(schema.known_rows, keys_of(bits, len(parts))).T.astype(parts.dtype))
    return np.concatenate(inputs, axis=1) if len(inputs) > 1 else inputs[0]


def of_no_row(schema: Schema, dtype: np.dtype) -> Array:
    """Return the codes and bits of a row that is none: no category, no value that training saw, (1, n)."""
    n_bits = len(_used(schema)) * bool(schema.known_rows.names)
    bits = _pieces(np.full(n_bits, 2**64 - 1, dtype=np.uint64), dtype)
    return np.append(np.full(len(crossed_columns(schema)), -1, dtype), bits)[None]


def columns_of_parts(schema: Schema) -> tuple[list[int], Indices]:
    """Return which columns of the schema are inputs, and for each part which of these it belongs to."""
    own = np.array(input_columns(schema)[: n_own_inputs(schema)], dtype=np.intp)
    of_parts = [own, crossed_columns(schema)]
    if schema.known_rows.names:
        of_parts.append(np.repeat(_used(schema), PIECES))
    used, column_of = np.unique(np.concatenate(of_parts), return_inverse=True)
    return used.tolist(), column_of.astype(np.intp)


def of_columns(schema: Schema, of_inputs: Floats) -> Floats:
    """Return what each column that is an input adds, (n_columns,), of what each input adds.

    Of what a pair of categories adds, each has half; of what known rows add, all columns have the same.
    """
    used, column_of = columns_of_parts(schema)
    n_own, names, n_known = n_own_inputs(schema), schema.crossings.names, n_known_inputs(schema)
    of_pairs, of_known = of_inputs[n_own : len(of_inputs) - n_known], of_inputs[len(of_inputs) - n_known :]
    found: Floats = np.bincount(column_of[:n_own], of_inputs[:n_own], len(used)) + of_known.sum() / len(used)
    for side in np.array(schema.crossings.columns, dtype=np.intp).reshape(-1, 2).T:
        found = found + np.bincount(np.repeat(np.searchsorted(used, side), len(names)), of_pairs / 2, len(used))
    return found


def n_own_inputs(schema: Schema) -> int:
    """Return how many inputs are of one column."""
    return n_inputs(Schema(schema.columns))


def n_known_inputs(schema: Schema) -> int:
    """Return how many inputs are of known rows."""
    return n_inputs(Schema((), known_rows=schema.known_rows))


def _used(schema: Schema) -> Indices:
    return np.array([k for k, column in enumerate(schema.columns) if column.kind not in SET_ASIDE], dtype=np.intp)


def _pieces(bits: Hashes, dtype: np.dtype) -> Array:
    """Return the bits of values as whole numbers that a float holds, (n, PIECES)."""
    low = np.uint64((1 << BITS) - 1)
    return np.stack([(bits >> np.uint64(k * BITS)) & low for k in range(PIECES)], axis=1).astype(dtype)


def _whole(pieces: Hashes) -> Hashes:
    """Return the bits again, (n,), of pieces (n, PIECES)."""
    found = np.zeros(len(pieces), dtype=np.uint64)
    for k in range(PIECES):
        found |= pieces[:, k] << np.uint64(k * BITS)
    return found
