"""Values as text: each number and date, the cells of a column, its different texts, and cells of a CSV file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import floor, log10
from numbers import Integral
from typing import Any

import numpy as np

from selenite.table.schema import ColumnSchema, Target
from selenite.table.table import Column, Dates, Numbers, Text
from selenite.text import plain_number
from selenite.types import Floats, Indices

MOST_CATEGORIES = 5  # of a column, that are named
MOST_DECIMALS, MOST_DIGITS = 7, 15  # of a prediction; beyond, it is written with an exponent
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMERAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def number_text(value: float, type: str) -> str:
    """Return a number as text, a whole one without a point."""
    if np.isnan(value):
        return ""
    if type == "bool":
        return "true" if value else "false"
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def date_text(moment: np.datetime64) -> str:
    """Return a moment as text, midnight as its day alone."""
    day = moment.astype("datetime64[D]")
    return str(day) if day == moment else str(moment.astype("datetime64[s]"))


def prediction_format(target: Target) -> str:
    """Return how predictions, and what is added to them, are written: numbers to a four-thousandth of their range.

    >>> ranges = ((0, 8e-9), (-1, 0.6), (10, 70), (0, 1e9), (0, 1e99))
    >>> formats = [prediction_format(Target("y", "regression", minimum=low, maximum=high)) for low, high in ranges]
    >>> [f"{1234.5678:{one}}" for one in (*formats, prediction_format(Target("y", "classification")))]
    ['1.235e+03', '1,234.5678', '1,234.57', '1,235', '1.235e+03', '1,234.5678']
    """
    if target.task == "classification":
        magnitude = -1
    else:  # of about a deviation; the width is another where logarithms were learnt
        a_quarter = ((target.maximum or 0.0) - (target.minimum or 0.0)) / 4
        magnitude = floor(log10(a_quarter or target.width))
    return f",.{max(3 - magnitude, 0)}f" if 3 - MOST_DECIMALS <= magnitude < MOST_DIGITS else ".3e"


def category_text(value: Any) -> str | None:
    """Return a category as text, of a number all its digits, a whole one without a point; None where it is missing."""
    if value is None or isinstance(value, str):
        return value
    return str(int(value)) if isinstance(value, Integral) else number_text(float(value), "float") or None


def spellings(column: Numbers) -> tuple[list[str], Floats, Indices]:
    """Return the different numbers as their source writes them, the value of each, and which of them each row is."""
    if column.written is not None:
        codes, first, rows = np.unique(column.written.codes, return_index=True, return_inverse=True)
        return [column.written.values[code] for code in codes], column.values[first], rows
    values, rows = np.unique(column.values, return_inverse=True)
    texts = [repr(v) if column.type == "float" else number_text(v, column.type) for v in values.tolist()]
    return texts, values, rows


def text_column(entries: Sequence[str | None], entry_of_row: Indices | None = None) -> Text:
    """Return texts as a column: an entry a row, or in each row the one of this number, a negative one being missing.

    Equal entries become one; None means missing.

    >>> text_column(["a", None, "b", "a"], np.array([3, 2, 1, -1]))
    Text(codes=array([ 0,  1, -1, -1], dtype=int32), values=('a', 'b'))
    """
    code_of: dict[str | None, int] = {None: -1}
    codes = np.array([*(code_of.setdefault(entry, len(code_of) - 1) for entry in entries), -1], dtype=np.int32)
    values = tuple(entry for entry in code_of if entry is not None)
    return Text(codes[:-1] if entry_of_row is None else codes[entry_of_row], values)


def as_text(column: Column) -> Text:
    """Return a column as text: its cells as their source writes them, or else its values as text."""
    written = column if isinstance(column, Text) else getattr(column, "written", None)
    if written is not None:
        return Text(np.where(column.missing(), np.int32(-1), written.codes), written.values)
    different, rows = np.unique(column.values, return_inverse=True)
    if isinstance(column, Numbers):
        texts = [number_text(value, column.type) or None for value in different.tolist()]
    else:
        texts = [None if np.isnat(value) else date_text(value) for value in different]
    return text_column(texts, rows)


def cell_texts(column: Column) -> list[str]:
    """Return all cells of a column as text, "" where one is missing.

    >>> cell_texts(Text(np.array([1, 0, -1], np.int32), ("no", "yes")))
    ['yes', 'no', '']
    """
    text = as_text(column)
    values = (*text.values, "")
    return [values[code] for code in text.codes.tolist()]


def cell_text(column: Column, row: int) -> str:
    """Return a cell as text."""
    return cell_texts(column.take(np.array([row])))[0]


def counted_texts(column: Column) -> tuple[list[str], Indices]:
    """Return the different cells as text, sorted, and how often each occurs."""
    text = as_text(column)
    counts = np.bincount(text.codes[text.codes >= 0], minlength=len(text.values))
    order = sorted(np.flatnonzero(counts).tolist(), key=text.values.__getitem__)
    return [text.values[i] for i in order], counts[order]


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
        low, high, median = map(plain_number, (values.min(), values.max(), np.median(values)))
        return f"{low} to {high}, median {median}"
    if schema.kind == "text":
        texts, counts = counted_texts(column)
        words = sum(n * len(text.split()) for text, n in zip(texts, counts.tolist(), strict=True)) / counts.sum()
        return f"{words:.0f} words on average, such as {named(texts[0].strip())}"
    written = isinstance(column, Numbers) and column.written is not None
    names = [named(name) for name in (counted_texts(column)[0] if written else schema.categories)]
    more = f", {len(names) - MOST_CATEGORIES} more" if len(names) > MOST_CATEGORIES else ""
    rare = ", rare ones share a code" if schema.rare and schema.statistics is None else ""
    return f"{len(names)}: {', '.join(names[:MOST_CATEGORIES])}{more}{rare}"
