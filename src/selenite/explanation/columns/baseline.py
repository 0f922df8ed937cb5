"""What a row is compared with: other rows, or the medians of the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.nn.random import EXPLAIN
from selenite.splits.split import drawn_rows
from selenite.table import Numbers, Schema, Table, as_table, encode, n_inputs
from selenite.types import Array

MOST_BACKGROUND_ROWS = 100
FEWEST_BACKGROUND_ROWS = 2


@dataclass(frozen=True, eq=False)
class Baseline:
    """Encoded rows to compare with, and what they are in words."""

    inputs: Array  # (n, n_inputs)
    words: str


def baseline_for(model: Model, background: Any, seed: int, inputs: Array | None = None) -> Baseline:
    """Return "medians", or rows drawn from a table, whose `inputs` are all its rows encoded, where they are at hand."""
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
    return Baseline(model.encode(table.take(drawn)) if inputs is None else inputs[drawn], words)


def _medians(model: Model) -> Array:
    """Return the encoded row of the training medians, (1, n_inputs): numbers and dates have theirs, categories none."""
    inputs = np.zeros((1, n_inputs(model.schema)), model.parameters.dtype)
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
    return inputs
