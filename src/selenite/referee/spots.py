"""Where a gradient is looked at: the user's own parameters, random ones of moderate size, and ones nearby."""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.referee.given import Given
from selenite.referee.leaves import Matrix


def own_loss(given: Given) -> Any:
    """Return the loss at the user's parameters; refuse one that is not a function of them."""
    first, again = (given.loss_as_given(given.start) for _ in range(2))
    if not (first == again or first != first):
        raise OptionError(
            f"loss of {given.label} gives {first} and then {again} for the same parameters: "
            "fix its seed, or leave out dropout, while it is checked"
        )
    return first


def random_parameters(given: Given, stream: np.random.Generator) -> list[Matrix]:
    """Return parameters of moderate size: sums near 1, no kink at exactly 0."""
    X = np.asarray(given.X, dtype=float)
    size = 1 / max(1.0, float(np.sqrt(np.mean(X**2))) if X.size else 1.0)
    found: list[Matrix] = []
    for array in given.start:
        fed = max(1, *array.shape) if array.ndim > 1 else 2
        found.append(np.asarray(stream.normal(size=array.shape) * size / np.sqrt(fed / 2), array.dtype))
    return found


def near(arrays: list[Matrix], stream: np.random.Generator, share: float) -> list[Matrix]:
    """Return parameters that differ a little from these."""
    return [np.asarray(a + share * (np.abs(a) + 0.1) * stream.normal(size=a.shape), a.dtype) for a in arrays]
