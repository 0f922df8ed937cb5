"""The known slips of gradients written by hand: what each would give, in words and as a backward pass.

A slip is named only where what it would give is what the user's function gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.nn.activations import ACTIVATIONS, Array
from selenite.referee.layers import Layers, Pass, output_delta, slope

FORMULAS = {"logistic": "a(1 - a)", "tanh": "1 - a²"}
SHOWN = {"logistic": "the logistic function (sigmoid)", "relu": "ReLU", "leaky_relu": "leaky ReLU"}


@dataclass(frozen=True)
class Slip:
    """A slip: its name, what it is, and how to write it rightly."""

    name: str
    sentence: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.sentence}{f'. {self.remedy}' if self.remedy else ''}"


def known_slips(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield every slip that this network could have, the likeliest first."""
    yield from _slopes(layers)
    yield from _outputs(layers)
    yield from _ways_back(layers)
    yield from _biases(layers)
    yield from _weights(layers)


def place(layers: Layers, which: tuple[int, ...]) -> str:
    """Return some layers in words."""
    n = len(layers.weights)
    if which == tuple(range(n)) and n > 1:
        return "in every layer"
    names = [
        "the output layer" if l == n - 1 else f"hidden layer {l + 1}" if n > 2 else "the hidden layer" for l in which
    ]
    if len(which) == n - 1 > 1 and n - 1 not in which:
        return "in the hidden layers"
    return f"in {' and '.join(names)}"


def _sets(layers: Layers, fitting: list[int]) -> list[tuple[int, ...]]:
    """Return the sets of layers in which a slip may be made at once: all, all hidden ones, each."""
    n = len(layers.weights)
    sets = [tuple(fitting), tuple(l for l in fitting if l < n - 1), *((l,) for l in fitting)]
    return [chosen for chosen in dict.fromkeys(sets) if chosen]


def _with_slopes(layers: Layers, which: tuple[int, ...], factors: Mapping[int, Any]) -> Pass:
    """Return a pass with other slopes in some layers; in the output layer they are part of the delta."""
    last = len(layers.weights) - 1
    hidden = {l: factors[l] for l in which if l < last}
    one = Pass(slopes=hidden)
    if last in which:
        factor = factors[last]
        one = Pass(
            output=lambda own, Y, z, p: own.error(Y, p) * factor(z, p, own.error(Y, p), p),
            slopes=hidden,
        )
    return one


