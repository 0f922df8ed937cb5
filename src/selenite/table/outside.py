"""Finds values that training never saw: beyond its range, new categories, new gaps, another value than the only one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.table.match import category_codes, matching_columns
from selenite.table.schema import ColumnSchema, Schema
from selenite.table.table import Column, Dates, Numbers, Table, Text, date_text, days_of, number_text
from selenite.types import Mask, NDArray

MOST_NAMED = 20  # further new categories of a column are reported together
NEVER_MISSING = "missing, never missing in training"
Way = tuple[str, Mask]  # in words, and the rows


@dataclass(frozen=True)
class Outside:
    """Rows of one column that lie outside what training saw, all in the same way."""

    column: str
    what: str  # 'above 72 (the most seen)', 'category "weekly" never seen'
    rows: Mask  # (n_rows,)


def outside(schema: Schema, table: Table) -> list[Outside]:
    """Return every way in which a table leaves what training saw.

    Columns that had one value only, or none, are no inputs; they count where the table has them.
    """
    found = []
    inputs = {known.name: column for known, column in matching_columns(schema, table)}
    given = dict(zip(table.names, table.columns, strict=True))
    for known in schema.columns:
        if known.name in inputs:
            ways = _ways(known, inputs[known.name])
        elif known.kind == "constant" and known.name in given:
            ways = _ways_of_constant(known, given[known.name])
        else:
            continue
        found += [Outside(known.name, what, rows) for what, rows in ways if rows.any()]
    return found


def _ways(known: ColumnSchema, column: Column) -> list[Way]:
    """Return in what ways, and in which rows, an input leaves what training saw."""
    ways = [] if known.missing else [(NEVER_MISSING, column.missing())]
    if known.scales and known.minimum is not None and known.maximum is not None and isinstance(column, Numbers | Dates):
        days = isinstance(column, Dates)
        values = days_of(column.values) if isinstance(column, Dates) else column.values
        low, high = (_shown_value(limit, days) for limit in (known.minimum, known.maximum))
        below = f"before {low} (the earliest seen)" if days else f"below {low} (the least seen)"
        above = f"after {high} (the latest seen)" if days else f"above {high} (the most seen)"
        with np.errstate(invalid="ignore"):
            ways += [(below, values < known.minimum), (above, values > known.maximum)]
    elif known.categories:
        seen = "never seen or too rare" if known.others else "never seen"
        new = category_codes(known, column) == len(known.categories)
        ways += _each(column, new, lambda text: f'category "{text}" {seen}', f"more categories {seen}")
    return ways


def _ways_of_constant(known: ColumnSchema, column: Column) -> list[Way]:
    """Return where a column that had one value in training, or none, has another.

    A file written before this was remembered says neither, and nothing is told.
    """
    if known.categories:
        only = known.categories[0]
        other = category_codes(known, column) == 1
        further = f'further values, always "{only}" in training'
        ways = _each(column, other, lambda text: f'is "{text}", always "{only}" in training', further)
        return [(NEVER_MISSING, column.missing()), *ways] if not known.missing else ways
    return [("has a value, always missing in training", ~column.missing())] if known.missing else []


def _each(column: Column, new: Mask, what: Callable[[str], str], further: str) -> list[Way]:
    """Return a way for each different text in the new rows, and one for all beyond the first few."""
    texts = _texts(column, new)
    different = sorted(set(texts[new].tolist()))
    ways = [(what(text), new & (texts == text)) for text in different[:MOST_NAMED]]
    if len(different) > MOST_NAMED:
        rest = np.isin(texts, different[MOST_NAMED:])
        ways.append((f"{len(different) - MOST_NAMED:,} {further}", new & rest))
    return ways


def _shown_value(value: float, is_date: bool) -> str:
    if is_date:
        return date_text(np.datetime64(round(value * 86_400_000_000), "us"))
    return number_text(value, "float") if abs(value) < 1e7 else f"{value:g}"


def _texts(column: Numbers | Text | Dates, rows: Mask) -> NDArray[np.str_]:
    """Return values as text in the given rows, "" elsewhere."""
    texts = np.full(len(rows), "", dtype=object)
    column = (column.written or column) if isinstance(column, Numbers) else column
    if isinstance(column, Text):
        texts[rows] = np.array([*column.values, ""], dtype=object)[column.codes[rows]]
    elif isinstance(column, Dates):
        texts[rows] = [date_text(value) for value in column.values[rows]]
    else:
        texts[rows] = [number_text(value, column.type) for value in column.values[rows].tolist()]
    return texts
