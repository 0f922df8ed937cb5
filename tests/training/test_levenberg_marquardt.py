"""Levenberg-Marquardt against what is known in closed form, and on the tutorial's data."""

import numpy as np
import pytest

from selenite.errors import NetworkError, OptionError
from selenite.nn import ACTIVATIONS, Network, initialize, jacobian, predict
from selenite.nn.activations import OUTPUT_ONLY
from selenite.training import fit_lm
from selenite.tutorial.data import load_part
from selenite.tutorial.runs import starts_by_levenberg_marquardt

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = X @ RNG.normal(size=(3, 2)) + 0.3 + 0.1 * RNG.normal(size=(40, 2))
LINEAR = Network((3, 2), ("identity",))
ONES = np.column_stack([X, np.ones(40)])


@pytest.mark.parametrize("backend", ["kernel", "numpy"])
def test_a_linear_network_is_least_squares(backend):
    wanted, *_ = np.linalg.lstsq(ONES, Y, rcond=None)
    training = fit_lm(LINEAR, X, Y, backend=backend)
    np.testing.assert_allclose(training.parameters.reshape(4, 2), wanted, rtol=1e-8)
    assert training.ended == "converged"
    assert len(training.history) < 12


def test_the_penalty_is_ridge():
    """The weights' squares count 3, over all rows; the biases do not."""
    ridge = np.linalg.solve(ONES.T @ ONES + np.diag([3.0, 3, 3, 0]), ONES.T @ Y)
    np.testing.assert_allclose(fit_lm(LINEAR, X, Y, l2=3.0).parameters.reshape(4, 2), ridge, rtol=1e-6)


def test_weights_are_repeated_rows():
    network, weight = Network((3, 4, 2), ("tanh", "identity")), RNG.integers(1, 4, size=40)
    weighted = fit_lm(network, X, Y, sample_weight=weight.astype(float), iterations=5, l2=0.1)
    repeated = fit_lm(network, X.repeat(weight, axis=0), Y.repeat(weight, axis=0), iterations=5, l2=0.1)
    np.testing.assert_allclose(weighted.parameters, repeated.parameters, rtol=1e-7)


@pytest.mark.parametrize("output", sorted(set(ACTIVATIONS) - {"softmax", "relu", "leaky_relu"}))
def test_the_jacobian_is_that_of_finite_differences(output):
    network = Network((3, 5, 2), ("tanh", output), "poisson" if output in OUTPUT_ONLY else "squared_error")
    p = initialize(network, "normal", seed=1) / 2
    found, step = jacobian(network, p, X[:7]), 1e-6
    for k in range(network.n_parameters):
        up, down = p.copy(), p.copy()
        up[k] += step
        down[k] -= step
        slope = (predict(network, up, X[:7]) - predict(network, down, X[:7])) / (2 * step)
        np.testing.assert_allclose(found[:, :, k], slope, rtol=1e-6, atol=1e-8)


def test_the_jacobian_is_not_softmaxs():
    with pytest.raises(NetworkError, match="softmax's do not"):
        jacobian(Network((3, 2), ("softmax",), "log_loss"), np.zeros(8), X)


def test_the_tutorial_is_solved_from_nearly_every_start():
    """Uniform weights as the article draws them, and Glorot's: at least 19 of 20 within 40 iterations."""
    uniform = starts_by_levenberg_marquardt().iterations
    inputs, labels = load_part(2)
    network = Network((2, 4, 1), ("logistic", "logistic"))
    glorot = []
    for seed in range(20):
        curve = 100 * fit_lm(network, inputs, labels[:, None], iterations=40, seed=seed).history.loss
        glorot.append(int(np.argmax(curve <= 0.01)) + 1 if curve[-1] <= 0.01 else 0)
    for iterations in (uniform, np.array(glorot)):
        assert ((iterations > 0) & (iterations <= 40)).sum() >= 19
        assert np.median(iterations[iterations > 0]) <= 14


def test_what_it_is_not_for():
    with pytest.raises(OptionError, match="minimises squared errors; the loss log_loss with the output softmax"):
        fit_lm(Network((3, 2), ("softmax",), "log_loss"), X, Y)
    with pytest.raises(OptionError, match=r"make matrices of .* GiB, more than 1"):
        fit_lm(Network((3, 20_000, 2), ("tanh", "identity")), X, Y[:, :2])
