"""The stochastic solvers: scikit-learn's order of rows, learning rates and stopping, in the words of `training`."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from math import inf
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import train_test_split

from selenite import backend as backends
from selenite.estimators.mlp.printing import Printing
from selenite.estimators.mlp.verdict import judge_fit, tell_divergence, warn
from selenite.nn import EarlyStopping, Optimizer, OptimizerState, Schedule, TrainOptions, start
from selenite.training import Callback, Progress, Training
from selenite.training.loop import best_of, train_runs
from selenite.training.run import Orders, Run, TrainingRows
from selenite.types import AnyArray, Array, Indices

if TYPE_CHECKING:
    from selenite.estimators.mlp.base import MLP

STOCHASTIC = ("sgd", "adam", "adamw")
SCHEDULES = {"constant": "constant", "invscaling": "inverse_scaling", "adaptive": "adaptive"}
Validation = tuple[Array, Array, Array | None]  # inputs, targets, weights


@dataclass
class Running:
    """An optimizer in use; `partial_fit` goes on with it."""

    optimizer: Optimizer
    state: OptimizerState

    @property
    def learning_rate(self) -> float:
        return self.optimizer.learning_rate * self.state.rate_factor


class Shuffles:
    """scikit-learn's orders of the rows, each a shuffling of the one before, drawn from its random stream."""

    def __init__(self, stream: np.random.RandomState, n: int, *, used: bool) -> None:
        self.stream, self.used, self.order = stream, used, np.arange(n)
        self.done, self.drawn, self.before = 0, 0, stream.get_state(legacy=True)

    def __call__(self, done: int, count: int) -> Indices | None:
        """Draw the orders of the next epochs; where nobody uses them, the stream moves on all the same."""
        self.done, self.drawn, self.before = done, done + count, self.stream.get_state(legacy=True)
        orders = np.empty((count, len(self.order)), dtype=np.intp)
        for row in orders:
            places = np.arange(len(row))
            self.stream.shuffle(places)
            np.take(self.order, places, out=row)
            self.order = row
        return orders if self.used else None

    def keep(self, epochs: int) -> None:
        """Leave the stream as if no more had been drawn than these epochs need."""
        if epochs < self.drawn:
            self.stream.set_state(self.before)
            self(self.done, epochs - self.done)


class Redrawn:
    """The same orders once more, from a copy of the stream as it was at the beginning."""

    def __init__(self, orders: Shuffles) -> None:
        self.beginning = deepcopy(orders)

    def __call__(self, done: int, count: int) -> Indices | None:
        orders = deepcopy(self.beginning)
        for epoch in range(done):
            orders(epoch, 1)
        return orders(done, count)


class GoingOn(Callback):
    """Set the rate of inverse scaling after each epoch of a run that goes on: the rows of all calls count."""

    every_epoch = True

    def __init__(self, state: OptimizerState, power: float, rows_before: int, n: int) -> None:
        self.state, self.power, self.rows_before, self.n = state, power, rows_before, n

    def epoch(self, progress: Progress) -> None:
        self.state.rate_factor = _inverse_scaling(self.rows_before + self.n * progress.epoch, self.power)


def begin(model: MLP, *, anew: bool) -> None:
    """Set what grows from epoch to epoch: all of it, or what is not there since a user has set weights only."""
    by_score = model.early_stopping
    beginnings: dict[str, Any] = {
        "loss_curve_": [],
        "validation_loss_curve_": [],
        "validation_scores_": [] if by_score else None,
        "best_validation_score_": -inf if by_score else None,
        "best_loss_": None if by_score else inf,
        "_no_improvement_count": 0,
    }
    for name, value in beginnings.items():
        if anew or getattr(model, name, None) is None:
            setattr(model, name, value)


