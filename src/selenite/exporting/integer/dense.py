"""A layer's weights in integers: rounded, with the most that a sum of theirs is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.reach import Reach
from selenite.types import Floats, Indices

SUM_LIMIT, FINEST_SUM = 2.0**31 - 2.0**16, 30  # digits after the point of a sum at most
LARGEST = 2**15 - 1  # of what is kept in 16 bits


@dataclass(frozen=True)
class Dense:
    """Of each unit: z = (inputs @ weights + bias) >> shift."""

    weights: Indices  # (n_out, n_in)
    biases: Indices  # (n_out,)
    shifts: Indices  # (n_out,)
    errors: Floats  # (n_out,), the most that z is from the exact layer's for the same inputs
    low: Floats  # z lies between these, (n_out,)
    high: Floats


def weight_bits(weights: Floats, biases: Floats, reach: Reach, input_bits: int, bits: int) -> Indices:
    """Return after how many binary digits each unit's weights are rounded: as many as there is room for."""
    largest = np.maximum(np.abs(weights).max(axis=0), 2.0**-40)
    room = np.floor(np.log2((2 ** (bits - 1) - 0.51) / largest))
    sums = np.maximum(np.abs(biases) + reach.most() @ np.abs(weights), 2.0**-40)
    most = np.minimum(np.floor(np.log2(SUM_LIMIT / (sums * 1.02))), FINEST_SUM) - input_bits
    return np.asarray(np.minimum(room, most), dtype=np.int64)


def dense(
    weights: Floats, biases: Floats, reach: Reach, *, input_bits: int, weight_bits: Indices, z_bits: int
) -> Dense:
    """Round a layer, (n_in, n_out) and (n_out,), whose inputs are integers of `input_bits`.

    What rounding the weights moves the sums by lies in an interval; its middle is taken off the bias.
    """
    scale = 2.0**weight_bits
    rounded = np.round(weights * scale)
    low, high = reach.sums(rounded / scale - weights)
    sum_scale = scale * 2.0**input_bits
    whole = np.round((biases - (low + high) / 2) * sum_scale)
    moved = whole / sum_scale - biases
    shifts = weight_bits + input_bits - z_bits
    widest = np.abs(whole) + reach.most() * 2.0**input_bits @ np.abs(rounded) + 2.0 ** np.maximum(shifts - 1, 0)
    if (shifts < 0).any() or (shifts > 30).any() or widest.max() >= 2.0**31:
        raise ExportError("the weights lie too far apart for sums of 32 bits; export without --integer")
    errors = np.maximum(np.abs(low + moved), np.abs(high + moved)) + np.where(shifts > 0, 0.5, 0.0) * 2.0**-z_bits
    z_low, z_high = reach.sums(weights)
    return Dense(
        rounded.T.astype(np.int64), whole.astype(np.int64), shifts, errors,
        z_low + biases - errors, z_high + biases + errors,
    )  # fmt: skip


def require_16_bits(low: Floats, high: Floats, bits: int) -> None:
    """Refuse values between bounds that do not fit into 16 bits with so many digits after the point."""
    if max(-float(low.min()), float(high.max())) * 2.0**bits > LARGEST:
        raise ExportError("rounding the weights moves values beyond 16 bits; export without --integer")
