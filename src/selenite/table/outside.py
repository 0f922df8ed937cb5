"""Finds values that training never saw: beyond its range, new categories, new gaps, another value than the only one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.table.cells import cell_texts, date_text, number_text
from selenite.table.match import KnownColumn, Matched, match
from selenite.table.schema import Schema
from selenite.table.table import Column, Dates, Table, Text, days_of
from selenite.types import Mask

MOST_NAMED = 20  # further new categories of a column are reported together
NEVER_MISSING = "missing, never missing in training"
Way = tuple[str, Mask]  # in words, and the rows


@dataclass(frozen=True)
class Outside:
    """Rows of one column that lie outside what training saw, all in the same way."""

    column: str
    what: str  # 'above 72 (the most seen)', 'category "weekly" never seen'
    rows: Mask  # (n_rows,)


def outside(schema: Schema, table: Table | Matched) -> list[Outside]:
    """Return every way in which a table leaves what training saw.

    Columns that had one value only, or none, are no inputs; they count where the table has them.

    Raises
    ------
    SchemaError
        If a column that is an input is missing, or holds something else than it did in training.

    Parameters
    ----------
    schema : Schema
        What `learn_schema` learnt of the training rows.
    table : Table or Matched
        Of n rows.

    Returns
    -------
    list of Outside
        Each with the rows as a mask of shape (n,).

    Examples
    --------
    >>> from selenite.table import as_table, learn_schema, outside
    >>> schema = learn_schema(as_table([[18.0], [65.0], [72.0]], ["age"]))
    >>> for way in outside(schema, as_table([[20.0], [80.0]], ["age"])):
    ...     print(way.column, way.what, way.rows)
    age above 72 (the most seen) [False  True]
    """
    return [
        Outside(known.schema.name, what, rows)
        for known in match(schema, table).columns
        for what, rows in (_ways_of_constant if known.schema.kind == "constant" else _ways)(known)
        if rows.any()
    ]


def _ways(known: KnownColumn) -> list[Way]:
    """Return in what ways, and in which rows, an input leaves what training saw."""
    schema, column = known.schema, known.column
    ways = [] if schema.missing else [(NEVER_MISSING, column.missing())]
    if schema.scales and schema.minimum is not None and schema.maximum is not None and not isinstance(column, Text):
        days = isinstance(column, Dates)
        values = days_of(column.values) if isinstance(column, Dates) else column.values
        low, high = (shown_value(limit, days) for limit in (schema.minimum, schema.maximum))
        below = f"before {low} (the earliest seen)" if days else f"below {low} (the least seen)"
        above = f"after {high} (the latest seen)" if days else f"above {high} (the most seen)"
        with np.errstate(invalid="ignore"):
            ways += [(below, values < schema.minimum), (above, values > schema.maximum)]
    elif schema.categories:
        seen = "never seen or too rare" if schema.rare else "never seen"
        new = known.codes == len(schema.categories)
        ways += _each(column, new, lambda text: f'category "{text}" {seen}', f"more categories {seen}")
    return ways


def _ways_of_constant(known: KnownColumn) -> list[Way]:
    """Return where a column that had one value in training, or none, has another.

    A file written before this was remembered says neither, and nothing is told.
    """
    schema, column = known.schema, known.column
    if not schema.categories:
        return [("has a value, always missing in training", ~column.missing())] if schema.missing else []
    only = schema.categories[0]
    further = f'further values, always "{only}" in training'
    ways = _each(column, known.codes == 1, lambda text: f'is "{text}", always "{only}" in training', further)
    return ways if schema.missing else [(NEVER_MISSING, column.missing()), *ways]


def _each(column: Column, new: Mask, what: Callable[[str], str], further: str) -> list[Way]:
    """Return a way for each different text in the new rows, and one for all beyond the first few."""
    texts = np.full(len(new), "", dtype=object)
    texts[new] = cell_texts(column.take(np.flatnonzero(new)))
    different = sorted(set(texts[new].tolist()))
    ways = [(what(text), new & (texts == text)) for text in different[:MOST_NAMED]]
    if len(different) > MOST_NAMED:
        rest = np.isin(texts, different[MOST_NAMED:])
        ways.append((f"{len(different) - MOST_NAMED:,} {further}", new & rest))
    return ways


def shown_value(value: float, is_date: bool) -> str:
    """Return a value of a range in words; dates are days since 1970."""
    if is_date:
        return date_text(np.datetime64(round(value * 86_400_000_000), "us"))
    return number_text(value, "float") if abs(value) < 1e7 else f"{value:g}"
