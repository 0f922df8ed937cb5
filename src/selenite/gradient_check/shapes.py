"""What is odd about shapes: a column minus a row, and a gradient of another shape than its parameter."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError, SeleniteError
from selenite.gradient_check.slips import Slip
from selenite.gradient_check.user_network import UserNetwork
from selenite.types import Array, Indices


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
    before, shapes = network.loss(network.start), f"{_tuple(prediction.shape)} and {_tuple(network.y.shape)}"
    as_given, network.y = network.y, network.y.reshape(prediction.shape)
    try:
        after = network.loss(network.start)
        network.gradient(network.start)
    except SeleniteError:
        after = before
    if after == before or abs(after - before) <= 1e-6 * abs(before):
        network.y = as_given
        return []
    n = max(as_given.shape)
    sentence = f"prediction and target have the shapes {shapes}, so that their difference has ({n}, {n})"
    return [
        Slip("shapes-broadcast", sentence, "Reshape y to the prediction's shape; all else is checked as if it were")
    ]


def fitted(
    label: str, name: str, array: Array, own: Array | None, right: Array, entries: Indices, n_rows: int
) -> tuple[Array, str]:
    """Return a gradient in the parameter's shape, flat, and what was odd about its own shape."""
    if own is None:
        return np.zeros(array.size), "not given"
    flat = np.asarray(own, dtype=np.float64)
    if own.shape == array.shape:
        return flat.ravel(), ""
    shapes = f"{_tuple(own.shape)} for a parameter of {_tuple(array.shape)}"
    if own.size == array.size:
        if own.ndim == 2 and own.shape == array.shape[::-1] and 1 not in own.shape:
            return flat.T.ravel(), f"transposed: {shapes}"
        return flat.ravel(), ""
    n = own.size // array.size
    for axis in (0, -1):
        if own.ndim and own.shape[axis] == n and own.size == n * array.size:
            sums = [flat.sum(axis=axis).ravel(), flat.mean(axis=axis).ravel()]
            off = [float(np.abs(each[entries] - right).sum()) for each in sums]
            return sums[int(np.argmin(off))], f"a row each, not summed: {shapes}"
    if own.size == n_rows and 1 in (*array.shape, array.ndim):
        return np.zeros(array.size), f"a number a row: {shapes}"
    if own.size == 1:
        return np.full(array.size, float(flat.ravel()[0])), f"one number: {shapes}"
    raise OptionError(f"gradient of {label} has the shape {shapes} {name}")


def _tuple(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"
