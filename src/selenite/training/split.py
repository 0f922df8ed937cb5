"""Which rows are held out: drawn by the counter-based generator, so a seed names them for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selenite.nn.random import SPLIT, permutation

Rows = NDArray[np.intp]


def split(n: int, fraction: float, seed: int, classes: NDArray[np.intp] | None = None) -> tuple[Rows, Rows]:
    """Return (kept rows, held-out rows), each in ascending order.

    With `classes` the parts are stratified: of each class the fraction is held out, rounded so that the total is right,
    and a class of one row stays in the kept part. At least one row is held out and one kept where n >= 2.

    >>> split(10, 0.3, seed=0)[1]
    array([5, 8, 9])
    """
    shuffled = permutation(seed, n, SPLIT)
    wanted = min(max(round(n * fraction), 1), n - 1)
    if classes is None:
        held_out = shuffled[:wanted]
    else:
        # Rank each row within its class, and spread the ranks evenly over [0, 1): the lowest shares are held out.
        of_class = classes[shuffled]
        sizes = np.bincount(of_class)
        by_class = np.argsort(of_class, kind="stable")
        rank = np.empty(n)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        rank[by_class] = np.arange(n) - np.repeat(starts, sizes)
        share = (rank + 0.5) / sizes[of_class]
        share[rank == sizes[of_class] - 1] = np.inf  # the last of each class is kept
        wanted = min(wanted, int(np.isfinite(share).sum()))
        held_out = shuffled[np.argsort(share, kind="stable")[:wanted]]
    mask = np.zeros(n, dtype=bool)
    mask[held_out] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)
