"""Folds of the rows: drawn by the counter-based generator, so a seed names them for ever.

Copies of a row must not be held out while it trains, else the held-out rows judge too kindly: copies stay together, as
do rows of one group, and of rows in time neighbours.
"""

from __future__ import annotations

import numpy as np

from selenite.nn.random import SPLIT, permutation
from selenite.splits.split import different_rows
from selenite.types import AnyArray, Indices


def folds(
    n: int,
    n_folds: int,
    seed: int,
    *,
    classes: Indices | None = None,
    groups: Indices | None = None,
    times: AnyArray | None = None,
    copies: Indices | None = None,
) -> Indices:
    """Return the fold of each row, from 0 to n_folds - 1; folds are about equally large.

    With `classes` each fold has its share of each class. With `groups` (n,) the rows of a group are all in one fold;
    with `times` (n,) a fold is a stretch of time, and rows of the same moment are in one fold. Few groups or moments
    make fewer folds, none of them empty; two or more make two or more. Rows of one number in `copies` (n,) are drawn as
    one, with the class of the first.

    >>> folds(6, 3, seed=0).tolist()
    [2, 1, 1, 0, 2, 0]
    >>> folds(6, 3, seed=0, times=np.array([60, 50, 40, 30, 20, 10])).tolist()
    [2, 2, 1, 1, 0, 0]
    """
    if copies is not None:
        first, which = different_rows(copies)
        return folds(len(first), n_folds, seed, classes=None if classes is None else classes[first])[which]
    if times is not None:
        moments, moment = np.unique(times, return_inverse=True)
        sizes = np.bincount(moment, minlength=len(moments))
        middle = np.cumsum(sizes) - sizes / 2
        stretch = np.minimum(middle * n_folds / n, n_folds - 1).astype(np.intp)
        return np.unique(stretch, return_inverse=True)[1][moment]
    if groups is not None:
        return _folds_of_groups(groups, n_folds, seed)
    shuffled = permutation(seed, n, SPLIT)
    if classes is not None:
        shuffled = shuffled[np.argsort(classes[shuffled], kind="stable")]
    fold = np.empty(n, dtype=np.intp)
    fold[shuffled] = np.arange(n) % n_folds
    return fold


def _folds_of_groups(groups: Indices, n_folds: int, seed: int) -> Indices:
    """Return the fold of each row: the groups, the largest first, each into the fold with the fewest rows so far."""
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    fold_of_group = np.empty(len(sizes), dtype=np.intp)
    filled = np.zeros(n_folds)
    shuffled = permutation(seed, len(sizes), SPLIT)
    for one in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold = filled.argmin()
        fold_of_group[one] = fold
        filled[fold] += sizes[one]
    return fold_of_group[group]
