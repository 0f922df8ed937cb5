"""A cell as text, a column in a few words, and figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selenite.table.learn import counted_texts
from selenite.table.schema import ColumnSchema
from selenite.table.table import Column, Dates, Numbers, Text, date_text, number_text

MOST_CATEGORIES = 5


def cell_text(column: Column, row: int) -> str:
    """Return a cell as its source writes it, or its value as text; "" where it is missing.

    >>> cell_text(Text(np.array([1, 0, -1], np.int32), ("no", "yes")), 0)
    'yes'
    """
    if column.missing()[row]:
        return ""
    if isinstance(column, Dates):
        return date_text(column.values[row])
    written = column if isinstance(column, Text) else column.written
    if written is not None:
        return written.values[int(written.codes[row])]
    return number_text(float(column.values[row]), column.type)  # type: ignore[union-attr]


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


def figure(value: float, low: float | None = None, high: float | None = None) -> str:
    """Return a figure to three or four digits, and half the width of its interval.

    >>> figure(0.8062, 0.78, 0.83)
    '0.806 ±0.025'
    """
    if value != value or abs(value) == float("inf"):
        return "-"
    decimals = next((n for n, limit in enumerate((1000, 100, 10, 0.01)) if abs(value) >= limit), 4)
    text = f"{value:,.{decimals}f}"
    return text if low is None or high is None else f"{text} ±{(high - low) / 2:,.{decimals}f}"


def signed(value: float) -> str:
    """Return a figure with its sign.

    >>> signed(-0.0421), signed(12.0)
    ('−0.042', '+12.00')
    """
    return f"{'−' if value < 0 else '+'}{figure(abs(value))}"
