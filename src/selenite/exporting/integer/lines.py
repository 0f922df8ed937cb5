"""A curve in integers: points with straight lines between them, and how far these are from the curve at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.types import Floats, Indices

DIVIDED = 0xFFFF  # steps longer than this are halved until they are not, see `interpolated` in runtime/integer.c


@dataclass(frozen=True)
class Lines:
    """Points in rising order; outside them the first and the last value holds."""

    xs: Indices
    ys: Indices
    step: float  # what 1 of ys stands for
    error: float  # the most that an interpolated value is from the curve, in the curve's own unit


def lines(xs: Indices, curve: Floats, step: float, *, within: float, between: float = 0.0) -> Lines:
    """Return as few points as hold a curve within a distance, and the distance that is proved of them.

    Parameters
    ----------
    xs : array of shape (n,)
        Rising places.
    curve : array of shape (n,)
        The curve there.
    step : float
        What an integer of the result stands for.
    within : float
        How far lines may pass from the curve at `xs`, rounding aside.
    between : float
        How far the curve is from straight lines between neighbours of `xs` at most.
    """
    wanted = curve / step
    rounded = np.round(wanted).astype(np.int64)
    kept = [0]
    while kept[-1] < len(xs) - 1:
        kept.append(_furthest(xs, wanted, rounded, kept[-1], within / step))
    at, ys = xs[kept], rounded[kept]
    missed = float(np.abs(np.interp(xs, at, ys) - wanted).max())
    long = np.diff(at) > DIVIDED
    halved = np.abs(np.diff(ys))[long] / (DIVIDED // 2)
    error = (missed + 0.5 + float(halved.max(initial=0.0))) * step + between
    return Lines(at, ys, step, error)


def _furthest(xs: Indices, wanted: Floats, rounded: Indices, start: int, within: float) -> int:
    """Return a point far on, to which a line from a point passes all between."""

    def passes(end: int) -> bool:
        share = (xs[start : end + 1] - xs[start]) / (xs[end] - xs[start])
        line = rounded[start] + (rounded[end] - rounded[start]) * share
        return bool(np.abs(line - wanted[start : end + 1]).max() <= within + 0.5)

    good, stride = start + 1, 2
    while start + stride < len(xs) and passes(start + stride):
        good, stride = start + stride, 2 * stride
    low, high = good, min(start + stride, len(xs))  # low passes; high does not, or is behind the last
    while high - low > 1:
        middle = (low + high) // 2
        if passes(middle):
            low = middle
        else:
            high = middle
    return low
