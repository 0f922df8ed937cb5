"""Free text on the page: each score of its words is a column of numbers there, whose words Why? names."""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.fitting.text_scores import TextScores, learn_text_scores
from selenite.splits.grouping import ALONE
from selenite.table import ColumnSchema, Schema, Table, Target, input_columns, input_names
from selenite.table.cells import as_text, cell_text
from selenite.table.table import called
from selenite.table.words import terms_in
from selenite.types import Array

MOST_CHARACTERS = 2**22  # of a column, whose words are learnt while somebody waits


def learn_words(schema: Schema, table: Table, target: Target, Y: Array, seed: int) -> TextScores:
    """Return what the words of training rows say of their answers, as `selenite fit` learns it; refuse too many."""
    for name in (column.name for column in schema.columns if column.kind == "text"):
        text = as_text(table[name])
        n = int(np.array([*map(len, text.values), 0])[text.codes].sum())
        if n > MOST_CHARACTERS:
            raise OptionError(
                f"{called(name)} holds {n:,} characters in {table.n_rows:,} training rows; the page learns the words "
                f"of up to {MOST_CHARACTERS:,}. For more: selenite fit FILE"
            )
    return learn_text_scores(schema, table, target, Y, ALONE, seed)


def as_numbers(schema: Schema, X: Array) -> tuple[list[ColumnSchema], list[dict[str, Any]]]:
    """Return the columns as the page takes them, and what it gets for text: each input of it as a column of numbers."""
    columns, numbers, names = list[ColumnSchema](), list[dict[str, Any]](), input_names(schema)
    inputs = list(zip(input_columns(schema), names, X.T, strict=True))
    for k, known in enumerate(schema.columns):
        columns.append(known)
        if known.terms is not None:
            columns[-1] = ColumnSchema(known.name, "text")
            own = [(name, values) for column, name, values in inputs if column == k]
            columns += [ColumnSchema(name, "number") for name, _ in own]
            for i, (name, values) in enumerate(own):
                of = known.name if i < len(known.terms.scores) else None  # the last may tell what is missing: no axis
                numbers.append({"name": name, "type": "number", "values": values, "of": of})
    return columns, numbers


def words_of(schema: Schema, table: Table, row: int, place: int) -> list[tuple[str, float, float]]:
    """Return the terms of the text behind an input of a row, each with its weight and what it adds."""
    columns = input_columns(schema)
    known = schema.columns[columns[place]]
    if known.terms is None:
        raise OptionError(f"{called(known.name)} is no free text")
    return terms_in(known.terms, cell_text(table[known.name], row), place - columns.index(columns[place]))
