"""Slips in the output's delta: derived twice, another loss, other targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from selenite.gradient_check.layers import Layers, Pass, output_delta, slope
from selenite.gradient_check.slips.slip import Slip
from selenite.nn.activations import ACTIVATIONS
from selenite.types import Array


def outputs(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the output's delta."""
    if layers.loss == "log_loss":
        yield from _derived_twice(layers.activations[-1])
        yield from _halves(layers.activations[-1])
    elif layers.activations[-1] == "softmax":
        yield (
            Slip("slope-forgotten", "the slope of softmax is left out; prediction - target is cross-entropy's delta"),
            Pass(output=lambda own, Y, z, p: own.error(Y, p)),
        )
        yield (
            Slip("softmax-slope", "softmax is derived unit by unit, p(1 - p), without its cross terms"),
            Pass(output=lambda own, Y, z, p: own.error(Y, p) * p * (1 - p)),
        )
    yield from _errors(layers)
    yield from _targets(layers)


def _derived_twice(output: str) -> Iterator[tuple[Slip, Pass]]:
    """Yield what goes wrong where the slope and cross-entropy's derivative are p - y together."""
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
        return
    yield (
        Slip(
            "slope-of-activation",
            f"the slope of {name} is taken of the activation a, and multiplied to prediction - target, "
            "which is cross-entropy's delta already",
            "Leave the slope out",
        ),
        Pass(output=lambda own, Y, z, p: own.scale * (p - Y) * slope("logistic", p, ACTIVATIONS["logistic"].value(p))),
    )


def _halves(output: str) -> Iterator[tuple[Slip, Pass]]:
    """Yield cross-entropy's derivative without its second half, or without the slope."""
    if output == "softmax":
        yield (
            Slip("softmax-slope", "softmax is derived unit by unit, p(1 - p), without its cross terms"),
            Pass(output=lambda own, Y, z, p: -own.scale * Y * (1 - p)),
        )
        yield (
            Slip(
                "slope-forgotten",
                "the slope of softmax is left out: the delta is -y / p, the loss's derivative with respect to the "
                "prediction",
                "Together they are prediction - target",
            ),
            Pass(output=lambda own, Y, z, p: -own.scale * Y / p),
        )
        return
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
        Slip(
            "half-of-cross-entropy",
            "of cross-entropy's derivative only the part with y is there, -y / p; that with 1 - y is left out",
            "With both, (1 - y) / (1 - p) - y / p, the delta is prediction - target",
        ),
        Pass(output=lambda own, Y, z, p: -own.scale * Y * (1 - p)),
    )


def _through(own: Layers, error: Array, z: Array, p: Array) -> Array:
    """Return the delta that somebody's error makes: cross-entropy's is the error itself."""
    return own.scale * error if own.loss == "log_loss" else own.through(own.scale * error, z, p)


def _errors(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield other errors in place of the loss's."""
    if layers.loss == "absolute_error":
        yield (
            Slip(
                "loss-of-another", "the output's error is that of the squared error, prediction - target, not its sign"
            ),
            Pass(output=lambda own, Y, z, p: _through(own, p - Y, z, p)),
        )
    if layers.loss == "squared_error":
        yield (
            Slip(
                "loss-of-another", "the output's error is the sign of prediction - target, that of the absolute error"
            ),
            Pass(output=lambda own, Y, z, p: _through(own, np.sign(p - Y), z, p)),
        )
        yield (
            Slip("error-squared", "the output's error is squared: it is the loss itself, not its derivative"),
            Pass(output=lambda own, Y, z, p: _through(own, (p - Y) ** 2, z, p)),
        )
        yield (
            Slip("error-without-sign", "the output's error is |prediction - target|, without its sign"),
            Pass(output=lambda own, Y, z, p: _through(own, np.abs(p - Y), z, p)),
        )
    if layers.activations[-1] != "identity" and layers.loss in ("squared_error", "log_loss"):
        yield (
            Slip(
                "sum-in-place-of-prediction",
                "the output's error is taken of the sum z, before the output's activation: z - target",
                "It is prediction - target",
            ),
            Pass(output=lambda own, Y, z, p: _through(own, z - Y, z, p)),
        )


def _targets(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield the right delta of other targets."""
    yield (
        Slip("target-left-out", "the output's error is the prediction, the target is not taken off"),
        Pass(output=lambda own, Y, z, p: output_delta(own, np.zeros_like(Y), z, p)),
    )
    others = {
        "the class after the right one": lambda Y: np.roll(Y, 1, axis=1),
        "the class before the right one": lambda Y: np.roll(Y, -1, axis=1),
        "the other class, 1 - y": lambda Y: 1 - Y,
        "that of the row before": lambda Y: np.roll(Y, 1, axis=0),
        "that of the row after": lambda Y: np.roll(Y, -1, axis=0),
    }
    for what, other in others.items():
        if "right one" in what and layers.weights[-1].shape[1] < 3:
            continue
        yield (
            Slip("targets-shifted", f"the gradient's target is {what}, the loss's is not"),
            Pass(output=lambda own, Y, z, p, other=other: output_delta(own, other(Y), z, p)),  # type: ignore[misc]
        )
