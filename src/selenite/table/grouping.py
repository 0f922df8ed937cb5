"""Which rows of a table belong together: by a column of groups, a column of times, or as copies of each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.splits.grouping import Grouping
from selenite.table.cells import category_text
from selenite.table.frames import as_column
from selenite.table.repeats import copies
from selenite.table.table import EXACT, Answers, Column, Dates, Numbers, Table, Text
from selenite.text import shown
from selenite.types import Floats, Indices


def grouping_of(table: Table, answers: Answers, groups: Any, time_column: str | None) -> Grouping:
    """Return which rows stay together: by a column's name or each row's group, by a column of times, or as copies."""
    require_one_way(groups is not None, time_column is not None)
    if time_column is not None:
        return Grouping(times=times_of(table, time_column))
    if groups is None:
        return Grouping(copies=copies(table, answers))
    column = table[groups] if isinstance(groups, str) else _given(groups)
    if len(column.missing()) != table.n_rows:
        raise OptionError(f"groups has {len(column.missing())} values; it needs one a row: {table.n_rows}")
    return Grouping(groups=groups_of(column))


def require_one_way(by_groups: bool, by_time: bool) -> None:
    """Refuse to hold rows out by groups and by time at once."""
    if by_groups and by_time:
        raise OptionError("give groups or time_column: rows cannot be held out by both")


def _given(groups: Any) -> Column:
    """Return the group of each row as a column; large whole numbers keep all their digits, as they are written."""
    if not hasattr(groups, "__len__"):
        raise OptionError(f"groups={groups!r} must be the name of a column, as text, or a value for each row")
    column = as_column(groups, "groups")
    if not (isinstance(column, Numbers) and _is_rounded(column)):
        return column
    values = np.asarray(groups, dtype=object).ravel().tolist()
    texts = [None if gap else category_text(value) for value, gap in zip(values, column.missing(), strict=True)]
    written = as_column(texts, "groups")
    assert isinstance(written, Text)
    return replace(column, written=written)


def _is_rounded(column: Numbers) -> bool:
    """Tell whether whole numbers are too large for a double to tell them apart."""
    return column.type == "int" and bool((np.abs(column.values) >= EXACT).any())


def groups_of(column: Column) -> Indices:
    """Return the number of each row's group; rows without a value are each a group of its own."""
    gaps = column.missing()
    if isinstance(column, Numbers) and _is_rounded(column):
        column = column.written or column
    if isinstance(column, Text):
        number = column.codes.astype(np.intp)
    else:
        number = np.unique(column.values, return_inverse=True)[1].astype(np.intp)
    number[gaps] = number.max(initial=0) + 1 + np.arange(int(gaps.sum()))
    return number


def times_of(table: Table, name: str) -> Floats:
    """Return when each row was made, from a column of dates or numbers without gaps."""
    column = table[name]
    if not isinstance(column, Dates | Numbers):
        raise OptionError(f"the time column {shown(name)} holds text, not dates or numbers")
    gaps = column.missing()
    if gaps.any():
        raise OptionError(f"the time column {shown(name)} has no value in {table.place(int(np.argmax(gaps)))}")
    return column.values.astype(np.float64)
