"""Each activation against a formula computed another way, and its derivative against differences."""

import numpy as np
import pytest
from scipy import special, stats

from selenite.nn.activations import ACTIVATIONS

Z = np.linspace(-8, 8, 161).reshape(-1, 1) + 0.01

INDEPENDENT = {
    "identity": lambda z: z,
    "logistic": special.expit,
    "tanh": lambda z: special.expit(2 * z) * 2 - 1,
    "relu": lambda z: (np.abs(z) + z) / 2,
    "leaky_relu": lambda z: np.where(z < 0, z / 100, z),
    "elu": lambda z: np.where(z < 0, np.exp(z) - 1, z),
    "selu": lambda z: np.where(z < 0, 1.7580993408473766 * (np.exp(z) - 1), 1.0507009873554805 * z),
    "gelu": lambda z: z * stats.norm.cdf(z),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "mish": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "softplus": lambda z: np.logaddexp(0, z),
    "exp": np.exp,
    "softmax": lambda z: special.softmax(z, axis=1),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_agrees_with_its_formula(name):
    z = np.hstack([Z, Z[::-1] / 2]) if name == "softmax" else Z
    np.testing.assert_allclose(ACTIVATIONS[name].value(z), INDEPENDENT[name](z), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_derivative_agrees_with_central_differences(name):
    activation, h = ACTIVATIONS[name], 1e-5
    differences = (activation.value(Z + h) - activation.value(Z - h)) / (2 * h)
    np.testing.assert_allclose(activation.derivative(Z, activation.value(Z)), differences, rtol=1e-7, atol=2e-10)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "exp"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_values_stay_finite_and_keep_their_type(name, dtype):
    z = np.array([[-1e4, 1e4], [-100, 100], [0, 0]], dtype)
    value = ACTIVATIONS[name].value(z.copy())
    assert value.dtype == dtype
    assert np.isfinite(value).all()
    if name != "softmax":
        slope = ACTIVATIONS[name].derivative(z, value)
        assert slope.dtype == dtype
        assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_never_writes_into_its_argument(name):
    z = np.array([[-1.0, 0.5], [2.0, -3.0]])
    before = z.copy()
    ACTIVATIONS[name].value(z)[:] = 7
    np.testing.assert_array_equal(z, before)
