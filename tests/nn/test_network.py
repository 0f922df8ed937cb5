"""The description: its views of one vector, its starts, and what it refuses."""

import numpy as np
import pytest

from selenite.errors import NetworkError
from selenite.nn import INITIALIZERS, Network, initialize


def test_weights_and_biases_are_views_in_order():
    network = Network((2, 3, 1), ("tanh", "identity"))
    parameters = np.arange(13.0)
    first, second = network.weights(parameters)
    np.testing.assert_array_equal(first, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(network.bias_vectors(parameters)[0], [6, 7, 8])
    np.testing.assert_array_equal(second, [[9], [10], [11]])
    first[0, 0] = 50
    assert parameters[0] == 50
    assert network.n_parameters == 13


def test_without_biases():
    network = Network((2, 4, 1), ("logistic", "logistic"), biases=False)
    assert network.n_parameters == 12
    assert network.bias_vectors(np.zeros(12)) == [None, None]


def test_aliases_become_the_standard_name():
    assert Network((2, 1), ("sigmoid",)) == Network((2, 1), ("logistic",))


@pytest.mark.parametrize(
    ("description", "message"),
    [
        (dict(layer_sizes=(3,), activations=()), "at least 1, such as"),
        (dict(layer_sizes=(3, 0, 1), activations=("relu", "identity")), "at least 1"),
        (dict(layer_sizes=(3, 4, 1), activations=("relu",)), "1 activations for 2 layers"),
        (dict(layer_sizes=(3, 1), activations=("rely",)), "no activation 'rely'; there are identity"),
        (dict(layer_sizes=(3, 4, 1), activations=("softmax", "identity")), "softmax is for the output only"),
        (dict(layer_sizes=(3, 1), activations=("identity",), loss="hinge"), "no loss 'hinge'"),
        (dict(layer_sizes=(3, 1), activations=("relu",), loss="log_loss"), "log_loss goes with softmax, logistic"),
        (dict(layer_sizes=(3, 2), activations=("softmax",), loss="squared_error"), "softmax goes with log_loss"),
        (dict(layer_sizes=(3, 1), activations=("softmax",), loss="log_loss"), "for one output take logistic"),
        (dict(layer_sizes=(3, 1), activations=("identity",), loss="quantile(1.5)"), "between 0 and 1"),
        (dict(layer_sizes=(3, 1), activations=("identity",), loss="huber(x)"), "needs a number"),
        (dict(layer_sizes=(3, 1), activations=("identity",), loss="absolute_error(2)"), "takes no number"),
    ],
)
def test_nonsense_is_refused_with_what_would_work(description, message):
    with pytest.raises(NetworkError, match=message.replace("(", r"\(")):
        Network(**description)


@pytest.mark.parametrize(
    ("initializer", "deviation"),
    [("uniform", 12**-0.5), ("normal", 1), ("glorot", (2 / 500) ** 0.5), ("he", 0.1), ("lecun", 0.005**0.5)],
)
def test_starting_values_have_the_stated_spread(initializer, deviation):
    network = Network((200, 300, 1), ("relu", "identity"))
    weights = network.weights(initialize(network, initializer, seed=2))[0]
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert weights.mean() == pytest.approx(0.5 if initializer == "uniform" else 0, abs=3 * deviation / 60_000**0.5)
    biases = network.bias_vectors(initialize(network, initializer, seed=2))[0]
    assert bool(biases.any()) == (initializer in ("uniform", "normal"))


def test_unknown_initializer_names_the_known():
    with pytest.raises(NetworkError, match="there are uniform, normal, glorot"):
        initialize(Network((2, 1), ("identity",)), "xavier")
    assert len(INITIALIZERS) == 5
