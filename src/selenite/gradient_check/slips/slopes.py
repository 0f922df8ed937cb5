"""Slips in the derivative of an activation: another function's, a wrong formula, taken at the wrong place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from selenite.gradient_check.layers import FUNCTIONS, Layers, Pass, slope
from selenite.gradient_check.slips.slip import SHOWN, Slip, called, displaced, place, sets, shown, sloped
from selenite.nn.activations import ACTIVATIONS
from selenite.types import Array

Slope = Callable[[Array, Array], Array]  # of a layer's z and a
FORMULAS = {"logistic": "a(1 - a)", "tanh": "1 - a²"}
OF_SUM: dict[str, Slope] = {"logistic": lambda z, a: z * (1 - z), "tanh": lambda z, a: 1 - z * z}
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
WRONG_RELUS: dict[str, Callable[[Array, Array, Array], Array]] = {  # of z, a and the delta that arrives
    "of the delta that arrives": lambda z, a, delta: (delta > 0).astype(float),
    "of 1 - z": lambda z, a, delta: (z < 1).astype(float),
    "the wrong way round (1 where z < 0)": lambda z, a, delta: (z < 0).astype(float),
    "of |z|, 1 and -1": lambda z, a, delta: np.sign(z),
    "as z itself (the activation in place of its slope)": lambda z, a, delta: a,
}


def slopes(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the derivative of an activation, the output's where the loss is not folded in."""
    last = len(layers.weights) - 1
    placed = sloped(layers)
    relus = [l for l in placed if "relu" in layers.activations[l]]
    yield from _formulas(layers, [l for l in placed if l not in relus])
    for which in sets(layers, placed):
        yield from _other_functions(layers, which)
    for which in sets(layers, [l for l in relus if l < last]):
        for argument, factor in WRONG_RELUS.items():
            yield (
                Slip(
                    "relu-of-the-wrong-argument",
                    f"the slope of ReLU is taken {argument} {place(layers, which)}",
                    "It is 1 where the unit's own sum z is above 0, and 0 elsewhere",
                ),
                Pass(
                    slopes={
                        l: lambda z, a, delta, l=l, factor=factor: factor(z[l], a[l + 1], delta)  # type: ignore[misc]
                        for l in which
                    }
                ),
            )
    yield from _other_layers(layers, [l for l in placed if l < last])


def _with(layers: Layers, which: tuple[int, ...], factors: Mapping[int, Slope]) -> Pass:
    """Return a pass with other slopes in some layers; in the output layer they are part of the delta."""
    last = len(layers.weights) - 1
    hidden = {l: partial(_at, l, factors[l]) for l in which if l < last}
    if last not in which:
        return Pass(slopes=hidden)
    return Pass(output=lambda own, Y, z, p: own.error(Y, p) * factors[last](z, p), slopes=hidden)


def _at(l: int, factor: Slope, z: list[Array], a: list[Array], delta: Array) -> Array:
    """Return a slope at z and a of a layer; of the inputs, -1, both are the inputs."""
    return factor(z[l] if l >= 0 else a[0], a[l + 1])


def _formulas(layers: Layers, curved: list[int]) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the derivative of a curved function."""
    for which in sets(layers, curved):
        names = [layers.activations[l] for l in which]
        at, right = place(layers, which), ", ".join(FORMULAS[name] for name in sorted({*names} & FORMULAS.keys()))
        yield (
            Slip(
                "slope-of-activation",
                f"the slope of {shown(names)} is taken of the activation a instead of the sum z {at}, "
                "so the function is applied twice",
                "Give the derivative z" + (f", or write it with a alone: {right}" if right else ""),
            ),
            _with(layers, which, {l: partial(_twice, layers.activations[l]) for l in which}),
        )
        if {*names} <= OF_SUM.keys():
            yield (
                Slip(
                    "slope-formula-of-sum",
                    f"the slope {right} is written with the sum z in place of the activation a {at}",
                    "Give it the activation",
                ),
                _with(layers, which, {l: OF_SUM[layers.activations[l]] for l in which}),
            )
        if len({*names}) == 1:
            for written, formula in WRONG_FORMULAS.get(names[0], {}).items():
                yield (
                    Slip("slope-formula", f"the slope of {shown(names)} is {written} {at}", f"It is {right}"),
                    _with(layers, which, dict.fromkeys(which, formula)),
                )


def _twice(name: str, z: Array, a: Array) -> Array:
    return slope(name, a, FUNCTIONS[name].value(a))


def _other_functions(layers: Layers, which: tuple[int, ...]) -> Iterator[tuple[Slip, Pass]]:
    """Yield no slope at all, and the slopes of other functions."""
    names, at = {layers.activations[l] for l in which}, place(layers, which)
    remedy = "Multiply the delta by it"
    if names == {"relu"}:
        remedy = "ReLU's slope is 1 where z > 0 and 0 elsewhere (a >= 0 is true of every activation a)"
    elif which == (len(layers.weights) - 1,):
        remedy += "; prediction - target alone is the delta of cross-entropy"
    yield (
        Slip("slope-forgotten", f"the slope of {shown(names)} is left out {at}", remedy),
        _with(layers, which, dict.fromkeys(which, lambda z, a: np.ones_like(z))),
    )
    for other in ("logistic", "tanh", "relu", "leaky_relu"):
        if names != {other}:
            yield (
                Slip(
                    "slope-of-another-function",
                    f"the slope is that of {SHOWN.get(other, other)} where the activation is {shown(names)} {at}",
                ),
                _with(layers, which, dict.fromkeys(which, partial(_written, other))),
            )


def _written(name: str, z: Array, a: Array) -> Array:
    """Return another function's slope as its author would write it: a formula in a, or a test of z."""
    if name == "logistic":
        return a * (1 - a)
    if name == "tanh":
        return 1 - a * a
    return ACTIVATIONS[name].derivative(z, a)


def _other_layers(layers: Layers, hidden: list[int]) -> Iterator[tuple[Slip, Pass]]:
    """Yield slopes taken at z and a of another layer, where its shape lets that pass: in one layer, or all by one."""
    n = len(layers.weights)
    widths = {-1: layers.weights[0].shape[0]} | {l: weights.shape[1] for l, weights in enumerate(layers.weights)}
    for taken in displaced({l: [m for m in range(-1, n) if m != l and widths[m] in (1, widths[l])] for l in hidden}):
        others = " and ".join(called(layers, m) for m in taken.values())
        slip = Slip(
            "slope-of-another-layer",
            f"the slope {place(layers, tuple(taken))} is taken at the values of {others}",
            "Take it at the z, or a, of the layer itself",
        )
        functions = {l: partial(slope, layers.activations[l]) for l in taken}
        theirs = {l: partial(slope, layers.activations[m]) for l, m in taken.items() if m in sloped(layers)}
        for which in (functions, theirs) if theirs.keys() == functions.keys() else (functions,):
            yield slip, Pass(slopes={l: partial(_at, taken[l], which[l]) for l in taken})
