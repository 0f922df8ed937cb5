"""Rows that every export carries with the answers: gaps, unseen categories, ends of ranges, large activations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from selenite.exporting.odd_texts import odd_texts, telling_words
from selenite.exporting.plan import told_pairs
from selenite.model import Model
from selenite.nn.backprop import forward
from selenite.table import Column, Dates, Numbers, Table, Text, match
from selenite.table.cells import as_text, text_column
from selenite.table.schema import ColumnSchema, Schema
from selenite.types import Array, Floats

UNSEEN = "a category that training never saw"
FEWEST_ROWS, TRIED, MOST_ACTIVE, MOST_CATEGORIES, MOST_APART = 64, 2000, 8, 12, 32
WORDS_DRAWN = 8
Value = float | str | None


def proof_table(model: Model, seed: int = 0) -> Table:
    """Return at least 64 rows that try every column of a model.

    Of each column there is a row with a gap (where the model takes one), one at either end of its range and beyond it,
    its categories and one never seen, of free text odd letters, blanks and lengths; of more than 32 columns several
    share rows. Of each pair of columns that are crossed there is one whose categories are told. Of 2,000 rows drawn at
    random there are the 8 with the largest pre-activations; further random rows fill up.
    """
    generator = np.random.default_rng(seed)
    columns, usual = model.schema.inputs, usual_row(model)
    known = list(zip(columns, map(_words, columns), strict=True))
    rows = [list(usual), *_special_rows(known, usual)]
    rows += rows_of_pairs(model, lambda n: slice(n // 2, n // 2 + 1))
    drawn = [[_drawn(*one, generator) for one in known] for _ in range(TRIED)]
    active = np.argsort(-_activity(model, table_of(columns, drawn)), kind="stable")[:MOST_ACTIVE]
    rows += [drawn[i] for i in active]
    rows += drawn[: max(FEWEST_ROWS - len(rows), MOST_ACTIVE)]
    return table_of(columns, rows)


def usual_row(model: Model) -> list[Value]:
    """Return the usual value of each column that becomes inputs."""
    return [_usual(column, _words(column)) for column in model.schema.inputs]


def _words(column: ColumnSchema) -> Sequence[str]:
    return () if column.terms is None else telling_words(column.terms)


def matched_table(schema: Schema, table: Table) -> Table:
    """Return the columns of a table that a schema knows; their categories as the schema has them."""
    inputs = match(schema, table).inputs
    columns: list[Column] = [
        Text(known.codes.astype(np.int32), (*known.schema.categories, UNSEEN))
        if known.schema.categories
        else as_text(known.column)
        if known.schema.kind == "text"
        else known.column
        for known in inputs
    ]
    return Table(tuple(known.schema.name for known in inputs), tuple(columns), table.n_rows, table.source)


def rows_of(table: Table) -> list[dict[str, Value]]:
    """Return a table's rows as the exports take them: numbers, texts, dates in ISO 8601, None for gaps."""
    cells = [_values(column) for column in table.columns]
    return [dict(zip(table.names, row, strict=True)) for row in zip(*cells, strict=True)]


def _values(column: Column) -> list[Value]:
    gaps = column.missing()
    if isinstance(column, Text):
        return [None if code < 0 else column.values[code] for code in column.codes.tolist()]
    if isinstance(column, Dates):
        return [None if gap else str(moment) for gap, moment in zip(gaps, column.values, strict=True)]
    return [None if gap else float(value) for gap, value in zip(gaps, column.values.tolist(), strict=True)]


def _usual(column: ColumnSchema, words: Sequence[str]) -> Value:
    if column.categories:
        return column.categories[0]
    if words:
        return " ".join(words[:WORDS_DRAWN])
    return column.scales[0].center if column.scales else 0.0


def _special_rows(columns: list[tuple[ColumnSchema, Sequence[str]]], usual: list[Value]) -> Iterator[list[Value]]:
    """Yield rows that are usual but in one column, or in every 32nd; these go through their special values."""
    for first in range(min(len(columns), MOST_APART)):
        special = {k: _special(*columns[k]) for k in range(first, len(columns), MOST_APART)}
        for i in range(max(map(len, special.values()))):
            yield [special[k][i] if i < len(special.get(k, ())) else value for k, value in enumerate(usual)]


def rows_of_pairs(model: Model, chosen: Callable[[int], slice]) -> Iterator[list[Value]]:
    """Yield rows that are usual but for two categories that are told together; `chosen` says which of so many pairs."""
    columns, usual = model.schema.inputs, usual_row(model)
    for pair, keys, _ in told_pairs(model.schema):
        crossed = [model.schema.columns[k] for k in pair]
        for key in keys[chosen(len(keys))].tolist():
            row = list(usual)
            for column, code in zip(crossed, divmod(key, len(crossed[1].categories)), strict=True):
                row[columns.index(column)] = column.categories[code]
            yield row


def _special(column: ColumnSchema, words: Sequence[str]) -> list[Value]:
    """Return the values at which an export may go wrong."""
    if column.categories:
        categories = [*column.categories[:MOST_CATEGORIES], column.categories[-1], UNSEEN]
        return [*categories, None]
    if words:
        return [*odd_texts(words), None]
    ends = [end for end in (column.minimum, column.maximum) if end is not None] or [0.0, 1.0]
    low, high = ends[0], ends[-1]
    beyond = [_finite(low - (high - low)), _finite(high + (high - low))]
    ranks = column.rank_quantiles[1 :: max(len(column.rank_quantiles) // 4, 1)]
    gap: list[Value] = [] if column.kind == "number" and not column.scales else [None]
    return [low, high, *beyond, *ranks, *column.frequent_values[:MOST_CATEGORIES], *gap]


def _drawn(column: ColumnSchema, words: Sequence[str], generator: np.random.Generator) -> Value:
    if column.categories:
        return column.categories[int(generator.integers(len(column.categories)))]
    if words:
        return " ".join(generator.choice(words, WORDS_DRAWN).tolist())
    low, high = (column.minimum or 0.0), (1.0 if column.maximum is None else column.maximum)
    return _finite(low + (high - low) * generator.random())


def _finite(number: float) -> float:
    """Return a number that has overflowed as the largest there is."""
    largest = float(np.finfo(np.float64).max)
    return min(max(number, -largest), largest)


def table_of(columns: Sequence[ColumnSchema], rows: list[list[Value]]) -> Table:
    """Return rows as the table of the proof."""
    cells = [_column(column, [row[k] for row in rows]) for k, column in enumerate(columns)]
    return Table(tuple(column.name for column in columns), tuple(cells), len(rows), "the proof")


def _column(column: ColumnSchema, values: list[Value]) -> Column:
    if column.categories or column.terms is not None:
        return text_column([None if value is None else str(value) for value in values])
    numbers = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if column.kind == "number":
        return Numbers(numbers)
    gaps = np.isnan(numbers)
    minutes = np.where(gaps, 0, np.round(np.nan_to_num(numbers) * 1440)).astype(np.int64).astype("timedelta64[m]")
    moments = np.datetime64(0, "us") + minutes
    return Dates(np.where(gaps, np.datetime64("NaT", "us"), moments), zoned=column.zoned)


def _activity(model: Model, table: Table) -> Floats:
    """Return the largest pre-activation of each row, (n,)."""
    inputs: Array = model.encode(table).astype(np.float64)
    largest = np.zeros(len(inputs))
    for parameters in np.atleast_2d(model.parameters).astype(np.float64):
        for z in forward(model.network, parameters, inputs)[0]:
            largest = np.maximum(largest, np.abs(z).max(axis=1))
    return largest
