"""Training a network on arrays: what does not fit is refused, rows are held out, and the loop is set going."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from selenite import backend as backends
from selenite.errors import DivergenceWarning, OptionError
from selenite.nn import EarlyStopping, Network, Optimizer, OptimizerState, TrainOptions, initialize, start
from selenite.splits.split import split
from selenite.training.callbacks import Callback
from selenite.training.history import Training
from selenite.training.loop import train_runs
from selenite.training.rows import TrainingRows
from selenite.training.run import Orders, Run
from selenite.types import Array, Indices


def fit(
    network: Network,
    X: Array,
    Y: Array,
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 200,
    batch_size: int | None = None,
    seed: int = 0,
    parameters: Array | None = None,
    state: OptimizerState | None = None,
    initializer: str = "glorot",
    sample_weight: Array | None = None,
    order: Indices | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    dropout: float = 0.0,
    validation: float | tuple[Array, Array] | None = None,
    patience: int | None = None,
    tolerance: float = 0.0,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
    record: bool = False,
) -> Training:
    """Train a network and return its best parameters and the history.

    Parameters
    ----------
    network : Network
    X, Y : arrays of shape (n, n_inputs) and (n, n_outputs), float32 or float64
        Their type is that of all arithmetic.
    optimizer : Optimizer, default Adam
    epochs : int
        The most epochs to run.
    batch_size : int, optional
        None trains on all rows at once.
    seed : int
        Of the start, the order of rows, dropout and the held-out part.
    parameters, state : optional
        Where to begin, instead of `initialize(network, initializer, seed)`; not written into.
    order : array of shape (epochs, n), optional
        The order of rows in each epoch, instead of the generator's.
    validation : float or (X, Y), optional
        A share of the rows to hold out, or rows of your own. Their loss after each epoch decides which epoch's
        parameters are returned, and with `patience` when to stop. Without, the training loss decides when to stop.
    patience : int, optional
        Stop after more than this many epochs in a row without a gain of `tolerance`.
    l1, l2 : float
        Penalties on the weights, (l1 Σ |weight| + ½ l2 Σ weight²) / rows of the batch; biases are left out.
    callbacks : sequence of Callback
    backend : str or Backend, optional
    record : bool
        Keep the rows and a few checkpoints, so that `history.at(epoch)` gives the parameters of any epoch.

    Returns
    -------
    Training

    Raises
    ------
    OptionError
        If shapes, numbers or options do not fit together.

    Warns
    -----
    DivergenceWarning
        If a loss or a gradient stopped being finite; the best or last finite parameters are returned.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    >>> Y = np.array([[0.0], [1], [1], [0]])
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> training = fit(network, X, Y, optimizer=Optimizer("adam", 0.1), epochs=200, seed=1)
    >>> bool(training.history.loss[-1] < 0.01)
    True
    """
    optimizer = optimizer or Optimizer()
    options = TrainOptions(batch_size, l1=l1, l2=l2, dropout=dropout)
    _check_rows(network, X, Y, sample_weight)
    _check_options(options, epochs)
    rows, X_validation, Y_validation = _held_out(network, TrainingRows(X, Y, sample_weight), validation, seed)
    parameters = initialize(network, initializer, seed, X.dtype) if parameters is None else parameters.astype(X.dtype)
    state = start(optimizer, parameters) if state is None else state.copy()
    rule = EarlyStopping(X_validation, Y_validation, patience=patience, tolerance=tolerance)
    orders: Orders | None = None if order is None else lambda done, count: order[done : done + count]
    run = Run(network, optimizer, parameters, state, rows, options, seed, rule, orders, backends.get(backend))
    keep_best = X_validation is not None
    [training] = train_runs([run], epochs=epochs, keep_best=keep_best, callbacks=callbacks, record=record)
    if training.ended == "diverged":
        warnings.warn(training.explanation, DivergenceWarning, stacklevel=2)
    return training


def _held_out(
    network: Network, rows: TrainingRows, validation: float | tuple[Array, Array] | None, seed: int
) -> tuple[TrainingRows, Array | None, Array | None]:
    """Return the rows to train on, and those that judge: the user's, or a share of the rows."""
    if isinstance(validation, tuple):
        X, Y = (np.asarray(part, dtype=rows.X.dtype) for part in validation)
        _check_rows(network, X, Y)
        return rows, X, Y
    if not validation:
        return rows, None, None
    if not 0 < validation < 1:
        raise OptionError(f"validation={validation} must lie between 0 and 1, or be a pair (X, Y)")
    kept, held_out = split(len(rows.X), validation, seed)
    return rows.take(kept), rows.X[held_out], rows.Y[held_out]


def _check_rows(network: Network, X: Array, Y: Array, sample_weight: Array | None = None) -> None:
    """Raise OptionError where rows do not fit the network."""
    if X.ndim != 2 or X.shape[1] != network.n_inputs:
        raise OptionError(f"X has shape {X.shape}; the network takes (rows, {network.n_inputs})")
    if Y.shape != (len(X), network.n_outputs):
        raise OptionError(f"Y has shape {Y.shape}; for these X the network gives {(len(X), network.n_outputs)}")
    if len(X) == 0:
        raise OptionError("there are no rows to train on")
    if X.dtype not in (np.float32, np.float64) or Y.dtype != X.dtype:
        raise OptionError(f"X is {X.dtype} and Y {Y.dtype}; both must be float32 or both float64")
    for name, array in (("X", X), ("Y", Y)):
        if not np.isfinite(array).all():
            row, column = np.argwhere(~np.isfinite(array))[0]
            raise OptionError(f"{name}[{row}, {column}] is {array[row, column]}; every number must be finite")
    if sample_weight is not None:
        if sample_weight.shape != (len(X),):
            raise OptionError(f"sample_weight has shape {sample_weight.shape}; it needs one number a row: {(len(X),)}")
        if not np.isfinite(sample_weight).all() or (sample_weight < 0).any() or not sample_weight.any():
            raise OptionError("sample_weight must be finite, not negative, and not zero for every row")


def _check_options(options: TrainOptions, epochs: int) -> None:
    """Raise OptionError where a number is out of range."""
    if epochs < 1:
        raise OptionError(f"epochs={epochs} must be at least 1")
    if options.batch_size is not None and options.batch_size < 1:
        raise OptionError(f"batch_size={options.batch_size} must be at least 1, or None for all rows at once")
    if not 0 <= options.dropout < 1:
        raise OptionError(f"dropout={options.dropout} must lie in [0, 1)")
    for name, value in (("l1", options.l1), ("l2", options.l2)):
        if value < 0:
            raise OptionError(f"{name}={value} must not be negative")
