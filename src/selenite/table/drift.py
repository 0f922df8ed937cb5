"""How new rows differ from those before: what was never seen, and ranges that grow."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from selenite.table.match import Matched, match
from selenite.table.outside import outside, shown_value
from selenite.table.schema import ColumnSchema, Schema, Target
from selenite.table.table import Column, Dates, Table, Text, days_of
from selenite.text import plain_number

FAR = 0.05  # of the range as it was told last, by which an end has to move to be told again
Ranged = TypeVar("Ranged", ColumnSchema, Target)


def unseen(schema: Schema, table: Table | Matched) -> tuple[list[str], Schema]:
    """Return in words what was never seen, ranges left out, and the schema with the ranges that columns now have.

    How columns become numbers does not change.

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
    >>> notes, now = unseen(schema, as_table([[30.0], [104.0], [None]], ["age"]))
    >>> notes, now.columns[0].maximum
    (['age: missing, never missing in training'], 104.0)
    """
    found = match(schema, table)
    wider = {known.schema.name: widened_by(known.schema, known.column) for known in found.columns}
    now = replace(schema, columns=tuple(wider.get(column.name, column) for column in schema.columns))
    seen = tuple(replace(known, schema=wider[known.schema.name]) for known in found.columns)
    return [f"{way.column}: {way.what}" for way in outside(now, replace(found, columns=seen))], now


def moved(told: Schema, now: Schema) -> tuple[list[str], Schema]:
    """Return in words which ends of ranges moved far since they were told, and the ranges as they are told with that.

    Small moves add up until they are far.

    Examples
    --------
    >>> age = ColumnSchema("age", "number", minimum=18.0, maximum=90.0)
    >>> told = Schema((age,))
    >>> for most in (92.0, 94.0, 96.0):
    ...     notes, told = moved(told, Schema((replace(age, maximum=most),)))
    ...     print(notes)
    []
    ['age now reaches 94, was 90']
    []
    """
    pairs = [moved_range(*both) for both in zip(told.columns, now.columns, strict=True)]
    return [note for notes, _ in pairs for note in notes], replace(told, columns=tuple(column for _, column in pairs))


def widened_by(known: Ranged, column: Column) -> Ranged:
    """Return what is known of a column, or of the numbers to predict, with the range that it now has."""
    if isinstance(column, Text) or column.missing().all():
        return known
    there = (days_of(column.values) if isinstance(column, Dates) else column.values)[~column.missing()]
    return widened(known, float(there.min()), float(there.max()))


def widened(known: Ranged, low: float | None, high: float | None) -> Ranged:
    """Return the same with a range that reaches to these ends, too; as it is where one of them has none."""
    if known.minimum is None or known.maximum is None or low is None or high is None:
        return known
    return replace(known, minimum=min(low, known.minimum), maximum=max(high, known.maximum))


def moved_range(told: Ranged, now: Ranged) -> tuple[list[str], Ranged]:
    """Say which ends of one range moved far; return it as it is told with that."""
    if told.minimum is None or told.maximum is None or now.minimum is None or now.maximum is None:
        return [], told
    is_date = isinstance(told, ColumnSchema) and told.kind == "date"
    verbs = ("now begins at", "now ends at") if is_date else ("now falls to", "now reaches")
    far, notes, known = FAR * (told.maximum - told.minimum), [], told
    if told.minimum - now.minimum > far:
        notes.append(f"{told.name} {verbs[0]} {_end(now.minimum, is_date)}, was {_end(told.minimum, is_date)}")
        known = replace(known, minimum=now.minimum)
    if now.maximum - told.maximum > far:
        notes.append(f"{told.name} {verbs[1]} {_end(now.maximum, is_date)}, was {_end(told.maximum, is_date)}")
        known = replace(known, maximum=now.maximum)
    return notes, known


def _end(value: float, is_date: bool) -> str:
    return shown_value(value, is_date) if is_date else plain_number(value)
