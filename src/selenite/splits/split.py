"""Which rows are put aside, once or fold by fold, and which stand for all where all are too many."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError
from selenite.nn.random import SPLIT, bits, permutation
from selenite.splits.folds import folds
from selenite.splits.grouping import ALONE, Grouping, different_rows
from selenite.types import Indices, Mask

Part = tuple[Indices, Indices]  # rows to fit on, rows to judge by
HASHED_AT_ONCE = 1 << 18


def split(n: int, fraction: float, seed: int, classes: Indices | None = None, grouping: Grouping = ALONE) -> Part:
    """Return (kept rows, rows put aside), each in ascending order.

    With `classes` (n,) the parts are stratified: of each class the fraction is put aside, rounded, and at least one row
    kept. At least one row is put aside and one kept where n >= 2. Copies of a row are drawn as one, with the class of
    the first. Whole groups are put aside, or the latest rows, whatever their classes.

    Parameters
    ----------
    n : int
        How many rows there are.
    fraction : float
        The share put aside, between 0 and 1.
    seed : int
    classes : array of shape (n,), optional
        Each row's class, from 0.
    grouping : Grouping
        Which rows belong together, or come later.

    Returns
    -------
    kept, aside : arrays of int

    Raises
    ------
    OptionError
        If all rows are of one group or one moment.

    Examples
    --------
    >>> split(10, 0.3, seed=0)[1]
    array([5, 8, 9])
    """
    if grouping.copies is not None:
        first, which = different_rows(grouping.copies)
        _, drawn = split(len(first), fraction, seed, None if classes is None else classes[first])
        return _parted(np.isin(which, drawn))
    if grouping.groups is not None or grouping.times is not None:
        fold = folds(n, max(round(1 / fraction), 2), seed, grouping=grouping)
        aside = fold == fold.max()
        if aside.all():
            what = "moment" if grouping.groups is None else "group"
            raise OptionError(f"all rows are of 1 {what}, too few to put one aside: at least 3 are needed")
        return _parted(aside)
    shuffled = permutation(seed, n, SPLIT)
    if classes is None:
        held_out = shuffled[: min(max(round(n * fraction), 1), n - 1)]
    else:
        # Rows of a class lie evenly over [0, 1), in shuffled order; those below the fraction are put aside.
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
    return _parted(mask)


def drawn_rows(n: int, most: float, seed: int, purpose: int) -> Indices:
    """Return all n rows, or as many as allowed, drawn by the seed for a purpose of `nn.random`; in ascending order.

    >>> drawn_rows(10, 3, 0, SPLIT), drawn_rows(3, 10, 0, SPLIT)
    (array([5, 8, 9]), array([0, 1, 2]))
    """
    return np.arange(n) if n <= most else np.sort(permutation(seed, n, purpose)[: int(most)])


def first_drawn(n: int, count: int, seed: int) -> Indices:
    """Return the first of the rows in the order in which a seed draws them to be put aside; in memory for those alone.

    >>> first_drawn(10, 3, seed=0), permutation(0, 10, SPLIT)[:3]
    (array([9, 5, 8]), array([9, 5, 8]))
    """
    rows, drawn = np.empty(0, np.int64), np.empty(0, np.uint64)
    for begin in range(0, n, HASHED_AT_ONCE):
        more = np.arange(begin, min(begin + HASHED_AT_ONCE, n))
        hashed = bits(seed, SPLIT, more)
        if len(rows) == count:  # few of many come before the last of these
            more, hashed = more[hashed < drawn[-1]], hashed[hashed < drawn[-1]]
        rows, drawn = np.append(rows, more), np.append(drawn, hashed)
        kept = np.argsort(drawn, kind="stable")[:count]
        rows, drawn = rows[kept], drawn[kept]
    return rows


def parts(
    n: int,
    n_folds: int,
    fraction: float,
    seed: int,
    classes: Indices | None = None,
    grouping: Grouping = ALONE,
) -> list[Part]:
    """Return which rows to fit on and which to judge by: of each fold, or with `n_folds` 0 of one split.

    With times each stretch but the first is judged, by a model of all rows before it.
    """
    if not n_folds:
        return [split(n, fraction, seed, classes, grouping)]
    if grouping.times is not None:  # a stretch of time is judged by what was learnt before it
        stretch = folds(n, n_folds + 1, seed, grouping=grouping)
        return [(np.flatnonzero(stretch < k), np.flatnonzero(stretch == k)) for k in range(1, int(stretch.max()) + 1)]
    fold = folds(n, n_folds, seed, classes=classes, grouping=grouping)
    return [_parted(fold == k) for k in range(int(fold.max()) + 1)]


def _parted(aside: Mask) -> Part:
    """Return the numbers of the rows that are not put aside, and of those that are."""
    return np.flatnonzero(~aside), np.flatnonzero(aside)
