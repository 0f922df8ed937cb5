"""How new rows differ from those that a schema was learnt from, and the schema that knows them."""

from __future__ import annotations

from dataclasses import replace

from selenite.table.match import KnownColumn, Matched, match
from selenite.table.outside import outside, shown_value
from selenite.table.schema import ColumnSchema, Schema, Target
from selenite.table.table import Column, Dates, Numbers, Table, days_of
from selenite.text import plain_number

FAR = 0.05  # of the range before, by which an end has to move to be told


def drift(schema: Schema, table: Table | Matched) -> tuple[list[str], Schema]:
    """Return in words what was never seen before, and the schema with the ranges that columns now have.

    How columns become numbers does not change. Of a range it is told where an end moves by more than a twentieth of it.

    Parameters
    ----------
    schema : Schema
    table : Table or Matched
        New rows.

    Returns
    -------
    notes : list of str
    schema : Schema

    Examples
    --------
    >>> from selenite.table import as_table, learn_schema
    >>> schema = learn_schema(as_table([[18.0], [65.0], [90.0]], ["age"]))
    >>> notes, wider = drift(schema, as_table([[30.0], [104.0]], ["age"]))
    >>> notes, wider.columns[0].maximum
    (['age now reaches 104, was 90'], 104.0)
    """
    found = match(schema, table)
    wider = {known.schema.name: _widened(known) for known in found.columns}
    notes = [note for known in found.columns for note in _moved(known.schema, wider[known.schema.name])]
    now = replace(schema, columns=tuple(wider.get(column.name, column) for column in schema.columns))
    seen = tuple(replace(known, schema=wider[known.schema.name]) for known in found.columns)
    for way in outside(now, replace(found, columns=seen)):
        notes.append(f"{way.column}: {way.what}")
    return notes, now


def drift_of_target(target: Target, answers: Column) -> tuple[list[str], Target]:
    """Return in words what numbers were never seen before, and the target with the range that they now have.

    Examples
    --------
    >>> import numpy as np
    >>> target = Target("price", "regression", minimum=1.0, maximum=9.0)
    >>> drift_of_target(target, Numbers(np.array([0.5, 12.0])))[0]
    ['price now falls to 0.5, was 1', 'price now reaches 12, was 9']
    """
    if not isinstance(answers, Numbers) or target.minimum is None or target.maximum is None:
        return [], target
    low, high = float(answers.values.min()), float(answers.values.max())
    now = replace(target, minimum=min(low, target.minimum), maximum=max(high, target.maximum))
    return _moves(target.name, (target.minimum, target.maximum), (now.minimum, now.maximum)), now


def _widened(known: KnownColumn) -> ColumnSchema:
    """Return what is known of a column with the range that it now has."""
    schema, column = known.schema, known.column
    if schema.minimum is None or schema.maximum is None or not isinstance(column, Numbers | Dates):
        return schema
    values = days_of(column.values) if isinstance(column, Dates) else column.values
    there = values[~column.missing()]
    if not len(there):
        return schema
    return replace(
        schema, minimum=min(float(there.min()), schema.minimum), maximum=max(float(there.max()), schema.maximum)
    )


def _moved(before: ColumnSchema, now: ColumnSchema) -> list[str]:
    """Say which end of a column's range moved."""
    ends, ends_now = ((one.minimum, one.maximum) for one in (before, now))
    return _moves(before.name, ends, ends_now, is_date=before.kind == "date")


def _moves(
    name: str, before: tuple[float | None, ...], now: tuple[float | None, ...], is_date: bool = False
) -> list[str]:
    """Say which of two ends moved."""
    verbs = ("now begins at", "now ends at") if is_date else ("now falls to", "now reaches")
    ends = [end for end in before if end is not None]
    far = FAR * (max(ends) - min(ends)) if ends else 0.0
    return [
        f"{name} {verb} {_end(new, is_date)}, was {_end(old, is_date)}"
        for verb, old, new in zip(verbs, before, now, strict=True)
        if old is not None and new is not None and abs(new - old) > far
    ]


def _end(value: float, is_date: bool) -> str:
    return shown_value(value, is_date) if is_date else plain_number(value)
