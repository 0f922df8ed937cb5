"""And back: a cell as text, as a cell of a CSV file that reads as the same text, and a column in a few words."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from selenite.table.schema import ColumnSchema
from selenite.table.table import Column, Dates, Numbers, Text, counted_texts, date_text, number_text

MOST_CATEGORIES = 5  # of a column, that are named
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMERAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def cell_text(column: Column, row: int) -> str:
    """Return a cell as its source writes it, or its value as text; "" where it is missing."""
    return cell_texts(column.take(np.array([row])))[0]


def cell_texts(column: Column) -> list[str]:
    """Return all cells of a column as `cell_text` does.

    >>> cell_texts(Text(np.array([1, 0, -1], np.int32), ("no", "yes")))
    ['yes', 'no', '']
    """
    missing = column.missing().tolist()
    if isinstance(column, Dates):
        return ["" if none else date_text(value) for value, none in zip(column.values, missing, strict=True)]
    written = column if isinstance(column, Text) else column.written
    if written is not None:
        values = written.values
        return ["" if none else values[code] for code, none in zip(written.codes.tolist(), missing, strict=True)]
    assert isinstance(column, Numbers)
    return [
        "" if none else number_text(value, column.type)
        for value, none in zip(column.values.tolist(), missing, strict=True)
    ]


def csv_cell(text: str) -> str:
    """Return text as a CSV cell: in quotes if it holds a comma, a quote or a line break, or has blanks at an end."""
    if text == text.strip() and not any(mark in text for mark in ',"\r\n'):
        return text
    return f'"{text.replace(chr(34), chr(34) * 2)}"'


def spreadsheet_safe(text: str) -> str:
    """Return text with an apostrophe before it if a spreadsheet would run it as a formula.

    >>> [spreadsheet_safe(text) for text in ("=1+1", "-danger", "-1.5", "a=b")]
    ["'=1+1", "'-danger", '-1.5', 'a=b']
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMERAL.fullmatch(text) else text


def describe(schema: ColumnSchema, column: Column, named: Callable[[str], str]) -> str:
    """Return a column's values in a few words, its categories as `named` gives them."""
    if schema.reason:
        return schema.reason
    if schema.kind in ("number", "date"):
        if isinstance(column, Text):
            return ""
        if isinstance(column, Dates):
            days = column.values[~column.missing()].astype("datetime64[D]")
            return f"{days.min()} to {days.max()}"
        values = column.values[~column.missing()]
        return f"{values.min():g} to {values.max():g}, median {np.median(values):g}"
    written = isinstance(column, Numbers) and column.written is not None
    names = [named(str(name)) for name in (counted_texts(column)[0] if written else schema.categories)]
    more = f", {len(names) - MOST_CATEGORIES} more" if len(names) > MOST_CATEGORIES else ""
    rare = ", rare ones share a code" if schema.others else ""
    return f"{len(names)}: {', '.join(names[:MOST_CATEGORIES])}{more}{rare}"
