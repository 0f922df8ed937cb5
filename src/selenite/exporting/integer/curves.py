"""The curves of a network (activations, cosine, halves) as lines, and what is known of their slopes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.lines import Lines, lines
from selenite.nn.activations import ACTIVATIONS, LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE
from selenite.types import Floats

WITHIN = 2.0**-12  # that lines pass from an activation
TURN_BITS, COSINE_BITS = 16, 14  # a turn is 65536, a cosine of 1 is 16384
HALF_BITS, SHARE_BITS = 12, 14  # of the exponents of 2, and of what they give
_GRID, _FLAT = 128, 32.0  # places a unit of z; beyond ±32 every activation is straight to 13 places
_STRAIGHT = 1e-12


class Shape(NamedTuple):
    """What an activation's derivatives lie between everywhere, and the least of its values where that is inside."""

    slopes: tuple[float, float]
    bend: float  # the most of the second derivative; infinite where the slope jumps at 0
    least: float = np.inf


SHAPES = {
    "identity": Shape((1.0, 1.0), 0.0),
    "logistic": Shape((0.0, 0.25), 0.0963),
    "tanh": Shape((0.0, 1.0), 0.7699),
    "relu": Shape((0.0, 1.0), np.inf),
    "leaky_relu": Shape((LEAKY_SLOPE, 1.0), np.inf),
    "elu": Shape((0.0, 1.0), 1.0),
    "selu": Shape((0.0, SELU_SCALE * SELU_ALPHA), np.inf),
    "gelu": Shape((-0.12891, 1.12891), 0.7979, -0.16998),
    "silu": Shape((-0.09985, 1.09985), 0.5001, -0.27847),
    "mish": Shape((-0.11253, 1.08850), 0.6443, -0.30885),
    "softplus": Shape((0.0, 1.0), 0.25),
}


def values_between(activation: str, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return what the activations of z between two bounds lie between."""
    value = ACTIVATIONS[activation].value
    ends = value(low), value(high)
    least = np.where(low < 0, SHAPES[activation].least, np.inf)
    return np.minimum(np.minimum(*ends), least), np.maximum(*ends)


def slopes_between(activation: str, low: Floats, high: Floats, places: int = 129) -> tuple[Floats, Floats]:
    """Return what the slopes of an activation between two bounds lie between."""
    shape = SHAPES[activation]
    if np.isinf(shape.bend):  # straight on one side of 0 at least
        left, right = _sides(activation, low), _sides(activation, high)
        return np.where(low > 0, right, shape.slopes[0]), np.where(high < 0, left, shape.slopes[1])
    z = np.linspace(low, high, places)
    slopes = ACTIVATIONS[activation].derivative(z, ACTIVATIONS[activation].value(z))
    between = (high - low) / (places - 1) / 2 * shape.bend
    lowest, highest = slopes.min(axis=0) - between, slopes.max(axis=0) + between
    return np.maximum(lowest, shape.slopes[0]), np.minimum(highest, shape.slopes[1])


def _sides(activation: str, z: Floats) -> Floats:
    """Return the most or least slope on the side of 0 where z lies."""
    left = {"relu": 0.0, "leaky_relu": LEAKY_SLOPE, "selu": SHAPES["selu"].slopes[1]}[activation]
    return np.where(z > 0, SELU_SCALE if activation == "selu" else 1.0, left)


def activation_lines(activation: str, low: float, high: float, z_bits: int, bits: int) -> Lines:
    """Return an activation over z between two bounds, in integers of z_bits to integers of bits."""
    most = _FLAT if SHAPES[activation].bend else 0.0
    inner = np.arange(np.floor(max(low, -most) * _GRID), np.ceil(min(high, most) * _GRID) + 1) / _GRID
    first, last = np.floor(low * 2.0**z_bits), np.ceil(high * 2.0**z_bits)
    every = np.unique(np.round(np.concatenate([[first, 0.0, last], inner * 2.0**z_bits])).astype(np.int64))
    places = every[(every >= first) & (every <= last)]
    z = places / 2.0**z_bits
    bend = {"leaky_relu": 0.0, "selu": SHAPES["selu"].slopes[1]}.get(activation, SHAPES[activation].bend)
    gap = (1.0 + 2 * 2.0 ** -(z_bits - 7)) / _GRID  # places are rounded
    between = gap * gap / 8 * bend + _STRAIGHT
    curve = np.asarray(ACTIVATIONS[activation].value(z), dtype=np.float64)
    return lines(places, curve, 2.0**-bits, within=WITHIN, between=between)


def cosine_lines() -> Lines:
    """Return the cosine of a turn of 65536."""
    places = np.arange(0, 2**TURN_BITS + 1, 32)
    curve = np.cos(2 * np.pi * places / 2**TURN_BITS)
    gap = 2 * np.pi * 32 / 2**TURN_BITS
    return lines(places, curve, 2.0**-COSINE_BITS, within=2.0**-13, between=gap * gap / 8)


def half_lines() -> Lines:
    """Return 2^-t for t from 0 to 1."""
    places = np.arange(0, 2**HALF_BITS + 1, 8)
    gap = 8 / 2**HALF_BITS * np.log(2.0)
    curve = 2.0 ** -(places / 2**HALF_BITS)
    return lines(places, curve, 2.0**-SHARE_BITS, within=2.0**-15, between=gap * gap / 8)


def check_activations(names: list[str], is_number: bool) -> None:
    """Refuse activations that are not known here."""
    unknown = [name for name in names[:-1] if name not in SHAPES]
    if unknown:
        raise ExportError(
            f"between what the slopes of {unknown[0]} lie is not known here, and the proof rests on it: "
            f"--integer takes hidden layers of {', '.join(SHAPES)}"
        )
    if names[-1] == "exp":
        raise ExportError(
            "the number is predicted by its logarithm, and what an exponential makes of a bound is of no use: "
            "fit with another loss, or export without --integer"
        )
    output = ("identity",) if is_number else ("softmax", "logistic")
    if names[-1] not in output:
        raise ExportError(f"the output's activation is {names[-1]}; --integer takes {' or '.join(output)}")
