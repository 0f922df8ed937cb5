"""Rows that lack a value in some columns are left out, where that is asked for: of a table, and of its pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from selenite.table.table import Finding, Table
from selenite.text import listed
from selenite.types import Mask


def without_gaps(table: Table, names: Sequence[str]) -> Table:
    """Return the rows that have a value in each of these columns, as far as the table has them, and say how many lack.

    >>> from selenite.table import Numbers
    >>> table = Table(("x", "y"), (Numbers(np.arange(3.0)), Numbers(np.array([1.0, np.nan, 2.0]))), 3)
    >>> left = without_gaps(table, ["y"])
    >>> left["x"].values.tolist(), left.notices
    ([0.0, 2.0], ('1 of 3 rows lacks "y" and is left out',))
    """
    whole = _are_whole(table, names)
    if whole.all():
        return table
    left = table.take(np.flatnonzero(whole))
    return replace(left, findings=(*table.findings, _finding(table.n_rows - left.n_rows, table.n_rows, names)))


class RowsWithoutGaps:
    """The same of `pieces.Pieces`, whose rows are counted once before."""

    row_groups: tuple[int, ...] = ()

    def __init__(self, pieces: Any, names: Sequence[str]) -> None:
        self._pieces, self._needed = pieces, names
        self.source, self.names = pieces.source, pieces.names
        self.n_rows = sum(int(_are_whole(piece, names).sum()) for piece in pieces)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading it wants the user to know."""
        n_rows = self._pieces.n_rows
        told = [_finding(n_rows - self.n_rows, n_rows, self._needed)] if self.n_rows < n_rows else []
        return *self._pieces.findings, *told

    def __iter__(self) -> Iterator[Table]:
        for piece in self._pieces:
            whole = _are_whole(piece, self._needed)
            yield piece if whole.all() else piece.take(np.flatnonzero(whole))


def _are_whole(table: Table, names: Sequence[str]) -> Mask:
    """Return which rows lack no value in these columns, (n_rows,)."""
    whole = np.ones(table.n_rows, dtype=np.bool_)
    for name in names:
        if name in table.names:
            whole &= ~table[name].missing()
    return whole


def _finding(n_lacking: int, n_rows: int, names: Sequence[str]) -> Finding:
    are = ("lacks", "is") if n_lacking == 1 else ("lack", "are")
    return Finding("left out", "", f"{n_lacking:,} of {n_rows:,} rows {are[0]} {listed(names)} and {are[1]} left out")
