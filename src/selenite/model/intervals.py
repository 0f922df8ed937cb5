"""Where a figure lies with 95 % confidence, and whether one model errs less than another: one interval for both.

A figure is a ratio of two sums over rows: of losses over rows, of squared errors over squared deviations, of one
model's losses over another's. Losses have long tails, which a normal or a percentile interval takes for too short: few
rows are large, and a sample that lacks them is low and sure of itself at once. Hall's transformation (1992, "On the
removal of skewness by transformation") takes the skewness out of the t statistic before it is compared with the normal
quantiles, and puts it back into the interval. How well it covers, tests/model/test_intervals.py counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selenite.nn.random import SPLIT, permutation
from selenite.types import AnyArray, Floats, Indices, Mask

Z = 1.96  # the normal quantile at 97.5 %
BLOCKS = 50  # of rows, that the jackknife leaves out in turn
Clusters = Indices | None  # the number, from 0 on, of what each row belongs to; None: each stands alone


def dot(a: AnyArray, b: AnyArray) -> float:
    """Return the sum of the products of two vectors (n,), whose order BLAS would choose by the number of its threads.

    >>> dot(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.multiply(a, b).sum())


def effective_sample_size(weight: Floats) -> float:
    """Return the effective sample size: how many rows of equal weight give a mean as precise (Kish 1965).

    >>> effective_sample_size(np.array([2.0, 2.0, 2.0])), effective_sample_size(np.array([1.0, 0.0]))
    (3.0, 1.0)
    """
    return float(weight.sum()) ** 2 / dot(weight, weight)


def ratio_interval(above: Floats, below: Floats, clusters: Clusters = None, z: float = Z) -> tuple[float, float]:
    """Return the 95 % interval of sum(above) / sum(below), both of shape (n,); (-inf, inf) where nothing tells it.

    Rows that belong together are one draw. Nothing is below 0 that cannot be. Another normal quantile `z` makes it
    another interval than that of 95 %.

    Examples
    --------
    >>> losses = np.random.default_rng(0).exponential(size=100)
    >>> low, high = ratio_interval(losses, np.ones(100))
    >>> bool(low < losses.mean() < high)
    True
    """
    if not (np.isfinite(above).all() and np.isfinite(below).all() and below.any()):
        return -np.inf, np.inf
    units = tuple(int(np.frexp(np.abs(one).max())[1]) for one in (above, below))  # so that no square overflows
    above, below = (sums_of(np.ldexp(one, -unit), clusters) for one, unit in zip((above, below), units, strict=True))
    n = len(above)
    if n < 2:
        return -np.inf, np.inf
    ratio, at_least_0, mean = float(above.sum() / below.sum()), bool((above >= 0).all()), below.mean()
    below *= ratio  # in place, as are all steps from here: there may be very many rows
    residual = np.subtract(above, below, out=above)
    residual /= mean  # of mean 0; the ratio's error is nearly the mean of their error
    del below
    deviation, skewness = float(residual.std(ddof=1)), 0.0
    if deviation:
        residual /= deviation
        skewness = float(np.power(residual, 3, out=residual).mean())
    low, high = skewed_interval(ratio, deviation, skewness, n, at_least_0, z)
    return float(np.ldexp(low, units[0] - units[1])), float(np.ldexp(high, units[0] - units[1]))


def skewed_interval(
    ratio: float, deviation: float, skewness: float, n: int, at_least_0: bool, z: float = Z
) -> tuple[float, float]:
    """Return the interval of a ratio whose error is the mean of n residuals of this deviation and skewness."""
    if deviation <= 1e-12 * abs(ratio):  # but for rounding
        return ratio, ratio
    error = deviation / np.sqrt(n)
    low, high = (ratio - _skewed(end, skewness, n) * error for end in (z, -z))
    return max(low, 0.0) if at_least_0 else low, high


def _skewed(z: float, skewness: float, n: int) -> float:
    """Return the t whose transform is z: t + skewness (t²/3 + 1/6) / √n + skewness² t³ / (27 n) (Hall 1992)."""
    if abs(skewness) < 1e-6:
        return z
    third = skewness / 3
    return float(np.sqrt(n) / third * (np.cbrt(1 + 3 * third * (z / np.sqrt(n) - skewness / (6 * n))) - 1))


def share_interval(right: Mask, clusters: Clusters = None, weight: Floats | None = None) -> tuple[float, float]:
    """Return Wilson's interval (1927) of a share, which stays honest at none and at all.

    Rows that belong together, or weigh differently, count as the number of rows alone that would tell as much (Kish's
    design effect).
    """
    n, weight = float(len(right)), np.ones(len(right)) if weight is None else weight
    share = dot(right, weight) / float(weight.sum())
    if clusters is not None or weight.min() < weight.max():
        alone = share * (1 - share) / n
        together = float((sums_of(weight * (right - share), clusters) ** 2).sum()) / weight.sum() ** 2
        n = n * min(alone / together, 1.0) if together else effective_sample_size(sums_of(weight, clusters))
    low, high = wilson(np.array(share), np.array(n))
    return float(low), float(high)


def wilson(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's intervals of shares of n rows each, of any shape.

    >>> [round(float(end), 4) for end in wilson(np.array(0.5), np.array(10.0))]
    [0.2366, 0.7634]
    """
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def sums_of(values: Floats, clusters: Clusters) -> Floats:
    """Return the sum of the rows of each cluster; of rows that stand alone, the values (n,) themselves."""
    if clusters is None:
        return values
    sums: Floats = np.bincount(clusters, values).astype(np.float64)
    return sums[np.bincount(clusters) > 0]


def design_effect(influence: Floats, clusters: Clusters) -> float:
    """Return how many times the variance of a sum over rows (n,) is that of rows alone (Kish), at least 1."""
    if clusters is None:
        return 1.0
    alone, sums = dot(influence, influence), sums_of(influence, clusters)
    return max(dot(sums, sums) / alone, 1.0) if alone else len(clusters) / len(np.unique(clusters))


def jackknife(
    of: Callable[[Indices], float], n: int, clusters: Clusters = None, strata: Indices | None = None
) -> Floats:
    """Return a figure of n rows without each of 50 blocks of them, (n_blocks,); whatever the figure is.

    Rows that belong together are in one block. A block that would leave nothing of a stratum is not left out.

    >>> sorted(jackknife(lambda rows: float(rows.mean()), 3).tolist())
    [0.5, 1.0, 1.5]
    """
    drawn = permutation(0, n if clusters is None else int(clusters.max()) + 1, SPLIT)
    if strata is not None and clusters is None:
        drawn = drawn[np.argsort(strata[drawn], kind="stable")]  # so that each block has its share
    block = np.empty(len(drawn), dtype=np.intp)
    block[drawn] = np.arange(len(drawn)) % BLOCKS
    block = block if clusters is None else block[clusters]
    kept = [np.flatnonzero(block != k) for k in np.unique(block)]
    there = 0 if strata is None else len(np.unique(strata))
    return np.array([of(rows) for rows in kept if strata is None or len(np.unique(strata[rows])) == there])


def jackknife_interval(value: float, without: Floats, z: float = Z) -> tuple[float, float]:
    """Return the 95 % interval of a figure by those without each block (Tukey 1958); (-inf, inf) where none tells."""
    n = len(without)
    if n < 2 or not np.isfinite(without).all():
        return -np.inf, np.inf
    half = z * float(np.sqrt((n - 1) * np.square(without - without.mean()).mean()))
    return value - half, value + half
