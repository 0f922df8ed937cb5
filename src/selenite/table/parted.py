"""A table in memory as pieces, and pieces as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from selenite.table.cells import as_text
from selenite.table.limits import PIECE_ROWS
from selenite.table.table import Column, Dates, Numbers, Table, Text


class Parted:
    """A table in memory, given piece by piece as `pieces.Pieces` does.

    >>> [piece.n_rows for piece in Parted(Table(("x",), (Numbers(np.zeros(20_000)),), 20_000))]
    [16384, 3616]
    """

    row_groups: tuple[int, ...] = ()

    def __init__(self, table: Table) -> None:
        self._table = table
        self.source, self.names, self.n_rows, self.findings = table.source, table.names, table.n_rows, table.findings

    def __iter__(self) -> Iterator[Table]:
        for begin in range(0, self.n_rows, PIECE_ROWS):
            rows = np.arange(begin, min(begin + PIECE_ROWS, self.n_rows))
            first_line = None if self._table.first_line is None else self._table.first_line + begin
            yield replace(self._table.take(rows), first_line=first_line, first_row=begin)


def joined(tables: Sequence[Table]) -> Table:
    """Return the rows of all tables, which have the same columns, in one.

    >>> parts = [Table(("t",), (Text(np.array([0, 1], np.int32), (a, b)),), 2) for a, b in ("no", "ox")]
    >>> joined(parts)["t"]
    Text(codes=array([0, 1, 1, 2], dtype=int32), values=('n', 'o', 'x'))
    """
    if len(tables) == 1:
        return tables[0]
    columns = tuple(joined_columns(each) for each in zip(*(table.columns for table in tables), strict=True))
    return replace(tables[0], columns=columns, n_rows=sum(table.n_rows for table in tables))


def joined_columns(columns: Sequence[Column]) -> Column:
    """Return the values of all columns, which are of one type, in one."""
    first = columns[0]
    if isinstance(first, Text):
        return _joined_texts([column for column in columns if isinstance(column, Text)])
    values = np.concatenate([column.values for column in columns if not isinstance(column, Text)])
    if isinstance(first, Dates):
        return replace(first, values=values)
    numbers = [column for column in columns if isinstance(column, Numbers)]
    written = None
    if any(column.written is not None for column in numbers):
        written = _joined_texts([as_text(column) for column in numbers])
    return replace(first, values=values, written=written)


def _joined_texts(columns: Sequence[Text]) -> Text:
    """Return texts of all columns, each different one once, in the order in which the columns have them."""
    code_of: dict[str, int] = {}
    codes = []
    for column in columns:
        own = [code_of.setdefault(text, len(code_of)) for text in column.values]
        codes.append(np.array([*own, -1], dtype=np.int32)[column.codes])
    return Text(np.concatenate(codes), tuple(code_of))
