"""Which rows of very many stay together, and which of them are put aside: whole groups, or the latest rows.

Every row has a key, by its own values alone: a hash of its group, or how early it was made. Rows of one key stay
together, and those of the lowest keys are put aside. So a pass over the pieces finds them, and keeps few of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.nn.random import SPLIT, bits
from selenite.splits.grouping import Grouping
from selenite.stages import Done, nobody
from selenite.table.cells import as_text
from selenite.table.fingerprint import hashed
from selenite.table.grouping import require_one_way, times_of
from selenite.table.share import Share
from selenite.table.table import EXACT, Dates, Numbers, Table
from selenite.text import shown
from selenite.types import AnyArray, Indices, Mask

FEWEST_CHOOSING = 2  # groups or moments: a member holds out one, and learns from another
ALONE = 1  # the last word of the hash of a row without a group; 0 of a group's


@dataclass(frozen=True)
class Keys:
    """What tells which rows stay together: a column of groups or of times."""

    groups: str
    time_column: str
    seed: int

    def of(self, piece: Table, numbers: Indices) -> AnyArray:
        """Return the key of each row of a piece, (n,), which are rows of these numbers in the table."""
        if self.time_column:
            return -times_of(piece, self.time_column)
        column, gaps = piece[self.groups], piece[self.groups].missing()
        if isinstance(column, Dates):
            values = column.values.view(np.int64).astype(np.uint64)
        elif isinstance(column, Numbers):
            values = (column.values + 0.0).view(np.uint64)  # -0.0 is 0.0
            if column.written is not None and (large := ~(np.abs(column.values) < EXACT)).any():
                values = np.where(large, hashed(as_text(column)), values)
        else:
            values = hashed(column)
        return np.where(gaps, bits(self.seed, SPLIT, numbers, ALONE), bits(self.seed, SPLIT, values, 0))

    def grouping(self, keys: AnyArray) -> Grouping:
        """Return which rows of these keys stay together."""
        if self.time_column:
            return Grouping(times=-keys)
        return Grouping(groups=np.unique(keys, return_inverse=True)[1].astype(np.intp))


def keys_by(groups: str | None, time_column: str | None, seed: int) -> Keys | None:
    """Return the keys by a column of groups or of times; None where rows stand alone."""
    require_one_way(bool(groups), bool(time_column))
    return Keys(groups or "", time_column or "", seed) if groups or time_column else None


@dataclass(frozen=True)
class Aside:
    """Rows put aside, by rising numbers: those that judge, then those that choose the epochs."""

    judging: Indices
    choosing: Indices
    judged: Any = None  # the highest key of what judges
    highest: Any = None  # the highest key of all that is put aside
    n_left: int = 0  # further rows of these keys, which have no use

    def judges(self, keys: AnyArray) -> Mask:
        """Tell which rows of these keys stay together with some that judge."""
        return np.zeros(len(keys), bool) if self.judged is None else keys <= self.judged

    def is_aside(self, keys: AnyArray) -> Mask:
        """Tell which rows of these keys stay together with some that are put aside."""
        return np.zeros(len(keys), bool) if self.highest is None else keys <= self.highest


def put_aside(rows: Share, keys: Keys, n_judging: int, n_choosing: int, done: Done = nobody) -> Aside:
    """Return at most so many rows to judge and to choose by: whole groups or moments, one at least, and two.

    Where these have more rows than that, so many are drawn by the seed. With `n_choosing` 0, nothing is left to learn
    from, if there are few groups.
    """
    mine = _Lowest(max(n_judging, n_choosing), n_judging + n_choosing)
    for numbers, piece in rows.numbered(done):
        mine.add(keys.of(piece, numbers), bits(keys.seed, SPLIT, numbers), numbers)
    lowest, *others = (one for one in rows.of_all(mine) if len(one.keys))
    for other in others:
        lowest.join(other)
    total, parts = np.append(0, np.cumsum(lowest.counts)), list[Indices]()
    first, ends = 0, list[int]()
    for most, fewest in ((n_judging, 1), (n_choosing, FEWEST_CHOOSING)):
        end = first
        if most:
            end = max(int(np.searchsorted(total, total[first] + most, side="right")) - 1, first + fewest)
        of_these = np.isin(lowest.of_row, np.arange(first, end))
        parts.append(np.sort(lowest.rows[of_these][:most]))  # the first by their hash
        ends.append(end)
        first = end
    if first >= len(total) - 1 and n_choosing:
        n, what = len(total) - 1, "moments" if keys.time_column else "groups"
        raise OptionError(
            f"all rows are of {n:,} {what} by {shown(keys.time_column or keys.groups)}, too few to put some aside and "
            f"learn from others: at least {FEWEST_CHOOSING + 1 + bool(n_judging)} are needed"
        )
    judged, highest = (lowest.keys[end - 1] if end else None for end in ends)
    judging, choosing = parts
    return Aside(judging, choosing, judged, highest, int(total[first]) - len(judging) - len(choosing))


class _Lowest:
    """The lowest keys that are needed, how many rows each has, and the first of these rows by their hash."""

    def __init__(self, most_of_a_key: int, most: int) -> None:
        self.most_of_a_key, self.most = most_of_a_key, most
        self.keys: AnyArray = np.empty(0)
        self.counts, self.rows, self.of_row = (np.empty(0, np.intp) for _ in range(3))
        self._hashes = np.empty(0, np.uint64)

    def add(self, keys: AnyArray, hashes: AnyArray, rows: Indices) -> None:
        """Take in the next rows: the key, the hash and the number of each."""
        if self._is_full:
            some = keys <= self.keys[-1]
            keys, hashes, rows = keys[some], hashes[some], rows[some]
        further = _Lowest(self.most_of_a_key, self.most)
        further.keys, further.of_row, further.counts = np.unique(keys, return_inverse=True, return_counts=True)
        further.rows, further._hashes = rows, hashes
        self.join(further)

    def join(self, other: _Lowest) -> None:
        """Take in the lowest keys of other rows, and which of these are kept."""
        known = self.keys if len(self.keys) else other.keys[:0]
        self.keys, which = np.unique(np.concatenate([known, other.keys]), return_inverse=True)
        counts = np.bincount(which, np.concatenate([self.counts, other.counts]), len(self.keys))
        self.counts = counts.astype(np.intp)
        n = int(np.searchsorted(np.cumsum(self.counts), self.most)) + 1  # keys with so many rows
        n = max(n, 2) + FEWEST_CHOOSING  # and some more, if the last is a large one, and to learn from
        of_row = np.concatenate([which[: len(known)][self.of_row], which[len(known) :][other.of_row]])
        self._keep(of_row, np.append(self._hashes, other._hashes), np.append(self.rows, other.rows), n)

    @property
    def _is_full(self) -> bool:
        return len(self.keys) >= 2 + FEWEST_CHOOSING and int(self.counts[:-FEWEST_CHOOSING].sum()) >= self.most

    def _keep(self, of_row: Indices, hashes: AnyArray, rows: Indices, n: int) -> None:
        """Keep the first keys, and of each the first rows by their hash."""
        self.keys, self.counts = self.keys[:n], self.counts[:n]
        order = np.lexsort((hashes, of_row))
        of_row, hashes, rows = of_row[order], hashes[order], rows[order]
        first = np.searchsorted(of_row, of_row)
        kept = (of_row < n) & (np.arange(len(of_row)) - first < self.most_of_a_key)
        of_row, hashes, rows = of_row[kept], hashes[kept], rows[kept]
        by_hash = np.argsort(hashes, kind="stable")
        self.of_row, self._hashes, self.rows = of_row[by_hash], hashes[by_hash], rows[by_hash]
