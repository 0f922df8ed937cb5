"""What a row is compared with: other rows, or the medians of the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns.parts import n_own_inputs, of_no_row, take_apart
from selenite.model import Model
from selenite.nn.random import EXPLAIN
from selenite.splits.split import drawn_rows
from selenite.table import Numbers, Schema, Table, as_table, encode, n_inputs
from selenite.types import Array

MOST_BACKGROUND_ROWS = 100
FEWEST_BACKGROUND_ROWS = 2


@dataclass(frozen=True, eq=False)
class Baseline:
    """Rows to compare with, and what they are in words."""

    parts: Array  # (n, n_parts), see `parts`
    words: str


def baseline_for(model: Model, background: Any, seed: int, parts: Array | None = None) -> Baseline:
    """Return "medians", or rows drawn from a table, whose `parts` are those of all its rows, where they are at hand."""
    if isinstance(background, str):
        if background != "medians":
            raise OptionError(f"background={background!r} must be a table, or 'medians' for those of the training rows")
        return Baseline(_medians(model), "the training medians, of categories none")
    table = as_table(background, model.schema.names)
    if table.n_rows < FEWEST_BACKGROUND_ROWS:
        raise OptionError(
            f"{table.source} has {table.n_rows} row to compare with: give background=, the table that the model was "
            "fitted on, or 'medians'"
        )
    drawn = drawn_rows(table.n_rows, MOST_BACKGROUND_ROWS, seed, EXPLAIN)
    words = f"{len(drawn):,} rows drawn from {table.n_rows:,}" if len(drawn) < table.n_rows else f"{len(drawn):,} rows"
    return Baseline(take_apart(model, table.take(drawn)) if parts is None else parts[drawn], words)


def _medians(model: Model) -> Array:
    """Return the row of the training medians in parts, (1, n_parts): numbers and dates have theirs, categories none."""
    schema, dtype = model.schema, model.parameters.dtype
    inputs = np.zeros((1, n_own_inputs(schema)), dtype)
    at = 0
    for column in model.schema.columns:
        alone = Schema((column,))
        width = n_inputs(alone)
        if column.kind == "number" and not column.scales:
            raise OptionError("this model takes numbers as they are and keeps no medians: give rows to compare with")
        if column.kind == "number":
            median = Table((column.name,), (Numbers(np.array([column.scales[0].center])),), 1)
            inputs[:, at : at + width] = encode(alone, median, inputs.dtype)
        at += width  # a date at its median is 0, as any scaled number is
    return np.concatenate([inputs, of_no_row(schema, dtype)], axis=1)
