"""From encoded rows to a model: an ensemble whose members hold out different rows, so that every row trains some.

What members say of rows that they held out calibrates the probabilities of classes and tells how far numbers spread.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from selenite import backend as backends
from selenite.errors import DivergenceWarning
from selenite.fitting.budget import SecondsLeft, fitted_to_time, rows_to_calibrate_on
from selenite.fitting.calibration import Calibration, calibrate, calibrate_each
from selenite.fitting.encoded import Encoded
from selenite.fitting.members import Members, rows_held_out
from selenite.fitting.plan import plan
from selenite.fitting.retraining import ROUNDS, TRAINING, Trained
from selenite.model import Curve, Data, Model, Recipe
from selenite.model.parts import OfTarget
from selenite.model.settings import Settings
from selenite.nn.random import SPLIT
from selenite.splits.split import drawn_rows
from selenite.stages import Stages
from selenite.training import Callback, Trainer, Training, train_runs

MOST_EPOCHS_OF_A_CURVE = 100


@dataclass(frozen=True)
class Fitted:
    """A model and the training of each member."""

    model: Model
    trainings: list[Training]
    cut_short: bool  # the time limit left fewer rows, members or epochs than the recipe's


def fit_model(
    encoded: Encoded,
    settings: Settings,
    seconds_left: SecondsLeft,
    *,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
    record: bool = False,
    stages: Stages | None = None,
    trainer: Trainer = train_runs,
) -> Fitted:
    """Return the model that settings make of rows; `trainer` trains its members."""
    stages = stages or Stages()
    wanted, verbs = plan(settings, encoded.n_rows), backends.get(backend)
    network, seed = encoded.network(wanted), settings.seed
    chosen, kept, seconds = fitted_to_time(
        wanted, network, encoded.rows, encoded.own, seconds_left(), verbs, encoded.n_rows
    )
    encoded = encoded if kept is None else encoded.thinned(kept, seed)
    held_out = None
    if encoded.own is None:
        held_out = rows_held_out(encoded.rows, chosen.members, seed, encoded.target, encoded.grouping)
    stages.begin(TRAINING)
    members = Members(encoded, held_out, settings, callbacks, verbs, record, trainer)
    trained = Trained(network, chosen, members, members.train(network, chosen, seconds))
    if chosen == wanted and kept is None:
        for train_again in ROUNDS:
            trained = train_again(trained, seconds_left, stages)
    explanation = next((one.explanation for one in trained.trainings if one.ended == "diverged"), None)
    if explanation is not None:
        warnings.warn(explanation, DivergenceWarning, stacklevel=3)
    whole = chosen == wanted and kept is None and encoded.all_read and trained.ended != "time"
    return Fitted(calibrated(trained), trained.trainings, not whole)


def calibrated(trained: Trained) -> Model:
    """Return the model of trained members, calibrated by the rows that they were not trained on."""
    encoded, network, parameters = trained.members.encoded, trained.network, trained.parameters
    target = encoded.target
    unseen, logarithms = _judging_in_time(trained.members).unseen(network, parameters), trained.members.logarithms
    if logarithms is not None and unseen is not None:
        network, target, unseen = logarithms.undone(network, parameters, target, unseen)
    of_targets: tuple[OfTarget, ...] = ()
    found = Calibration()
    if target.each:
        of_targets = tuple(
            OfTarget(one.temperature, one.residual_quantiles, one.truth_quantiles)
            for one in calibrate_each(network, parameters, target, unseen)
        )
    else:
        weighed = trained.members.settings.class_weight is not None
        asked = trained.members.settings.threshold
        found = calibrate(network, parameters, target, unseen, asked=asked, rows_alike=weighed)
    return Model(
        network,
        parameters,
        encoded.schema,
        target,
        recipe=recipe_of(trained, found.temperature),
        data=Data(training_rows=encoded.n_rows, validation_rows=trained.members.n_validation_rows),
        residual_quantiles=found.residual_quantiles,
        truth_quantiles=found.truth_quantiles,
        of_targets=of_targets,
        threshold=found.threshold,
        settings=trained.members.settings,
    )


def _judging_in_time(members: Members) -> Members:
    """Return members that hold out no more rows than there is time to judge by."""
    if members.held_out is None:  # the user's rows are that few already
        return members
    settings, count = members.settings, members.held_out.sum(axis=0)
    unseen = np.flatnonzero(count)
    most = rows_to_calibrate_on(settings, members.encoded.target, int(count.max()))
    if len(unseen) <= most:
        return members
    of_these = np.zeros(len(count), dtype=bool)
    of_these[unseen[drawn_rows(len(unseen), most, settings.seed, SPLIT)]] = True
    return replace(members, held_out=members.held_out & of_these)


def recipe_of(trained: Trained, temperature: float) -> Recipe:
    """Return what the model's file tells of its making."""
    settings, plan, trainings = trained.members.settings, trained.plan, trained.trainings
    return Recipe(
        seed=settings.seed,
        optimizer="adamw",
        learning_rate=float(plan.learning_rate),
        schedule="one_cycle",
        weight_decay=float(plan.weight_decay),
        dropout=float(plan.dropout),
        label_smoothing=trained.members.label_smoothing(trained.network),
        batch_size=plan.batch_size,
        epochs=plan.epochs,
        epochs_run=max(len(training.history) for training in trainings),
        best_epochs=tuple(training.best_epoch for training in trainings),
        patience=plan.patience,
        ended=trained.ended,
        temperature=temperature,
        curves=tuple(map(_curve, trainings)),
    )


def _curve(training: Training) -> Curve:
    """Return the losses of at most about a hundred epochs, those that are finite."""
    history, n = training.history, len(training.history)
    at = np.linspace(0, n - 1, min(n, MOST_EPOCHS_OF_A_CURVE)).round().astype(int)
    at = np.unique([*at, *([training.best_epoch - 1] if training.best_epoch else [])]).astype(int)
    losses = [history.loss, history.validation_loss] if len(history.validation_loss) else [history.loss]
    kept = at[np.isfinite([each[at] for each in losses]).all(axis=0)]
    rounded = [tuple(float(f"{loss:.5g}") for loss in each[kept].tolist()) for each in losses]
    return Curve(tuple((kept + 1).tolist()), *rounded)
