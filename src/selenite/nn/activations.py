"""Each activation and its derivative.

An activation has its value a(z), and its derivative da/dz written with z and a, so that what the forward pass
has computed is not computed again. Softmax and exp are for the output only.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, pi, sqrt
from typing import NamedTuple, TypeVar

import numpy as np

from selenite.types import Array

Part = TypeVar("Part")
LEAKY_SLOPE = 0.01
SELU_SCALE = 1.0507009873554805  # fixed point of mean 0, variance 1: Klambauer et al. 2017
SELU_ALPHA = 1.6732632423543772


class Activation(NamedTuple):
    """A function of the pre-activation z, and its derivative from z and the activation a; both also in symbols."""

    value: Callable[[Array], Array]
    derivative: Callable[[Array, Array], Array]
    formula: tuple[str, str] = ("a(z)", "a(z)")  # as text and in LaTeX, written with z
    slope: tuple[str, str] = ("a'(z)", "a'(z)")  # likewise, with z and a
    words: str = ""  # what it makes of the sum z, to somebody who chooses one for a hidden layer


def identity(z: Array) -> Array:
    """Return z."""
    return z.copy()


def identity_derivative(z: Array, a: Array) -> Array:
    """Return 1."""
    return np.ones_like(z)


def logistic(z: Array) -> Array:
    """Return 1 / (1 + e⁻ᶻ); e⁻ᶻ may overflow to infinity, which gives the right 0."""
    with np.errstate(over="ignore"):
        a = np.exp(-z)
    a += 1
    return np.divide(1, a, out=a)


def logistic_derivative(z: Array, a: Array) -> Array:
    """Return a (1 - a)."""
    return a * (1 - a)


def tanh(z: Array) -> Array:
    """Return tanh z."""
    return np.tanh(z)


def tanh_derivative(z: Array, a: Array) -> Array:
    """Return 1 - a²."""
    return 1 - a * a


def relu(z: Array) -> Array:
    """Return z where it is positive, else 0."""
    return np.maximum(z, 0)


def relu_derivative(z: Array, a: Array) -> Array:
    """Return 1 where z is positive, else 0."""
    return (z > 0).astype(z.dtype)


def leaky_relu(z: Array) -> Array:
    """Return z where it is positive, else a hundredth of it (Maas et al. 2013)."""
    a: Array = np.maximum(z, LEAKY_SLOPE * z)
    return a


def leaky_relu_derivative(z: Array, a: Array) -> Array:
    """Return 1 where z is positive, else 0.01."""
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(LEAKY_SLOPE))


def elu(z: Array) -> Array:
    """Return z where it is positive, else eᶻ - 1 (Clevert et al. 2016)."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def elu_derivative(z: Array, a: Array) -> Array:
    """Return 1 where z is positive, else a + 1, which is eᶻ."""
    return np.where(z > 0, z.dtype.type(1), a + 1)


def selu(z: Array) -> Array:
    """Return s z where z is positive, else s α (eᶻ - 1) (Klambauer et al. 2017)."""
    return SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def selu_derivative(z: Array, a: Array) -> Array:
    """Return s where z is positive, else a + s α, which is s α eᶻ."""
    return np.where(z > 0, z.dtype.type(SELU_SCALE), a + SELU_SCALE * SELU_ALPHA)


def gelu(z: Array) -> Array:
    """Return z Φ(z), with Φ the normal distribution function (Hendrycks and Gimpel 2016)."""
    return z * normal_distribution(z)


def gelu_derivative(z: Array, a: Array) -> Array:
    """Return Φ(z) + z φ(z)."""
    return normal_distribution(z) + z * np.exp(-0.5 * z * z) * (1 / sqrt(2 * pi))


def silu(z: Array) -> Array:
    """Return z σ(z) (Elfwing et al. 2018)."""
    return z * logistic(z)


def silu_derivative(z: Array, a: Array) -> Array:
    """Return σ + z σ (1 - σ), which is σ + a (1 - σ)."""
    s = logistic(z)
    return s + a * (1 - s)


def mish(z: Array) -> Array:
    """Return z tanh(softplus z) (Misra 2019)."""
    a: Array = z * np.tanh(softplus(z))
    return a


def mish_derivative(z: Array, a: Array) -> Array:
    """Return t + z (1 - t²) σ(z) with t = tanh(softplus z)."""
    t = np.tanh(softplus(z))
    slope: Array = t + z * (1 - t * t) * logistic(z)
    return slope


def softplus(z: Array) -> Array:
    """Return log(1 + eᶻ) without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_derivative(z: Array, a: Array) -> Array:
    """Return σ(z)."""
    return logistic(z)


def exp(z: Array) -> Array:
    """Return eᶻ."""
    return np.exp(z)


def exp_derivative(z: Array, a: Array) -> Array:
    """Return a."""
    return a


def softmax(z: Array) -> Array:
    """Return e^z normalised to sum 1 in each row; the row's maximum is taken off first."""
    a: Array = np.exp(z - z.max(axis=1, keepdims=True))
    a /= a.sum(axis=1, keepdims=True)
    return a


def softmax_derivative(z: Array, a: Array) -> Array:
    """Raise: softmax has a matrix for a derivative; only the log loss, which folds it in, uses it."""
    raise NotImplementedError("softmax meets the log loss only, where delta = prediction - target")


