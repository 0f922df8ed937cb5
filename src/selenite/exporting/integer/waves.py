"""The waves of an embedding in integers: turns, a table of the cosine, and mixtures of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.columns import INPUT_BITS
from selenite.exporting.integer.curves import COSINE_BITS, TURN_BITS, cosine_lines
from selenite.exporting.integer.dense import Dense, dense, require_16_bits, weight_bits
from selenite.exporting.integer.reach import Matrix, Reach
from selenite.exporting.plan import Waves
from selenite.types import Floats, Indices

_PLACES, _LARGEST = 4097, 3.9
_FEWEST, _MOST = TURN_BITS - INPUT_BITS, 16  # digits of the frequencies


@dataclass(frozen=True)
class FixedWaves:
    """Of one input, x: turns = (x frequency + phase) >> shift, whose cosines `mixing` mixes."""

    frequencies: Indices
    phases: Indices
    shift: int
    mixing: Dense
    exponents: int  # components are divided by 2^exponents
    low: Floats  # components lie between these, so divided, (n_components,)
    high: Floats
    errors: Floats  # the most that they are from the exact ones of the same x
    slopes: Matrix  # of the components over x


def fixed_waves(members: list[Waves], low: float, high: float, exponent: int, bits: int) -> list[FixedWaves]:
    """Return the waves of each member, of an input between two bounds that was divided by 2^exponent."""
    largest = max(np.abs(one.frequencies).max() for one in members) * 2.0**exponent
    digits = min(int(np.floor(np.log2(32767 / max(largest, 2.0**-20)))), _MOST)
    if digits < _FEWEST:
        raise ExportError("a wave of the embedding turns too often for 32 bits; export without --integer")
    exact = [_exact(one, low, high, exponent) for one in members]
    tallest = max(float(np.abs(bounds).max()) for bounds, _ in exact)
    down = max(int(np.ceil(np.log2(max(tallest, 1e-9) * 1.02 / _LARGEST))), 0)
    return [
        _fixed(one, reach, slopes, exponent, digits, down, bits, max(abs(low), abs(high)))
        for one, (reach, slopes) in zip(members, exact, strict=True)
    ]


def _exact(waves: Waves, low: float, high: float, exponent: int) -> tuple[Matrix, Matrix]:
    """Return what the components lie between, and their slopes: at many places, and between these by the bend."""
    x = np.linspace(low, high, _PLACES)
    frequencies, mixing = 2 * np.pi * np.array(waves.frequencies) * 2.0**exponent, np.array(waves.mixing)
    turns = x[:, None] * frequencies + 2 * np.pi * np.array(waves.phases)
    values = np.cos(turns) @ mixing.T + np.array(waves.offsets)
    slopes = -np.sin(turns) * frequencies @ mixing.T
    half = (high - low) / (_PLACES - 1) / 2
    bend = half * (np.abs(mixing) @ frequencies**2)
    steep = half * (np.abs(mixing) @ np.abs(frequencies))
    return (values.min(axis=0) - steep, values.max(axis=0) + steep), (
        slopes.min(axis=0) - bend,
        slopes.max(axis=0) + bend,
    )


def _fixed(
    waves: Waves, reach: Matrix, slopes: Matrix, exponent: int, digits: int, down: int, bits: int, largest: float
) -> FixedWaves:
    wanted = np.array(waves.frequencies) * 2.0**exponent
    frequencies = np.round(wanted * 2.0**digits)
    turn = 2.0 ** (digits + INPUT_BITS)
    shift = digits + INPUT_BITS - TURN_BITS
    phases = np.round((np.array(waves.phases) % 1.0) * turn)
    cosine = cosine_lines()
    wrong = np.abs(frequencies / 2.0**digits - wanted) * largest + 0.5 / turn + 2.0 ** -(TURN_BITS + 1)
    of_cosine = 2 * np.pi * wrong + cosine.error
    mixing, offsets = np.array(waves.mixing).T / 2.0**down, np.array(waves.offsets) / 2.0**down
    ones = Reach.box(-np.ones(len(wanted)), np.ones(len(wanted)))
    digits_of = weight_bits(mixing, offsets, ones, COSINE_BITS, bits)
    mixed = dense(mixing, offsets, ones, input_bits=COSINE_BITS, weight_bits=digits_of, z_bits=INPUT_BITS)
    errors = mixed.errors + of_cosine @ np.abs(mixing)
    scale = 2.0**-down
    require_16_bits(reach[0] * scale - errors, reach[1] * scale + errors, INPUT_BITS)
    phases += 2 ** (shift - 1) if shift else 0  # what is cut off below is rounded so
    return FixedWaves(
        frequencies.astype(np.int64), phases.astype(np.int64), shift, mixed, down,
        reach[0] * scale - errors, reach[1] * scale + errors, errors, (slopes[0] * scale, slopes[1] * scale),
    )  # fmt: skip
