"""Columns that the prediction never falls with, or never rises: what cannot be so is refused, the rest marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from selenite.errors import OptionError
from selenite.table import ColumnSchema, Schema, Target
from selenite.text import hint, listed, shown


def with_monotone(schema: Schema, target: Target, monotone: Mapping[str, int]) -> Schema:
    """Return the schema with these columns marked; they enter by their size and rank alone, which rise with them.

    >>> from selenite.table import as_table, learn_schema
    >>> schema = learn_schema(as_table([[1.0, 5.0], [2.5, 3.0], [4.0, 9.0]], ["age", "size"]))
    >>> [column.monotone for column in with_monotone(schema, Target("y", "regression"), {"age": -1}).columns]
    [-1, 0]
    """
    if not monotone:
        return schema
    if target.each:
        raise OptionError(
            f"monotone is for one target, and there are several: {listed(target.names)}. Fit to each alone"
        )
    if len(target.classes) > 2:
        raise OptionError(
            f"monotone is for a number or two classes, and {shown(target.name)} has {len(target.classes)}: of more, no "
            "probability can rise unless another falls"
        )
    columns = {column.name: column for column in schema.columns}
    for name in monotone:
        if name == target.name:
            raise OptionError(f"monotone names {shown(name)}, which is the target: name columns to predict it from")
        if name not in columns:
            raise OptionError(f"there is no column {shown(str(name))} to be monotone in: {hint(str(name), [*columns])}")
        _require_number(columns[name])
    return Schema(
        tuple(
            replace(column, frequent_values=(), monotone=monotone[column.name])
            if column.name in monotone and column.kind == "number"
            else column
            for column in schema.columns
        )
    )


def _require_number(column: ColumnSchema) -> None:
    """Refuse a column that does not rise; one that is constant does no harm."""
    if column.kind not in ("number", "constant"):
        why = f" ({column.reason})" if column.reason else ""
        raise OptionError(
            f"{shown(column.name)} is of kind {column.kind}{why}, and only a number can be monotone: leave it out of "
            "monotone, or say that it is a number by kinds=, on the command line by --kind NAME=number"
        )
