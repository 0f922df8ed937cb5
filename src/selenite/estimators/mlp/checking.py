"""What the perceptrons take, checked as scikit-learn checks it: losses, rows and targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_classifier
from sklearn.utils.validation import column_or_1d, validate_data

from selenite.nn import LOSSES
from selenite.nn.own import OwnLoss
from selenite.types import AnyArray, Array


def checked(estimator: Any, X: Any, y: Any, reset: bool, **more: Any) -> tuple[Array, AnyArray]:
    """Return X dense, in the type to compute in, and y, both checked as scikit-learn checks them."""
    _check_loss(estimator)
    X, y = validate_data(
        estimator,
        X,
        y,
        accept_sparse=["csr", "csc"],
        multi_output=True,
        dtype=(np.float64, np.float32),
        reset=reset,
        **more,
    )
    if y.ndim == 2 and y.shape[1] == 1:
        y = column_or_1d(y, warn=True)
    X = dense(X)
    dtype = X.dtype if estimator.dtype is None else np.dtype(estimator.dtype)
    _refuse_too_large(X, dtype, "X")
    if y.dtype.kind == "f":
        _refuse_too_large(y, dtype, "y")
    return np.ascontiguousarray(X, dtype=dtype), y


def _refuse_too_large(values: AnyArray, dtype: np.dtype[Any], name: str) -> None:
    """Raise where a finite number is none in the type to compute in."""
    most = np.finfo(dtype).max
    largest = np.abs(values).max(initial=0) if values.dtype.itemsize > dtype.itemsize else 0
    if largest > most:
        raise ValueError(
            f"{name} has values of up to {largest:.3g}, beyond what {dtype} holds, {most:.3g}: scale {name}, or give "
            "dtype='float64'"
        )


def _check_loss(estimator: Any) -> None:
    """Refuse a loss that is not for the task."""
    task = "classification" if is_classifier(estimator) else "regression"
    fitting = {name for name, loss in LOSSES.items() if task in loss.tasks}
    if isinstance(estimator.loss, OwnLoss):
        return
    if estimator.loss.partition("(")[0] not in fitting:
        raise ValueError(
            f"The 'loss' parameter of {type(estimator).__name__} must be a str among {fitting}. "
            f"Got {estimator.loss!r} instead."
        )


def refuse_other_layers(have: tuple[int, ...], sizes: tuple[int, ...], incremental: bool) -> None:
    """Raise where a fit that is to go on with the weights at hand asks for layers of other sizes."""
    if have == sizes:
        return
    going_on = "partial_fit" if incremental else "warm_start=True"
    anew = "call fit with warm_start=False, which begins anew"
    if have[1:-1] != sizes[1:-1]:
        was, now = tuple(map(int, have[1:-1])), sizes[1:-1]
        raise ValueError(
            f"hidden_layer_sizes was changed from {was} to {now} after a fit; {going_on} goes on with the weights "
            f"that are there. Set hidden_layer_sizes={was} again, or {anew}"
        )
    raise ValueError(
        f"y has {sizes[-1]} outputs, but {going_on} goes on with the weights that are there, of {have[-1]}. "
        f"Give as many, or {anew}"
    )


def dense(X: Any) -> AnyArray:
    """Return the rows as an array, sparse ones filled with their zeros."""
    return X.toarray() if issparse(X) else X  # type: ignore[no-any-return]
