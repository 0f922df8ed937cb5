"""Sums of many inputs are made of blocks: in the order that NumPy is told here, bit for bit, of one row and of many."""

import numpy as np
import pytest

from selenite import backend
from selenite.nn import Network

pytest.importorskip("selenite._kernel", reason="installed without the kernel")
kernel = backend.get("kernel")


def in_order(X, weights, biases):
    """Return the sums of all inputs up to 256, of more those of blocks of 128, a row each."""
    found, n_in = None, len(weights)
    size = n_in if n_in <= 256 else 128
    for begin in range(0, n_in, size):
        sums = np.tile(biases if begin == 0 else np.zeros_like(biases), (len(X), 1))
        for i in range(begin, min(begin + size, n_in)):
            sums += X[:, [i]] * weights[i]
        found = sums if found is None else found + sums
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_in", [130, 256, 257, 384, 1000])
def test_the_order_of_a_sum(n_in, dtype):
    """Inputs are powers of 2, whose products are exact: so an instruction set with fused multiply-adds rounds alike."""
    rng = np.random.default_rng(n_in)
    X = rng.choice([0.0, 0.5, 1.0, -2.0], size=(100, n_in)).astype(dtype)
    network = Network((n_in, 37), ("identity",))
    parameters = rng.normal(size=network.n_parameters).astype(dtype)
    [weights], [biases] = network.weights(parameters), network.bias_vectors(parameters)
    wanted = in_order(X, weights, biases)
    np.testing.assert_array_equal(kernel.predict(network, parameters, X), wanted)
    np.testing.assert_array_equal(kernel.predict(network, parameters, X[:1]), wanted[:1])
    np.testing.assert_array_equal(kernel.trace(network, parameters, X, wanted).z[0], wanted)


def test_the_error_of_a_sum_hardly_grows_with_its_length():
    """A single chain of 10,000 equal terms would be wrong by 1e-4."""
    network = Network((10_000, 20), ("identity",))
    parameters = np.full(network.n_parameters, 0.1, np.float32)
    for n in (1, 100):
        found = kernel.predict(network, parameters, np.ones((n, 10_000), np.float32)).astype(float)
        np.testing.assert_allclose(found, 10_001 * float(np.float32(0.1)), rtol=1e-6)