def normal_distribution(z: Array) -> Array:
    """Return Φ(z) = ½ erfc(-z/√2), one value at a time by the C library."""
    found: Array = 0.5 * _erfc(z * -sqrt(0.5)).astype(z.dtype)
    return found


_erfc = np.frompyfunc(erfc, 1, 1)


class Named(dict[str, Part]):
    """Parts of a network by name; one of one's own, which carries its `part` (`selenite.nn.own`), is found, too."""

    def __missing__(self, name: str) -> Part:
        part: Part | None = getattr(name, "part", None)
        if part is None:
            raise KeyError(name)
        return part

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or hasattr(name, "part")


ACTIVATIONS: Named[Activation] = Named(
    {
        "identity": Activation(
            identity,
            identity_derivative,
            ("z", "z"),
            ("1", "1"),
            "The sum itself: layers of it are no better than one",
        ),
        "logistic": Activation(
            logistic,
            logistic_derivative,
            ("1 / (1 + e^(-z))", r"\frac{1}{1 + e^{-z}}"),
            ("a × (1 - a)", "a (1 - a)"),
            "From 0 to 1, in an S (sigmoid): the tutorial's",
        ),
        "tanh": Activation(
            tanh,
            tanh_derivative,
            ("tanh(z) = 1 - 2 / (1 + e^(2z))", r"\tanh z = 1 - \frac{2}{1 + e^{2z}}"),
            ("1 - a²", "1 - a^2"),
            "From -1 to 1, in an S",
        ),
        "relu": Activation(
            relu,
            relu_derivative,
            ("max(0, z)", r"\max(0, z)"),
            ("1 if z > 0, else 0", r"1 \text{ if } z > 0 \text{, else } 0"),
            "0 below 0, the sum itself above",
        ),
        "leaky_relu": Activation(
            leaky_relu,
            leaky_relu_derivative,
            (f"z if z > 0, else {LEAKY_SLOPE} × z", rf"\max(z, {LEAKY_SLOPE} \cdot z)"),
            (f"1 if z > 0, else {LEAKY_SLOPE}", rf"1 \text{{ if }} z > 0 \text{{, else }} {LEAKY_SLOPE}"),
            "As relu, with a hundredth of the sum below 0, so that no unit dies",
        ),
        "elu": Activation(
            elu,
            elu_derivative,
            ("z if z > 0, else e^z - 1", r"z \text{ if } z > 0 \text{, else } e^z - 1"),
            ("1 if z > 0, else a + 1", r"1 \text{ if } z > 0 \text{, else } a + 1"),
            "As relu, with a curve down to -1 below 0",
        ),
        "selu": Activation(
            selu,
            selu_derivative,
            ("s × z if z > 0, else s × α × (e^z - 1)", r"s z \text{ if } z > 0 \text{, else } s \alpha (e^z - 1)"),
            ("s if z > 0, else a + s × α", r"s \text{ if } z > 0 \text{, else } a + s \alpha"),
            "As elu, scaled so that values keep their spread from layer to layer",
        ),
        "gelu": Activation(
            gelu,
            gelu_derivative,
            ("z × Φ(z) = ½ z + ½ z erf(z / √2)", r"z \, \Phi(z) = \tfrac{1}{2} z (1 + \text{erf}(z / \sqrt{2}))"),
            ("Φ(z) + z × φ(z)", r"\Phi(z) + z \varphi(z)"),
            "A smooth relu: the sum times the share of a normal distribution below it",
        ),
        "silu": Activation(
            silu,
            silu_derivative,
            ("z / (1 + e^(-z))", r"\frac{z}{1 + e^{-z}}"),
            ("σ(z) + a × (1 - σ(z))", r"\sigma(z) + a (1 - \sigma(z))"),
            "A smooth relu: the sum times its logistic (swish)",
        ),
        "mish": Activation(
            mish,
            mish_derivative,
            (
                "z × tanh(ln(1 + e^z)) = z - 2z / (1 + (1 + e^z)²)",
                r"z \tanh(\ln(1 + e^z)) = z - \frac{2z}{1 + (1 + e^z)^2}",
            ),
            (
                "t + z × (1 - t²) × σ(z), t = tanh(ln(1 + e^z))",
                r"t + z (1 - t^2) \sigma(z), \; t = \tanh(\ln(1 + e^z))",
            ),
            "A smooth relu: the sum times tanh of its softplus",
        ),
        "softplus": Activation(
            softplus,
            softplus_derivative,
            ("ln(1 + e^z)", r"\ln(1 + e^z)"),
            ("1 / (1 + e^(-z))", r"\frac{1}{1 + e^{-z}}"),
            "A smooth relu that is never 0",
        ),
        "exp": Activation(exp, exp_derivative, ("e^z", "e^z"), ("a", "a")),
        "softmax": Activation(softmax, softmax_derivative),
    }
)
ALIASES = {"sigmoid": "logistic", "linear": "identity", "swish": "silu"}  # what others call them
OUTPUT_ONLY = ("exp", "softmax")
FALLING_SOMEWHERE = ("gelu", "silu", "mish")  # as z rises
HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name not in OUTPUT_ONLY)
