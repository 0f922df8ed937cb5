"""Finds values that training never saw: beyond its range, new categories, new gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.arrays import NDArray
from selenite.table.learn import days_of
from selenite.table.match import category_codes, matching_columns
from selenite.table.schema import Schema
from selenite.table.table import Dates, Numbers, Table, Text, date_text, number_text

MOST_NAMED = 20  # further new categories of a column are reported together


@dataclass(frozen=True)
class Outside:
    """Rows of one column that lie outside what training saw, all in the same way."""

    column: str
    what: str  # 'above 72 (the most seen)', 'category "weekly" never seen'
    rows: NDArray[np.bool_]  # (n_rows,)


def outside(schema: Schema, table: Table) -> list[Outside]:
    """Return every way in which a table leaves what training saw."""
    found = []
    for known, column in matching_columns(schema, table):
        gaps = column.missing()
        ways: list[tuple[str, NDArray[np.bool_]]] = []
        if not known.missing:
            ways.append(("missing, never missing in training", gaps))
        if (
            known.scales
            and known.minimum is not None
            and known.maximum is not None
            and isinstance(column, Numbers | Dates)
        ):
            days = isinstance(column, Dates)
            values = days_of(column.values) if isinstance(column, Dates) else column.values
            low, high = (_shown_value(limit, days) for limit in (known.minimum, known.maximum))
            with np.errstate(invalid="ignore"):
                ways.append(
                    (
                        f"before {low} (the earliest seen)" if days else f"below {low} (the least seen)",
                        values < known.minimum,
                    )
                )
                ways.append(
                    (
                        f"after {high} (the latest seen)" if days else f"above {high} (the most seen)",
                        values > known.maximum,
                    )
                )
        elif known.categories:
            seen = "never seen or too rare" if known.others else "never seen"
            new = category_codes(known, column) == len(known.categories)
            texts = _texts(column, new)
            different = sorted(set(texts[new].tolist()))
            ways += [(f'category "{text}" {seen}', new & (texts == text)) for text in different[:MOST_NAMED]]
            if len(different) > MOST_NAMED:
                what = f"{len(different) - MOST_NAMED:,} more categories {seen}"
                ways.append((what, new & np.isin(texts, different[MOST_NAMED:])))
        found += [Outside(known.name, what, rows) for what, rows in ways if rows.any()]
    return found


def _shown_value(value: float, is_date: bool) -> str:
    if is_date:
        return date_text(np.datetime64(round(value * 86_400_000_000), "us"))
    return number_text(value, "float") if abs(value) < 1e7 else f"{value:g}"


def _texts(column: Numbers | Text | Dates, rows: NDArray[np.bool_]) -> NDArray[np.str_]:
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
