"""Where a gradient is looked at: own parameters, random ones, ones nearby; whether it is the same each time."""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.slips import Slip
from selenite.gradient_check.user_network import UserNetwork
from selenite.types import Array


def own_loss(network: UserNetwork) -> Any:
    """Return the loss at the user's parameters; refuse one that is not a function of them."""
    first, again = (network.loss_as_given(network.start) for _ in range(2))
    if not (first == again or first != first):
        raise OptionError(
            f"loss of {network.label} gives {first} and then {again} for the same parameters: "
            "fix its seed, or leave out dropout, while it is checked"
        )
    return first


def accumulation(network: UserNetwork, spot: list[Array]) -> list[Slip]:
    """Return the slip of a gradient that adds to what the call before left; go on with what each call adds."""
    calls = [
        np.concatenate(
            [np.zeros(0) if own is None else np.array(own, dtype=float).ravel() for own in network.gradient(spot)]
        )
        for _ in range(3)
    ]
    if len({call.size for call in calls}) > 1 or not np.isfinite(calls).all():
        return []
    added = np.diff(calls, axis=0)
    near = 1e-5 * max(float(np.abs(calls).max()), 1e-300)
    if np.abs(added).max() <= near:
        return []
    if np.abs(added[1] - added[0]).max() > near:
        raise OptionError(
            f"gradient of {network.label} gives another for the same parameters at each call: "
            "fix its seed, or leave out dropout and what it keeps from before, while it is checked"
        )
    network.accumulates = True
    return [
        Slip(
            "gradient-accumulates",
            "each call adds its gradient to that of the call before",
            "Set the sums to 0 before you add up; all else is checked as if it did",
        )
    ]


def random_parameters(network: UserNetwork, stream: np.random.Generator) -> list[Array]:
    """Return parameters of moderate size: sums near 1, no kink at exactly 0."""
    X = np.asarray(network.X, dtype=float)
    size = 1 / max(1.0, float(np.sqrt(np.mean(X**2))) if X.size else 1.0)
    found: list[Array] = []
    for array in network.start:
        fed = max(1, *array.shape) if array.ndim > 1 else 2
        found.append(np.asarray(stream.normal(size=array.shape) * size / np.sqrt(fed / 2), array.dtype))
    return found


def near(arrays: list[Array], stream: np.random.Generator, share: float) -> list[Array]:
    """Return parameters that differ a little from these."""
    return [np.asarray(a + share * (np.abs(a) + 0.1) * stream.normal(size=a.shape), a.dtype) for a in arrays]