def fit_stochastic(
    model: MLP,
    X: Array,
    Y: AnyArray,
    sample_weight: Array | None,
    validation: Validation | None,
    callbacks: Sequence[Callback],
    record: bool,
    incremental: bool,
) -> None:
    """Train the model's parameters, one epoch if `incremental`, and write down how it went."""
    numbers = Y.astype(X.dtype)
    if validation is None and model.early_stopping:
        kept, aside = _put_aside(model, X, Y)
        validation = X[aside], numbers[aside], None if sample_weight is None else sample_weight[aside]
        X, numbers, sample_weight = X[kept], numbers[kept], None if sample_weight is None else sample_weight[kept]
    n = len(X)
    if model.batch_size != "auto" and model.batch_size > n:
        warn("Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", UserWarning)
    batch_size = min(200 if model.batch_size == "auto" else int(model.batch_size), n)
    optimizer = _described(model, goes_on=incremental or model.t_ > 0)
    running = getattr(model, "_optimizer", None)
    if not (incremental and running is not None and running.optimizer.name == optimizer.name):
        model._optimizer = Running(optimizer, start(optimizer, model._flat))
    model._optimizer.optimizer = optimizer
    orders = None if model.restarts > 1 else _orders(model, n, full=batch_size == n)
    learning = {
        "rows": TrainingRows(X, numbers, sample_weight),
        "options": TrainOptions(None if batch_size == n else batch_size, l2=model.alpha, dropout=model.dropout),
        "orders": orders,
    }
    runs = _starts(model, validation, learning) if model.restarts > 1 else [_run(model, validation, learning)]
    if _scales_inversely(model) and model.t_ > 0 and not incremental:
        callbacks = [*callbacks, GoingOn(model._optimizer.state, model.power_t, model.t_, n)]
    if record:
        _refuse_record(model, validation)
    redrawn = Redrawn(orders) if record and isinstance(orders, Shuffles) else None
    if model.verbose:
        rule = f"tol={model.tol:f} for {model.n_iter_no_change:.0f} consecutive epochs"
        scores = model.validation_scores_ if model.early_stopping and model.restarts == 1 else None
        callbacks = [*callbacks, Printing(scores, rule)]
    trainings = train_runs(
        runs,
        epochs=1 if incremental else model.max_iter,
        keep_best=model.early_stopping or model.restarts > 1,
        callbacks=callbacks,
        record=record,
    )
    training = trainings[best_of(runs)]
    if isinstance(orders, Shuffles):
        orders.keep(len(training.history))
    if training.history.run is not None:
        training.history.run.orders = redrawn or orders
        model.history_ = training.history
    _write_down(model, training, runs, n, validation)
    ran_out = f"Stochastic Optimizer: Maximum iterations ({model.max_iter}) reached"
    unfinished = None if incremental else f"{ran_out} and the optimization hasn't converged yet."
    judge_fit(model, training, X, numbers, sample_weight, unfinished=unfinished)


def _described(model: MLP, *, goes_on: bool) -> Optimizer:
    """Return the solver and its numbers; a schedule counts from its first epoch, so a run that goes on has none."""
    numbers: dict[str, Any] = {"learning_rate": model.learning_rate_init}
    if model.solver == "sgd":
        schedule = "constant" if goes_on and _scales_inversely(model) else SCHEDULES[model.learning_rate]
        numbers |= {
            "momentum": model.momentum,
            "nesterov": model.nesterovs_momentum,
            "schedule": Schedule(schedule, power=model.power_t),
        }
    else:
        numbers |= {"beta_1": model.beta_1, "beta_2": model.beta_2, "epsilon": model.epsilon}
    if model.solver == "adamw":
        numbers["weight_decay"] = model.weight_decay
    return Optimizer(model.solver, **numbers)


def _scales_inversely(model: MLP) -> bool:
    return bool(model.solver == "sgd" and model.learning_rate == "invscaling")


def _inverse_scaling(rows_seen: int, power: float) -> float:
    return float((1 + rows_seen) ** -power)


def _orders(model: MLP, n: int, *, full: bool) -> Orders | None:
    """Return who gives the order of the rows; a stream that others draw from moves on even where order is nothing."""
    shared = not isinstance(model.random_state, Integral)
    if model.shuffle and (shared or not full):
        return Shuffles(model._random_state, n, used=not full)
    return None if full else partial(_as_they_are, n)


def _as_they_are(n: int, done: int, count: int) -> Indices:
    return np.broadcast_to(np.arange(n), (count, n))


def _refuse_record(model: MLP, validation: Validation | None) -> None:
    """Raise where the rate follows something that a replay does not have."""
    if model.solver != "sgd":
        return
    if model.learning_rate == "adaptive" and validation is not None and model.restarts == 1:
        raise ValueError("record=True: learning_rate='adaptive' is replayed only where the training loss decides")
    if model.learning_rate == "invscaling" and model.t_ > 0:
        raise ValueError("record=True: learning_rate='invscaling' is replayed only from its first epoch on")


