"""Slips in the products of a backward pass: the delta of the layer before, the gradients of weights and biases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from selenite.gradient_check.layers import Layers, Pass, Piece
from selenite.gradient_check.slips.slip import Candidate, Row, Slip, called, displaced, made_in, place, sets, sloped
from selenite.types import Array

SUMMED = "It is the sum of the delta over the rows: delta.sum(axis=0)"
SQUARE = "They are square, so that nothing complains"
BIASES, WEIGHTS = "the gradient of the biases {at}", "the gradient of the weights {at}"
# Each: the piece of the pass, the layers in which it may be made, and the slip.
# fmt: off
PRODUCTS: tuple[tuple[str, str, Row], ...] = (
    ("back", "square, fed by a layer", ("transpose-missing", "on the way back the weights {of} are not transposed",
     f"{SQUARE}: the delta goes back through the transpose",
     lambda now, l: now.delta @ now.layers.weights[l])),
    ("passed on", "output, fed by a layer", ("error-passed-back", "the hidden layer is given the output's error, "
     "prediction - target, in place of the output's delta",
     "Multiply the error by the output's slope before it goes back",
     lambda now, l: now.scale * (now.p - now.Y))),
    ("back", "fed by a layer, one", ("weights-left-out", "the weights {of} are left out on the way back", "",
     lambda now, l: now.delta.sum(axis=1, keepdims=True) + np.zeros(now.layers.widths[l]))),
    ("back", "fed by a layer, one", ("sign-on-the-way-back", "the sign changes on the way back through the weights "
     "{of}", "",
     lambda now, l: -(now.delta @ now.layers.weights[l].T))),
    ("biases", "biased", ("bias-not-summed", f"{BIASES} is the mean over the rows where the weights' is the sum",
     SUMMED, lambda now, l: now.delta.mean(axis=0))),
    ("biases", "biased", ("bias-not-summed", f"{BIASES} is that of the last row only, not the sum over the rows",
     SUMMED, lambda now, l: now.delta[-1])),
    ("biases", "biased", ("bias-not-summed", f"{BIASES} is that of the first row only, not the sum over the rows",
     SUMMED, lambda now, l: now.delta[0])),
    ("biases", "biased", ("bias-not-summed", f"{BIASES} is one sum over rows and units alike",
     SUMMED, lambda now, l: np.full(now.delta.shape[1], now.delta.sum()))),
    ("biases", "biased", ("bias-not-summed", f"{BIASES} is the mean over rows and units alike",
     SUMMED, lambda now, l: np.full(now.delta.shape[1], now.delta.mean()))),
    ("biases", "biased", ("bias-left-out", f"{BIASES} is zero", "",
     lambda now, l: np.zeros(now.delta.shape[1]))),
    ("biases", "sloped, biased", ("slope-forgotten", f"{BIASES} lacks the slope of the activation, which the weights' "
     "has", "", lambda now, l: now.bare.sum(axis=0))),
    ("fed", "fed by a layer", ("sum-in-place-of-activation", f"{WEIGHTS} multiplies by the sum z of the layer before, "
     "not by its activation a", "", lambda now, l: now.z[l - 1])),
    ("weights", "square", ("gradient-transposed", f"{WEIGHTS} is transposed", SQUARE,
     lambda now, l: now.delta.T @ now.fed)),
    ("weights", "sloped", ("slope-forgotten", f"{WEIGHTS} lacks the slope of the activation, which the delta that goes "
     "on has", "", lambda now, l: now.fed.T @ now.bare)),
    ("weights", "every", ("one-row-only", f"{WEIGHTS} is that of the last row only, not the sum over the rows",
     "Add up", lambda now, l: np.outer(now.fed[-1], now.delta[-1]))),
    ("weights", "every", ("one-row-only", f"{WEIGHTS} is that of the first row only, not the sum over the rows",
     "Add up", lambda now, l: np.outer(now.fed[0], now.delta[0]))),
)
ROWS: tuple[tuple[str, str, str, slice], ...] = (
    ("one-row-only", "the gradient is that of the last row alone", "Add up the rows' gradients: += in place of =",
     slice(-1, None)),
    ("one-row-only", "the gradient is that of the first row alone", "Add up the rows' gradients before you return",
     slice(0, 1)),
    ("row-left-out", "the gradient is without the last row", "", slice(0, -1)),
    ("row-left-out", "the gradient is without the first row", "", slice(1, None)),
)
# fmt: on


def products(layers: Layers) -> Iterator[Candidate]:
    """Yield slips on the way back, in the gradients of the biases and of the weights, and in the rows."""
    n, widths = layers.n_layers, layers.widths
    square = [l for l in range(n) if widths[l] == widths[l + 1]]
    biased = [l for l, own in enumerate(layers.biases) if own is not None]
    where: dict[str, list[tuple[int, ...]]] = {
        "every": sets(layers, range(n)),
        "square": sets(layers, square),
        "biased": sets(layers, biased),
        "sloped": sets(layers, sloped(layers)),
        "sloped, biased": sets(layers, [l for l in sloped(layers) if l in biased]),
        "fed by a layer": sets(layers, range(1, n)),
        "fed by a layer, one": [(l,) for l in range(1, n)],
        "square, fed by a layer": sets(layers, [l for l in square if l > 0]),
        "output, fed by a layer": [(n - 1,)] if n > 1 else [],
    }
    for piece, some, row in PRODUCTS:
        for which in where[some]:
            yield from made_in(layers, which, piece, [row])
    yield from _of_other_layers(layers)
    for name, sentence, remedy, some_rows in ROWS:
        for of_these in (False, True):  # the mean is that of all rows, or of these
            yield Slip(name, sentence, remedy), {("scale", n - 1): _of_rows(some_rows, of_these)}


def _of_other_layers(layers: Layers) -> Iterator[Candidate]:
    """Yield products with the weights or the activations of another layer, where its shape lets that pass."""
    n, widths = layers.n_layers, layers.widths
    for l in range(1, n):
        for m in range(n):
            if m != l and layers.weights[m].shape == layers.weights[l].shape:
                theirs, own = called(layers, m), called(layers, l)
                sentence = f"the delta goes back through the weights of {theirs} in place of those of {own}"
                yield Slip("weights-of-another-layer", sentence), {("back", l): _back_through(m)}
    for taken in displaced({l: [m for m in range(n + 1) if m != l and widths[m] == widths[l]] for l in range(n)}):
        theirs, fed = (
            " and ".join(dict.fromkeys(called(layers, m - 1) for m in which)) for which in (taken.values(), taken)
        )
        of = place(layers, [*taken]).replace("in ", "of ", 1)
        sentence = (
            f"the gradient of the weights {of} multiplies by the activations of {theirs}, not by those of {fed}, which "
            "the weights are fed"
        )
        yield Slip("activation-of-another-layer", sentence), {("fed", l): _activations(m) for l, m in taken.items()}


def _back_through(m: int) -> Piece:
    return lambda now, l: now.delta @ now.layers.weights[m].T


def _activations(m: int) -> Piece:
    return lambda now, l: now.a[m]


def _of_rows(some: slice, of_these: bool) -> Piece:
    def scale(now: Pass, l: int) -> Array:
        counted = np.zeros_like(now.scale)
        counted[some] = len(now.Y) / len(now.Y[some]) if of_these else 1
        return now.scale * counted

    return scale


def steps(layers: Layers) -> Iterator[tuple[int, Callable[[float], Candidate]]]:
    """Yield what an unknown rate makes of the way back: the layer whose gradient is linear in it, the slip for one."""

    def with_rate(rate: float) -> Candidate:
        def back(now: Pass, l: int) -> Array:
            own = now.layers.weights[l]
            return now.delta @ (own - rate * (now.gradient + 2 * layers.penalty * own)).T

        sentence = (
            f"the weights are changed before the delta goes back through them: they are {rate:.4g} × their gradient "
            "less than those that went forward"
        )
        slip = Slip("updated-weights", sentence, "Compute the whole gradient first, then take the step")
        return slip, {("back", l): back for l in range(1, layers.n_layers)}

    if layers.n_layers > 1:
        yield layers.n_layers - 2, with_rate
