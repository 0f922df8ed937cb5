"""What `MLPClassifier` and `MLPRegressor` share: parameters, training, prediction, in scikit-learn's dialect."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from math import inf
from os import PathLike
from typing import Any, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils import check_random_state, estimator_html_repr
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from selenite import backend as backends
from selenite import sketch
from selenite.estimators.frames import FramesOut
from selenite.estimators.mlp.checking import refuse_other_layers
from selenite.estimators.mlp.fitted import FittedPerceptron, drawn
from selenite.estimators.mlp.parameters import Parameters
from selenite.estimators.mlp.second_order import minimise
from selenite.estimators.mlp.stochastic import STOCHASTIC, Running, StochasticFit, Trained, rows_put_aside
from selenite.estimators.mlp.verdict import NOT_FINITE, FitWarning, tell_divergence, warn
from selenite.model import Model
from selenite.nn import Network, forward
from selenite.nn.describe import to_html
from selenite.nn.losses import parse_loss
from selenite.table.schema import ColumnSchema, Schema, Target
from selenite.training import Callback, Finding, Training, TrainingRows, diagnose
from selenite.types import AnyArray, Array

TARGET = "target"  # whose name is not known: X and y are arrays


class MLP(FramesOut, ClassNamePrefixFeaturesOutMixin, TransformerMixin, FittedPerceptron, Parameters):  # type: ignore[misc]
    """What the classifier and the regressor share."""

    loss_curve_: list[float]
    best_loss_: Any
    best_validation_score_: Any

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
            Keep the rows and a few checkpoints: `history_.at(epoch)` then gives the parameters after any epoch of this
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
        self.model_.save(path)

    @property
    def model_(self) -> Model:
        """The network with its columns and what it predicts, as a file holds it."""
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", None)
        names = [f"x{i}" for i in range(self.n_features_in_)] if names is None else names
        loss, number = parse_loss(self._network.loss)
        shown = f"{loss}({number!r})" if loss in ("huber", "quantile") else loss
        network = Network(self._network.layer_sizes, self._network.activations, shown)
        schema = Schema(tuple(ColumnSchema(str(name), "number") for name in names))
        return Model(network, self._flat, schema, self._target())

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
            have = len(self.coefs_[0]), *(weights.shape[1] for weights in self.coefs_)
            refuse_other_layers(have, (X.shape[1], *hidden, Y.shape[1]), incremental)
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
            rows = TrainingRows(X, Y, sample_weight)
            if self.solver in STOCHASTIC:
                aside = None
                if validation_set is not None:
                    X_aside, Y_aside = self._validation(*validation_set)
                    aside = TrainingRows(X_aside.astype(X.dtype), Y_aside.astype(X.dtype))
                self._fit_stochastic(rows, aside, callbacks, record, incremental)
            else:
                self._fit_second_order(replace(rows, Y=Y.astype(X.dtype)), callbacks)
        if not np.isfinite(self._flat).all():
            raise ValueError(NOT_FINITE)
        return self

    def _begin(self, anew: bool) -> None:
        """Set what grows from epoch to epoch: all of it, or what is not there since a user has set weights only."""
        by_score = self.early_stopping
        beginnings: dict[str, Any] = {
            "loss_curve_": [],
            "validation_loss_curve_": [],
            "validation_scores_": [] if by_score else None,
            "best_validation_score_": -inf if by_score else None,
            "best_loss_": None if by_score else inf,
            "_no_improvement_count": 0,
        }
        for name, value in beginnings.items():
            if anew or getattr(self, name, None) is None:
                setattr(self, name, value)

    def _fit_stochastic(
        self,
        rows: TrainingRows,
        validation: TrainingRows | None,
        callbacks: Sequence[Callback],
        record: bool,
        incremental: bool,
    ) -> None:
        """Train the parameters, one epoch if `incremental`, and write down how it went."""
        answers, rows = rows.Y, replace(rows, Y=rows.Y.astype(rows.X.dtype))
        if validation is None and self.early_stopping:
            kept, aside = rows_put_aside(
                answers, self.validation_fraction, self._random_state, stratified=self._stratified()
            )
            rows, validation = rows.take(kept), rows.take(aside)
        fit = StochasticFit(
            self,
            self._network,
            rows,
            validation,
            None if validation is None else partial(self._score_of, validation),
            [
                self._flat.copy(),
                *(drawn(self._network, self._random_state, self._flat.dtype) for _ in range(self.restarts - 1)),
            ],
            self._random_state,
            incremental,
            running=self.__dict__.get("_optimizer"),
            rows_seen=self.t_,
            best_loss=-self.best_validation_score_ if self.early_stopping else self.best_loss_,
            no_improvement=self._no_improvement_count,
            scores=self.validation_scores_,
        )
        trained = fit.train(callbacks, record)
        self._write_down(trained, len(rows.X), validation)
        ran_out = f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached"
        unfinished = None if incremental else f"{ran_out} and the optimization hasn't converged yet."
        self._tell_findings(trained.training, rows, unfinished)

    def _write_down(self, trained: Trained, n: int, validation: TrainingRows | None) -> None:
        """Set the attributes that scikit-learn sets; raise or warn if training diverged."""
        training, rule = trained.training, trained.run.early_stopping
        losses, diverged = training.history.loss.tolist(), training.ended == "diverged"
        self._flat[:] = training.parameters
        self._optimizer = Running(trained.run.optimizer, trained.run.state)
        self.n_iter_ = len(losses) + diverged
        self.t_ += n * len(losses)
        self.loss_curve_ += losses + [np.nan] * diverged
        self.validation_loss_curve_ += training.history.validation_loss.tolist()
        self._no_improvement_count = rule.stalled
        if training.history.run is not None:
            self.history_ = training.history
        if self.restarts > 1:
            self.restart_losses_ = trained.losses
        if not self.early_stopping:
            self.best_loss_ = min([self.best_loss_, *losses])
        elif rule.score is not None:
            self.best_validation_score_ = -rule.best_loss
        elif validation is not None:
            self.best_validation_score_ = self._score_of(validation, self._flat)
        if diverged and self.early_stopping:
            self.validation_scores_.append(np.nan)
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else np.nan
        if diverged:
            keeps_best = self.early_stopping or self.restarts > 1
            tell_divergence(training, kept=keeps_best and rule.best_parameters is not None)

    def _fit_second_order(self, rows: TrainingRows, callbacks: Sequence[Callback]) -> None:
        """Minimise the loss as it is, not as scikit-learn shows it, and write down how it went."""
        network = Network(self._network.layer_sizes, self._network.activations, self.loss)
        training = minimise(self, network, self._flat, rows, callbacks)
        self._flat[:] = training.parameters
        if self.solver == "lm":
            self.loss_curve_ = training.history.loss.tolist()
            self.loss_ = self.loss_curve_[-1]
        else:  # as scikit-learn shows it
            self.loss_ = backends.get().loss_and_gradient(
                self._network, self._flat, rows.X, rows.Y, sample_weight=rows.weight, l2=self.alpha
            )[0]
        self.n_iter_ = len(training.history)
        ran_out = f"{self.solver} failed to converge after {self.n_iter_} iteration(s), max_iter={self.max_iter}"
        self._tell_findings(training, rows, f"{ran_out}. {training.explanation}".rstrip())

    def _tell_findings(self, training: Training, rows: TrainingRows, unfinished: str | None) -> None:
        """Keep what went badly for `diagnose`, and warn of it; `unfinished` says that the iterations ran out."""
        self._findings = []
        self._keep_rows(rows)
        if training.ended == "interrupt":
            warn("Training interrupted by user.", UserWarning)
        if unfinished is None or training.ended not in ("epochs", "patience", "converged"):
            return
        converged = training.ended != "epochs"
        self._findings = diagnose(
            self._network,
            self._flat,
            rows.X,
            rows.Y,
            losses=training.history.loss,
            learning_rate=self.learning_rate_init,
            converged=converged,
            sample_weight=rows.weight,
            names=getattr(self, "feature_names_in_", None),
        )
        words = [*([] if converged else [unfinished]), *map(str, self._findings)]
        if words:
            warn("\n".join(words), FitWarning)

    def _score_of(self, rows: TrainingRows, parameters: Array) -> float:
        """Return the score of parameters; NaN where the network gives no numbers."""
        p = backends.get().predict(self._network, parameters, rows.X)
        with np.errstate(over="ignore"):  # of a prediction too large to be squared
            return self._score(p, rows.Y, rows.weight) if np.isfinite(p).all() else float("nan")

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
            self._begin(anew=first)
        if not first:
            return
        self.n_iter_, self.t_ = 0, 0
        self._flat = drawn(self._network, self._random_state, X.dtype)
        self._show_parameters()
        for name in ("_optimizer", "restart_losses_"):
            self.__dict__.pop(name, None)

    # ---------------------------------------------------------------- scikit-learn's ways

    def __str__(self) -> str:
        return f"{self!r}\n{self._network}" if hasattr(self, "coefs_") else repr(self)

    def _html_repr(self) -> str:
        """Return what a notebook shows: the parameters, and once fitted the network and its loss."""
        parameters: str = estimator_html_repr(self)
        if not hasattr(self, "coefs_"):
            return parameters
        losses = {"training": self.loss_curve_, "validation": self.validation_loss_curve_ or []}
        curves = sketch.curves({name: np.asarray(values, np.float64) for name, values in losses.items()})
        return parameters + to_html(self._network, parameters=self._flat) + curves

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
