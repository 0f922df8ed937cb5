"""Slips on the way from a layer's delta to that of the layer before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from selenite.gradient_check.layers import Layers, Pass
from selenite.gradient_check.slips.slip import Slip, called, is_square, of_layers, sets


def ways_back(layers: Layers) -> Iterator[tuple[Slip, Pass]]:
    """Yield slips on the way back through the weights."""
    n = len(layers.weights)
    for which in sets(layers, [l for l in range(1, n) if is_square(layers, l)]):
        yield (
            Slip(
                "transpose-missing",
                f"on the way back the weights {of_layers(layers, which)} are not transposed",
                "They are square, so that nothing complains: the delta goes back through the transpose",
            ),
            Pass(back={l: lambda delta, weights, gradient, l=l: delta @ weights[l] for l in which}),  # type: ignore[misc]
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
        of = of_layers(layers, (l,))
        yield (
            Slip("weights-left-out", f"the weights {of} are left out on the way back"),
            Pass(
                back={
                    l: lambda delta, weights, gradient, l=l: (  # type: ignore[misc]
                        delta.sum(axis=1, keepdims=True) + np.zeros(weights[l].shape[0])
                    )
                }
            ),
        )
        yield (
            Slip("sign-on-the-way-back", f"the sign changes on the way back through the weights {of}"),
            Pass(back={l: lambda delta, weights, gradient, l=l: -(delta @ weights[l].T)}),  # type: ignore[misc]
        )
        for m in range(n):
            if m != l and layers.weights[m].shape == layers.weights[l].shape:
                yield (
                    Slip(
                        "weights-of-another-layer",
                        f"the delta goes back through the weights of {called(layers, m)} in place of those {of}",
                    ),
                    Pass(back={l: lambda delta, weights, gradient, m=m: delta @ weights[m].T}),  # type: ignore[misc]
                )
