"""Slips in the derivative of an activation: another function's, a wrong formula, taken at the wrong place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from selenite.gradient_check.layers import FUNCTIONS, Changes, Layers, Piece, slope
from selenite.gradient_check.slips.slip import (
    SHOWN,
    Candidate,
    Row,
    Slip,
    called,
    displaced,
    made_in,
    place,
    sets,
    shown,
    sloped,
)
from selenite.types import Array

Slope = Callable[[Array, Array], Array]  # of a layer's z and a
FORMULAS = {"logistic": "a(1 - a)", "tanh": "1 - a²"}
FORMULAS_OF_SUM: dict[str, Slope] = {"logistic": lambda z, a: z * (1 - z), "tanh": lambda z, a: 1 - z * z}
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
# The slope of another function as its author would write it: a formula in a, or a test of z.
OTHER_FUNCTIONS: dict[str, Slope] = {
    "logistic": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "relu": partial(slope, "relu"),
    "leaky_relu": partial(slope, "leaky_relu"),
}
WRONG_RELUS: tuple[Row, ...] = tuple(
    (
        "relu-of-the-wrong-argument",
        f"the slope of ReLU is taken {argument} {{at}}",
        "It is 1 where the unit's own sum z is above 0, and 0 elsewhere",
        wrong,
    )
    for argument, wrong in (
        ("of the delta that arrives", lambda now, l: (now.bare > 0).astype(float)),
        ("of 1 - z", lambda now, l: (now.z[l] < 1).astype(float)),
        ("the wrong way round (1 where z < 0)", lambda now, l: (now.z[l] < 0).astype(float)),
        ("of |z|, 1 and -1", lambda now, l: np.sign(now.z[l])),
        ("as z itself (the activation in place of its slope)", lambda now, l: now.a[l + 1]),
    )
)


def slopes(layers: Layers) -> Iterator[Candidate]:
    """Yield slips in the derivative of an activation, the output's where the loss is not folded in."""
    last, placed = layers.n_layers - 1, sloped(layers)
    relus = [l for l in placed if "relu" in layers.activations[l]]
    for which in sets(layers, [l for l in placed if l not in relus]):
        yield from _formulas(layers, which)
    for which in sets(layers, placed):
        yield from _other_functions(layers, which)
    for which in sets(layers, [l for l in relus if l < last]):
        yield from made_in(layers, which, "slope", WRONG_RELUS)
    yield from _other_layers(layers, [l for l in placed if l < last])


def _with(layers: Layers, wrong: Mapping[int, Slope]) -> Changes:
    """Return a pass with other slopes in some layers; in the output layer they are part of the delta."""
    last = layers.n_layers - 1
    return {("output", l) if l == last else ("slope", l): _piece(wrong[l], l == last) for l in wrong}


def _piece(wrong: Slope, of_output: bool) -> Piece:
    if of_output:
        return lambda now, l: now.bare * wrong(now.z[l], now.a[l + 1])
    return lambda now, l: wrong(now.z[l], now.a[l + 1])


def _formulas(layers: Layers, which: tuple[int, ...]) -> Iterator[Candidate]:
    """Yield slips in the derivative of a curved function."""
    names = [layers.activations[l] for l in which]
    at, right = place(layers, which), ", ".join(FORMULAS[name] for name in sorted({*names} & FORMULAS.keys()))
    yield (
        Slip(
            "slope-of-activation",
            f"the slope of {shown(names)} is taken of the activation a instead of the sum z {at}, "
            "so the function is applied twice",
            "Give the derivative z" + (f", or write it with a alone: {right}" if right else ""),
        ),
        _with(layers, {l: partial(_twice, layers.activations[l]) for l in which}),
    )
    if {*names} <= FORMULAS_OF_SUM.keys():
        sentence = f"the slope {right} is written with the sum z in place of the activation a {at}"
        yield (
            Slip("slope-formula-of-sum", sentence, "Give it the activation"),
            _with(layers, {l: FORMULAS_OF_SUM[layers.activations[l]] for l in which}),
        )
    if len({*names}) == 1:
        for written, formula in WRONG_FORMULAS.get(names[0], {}).items():
            slip = Slip("slope-formula", f"the slope of {shown(names)} is {written} {at}", f"It is {right}")
            yield slip, _with(layers, dict.fromkeys(which, formula))


def _twice(name: str, z: Array, a: Array) -> Array:
    return slope(name, a, FUNCTIONS[name].value(a))


def _other_functions(layers: Layers, which: tuple[int, ...]) -> Iterator[Candidate]:
    """Yield no slope at all, and the slopes of other functions."""
    names, at = {layers.activations[l] for l in which}, place(layers, which)
    remedy = "Multiply the delta by it"
    if names == {"relu"}:
        remedy = "ReLU's slope is 1 where z > 0 and 0 elsewhere (a >= 0 is true of every activation a)"
    elif which == (layers.n_layers - 1,):
        remedy += "; prediction - target alone is the delta of cross-entropy"
    slip = Slip("slope-forgotten", f"the slope of {shown(names)} is left out {at}", remedy)
    yield slip, _with(layers, dict.fromkeys(which, lambda z, a: np.ones_like(z)))
    for other, written in OTHER_FUNCTIONS.items():
        if names != {other}:
            sentence = f"the slope is that of {SHOWN.get(other, other)} where the activation is {shown(names)} {at}"
            yield Slip("slope-of-another-function", sentence), _with(layers, dict.fromkeys(which, written))


def _other_layers(layers: Layers, hidden: list[int]) -> Iterator[Candidate]:
    """Yield slopes taken at z and a of another layer, where its shape lets that pass: in one layer, or all by one."""
    width = dict(enumerate(layers.widths, start=-1))  # of each layer's z; -1 is the inputs
    for taken in displaced({l: [m for m in width if m != l and width[m] in (1, width[l])] for l in hidden}):
        others = " and ".join(called(layers, m) for m in taken.values())
        slip = Slip(
            "slope-of-another-layer",
            f"the slope {place(layers, tuple(taken))} is taken at the values of {others}",
            "Take it at the z, or a, of the layer itself",
        )
        yield slip, {("slope", l): _at(m, layers.activations[l]) for l, m in taken.items()}
        if {*taken.values()} <= {*sloped(layers)}:
            yield slip, {("slope", l): _at(m, layers.activations[m]) for l, m in taken.items()}


def _at(m: int, activation: str) -> Piece:
    """Return a slope at z and a of another layer; of the inputs, -1, both are the inputs."""
    return lambda now, l: slope(activation, now.z[m] if m >= 0 else now.a[0], now.a[m + 1])


def leaks(layers: Layers) -> Iterator[tuple[int, Callable[[float], Candidate]]]:
    """Yield what an unknown slope where z < 0 makes: the layer whose gradient is linear in it, the slip for one."""
    for which in sets(layers, [l for l in range(layers.n_layers - 1) if "relu" in layers.activations[l]]):
        yield which[-1], partial(_leak, layers, which)


def _leak(layers: Layers, which: tuple[int, ...], negative: float) -> Candidate:
    slip = Slip(
        "slope-of-another-function",
        f"where z < 0 the slope {place(layers, which)} is {negative:.4g}, which is not the activation's",
        "Slope and activation need the same number there",
    )
    return slip, _with(layers, dict.fromkeys(which, lambda z, a: np.where(z > 0, 1.0, negative)))
