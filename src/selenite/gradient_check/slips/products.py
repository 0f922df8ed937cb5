"""Slips where the delta is there and the gradients are made of it: weights, biases, rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from selenite.gradient_check.layers import Layers, Pass
from selenite.gradient_check.slips.slip import Slip, called, displaced, is_square, of_layers, place, sets, sloped
from selenite.types import Array


def biases(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the gradients of the biases; all of them are sums of the delta over the rows."""
    ways = {
        "is the mean over the rows where the weights' is the sum": lambda delta, bare: delta.mean(axis=0),
        "is that of the last row only, not the sum over the rows": lambda delta, bare: delta[-1],
        "is that of the first row only, not the sum over the rows": lambda delta, bare: delta[0],
        "is one sum over rows and units alike": lambda delta, bare: np.full(delta.shape[1], delta.sum()),
        "is the mean over rows and units alike": lambda delta, bare: np.full(delta.shape[1], delta.mean()),
    }
    for which in sets(layers, [l for l, own in enumerate(layers.biases) if own is not None]):
        where = f"the gradient of the biases {place(layers, which)}"
        for what, way in ways.items():
            yield (
                Slip(
                    "bias-not-summed", f"{where} {what}", "It is the sum of the delta over the rows: delta.sum(axis=0)"
                ),
                Pass(bias=dict.fromkeys(which, way)),
            )
        if {*which} <= {*sloped(layers)}:
            yield (
                Slip("slope-forgotten", f"{where} lacks the slope of the activation, which the weights' has"),
                Pass(bias=dict.fromkeys(which, lambda delta, bare: bare.sum(axis=0))),
            )
        yield (
            Slip("bias-left-out", f"{where} is zero"),
            Pass(bias=dict.fromkeys(which, lambda delta, bare: np.zeros(delta.shape[1]))),
        )


def weights(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips in the gradients of the weights, the product of what a layer was fed and its delta."""
    n = len(layers.weights)
    for which in sets(layers, list(range(1, n))):
        yield (
            Slip(
                "sum-in-place-of-activation",
                f"the gradient of the weights {place(layers, which)} multiplies by the sum z of the layer before, "
                "not by its activation a",
            ),
            Pass(before={l: lambda z, a, l=l: z[l - 1] for l in which}),  # type: ignore[misc]
        )
    for which in sets(layers, [l for l in range(n) if is_square(layers, l)]):
        yield (
            Slip(
                "gradient-transposed",
                f"the gradient of the weights {place(layers, which)} is transposed",
                "They are square, so that nothing complains",
            ),
            Pass(weights=dict.fromkeys(which, lambda fed, delta, bare: delta.T @ fed)),
        )
    for which in sets(layers, list(range(n))):
        where = f"the gradient of the weights {place(layers, which)}"
        if {*which} <= {*sloped(layers)}:
            yield (
                Slip("slope-forgotten", f"{where} lacks the slope of the activation, which the delta that goes on has"),
                Pass(weights=dict.fromkeys(which, lambda fed, delta, bare: fed.T @ bare)),
            )
        for row, called_so in ((-1, "last"), (0, "first")):
            yield (
                Slip(
                    "one-row-only", f"{where} is that of the {called_so} row only, not the sum over the rows", "Add up"
                ),
                Pass(weights=dict.fromkeys(which, partial(_of_row, row))),
            )
    yield from _other_activations(layers)


def _other_activations(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield products with the activations of another layer, where its width lets that pass: in one, or all by one."""
    n = len(layers.weights)
    widths = [layers.weights[0].shape[0], *(weights.shape[1] for weights in layers.weights)]  # of each a, inputs first
    for taken in displaced({l: [m for m in range(n + 1) if m != l and widths[m] == widths[l]] for l in range(n)}):
        theirs, fed = (
            " and ".join(dict.fromkeys(called(layers, m - 1) for m in which)) for which in (taken.values(), taken)
        )
        yield (
            Slip(
                "activation-of-another-layer",
                f"the gradient of the weights {of_layers(layers, tuple(taken))} multiplies by the activations of "
                f"{theirs}, not by those of {fed}, which the weights are fed",
            ),
            Pass(before={l: lambda z, a, m=m: a[m] for l, m in taken.items()}),  # type: ignore[misc]
        )


def _of_row(row: int, fed: Array, delta: Array, bare: Array) -> Array:
    return np.outer(fed[row], delta[row])


def rows(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield gradients of some rows alone."""
    for some, what, remedy in (
        (slice(-1, None), "that of the last row alone", "Add up the rows' gradients: += in place of ="),
        (slice(0, 1), "that of the first row alone", "Add up the rows' gradients before you return"),
        (slice(0, -1), "without the last row", ""),
        (slice(1, None), "without the first row", ""),
    ):
        slip = Slip("one-row-only" if "alone" in what else "row-left-out", f"the gradient is {what}", remedy)
        yield slip, Pass(rows=some)
        yield slip, Pass(rows=some, mean_of_rows=True)
