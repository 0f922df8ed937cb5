"""The tutorial on both backends: the same to rounding until the run becomes chaotic, and the same in the end."""

import numpy as np
import pytest

from selenite import backend
from selenite.nn import Network, Optimizer, start
from selenite.tutorial.data import load_part
from selenite.tutorial.networks import network_start

pytest.importorskip("selenite._kernel", reason="installed without the kernel")
NETWORK = Network((2, 4, 1), ("logistic", "logistic"), "squared_error", biases=False)


def losses(name, epochs):
    X, y = load_part(2)
    parameters, optimizer = np.concatenate(network_start()), Optimizer("sgd", 50.0)
    state = start(optimizer, parameters)
    trained = backend.get(name).train(NETWORK, parameters, optimizer, state, X, y[:, None], n_epochs=epochs)
    return 100 * trained.loss


def test_the_first_thousand_epochs_are_numpys():
    np.testing.assert_allclose(losses("kernel", 1000), losses("numpy", 1000), rtol=1e-11)


def test_the_end_is_the_articles():
    assert losses("kernel", 200_000)[-1] == pytest.approx(1.5033444368568902, rel=1e-4)
