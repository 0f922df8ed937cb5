"""Elo ratings of learners from their errors on tables: the Bradley-Terry model, as TabArena rates its entries.

The learner of the lower error wins a table, equal errors half. Ratings r are those under which the wins are likeliest
when i beats j with probability 1 / (1 + 10^((r_j - r_i) / 400)).
"""

import numpy as np
from scipy.special import expit

SCALE = 400 / np.log(10)
RIDGE = 1e-6  # keeps the rating of a learner that wins or loses everywhere finite
MOST_STEPS, LONGEST = 60, 1.0  # of Newton's method, in strength


def wins(errors):
    """Return how much of each table each learner wins from each other: errors (learners, tables) to (i, j, tables)."""
    first, second = errors[:, None], errors[None]
    others = ~np.eye(len(errors), dtype=bool)[..., None]
    return ((first < second) + 0.5 * (first == second)) * others


def ratings(won, anchor, start=None):
    """Return the ratings, the anchor's being 1,000, from wins (i, j) summed over tables; from some to start with."""
    met, strength = won + won.T, np.zeros(len(won)) if start is None else (start - 1000) / SCALE
    for _ in range(MOST_STEPS):
        p = expit(strength[:, None] - strength[None])
        slope = (won - met * p).sum(axis=1) - 2 * RIDGE * strength
        bend = met * p * (1 - p)
        curvature = np.diag(bend.sum(axis=1) + 2 * RIDGE) - bend
        step = np.linalg.solve(curvature, slope).clip(-LONGEST, LONGEST)
        strength = strength + step
        if abs(step).max() < 1e-9:
            break
    return 1000 + SCALE * (strength - strength[anchor])


def intervals(won, anchor, draws=200, share=0.95):
    """Return the ratings, and the lower and upper ends of where they lie when the tables are drawn anew."""
    random, n = np.random.default_rng(0), won.shape[2]
    found = ratings(won.sum(axis=2), anchor)
    drawn = [ratings(won @ np.bincount(random.integers(n, size=n), minlength=n), anchor, found) for _ in range(draws)]
    return found, *np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2], axis=0)
