"""Slips in the derivative of an activation: another function's, a wrong formula, taken at the wrong place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from selenite.gradient_check.layers import FUNCTIONS, Layers, Pass, Piece, slope
from selenite.gradient_check.slips.slip import (
    FORMULAS,
    SHOWN,
    Candidate,
    Row,
    Slip,
    called,
    displaced,
    made_in,
    place,
    sets,
    sloped,
)
from selenite.types import Array

Slope = Callable[[Array, Array], Array]  # of a layer's z and a
# The slope as its author would write it: a formula in a, or a test of z.
AS_WRITTEN: dict[str, Slope] = {
    "logistic": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "relu": partial(slope, "relu"),
    "leaky_relu": partial(slope, "leaky_relu"),
}
WRONG_FORMULAS: dict[str, dict[str, Slope]] = {
    "logistic": {
        "1 - a": lambda z, a: 1 - a,
        "a": lambda z, a: a,
        "a(1 + a)": lambda z, a: a * (1 + a),
        "a(a - 1)": lambda z, a: a * (a - 1),
        "a²(1 - a)": lambda z, a: a * a * (1 - a),
        "a(1 - a)²": lambda z, a: a * (1 - a) ** 2,
        "(a(1 - a))²": lambda z, a: (a * (1 - a)) ** 2,
        "a(1 - z)": lambda z, a: a * (1 - z),
        "z(1 - a)": lambda z, a: z * (1 - a),
    },
    "tanh": {
        "1 - a": lambda z, a: 1 - a,
        "a": lambda z, a: a,
        "1 + a²": lambda z, a: 1 + a * a,
        "a² - 1": lambda z, a: a * a - 1,
        "(1 - a)²": lambda z, a: (1 - a) ** 2,
        "(1 - a²)²": lambda z, a: (1 - a * a) ** 2,
        "1 / cosh z": lambda z, a: 1 / np.cosh(z),
    },
}
WRONG_RELUS: dict[str, Piece] = {
    "of the delta that arrives": lambda now, l: (now.bare > 0).astype(float),
    "of 1 - z": lambda now, l: (now.z[l] < 1).astype(float),
    "the wrong way round (1 where z < 0)": lambda now, l: (now.z[l] < 0).astype(float),
    "of |z|, 1 and -1": lambda now, l: np.sign(now.z[l]),
    "as z itself (the activation in place of its slope)": lambda now, l: now.a[l + 1],
}


def slopes(layers: Layers) -> Iterator[Candidate]:
    """Yield slips in the derivative of an activation, the output's where the loss is not folded in."""
    placed = sloped(layers)
    relus = [l for l in placed if "relu" in layers.activations[l]]
    hidden = [l for l in placed if l < layers.n_layers - 1]
    for fitting, table in (
        ([l for l in placed if l not in relus], _formulas),
        (placed, _other_functions),
        ([l for l in relus if l in hidden], _wrong_relus),
    ):
        for which in sets(layers, fitting):
            yield from made_in(layers, which, "slope", table(layers, which))
    yield from _other_layers(layers, hidden)


def _formulas(layers: Layers, which: tuple[int, ...]) -> Iterator[Row]:
    """Yield slips in the derivative of a curved function."""
    names = {layers.activations[l] for l in which}
    yield (
        "slope-of-activation",
        "the slope of {functions} is taken of the activation a instead of the sum z {at}, so the function is applied "
        "twice",
        "Give the derivative z" + (", or write it with a alone: {right}" if names & FORMULAS.keys() else ""),
        _twice,
    )
    if names <= FORMULAS.keys():
        sentence = "the slope {right} is written with the sum z in place of the activation a {at}"
        yield "slope-formula-of-sum", sentence, "Give it the activation", _of_sum
    if len(names) == 1:
        for written, formula in WRONG_FORMULAS.get(names.pop(), {}).items():
            sentence = f"the slope of {{functions}} is {written} {{at}}"
            yield "slope-formula", sentence, "It is {right}", _piece(formula)


def _piece(wrong: Slope) -> Piece:
    return lambda now, l: wrong(now.z[l], now.a[l + 1])


def _twice(now: Pass, l: int) -> Array:
    name, a = now.layers.activations[l], now.a[l + 1]
    return slope(name, a, FUNCTIONS[name].value(a))


def _of_sum(now: Pass, l: int) -> Array:
    return AS_WRITTEN[now.layers.activations[l]](now.z[l], now.z[l])


def _other_functions(layers: Layers, which: tuple[int, ...]) -> Iterator[Row]:
    """Yield no slope at all, and the slopes of other functions."""
    names = {layers.activations[l] for l in which}
    remedy = "Multiply the delta by it"
    if names == {"relu"}:
        remedy = "ReLU's slope is 1 where z > 0 and 0 elsewhere (a >= 0 is true of every activation a)"
    elif which == (layers.n_layers - 1,):
        remedy += "; prediction - target alone is the delta of cross-entropy"
    yield "slope-forgotten", "the slope of {functions} is left out {at}", remedy, _piece(lambda z, a: np.ones_like(z))
    for other, written in AS_WRITTEN.items():
        if names != {other}:
            sentence = f"the slope is that of {SHOWN.get(other, other)} where the activation is {{functions}} {{at}}"
            yield "slope-of-another-function", sentence, "", _piece(written)


def _wrong_relus(layers: Layers, which: tuple[int, ...]) -> Iterator[Row]:
    """Yield slopes of ReLU that test something else than z > 0."""
    remedy = "It is 1 where the unit's own sum z is above 0, and 0 elsewhere"
    for argument, wrong in WRONG_RELUS.items():
        yield "relu-of-the-wrong-argument", f"the slope of ReLU is taken {argument} {{at}}", remedy, wrong


def _other_layers(layers: Layers, hidden: list[int]) -> Iterator[Candidate]:
    """Yield slopes taken at z and a of another layer, where its shape lets that pass: in one layer, or all by one."""
    width = dict(enumerate(layers.widths, start=-1))  # of each layer's z; -1 is the inputs
    for taken in displaced({l: [m for m in width if m != l and width[m] in (1, width[l])] for l in hidden}):
        others = " and ".join(called(layers, m) for m in taken.values())
        sentence = f"the slope {place(layers, [*taken])} is taken at the values of {others}"
        slip = Slip("slope-of-another-layer", sentence, "Take it at the z, or a, of the layer itself")
        yield slip, {("slope", l): _at(m, layers.activations[l]) for l, m in taken.items()}
        if {*taken.values()} <= {*sloped(layers)}:
            yield slip, {("slope", l): _at(m, layers.activations[m]) for l, m in taken.items()}


def _at(m: int, activation: str) -> Piece:
    """Return a slope at z and a of another layer; of the inputs, -1, both are the inputs."""
    return lambda now, l: slope(activation, now.z[m] if m >= 0 else now.a[0], now.a[m + 1])


def leaks(layers: Layers) -> Iterator[tuple[int, Callable[[float], Candidate]]]:
    """Yield what an unknown slope where z < 0 makes: the layer whose gradient is linear in it, the slip for one."""

    def leak(which: tuple[int, ...], negative: float) -> Candidate:
        sentence = f"where z < 0 the slope {place(layers, which)} is {negative:.4g}, which is not the activation's"
        slip = Slip("slope-of-another-function", sentence, "Slope and activation need the same number there")
        piece = _piece(lambda z, a: np.where(z > 0, 1.0, negative))
        return slip, {("slope", l): piece for l in which}

    for which in sets(layers, [l for l in range(layers.n_layers - 1) if "relu" in layers.activations[l]]):
        yield which[-1], partial(leak, which)
