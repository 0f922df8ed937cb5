"""From a raw table to a model: an ensemble whose members hold out different rows, so that every row trains some.

What members say of rows that they held out calibrates the probabilities of classes and tells how far numbers spread.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from selenite import backend as backends
from selenite.errors import DivergenceWarning, OptionError
from selenite.fitting.budget import fitted_to_time, rows_in_time, some_of, unseen_rows_in_time
from selenite.fitting.calibration import calibrate
from selenite.fitting.members import Members, rows_held_out
from selenite.fitting.plan import Plan, Settings, network_for, plan
from selenite.fitting.retraining import Trained, in_logarithms, wider
from selenite.fitting.targets import numbers, scaled_for, target_loss, targets
from selenite.model import Data, Model, Recipe
from selenite.nn import Network
from selenite.splits.grouping import ALONE, Grouping
from selenite.table import Column, Schema, Table, Target, answers_of, encode, learn_schema, learn_target
from selenite.training import Callback, Rows, Training
from selenite.types import Array, Floats, Indices


@dataclass(frozen=True)
class Fitted:
    """A model and the training of each member."""

    model: Model
    trainings: list[Training]
    cut_short: bool  # the time limit left fewer rows, members or epochs than the recipe's


@dataclass(frozen=True)
class _Given:
    """Rows to learn from."""

    table: Table
    answers: Column
    grouping: Grouping
    weight: Array | None  # (n,)

    def take(self, rows: Indices) -> _Given:
        """Return some of the rows."""
        weight = None if self.weight is None else self.weight[rows]
        return _Given(self.table.take(rows), self.answers.take(rows), self.grouping.take(rows), weight)


def fit_model(
    table: Table,
    target_column: Column,
    target_name: str,
    settings: Settings,
    *,
    sample_weight: Floats | None = None,
    grouping: Grouping = ALONE,
    validation: tuple[Table, Column] | None = None,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
    record: bool = False,
    begun: float,
) -> Fitted:
    """Return the model that the recipe makes of a table and the column to predict.

    `begun` is the time.perf_counter() from which on `settings.time_limit` counts.
    """

    def seconds_left() -> float:
        return inf if settings.time_limit is None else settings.time_limit - (time.perf_counter() - begun)

    given = _that_count(_Given(table, target_column, grouping, sample_weight))
    classes_too = (
        target_column if settings.task == "classification" else given.answers
    )  # rows of weight 0 count here as well
    target = learn_target(classes_too, target_name, settings.task, weight=given.weight)
    loss = target_loss(settings.loss, target)
    target = scaled_for(loss, target)
    n = given.table.n_rows
    read = some_of(n, rows_in_time(given.table, seconds_left(), settings.seed), settings.seed)
    schema = learn_schema(given.table, settings.kinds, read, answers_of(given.answers, target.task))
    given = given if read is None else given.take(read)
    rows = Rows(encode(schema, given.table, np.float32), targets(target, given.answers), given.weight)
    if rows.X.shape[1] == 0:
        raise _nothing_to_learn_from(schema, table.source)
    own, wanted = None, plan(settings, given.table.n_rows)
    if validation is not None:
        validation = _validation_in_time(*validation, settings, target, wanted.members)
        own = Rows(encode(schema, validation[0], np.float32), targets(target, validation[1]))
    verbs = backends.get(backend)

    def network_of(plan: Plan) -> Network:
        return network_for(plan, settings.activation, schema, target, loss)

    network = network_of(wanted)
    chosen, kept, seconds = fitted_to_time(wanted, network, rows, own, seconds_left(), settings.seed, verbs)
    if kept is not None:
        rows, given = rows.take(kept), given.take(kept)
    held_out = None if own is not None else rows_held_out(rows, chosen.members, settings.seed, target, given.grouping)
    members = Members(rows, held_out, own, settings, callbacks, verbs, record)
    trained = Trained(network, chosen, members, members.train(network, chosen, seconds))
    if chosen == wanted and kept is None:
        if target.task == "regression":
            own_numbers = None if validation is None else numbers(validation[1])
            trained = in_logarithms(trained, target, numbers(given.answers), own_numbers, seconds_left)
        trained = wider(trained, network_of, seconds_left)
    for training in trained.trainings:
        if training.ended == "diverged":
            warnings.warn(training.explanation, DivergenceWarning, stacklevel=3)
            break
    network, parameters, logarithms = trained.network, trained.parameters, trained.members.logarithms
    unseen = _judging_in_time(trained.members, target).unseen(network, parameters)
    if logarithms is not None and unseen is not None:
        network, target, unseen = logarithms.undone(network, parameters, target, unseen)
    temperature, spread = calibrate(network, parameters, target, unseen)
    model = Model(
        network,
        parameters,
        schema,
        target,
        recipe=_recipe(settings, trained, temperature),
        data=Data(training_rows=len(rows.X), validation_rows=members.n_validation_rows),
        spread=spread,
    )
    cut_short = chosen != wanted or kept is not None or read is not None or trained.ended == "time"
    return Fitted(model, trained.trainings, cut_short)


def _that_count(given: _Given) -> _Given:
    """Return the rows that weigh something, with weights of mean 1 (float32); refuse too few."""
    n = given.table.n_rows
    if given.weight is not None:
        counting = rows_that_count(given.weight)
        if len(counting) < min(n, 2):
            raise OptionError(
                f"sample_weight leaves {len(counting)} row to learn from: {n - len(counting):,} weigh "
                f"nothing beside its {given.weight.max():g}; at least 2 are needed"
            )
        given = replace(given.take(counting), weight=_scaled(given.weight[counting]))
    if n < 2:
        raise OptionError(f"{n} sample is too few to learn from: at least 2 are needed")
    return given


def _nothing_to_learn_from(schema: Schema, source: str) -> OptionError:
    """Return the error for a table whose columns are all set aside."""
    reasons = "; ".join(f"{column.name!r} is set aside ({column.reason})" for column in schema.columns)
    declarable = any(column.kind == "identifier" for column in schema.columns)
    remedy = ". Say what one is by kinds=, on the command line by --kind NAME=KIND" if declarable else ""
    return OptionError(f"no column of {source} can be learnt from: {reasons}{remedy}")


def _validation_in_time(
    table: Table, answers: Column, settings: Settings, target: Target, members: int
) -> tuple[Table, Column]:
    """Return as many of the user's validation rows as there is time to judge the members by."""
    most = unseen_rows_in_time(settings, target, members)
    drawn = some_of(table.n_rows, most, settings.seed)
    return (table, answers) if drawn is None else (table.take(drawn), answers.take(drawn))


