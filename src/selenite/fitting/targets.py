"""What the network is to give: the target's numbers and the loss, each fitting the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from selenite.errors import OptionError
from selenite.nn.losses import parse_loss
from selenite.table import Column, Numbers, Target, as_outputs, encode_target
from selenite.types import Array, Floats


def targets(target: Target, column: Column) -> Array:
    """Return what the network is to give, float32: one-hot for three classes and more, else one column."""
    return as_outputs(target, encode_target(target, column), np.float32)


def numbers(column: Column) -> Floats:
    """Return the numbers of a target to regress on, (n,)."""
    assert isinstance(column, Numbers)
    return column.values


def target_loss(loss: str, target: Target) -> str:
    """Return the loss, checked against the task."""
    if loss == "auto":
        return "log_loss" if target.task == "classification" else "squared_error"
    try:
        name, _ = parse_loss(loss)
    except ValueError as error:
        raise OptionError(str(error)) from None
    if target.task == "regression" and name == "log_loss":
        raise OptionError(f"log_loss is for classes, and {target.name!r} is a number; take squared_error, or classes")
    if target.task == "classification" and (name, len(target.classes)) not in (
        ("log_loss", len(target.classes)),
        ("squared_error", 2),
    ):
        raise OptionError(
            f"the loss {loss} does not go with {len(target.classes)} classes; take log_loss"
            + (" or squared_error" if len(target.classes) == 2 else "")
        )
    return loss


def scaled_for(loss: str, target: Target) -> Target:
    """Return the target scaled as the loss needs: counts of the Poisson loss are divided, not centered."""
    if not loss.startswith("poisson"):
        return target
    if target.minimum is not None and target.minimum < 0:
        raise OptionError(f"the Poisson loss needs a target of 0 or more; {target.name!r} has {target.minimum:g}")
    return replace(target, width=target.center or 1.0, center=0.0)
