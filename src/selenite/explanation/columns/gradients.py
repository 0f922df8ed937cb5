"""Integrated gradients: the slope of each input, averaged on the way from the baseline to the row, times the way.

    IG_i = (x_i - b_i) ∫₀¹ ∂f/∂x_i (b + α (x - b)) dα        (Sundararajan, Taly and Yan 2017)

By the fundamental theorem they add up to f(x) - f(b). That is checked: where the sum of slopes at some points misses
it, twice as many points are taken, so that bends of the network between them hardly matter.
"""

from __future__ import annotations

import numpy as np

from selenite.explanation.columns.quantity import Quantity
from selenite.types import Array, Floats

NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)  # on each piece of the way
FEWEST_PIECES, MOST_PIECES = 4, 256
TOLERANCE = 5e-4  # of a probability, or of the target's deviation
ROWS_AT_ONCE = 16_384


def integrated_gradients(quantity: Quantity, row: Array, background: Array) -> Floats:
    """Return the integrated gradient of each input, (n_inputs,), the mean over the background's rows as baselines."""
    x, starts = row.astype(np.float64), background.astype(np.float64)
    rise = quantity.precise_value(x[None]) - quantity.precise_value(starts)
    pieces = FEWEST_PIECES
    while True:
        parts = _integral(quantity, x, starts, pieces)
        gap = abs(float((parts.sum(axis=1) - rise).mean()))
        if gap <= TOLERANCE * quantity.unit or pieces >= MOST_PIECES:
            mean: Floats = parts.mean(axis=0)
            return mean
        pieces *= 2


def _integral(quantity: Quantity, x: Floats, starts: Floats, pieces: int) -> Floats:
    """Return the integrated gradients of each baseline, (n, n_inputs), by Gauss's rule on equal pieces of the way."""
    share = ((np.arange(pieces)[:, None] + (NODES + 1) / 2) / pieces).ravel()
    weight = np.tile(WEIGHTS / 2, pieces) / pieces
    parts = np.empty(starts.shape)
    step = max(1, ROWS_AT_ONCE // len(share))
    for at in range(0, len(starts), step):
        way = x - starts[at : at + step]
        points = starts[at : at + step, None] + share[:, None] * way[:, None]  # (baselines, points, inputs)
        slopes = quantity.gradient(points.reshape(-1, len(x))).reshape(points.shape)
        parts[at : at + step] = way * np.einsum("p,bpi->bi", weight, slopes)
    return parts
