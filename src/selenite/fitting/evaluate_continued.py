"""A model goes on with the rows of a table, of which some are put aside and judge it beside what it was before."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from selenite.errors import OptionError
from selenite.fitting.budget import countdown
from selenite.fitting.comparison import Comparison
from selenite.fitting.continuing import continue_model, known_in_pieces, known_to
from selenite.fitting.encoded import TrainingTable, encode_rows
from selenite.fitting.ensemble import Fitted
from selenite.fitting.evaluate import require_rows_to_judge
from selenite.fitting.evaluate_large import rows_told
from selenite.fitting.evaluated import PREPARING, EvaluatedFit, with_figures
from selenite.fitting.judging import TEST_FRACTION
from selenite.fitting.large import LargeTable, look_over
from selenite.fitting.retraining import TRAINING
from selenite.model import Data, Model, Settings
from selenite.model.rows import parts_of
from selenite.splits.split import Part
from selenite.stages import Stages
from selenite.table import Pieces, Table, fingerprint
from selenite.table.grouping import grouping_of
from selenite.table.limits import LARGE
from selenite.table.parted import Parted
from selenite.training import Callback, Trainer, train_runs
from selenite.types import Indices


def continue_and_evaluate(
    table: Table | LargeTable,
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
    how: Any = {"callbacks": callbacks, "stages": stages, "trainer": trainer}
    if isinstance(table, LargeTable):
        return continue_and_evaluate_large(table, model, settings, **how)
    groups, time_column, weights = columns_to_continue(model, table, groups, time_column, weights)
    if table.n_rows > LARGE:
        asked: Any = {"groups": groups, "time_column": time_column, "weights": weights, "test_fraction": test_fraction}
        large = look_over(Parted(table), model.target.name, settings, model=model, **asked)
        return continue_and_evaluate_large(large, model, settings, **how)
    stages, target = stages or Stages(), model.target
    _refuse_known(model, table.source, fingerprint(table))
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
    given, notes = known_to(model, TrainingTable.of(table, target.names, grouping, weights).take(part[0]))
    stages.expect(TRAINING)
    stages.begin(TRAINING)
    begun = time.perf_counter()
    encoded = encode_rows(given, settings, countdown(None))
    fitted = continue_model(model, encoded, settings, callbacks=callbacks, trainer=trainer)
    seconds = time.perf_counter() - begun
    return _evaluated(fitted, table, part, grouping.clusters, model, own, seconds), notes


def continue_and_evaluate_large(
    large: LargeTable,
    model: Model,
    settings: Settings,
    *,
    callbacks: Sequence[Callback] = (),
    stages: Stages | None = None,
    trainer: Trainer = train_runs,
) -> tuple[EvaluatedFit, list[str]]:
    """Do the same with very many rows, of which a pass told what the model does not know."""
    stages = stages or Stages()
    _refuse_known(model, large.pieces.source, large.census.fingerprint)
    stages.expect(TRAINING)
    stages.begin(PREPARING)
    encoded = large.encode(settings, done=stages.done)
    stages.begin(TRAINING)
    begun = time.perf_counter()
    fitted = continue_model(model, encoded, settings, callbacks=callbacks, trainer=trainer)
    seconds = time.perf_counter() - begun
    part = large.learning_in_sample, large.judging_in_sample
    own = replace(rows_told(large, settings, fitted.model.data), continues=sha256(model.to_bytes()).hexdigest())
    fit = _evaluated(fitted, large.sample, part, large.together.clusters, model, own, seconds)
    return replace(fit, findings=encoded.findings), known_in_pieces(model, large)


def columns_to_continue(
    model: Model, table: Table | Pieces, groups: str | None, time_column: str | None, weights: str | None
) -> tuple[str, str, str]:
    """Return the columns with a task of their own, those of the model unless said; refuse those that are not there."""
    data = model.data
    found = groups or data.groups, time_column or data.time_column, weights or data.weights
    first = table if isinstance(table, Table) else next(iter(table))
    for name in filter(None, found):
        first.require(name)
    return found


def _refuse_known(model: Model, source: str, digits: str) -> None:
    """Refuse the rows that the model was fitted on."""
    if digits == model.data.fingerprint:
        raise OptionError(
            f"{source} is the table that the model was fitted on: its test rows would not judge honestly. Give rows "
            "that are new"
        )


def _evaluated(
    fitted: Fitted, table: Table, part: Part, clusters: Indices | None, before: Model, data: Data, seconds: float
) -> EvaluatedFit:
    """Return the model that went on, and how good it is on the test rows, beside what it was before."""
    made = fitted.model
    weight = None if made.settings is None else made.settings.class_weight
    comparison = Comparison(table, made.target, [part], made, weight, clusters)
    judged = comparison.judged({"selenite": [made], "before": [before]})
    counts = replace(data, training_rows=made.data.training_rows, validation_rows=made.data.validation_rows)
    made = with_figures(made, replace(counts, test_rows=len(part[1])), (judged,), made.read)
    interrupted = made.recipe.ended == "interrupt"
    return EvaluatedFit(made, fitted.trainings, (judged,), len(part[1]), seconds, interrupted)
