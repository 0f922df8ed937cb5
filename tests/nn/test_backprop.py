"""The gradient: by hand, by differences for every allowed pair, and beside scikit-learn's with the same weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from sklearn.neural_network import MLPClassifier, MLPRegressor

from selenite.nn import Network, forward, initialize, input_gradient, loss_and_gradient, predict, trace
from selenite.nn.activations import ACTIVATIONS, OUTPUT_ONLY
from selenite.nn.losses import LOSSES

PAIRS = [(output, loss) for loss in LOSSES for output in LOSSES[loss].activations]
HIDDEN = [name for name in ACTIVATIONS if name not in OUTPUT_ONLY]


def central_differences(function, x, h=1e-6):
    """Fourth-order central differences, to stay below 1e-7 relative."""
    gradient = np.empty_like(x)
    for i in range(len(x)):
        e = np.zeros_like(x)
        e[i] = 50 * h
        gradient[i] = (8 * (function(x + e) - function(x - e)) - (function(x + 2 * e) - function(x - 2 * e))) / (
            600 * h
        )
    return gradient


def rows_for(network, rng, n=7):
    """Random rows, and targets of the kind that the loss is for."""
    X, shape = rng.normal(size=(n, network.n_inputs)), (n, network.n_outputs)
    if network.loss == "log_loss":
        if network.activations[-1] == "softmax":
            return X, np.eye(network.n_outputs)[rng.integers(network.n_outputs, size=n)]
        return X, rng.integers(2, size=shape).astype(float)
    return X, rng.poisson(2, shape).astype(float) if network.loss == "poisson" else rng.normal(size=shape) * 3


def assert_gradient(network, parameters, X, Y, **more):
    _, gradient = loss_and_gradient(network, parameters, X, Y, **more)
    differences = central_differences(lambda p: loss_and_gradient(network, p, X, Y, **more)[0], parameters)
    np.testing.assert_allclose(gradient, differences, rtol=1e-7, atol=1e-7 * np.abs(differences).max())


def test_one_example_by_hand():
    """2-2-1, logistic, ½ squared error, x = (1, 2), y = 1; numbers worked out with a pocket calculator's e^x.

    z1 = (0.1·1 + 0.3·2 + 0.5, 0.2·1 + 0.4·2 - 0.5) = (1.2, 0.5)     a1 = (0.76852478, 0.62245933)
    z2 = 0.6·0.76852478 - 0.7·0.62245933 + 0.1 = 0.12539334          a2 = 0.53130732
    loss = ½ (0.53130732 - 1)² = 0.10983642
    δ2 = (0.53130732 - 1)·0.53130732·(1 - 0.53130732) = -0.11671381
    δ1 = δ2·(0.6, -0.7)·a1(1 - a1) = (-0.01245764, 0.01919972)
    """
    network = Network((2, 2, 1), ("logistic", "logistic"), "squared_error")
    parameters = np.array([0.1, 0.2, 0.3, 0.4, 0.5, -0.5, 0.6, -0.7, 0.1])
    loss, gradient = loss_and_gradient(network, parameters, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    assert loss == pytest.approx(0.10983642, abs=1e-8)
    weights1 = [-0.01245764, 0.01919972, 2 * -0.01245764, 2 * 0.01919972]
    weights2 = [-0.11671381 * 0.76852478, -0.11671381 * 0.62245933]
    expected = [*weights1, -0.01245764, 0.01919972, *weights2, -0.11671381]
    np.testing.assert_allclose(gradient, expected, atol=2e-8)


@pytest.mark.parametrize(
    ("hidden", "output", "loss"),
    [(hidden, *pair) for i, hidden in enumerate(HIDDEN) for j, pair in enumerate(PAIRS) if (i + j) % 3 == 0],
)
def test_gradient_of_every_allowed_pair(hidden, output, loss):
    """Each behind a third of the hidden activations, which it does not know."""
    rng = np.random.default_rng(4)
    network = Network((3, 4, 2), (hidden, output), loss)
    for seed in range(20):  # a start away from the kinks of relu and the absolute error
        parameters = initialize(network, "normal", seed)
        X, Y = rows_for(network, rng)
        z, a = forward(network, parameters, X)
        gap = min(abs(z[0]).min(), abs(z[-1]).min(), abs(a[-1] - Y).min(), abs(abs(a[-1] - Y) - 1).min())
        if gap > 2e-3 or (loss in ("log_loss", "poisson") and abs(z[0]).min() > 2e-3):
            break
    else:
        pytest.fail("no start away from the kinks")
    assert_gradient(network, parameters, X, Y)


@pytest.mark.parametrize("loss", ["huber(0.3)", "huber(5)", "quantile(0.9)", "quantile(0.05)"])
def test_gradient_of_losses_with_a_number(loss):
    rng = np.random.default_rng(11)
    network = Network((2, 3, 1), ("tanh", "identity"), loss)
    assert_gradient(network, initialize(network, "normal", 2), *rows_for(network, rng))


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.sampled_from([1, 2, 3, 5]), min_size=2, max_size=5),
    biases=st.booleans(),
    l1=st.sampled_from([0.0, 0.2]),
    l2=st.sampled_from([0.0, 0.1]),
    weighted=st.booleans(),
    rows=st.integers(1, 6),
)
def test_gradient_of_any_shape(sizes, biases, l1, l2, weighted, rows):
    rng = np.random.default_rng(1)
    network = Network.of(sizes, "tanh", "squared_error", biases)
    X, Y = rows_for(network, rng, rows)
    weights = rng.uniform(0.1, 3, rows) if weighted else None
    assert_gradient(network, initialize(network, "normal", 3), X, Y, l1=l1, l2=l2, sample_weight=weights)


def test_gradient_under_dropout_is_that_of_the_masked_network():
    network = Network((3, 5, 4, 2), ("tanh", "silu", "softmax"), "log_loss")
    rng = np.random.default_rng(6)
    X, Y = rows_for(network, rng)
    masks = [rng.integers(2, size=(7, units)) / 0.5 for units in (5, 4)]
    assert_gradient(network, initialize(network, "lecun", 1), X, Y, masks=masks)


def test_input_gradient_agrees_with_differences():
    network = Network((4, 6, 3), ("gelu", "softmax"), "log_loss")
    parameters = initialize(network, "lecun", 5)
    x = np.random.default_rng(0).normal(size=4)
    for output in range(3):
        differences = approx_fprime(x, lambda v, o=output: forward(network, parameters, v[None])[0][-1][0, o], 1e-7)
        np.testing.assert_allclose(input_gradient(network, parameters, x[None], output)[0], differences, atol=1e-6)


def test_trace_terms_add_up_to_the_gradient():
    network = Network((3, 4, 2), ("mish", "logistic"), "log_loss")
    parameters = initialize(network, "he", 1)
    X, Y = rows_for(network, np.random.default_rng(2))
    seen = trace(network, parameters, X, Y)
    loss, gradient = loss_and_gradient(network, parameters, X, Y)
    assert seen.losses.mean() == pytest.approx(loss)
    for layer, slope in enumerate(network.weights(gradient)):
        np.testing.assert_allclose(seen.gradient_terms(layer).mean(axis=0), slope, atol=1e-15)
        np.testing.assert_allclose(seen.delta[layer].mean(axis=0), network.bias_vectors(gradient)[layer], atol=1e-15)


def test_the_penalties_by_hand():
    network, X, Y = Network((2, 1), ("identity",)), np.array([[1.0, 0], [0, 1]]), np.array([[2.0], [-3]])
    loss, gradient = loss_and_gradient(
        network, np.array([2.0, -3, 0]), X, Y, l1=0.5, l2=0.25
    )  # no error: only penalties
    assert loss == (0.5 * (2 + 3) + 0.25 * (4 + 9) / 2) / 2
    assert gradient.tolist() == [(0.5 + 0.25 * 2) / 2, (-0.5 - 0.25 * 3) / 2, 0]
    _, at_zero = loss_and_gradient(network, np.zeros(3), X, 0 * Y, l1=0.5)
    assert at_zero.tolist() == [0, 0, 0]


def test_weight_two_is_a_row_twice():
    network = Network((2, 3, 1), ("tanh", "identity"))
    parameters = initialize(network, "normal", 9)
    X, Y = rows_for(network, np.random.default_rng(3), 5)
    weight = np.array([1.0, 2, 1, 2, 0])
    twice = np.repeat(np.arange(5), weight.astype(int))
    weighted = loss_and_gradient(network, parameters, X, Y, sample_weight=weight, l1=0.2, l2=0.3)
    repeated = loss_and_gradient(network, parameters, X[twice], Y[twice], l1=0.2, l2=0.3)
    assert weighted[0] == pytest.approx(repeated[0], rel=1e-13)
    np.testing.assert_allclose(weighted[1], repeated[1], rtol=1e-12)


def test_log_loss_of_extreme_raw_output_is_finite_and_exact():
    network = Network((1, 1), ("logistic",), "log_loss", biases=False)
    loss, gradient = loss_and_gradient(network, np.array([1.0]), np.array([[1e4]]), np.array([[0.0]]))
    assert (loss, gradient[0]) == (1e4, 1e4)
    softmax = Network((1, 2), ("softmax",), "log_loss", biases=False)
    loss, _ = loss_and_gradient(softmax, np.array([1.0, -1.0]), np.array([[1e4]]), np.array([[0.0, 1.0]]))
    assert loss == 2e4


def copied(mlp):
    """The network and the parameters of a fitted scikit-learn MLP."""
    sizes = (mlp.coefs_[0].shape[0], *(coef.shape[1] for coef in mlp.coefs_))
    regression = isinstance(mlp, MLPRegressor)
    output = {"identity": "identity", "logistic": "logistic", "softmax": "softmax"}[mlp.out_activation_]
    network = Network(
        sizes,
        (mlp.activation,) * (len(sizes) - 2) + (output,),
        "squared_error" if regression else "log_loss",
    )
    pairs = zip(mlp.coefs_, mlp.intercepts_, strict=True)
    return network, np.concatenate([part.ravel() for pair in pairs for part in pair])


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("task", ["regression", "two outputs", "binary", "three classes", "multi-label"])
def test_prediction_loss_and_gradient_are_scikit_learns(activation, task):
    rng = np.random.default_rng(8)
    X = rng.normal(size=(40, 5))
    shared = {"hidden_layer_sizes": (7, 3), "activation": activation, "alpha": 0.3, "max_iter": 3, "random_state": 0}
    if task in ("regression", "two outputs"):
        Y = rng.normal(size=(40, 2 if task == "two outputs" else 1))
        mlp, y = MLPRegressor(**shared), Y.squeeze()
    else:
        mlp = MLPClassifier(**shared)
        y = rng.integers(2, size=(40, 3)) if task == "multi-label" else rng.integers(3, size=40)
        y = np.minimum(y, 1) if task == "binary" else y
        Y = np.eye(3)[y] if task == "three classes" else y.reshape(40, -1).astype(float)
    with pytest.warns(match="Maximum iterations"):
        mlp.fit(X, y)
    network, parameters = copied(mlp)

    prediction = predict(network, parameters, X)
    if task == "binary":
        prediction = np.hstack([1 - prediction, prediction])
    expected = (
        mlp.predict(X).reshape(prediction.shape) if "out" in task or task == "regression" else mlp.predict_proba(X)
    )
    np.testing.assert_allclose(prediction, expected, rtol=1e-12)

    weight = rng.uniform(0.5, 2, 40)
    loss, gradient = loss_and_gradient(network, parameters, X, Y, sample_weight=weight, l2=0.3)
    units = [X.shape[1], 7, 3, network.n_outputs]
    theirs = mlp._backprop(
        X,
        Y,
        weight,
        [X, *(np.empty((40, n)) for n in units[1:])],
        [np.empty((40, n)) for n in units[1:]],
        [np.empty_like(coef) for coef in mlp.coefs_],
        [np.empty_like(intercept) for intercept in mlp.intercepts_],
    )
    flat = np.concatenate([part.ravel() for pair in zip(*theirs[1:], strict=True) for part in pair])
    np.testing.assert_allclose(gradient, flat, rtol=1e-12, atol=1e-14)
    if task != "two outputs":  # scikit-learn reports the mean over outputs, its gradient is that of the sum
        assert loss == pytest.approx(theirs[0], rel=1e-12)
