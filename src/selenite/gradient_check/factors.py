"""Slips that need no network to be seen: a factor, a sign, a step, a penalty; from finite differences alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np

from selenite.gradient_check.slips import Slip
from selenite.types import Array

ON_SQUARES = ("l2-on-biases", "l2-left-out", "l2-too-much")
ON_SIZES = ("l1-on-biases", "l1-left-out", "l1-too-much")


@dataclass(frozen=True)
class Factors:
    """What a gradient may be multiplied by, for n rows of d columns and k outputs; rates lie beside the network."""

    n: int
    d: int
    k: int
    rates: Mapping[str, float] = field(default_factory=dict)  # by their names, such as learning_rate

    @cached_property
    def known(self) -> list[tuple[Slip, float]]:
        """Return the factors, by themselves and in pairs, the likeliest first."""
        missing, extra = "is missing: the gradient is summed over the", "too many: the gradient is averaged over the"
        simple = [
            (Slip("sign", "the sign is wrong"), -1.0),
            (Slip("missing-1/n", f"1/n {missing} rows, the loss is their mean"), float(self.n)),
            (Slip("extra-1/n", f"there is a 1/n {extra} rows, the loss is their sum"), 1 / self.n),
            (Slip("factor-2", "a factor 2 is missing: twice as much is right"), 0.5),
            (Slip("factor-2", "a factor ½ is missing: half as much is right"), 2.0),
            (Slip("factor-n", f"1/outputs {missing} outputs, the loss is their mean"), float(self.k)),
            (Slip("factor-n", f"there is a 1/outputs {extra} outputs, the loss is their sum"), 1 / self.k),
        ]
        if self.d > 1:
            columns = f"the gradient is divided by {self.d}, the number of columns, in place of {self.n}, that of rows"
            simple.append((Slip("columns-for-rows", columns), self.n / self.d))
        for name, rate in self.rates.items():
            slip = Slip("learning-rate", f"the learning rate, {name} = {rate:g}, is inside: it belongs to the step")
            simple.append((slip, rate))
        simple = [(slip, value) for slip, value in simple if value not in (0, 1)]
        pairs = [
            (Slip(_name_of_both(slip.name, other.name), f"{slip.sentence}; and {other.sentence}"), value * another)
            for (slip, value), (other, another) in combinations(simple, 2)
            if abs(value * another - 1) > 1e-9
        ]
        return simple + pairs

    def slip(self, factor: float, precision: float) -> Slip | None:
        """Return the slip of which a gradient is this many times too large, None if it is none."""
        return next((slip for slip, value in self.known if abs(factor / value - 1) <= precision), None)

    def rate(self, factor: float, precision: float) -> Slip | None:
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


def _name_of_both(name: str, other: str) -> str:
    """Return the name of two factors at once: that of the one that says most."""
    return next(
        (one for one in ("learning-rate", "columns-for-rows", "missing-1/n", "extra-1/n") if one in (name, other)),
        "factor-n",
    )


def updated_slip(given: Array, right: Array, parameters: Array, precision: float) -> Slip | None:
    """Return the slip of what is no gradient, but the parameters after a step."""
    table = np.column_stack([parameters, right])
    (share, rate), *_ = np.linalg.lstsq(table, given, rcond=None)
    off = np.abs(table @ [share, rate] - given).max()
    if abs(share - 1) > precision or rate == 0 or off > precision * np.abs(right * rate).max():
        return None
    return Slip(
        "parameters-returned",
        f"what is returned are the parameters after a step of {abs(rate):.4g} × gradient, not the gradient",
    )


def penalty_slip(
    given: Sequence[Array],
    right: Sequence[Array],
    parameters: Sequence[Array],
    is_bias: Sequence[bool],
    precision: float,
) -> Slip | None:
    """Return the slip in a penalty: what is off is a multiple of some of the parameters themselves, or of their signs.

    Each sequence has an array a parameter, with the values at several points behind one another.
    """
    off = [g - r for g, r in zip(given, right, strict=True)]
    sizes = [max(float(np.abs(r).max()), 1e-12) for r in right]
    touched = [float(np.abs(o).max()) > precision * size for o, size in zip(off, sizes, strict=True)]
    which = {bias for bias, t in zip(is_bias, touched, strict=True) if t}
    if not which:
        return None
    tolerances = [precision * size for size in sizes]
    what = "bias" if which == {True} else "weight"
    ratio = _multiple(off, parameters, touched, tolerances)
    if ratio is not None:
        return _named(ON_SQUARES, ratio, which, f"× {what}")
    signs = [np.sign(p) for p in parameters]
    both = any(t and s.min() < s.max() for s, t in zip(signs, touched, strict=True))  # else it may be any constant
    ratio = _multiple(off, signs, touched, tolerances) if both else None
    return None if ratio is None else _named(ON_SIZES, ratio, which, f"× sign of the {what}")


def _multiple(
    off: Sequence[Array], parameters: Sequence[Array], touched: Sequence[bool], tolerances: Sequence[float]
) -> float | None:
    """Return by which multiple of the penalised parameters the gradient is off; None if by no multiple."""
    ratios = [float(o @ p / (p @ p)) for o, p, t in zip(off, parameters, touched, strict=True) if t and (p @ p) > 0]
    if not ratios or max(ratios) - min(ratios) > 1e-3 * max(map(abs, ratios)):
        return None
    ratio = float(np.mean(ratios))
    for o, p, t, tolerance in zip(off, parameters, touched, tolerances, strict=True):
        if t and float(np.abs(o - ratio * p).max()) > max(tolerance, 2e-3 * float(np.abs(o).max())):
            return None
    return ratio


def _named(names: tuple[str, str, str], ratio: float, which: set[bool], times: str) -> Slip:
    """Return the slip of a penalty of which the gradient has too much (`ratio` is positive), or lacks."""
    on_biases, left_out, too_much = names
    if which == {True} and ratio > 0:
        text = f"the gradient of the biases has a penalty, {ratio:.4g} {times}, that the loss has not"
        return Slip(on_biases, text)
    if which == {True}:
        text = f"the loss has a penalty on the biases; their gradient lacks {-ratio:.4g} {times}"
        return Slip(on_biases, text)
    of = "weights" if which == {False} else "weights and biases"
    if ratio < 0:
        text = f"the loss has a penalty on the {of} of which the gradient lacks {-ratio:.4g} {times}"
        return Slip(left_out, text)
    return Slip(too_much, f"the gradient has {ratio:.4g} {times} of a penalty on the {of} too much for the loss")
