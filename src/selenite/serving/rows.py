"""The rows that somebody posted: JSON objects, or a text table as `predict` reads one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import msgspec

from selenite.errors import TableError
from selenite.model import Model
from selenite.model.reading import read_rows
from selenite.table import Limits, Table
from selenite.table.objects import column_of_objects
from selenite.table.table import called, checked_table
from selenite.text import counted, shown

Row = dict[str, str | int | float | bool | None]
LIMITS = Limits(rows=10_000, taker="a request", instead="Send them in several, or use selenite predict")
SOURCE = "the request"


def rows_of_json(model: Model, body: bytes, renamed: Mapping[str, str]) -> tuple[Table, bool]:
    """Return the rows in a JSON array of objects, or in one object; and whether there was one alone.

    Raises
    ------
    TableError
        If it is no such JSON, a row lacks a column that others have, or a column mixes numbers and text.
    """
    try:
        found: list[Row] | Row = msgspec.json.decode(body, type=list[Row] | Row)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # of which that of a wrong type is one
        raise TableError(f"{SOURCE} must be a JSON object a row, or an array of them: {error}") from None
    alone = isinstance(found, dict)
    rows = [found] if isinstance(found, dict) else found
    LIMITS.check(SOURCE, len(rows), max(map(len, rows), default=0))
    if not rows:
        raise TableError(f"{SOURCE} has no rows")
    rows = [{renamed.get(name, name): value for name, value in row.items()} for row in rows]
    names = _columns_of(model, rows)
    dates = {column.name for column in model.schema.columns if column.kind == "date"}
    columns = tuple(_column(name, [row[name] for row in rows], name in dates) for name in names)
    return checked_table(tuple(names), columns, len(rows), SOURCE), alone


def rows_of_text(model: Model, body: bytes, renamed: Mapping[str, str]) -> Table:
    """Return the rows of a text table, read as the model's own was."""
    stream = BytesIO(body)
    stream.name = SOURCE
    table = read_rows(model, stream, limits=LIMITS, renamed=renamed)
    return replace(table, names=tuple(renamed.get(name, name) for name in table.names))


def _columns_of(model: Model, rows: list[Row]) -> list[str]:
    """Return the columns that are read: those that the model knows; all, to look for the one that is missing."""
    known = [column.name for column in model.schema.columns if any(column.name in row for row in rows)]
    for i, row in enumerate(rows):
        absent = next((name for name in known if name not in row), None)
        if absent is not None:
            raise TableError(
                f"row {i + 1:,} of {counted(len(rows), 'row')} has no {shown(absent)}: write null for a gap"
            )
    inputs = {column.name for column in model.schema.inputs}
    return known if inputs <= set(known) else [name for name in rows[0] if all(name in row for row in rows)]


def _column(name: str, values: list[Any], is_date: bool) -> Any:
    label = called(name)
    if is_date:
        values = [_moment(value, i, label) for i, value in enumerate(values)]
    try:
        return column_of_objects(values, label)
    except TypeError as error:
        raise TableError(f"{SOURCE}: {error}") from None


def _moment(value: Any, i: int, label: str) -> datetime | None:
    """Return a date that JSON has as text, in ISO 8601."""
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise TableError(f"row {i + 1:,}: {label} is {shown(str(value))}, no date such as 2026-03-01") from None