def _run(model: MLP, validation: Validation | None, learning: dict[str, Any]) -> Run:
    """Return the model's run, going on from what it has seen: scikit-learn stops by score or by training loss."""
    seed = int(model._random_state.randint(2**31)) if model.dropout else 0
    rule = _rule(model, validation)
    rule.stalled = model._no_improvement_count
    if model.early_stopping and validation is not None:
        rule.score, rule.scores = partial(_score, model, validation), model.validation_scores_
        rule.best_loss, rule.best_parameters = -model.best_validation_score_, model._flat
    else:
        rule.best_loss, rule.by_training_loss = model.best_loss_, validation is not None
    running = model._optimizer
    return Run(
        model._network, running.optimizer, model._flat.copy(), running.state, seed=seed, early_stopping=rule, **learning
    )


def _score(model: MLP, validation: Validation, parameters: Array) -> float:
    """Return the validation score of parameters; NaN where the network gives no numbers."""
    X, Y, sample_weight = validation
    p = backends.get().predict(model._network, parameters, X)
    with np.errstate(over="ignore"):  # of a prediction too large to be squared
        return model._score(p, Y, sample_weight) if np.isfinite(p).all() else float("nan")


def _starts(model: MLP, validation: Validation | None, learning: dict[str, Any]) -> list[Run]:
    """Return a run from each of several starts, all stopping by the loss."""
    starts = [model._flat.copy(), *(model._drawn(model._flat.dtype) for _ in range(model.restarts - 1))]
    seeds = model._random_state.randint(2**31, size=len(starts)).tolist()
    optimizer = model._optimizer.optimizer
    return [
        Run(
            model._network,
            optimizer,
            one,
            start(optimizer, one),
            seed=seed,
            early_stopping=_rule(model, validation),
            **learning,
        )
        for one, seed in zip(starts, seeds, strict=True)
    ]


def _rule(model: MLP, validation: Validation | None) -> EarlyStopping:
    patience = None if model.n_iter_no_change == inf else int(model.n_iter_no_change)
    X, Y, sample_weight = validation or (None, None, None)
    return EarlyStopping(X, Y, sample_weight, patience, model.tol)


def _write_down(model: MLP, training: Training, runs: list[Run], n: int, validation: Validation | None) -> None:
    """Set the attributes that scikit-learn sets; raise or warn if training diverged."""
    best, losses = runs[best_of(runs)], training.history.loss.tolist()
    model._flat[:] = training.parameters
    model.n_iter_ = len(losses)
    model.t_ += n * len(losses)
    model.loss_curve_ += losses
    model.validation_loss_curve_ += training.history.validation_loss.tolist()
    model._no_improvement_count = best.early_stopping.stalled
    model._optimizer.state = best.state
    if _scales_inversely(model):
        best.state.rate_factor = _inverse_scaling(model.t_, model.power_t)
    if len(runs) > 1:
        model.restart_losses_ = np.array([run.early_stopping.best_loss for run in runs])
    if not model.early_stopping:
        model.best_loss_ = min([model.best_loss_, *losses])
    elif best.early_stopping.score is not None:
        model.best_validation_score_ = -best.early_stopping.best_loss
    elif validation is not None:
        model.best_validation_score_ = _score(model, validation, model._flat)
    if training.ended == "diverged":
        model.n_iter_ += 1
        model.loss_curve_.append(np.nan)
        if model.early_stopping:
            model.validation_scores_.append(np.nan)
    model.loss_ = model.loss_curve_[-1] if model.loss_curve_ else np.nan
    if training.ended == "diverged":
        keeps_best = model.early_stopping or len(runs) > 1
        tell_divergence(training, kept=keeps_best and best.early_stopping.best_parameters is not None)


def _put_aside(model: MLP, X: Array, Y: AnyArray) -> tuple[Indices, Indices]:
    """Return the rows to train on and those put aside, the same as scikit-learn's."""
    kept, aside = train_test_split(
        np.arange(len(X)),
        random_state=model._random_state,
        test_size=model.validation_fraction,
        stratify=Y if model._stratified() else None,
    )
    if len(aside) < 2:
        raise ValueError("The validation set is too small. Increase 'validation_fraction' or the size of your dataset.")
    return kept, aside
