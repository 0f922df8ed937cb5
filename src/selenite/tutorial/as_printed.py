"""The perceptron of parts 1 and 2 as it is printed there, slip included.

The slip: the article takes the logistic function's derivative σ'(z) = σ(z) (1 - σ(z)) of the output a = σ(z) instead of
the sum z. The sign is right, so it learns all the same; where it ends is another place. `selenite.nn` has it right.
"""

from __future__ import annotations

import numpy as np

from selenite.types import Floats


def logistic(z: Floats) -> Floats:
    """Return 1 / (1 + e⁻ᶻ)."""
    return np.asarray(1 / (1 + np.exp(-z)))


def train_perceptron_as_printed(
    weights: Floats, bias: float, X: Floats, y: Floats, rate: float, epochs: int
) -> tuple[Floats, Floats]:
    """Return the weights with the bias last, and ½ Σ error² before each epoch's step.

    An epoch that changes no bit of the weights is the last that needs computing: all after it are the same.
    """
    weights, losses = weights.copy(), np.empty(epochs)
    for epoch in range(epochs):
        a = logistic(X @ weights + bias)
        error = a - y
        losses[epoch] = 0.5 * (error @ error)
        twice = logistic(a)  # the slip: σ taken once more
        delta = error * twice * (1 - twice)
        before = np.append(weights, bias)
        weights -= rate * (X.T @ delta)
        bias -= rate * delta.sum()
        if np.array_equal(before, np.append(weights, bias)):
            losses[epoch:] = losses[epoch]
            break
    return np.append(weights, bias), losses
