"""Each activation and its slope as the terms that a reader sees, with the numbers that they give.

Most are one term, the formula of `nn.activations` with numbers in place of z and a. Some are written here as several:
where the function has two branches, where a reader sees more in a sum, and where it is a small difference of large
numbers, as tanh is near 0. All are evaluated one number at a time in double precision, apart from the backend.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import erf, exp, pi, sqrt, tanh
from typing import NamedTuple

import numpy as np

from selenite.explanation.numbers.expansion import Pattern
from selenite.nn.activations import ACTIVATIONS, LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE, logistic, softplus
from selenite.types import Array


class Piece(NamedTuple):
    """One term of a formula: its pattern, the letters put into it, and its value."""

    pattern: Pattern
    letters: str  # "z" and "a", in the order of the pattern
    value: float


def at(function: Callable[..., Array], *numbers: float) -> float:
    """Return the value of a function of arrays at numbers."""
    with np.errstate(over="ignore"):
        return float(function(*(np.array([number]) for number in numbers))[0])


def activation(name: str, z: float) -> list[Piece]:
    """Return the terms of a(z).

    >>> [piece.pattern.text for piece in activation("tanh", 0.5)]
    ['1', '-2 / (1 + e^(2 × {0}))']
    """
    if name == "tanh":
        pattern = Pattern("-2 / (1 + e^(2 × {0}))", r"-\frac{{2}}{{1 + e^{{2 \cdot {0}}}}}")
        return [_constant(1), Piece(pattern, "z", -2 * at(logistic, -2 * z))]
    if name == "leaky_relu":
        return [_put_in(("z", "z"), z) if z > 0 else _times(LEAKY_SLOPE, z)]
    if name == "elu":
        return [_put_in(("z", "z"), z)] if z > 0 else [_put_in(("e^z", "e^z"), exp(z)), _constant(-1)]
    if name == "selu":
        if z > 0:
            return [_times(SELU_SCALE, z)]
        steep = SELU_SCALE * SELU_ALPHA
        return [_put_in((f"{steep} × e^z", rf"{steep} \cdot e^z"), steep * exp(z)), _constant(-steep)]
    if name == "gelu":
        second = ("½ × z × erf(z / √2)", r"\tfrac{1}{2} z \, \text{erf}(z / \sqrt{2})")
        return [
            _put_in(("½ × z", r"\tfrac{1}{2} z"), 0.5 * z),
            _put_in(second, 0.5 * z * erf(z / sqrt(2))),
        ]
    if name == "mish":
        above = 1 + exp(min(z, 300.0))
        second = ("-2 × z / (1 + (1 + e^z)²)", r"-\frac{2 \cdot z}{1 + (1 + e^z)^2}")
        return [_put_in(("z", "z"), z), _put_in(second, -2 * z / (1 + above * above))]
    return [_put_in(ACTIVATIONS[name].formula, at(ACTIVATIONS[name].value, z))]


def slope(name: str, z: float, a: float) -> list[Piece]:
    """Return the terms of da/dz.

    >>> [piece.pattern.text for piece in slope("tanh", 0.5, 0.4621)]
    ['1', '-{0}²']
    """
    if name == "tanh":
        return [_constant(1), _put_in(("-a²", "-a^2"), -a * a)]
    if name == "relu":
        return [_constant(int(z > 0))]
    if name == "leaky_relu":
        return [_constant(1 if z > 0 else LEAKY_SLOPE)]
    if name == "elu":
        return [_constant(1)] if z > 0 else [_put_in(("a", "a"), a), _constant(1)]
    if name == "selu":
        if z > 0:
            return [_constant(SELU_SCALE)]
        return [_put_in(("a", "a"), a), _constant(SELU_SCALE * SELU_ALPHA)]
    if name == "gelu":
        bell = ("z × e^(-z² / 2) / √(2π)", r"\frac{z e^{-z^2/2}}{\sqrt{2\pi}}")
        return [
            _constant(0.5),
            _put_in(("½ × erf(z / √2)", r"\tfrac{1}{2} \text{erf}(z / \sqrt{2})"), 0.5 * erf(z / sqrt(2))),
            _put_in(bell, z * exp(-0.5 * z * z) / sqrt(2 * pi)),
        ]
    if name == "silu":
        return [
            _put_in(("σ(z)", r"\sigma(z)"), at(logistic, z)),
            _put_in(("a × (1 - σ(z))", r"a (1 - \sigma(z))"), a * at(logistic, -z)),
        ]
    if name == "mish":
        t = tanh(at(softplus, z))
        steep = ("z × (1 - tanh²(ln(1 + e^z))) × σ(z)", r"z (1 - \tanh^2(\ln(1 + e^z))) \sigma(z)")
        return [
            _put_in(("tanh(ln(1 + e^z))", r"\tanh(\ln(1 + e^z))"), t),
            _put_in(steep, z * (1 - t * t) * at(logistic, z)),
        ]
    return [_put_in(ACTIVATIONS[name].slope, at(ACTIVATIONS[name].derivative, z, a))]


def _constant(value: float) -> Piece:
    return Piece(Pattern(repr(value), repr(value)), "", value)


def _times(constant: float, z: float) -> Piece:
    return _put_in((f"{constant} × z", rf"{constant} \cdot z"), constant * z)


def _put_in(symbols: tuple[str, str], value: float) -> Piece:
    """Return a term with places for the numbers where its symbols have z and a."""
    text, latex = symbols[0], symbols[1].replace("{", "{{").replace("}", "}}")
    letters = "".join(dict.fromkeys(_LETTER.findall(text)))
    place = {letter: f"{{{i}}}" for i, letter in enumerate(letters)}
    text = _LETTER.sub(lambda match: place[match[0]], re.sub(r"\^([za])\b", r"^(\1)", text))
    latex = _LETTER.sub(lambda match: place[match[0]], re.sub(r"\^([za])\b", r"^{{\1}}", latex))
    return Piece(Pattern(text, latex), letters, value)


_LETTER = re.compile("(?<![A-Za-z])[za](?![A-Za-z])")
