"""Slips that need no network to be seen: a factor, a sign, a step, a penalty; from finite differences alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

import numpy as np

from selenite.gradient_check.slips.slip import Slip
from selenite.types import Array

Factor = tuple[Slip, float]  # a slip, and by how much it multiplies the gradient
ON_SQUARES = ("l2-on-biases", "l2-left-out", "l2-too-much")
ON_SIZES = ("l1-on-biases", "l1-left-out", "l1-too-much")
TELLING = ("learning-rate", "columns-for-rows", "missing-1/n", "extra-1/n")  # of two factors, the one that says most


def known_factors(n: int, d: int, k: int, rates: Mapping[str, float]) -> list[Factor]:
    """Return what a gradient may be multiplied by, the likeliest first: one factor, or two at once.

    There are n rows of d columns and k outputs; rates, by their names, lie beside the network.
    """
    missing, extra = "is missing: the gradient is summed over the", "too many: the gradient is averaged over the"
    rate = "the learning rate, {} = {:g}, is inside: it belongs to the step"
    table = [
        ("sign", "the sign is wrong", -1.0),
        ("missing-1/n", f"1/n {missing} rows, the loss is their mean", n),
        ("extra-1/n", f"there is a 1/n {extra} rows, the loss is their sum", 1 / n),
        ("factor-2", "a factor 2 is missing: twice as much is right", 0.5),
        ("factor-2", "a factor ½ is missing: half as much is right", 2.0),
        ("factor-n", f"1/outputs {missing} outputs, the loss is their mean", k),
        ("factor-n", f"there is a 1/outputs {extra} outputs, the loss is their sum", 1 / k),
        *(("learning-rate", rate.format(name, value), value) for name, value in rates.items()),
    ]
    if d > 2:  # with two it is no other than a 1/n and a factor ½
        columns = f"the gradient is divided by {d}, the number of columns, in place of {n}, that of rows"
        table.insert(7, ("columns-for-rows", columns, n / d))
    simple = [(Slip(name, sentence), value) for name, sentence, value in table if value not in (0, 1)]
    both = [
        (Slip(_telling(one.name, other.name), f"{one.sentence}; and {other.sentence}"), value * another)
        for (one, value), (other, another) in combinations(simple, 2)
        if abs(value * another - 1) > 1e-9
    ]
    return simple + both


def _telling(name: str, other: str) -> str:
    return next((one for one in TELLING if one in (name, other)), "factor-n")


def factor_slip(factor: float, factors: list[Factor], precision: float) -> Slip | None:
    """Return the slip of which a gradient is this many times too large, None if it is none."""
    return next((slip for slip, value in factors if abs(factor / value - 1) <= precision), None)


def unnamed_rate(factor: float, precision: float) -> Slip | None:
    """Return the slip of a rate whose name is not known: a round number below 1, with the right sign or without."""
    digits = float(f"{abs(factor):.1e}")
    if abs(factor) >= 1 or abs(abs(factor) / digits - 1) > precision:
        return None
    sign = " and the sign of the step" if factor < 0 else ""
    return Slip(
        "learning-rate",
        f"the gradient is {factor:.6g} times the right one, as a learning rate{sign} inside makes it",
        "They belong to the step" if sign else "It belongs to the step",
    )


def step_slip(given: Array, right: Array, parameters: Array, precision: float) -> Slip | None:
    """Return the slip of what is no gradient, but the parameters after a step."""
    table = np.column_stack([parameters.ravel(), right.ravel()])
    (share, rate), *_ = np.linalg.lstsq(table, given.ravel(), rcond=None)
    off = np.abs(table @ [share, rate] - given.ravel()).max()
    if abs(share - 1) > precision or rate == 0 or off > precision * np.abs(right * rate).max():
        return None
    return Slip(
        "parameters-returned",
        f"what is returned are the parameters after a step of {abs(rate):.4g} × gradient, not the gradient",
    )


def penalty_slip(groups: Iterable[tuple[list[Array], bool]], precision: float) -> Slip | None:
    """Return the slip in a penalty: what is off is a multiple of some of the parameters themselves, or of their signs.

    Of each group of parameters: the gradient given, the right one, the parameters, and whether they are biases.
    """
    touched = []
    for (given, right, parameters), of_biases in groups:
        tolerance = precision * max(float(np.abs(right).max()), 1e-12)
        if float(np.abs(given - right).max()) > tolerance:
            touched.append((given - right, parameters, tolerance, of_biases))
    if not touched:
        return None
    biases = {of_biases for *_, of_biases in touched}
    what = "bias" if biases == {True} else "weight"
    if (ratio := _multiple([(off, p, tolerance) for off, p, tolerance, _ in touched])) is not None:
        return _penalty(ON_SQUARES, ratio, biases, f"× {what}")
    signs: list[tuple[Array, Array, float]] = [(off, np.sign(p), tolerance) for off, p, tolerance, _ in touched]
    if all(s.min() == s.max() for _, s, _ in signs) or (ratio := _multiple(signs)) is None:
        return None  # of one sign alone it may be any constant
    return _penalty(ON_SIZES, ratio, biases, f"× sign of the {what}")


def _multiple(touched: list[tuple[Array, Array, float]]) -> float | None:
    """Return the number that, times the parameters, is what the gradient is off by; None if there is none.

    Of each group: what the gradient is off by, the parameters (or signs), and how exact the product must be.
    """
    ratios = [float(off @ p / (p @ p)) for off, p, _ in touched if p.any()]
    if not ratios or max(ratios) - min(ratios) > 1e-3 * max(map(abs, ratios)):
        return None
    ratio = float(np.mean(ratios))
    exact = all(
        float(np.abs(off - ratio * p).max()) <= max(tolerance, 2e-3 * float(np.abs(off).max()))
        for off, p, tolerance in touched
    )
    return ratio if exact else None


def _penalty(names: tuple[str, str, str], ratio: float, biases: set[bool], times: str) -> Slip:
    """Return the slip of a penalty of which the gradient has too much (`ratio` is positive), or lacks."""
    on_biases, left_out, too_much = names
    if biases == {True}:
        if ratio > 0:
            return Slip(
                on_biases, f"the gradient of the biases has a penalty, {ratio:.4g} {times}, that the loss has not"
            )
        return Slip(on_biases, f"the loss has a penalty on the biases; their gradient lacks {-ratio:.4g} {times}")
    of = "weights" if biases == {False} else "weights and biases"
    if ratio < 0:
        return Slip(left_out, f"the loss has a penalty on the {of} of which the gradient lacks {-ratio:.4g} {times}")
    return Slip(too_much, f"the gradient has {ratio:.4g} {times} of a penalty on the {of} too much for the loss")
