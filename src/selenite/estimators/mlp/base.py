"""What `MLPClassifier` and `MLPRegressor` share: parameters, training, prediction, in scikit-learn's dialect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
from scipy.sparse import issparse
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import check_random_state, estimator_html_repr
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from selenite import backend as backends
from selenite.estimators.mlp.second_order import fit_second_order
from selenite.estimators.mlp.stochastic import SCHEDULES, STOCHASTIC, Validation, begin, fit_stochastic
from selenite.estimators.mlp.verdict import NOT_FINITE
from selenite.model import Model
from selenite.nn import LOSSES, Network, forward
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.nn.initializers import require_room
from selenite.nn.losses import parse_loss
from selenite.table.schema import ColumnSchema, Schema, Target
from selenite.training import Callback, Finding
from selenite.types import AnyArray, Array

COUNT = Interval(Integral, 1, 2**63 - 1, closed="both")  # as many as the kernel counts


class MLP(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions({*HIDDEN_ACTIVATIONS}), list, tuple],
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

    def _keep(self, given: dict[str, Any]) -> None:
        """Keep the constructor's arguments under their own names, which is all that a constructor does here."""
        self.__dict__.update({name: value for name, value in given.items() if name != "self"})

    # ---------------------------------------------------------------- what the user calls

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        validation_set: tuple[Any, Any] | None = None,
        callbacks: Sequence[Callback] = (),
        record: bool = False,
    ) -> Self:
        """Fit the model to the rows of X and their targets y.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes, or numbers; several columns for multi-label and multi-output.
        sample_weight : array-like of shape (n_samples,), optional
        validation_set : (X, y), optional
            Rows of your own for `validation_loss_curve_`. With `early_stopping` they decide when to stop, in place of
            a share of the training rows.
        callbacks : sequence of selenite.training.Callback
            Told when training begins, goes on and ends; one that returns True ends it. With
            `restarts`, of the best so far.
        record : bool
            Keep the rows and a few snapshots: `history_.at(epoch)` then gives the parameters after any epoch of this
            fit, bit for bit, as one vector. For the solvers sgd, adam and adamw.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If weights stopped being finite; the message says where, and what to try.

        Warns
        -----
        FitWarning
            A ConvergenceWarning that says what went badly and what to do; `diagnose()` lists it.
        """
        return self._fit(X, y, sample_weight, validation_set=validation_set, callbacks=callbacks, record=record)

    def transform(self, X: Any, layer: int = -1) -> Array:
        """Return the activations of a hidden layer, shape (n_samples, units): the last one unless said.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        layer : int
            Which hidden layer, counted from 0 or, negative, from the last.
        """
        check_is_fitted(self)
        n_hidden = self.n_layers_ - 2
        if not -n_hidden <= layer < n_hidden:
            raise ValueError(f"layer={layer}: there are {n_hidden} hidden layers")
        parameters, rows = self._ready(X)
        hidden: Array = forward(self._network, parameters, rows)[1][1:-1][layer]
        return hidden

    def diagnose(self) -> list[Finding]:
        """Return what went badly in the last fit: each finding with its evidence and one remedy; empty if nothing."""
        check_is_fitted(self)
        return list(self._findings)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to one safe file; `selenite.load` predicts with it without scikit-learn."""
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", None)
        names = [f"x{i}" for i in range(self.n_features_in_)] if names is None else names
        loss, number = parse_loss(self._network.loss)
        shown = f"{loss}({number!r})" if loss in ("huber", "quantile") else loss
        network = Network(self._network.layer_sizes, self._network.activations, shown)
        schema = Schema(tuple(ColumnSchema(str(name), "number") for name in names))
        Model(network, self._flat, schema, self._target()).save(path)

    # ---------------------------------------------------------------- training

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        *,
        validation_set: tuple[Any, Any] | None = None,
        callbacks: Sequence[Callback] = (),
        record: bool = False,
        incremental: bool = False,
    ) -> Self:
        sizes = self.hidden_layer_sizes
        hidden = [int(size) for size in (sizes if hasattr(sizes, "__iter__") else [sizes])]
        if any(size <= 0 for size in hidden):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {hidden}.")
        first = not hasattr(self, "coefs_") or (not self.warm_start and not incremental)
        X, Y, y = self._validated(X, y, incremental, reset=first)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=X.dtype)
        sample_weight = self._weighted_by_class(y, sample_weight, incremental)
        if not first:
            self._refuse_other_layers((X.shape[1], *hidden, Y.shape[1]), incremental)
        self.n_outputs_ = Y.shape[1]
        self._random_state = check_random_state(self.random_state)
        self._prepare(hidden, X, first)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.restarts > 1 and (incremental or self.warm_start or self.solver not in STOCHASTIC):
            raise ValueError(
                f"restarts={self.restarts} begins anew each time: it goes with fit and the solvers "
                f"{', '.join(STOCHASTIC)}, not with partial_fit, warm_start or solver={self.solver!r}"
            )
        self.__dict__.pop("history_", None)
        if record and self.solver not in STOCHASTIC:
            raise ValueError(
                f"record=True keeps what epochs are replayed from, which solver={self.solver!r} has none of; "
                f"it goes with {', '.join(STOCHASTIC)}"
            )
        with nullcontext() if self.n_threads is None else backends.limit_threads(self.n_threads), self._writing():
            if self.solver in STOCHASTIC:
                validation: Validation | None = None
                if validation_set is not None:
                    X_aside, Y_aside = self._validation(*validation_set)
                    validation = X_aside.astype(X.dtype), Y_aside.astype(X.dtype), None
                fit_stochastic(self, X, Y, sample_weight, validation, callbacks, record, incremental)
            else:
                fit_second_order(self, X, Y.astype(X.dtype), sample_weight, callbacks)
        if not np.isfinite(self._flat).all():
            raise ValueError(NOT_FINITE)
        return self

    def _refuse_other_layers(self, sizes: tuple[int, ...], incremental: bool) -> None:
        """Raise where a fit that is to go on with the weights at hand asks for layers of other sizes."""
        have = (len(self.coefs_[0]), *(weights.shape[1] for weights in self.coefs_))
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

    def _prepare(self, hidden: list[int], X: Array, first: bool) -> None:
        """Describe the network; with `first` draw its weights and forget what was."""
        sizes = (X.shape[1], *hidden, self.n_outputs_)
        names = [self.activation] * len(hidden) if isinstance(self.activation, str) else list(self.activation)
        if len(names) != len(hidden):
            raise ValueError(
                f"activation={self.activation!r} names {len(names)} layers; there are {len(hidden)} hidden"
            )
        self.out_activation_ = self._output_activation()
        self._network = Network(sizes, (*names, self.out_activation_), self._shown_loss(X.dtype))
        self.n_layers_ = len(sizes)
        if self.solver in STOCHASTIC:
            begin(self, anew=first)
        if not first:
            return
        self.n_iter_, self.t_ = 0, 0
        self._flat = self._drawn(X.dtype)
        self._show_parameters()
        for name in ("_optimizer", "restart_losses_"):
            self.__dict__.pop(name, None)

    def _drawn(self, dtype: Any) -> Array:
        """Return parameters as scikit-learn draws them: uniform within √(6 / (n_in + n_out)), 2 for logistic."""
        require_room(self._network, dtype)
        flat = np.empty(self._network.n_parameters, dtype)
        names = (*self._network.activations[:-1], *self._network.activations[-2:-1])  # the output's as the last hidden
        pairs = zip(self._network.weights(flat), self._network.bias_vectors(flat), strict=True)
        for l, (weights, biases) in enumerate(pairs):
            factor = 2.0 if names and names[l] == "logistic" else 6.0
            bound = np.sqrt(factor / sum(weights.shape))
            weights[:] = self._random_state.uniform(-bound, bound, weights.shape)
            if biases is not None:
                biases[:] = self._random_state.uniform(-bound, bound, biases.shape)
        return flat

    # ---------------------------------------------------------------- parameters, in one piece and in many

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Take up `coefs_` and `intercepts_`, whoever set them, and show them again in the end."""
        self._flat = self._packed()
        try:
            yield
        finally:
            self._show_parameters()

    def _show_parameters(self) -> None:
        """Make `coefs_` and `intercepts_` views of the flat vector."""
        self.coefs_ = self._network.weights(self._flat)
        self.intercepts_ = self._network.bias_vectors(self._flat)
        self._shown = (*self.coefs_, *self.intercepts_)

    def _packed(self) -> Array:
        """Return the flat vector, made anew if somebody has put other arrays into `coefs_` or `intercepts_`."""
        given = (*self.coefs_, *self.intercepts_)
        shown = self.__dict__.get("_shown", ())
        if len(shown) == len(given) and all(map(lambda a, b: a is b, given, shown)):
            flat: Array = self._flat
            return flat
        arrays: list[Any] = [array for pair in zip(self.coefs_, self.intercepts_, strict=True) for array in pair]
        return np.concatenate([np.ravel(array) for array in arrays])

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__().copy()
        if "_shown" in state:
            state["_flat"] = self._packed()
            del state["_shown"]
        return dict(state)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_flat" in state:
            self._show_parameters()

    # ---------------------------------------------------------------- prediction

    def _output(self, X: Any) -> Array:
        """Return what the network gives, shape (n_samples, n_outputs)."""
        parameters, rows = self._ready(X)
        threads = self.n_threads
        with nullcontext() if threads is None else backends.limit_threads(threads):
            return backends.get().predict(self._network, parameters, rows)

    def _ready(self, X: Any) -> tuple[Array, Array]:
        """Return the parameters and the rows, checked as scikit-learn checks them, in one type."""
        known = self.__dict__
        if "coefs_" not in known:
            check_is_fitted(self)
        plain = (
            type(X) is np.ndarray
            and X.ndim == 2
            and X.dtype.kind == "f"
            and X.shape[1] == known["n_features_in_"]
            and len(X) > 0
            and "feature_names_in_" not in known
            and bool(np.isfinite(X).all())
        )
        if not plain:
            X = _dense(validate_data(self, X, accept_sparse=["csr", "csc"], reset=False))
        parameters = self._packed()
        if "_network" not in known:
            raise ValueError("coefs_ were set by hand: call fit or partial_fit before predicting")
        dtype = parameters.dtype if X.dtype.kind != "f" else np.result_type(parameters.dtype, X.dtype)
        dtype = np.dtype(np.float64) if dtype == np.float16 else dtype
        return parameters.astype(dtype, copy=False), np.ascontiguousarray(X, dtype)

    def __str__(self) -> str:
        return f"{self!r}\n{self._network}" if hasattr(self, "coefs_") else repr(self)

    def _html_repr(self) -> str:
        """Return what a notebook shows: the parameters, and once fitted the network."""
        parameters: str = estimator_html_repr(self)
        return parameters + self._network._repr_html_() if hasattr(self, "coefs_") else parameters

    @property
    def _n_features_out(self) -> int:
        return int(self._network.layer_sizes[-2])

    def __sklearn_is_fitted__(self) -> bool:
        return "coefs_" in self.__dict__

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    # ---------------------------------------------------------------- what differs

    def _validated(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Array, AnyArray, AnyArray]:
        """Return the rows, their targets (n, n_outputs) and y as the user gave it."""
        raise NotImplementedError

    def _validation(self, X: Any, y: Any) -> tuple[Array, AnyArray]:
        """Return rows of the user's own, and their targets (n, n_outputs)."""
        X, Y, _ = self._validated(X, y, incremental=False, reset=False)
        return X, Y

    def _weighted_by_class(self, y: AnyArray, sample_weight: Array | None, incremental: bool) -> Array | None:
        return sample_weight

    def _output_activation(self) -> str:
        raise NotImplementedError

    def _shown_loss(self, dtype: Any) -> str:
        """Return the loss, shown as scikit-learn shows it."""
        raise NotImplementedError

    def _score(self, prediction: Array, Y: Array, sample_weight: Array | None) -> float:
        raise NotImplementedError

    def _is_stochastic(self) -> bool:
        if self.solver not in STOCHASTIC:
            raise AttributeError(
                f"partial_fit is only available for stochastic optimizers. {self.solver} is not stochastic."
            )
        return True

    def _stratified(self) -> bool:
        return False

    def _target(self) -> Target:
        raise NotImplementedError


def checked(estimator: MLP, X: Any, y: Any, reset: bool, **more: Any) -> tuple[Array, AnyArray]:
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
    X = _dense(X)
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


def _check_loss(estimator: MLP) -> None:
    """Refuse a loss that is not for the task."""
    task = "classification" if isinstance(estimator, ClassifierMixin) else "regression"
    fitting = {name for name, loss in LOSSES.items() if task in loss.tasks}
    if estimator.loss.partition("(")[0] not in fitting:
        raise ValueError(
            f"The 'loss' parameter of {type(estimator).__name__} must be a str among {fitting}. "
            f"Got {estimator.loss!r} instead."
        )


def _dense(X: Any) -> AnyArray:
    return X.toarray() if issparse(X) else X  # type: ignore[no-any-return]
