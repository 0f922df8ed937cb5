"""The stochastic solvers: scikit-learn's order of rows, learning rates and stopping, in the words of `training`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from selenite.estimators.mlp.verdict import Printing, warn
from selenite.nn import EarlyStopping, Network, Optimizer, OptimizerState, Schedule, TrainOptions, start
from selenite.training import Callback, Progress, Training
from selenite.training.loop import best_of, train_runs
from selenite.training.rows import TrainingRows
from selenite.training.run import Orders, Run
from selenite.types import AnyArray, Array, Floats, Indices

STOCHASTIC = ("sgd", "adam", "adamw")
SCHEDULES = {"constant": "constant", "invscaling": "inverse_scaling", "adaptive": "adaptive"}


@dataclass
class Running:
    """An optimizer in use; `partial_fit` goes on with it."""

    optimizer: Optimizer
    state: OptimizerState

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
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


def redrawn(beginning: Shuffles, done: int, count: int) -> Indices | None:
    """Draw the same orders once more; `beginning` keeps the stream as it was at the beginning."""
    orders = deepcopy(beginning)
    for epoch in range(done):
        orders(epoch, 1)
    return orders(done, count)


class GoingOn(Callback):
    """Set the rate of inverse scaling after each epoch of a run that goes on: the rows of all calls count."""

    every_epoch = True

    def __init__(self, state: OptimizerState, power: float, rows_before: int, n: int) -> None:
        self.state, self.power, self.rows_before, self.n = state, power, rows_before, n

    def epoch(self, progress: Progress) -> None:
        """Lower the rate as scikit-learn does, which counts rows."""
        self.state.rate_factor = _inverse_scaling(self.rows_before + self.n * progress.epoch, self.power)


@dataclass(frozen=True)
class Trained:
    """What one call has led to."""

    training: Training  # of the best restart
    run: Run
    losses: Floats  # the best of each restart


@dataclass(frozen=True)
class StochasticFit:
    """One call of `fit` or `partial_fit`: what is asked for, what to learn from, where earlier calls have come to."""

    asked: Any  # the estimator, of which the parameters are read
    network: Network
    rows: TrainingRows
    validation: TrainingRows | None
    score: Callable[[Array], float] | None  # of the validation rows
    starts: Sequence[Array]  # the parameters to begin with, of each restart; written into
    stream: np.random.RandomState
    incremental: bool  # for one epoch
    running: Running | None  # from here on: where earlier calls have come to
    rows_seen: int
    best_loss: float  # or minus the best score
    no_improvement: int  # epochs in a row
    scores: list[float]  # of the validation rows, one an epoch; written into

    def train(self, callbacks: Sequence[Callback], record: bool) -> Trained:
        """Train from each start and return the best."""
        asked, n = self.asked, len(self.rows.X)
        runs = self._restarts() if asked.restarts > 1 else [self._run()]
        orders = runs[0].orders
        if self._scales_inversely and self.rows_seen > 0 and not self.incremental:
            callbacks = [*callbacks, GoingOn(runs[0].state, asked.power_t, self.rows_seen, n)]
        if record:
            self._refuse_record()
        again = partial(redrawn, deepcopy(orders)) if record and isinstance(orders, Shuffles) else orders
        if asked.verbose:
            by_score = runs[0].early_stopping.score is not None
            rule = f"tol={asked.tol:f} for {asked.n_iter_no_change:.0f} consecutive epochs"
            callbacks = [*callbacks, Printing(runs[0].early_stopping.scores if by_score else None, rule)]
        trainings = train_runs(
            runs,
            epochs=1 if self.incremental else asked.max_iter,
            keep_best=asked.early_stopping or asked.restarts > 1,
            callbacks=callbacks,
            record=record,
        )
        best = best_of(runs)
        training, run = trainings[best], runs[best]
        epochs = len(training.history)
        if isinstance(orders, Shuffles):
            orders.keep(epochs)
        if training.history.run is not None:
            training.history.run.orders = again
        if self._scales_inversely:
            run.state.rate_factor = _inverse_scaling(self.rows_seen + n * epochs, asked.power_t)
        return Trained(training, run, np.array([each.early_stopping.best_loss for each in runs]))

    @property
    def _scales_inversely(self) -> bool:
        return bool(self.asked.solver == "sgd" and self.asked.learning_rate == "invscaling")

    def _run(self) -> Run:
        """Return a run that goes on from what was seen: scikit-learn stops by score or by training loss."""
        optimizer, running = self._optimizer(), self.running
        [parameters] = self.starts
        state = start(optimizer, parameters)
        if self.incremental and running is not None and running.optimizer.name == optimizer.name:
            state = running.state
        seed = int(self.stream.randint(2**31)) if self.asked.dropout else 0
        rule = replace(self._rule(), best_loss=self.best_loss, stalled=self.no_improvement)
        if self.asked.early_stopping:
            rule.score, rule.scores, rule.best_parameters = self.score, self.scores, parameters.copy()
        else:
            rule.by_training_loss = self.validation is not None
        options = self._options()
        orders = self._orders(full=options.batch_size is None)
        return Run(self.network, optimizer, parameters, state, self.rows, options, seed, rule, orders)

    def _restarts(self) -> list[Run]:
        """Return a run from each start, all stopping by the loss."""
        optimizer, options = self._optimizer(), self._options()
        seeds = self.stream.randint(2**31, size=len(self.starts)).tolist()
        return [
            Run(self.network, optimizer, one, start(optimizer, one), self.rows, options, seed, self._rule())
            for one, seed in zip(self.starts, seeds, strict=True)
        ]

    def _optimizer(self) -> Optimizer:
        """Return the solver and its numbers; a schedule counts from its first epoch, so a run that goes on has none."""
        asked, goes_on = self.asked, self.incremental or self.rows_seen > 0
        numbers: dict[str, Any] = {"learning_rate": asked.learning_rate_init}
        if asked.solver == "sgd":
            schedule = "constant" if goes_on and self._scales_inversely else SCHEDULES[asked.learning_rate]
            numbers |= {
                "momentum": asked.momentum,
                "nesterov": asked.nesterovs_momentum,
                "schedule": Schedule(schedule, power=asked.power_t),
            }
        else:
            numbers |= {"beta_1": asked.beta_1, "beta_2": asked.beta_2, "epsilon": asked.epsilon}
        if asked.solver == "adamw":
            numbers["weight_decay"] = asked.weight_decay
        return Optimizer(asked.solver, **numbers)

    def _options(self) -> TrainOptions:
        asked, n = self.asked, len(self.rows.X)
        size = 200 if asked.batch_size == "auto" else int(asked.batch_size)
        if asked.batch_size != "auto" and size > n:
            warn("Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", UserWarning)
        return TrainOptions(None if size >= n else size, l2=asked.alpha, dropout=asked.dropout)

    def _rule(self) -> EarlyStopping:
        patience = None if self.asked.n_iter_no_change == inf else int(self.asked.n_iter_no_change)
        if self.validation is None:
            return EarlyStopping(patience=patience, tolerance=self.asked.tol)
        rows = self.validation
        return EarlyStopping(rows.X, rows.Y, rows.weight, patience, self.asked.tol)

    def _orders(self, *, full: bool) -> Orders | None:
        """Return who gives the order of the rows; a stream that others draw from moves on even where it is nothing."""
        n, shared = len(self.rows.X), not isinstance(self.asked.random_state, Integral)
        if self.asked.shuffle and (shared or not full):
            return Shuffles(self.stream, n, used=not full)
        return None if full else partial(_as_they_are, n)

    def _refuse_record(self) -> None:
        """Raise where the rate follows something that a replay does not have."""
        asked = self.asked
        if asked.solver != "sgd":
            return
        if asked.learning_rate == "adaptive" and self.validation is not None and asked.restarts == 1:
            raise ValueError("record=True: learning_rate='adaptive' is replayed only where the training loss decides")
        if asked.learning_rate == "invscaling" and self.rows_seen > 0:
            raise ValueError("record=True: learning_rate='invscaling' is replayed only from its first epoch on")


def rows_put_aside(
    answers: AnyArray, fraction: float, stream: np.random.RandomState, *, stratified: bool
) -> tuple[Indices, Indices]:
    """Return the rows to train on and those put aside, the same as scikit-learn's."""
    kept, aside = train_test_split(
        np.arange(len(answers)), random_state=stream, test_size=fraction, stratify=answers if stratified else None
    )
    if len(aside) < 2:
        raise ValueError("The validation set is too small. Increase 'validation_fraction' or the size of your dataset.")
    return kept, aside


def _inverse_scaling(rows_seen: int, power: float) -> float:
    return float((1 + rows_seen) ** -power)


def _as_they_are(n: int, done: int, count: int) -> Indices:
    return np.broadcast_to(np.arange(n), (count, n))
