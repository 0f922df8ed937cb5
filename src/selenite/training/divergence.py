"""Where a number first stopped being finite, in words."""

from __future__ import annotations

import numpy as np

from selenite.nn import Network, forward
from selenite.nn.backprop import row_losses
from selenite.types import Array


@np.errstate(all="ignore")
def explain_divergence(
    network: Network, parameters: Array, X: Array, Y: Array, epoch: int, learning_rate: float
) -> str:
    """Return which layer, loss or gradient overflowed in which epoch (counted from 1), and what to try."""
    where = _first_overflow(network, parameters, X, Y)
    return (
        f"training diverged in epoch {epoch}: {where}. The last finite weights are kept. "
        f"Try a smaller learning rate than {learning_rate:g}, such as {learning_rate / 10:g}, or scaled inputs"
    )


def _first_overflow(network: Network, parameters: Array, X: Array, Y: Array) -> str:
    if not np.isfinite(X).all():
        return "the inputs themselves are not finite"
    z, a = forward(network, parameters, X)
    for layer, (before, after) in enumerate(zip(z, a[1:], strict=True), start=1):
        bad = ~(np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1))
        if bad.any():
            name = "the output layer" if layer == network.n_layers else f"hidden layer {layer}"
            rows = f"{bad.sum():,} of {len(X):,} rows (first row {bad.argmax()})"
            return f"{name} is the first that is not finite, in {rows}"
    losses = row_losses(network, z[-1], a[-1], Y)
    if not np.isfinite(losses.sum()):
        largest = max(float(np.abs(layer).max()) for layer in z)
        return f"the loss is not finite; the largest value in a layer is {largest:.3g}"
    return "the gradient or the step was not finite, though every layer still was"
