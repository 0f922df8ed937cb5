"""What units do, by definition: where they put a plane's grid."""

import numpy as np
import pytest

from selenite.errors import OptionError
from selenite.explanation.units import bent_grid, n_hidden_units
from selenite.nn import Network, forward, initialize

NETWORK = Network((2, 3, 4, 1), ("relu", "tanh", "logistic"), "log_loss")
PARAMETERS = 3 * initialize(NETWORK, seed=4)
X = np.random.default_rng(0).normal(size=(30, 2))


def test_the_grid_of_a_plane_goes_where_the_layer_puts_its_places():
    def inputs_at(x, y):
        return np.column_stack([4 * x - 2, 2 * y - 1])

    lines = bent_grid(NETWORK, PARAMETERS, 2, (3, 0), inputs_at, 5)
    assert lines.shape == (42, 5, 2)
    corners = np.array([[-2.0, -1], [-2, 1], [2, 1], [2, -1]])
    _, a = forward(NETWORK, PARAMETERS, corners)
    np.testing.assert_allclose([lines[0][0], lines[0][-1], lines[20][-1], lines[21][-1]], a[2][:, [3, 0]], rtol=1e-9)


def test_hidden_layers_are_counted_from_1():
    assert [n_hidden_units(NETWORK, layer) for layer in (1, 2)] == [3, 4]
    for layer in (0, 3):
        with pytest.raises(OptionError, match=f"no hidden layer {layer}; the network has 2, counted from 1"):
            n_hidden_units(NETWORK, layer)
