"""Learns how far answers lie from predictions, from rows that were not trained on."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from selenite.arrays import NDArray
from selenite.model.spread import LEVELS, Spread

ROWS_OF_A_GROUP, MOST_GROUPS = 200, 10
Numbers = NDArray[np.float64]


def learn_spread(prediction: Numbers, answers: Numbers) -> Spread:
    """Return the spread of rows that were not trained on, two at least: a group for each 200 rows, at most ten.

    Quantiles are those of n + 1 ranks, so that a new row's answer lies below the q-quantile with probability q. Where
    that lies beyond the outermost of few residuals, it is Student's, of a new one beside n normal ones.

    >>> spread = learn_spread(np.zeros(99), np.arange(99.0))
    >>> spread.quantile(np.array([0.0, 100.0]), 0.9).round(6).tolist()
    [89.0, 189.0]
    """
    n_groups = int(np.clip(len(answers) // ROWS_OF_A_GROUP, 1, MOST_GROUPS))
    edges = np.unique(np.quantile(prediction, np.linspace(0, 1, n_groups + 1)[1:-1]))
    groups = np.searchsorted(edges, prediction, side="right")
    kept = np.flatnonzero(np.bincount(groups, minlength=len(edges) + 1) > 1)
    edges = edges[kept[1:] - 1]
    groups = np.searchsorted(edges, prediction, side="right")
    residuals = answers - prediction
    rows = [_quantiles(residuals[groups == g]).tolist() for g in range(len(edges) + 1)]
    return Spread(tuple(edges.tolist()), tuple(map(tuple, rows)))


def _quantiles(residuals: Numbers) -> Numbers:
    """Return the residuals' quantiles at `LEVELS`."""
    n, levels = len(residuals), np.array(LEVELS)
    ranked: Numbers = np.quantile(residuals, levels, method="weibull")
    normal = residuals.mean() + residuals.std(ddof=1) * np.sqrt(1 + 1 / n) * stdtrit(n - 1, levels)
    below, above = levels * (n + 1) < 1, (1 - levels) * (n + 1) < 1
    ranked[below] = np.minimum(ranked, normal)[below]
    ranked[above] = np.maximum(ranked, normal)[above]
    return ranked
