"""Each activation and its slope as formulas: the terms that a reader sees, with the numbers that they give.

An activation is a function of z; a slope, da/dz, is written with z and a as in `nn.activations`. Both are evaluated
here one number at a time by the C library, apart from the backend, so that the check is one.
"""

from __future__ import annotations

from math import erf, exp, inf, log1p, pi, sqrt, tanh
from typing import NamedTuple

from selenite.explanation.numbers.expansion import Pattern
from selenite.nn.activations import LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE


class Piece(NamedTuple):
    """One term of a formula: its pattern, the letters put into it, and its value."""

    pattern: Pattern
    letters: str  # "z" and "a", in the order of the pattern
    value: float


def logistic(z: float) -> float:
    return 1 / (1 + exp(-z)) if z > -700 else exp(z)


def softplus(z: float) -> float:
    return max(z, 0.0) + log1p(exp(-abs(z)))


def activation(name: str, z: float) -> list[Piece]:
    """Return the terms of a(z).

    Where a function is a small difference of large numbers, as tanh is near 0, it is written as that difference.

    >>> [piece.pattern.text for piece in activation("tanh", 0.5)]
    ['1', '-2 / (1 + e^(2 × {0}))']
    """
    if name == "identity":
        return [Piece(_IDENTITY, "z", z)]
    if name == "logistic":
        return [Piece(_LOGISTIC, "z", logistic(z))]
    if name == "tanh":
        return [_constant(1), Piece(_TANH, "z", -2 * logistic(-2 * z))]
    if name == "relu":
        return [Piece(Pattern("max(0, {0})", r"\max(0, {0})"), "z", max(0.0, z))]
    if name == "leaky_relu":
        return [Piece(_IDENTITY, "z", z) if z > 0 else _times(LEAKY_SLOPE, z)]
    if name == "elu":
        return [Piece(_IDENTITY, "z", z)] if z > 0 else [Piece(_EXP, "z", exp(z)), _constant(-1)]
    if name == "selu":
        if z > 0:
            return [_times(SELU_SCALE, z)]
        steep = SELU_SCALE * SELU_ALPHA
        pattern = Pattern(f"{steep} × e^({{0}})", rf"{steep} \cdot e^{{{{{{0}}}}}}")
        return [Piece(pattern, "z", steep * exp(z)), _constant(-steep)]
    if name == "gelu":
        pattern = Pattern("½ × {0} × erf({0} / √2)", r"\tfrac{{1}}{{2}} {0} \, \text{{erf}}({0} / \sqrt{{2}})")
        half = Pattern("½ × {0}", r"\tfrac{{1}}{{2}} {0}")
        return [Piece(half, "z", 0.5 * z), Piece(pattern, "z", 0.5 * z * erf(z / sqrt(2)))]
    if name == "silu":
        return [Piece(Pattern("{0} / (1 + e^(-{0}))", r"\frac{{{0}}}{{1 + e^{{-{0}}}}}"), "z", z * logistic(z))]
    if name == "mish":
        pattern = Pattern("-2 × {0} / (1 + (1 + e^({0}))²)", r"-\frac{{2 \cdot {0}}}{{1 + (1 + e^{{{0}}})^2}}")
        above = 1 + exp(min(z, 300.0))
        return [Piece(_IDENTITY, "z", z), Piece(pattern, "z", -2 * z / (1 + above * above))]
    if name == "softplus":
        return [Piece(Pattern("ln(1 + e^({0}))", r"\ln(1 + e^{{{0}}})"), "z", softplus(z))]
    return [Piece(_EXP, "z", exp(z) if z < 709.78 else inf)]


def slope(name: str, z: float, a: float) -> list[Piece]:
    """Return the terms of da/dz.

    >>> [piece.pattern.text for piece in slope("tanh", 0.5, 0.4621)]
    ['1', '-{0}²']
    """
    if name == "logistic":
        return [Piece(Pattern("{0} × (1 - {0})", "{0} (1 - {0})"), "a", a * (1 - a))]
    if name == "tanh":
        return [_constant(1), Piece(Pattern("-{0}²", "-{0}^2"), "a", -a * a)]
    if name == "exp":
        return [Piece(Pattern("{0}", "{0}"), "a", a)]
    if name == "softplus":
        return [Piece(_LOGISTIC, "z", logistic(z))]
    if name == "gelu":
        bell = z * exp(-0.5 * z * z) / sqrt(2 * pi)
        half = Pattern("½ × erf({0} / √2)", r"\tfrac{{1}}{{2}} \text{{erf}}({0} / \sqrt{{2}})")
        return [
            _constant(0.5),
            Piece(half, "z", 0.5 * erf(z / sqrt(2))),
            Piece(Pattern("{0} × e^(-{0}² / 2) / √(2π)", r"\frac{{{0} e^{{-{0}^2/2}}}}{{\sqrt{{2\pi}}}}"), "z", bell),
        ]
    if name == "silu":
        s = logistic(z)
        return [
            Piece(Pattern("σ({0})", r"\sigma({0})"), "z", s),
            Piece(Pattern("{0} × (1 - σ({1}))", r"{0} (1 - \sigma({1}))"), "az", a * logistic(-z)),
        ]
    if name == "mish":
        t = tanh(softplus(z))
        return [
            Piece(Pattern("tanh(ln(1 + e^({0})))", r"\tanh(\ln(1 + e^{{{0}}}))"), "z", t),
            Piece(
                Pattern(
                    "{0} × (1 - tanh²(ln(1 + e^({0})))) × σ({0})",
                    r"{0} (1 - \tanh^2(\ln(1 + e^{{{0}}}))) \sigma({0})",
                ),
                "z",
                z * (1 - t * t) * logistic(z),
            ),
        ]
    if name == "selu":
        if z > 0:
            return [_constant(SELU_SCALE)]
        return [Piece(Pattern("{0}", "{0}"), "a", a), _constant(SELU_SCALE * SELU_ALPHA)]
    if name == "elu" and z <= 0:
        return [Piece(Pattern("{0}", "{0}"), "a", a), _constant(1)]
    if name == "leaky_relu" and z <= 0:
        return [_constant(LEAKY_SLOPE)]
    return [_constant(0 if name == "relu" and z <= 0 else 1)]


