"""The embedding: by hand, by differences, its starts, and what it refuses."""

import numpy as np
import pytest

from selenite.errors import NetworkError
from selenite.nn import Embedding, Network, forward, initialize, input_gradient, jacobian, predict
from test_backprop import assert_gradient, central_differences, rows_for

EMBEDDINGS = [Embedding(), Embedding((1,), 1, 1), Embedding((0, 2), 5, 3), Embedding((0, 1, 2), 4, 4)]


def test_one_row_by_hand():
    """x = (0.5, 3), the first periodic: w = 1, b = 0.25, A = 2, c = -1; factors (10, 100, 1000).

    u = cos(2π (0.5·1 + 0.25)) = cos(1.5π) = 0;  e = 2·0 - 1 = -1;  features (5, 300, -1000).
    """
    network = Network((2, 1), ("identity",), embedding=Embedding((0,), 1, 1))
    parameters = np.array([1.0, 0.25, 2.0, -1.0, 10.0, 100.0, 1000.0, 1.0, 1.0, 1.0, 0.5])
    z, a = forward(network, parameters, np.array([[0.5, 3.0]]))
    np.testing.assert_allclose(a[0], [[5, 300, -1000]])
    np.testing.assert_allclose(z[0], [[5 + 300 - 1000 + 0.5]])


def test_views_lie_in_the_documented_order():
    network = Network((3, 4, 1), ("tanh", "identity"), embedding=Embedding((0, 2), 2, 3))
    parameters = np.arange(float(network.n_parameters))
    views = network.embedding_views(parameters)
    np.testing.assert_array_equal(views.frequencies, [[0, 1], [13, 14]])
    np.testing.assert_array_equal(views.phases, [[2, 3], [15, 16]])
    np.testing.assert_array_equal(views.mixing[0], [[4, 5], [6, 7], [8, 9]])
    np.testing.assert_array_equal(views.offsets, [[10, 11, 12], [23, 24, 25]])
    np.testing.assert_array_equal(views.factors, np.arange(26, 35))
    assert network.weights(parameters)[0][0, 0] == network.n_embedding == 35
    assert network.weights(parameters)[0].shape == (9, 4)
    views.mixing[1, 2, 1] = -1
    assert parameters[13 + 9] == -1


@pytest.mark.parametrize("embedding", EMBEDDINGS, ids=str)
def test_gradient(embedding):
    rng = np.random.default_rng(0)
    for network in (
        Network((3, 4, 2), ("tanh", "identity"), embedding=embedding),
        Network((3, 4, 3, 2), ("gelu", "tanh", "softmax"), "log_loss", embedding=embedding),
        Network((3, 1), ("logistic",), "log_loss", biases=False, embedding=embedding),
    ):
        parameters = 0.4 * rng.normal(size=network.n_parameters)
        X, Y = rows_for(network, rng)
        assert_gradient(network, parameters, X, Y, l1=0.2, l2=0.3)
        slope = input_gradient(network, parameters, X)
        for row, found in zip(X, slope, strict=True):
            differences = central_differences(
                lambda x, p=parameters, n=network: forward(n, p, x[None])[0][-1][0, 0], row
            )
            np.testing.assert_allclose(found, differences, rtol=1e-6, atol=1e-7)


def test_starts():
    network = Network((3, 4, 1), ("relu", "identity"), embedding=Embedding((0, 2)))
    views = network.embedding_views(initialize(network, seed=3))
    assert (views.factors == 1).all()
    assert 0.2 < views.frequencies.std() < 0.4
    assert np.abs(views.phases).max() <= 0.5
    assert np.abs(views.mixing).max() <= 0.25
    plain = Network((9, 4, 1), ("relu", "identity"))
    np.testing.assert_array_equal(network.weights(initialize(network))[0], plain.weights(initialize(plain))[0])
    assert (initialize(network, seed=3) == initialize(network, seed=3)).all()


def test_many_members_predict_their_mean():
    network = Network((3, 4, 2), ("tanh", "softmax"), "log_loss", embedding=Embedding((1,)))
    members = np.array([initialize(network, seed=seed) for seed in range(3)])
    X = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(
        predict(network, members, X), np.mean([predict(network, member, X) for member in members], axis=0), rtol=1e-14
    )


def test_what_is_refused():
    with pytest.raises(NetworkError, match="1 to 4 components"):
        Embedding((0,), n_components=5)
    with pytest.raises(NetworkError, match="1 frequency"):
        Embedding((0,), n_frequencies=0)
    for periodic in ((3,), (1, 0), (1, 1), (-1,)):
        with pytest.raises(NetworkError, match="rising order, from 0 to 2"):
            Network((3, 1), ("identity",), embedding=Embedding(periodic))
    network = Network((3, 1), ("identity",), embedding=Embedding())
    with pytest.raises(NetworkError, match="without an embedding"):
        jacobian(network, np.zeros(network.n_parameters), np.zeros((1, 3)))


def test_whole_turns_change_nothing():
    network = Network((1, 1), ("identity",), embedding=Embedding((0,), 3, 2))
    parameters = initialize(network, seed=1)
    X = np.linspace(-2, 2, 9)[:, None]
    before = predict(network, parameters, X)
    network.embedding_views(parameters).phases[:] += 5
    np.testing.assert_allclose(predict(network, parameters, X), before, atol=1e-13)
