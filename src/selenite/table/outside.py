"""Finds values that training never saw: beyond its range, new categories, new gaps, another value than the only one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selenite.table.cells import as_text, cell_texts, date_text, number_text
from selenite.table.match import KnownColumn, Matched, match
from selenite.table.schema import Schema
from selenite.table.table import Column, Dates, Table, Text, days_of
from selenite.table.words import has_known_word
from selenite.types import Mask

MOST_NAMED = 20  # further new categories of a column are reported together
MOST_COUNTED = 100_000  # of them, in a table that is read in pieces
NEVER_MISSING = "missing, never missing in training"


@dataclass(frozen=True)
class Outside:
    """Rows of one column that lie outside what training saw, all in the same way."""

    column: str
    what: str  # 'above 72 (the most seen)', 'category "weekly" never seen'
    rows: Mask  # (n_rows,)


def outside(schema: Schema, table: Table | Matched) -> list[Outside]:
    """Return every way in which a table leaves what training saw.

    Columns that had one value only, or none, are no inputs; they count where the table has them.

    Parameters
    ----------
    schema, table : as `match` takes them, and refuses them

    Returns
    -------
    list of Outside
        Each with the rows as a mask of shape (n,).

    Examples
    --------
    >>> from selenite.table import as_table, learn_schema, outside
    >>> schema = learn_schema(as_table([[18.0], [65.0], [72.0]], ["age"]))
    >>> for way in outside(schema, as_table([[20.0], [80.0]], ["age"])):
    ...     print(way.column, way.what, way.rows)
    age above 72 (the most seen) [False  True]
    """
    return [
        Outside(known.schema.name, what, rows)
        for known in match(schema, table).columns
        for way in _ways(known)
        if way.rows.any()
        for what, rows in (_each(known.column, way) if way.further else [(way.what(""), way.rows)])
    ]


class OutsideCount:
    """Why the rows of a table lie outside what training saw, piece by piece, and how many do in each way.

    Examples
    --------
    >>> from selenite.table import as_table, learn_schema
    >>> schema = learn_schema(as_table([[18.0], [65.0], [72.0]], ["age"]))
    >>> count = OutsideCount()
    >>> count.reasons(match(schema, as_table([[20.0], [80.0]], ["age"])))
    ['', 'age above 72 (the most seen)']
    >>> count.n_rows, count.ways()
    (1, [('age', 'above 72 (the most seen)', 1)])
    """

    def __init__(self) -> None:
        self.n_rows = 0  # that lie outside
        self._of_way: dict[tuple[str, int], _Texts] = {}

    def reasons(self, piece: Matched) -> list[str]:
        """Return of each row of a piece why it lies outside, "" where it does not."""
        reasons = [""] * piece.n_rows
        for known in piece.columns:
            name = known.schema.name
            for number, way in enumerate(_ways(known)):
                rows = np.flatnonzero(way.rows)
                texts = cell_texts(known.column.take(rows)) if way.further and len(rows) else [""] * len(rows)
                self._of_way.setdefault((name, number), _Texts(way)).add(texts)
                whats = {text: f"{name} {way.what(text)}" for text in set(texts)}
                for row, text in zip(rows.tolist(), texts, strict=True):
                    reasons[row] += f"{'; ' if reasons[row] else ''}{whats[text]}"
        self.n_rows += sum(map(bool, reasons))
        return reasons

    def ways(self) -> list[tuple[str, str, int]]:
        """Return each column and how it leaves what training saw, as `outside` tells it, and in how many rows."""
        return [(name, *told) for (name, _), texts in self._of_way.items() for told in texts.counted()]


@dataclass(frozen=True)
class _Way:
    """The rows that leave what training saw in one way, and how to say it of a cell's text."""

    rows: Mask
    what: Callable[[str], str]
    further: str = ""  # what those of further texts do, where each text is a way of its own


