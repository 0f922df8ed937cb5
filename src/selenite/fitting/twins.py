"""Rows of very many that repeat others, told by hashes of what a network sees of them, in memory that does not grow.

Of rows that judge it is told exactly whether a row that was learnt from is equal. How many of all rows repeat others is
counted among those of the lowest hashes: a random part of the different rows, with all that equal them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from selenite.nn.random import SPLIT, bits, mix
from selenite.table.repeats import SAME_ANSWERS, Hashes
from selenite.training import Finding
from selenite.types import Array, Floats, Indices, NDArray

MOST_HASHES = 1 << 15  # of different rows, that are kept
SHARE_TOLD = 0.01  # of the rows that judge, from which on it is told
ALL = (1 << 64) - 1  # the highest hash there is


@dataclass
class Twins:
    """Counts rows that repeat others; `judging` are the hashes of the rows that judge, and `answers` their answers."""

    judging: Hashes
    answers: Floats
    n_rows: int = 0
    highest: int = ALL  # of the hashes that are kept
    kept: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    counts: Indices = field(default_factory=lambda: np.empty(0, np.intp))

    def __post_init__(self) -> None:
        self.different, self._which = np.unique(self.judging, return_inverse=True)
        self.of_twin = np.full(len(self.different), np.nan)  # the answer of the first row learnt from that is equal

    def add(self, X: Array, answers: Floats, learnt: NDArray[np.bool_]) -> None:
        """Take in the next rows, some of which are learnt from."""
        hashes = hashes_of(X)
        self.n_rows += len(hashes)
        self._keep(*np.unique(hashes[hashes <= self.highest], return_counts=True))
        hashes, answers = hashes[learnt], answers[learnt]
        place = np.minimum(np.searchsorted(self.different, hashes), len(self.different) - 1)
        place, answers = (one[self.different[place] == hashes][::-1] for one in (place, answers))
        new = np.isnan(self.of_twin[place])
        self.of_twin[place[new]] = answers[new]  # of several the first

    def join(self, after: Twins) -> None:
        """Take in the rows of another, which come next."""
        self.n_rows += after.n_rows
        self.highest = min(self.highest, after.highest)
        self._keep(after.kept, after.counts)
        self.of_twin = np.where(np.isnan(self.of_twin), after.of_twin, self.of_twin)

    def _keep(self, different: Hashes, counts: Indices) -> None:
        """Take in how many rows have a hash, and keep those up to the highest; it falls where they are too many."""
        self.kept, which = np.unique(np.concatenate([self.kept, different]), return_inverse=True)
        self.counts = np.bincount(which, np.concatenate([self.counts, counts])).astype(np.intp)
        while True:
            n = int(np.searchsorted(self.kept, np.uint64(self.highest), side="right"))
            self.kept, self.counts = self.kept[:n], self.counts[:n]
            if n <= MOST_HASHES:
                break
            self.highest >>= 1

    @property
    def share_repeated(self) -> float:
        """Return the share of the rows that repeat another one."""
        return 1 - len(self.kept) / max(int(self.counts.sum()), 1)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is to be told: where rows that judge have twins that were learnt from, with the same answers."""
        twin = self.of_twin[self._which]
        has_twin = ~np.isnan(twin)
        n, n_twins = len(twin), int(has_twin.sum())
        if n_twins < max(SHARE_TOLD * n, 1):
            return ()
        usual = float(((np.unique(self.answers, return_counts=True)[1] / n) ** 2).sum())
        same = float((twin == self.answers)[has_twin].mean())
        if usual == 1 or (same - usual) / (1 - usual) < SAME_ANSWERS:
            return ()
        share = f"{self.share_repeated:.1%}" if self.highest == ALL else f"about {self.share_repeated:.0%}"
        evidence = (
            f"{share} of {self.n_rows:,} rows repeat others in all that is learnt from, and "
            f"{n_twins:,} of {n:,} test rows repeat rows that were learnt from, with the same answers: if they are "
            "copies, the figures are too good"
        )
        remedy = "leave copies out, or keep them together by a column of groups"
        return (Finding("repeated rows", evidence, remedy),)


def findings_of(parts: Sequence[Twins | None]) -> tuple[Finding, ...]:
    """Return what is to be told of rows that several have counted, one part after the other."""
    whole, *others = parts
    if whole is None:
        return ()
    for other in filter(None, others):
        whole.join(other)
    return whole.findings()


def hashes_of(X: Array) -> Hashes:
    """Return 64 bits for each row of numbers, float32, which only equal rows share, by all odds.

    >>> a, b, c = hashes_of(np.array([[1, 0], [0, 1], [1, -0.0]], np.float32))
    >>> bool(a == c), bool(a == b)
    (True, False)
    """
    found = np.zeros(len(X), np.uint64)
    for j, factor in enumerate(bits(0, SPLIT, np.arange(X.shape[1])) | np.uint64(1)):
        found += (X[:, j] + np.float32(0)).view(np.uint32) * factor  # -0.0 is 0.0
    return mix(found)
