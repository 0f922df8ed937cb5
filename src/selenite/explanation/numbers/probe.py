"""What the backend computes between the numbers that its trace shows, asked of the backend by small networks.

A unit with weight 1 and no bias hands a number on as it is, to the last bit; so a network of such units before, or
after, what is in question lets the backend itself say what it computes there.
"""

from __future__ import annotations

import numpy as np

from selenite.backend import Backend
from selenite.nn import Embedding, Network
from selenite.nn.activations import ACTIVATIONS, OUTPUT_ONLY
from selenite.types import Array

FAR_BELOW = -1e30  # any prediction is above: the derivative of the absolute error is 1


def slopes(verbs: Backend, activation: str, z: Array, a: Array) -> Array:
    """Return da/dz of an activation, shaped as z."""
    if activation in OUTPUT_ONLY:
        return ACTIVATIONS[activation].derivative(z, a)
    network = Network((1, 1, 1), (activation, "identity"), "absolute_error", biases=False)
    column = np.ascontiguousarray(z.reshape(-1, 1))
    seen = verbs.trace(network, np.ones(2, z.dtype), column, np.full_like(column, FAR_BELOW))
    slope: Array = seen.delta[0].reshape(z.shape)
    return slope


def activation_gradients(verbs: Backend, network: Network, parameters: Array, a: Array, Y: Array, layer: int) -> Array:
    """Return dloss/da of the layer, 0 being the features, shaped as a: the delta of an identity put after it."""
    n_units = a.shape[1]
    rest = Network(
        (n_units, n_units, *network.layer_sizes[layer + 1 :]),
        ("identity", *network.activations[layer:]),
        network.loss,
        network.biases,
    )
    above = parameters[len(parameters) - n_above(network, layer) :]
    own = np.concatenate([np.eye(n_units).ravel(), np.zeros(n_units * network.biases)]).astype(parameters.dtype)
    gradient: Array = verbs.trace(rest, np.concatenate([own, above]), a, Y).delta[0]
    return gradient


def n_above(network: Network, layer: int) -> int:
    """Return how many parameters the layers above this one have, 0 being the features."""
    sizes = network.widths
    return sum((sizes[l] + network.biases) * sizes[l + 1] for l in range(layer, network.n_layers))


def plain_features(verbs: Backend, network: Network, parameters: Array, X: Array) -> Array:
    """Return the features before their factors, (n, n_features)."""
    embedding = network.embedding
    if embedding is None:
        return X
    of_embedding = parameters[: network.n_embedding].copy()
    of_embedding[embedding.n_periodic_parameters() :] = 1
    found: Array = verbs.predict(*network.embedding_alone(of_embedding), X)
    return found


def waves(verbs: Backend, x: Array, frequency: float, phase: float) -> Array:
    """Return cos(2π (x w + b)) of each x, (n,)."""
    network = Network((1, 2), ("identity",), biases=False, embedding=Embedding((0,), 1, 1))
    parameters = np.array([frequency, phase, 1, 0, 1, 1, 1, 0, 0, 1], dtype=x.dtype)
    found: Array = verbs.predict(network, parameters, np.ascontiguousarray(x[:, None]))[:, 1]
    return found
