"""What units do, by definition: how much they count, how many stand at a limit, where they put a plane's grid."""

import numpy as np
import pytest

from selenite.errors import OptionError
from selenite.explanation.units import bent_grid, n_hidden_units, saturation, unit_importances
from selenite.nn import Network, forward, initialize

NETWORK = Network((2, 3, 4, 1), ("relu", "tanh", "logistic"), "log_loss")
PARAMETERS = 3 * initialize(NETWORK, seed=4)
X = np.random.default_rng(0).normal(size=(30, 2))


def test_a_unit_counts_by_its_weights_onward_and_how_far_it_varies():
    _, a = forward(NETWORK, PARAMETERS, X)
    found = unit_importances(NETWORK, PARAMETERS, X)
    for layer, weights in enumerate(NETWORK.weights(PARAMETERS)):
        by_hand = [np.sqrt((weights[unit] ** 2).sum()) * a[layer][:, unit].std() for unit in range(len(weights))]
        np.testing.assert_allclose(found[layer], by_hand, rtol=1e-12)
    assert found[-1].tolist() == [1.0]


def test_values_at_a_limit_are_counted():
    _, a = forward(NETWORK, PARAMETERS, X)
    assert saturation(NETWORK, PARAMETERS, X) == [np.mean(a[1] == 0), np.mean(np.abs(a[2]) > 0.98)]
    identity = Network((2, 3, 1), ("identity", "identity"))
    assert saturation(identity, initialize(identity), X) == [None]


def test_the_grid_of_a_plane_goes_where_the_layer_puts_its_places():
    def inputs_at(x, y):
        return np.column_stack([4 * x - 2, 2 * y - 1])

    lines = bent_grid(NETWORK, PARAMETERS, 2, (3, 0), inputs_at, 5)
    assert lines.shape == (42, 5, 2)
    corners = np.array([[-2.0, -1], [-2, 1], [2, 1], [2, -1]])
    _, a = forward(NETWORK, PARAMETERS, corners)
    np.testing.assert_allclose([lines[0][0], lines[0][-1], lines[20][-1], lines[21][-1]], a[2][:, [3, 0]], rtol=1e-9)
    alone = bent_grid(NETWORK, PARAMETERS, 1, (0, 1), inputs_at, 5, two_axes=False)
    assert alone.shape == (1, 5, 2)


def test_hidden_layers_are_counted_from_1():
    assert [n_hidden_units(NETWORK, layer) for layer in (1, 2)] == [3, 4]
    for layer in (0, 3):
        with pytest.raises(OptionError, match=f"no hidden layer {layer}; the network has 2, counted from 1"):
            n_hidden_units(NETWORK, layer)
