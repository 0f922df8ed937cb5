"""The backward pass that slips change: without a change it is that of `nn`, and each piece of it matters."""

import numpy as np
import pytest

from selenite.gradient_check.layers import PIECES, Layers, backward
from selenite.nn import Network, initialize, loss_and_gradient

NETWORKS = [
    Network((3, 4, 2), ("tanh", "logistic"), "squared_error"),
    Network((3, 4, 5, 1), ("relu", "gelu", "identity"), "absolute_error", biases=False),
    Network((3, 2, 3), ("leaky_relu", "softmax"), "log_loss"),
    Network((3, 1), ("logistic",), "log_loss"),
]


def gradients(network, changes):
    stream = np.random.default_rng(0)
    parameters = initialize(network, seed=1) + 0.1
    X, Y = stream.normal(size=(7, 3)), stream.integers(0, 2, size=(7, network.n_outputs)).astype(float)
    layers = Layers(
        tuple(network.weights(parameters)), tuple(network.bias_vectors(parameters)), network.activations, network.loss,
        scale=1 / len(X),
    )  # fmt: skip
    _, ours = loss_and_gradient(network, parameters, X, Y)
    weights, biases = backward(layers, *layers.forward(X), Y, changes)
    return [*weights, *biases], [*network.weights(ours), *network.bias_vectors(ours)]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.loss)
def test_without_a_change_it_is_the_gradient(network):
    for found, right in zip(*gradients(network, {}), strict=True):
        assert (found is None) == (right is None)
        if right is not None:
            np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("piece", PIECES)
def test_each_piece_may_be_changed(piece):
    network = NETWORKS[2 if piece == "folded" else 0]
    doubled = {(piece, 1): lambda now, l: 2 * PIECES[piece](now, l)}
    found, right = gradients(network, doubled)
    assert any(not np.allclose(one, other) for one, other in zip(found, right, strict=True))