def slope_formula(name: str) -> Pattern:
    """Return da/dz in symbols, for any z."""
    return _SLOPES[name]


def activation_formula(name: str) -> Pattern:
    """Return a(z) in symbols, for any z."""
    return _ACTIVATIONS[name]


def _constant(value: float) -> Piece:
    text = repr(value)
    return Piece(Pattern(text, text), "", value)


def _times(constant: float, z: float) -> Piece:
    return Piece(Pattern(f"{constant} × {{0}}", rf"{constant} \cdot {{0}}"), "z", constant * z)


_IDENTITY = Pattern("{0}", "{0}")
_LOGISTIC = Pattern("1 / (1 + e^(-{0}))", r"\frac{{1}}{{1 + e^{{-{0}}}}}")
_TANH = Pattern("-2 / (1 + e^(2 × {0}))", r"-\frac{{2}}{{1 + e^{{2 \cdot {0}}}}}")
_EXP = Pattern("e^({0})", "e^{{{0}}}")
_ACTIVATIONS = {
    "identity": Pattern("z", "z"),
    "logistic": Pattern("1 / (1 + e^(-z))", r"\frac{1}{1 + e^{-z}}"),
    "tanh": Pattern("tanh(z) = 1 - 2 / (1 + e^(2z))", r"\tanh z = 1 - \frac{2}{1 + e^{2z}}"),
    "relu": Pattern("max(0, z)", r"\max(0, z)"),
    "leaky_relu": Pattern(f"z if z > 0, else {LEAKY_SLOPE} × z", rf"\max(z, {LEAKY_SLOPE} \cdot z)"),
    "elu": Pattern("z if z > 0, else e^z - 1", r"z \text{ if } z > 0 \text{, else } e^z - 1"),
    "selu": Pattern(
        "s × z if z > 0, else s × α × (e^z - 1)", r"s z \text{ if } z > 0 \text{, else } s \alpha (e^z - 1)"
    ),
    "gelu": Pattern(
        "z × Φ(z) = ½ z + ½ z erf(z / √2)", r"z \, \Phi(z) = \tfrac{1}{2} z (1 + \text{erf}(z / \sqrt{2}))"
    ),
    "silu": Pattern("z / (1 + e^(-z))", r"\frac{z}{1 + e^{-z}}"),
    "mish": Pattern(
        "z × tanh(ln(1 + e^z)) = z - 2z / (1 + (1 + e^z)²)",
        r"z \tanh(\ln(1 + e^z)) = z - \frac{2z}{1 + (1 + e^z)^2}",
    ),
    "softplus": Pattern("ln(1 + e^z)", r"\ln(1 + e^z)"),
    "exp": Pattern("e^z", "e^z"),
}
_SLOPES = {
    "identity": Pattern("1", "1"),
    "logistic": Pattern("a × (1 - a)", "a (1 - a)"),
    "tanh": Pattern("1 - a²", "1 - a^2"),
    "relu": Pattern("1 if z > 0, else 0", r"1 \text{ if } z > 0 \text{, else } 0"),
    "leaky_relu": Pattern(f"1 if z > 0, else {LEAKY_SLOPE}", rf"1 \text{{ if }} z > 0 \text{{, else }} {LEAKY_SLOPE}"),
    "elu": Pattern("1 if z > 0, else a + 1", r"1 \text{ if } z > 0 \text{, else } a + 1"),
    "selu": Pattern("s if z > 0, else a + s × α", r"s \text{ if } z > 0 \text{, else } a + s \alpha"),
    "gelu": Pattern("Φ(z) + z × φ(z)", r"\Phi(z) + z \varphi(z)"),
    "silu": Pattern("σ(z) + a × (1 - σ(z))", r"\sigma(z) + a (1 - \sigma(z))"),
    "mish": Pattern(
        "t + z × (1 - t²) × σ(z), t = tanh(ln(1 + e^z))",
        r"t + z (1 - t^2) \sigma(z), \; t = \tanh(\ln(1 + e^z))",
    ),
    "softplus": Pattern("1 / (1 + e^(-z))", r"\frac{1}{1 + e^{-z}}"),
    "exp": Pattern("a", "a"),
}
