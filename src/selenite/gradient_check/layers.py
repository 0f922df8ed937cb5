"""A network with its numbers, layer by layer in float64, and a backward pass any piece of which a slip may replace.

Without a change the pass is that of `selenite.nn.backward`. Here it stands in pieces, and takes networks that `nn` does
not describe: biases in some layers only, softmax with the squared error, a leaky ReLU with a slope of one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from selenite.nn.activations import ACTIVATIONS, Activation
from selenite.nn.losses import LOSSES
from selenite.types import Array


def leaky_relu(negative: float) -> Activation:
    """Return ReLU with a slope of one's own where z < 0."""
    return Activation(
        lambda z: np.where(z > 0, z, negative * z),
        lambda z, a: np.where(z > 0, 1.0, negative),
    )


# selenite's own, and leaky ReLU as others write it
FUNCTIONS = ACTIVATIONS | {f"leaky_relu({negative})": leaky_relu(negative) for negative in (0.001, 0.05, 0.1, 0.2, 0.3)}
USER_LOSSES = ("squared_error", "log_loss", "absolute_error", "signed_error")


def slope(activation: str, z: Array, a: Array) -> Array:
    """Return the derivative of an activation, written with z and a."""
    return FUNCTIONS[activation].derivative(z, a)


def loss_sum(loss: str, Y: Array, z: Array, p: Array, activation: str) -> float:
    """Return the sum of a loss over rows and outputs, without any factor."""
    if loss == "signed_error":
        return float((p - Y).sum())
    return float(LOSSES[loss].value(Y, z, p, activation, LOSSES[loss].parameter).sum())


@dataclass(frozen=True)
class Layers:
    """Weights (n_in, n_out) and biases (n_out,) of each layer; the loss is `scale` times `loss_sum`."""

    weights: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    activations: tuple[str, ...]
    loss: str = "squared_error"  # of USER_LOSSES
    scale: float = 1.0
    penalty: float = 0.0  # of the loss, times the sum of the squares of the weights

    @property
    def n_layers(self) -> int:
        """How many layers have weights."""
        return len(self.weights)

    @property
    def folds_slope(self) -> bool:
        """Whether the output's slope is folded into its loss, or is a matrix, so that it is no factor by itself."""
        return self.loss == "log_loss" or self.activations[-1] == "softmax"

    @property
    def widths(self) -> list[int]:
        """How many numbers each layer is fed, and how many the last one gives."""
        return [self.weights[0].shape[0], *(weights.shape[1] for weights in self.weights)]

    def forward(self, X: Array) -> tuple[list[Array], list[Array]]:
        """Return every z and every a, the inputs first."""
        z: list[Array] = []
        a = [X]
        for weights, biases, activation in zip(self.weights, self.biases, self.activations, strict=True):
            z.append(a[-1] @ weights + (0 if biases is None else biases))
            a.append(FUNCTIONS[activation].value(z[-1]))
        return z, a


class Pass:
    """A backward pass under way: what is known when it has come to a layer."""

    def __init__(self, layers: Layers, z: list[Array], a: list[Array], Y: Array) -> None:
        self.layers, self.Y = layers, Y
        self.z, self.a = z, a  # a[l] is what layer l is fed, a[l + 1] what it gives
        self.p = self.a[-1]  # the prediction
        self.scale = np.full((len(Y), 1), layers.scale)  # of each row's loss
        self.bare: Array = np.empty(0)  # the layer's delta without its slope,
        self.delta: Array = np.empty(0)  # and with it
        self.fed: Array = self.a[0]  # what the layer was fed
        self.gradient: Array = np.empty(0)  # of the layer's weights

    def error(self, Y: Array) -> Array:
        """Return the derivative of the loss with respect to the prediction; of the log loss, prediction - target."""
        if self.layers.loss == "absolute_error":
            return self.scale * np.sign(self.p - Y)
        return self.scale * (self.p - Y)  # of the signed error too: what its author follows is the squared error's

    def through_softmax(self, error: Array) -> Array:
        """Return the output's delta from the derivative with respect to a softmax: p (e - Σ e p)."""
        delta: Array = self.p * (error - (error * self.p).sum(axis=1, keepdims=True))
        return delta


Piece: TypeAlias = Callable[[Pass, int], Array]  # of a pass under way and a layer, counted from 0
Changes: TypeAlias = Mapping[tuple[str, int], Piece]  # other pieces, by their names and layers

# The whole way back, piece by piece.
PIECES: dict[str, Piece] = {
    "scale": lambda now, l: now.scale,  # of each row's loss
    "error": lambda now, l: now.error(now.Y),  # where the way back begins
    # the delta of an output whose slope is no factor, else
    "folded": lambda now, l: now.bare if now.layers.loss == "log_loss" else now.through_softmax(now.bare),
    "slope": lambda now, l: slope(now.layers.activations[l], now.z[l], now.a[l + 1]),  # delta = bare delta * slope
    "fed": lambda now, l: now.a[l],  # what the layer got on the way forward
    "weights": lambda now, l: now.fed.T @ now.delta,  # their gradient
    "biases": lambda now, l: now.delta.sum(axis=0),  # their gradient
    "passed on": lambda now, l: now.delta,  # to the layer before, through the weights:
    "back": lambda now, l: now.delta @ now.layers.weights[l].T,  # its bare delta
}


@np.errstate(all="ignore")
def backward(
    layers: Layers, z: list[Array], a: list[Array], Y: Array, changes: Changes
) -> tuple[list[Array], list[Array | None]]:
    """Return the gradients of the weights and of the biases as a pass with these changes computes them."""
    now, last = Pass(layers, z, a, Y), layers.n_layers - 1

    def piece(name: str, l: int) -> Array:
        return changes.get((name, l), PIECES[name])(now, l)

    weights: list[Array] = []
    biases: list[Array | None] = []
    now.scale = piece("scale", last)
    now.bare = piece("error", last)
    for l in range(last, -1, -1):
        if l == last and layers.folds_slope:
            now.delta = piece("folded", l)
        else:
            now.delta = now.bare * piece("slope", l)
        now.fed = piece("fed", l)
        now.gradient = piece("weights", l)
        weights.insert(0, now.gradient)
        biases.insert(0, None if layers.biases[l] is None else piece("biases", l))
        if l > 0:
            now.delta = piece("passed on", l)
            now.bare = piece("back", l)
    return weights, biases
