"""Learns how far answers lie from predictions, from rows that were not trained on."""

from __future__ import annotations

from functools import cache
from math import exp, lgamma, pi, sqrt

import numpy as np

from selenite.model.intervals import dot, effective_sample_size
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles
from selenite.types import Floats

ROWS_OF_A_GROUP, MOST_GROUPS = 200, 10
NODES, STEPS = 32, 12  # of the integral, and towards a quantile: to twelve digits at `LEVELS`


def learn_residual_quantiles(prediction: Floats, answers: Floats, weight: Floats | None = None) -> ResidualQuantiles:
    """Return the quantiles for rows that were not trained on, two at least: a group for each 200 rows, at most ten.

    They are those of n + 1 ranks, so that a new row's answer lies below the q-quantile with probability q. Where
    that lies beyond the outermost of few residuals, it is Student's, of a new one beside n normal ones. Rows count by
    their weight.

    >>> learnt = learn_residual_quantiles(np.zeros(99), np.arange(99.0))
    >>> learnt.quantile(np.array([0.0, 100.0]), 0.9).round(6).tolist()
    [89.0, 189.0]
    """
    n_groups = int(np.clip(len(answers) // ROWS_OF_A_GROUP, 1, MOST_GROUPS))
    edges = np.unique(np.quantile(prediction, np.linspace(0, 1, n_groups + 1)[1:-1]))
    groups = np.searchsorted(edges, prediction, side="right")
    kept = np.flatnonzero(np.bincount(groups, minlength=len(edges) + 1) > 1)
    edges = edges[kept[1:] - 1]
    groups = np.searchsorted(edges, prediction, side="right")
    residuals, weight = answers - prediction, np.ones(len(answers)) if weight is None else weight
    rows = [_quantiles(residuals[groups == g], weight[groups == g]).tolist() for g in range(len(edges) + 1)]
    return ResidualQuantiles(tuple(edges.tolist()), tuple(map(tuple, rows)))


def student_quantiles(levels: Floats, freedom: float) -> Floats:
    """Return the quantiles of Student's t distribution of so many degrees of freedom, shape (n_levels,).

    Where t = sqrt(freedom) sinh x, the density is cosh(x)^-freedom over its integral. Newton's steps from 0, which
    never go too far, find where the integral from 0 is what the level asks for.

    >>> student_quantiles(np.array([0.5, 0.75, 0.975]), 1.0).round(4).tolist()
    [0.0, 1.0, 12.7062]
    """
    nodes, shares = _nodes_and_shares()
    whole = sqrt(pi) * exp(lgamma(freedom / 2) - lgamma((freedom + 1) / 2))
    x = np.zeros_like(levels)
    for _ in range(STEPS):
        from_0 = x / 2 * (shares / np.cosh(np.outer(x / 2, 1 + nodes)) ** freedom).sum(axis=1)
        x = x + ((levels - 0.5) * whole - from_0) * np.cosh(x) ** freedom
    return sqrt(freedom) * np.sinh(x)


@cache
def _nodes_and_shares() -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(NODES)


def _quantiles(residuals: Floats, weight: Floats) -> Floats:
    """Return the residuals' quantiles at `LEVELS`."""
    in_order, levels, n = np.argsort(residuals, kind="stable"), np.array(LEVELS), effective_sample_size(weight)
    residuals, share = residuals[in_order], weight[in_order] / weight.sum() * n  # of n rows that weigh alike
    ranks = np.cumsum(share) - (share - 1) / 2
    ranked: Floats = np.interp(levels * (n + 1), ranks, residuals)
    center = dot(residuals, share) / n
    variance = dot((residuals - center) ** 2, share) / max(n - 1, 1)
    below, above = levels * (n + 1) < 1, (1 - levels) * (n + 1) < 1
    for beyond, further in ((below, np.minimum), (above, np.maximum)):
        if not beyond.any():
            continue
        normal = center + np.sqrt(variance * (1 + 1 / n)) * student_quantiles(levels[beyond], max(n - 1, 1))
        ranked[beyond] = further(ranked[beyond], normal)
    return ranked
