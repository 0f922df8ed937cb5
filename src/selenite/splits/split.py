"""Which rows are held out: drawn by the counter-based generator, so a seed names them for ever."""

from __future__ import annotations

import numpy as np

from selenite.nn.random import SPLIT, permutation
from selenite.types import Indices


def split(
    n: int,
    fraction: float,
    seed: int,
    classes: Indices | None = None,
    copies: Indices | None = None,
) -> tuple[Indices, Indices]:
    """Return (kept rows, held-out rows), each in ascending order.

    With `classes` the parts are stratified: of each class the fraction is held out, rounded, and at least one row kept.
    At least one row is held out and one kept where n >= 2. Rows of one number in `copies` (n,) are drawn as one, with
    the class of the first.

    >>> split(10, 0.3, seed=0)[1]
    array([5, 8, 9])
    """
    if copies is not None:
        first, which = different_rows(copies)
        _, drawn = split(len(first), fraction, seed, None if classes is None else classes[first])
        aside = np.isin(which, drawn)
        return np.flatnonzero(~aside), np.flatnonzero(aside)
    shuffled = permutation(seed, n, SPLIT)
    if classes is None:
        held_out = shuffled[: min(max(round(n * fraction), 1), n - 1)]
    else:
        # Rows of a class lie evenly over [0, 1), in shuffled order; those below the fraction are held out.
        of_class = classes[shuffled]
        sizes = np.bincount(of_class)
        starts = np.cumsum(sizes) - sizes
        rank = np.empty(n)
        rank[np.argsort(of_class, kind="stable")] = np.arange(n) - np.repeat(starts, sizes)
        kept_one = rank == sizes[of_class] - 1  # the last of each class stays
        share = np.where(kept_one, np.inf, (rank + 0.5) / sizes[of_class])
        held_out = shuffled[share < fraction]
        if len(held_out) == 0:
            held_out = shuffled[[np.argmin(share)]]
    mask = np.zeros(n, dtype=bool)
    mask[held_out] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def different_rows(copies: Indices) -> tuple[Indices, Indices]:
    """Return the first row of each number, by the numbers' order, and which of these each row (n,) is.

    >>> [one.tolist() for one in different_rows(np.array([7, 3, 7]))]
    [[1, 0], [1, 0, 1]]
    """
    _, first, which = np.unique(copies, return_index=True, return_inverse=True)
    return first, which
