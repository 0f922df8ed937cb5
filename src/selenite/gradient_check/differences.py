"""Derivatives by central differences, Richardson-extrapolated, with an estimate of their own error.

D(h) = (f(x + h) - f(x - h)) / 2h is off by h² f'''/6 + ...; (4 D(h/2) - D(h)) / 3 is off by h⁴ only, and the same
trick once more by h⁶. The step is the fifth root of the noise of f, which is measured; smaller ones are tried where the
values of different steps disagree, as they do across a kink of relu or of an absolute error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from selenite.types import Array

SMALLER = (1.0, 1 / 8, 1 / 64, 1 / 512, 1 / 4096)  # steps tried, of the first


class Derivative(NamedTuple):
    """A derivative and how far it may be off."""

    value: float
    error: float


def noise(f: Callable[[list[Array]], float], arrays: list[Array]) -> float:
    """Return the size of the rounding errors in f near some parameters (after Moré and Wild 2011).

    Along a line in tiny steps a smooth function is straight; what is left of its second differences is noise.
    """
    stream = np.random.default_rng(0)
    directions = [stream.choice([-1.0, 1.0], array.shape) for array in arrays]
    values = []
    for step in range(8):
        near = []
        for array, direction in zip(arrays, directions, strict=True):
            tiny = 8 * np.finfo(array.dtype).eps * np.maximum(np.abs(array), 0.1)
            near.append(np.asarray(array + step * tiny * direction, array.dtype))
        values.append(f(near))
    second = np.diff(values, 2)
    precision = max(float(np.finfo(array.dtype).eps) for array in arrays) if arrays else 1e-16
    return max(float(np.sqrt(np.mean(second**2) / 6)), precision * abs(values[0]), float(np.finfo(float).tiny))


def first_step(value: float, noise: float) -> float:
    """Return the first step where f has this value, as a share of what is moved."""
    return float(np.clip((noise / max(abs(value), noise)) ** 0.2, 1e-3, 0.05))


def derivative(
    f: Callable[[list[Array]], float],
    arrays: list[Array],
    which: int,
    entry: int,
    step: float,
    noise: float,
    enough: float,
) -> Derivative:
    """Return the derivative of f with respect to one entry of one array; an error below `enough` ends the search."""
    first = step * max(abs(float(arrays[which].flat[entry])), 0.3)
    best = Derivative(np.nan, np.inf)
    for share in SMALLER:
        slopes = [_slope(f, arrays, which, entry, first * share / 2**halving) for halving in range(3)]
        once = [(4 * slopes[i + 1] - slopes[i]) / 3 for i in range(2)]
        value = (16 * once[1] - once[0]) / 15
        error = abs(value - once[1]) + 8 * noise / (first * share)
        if np.isfinite(value) and error < best.error:
            best = Derivative(value, error)
        if best.error <= enough:
            break
    return best


def _slope(f: Callable[[list[Array]], float], arrays: list[Array], which: int, entry: int, h: float) -> float:
    """Return D(h); the step is the one that the array's type can hold."""
    at, values = [], []
    for sign in (1, -1):
        moved = arrays[which].copy()
        moved.flat[entry] += sign * h
        at.append(float(moved.flat[entry]))
        values.append(f([*arrays[:which], moved, *arrays[which + 1 :]]))
    return (values[0] - values[1]) / (at[0] - at[1]) if at[0] != at[1] else np.nan
