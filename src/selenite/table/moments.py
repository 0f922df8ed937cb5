"""Mean and deviation of numbers that come bit by bit."""

from __future__ import annotations

import numpy as np

from selenite.table.limits import BLOCK_ROWS
from selenite.types import Floats


class Moments:
    """Mean and deviation of numbers that are added bit by bit: the same bits however they are parted.

    They are summed up in blocks of a fixed size, which are then joined (Chan, Golub and LeVeque 1983).

    >>> moments = Moments()
    >>> moments.add(np.array([1.0, 2.0]))
    >>> moments.add(np.array([6.0]))
    >>> moments.center_and_width()
    (3.0, 2.160246899469287)
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[int, float, float]] = []  # the size of each, its mean and its sum of squares
        self._rest: Floats = np.empty(0)

    def add(self, values: Floats) -> None:
        """Take in the next numbers."""
        values = np.concatenate([self._rest, values])
        whole = len(values) - len(values) % BLOCK_ROWS
        self._blocks += [_summed(values[begin : begin + BLOCK_ROWS]) for begin in range(0, whole, BLOCK_ROWS)]
        self._rest = values[whole:]

    def join(self, after: Moments) -> None:
        """Take in the numbers of another, which come next; those so far end with a block."""
        self._blocks += after._blocks
        self._rest = np.concatenate([self._rest, after._rest])

    @np.errstate(over="ignore", invalid="ignore")
    def center_and_width(self) -> tuple[float, float]:
        """Return mean and standard deviation."""
        n, center, squares = 0, 0.0, 0.0
        for size, mean, own_squares in [*self._blocks, *([_summed(self._rest)] if len(self._rest) else [])]:
            both, apart = n + size, mean - center
            squares += own_squares + apart**2 * n * size / both
            center += apart * size / both
            n = both
        return center, (squares / n) ** 0.5


@np.errstate(over="ignore", invalid="ignore")
def _summed(values: Floats) -> tuple[int, float, float]:
    mean = float(values.mean())
    return len(values), mean, float(((values - mean) ** 2).sum())
