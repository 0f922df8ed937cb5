"""Many starts of the 2-4-1 network at once: one NumPy operation for all of them.

The same arithmetic as `selenite.nn` on a single network, with the networks stacked: the hidden pre-activations of K
networks on n rows are one product of (K · 4, inputs) with (inputs, n). Biases are weights of an input that is always 1.
"""

from __future__ import annotations

import numpy as np

from selenite.types import Floats


def train_starts(
    hidden: Floats, output: Floats, X: Floats, y: Floats, rate: float, epochs: int, biases: bool
) -> tuple[Floats, Floats]:
    """Train K networks by full-batch gradient descent on ½ Σ error²; return (½ Σ error², accuracy) of each.

    hidden: (K, inputs, units), output: (K, units); with biases the last input is the 1, and output has units + 1.
    """
    n_networks, n_inputs, n_units = hidden.shape
    first = np.ascontiguousarray(hidden.transpose(0, 2, 1).reshape(n_networks * n_units, n_inputs))
    second = output.copy()
    inputs = np.ascontiguousarray((np.column_stack([X, np.ones(len(X))]) if biases else X).T)  # (inputs, n)
    inputs_t = np.ascontiguousarray(inputs.T)
    n = len(X)
    a = np.empty((n_networks, n_units, n))
    flat = a.reshape(n_networks * n_units, n)
    slope, p, delta = np.empty_like(a), np.empty((n_networks, n)), np.empty((n_networks, n))
    d = np.empty_like(a)

    def forward() -> None:
        """Write the hidden activations into a and the predictions into p."""
        np.matmul(first, inputs, out=flat)
        logistic(flat)
        np.matmul(second[:, None, :n_units], a, out=p[:, None, :])
        if biases:
            np.add(p, second[:, n_units:], out=p)
        logistic(p)

    for _ in range(epochs):
        forward()
        np.subtract(p, y, out=delta)  # dE/dp
        np.multiply(delta, p, out=delta)
        np.subtract(1, p, out=p)
        np.multiply(delta, p, out=delta)  # δ of the output
        np.subtract(1, a, out=slope)
        np.multiply(slope, a, out=slope)
        np.multiply(second[:, :n_units, None], delta[:, None, :], out=d)
        np.multiply(d, slope, out=d)  # δ of the hidden layer
        second[:, :n_units] -= rate * np.matmul(a, delta[:, :, None])[:, :, 0]
        if biases:
            second[:, n_units] -= rate * delta.sum(axis=1)
        first -= rate * (d.reshape(-1, n) @ inputs_t)

    forward()
    return 0.5 * ((p - y) ** 2).sum(axis=1), ((p > 0.5) == (y > 0.5)).mean(axis=1)


def logistic(z: Floats) -> None:
    """Write 1 / (1 + e⁻ᶻ) into z."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    np.add(z, 1, out=z)
    np.divide(1, z, out=z)
