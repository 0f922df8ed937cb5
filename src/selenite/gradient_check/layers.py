"""A network written out layer by layer in float64, whose backward pass can be told to make a slip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selenite.nn.activations import ACTIVATIONS, Activation, softplus
from selenite.nn.losses import log_sum_exp
from selenite.types import Array


def softmax_slope(e: Array, p: Array) -> Array:
    """Return the derivative with respect to z from e, that with respect to the softmax p: p (e - Σ e p)."""
    through: Array = p * (e - (e * p).sum(axis=1, keepdims=True))
    return through


def leaky_relu(negative: float) -> Activation:
    """Return ReLU with a slope of one's own where z < 0."""
    return Activation(
        lambda z: np.where(z > 0, z, negative * z),
        lambda z, a: np.where(z > 0, 1.0, negative),
    )


# selenite's own, and leaky ReLU as others write it
FUNCTIONS = ACTIVATIONS | {f"leaky_relu({negative})": leaky_relu(negative) for negative in (0.001, 0.05, 0.1, 0.2, 0.3)}


def slope(activation: str, z: Array, a: Array) -> Array:
    return FUNCTIONS[activation].derivative(z, a)


def _log_loss(Y: Array, z: Array, p: Array, activation: str) -> float:
    if activation == "softmax":
        return float((Y * (log_sum_exp(z) - z)).sum())
    return float((Y * softplus(-z) + (1 - Y) * softplus(z)).sum())


# Sums over rows and outputs, each without a factor; from (Y, z, p, output activation).
SUMS: dict[str, Callable[[Array, Array, Array, str], float]] = {
    "squared_error": lambda Y, z, p, activation: 0.5 * float(((p - Y) ** 2).sum()),
    "log_loss": _log_loss,
    "absolute_error": lambda Y, z, p, activation: float(np.abs(p - Y).sum()),
    "signed_error": lambda Y, z, p, activation: float((p - Y).sum()),
}


@dataclass(frozen=True)
class Layers:
    """Weights (n_in, n_out) and biases (n_out,) of each layer; the loss is `scale` times a sum of `SUMS`."""

    weights: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    activations: tuple[str, ...]
    loss: str = "squared_error"
    scale: float = 1.0
    penalty: float = 0.0  # of the loss, times the sum of the squares of the weights

    def forward(self, X: Array) -> tuple[list[Array], list[Array]]:
        """Return every z and every a, the inputs first."""
        z: list[Array] = []
        a = [X]
        for weights, biases, activation in zip(self.weights, self.biases, self.activations, strict=True):
            z.append(a[-1] @ weights + (0 if biases is None else biases))
            a.append(FUNCTIONS[activation].value(z[-1]))
        return z, a

    def error(self, Y: Array, p: Array) -> Array:
        """Return the derivative of the loss with respect to the prediction, for losses that are not folded in."""
        if self.loss == "absolute_error":
            return self.scale * np.sign(p - Y)
        return self.scale * (p - Y)  # of the signed error too: what its author follows is the squared error's

    def through(self, e: Array, z: Array, p: Array) -> Array:
        """Return the derivative with respect to the raw output from that with respect to the prediction."""
        return softmax_slope(e, p) if self.activations[-1] == "softmax" else e * slope(self.activations[-1], z, p)


@dataclass(frozen=True)
class Pass:
    """What a backward pass does at each of its places, counted by layers from 0; a slip replaces some of them."""

    output: Callable[[Layers, Array, Array, Array], Array] | None = None  # (layers, Y, z, p) -> delta
    slopes: Mapping[int, Callable[[list[Array], list[Array], Array], Array]] = field(default_factory=dict)
    # (all z, all a, delta that arrives) -> factor of that delta
    back: Mapping[int, Callable[[Array, tuple[Array, ...], Array], Array]] = field(default_factory=dict)
    # (delta, all weights, gradient of these weights) -> delta of the layer before, without its slope
    before: Mapping[int, Callable[[list[Array], list[Array]], Array]] = field(default_factory=dict)  # what it was fed
    bias: Mapping[int, Callable[[Array, Array], Array]] = field(default_factory=dict)  # (delta, bare) -> gradient
    weights: Mapping[int, Callable[[Array, Array, Array], Array]] = field(default_factory=dict)
    # (what it was fed, delta, delta bare of its slope) -> gradient
    passes_error: bool = False  # back from the output goes the error instead of the delta
    rows: slice | None = None  # only these rows count
    mean_of_rows: bool = False  # and they alone make the mean

    def and_also(self, other: Pass) -> Pass | None:
        """Return both slips at once; None where they are at the same place."""
        if (self.output and other.output) or (self.rows and other.rows):
            return None
        merged: dict[str, Any] = {}
        for place in ("slopes", "back", "before", "bias", "weights"):
            mine, theirs = getattr(self, place), getattr(other, place)
            if mine.keys() & theirs.keys():
                return None
            merged[place] = {**mine, **theirs}
        return replace(
            self,
            output=self.output or other.output,
            rows=self.rows or other.rows,
            mean_of_rows=self.mean_of_rows or other.mean_of_rows,
            passes_error=self.passes_error or other.passes_error,
            **merged,
        )


def output_delta(layers: Layers, Y: Array, z: Array, p: Array) -> Array:
    """Return the right delta of the output."""
    if layers.loss == "log_loss":
        return layers.scale * (p - Y)
    return layers.through(layers.error(Y, p), z, p)


@np.errstate(all="ignore")
def backward(layers: Layers, X: Array, Y: Array, one: Pass) -> tuple[list[Array], list[Array | None]]:
    """Return the gradients of the weights and of the biases as this pass computes them."""
    if one.rows is not None:
        n_all, X, Y = len(X), X[one.rows], Y[one.rows]
        layers = replace(layers, scale=layers.scale * n_all / len(X)) if one.mean_of_rows else layers
    z, a = layers.forward(X)
    n = len(layers.weights)
    weights: list[Array] = [np.empty(0)] * n
    biases: list[Array | None] = [None] * n
    delta, bare = (one.output or output_delta)(layers, Y, z[-1], a[-1]), layers.error(Y, a[-1])
    for l in range(n - 1, -1, -1):
        fed = one.before[l](z, a) if l in one.before else a[l]
        weights[l] = one.weights[l](fed, delta, bare) if l in one.weights else fed.T @ delta
        if layers.biases[l] is not None:
            biases[l] = one.bias[l](delta, bare) if l in one.bias else delta.sum(axis=0)
        if l > 0:
            if one.passes_error and l == n - 1:
                delta = layers.scale * (a[-1] - Y)
            bare = one.back[l](delta, layers.weights, weights[l]) if l in one.back else delta @ layers.weights[l].T
            if l - 1 in one.slopes:
                delta = bare * one.slopes[l - 1](z, a, bare)
            else:
                delta = bare * slope(layers.activations[l - 1], z[l - 1], a[l])
    return weights, biases
