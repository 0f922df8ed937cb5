"""Each activation and its slope as the terms that a reader sees, with the numbers that they give.

Most are one term, the formula of `nn.activations` with numbers in place of z and a. Some are written here as several:
where the function has two branches, where a reader sees more in a sum, and where it is a small difference of large
numbers, as tanh is near 0. All are evaluated one number at a time in double precision, apart from the backend.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import pi, sqrt
from typing import Any, NamedTuple

import numpy as np

from selenite.explanation.numbers.expansion import Pattern
from selenite.nn.activations import (
    ACTIVATIONS,
    LEAKY_SLOPE,
    SELU_ALPHA,
    SELU_SCALE,
    logistic,
    normal_distribution,
    softplus,
)


class Part(NamedTuple):
    """One term in symbols, as text and in LaTeX, and its value from z and a, or from what else its letters are."""

    text: str
    latex: str
    value: Callable[..., Any]


class Parts(NamedTuple):
    """The terms where z is positive, and where it is not."""

    above: tuple[Part, ...]
    below: tuple[Part, ...]


def constant(value: float) -> Part:
    """Return a term that is always the same."""
    return Part(repr(value), repr(value), lambda z, a: value)


def times_z(factor: float) -> Part:
    """Return a multiple of z."""
    return Part(f"{factor} × z", rf"{factor} \cdot z", lambda z, a: factor * z)


def always(*parts: Part) -> Parts:
    """Return terms that are the same on both sides."""
    return Parts(parts, parts)


Z, A = Part("z", "z", lambda z, a: z), Part("a", "a", lambda z, a: a)
STEEP = SELU_SCALE * SELU_ALPHA
VALUES = {
    "tanh": always(
        constant(1), Part("-2 / (1 + e^(2 × z))", r"-\frac{2}{1 + e^{2 \cdot z}}", lambda z, a: -2 * logistic(-2 * z))
    ),
    "leaky_relu": Parts((Z,), (times_z(LEAKY_SLOPE),)),
    "elu": Parts((Z,), (Part("e^z", "e^z", lambda z, a: np.exp(z)), constant(-1))),
    "selu": Parts(
        (times_z(SELU_SCALE),),
        (Part(f"{STEEP} × e^z", rf"{STEEP} \cdot e^z", lambda z, a: STEEP * np.exp(z)), constant(-STEEP)),
    ),
    "gelu": always(
        Part("½ × z", r"\tfrac{1}{2} z", lambda z, a: 0.5 * z),
        Part(
            "½ × z × erf(z / √2)",
            r"\tfrac{1}{2} z \, \text{erf}(z / \sqrt{2})",
            lambda z, a: z * (normal_distribution(z) - 0.5),
        ),
    ),
    "mish": always(
        Z,
        Part(
            "-2 × z / (1 + (1 + e^z)²)",
            r"-\frac{2 \cdot z}{1 + (1 + e^z)^2}",
            lambda z, a: -2 * z / (1 + np.square(1 + np.exp(np.minimum(z, 300)))),
        ),
    ),
}
SLOPES = {
    "identity": always(constant(1)),
    "tanh": always(constant(1), Part("-a²", "-a^2", lambda z, a: -a * a)),
    "relu": Parts((constant(1),), (constant(0),)),
    "leaky_relu": Parts((constant(1),), (constant(LEAKY_SLOPE),)),
    "elu": Parts((constant(1),), (A, constant(1))),
    "selu": Parts((constant(SELU_SCALE),), (A, constant(STEEP))),
    "gelu": always(
        constant(0.5),
        Part(
            "½ × erf(z / √2)",
            r"\tfrac{1}{2} \text{erf}(z / \sqrt{2})",
            lambda z, a: normal_distribution(z) - 0.5,
        ),
        Part(
            "z × e^(-z² / 2) / √(2π)",
            r"\frac{z e^{-z^2/2}}{\sqrt{2\pi}}",
            lambda z, a: z * np.exp(-0.5 * z * z) / sqrt(2 * pi),
        ),
    ),
    "silu": always(
        Part("σ(z)", r"\sigma(z)", lambda z, a: logistic(z)),
        Part("a × (1 - σ(z))", r"a (1 - \sigma(z))", lambda z, a: a * logistic(-z)),
    ),
    "mish": always(
        Part("tanh(ln(1 + e^z))", r"\tanh(\ln(1 + e^z))", lambda z, a: np.tanh(softplus(z))),
        Part(
            "z × (1 - tanh²(ln(1 + e^z))) × σ(z)",
            r"z (1 - \tanh^2(\ln(1 + e^z))) \sigma(z)",
            lambda z, a: z * (1 - np.square(np.tanh(softplus(z)))) * logistic(z),
        ),
    ),
}


def value_parts(name: str) -> Parts:
    """Return the terms of a(z) in symbols."""
    of = ACTIVATIONS[name]
    return VALUES.get(name) or always(Part(*of.formula, lambda z, a: of.value(z)))


def slope_parts(name: str) -> Parts:
    """Return the terms of da/dz in symbols."""
    of = ACTIVATIONS[name]
    return SLOPES.get(name) or always(Part(*of.slope, of.derivative))


class Piece(NamedTuple):
    """One term with places for numbers: its pattern, the letters put into it, and its value."""

    pattern: Pattern
    letters: str  # "z" and "a", in the order of the pattern
    value: float


def activation(name: str, z: float) -> list[Piece]:
    """Return the terms of a(z).

    >>> [piece.pattern.text for piece in activation("tanh", 0.5)]
    ['1', '-2 / (1 + e^(2 × {0}))']
    """
    parts = value_parts(name)
    return [put_in(part, z=z, a=0.0) for part in (parts.above if z > 0 else parts.below)]


def slope(name: str, z: float, a: float) -> list[Piece]:
    """Return the terms of da/dz.

    >>> [piece.pattern.text for piece in slope("tanh", 0.5, 0.4621)]
    ['1', '-{0}²']
    """
    parts = slope_parts(name)
    return [put_in(part, z=z, a=a) for part in (parts.above if z > 0 else parts.below)]


def at(function: Callable[..., Any], *numbers: float) -> float:
    """Return the value of a function of arrays at numbers."""
    with np.errstate(over="ignore"):
        return float(np.ravel(function(*(np.array([number]) for number in numbers)))[0])


def put_in(part: Part, **numbers: float) -> Piece:
    """Return a term with places for the numbers where its symbols have their letters."""
    one = f"[{''.join(numbers)}]"
    a_letter, power = re.compile(f"(?<![A-Za-z]){one}(?![A-Za-z])"), re.compile(rf"\^({one})\b")
    text, latex = part.text, part.latex.replace("{", "{{").replace("}", "}}")
    letters = "".join(dict.fromkeys(a_letter.findall(text)))
    place = {letter: f"{{{i}}}" for i, letter in enumerate(letters)}
    text = a_letter.sub(lambda match: place[match[0]], power.sub(r"^(\1)", text))
    latex = a_letter.sub(lambda match: place[match[0]], power.sub(r"^{{\1}}", latex))
    return Piece(Pattern(text, latex), letters, at(part.value, *numbers.values()))
