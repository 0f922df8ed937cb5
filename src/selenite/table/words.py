"""A cell as text, a column in a few words, and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor, isfinite, log10
from typing import Any

import numpy as np

from selenite.table.learn import counted_texts
from selenite.table.schema import ColumnSchema, Target
from selenite.table.table import Column, Dates, Numbers, Text, date_text, number_text

MOST_CATEGORIES = 5
WITHOUT_UNITS = ("accuracy", "area under ROC", "log loss", "squared_error", "R2")  # other metrics have the target's
LOPSIDED = 3  # times as far from a figure to one end of its interval as to the other
MOST_DECIMALS, MOST_DIGITS = 7, 15


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
    """Return a figure to three or four digits, and half the width of its interval, or where it is lopsided its ends.

    >>> figure(0.8062, 0.78, 0.83), figure(58.27, 31.2, 402.7), figure(0.0, -1e-17, 0.79)
    ('0.806 ±0.025', '58.27 (31.20 to 402.70)', '0.0000 (0.0000 to 0.7900)')
    """
    decimals = next((n for n, limit in enumerate((1000, 100, 10, 0.01)) if abs(value) >= limit), 4)
    form = f",.{decimals}f"
    return _beside_interval(value, low, high, form, form)


def figure_texts(metric: str, found: Sequence[Any]) -> list[str]:
    """Return a metric of several models as text: one in the target's units, if small or large, to three digits.

    `found` have the attributes value, low and high.
    """
    sizes = [abs(one.value) for one in found if one.value and isfinite(one.value)]
    least, most = min(sizes, default=1.0), max(sizes, default=1.0)
    if metric.removeprefix("weighted ") in WITHOUT_UNITS or 0.01 <= least <= most < 1e7:
        return [figure(one.value, one.low, one.high) for one in found]
    if 1e-4 <= least <= most < 1e7:
        form = of_half = ",.5f" if least >= 1e-3 else ",.6f"
    else:
        form, of_half = ".2e", ".1e"
    return [_beside_interval(one.value, one.low, one.high, form, of_half) for one in found]


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


def signed(value: float, form: str) -> str:
    """Return a number in a format, with its sign.

    >>> signed(-0.0421, ".3f"), signed(12.0, ",.2f")
    ('−0.042', '+12.00')
    """
    return f"{'−' if value < 0 else '+'}{abs(value):{form}}"


def _beside_interval(value: float, low: float | None, high: float | None, form: str, of_half: str) -> str:
    """Return a figure and its interval, each in its form; z: never -0.000."""
    if not isfinite(value):
        return "-"
    if low is None or high is None:
        return f"{value:z{form}}"
    if max(high - value, value - low) > LOPSIDED * min(high - value, value - low):
        return f"{value:z{form}} ({low:z{form}} to {high:z{form}})"
    return f"{value:z{form}} ±{(high - low) / 2:{of_half}}"
