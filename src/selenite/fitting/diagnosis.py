"""What went badly in the training of a model's members, said once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from selenite.fitting.continuing import Start, known_rows
from selenite.fitting.encoded import TrainingTable
from selenite.model import Model
from selenite.nn.random import SPLIT
from selenite.splits.split import drawn_rows
from selenite.table import Answers, Table, input_names
from selenite.training import Finding, Training, diagnose
from selenite.types import Array, Indices

DIVERGED = "diverged"
MOST_ROWS_KEPT = 1000  # of those fitted to, for what is asked afterwards


def rows_kept(given: TrainingTable, seed: int, fitted_to: Indices | None = None) -> TrainingTable:
    """Return some of the rows that a model is fitted to, all of those given or these, to judge how that went."""
    rows = np.arange(given.features.n_rows) if fitted_to is None else fitted_to
    return given.take(rows[drawn_rows(len(rows), MOST_ROWS_KEPT, seed, SPLIT)])


def diagnose_members(
    model: Model, trainings: Sequence[Training], table: Table, answers: Answers, weight: Array | None = None
) -> list[Finding]:
    """Return what went badly: each finding once, with how many of the networks it is of; empty if nothing.

    The rows of the table are some of those that the networks were trained on.
    """
    start, recipe = Start.of(model), model.recipe
    rows = known_rows(model.schema, model.target, table, answers, weight, start.logarithms)
    asked_epochs = None if model.settings is None else model.settings.epochs
    to_the_end = recipe.ended == "patience" or (recipe.ended == "epochs" and asked_epochs is None)
    found: dict[str, list[Finding]] = {}
    for parameters, training in zip(start.parameters, trainings, strict=True):
        own = [] if training.ended != DIVERGED else [_divergence(training)]
        own += diagnose(
            start.network,
            parameters,
            rows.X,
            rows.Y,
            losses=training.history.loss,
            learning_rate=recipe.learning_rate,
            converged=to_the_end or recipe.schedule == "constant",  # as in partial_fit, which has no last epoch
            sample_weight=rows.weight,
            names=input_names(model.schema),
        )
        for finding in own:
            found.setdefault(finding.name, []).append(finding)
    n = len(trainings)
    return [
        replace(same[0], evidence=f"{same[0].evidence}; in {len(same)} of {n} networks") if n > 1 else same[0]
        for same in found.values()
    ]


def _divergence(training: Training) -> Finding:
    """Return what a training says of its divergence, as a finding."""
    evidence, _, remedy = training.explanation.partition(". Try ")
    return Finding(DIVERGED, evidence.partition(". The last")[0], remedy or "a smaller learning rate")