def _judging_in_time(members: Members, target: Target) -> Members:
    """Return members that hold out no more rows than there is time to judge by."""
    if members.held_out is None:  # the user's rows are that few already
        return members
    settings, count = members.settings, members.held_out.sum(axis=0)
    unseen = np.flatnonzero(count)
    drawn = some_of(len(unseen), unseen_rows_in_time(settings, target, int(count.max())), settings.seed)
    if drawn is None:
        return members
    of_these = np.zeros(len(count), dtype=bool)
    of_these[unseen[drawn]] = True
    return replace(members, held_out=members.held_out & of_these)


def _recipe(settings: Settings, trained: Trained, temperature: float) -> Recipe:
    """Return what the model's file tells of its making."""
    plan, trainings = trained.plan, trained.trainings
    return Recipe(
        seed=settings.seed,
        optimizer="adamw",
        learning_rate=float(plan.learning_rate),
        schedule="one_cycle",
        weight_decay=float(settings.weight_decay),
        dropout=float(settings.dropout),
        batch_size=plan.batch_size,
        epochs=plan.epochs,
        epochs_run=max(len(training.history) for training in trainings),
        best_epochs=tuple(training.best_epoch for training in trainings),
        patience=settings.patience,
        ended=trained.ended,
        temperature=temperature,
    )


def rows_that_count(sample_weight: Array) -> Indices:
    """Return the rows that weigh something beside the heaviest, in float32; the others are as if they were not there.

    >>> rows_that_count(np.array([1.0, 0.0, 1e-30, 1e-40])).tolist()
    [0, 2]
    """
    if not np.isfinite(sample_weight).all() or (sample_weight < 0).any() or not sample_weight.any():
        raise OptionError("sample_weight must be finite, not negative, and not zero for every row")
    return np.flatnonzero(sample_weight / sample_weight.max() >= np.finfo(np.float32).tiny)


def _scaled(sample_weight: Array) -> Array:
    """Return weights with mean 1, float32."""
    largest_near_1 = np.ldexp(sample_weight, -np.frexp(sample_weight.max())[1])  # so that their sum does not overflow
    scaled: Array = (largest_near_1 / largest_near_1.mean()).astype(np.float32)
    return scaled