class _Texts:
    """The texts of cells in pieces: the first `MOST_NAMED` by the alphabet with their counts, and how many more."""

    def __init__(self, way: _Way) -> None:
        self._way, self._counts, self._more = way, Counter[str](), 0
        self._different: set[int] = set()

    def add(self, texts: list[str]) -> None:
        """Count the texts of a piece."""
        self._counts.update(texts)
        for text in sorted(self._counts)[MOST_NAMED:]:  # none of them can be among the first any more
            self._more += self._counts.pop(text)
            if len(self._different) < MOST_COUNTED:
                self._different.add(hash(text))

    def counted(self) -> list[tuple[str, int]]:
        """Return what the cells do, in words, and how many."""
        told = [(self._way.what(text), self._counts[text]) for text in sorted(self._counts)]
        if self._more:
            least = "at least " if len(self._different) >= MOST_COUNTED else ""
            told.append((f"{least}{len(self._different):,} {self._way.further}", self._more))
        return told


def _ways(known: KnownColumn) -> list[_Way]:
    """Return in what ways a column can leave what training saw, and in which rows it does."""
    return _ways_of_constant(known) if known.schema.kind == "constant" else _ways_of_input(known)


def _ways_of_input(known: KnownColumn) -> list[_Way]:
    schema, column = known.schema, known.column
    ways = [] if schema.missing else [_Way(column.missing(), lambda _: NEVER_MISSING)]
    if schema.scales and schema.minimum is not None and schema.maximum is not None and not isinstance(column, Text):
        days = isinstance(column, Dates)
        values = days_of(column.values) if isinstance(column, Dates) else column.values
        low, high = (shown_value(limit, days) for limit in (schema.minimum, schema.maximum))
        below = f"before {low} (the earliest seen)" if days else f"below {low} (the least seen)"
        above = f"after {high} (the latest seen)" if days else f"above {high} (the most seen)"
        with np.errstate(invalid="ignore"):
            ways += [_Way(values < schema.minimum, lambda _: below), _Way(values > schema.maximum, lambda _: above)]
    elif schema.terms is not None:
        unknown = ~column.missing() & ~has_known_word(schema.terms, as_text(column))
        ways.append(_Way(unknown, lambda _: "has no word that training saw"))
    elif schema.categories:
        seen = "never seen or too rare" if schema.rare else "never seen"
        new = known.codes == len(schema.categories)
        ways.append(_Way(new, lambda text: f'category "{text}" {seen}', f"more categories {seen}"))
    return ways


def _ways_of_constant(known: KnownColumn) -> list[_Way]:
    """Return where a column that had one value in training, or none, has another.

    A file written before this was remembered says neither, and nothing is told.
    """
    schema, column = known.schema, known.column
    if not schema.categories:
        has_one = _Way(~column.missing(), lambda _: "has a value, always missing in training")
        return [has_one] if schema.missing else []
    only = schema.categories[0]
    further = f'further values, always "{only}" in training'
    other = _Way(known.codes == 1, lambda text: f'is "{text}", always "{only}" in training', further)
    return [other] if schema.missing else [_Way(column.missing(), lambda _: NEVER_MISSING), other]


def _each(column: Column, way: _Way) -> list[tuple[str, Mask]]:
    """Return each different text in the rows, and what all beyond the first few do, each with its rows."""
    texts = np.full(len(way.rows), "", dtype=object)
    texts[way.rows] = cell_texts(column.take(np.flatnonzero(way.rows)))
    different = sorted(set(texts[way.rows].tolist()))
    told = [(way.what(text), way.rows & (texts == text)) for text in different[:MOST_NAMED]]
    if len(different) > MOST_NAMED:
        rest = np.isin(texts, different[MOST_NAMED:])
        told.append((f"{len(different) - MOST_NAMED:,} {way.further}", way.rows & rest))
    return told


def shown_value(value: float, is_date: bool) -> str:
    """Return a value of a range in words; dates are days since 1970."""
    if is_date:
        return date_text(np.datetime64(round(value * 86_400_000_000), "us"))
    return number_text(value, "float") if abs(value) < 1e7 else f"{value:g}"
