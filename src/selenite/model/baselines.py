"""What a guess without looking always gives: the baseline that a model must beat."""

from __future__ import annotations

import numpy as np

from selenite.nn.losses import LOSSES, parse_loss
from selenite.types import Floats, Indices

HEADINGS = {"free": "not monotone", "majority": "commonest class", "weighted shares": "commonest class"}  # of figures


def class_shares(classes: Indices, weights: Floats) -> Floats:
    """Return the share of each class (n_classes,) among rows (n,), each row counted by its class's weight.

    >>> class_shares(np.array([0, 1, 1, 1]), np.ones(2)).tolist()
    [0.25, 0.75]
    """
    counts = np.bincount(classes, minlength=len(weights)) * weights
    shares: Floats = counts / counts.sum()
    return np.where(np.isclose(shares, shares.max(), rtol=1e-9), shares.max(), shares)  # balanced ones are equal


def best_constant(loss: str, y: Floats, width: float = 1.0) -> float:
    """Return the number whose loss on answers (n,) is least; `width` is the unit of the loss's number in that of y.

    >>> best_constant("absolute_error", np.array([1.0, 2.0, 9.0]))
    2.0
    """
    name, number = parse_loss(loss)
    return LOSSES[name].constant(y, number * width if name == "huber" else number)


def constant_name(loss: str) -> str:
    """Return what the constant with the least loss is called.

    >>> constant_name("quantile(0.9)"), constant_name("quantile(0.5)")
    ('0.9-quantile', 'median')
    """
    name, number = parse_loss(loss)
    return "median" if (name, number) == ("quantile", 0.5) else LOSSES[name].constant_name.format(number)
