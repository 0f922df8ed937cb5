"""Mean and deviation of numbers that come bit by bit."""

from __future__ import annotations

import numpy as np

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

    BLOCK = 65_536

    def __init__(self) -> None:
        self._n, self._mean, self._squares, self._rest = 0, 0.0, 0.0, np.empty(0)

    def add(self, values: Floats) -> None:
        """Take in the next numbers."""
        values = np.concatenate([self._rest, values])
        whole = len(values) - len(values) % self.BLOCK
        for begin in range(0, whole, self.BLOCK):
            self._add_block(values[begin : begin + self.BLOCK])
        self._rest = values[whole:]

    @np.errstate(over="ignore", invalid="ignore")
    def _add_block(self, values: Floats) -> None:
        n, mean = len(values), float(values.mean())
        both, apart = self._n + n, mean - self._mean
        self._squares += float(((values - mean) ** 2).sum()) + apart**2 * self._n * n / both
        self._mean += apart * n / both
        self._n = both

    def center_and_width(self) -> tuple[float, float]:
        """Return mean and standard deviation."""
        if len(self._rest):
            self._add_block(self._rest)
            self._rest = np.empty(0)
        return self._mean, (self._squares / self._n) ** 0.5
