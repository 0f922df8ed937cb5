"""A fit that is evaluated, of a table of very many rows: by rows drawn beforehand that it never used."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from selenite.fitting.budget import countdown
from selenite.fitting.comparison import Comparison
from selenite.fitting.contenders import linear_beside, within
from selenite.fitting.ensemble import Fitted, fit_model
from selenite.fitting.evaluated import (
    FOR_FITTING,
    FOR_LINEAR,
    INTERRUPTED,
    JUDGING_BY_LINEAR,
    PREPARING,
    EvaluatedFit,
    Judgement,
    with_figures,
)
from selenite.fitting.large import LargeTable
from selenite.fitting.plan import FEWEST_EPOCHS
from selenite.fitting.retraining import possible_rounds
from selenite.model import Data, Model, Settings
from selenite.stages import Stages
from selenite.table import ReadOptions, Table
from selenite.training import Callback, Trainer, train_runs


def fit_and_evaluate_large(
    large: LargeTable,
    settings: Settings,
    *,
    validation: Table | None = None,
    read: ReadOptions | None = None,
    callbacks: Sequence[Callback] = (),
    stages: Stages | None = None,
    begun: float | None = None,
    trainer: Trainer = train_runs,
) -> EvaluatedFit:
    """Return a model fitted to a large table, and its figures on the rows put aside, as `fit_and_evaluate` does."""
    stages = stages or Stages()
    stages.begin(PREPARING)
    left, target = countdown(settings.time_limit, begun), large.target
    own = None if validation is None else (validation.without(target.name), validation)
    encoded = large.encode(settings, own, stages.done)
    once = replace(settings, task=target.task)
    stages.expect(*possible_rounds(once, target), *[JUDGING_BY_LINEAR] * (once.hidden != ()))
    once = within(once, FOR_FITTING, left, 1)
    fitting = time.perf_counter()
    fitted = fit_model(encoded, once, countdown(once.time_limit), callbacks=callbacks, stages=stages, trainer=trainer)
    interrupted = fitted.model.recipe.ended == "interrupt"
    if interrupted and not any(fitted.model.recipe.best_epochs):
        raise KeyboardInterrupt  # nothing was learnt
    seconds = time.perf_counter() - fitting
    contenders = {"selenite": fitted}
    if once.hidden != () and not interrupted:
        stages.begin(JUDGING_BY_LINEAR)
        # of so many rows one such network learns all that it can in a few epochs
        linear = replace(linear_beside(once), preset="fast", epochs=FEWEST_EPOCHS, shards=once.shards)
        linear = within(linear, FOR_LINEAR, left, 1)
        contenders["linear"] = fit_model(encoded, linear, countdown(linear.time_limit), trainer=trainer)
        interrupted = contenders["linear"].model.recipe.ended == "interrupt"
    model = replace(fitted.model, settings=settings)
    judged = Judgement({}, INTERRUPTED) if interrupted else _judged(large, settings, model, contenders)
    return EvaluatedFit(
        with_figures(model, rows_told(large, settings, model.data), (judged,), read),
        fitted.trainings,
        (judged,),
        len(large.aside.judging),
        seconds,
        interrupted,
        None if validation is None else validation.source,
        findings=encoded.findings,
    )


def _judged(large: LargeTable, settings: Settings, model: Model, contenders: dict[str, Fitted]) -> Judgement:
    """Return the figures of the contenders and of a guess on the rows put aside, and the verdict."""
    part, clusters = (large.learning_in_sample, large.judging_in_sample), large.together.clusters
    comparison = Comparison(large.sample, large.target, [part], model, settings.class_weight, clusters)
    models = {name: [one.model] for name, one in contenders.items()}
    return comparison.judged(models, "linear" in contenders and contenders["linear"].cut_short)


def rows_told(large: LargeTable, settings: Settings, fitted: Data) -> Data:
    """Return what is told of the rows: how many there were of each, and how they were divided."""
    return Data(
        training_rows=fitted.training_rows,
        validation_rows=fitted.validation_rows,
        test_rows=len(large.aside.judging),
        test_fraction=len(large.aside.judging) / large.pieces.n_rows,
        split_seed=settings.seed,
        groups="" if large.keys is None else large.keys.groups,
        time_column="" if large.keys is None else large.keys.time_column,
        weights=large.weights,
        drawn_alike=True,
        fingerprint=large.census.fingerprint,
    )
