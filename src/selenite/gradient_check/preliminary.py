"""What is looked at before a gradient is compared: is the loss a function, does a gradient add up, do shapes fit?"""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.errors import OptionError, SeleniteError
from selenite.gradient_check.sampling import as_text
from selenite.gradient_check.slips.slip import Slip
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


def accumulation(network: UserNetwork, arrays: list[Array]) -> list[Slip]:
    """Return the slip of a gradient that adds to what the call before left; go on with what each call adds."""
    calls = [
        np.concatenate([np.zeros(0) if own is None else own.ravel().astype(float) for own in network.gradient(arrays)])
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
    sentence = "each call adds its gradient to that of the call before"
    remedy = "Set the sums to 0 before you add up; all else is checked as if it did"
    return [Slip("gradient-accumulates", sentence, remedy)]


def broadcast(network: UserNetwork) -> list[Slip]:
    """Return the slip of a column minus a row, which is a matrix; go on with targets of the right shape."""
    prediction = network.forward(network.start)
    if prediction is None or prediction.size != network.y.size or prediction.shape == network.y.shape:
        return []
    try:
        if np.broadcast(prediction, network.y).size == network.y.size:
            return []
    except ValueError:
        return []
    as_given, before = network.y, network.loss(network.start)
    network.y = as_given.reshape(prediction.shape)
    try:
        after = network.loss(network.start)
        network.gradient(network.start)
    except SeleniteError:
        after = before
    if after == before or abs(after - before) <= 1e-6 * abs(before):
        network.y = as_given
        return []
    shapes, n = f"{as_text(prediction.shape)} and {as_text(as_given.shape)}", max(as_given.shape)
    sentence = f"prediction and target have the shapes {shapes}, so that their difference has ({n}, {n})"
    remedy = "Reshape y to the prediction's shape; all else is checked as if it were"
    return [Slip("shapes-broadcast", sentence, remedy)]
