"""Folds of the rows, in which rows that belong together stay together."""

from __future__ import annotations

import numpy as np

from selenite.nn.random import SPLIT, permutation
from selenite.splits.grouping import ALONE, Grouping, different_rows
from selenite.types import Floats, Indices


def folds(n: int, n_folds: int, seed: int, *, classes: Indices | None = None, grouping: Grouping = ALONE) -> Indices:
    """Return the fold of each row, from 0 to n_folds - 1; folds are about equally large.

    With `classes` (n,) each fold has its share of each class. The rows of a group are all in one fold; with times a
    fold is a stretch of time, and rows of the same moment are in one fold. Few groups or moments make fewer folds, none
    of them empty; two or more make two or more. Copies of a row are drawn as one, with the class of the first.

    >>> folds(6, 3, seed=0).tolist()
    [2, 1, 1, 0, 2, 0]
    >>> folds(6, 3, seed=0, grouping=Grouping(times=np.array([60, 50, 40, 30, 20, 10]))).tolist()
    [2, 2, 1, 1, 0, 0]
    """
    if grouping.copies is not None:
        first, which = different_rows(grouping.copies)
        return folds(len(first), n_folds, seed, classes=None if classes is None else classes[first])[which]
    if grouping.times is not None:
        return _stretches(grouping.times, n_folds)
    if grouping.groups is not None:
        return _folds_of_groups(grouping.groups, n_folds, seed)
    shuffled = permutation(seed, n, SPLIT)
    if classes is not None:
        shuffled = shuffled[np.argsort(classes[shuffled], kind="stable")]
    fold = np.empty(n, dtype=np.intp)
    fold[shuffled] = np.arange(n) % n_folds
    return fold


def _stretches(times: Floats, n_folds: int) -> Indices:
    """Return the fold of each row: stretches of time of about as many rows each."""
    moments, moment = np.unique(times, return_inverse=True)
    sizes = np.bincount(moment, minlength=len(moments))
    middle = np.cumsum(sizes) - sizes / 2
    stretch = np.minimum(middle * n_folds / len(times), n_folds - 1).astype(np.intp)
    return np.unique(stretch, return_inverse=True)[1][moment]


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
