"""A model goes on with the rows of a table, of which some are put aside and judge it beside what it was before."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from selenite.errors import OptionError
from selenite.fitting.comparison import judge
from selenite.fitting.continuing import continue_model, known_to
from selenite.fitting.encoded import TrainingTable
from selenite.fitting.evaluate import require_rows_to_judge
from selenite.fitting.evaluated import TEST_FRACTION, EvaluatedFit, with_figures
from selenite.fitting.retraining import TRAINING
from selenite.fitting.weights import weights_of
from selenite.model import Data, Model, Settings
from selenite.model.rows import parts_of
from selenite.splits.grouping import Grouping
from selenite.stages import Stages
from selenite.table import Table, fingerprint
from selenite.table.grouping import grouping_of
from selenite.training import Callback, Trainer, train_runs


def continue_and_evaluate(
    table: Table,
    model: Model,
    settings: Settings,
    *,
    test_fraction: float | None = None,
    groups: str | None = None,
    time_column: str | None = None,
    weights: str | None = None,
    callbacks: Sequence[Callback] = (),
    stages: Stages | None = None,
    trainer: Trainer = train_runs,
) -> tuple[EvaluatedFit, list[str]]:
    """Return a model whose networks went on with new rows, and in words what it had never seen before.

    Test rows are put aside, of few rows, too. Columns that have a task of their own are those of the model unless said.
    """
    stages = stages or Stages()
    target, data = model.target, model.data
    if fingerprint(table) == data.fingerprint:
        raise OptionError(
            f"{table.source} is the table that the model was fitted on: its test rows would not judge honestly. Give "
            "rows that are new"
        )
    groups, time_column, weights = groups or data.groups, time_column or data.time_column, weights or data.weights
    for name in filter(None, (groups, time_column, weights)):
        table.require(name)
    require_rows_to_judge(table, target, settings, None, test_fraction)
    grouping = grouping_of(
        table.without(target.name, weights or None), table[target.name], groups or None, time_column or None
    )
    own = Data(
        test_fraction=test_fraction or TEST_FRACTION,
        split_seed=settings.seed,
        groups=groups,
        time_column=time_column,
        weights=weights,
        copied_rows=table.n_rows - len(grouping.first_rows(table.n_rows)),
        fingerprint=fingerprint(table),
        continues=sha256(model.to_bytes()).hexdigest(),
    )
    [part] = parts_of(table, target, own, grouping)
    given, notes = known_to(model, _rows(table, model, weights, grouping).take(part[0]))
    stages.expect(TRAINING)
    stages.begin(TRAINING)
    begun = time.perf_counter()
    fitted = continue_model(model, given, settings, callbacks=callbacks, trainer=trainer)
    seconds = time.perf_counter() - begun
    made = fitted.model
    judged = judge(
        table,
        made.target,
        [part],
        {"selenite": [made], "before": [model]},
        made,
        weight=settings.class_weight,
        clusters=grouping.clusters,
        linear_cut_short=False,
    )
    counts = replace(own, training_rows=made.data.training_rows, validation_rows=made.data.validation_rows)
    made = with_figures(made, replace(counts, test_rows=len(part[1])), (judged,), made.read)
    interrupted = made.recipe.ended == "interrupt"
    return EvaluatedFit(made, fitted.trainings, (judged,), len(part[1]), seconds, interrupted), notes


def _rows(table: Table, model: Model, weights: str, grouping: Grouping) -> TrainingTable:
    """Return all rows of a table as rows to learn from."""
    name = model.target.name
    return TrainingTable(
        table.without(name, weights or None),
        table[name],
        name,
        grouping,
        weights_of(table, weights) if weights else None,
    )
