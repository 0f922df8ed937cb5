"""Learns how probable the right class is, from rows that were not trained on."""

from __future__ import annotations

import numpy as np

from selenite.model.intervals import effective_sample_size
from selenite.model.residual_quantiles import LEVELS
from selenite.types import Floats


def learn_truth_quantiles(of_truth: Floats, weight: Floats | None = None) -> tuple[float, ...]:
    """Return the thresholds at `LEVELS` from the probability that rows give their own class, (n,).

    At level q it is the rank (n + 1) q among them, so that a new row's own class lies below it with probability q at
    most; 0, which every class reaches, where that is below the first. Rows count by their weight.

    >>> learnt = learn_truth_quantiles(np.arange(1, 20) / 20)
    >>> learnt[LEVELS.index(0.1)], learnt[LEVELS.index(0.025)]
    (0.1, 0.0)
    """
    weight = np.ones(len(of_truth)) if weight is None else weight
    in_order = np.argsort(of_truth, kind="stable")
    n = effective_sample_size(weight)
    ranks = np.cumsum(weight[in_order]) / weight.sum() * n
    rank = np.searchsorted(ranks, np.array(LEVELS) * (n + 1) + 1e-9, side="right")
    return tuple(np.append(0.0, of_truth[in_order])[rank].tolist())
