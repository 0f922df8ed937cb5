"""Encoded answers as a network gives them, and what it gives as probabilities and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.table.schema import Target
from selenite.types import AnyArray, Array, Floats


def as_outputs(target: Target, answers: AnyArray, dtype: Any = np.float64) -> AnyArray:
    """Return encoded answers as a network gives them: a column, or for three classes and more one of each class.

    Of several targets they are a column each already.

    Parameters
    ----------
    target : Target
    answers : array of shape (n,), of several targets (n, n_targets)
        As `encode_target` gives them.
    dtype : dtype
        Of the result; of numbers very far from the center it may hold infinity.

    Returns
    -------
    array of shape (n, n_outputs)

    Examples
    --------
    >>> as_outputs(Target("y", "classification", ("a", "b", "c")), np.array([2, 0])).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if target.each:
        return answers.astype(dtype)
    if target.n_outputs > 1:
        return np.eye(len(target.classes), dtype=dtype)[answers.astype(np.intp)]
    with np.errstate(over="ignore"):  # an answer very far from the center may be beyond single precision
        return answers[:, None].astype(dtype)


def as_probabilities(output: Array) -> AnyArray:
    """Return a network's output as probabilities of the classes, (n, n_classes): of one output p they are 1 - p and p.

    Parameters
    ----------
    output : array of shape (n, n_outputs)

    Returns
    -------
    array of shape (n, n_classes)

    Examples
    --------
    >>> as_probabilities(np.array([[0.25], [0.75]])).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    if output.shape[1] > 1:
        return output
    both = np.empty((len(output), 2), output.dtype)
    np.subtract(1, output[:, 0], out=both[:, 0])
    both[:, 1] = output[:, 0]
    return both


def as_numbers(target: Target, encoded: AnyArray) -> Floats:
    """Return encoded answers, or outputs, as numbers in the target's unit, in double precision: (n,).

    Parameters
    ----------
    target : Target
        Its center and width, in its unit.
    encoded : array of shape (n,)

    Returns
    -------
    array of shape (n,)

    Examples
    --------
    >>> as_numbers(Target("y", "regression", center=10.0, width=2.0), np.array([-1.0, 0.5])).tolist()
    [8.0, 11.0]
    """
    numbers: Floats = target.center + target.width * encoded.astype(np.float64)
    return numbers


def smoothed(Y: Array, share: float) -> Array:
    """Return answers (n, n_outputs) of which each gives up a share to all classes alike (Szegedy et al. 2016).

    Parameters
    ----------
    Y : array of shape (n, n_outputs)
    share : float
        From 0, which leaves them as they are, up to 1.

    Returns
    -------
    array of shape (n, n_outputs)

    Examples
    --------
    >>> smoothed(np.array([[0.0, 1.0]]), 0.1).tolist()
    [[0.05, 0.9500000000000001]]
    """
    return (1 - share) * Y + Y.dtype.type(share / Y.shape[1]) if share else Y
