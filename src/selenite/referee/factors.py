"""Slips that need no network to be seen: a factor, a sign, a shape, a penalty; from finite differences alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from selenite.nn.activations import Array
from selenite.referee.slips import Slip


def known_factors(n: int, k: int) -> dict[str, float]:
    """Return what a gradient may be multiplied by, in words, for n rows and k outputs; the likeliest first."""
    simple = {
        "the sign is wrong": -1.0,
        "1/n is missing: the gradient is summed over the rows, the loss is their mean": float(n),
        "there is a 1/n too many: the gradient is averaged over the rows, the loss is their sum": 1 / n,
        "a factor 2 is missing: twice as much is right": 0.5,
        "a factor ½ is missing: half as much is right": 2.0,
        "1/outputs is missing: the gradient is summed over the outputs, the loss is their mean": float(k),
        "there is a 1/outputs too many: the gradient is averaged over the outputs, the loss is their sum": 1 / k,
    }
    known = {text: value for text, value in simple.items() if value != 1}
    for (text, value), (other, another) in combinations(known.items(), 2):
        if abs(value * another - 1) > 1e-9:
            known.setdefault(f"{text}; and {other}", value * another)
    return known


def factor_slip(factor: float, n: int, k: int, precision: float, where: str = "") -> Slip | None:
    """Return the slip of which a gradient is this many times too large, None if it is none."""
    for text, value in known_factors(n, k).items():
        if abs(factor / value - 1) <= precision:
            name = {-1.0: "sign", 0.5: "factor-2", 2.0: "factor-2"}.get(value, "factor-n")
            if "1/n" in text:
                name = "missing-1/n" if "is missing" in text.partition("1/n")[2][:20] else "extra-1/n"
            return Slip(name, f"{text}{where} (yours is {factor:.6g} times the right gradient)")
    return None


def penalty_slip(
    given: Sequence[Array],
    right: Sequence[Array],
    parameters: Sequence[Array],
    is_bias: Sequence[bool],
    precision: float,
) -> Slip | None:
    """Return the slip in a penalty: what is off is a multiple of some of the parameters themselves.

    Each sequence has an array a parameter, with the values at several points behind one another.
    """
    off = [g - r for g, r in zip(given, right, strict=True)]
    sizes = [max(float(np.abs(r).max()), 1e-12) for r in right]
    touched = [float(np.abs(o).max()) > precision * size for o, size in zip(off, sizes, strict=True)]
    if not any(touched):
        return None
    ratios = [float(o @ p / (p @ p)) for o, p, t in zip(off, parameters, touched, strict=True) if t and (p @ p) > 0]
    if not ratios or max(ratios) - min(ratios) > 1e-3 * max(map(abs, ratios)):
        return None
    ratio = float(np.mean(ratios))
    for o, p, t, size in zip(off, parameters, touched, sizes, strict=True):
        if t and float(np.abs(o - ratio * p).max()) > max(precision * size, 2e-3 * float(np.abs(o).max())):
            return None
    which = {bias for bias, t in zip(is_bias, touched, strict=True) if t}
    if which == {True} and ratio > 0:
        return Slip(
            "l2-on-biases", f"the gradient of the biases has a penalty, {ratio:.4g} × bias, that the loss has not"
        )
    if which == {True}:
        return Slip("l2-on-biases", f"the loss has a penalty on the biases; their gradient lacks {-ratio:.4g} × bias")
    of = "weights" if which == {False} else "weights and biases"
    if ratio < 0:
        return Slip(
            "l2-left-out", f"the loss has a penalty on the {of} of which the gradient lacks {-ratio:.4g} × weight"
        )
    return Slip("l2-too-much", f"the gradient has {ratio:.4g} × weight of a penalty on the {of} too much for the loss")