def _slopes(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the derivative of an activation."""
    last = len(layers.weights) - 1
    folded = layers.loss == "log_loss"
    placed = [l for l in range(last + 1) if l < last or (not folded and layers.activations[l] != "softmax")]
    curved = [l for l in placed if layers.activations[l] not in ("identity", "relu", "leaky_relu")]
    for which in _sets(layers, curved):
        names = {layers.activations[l] for l in which}
        function = " and ".join(SHOWN.get(name, name) for name in sorted(names))
        at = place(layers, which)
        twice = {
            l: (lambda z, a, d, b, name=layers.activations[l]: slope(name, a, ACTIVATIONS[name].value(a)))
            for l in which
        }
        yield (
            Slip(
                "slope-of-activation",
                f"the slope of {function} is taken of the activation a instead of the sum z {at}, "
                "so the function is applied twice",
                "Give the derivative z, or write it with a alone: "
                + ", ".join(FORMULAS[name] for name in sorted(names) if name in FORMULAS),
            ),
            _with_slopes(layers, which, twice),
        )
        if names <= FORMULAS.keys():
            of_sum = {
                l: (
                    (lambda z, a, d, b: z * (1 - z))
                    if layers.activations[l] == "logistic"
                    else (lambda z, a, d, b: 1 - z * z)
                )
                for l in which
            }
            formulas = ", ".join(FORMULAS[name] for name in sorted(names))
            yield (
                Slip(
                    "slope-formula-of-sum",
                    f"the slope {formulas} is written with the sum z in place of the activation a {at}",
                    "Give it the activation",
                ),
                _with_slopes(layers, which, of_sum),
            )
    for which in _sets(layers, [l for l in placed if layers.activations[l] != "identity"]):
        names = {layers.activations[l] for l in which}
        function = " and ".join(SHOWN.get(name, name) for name in sorted(names))
        ones = {l: (lambda z, a, d, b: np.ones_like(z)) for l in which}
        at = place(layers, which)
        if names == {"relu"}:
            remedy = "ReLU's slope is 1 where z > 0 and 0 elsewhere (a >= 0 is true of every activation a)"
        else:
            remedy = "Multiply the delta by it" + (
                "; prediction - target alone is the delta of cross-entropy" if which == (last,) else ""
            )
        yield (
            Slip("slope-forgotten", f"the slope of {function} is left out {at}", remedy),
            _with_slopes(layers, which, ones),
        )
        for other in ("logistic", "tanh", "relu", "leaky_relu"):
            if names == {other}:
                continue
            factors = {l: (lambda z, a, d, b, other=other: _slope_of(other, z, a)) for l in which}
            yield (
                Slip(
                    "slope-of-another-function",
                    f"the slope is that of {SHOWN.get(other, other)} where the activation is {function} {at}",
                ),
                _with_slopes(layers, which, factors),
            )
    for which in _sets(layers, [l for l in range(last) if layers.activations[l] in ("relu", "leaky_relu")]):
        at = place(layers, which)
        tests = {
            "of the delta that arrives": lambda z, a, d, b: (d > 0).astype(float),
            "of 1 - z": lambda z, a, d, b: (z < 1).astype(float),
            "the wrong way round (1 where z < 0)": lambda z, a, d, b: (z < 0).astype(float),
            "of |z|, 1 and -1": lambda z, a, d, b: np.sign(z),
            "as z itself (the activation in place of its slope)": lambda z, a, d, b: a,
        }
        for argument, factor in tests.items():
            yield (
                Slip(
                    "relu-of-the-wrong-argument",
                    f"the slope of ReLU is taken {argument} {at}",
                    "It is 1 where the unit's own sum z is above 0, and 0 elsewhere",
                ),
                Pass(slopes=dict.fromkeys(which, factor)),
            )


def _slope_of(name: str, z: Array, a: Array) -> Array:
    """Return another function's slope as its author would write it: a formula in a, or a test of z."""
    if name == "logistic":
        return a * (1 - a)
    if name == "tanh":
        return 1 - a * a
    return ACTIVATIONS[name].derivative(z, a)


def _outputs(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the output's delta."""
    output = layers.activations[-1]
    if layers.loss == "log_loss":
        name = "softmax" if output == "softmax" else "the logistic function"
        slip = Slip(
            "derived-twice",
            f"{name} and cross-entropy are derived twice: prediction - target is the delta already, and the slope of "
            f"{name} is multiplied once more",
            "Leave the slope out",
        )
        yield slip, Pass(output=lambda own, Y, z, p: own.scale * (p - Y) * p * (1 - p))
        if output == "softmax":
            yield slip, Pass(output=lambda own, Y, z, p: own.through(own.scale * (p - Y), z, p))
            yield (
                Slip("softmax-slope", "softmax is derived unit by unit, p(1 - p), without its cross terms"),
                Pass(output=lambda own, Y, z, p: -own.scale * Y * (1 - p)),
            )
        twice = Slip(
            "slope-of-activation",
            f"the slope of {name} is taken of the activation a, and multiplied to prediction - target, "
            "which is cross-entropy's delta already",
            "Leave the slope out",
        )
        if output == "logistic":
            yield (
                Slip(
                    "slope-forgotten",
                    "the slope of the logistic function (sigmoid) is left out in the output layer: the delta is the "
                    "loss's derivative with respect to the prediction",
                    "Multiply it by a(1 - a); together they are prediction - target",
                ),
                Pass(output=lambda own, Y, z, p: own.scale * (p - Y) / (p * (1 - p))),
            )
            yield (
                twice,
                Pass(
                    output=lambda own, Y, z, p: (
                        own.scale * (p - Y) * slope("logistic", p, ACTIVATIONS["logistic"].value(p))
                    )
                ),
            )
    elif output == "softmax":
        yield (
            Slip("slope-forgotten", "the slope of softmax is left out; prediction - target is cross-entropy's delta"),
            Pass(output=lambda own, Y, z, p: own.error(Y, p)),
        )
        yield (
            Slip("softmax-slope", "softmax is derived unit by unit, p(1 - p), without its cross terms"),
            Pass(output=lambda own, Y, z, p: own.error(Y, p) * p * (1 - p)),
        )
    if layers.loss == "absolute_error":
        yield (
            Slip(
                "loss-of-another", "the output's error is that of the squared error, prediction - target, not its sign"
            ),
            Pass(output=lambda own, Y, z, p: own.through(own.scale * (p - Y), z, p)),
        )
    if layers.loss == "squared_error":
        yield (
            Slip(
                "loss-of-another", "the output's error is the sign of prediction - target, that of the absolute error"
            ),
            Pass(output=lambda own, Y, z, p: own.through(own.scale * np.sign(p - Y), z, p)),
        )
    yield (
        Slip("target-left-out", "the output's error is the prediction, the target is not taken off"),
        Pass(output=lambda own, Y, z, p: output_delta(own, np.zeros_like(Y), z, p)),
    )


def _ways_back(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips on the way from a layer's delta to that of the layer before."""
    n = len(layers.weights)
    square = [l for l in range(1, n) if layers.weights[l].shape[0] == layers.weights[l].shape[1]]
    for which in _sets(layers, square):
        yield (
            Slip(
                "transpose-missing",
                f"on the way back the weights {place(layers, which).replace('in ', 'of ', 1)} are not transposed",
                "They are square, so that nothing complains: the delta goes back through the transpose",
            ),
            Pass(back={l: (lambda delta, weights: delta @ weights) for l in which}),
        )
    if n > 1:
        yield (
            Slip(
                "error-passed-back",
                "the hidden layer is given the output's error, prediction - target, in place of the output's delta",
                "Multiply the error by the output's slope before it goes back",
            ),
            Pass(passes_error=True),
        )
    for l in range(1, n):
        yield (
            Slip(
                "weights-left-out",
                f"the weights {place(layers, (l,)).replace('in ', 'of ', 1)} are left out on the way back",
            ),
            Pass(back={l: (lambda delta, weights: delta.sum(axis=1, keepdims=True) + np.zeros(weights.shape[0]))}),
        )
        yield (
            Slip(
                "sign-on-the-way-back",
                f"the sign changes on the way back through the weights {place(layers, (l,)).replace('in ', 'of ', 1)}",
            ),
            Pass(back={l: (lambda delta, weights: -(delta @ weights.T))}),
        )


def _biases(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the gradients of the biases; all of them are sums of the delta over the rows."""
    ways = {
        "is the mean over the rows where the weights' is the sum": lambda delta: delta.mean(axis=0),
        "is that of the last row only, not the sum over the rows": lambda delta: delta[-1],
        "is that of the first row only, not the sum over the rows": lambda delta: delta[0],
        "is one sum over rows and units alike": lambda delta: np.full(delta.shape[1], delta.sum()),
        "is the mean over rows and units alike": lambda delta: np.full(delta.shape[1], delta.mean()),
        "is zero": lambda delta: np.zeros(delta.shape[1]),
    }
    for which in _sets(layers, [l for l, biases in enumerate(layers.biases) if biases is not None]):
        for what, way in ways.items():
            yield (
                Slip(
                    "bias-not-summed" if what != "is zero" else "bias-left-out",
                    f"the gradient of the biases {place(layers, which)} {what}",
                    "It is the sum of the delta over the rows: delta.sum(axis=0)" if what != "is zero" else "",
                ),
                Pass(bias=dict.fromkeys(which, way)),
            )


def _weights(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the gradients of the weights, the product of what a layer was fed and its delta."""
    n = len(layers.weights)
    for which in _sets(layers, list(range(1, n))):
        yield (
            Slip(
                "sum-in-place-of-activation",
                f"the gradient of the weights {place(layers, which)} multiplies by the sum z of the layer before, "
                "not by its activation a",
            ),
            Pass(before={l: _sum_before(l) for l in which}),
        )
    for which in _sets(layers, [l for l in range(n) if layers.weights[l].shape[0] == layers.weights[l].shape[1]]):
        yield (
            Slip(
                "gradient-transposed",
                f"the gradient of the weights {place(layers, which)} is transposed",
                "They are square, so that nothing complains",
            ),
            Pass(weights={l: (lambda gradient: gradient.T) for l in which}),
        )


def _sum_before(l: int) -> Callable[[list[Array], list[Array]], Array]:
    """Return what gives the sum z of the layer before layer l."""
    return lambda z, a: z[l - 1]
