"""Slips in the output's error and delta: derived twice, half of it, another loss, other targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from selenite.gradient_check.layers import Layers, slope
from selenite.gradient_check.slips.slip import Candidate, Row, made_in
from selenite.nn.activations import logistic

TWICE = (
    "{0} and cross-entropy are derived twice: prediction - target is the delta already, and the slope of {0} is "
    "multiplied once more"
)
UNIT_BY_UNIT = "softmax is derived unit by unit, p(1 - p), without its cross terms"
# fmt: off
# The delta where softmax or the logistic function is folded into the loss: by (loss is the log loss, output).
FOLDED: dict[tuple[bool, str], tuple[Row, ...]] = {
    (True, "softmax"): (
        ("derived-twice", TWICE.format("softmax"), "Leave the slope out",
         lambda now, l: now.bare * now.p * (1 - now.p)),
        ("derived-twice", TWICE.format("softmax"), "Leave the slope out",
         lambda now, l: now.through_softmax(now.bare)),
        ("softmax-slope", UNIT_BY_UNIT, "",
         lambda now, l: -now.scale * now.Y * (1 - now.p)),
        ("slope-forgotten", "the slope of softmax is left out: the delta is -y / p, the loss's derivative with respect "
         "to the prediction", "Together they are prediction - target",
         lambda now, l: -now.scale * now.Y / now.p),
    ),
    (True, "logistic"): (
        ("derived-twice", TWICE.format("the logistic function"), "Leave the slope out",
         lambda now, l: now.bare * now.p * (1 - now.p)),
        ("slope-of-activation", "the slope of the logistic function is taken of the activation a, and multiplied to "
         "prediction - target, which is cross-entropy's delta already", "Leave the slope out",
         lambda now, l: now.bare * slope("logistic", now.p, logistic(now.p))),
        ("slope-forgotten", "the slope of the logistic function (sigmoid) is left out in the output layer: the delta "
         "is the loss's derivative with respect to the prediction",
         "Multiply it by a(1 - a); together they are prediction - target",
         lambda now, l: now.bare / (now.p * (1 - now.p))),
        ("half-of-cross-entropy", "of cross-entropy's derivative only the part with y is there, -y / p; that with "
         "1 - y is left out", "With both, (1 - y) / (1 - p) - y / p, the delta is prediction - target",
         lambda now, l: -now.scale * now.Y * (1 - now.p)),
    ),
    (False, "softmax"): (
        ("slope-forgotten", "the slope of softmax is left out; prediction - target is cross-entropy's delta", "",
         lambda now, l: now.bare),
        ("softmax-slope", UNIT_BY_UNIT, "",
         lambda now, l: now.bare * now.p * (1 - now.p)),
    ),
}
# The error, before any slope.
ERRORS: dict[str, tuple[Row, ...]] = {
    "absolute_error": (
        ("loss-of-another", "the output's error is that of the squared error, prediction - target, not its sign", "",
         lambda now, l: now.scale * (now.p - now.Y)),
    ),
    "squared_error": (
        ("loss-of-another", "the output's error is the sign of prediction - target, that of the absolute error", "",
         lambda now, l: now.scale * np.sign(now.p - now.Y)),
        ("error-squared", "the output's error is squared: it is the loss itself, not its derivative", "",
         lambda now, l: now.scale * (now.p - now.Y) ** 2),
        ("error-without-sign", "the output's error is |prediction - target|, without its sign", "",
         lambda now, l: now.scale * np.abs(now.p - now.Y)),
    ),
}
SUM_FOR_PREDICTION: tuple[Row, ...] = (
    ("sum-in-place-of-prediction", "the output's error is taken of the sum z, before the output's activation: "
     "z - target", "It is prediction - target",
     lambda now, l: now.scale * (now.z[-1] - now.Y)),
)
TARGETS: tuple[Row, ...] = (
    ("target-left-out", "the output's error is the prediction, the target is not taken off", "",
     lambda now, l: now.error(np.zeros_like(now.Y))),
    ("targets-shifted", "the gradient's target is the other class, 1 - y, the loss's is not", "",
     lambda now, l: now.error(1 - now.Y)),
    ("targets-shifted", "the gradient's target is that of the row before, the loss's is not", "",
     lambda now, l: now.error(np.roll(now.Y, 1, axis=0))),
    ("targets-shifted", "the gradient's target is that of the row after, the loss's is not", "",
     lambda now, l: now.error(np.roll(now.Y, -1, axis=0))),
)
CLASSES: tuple[Row, ...] = (
    ("targets-shifted", "the gradient's target is the class after the right one, the loss's is not", "",
     lambda now, l: now.error(np.roll(now.Y, 1, axis=1))),
    ("targets-shifted", "the gradient's target is the class before the right one, the loss's is not", "",
     lambda now, l: now.error(np.roll(now.Y, -1, axis=1))),
)
# fmt: on


def outputs(layers: Layers) -> Iterator[Candidate]:
    """Yield slips in the output's error and delta."""
    loss, output, last = layers.loss, layers.activations[-1], [layers.n_layers - 1]
    yield from made_in(layers, last, "folded", FOLDED.get((loss == "log_loss", output), ()))
    errors = ERRORS.get(loss, ())
    if output != "identity" and loss in ("squared_error", "log_loss"):
        errors += SUM_FOR_PREDICTION
    errors += TARGETS + (CLASSES if layers.widths[-1] > 2 else ())
    yield from made_in(layers, last, "error", errors)
