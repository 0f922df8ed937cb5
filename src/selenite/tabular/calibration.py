"""Honest probabilities: one temperature for a whole ensemble, found on rows that were not trained on."""

from __future__ import annotations

import numpy as np

from selenite.arrays import NDArray
from selenite.nn import Network
from selenite.nn.activations import Array

TEMPERATURES = np.geomspace(0.25, 4.0, 81)
DOUBT = 5.0  # of a temperature far from 1, against the summed loss of the rows: a few rows prove little


def best_temperature(network: Network, raw_outputs: NDArray[np.float64], Y: Array, weight: Array | None) -> float:
    """Return the temperature by which raw outputs, divided, give the lowest log loss (Guo et al. 2017).

    raw_outputs: (most, n, n_outputs) of the members that were not trained on a row, NaN where there are fewer; their
    probabilities are averaged.
    """
    answers = Y.argmax(axis=1) if network.n_outputs > 1 else Y[:, 0].astype(np.intp)
    doubt = DOUBT / len(answers)
    losses = [
        np.average(-np.log(np.maximum(_chosen(network, raw_outputs / t, answers), 1e-12)), weights=weight)
        + doubt * np.log(t) ** 2
        for t in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(losses))])


def cool(network: Network, parameters: Array, temperature: float) -> None:
    """Divide the output layer by the temperature: write into all members' parameters, (n_members, n_parameters)."""
    for member in parameters:
        network.weights(member)[-1][:] /= temperature
        biases = network.bias_vectors(member)[-1]
        if biases is not None:
            biases /= temperature


def _chosen(network: Network, z: NDArray[np.float64], answers: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the mean probability that the members give to the right class, shape (n,)."""
    if network.n_outputs == 1:
        sign = np.where(answers == 1, 1.0, -1.0)
        p = 1 / (1 + np.exp(-np.clip(sign * z[..., 0], -700, 700)))
    else:
        e = np.exp(z - z.max(axis=2, keepdims=True))
        p = np.take_along_axis(e, answers[None, :, None], axis=2)[..., 0] / e.sum(axis=2)
    mean: NDArray[np.float64] = np.nanmean(p, axis=0)
    return mean
