"""The articles' own starting weights, for the networks that they train."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError
from selenite.nn import Network
from selenite.tutorial.networks import lesson, network_start, perceptron_start
from selenite.tutorial.runs import other_starts
from selenite.types import Floats


def article_start(network: Network) -> Floats:
    """Return the weights that the article draws; biases that it does not have start at zero."""
    if network.layer_sizes == (3, 1) and network.biases:
        return np.append(*perceptron_start(1))
    if network.layer_sizes == (2, 1) and network.biases:
        return np.append(*perceptron_start(2))
    if network.layer_sizes == (2, 4, 1):
        return _joined(network, *network_start())
    if network.layer_sizes == (2, 4, 3) and network.biases:
        return lesson("3").parameters
    sizes = "-".join(map(str, network.layer_sizes))
    raise OptionError(f"the articles start no {sizes} network; take another start, or 3-1, 2-1, 2-4-1 or 2-4-3")


def other_article_starts(network: Network) -> Floats:
    """Return 20 other draws of the 2-4-1 network's weights, shape (20, n_parameters)."""
    if network.layer_sizes != (2, 4, 1):
        raise OptionError("20 starts as in the article are for its 2-4-1 network; take another start")
    return np.array([_joined(network, *pair) for pair in zip(*other_starts(), strict=True)])


def _joined(network: Network, hidden: Floats, output: Floats) -> Floats:
    parameters = np.zeros(network.n_parameters)
    first, second = network.weights(parameters)
    first[:], second[:] = hidden.reshape(2, 4), output.reshape(4, 1)
    return parameters
