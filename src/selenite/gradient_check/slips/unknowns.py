"""Slips with an unknown number in them, such as a rate: the number is found where the gradient is linear in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from selenite.gradient_check.layers import Layers, Pass
from selenite.gradient_check.slips.slip import Slip, place, sets
from selenite.types import Array


@dataclass(frozen=True)
class Unknown:
    """A slip for each number; the gradient of `layer` is linear in it."""

    layer: int
    slip: Callable[[float], Slip]
    one: Callable[[float], Pass]


def unknowns(layers: Layers) -> Iterator[Unknown]:
    """Yield the slips with a number that this network could have."""
    n = len(layers.weights)
    if n > 1:
        yield Unknown(
            n - 2, _of_step, lambda rate: Pass(back={l: _after_step(l, rate, layers.penalty) for l in range(1, n)})
        )
    for which in sets(layers, [l for l in range(n - 1) if "relu" in layers.activations[l]]):
        at = place(layers, which)
        yield Unknown(
            which[-1],
            lambda negative, at=at: Slip(  # type: ignore[misc]
                "slope-of-another-function",
                f"where z < 0 the slope {at} is {negative:.4g}, which is not the activation's",
                "Slope and activation need the same number there",
            ),
            lambda negative, which=which: Pass(slopes={l: _leaky(l, negative) for l in which}),  # type: ignore[misc]
        )


def _of_step(rate: float) -> Slip:
    return Slip(
        "updated-weights",
        f"the weights are changed before the delta goes back through them: they are {rate:.4g} × their gradient less "
        "than those that went forward",
        "Compute the whole gradient first, then take the step",
    )


def _after_step(l: int, rate: float, penalty: float) -> Callable[[Array, tuple[Array, ...], Array], Array]:
    """Return the way back through weights that have taken their step."""
    return lambda delta, weights, gradient: delta @ (weights[l] - rate * (gradient + 2 * penalty * weights[l])).T


def _leaky(l: int, negative: float) -> Callable[[list[Array], list[Array], Array], Array]:
    return lambda z, a, delta: np.where(z[l] > 0, 1.0, negative)
