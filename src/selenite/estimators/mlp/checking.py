"""What the perceptrons take, checked as scikit-learn checks it: parameters, rows and targets."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_classifier
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.validation import column_or_1d, validate_data

from selenite.estimators.mlp.stochastic import SCHEDULES, STOCHASTIC
from selenite.nn import LOSSES
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.nn.own import OwnActivation, OwnLoss
from selenite.types import AnyArray, Array

COUNT = Interval(Integral, 1, 2**63 - 1, closed="both")  # as many as the kernel counts
CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "activation": [StrOptions({*HIDDEN_ACTIVATIONS}), OwnActivation, list, tuple],
    "solver": [StrOptions({"lbfgs", "lm", *STOCHASTIC})],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), COUNT],
    "learning_rate": [StrOptions(set(SCHEDULES))],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "power_t": [Interval(Real, 0, None, closed="left")],
    "max_iter": [COUNT],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [COUNT, Options(Real, {np.inf})],
    "max_fun": [COUNT],
    "loss": [str],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "weight_decay": [Interval(Real, 0, None, closed="left")],
    "restarts": [COUNT],
    "dtype": [StrOptions({"float32", "float64"}), Options(type, {np.float32, np.float64}), None],
    "n_threads": [COUNT, Options(Integral, {-1}), None],
}


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
