"""Sets of classes that hold the right one as often as asked.

A set takes every class at least as probable as a threshold: that which so many rows that were not trained on gave their
own class. Where new rows are like the old ones, the set then holds the right class at least as often as it says, and of
all such sets these are the smallest on average (Sadinle, Lei and Wasserman 2019).
"""

from __future__ import annotations

import numpy as np

from selenite.model.residual_quantiles import LEVELS
from selenite.types import Array, Mask


def class_sets(probabilities: Array, truth_quantiles: tuple[float, ...], coverage: float) -> Mask:
    """Return which classes each row's set holds, (n, n_classes): the most probable one always.

    `truth_quantiles` are those of the probability of rows' own classes, at `LEVELS`; of these the next one that
    covers as often as asked is taken.

    >>> class_sets(np.array([[0.9, 0.1], [0.55, 0.45]]), tuple(LEVELS), 0.6).tolist()
    [[True, False], [True, True]]
    """
    level = LEVELS[int(np.searchsorted(LEVELS, 1 - coverage + 1e-9, side="right")) - 1]
    inside: Mask = probabilities >= np.asarray(truth_quantiles[LEVELS.index(level)], probabilities.dtype)
    inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
    return inside
