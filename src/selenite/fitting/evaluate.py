"""A fit that is evaluated: by rows that it never used, beside simple baselines, with a verdict in words.

Of many rows some are put aside first. Of few, each is judged by a model fitted without its fold, and the model that is
saved is fitted on all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.fitting.budget import countdown
from selenite.fitting.comparison import FEWEST_ROWS_TO_JUDGE, Comparison
from selenite.fitting.contenders import Fits, fit_contenders, stages_of
from selenite.fitting.encoded import TrainingTable
from selenite.fitting.ensemble import Fitted
from selenite.fitting.evaluate_large import fit_and_evaluate_large
from selenite.fitting.evaluated import (
    INTERRUPTED,
    PREPARING,
    EvaluatedFit,
    Judgement,
    with_figures,
    with_spread,
)
from selenite.fitting.judging import (
    TEST_FRACTION,
    clusters_of,
    out_of_fold,
    require_classes_in_parts,
    require_judging,
    require_share,
    rows_judged,
)
from selenite.fitting.large import LargeTable, look_over
from selenite.fitting.retraining import possible_rounds
from selenite.fitting.weights import require_classes, rows_that_count
from selenite.model import Data, Settings
from selenite.model.rows import parts_of
from selenite.splits.grouping import Grouping
from selenite.splits.split import Part
from selenite.stages import Stages
from selenite.table import (
    ReadOptions,
    Table,
    Target,
    answers_in,
    answers_of,
    encode_target,
    fingerprint,
    learn_schema,
    learn_target,
)
from selenite.table.grouping import grouping_of
from selenite.table.kinds import known_of
from selenite.table.learn import kinds_of_all
from selenite.table.limits import LARGE
from selenite.table.parted import Parted
from selenite.text import shown
from selenite.training import Callback, Trainer, train_runs

FEW_ROWS, FOLDS = 1000, 5  # below this each row is judged out of its fold


def fit_and_evaluate(
    table: Table | LargeTable,
    target_name: str | tuple[str, ...],
    settings: Settings,
    *,
    test_fraction: float | None = None,
    folds: int | None = None,
    repeat: int = 1,
    seeds: int = 1,
    groups: str | None = None,
    time_column: str | None = None,
    weights: str | None = None,
    validation: Table | None = None,
    read: ReadOptions | None = None,
    callbacks: Sequence[Callback] = (),
    stages: Stages | None = None,
    begun: float | None = None,
    trainer: Trainer = train_runs,
) -> EvaluatedFit:
    """Return a model fitted to a table, and its figures on rows that it was not fitted to; of one target or several.

    The linear model beside it is what the recipe makes without hidden layers. Without a `test_fraction`, 15 % of the
    rows are put aside, or none of fewer than 1,000; with `folds` none are, and each row is judged by a model fitted
    without its fold, `repeat` times by folds drawn anew. The networks of so many `seeds` are judged by the same rows,
    the first of which is the model's. Of columns by name, rows of one of the `groups` stay together, the latest by the
    `time_column` judge, and `weights` says how much a row counts. `callbacks` are told how the model trains, `stages`
    how far all is. A time limit counts from the perf_counter() at which things have `begun`. `trainer` trains all. A
    table of very many rows may have been looked over before: which rows do what is known then.
    """
    stages = stages or Stages()
    stages.begin(PREPARING)
    names = (target_name,) if isinstance(target_name, str) else target_name
    require_judging(folds, repeat, seeds, validation, test_fraction)
    if isinstance(table, Table) and table.n_rows > LARGE and folds is None and seeds == 1 and len(names) == 1:
        asked: Any = {"groups": groups, "time_column": time_column, "weights": weights, "test_fraction": test_fraction}
        table = look_over(Parted(table), names[0], settings, **asked)
    if isinstance(table, LargeTable):
        how: Any = {"callbacks": callbacks, "stages": stages, "begun": begun, "trainer": trainer}
        return fit_and_evaluate_large(table, settings, validation=validation, read=read, **how)
    left, answers = countdown(settings.time_limit, begun), answers_in(table, names)
    target = learn_target(answers, names[0], settings.task, table.first_line)
    require_rows_to_judge(table, target, settings, validation, test_fraction)
    grouping = grouping_of(table.without(*names, weights), answers, groups, time_column)
    columns = Data(groups=groups or "", time_column=time_column or "", weights=weights or "", split_seed=settings.seed)
    may_choose = test_fraction is None and validation is None
    data = _divided(columns, table, target, grouping, test_fraction, folds, repeat, may_choose)
    given = training_table(table, target, settings, data, grouping, validation)
    fits = Fits(given, parts_of(table, target, data, grouping), trainer)
    if data.folds:
        require_classes_in_parts(table, target, fits.parts)
        data = replace(data, folds=len(fits.parts) // repeat)
    once = replace(settings, task=target.task)
    stages.expect(*possible_rounds(once, target), *stages_of(once, data.folds > 0, seeds))
    fitted = fit_contenders(fits, once, data.folds > 0, seeds, left, callbacks, stages)
    model = replace(fitted.kept.model, settings=settings)
    parts, weight = fits.parts, fits.given.weight
    if weight is not None:  # a guess does not know the answers of rows that weigh nothing, either
        parts = [(rows[rows_that_count(weight[rows])], aside) for rows, aside in parts]
    by: Any = {"weight": settings.class_weight, "clusters": clusters_of(grouping, data, table.n_rows)}
    comparisons = [Comparison(table, one, parts, model.of(one.name), **by) for one in target.each or (target,)]
    judged = _judged(comparisons, fitted.by_name)
    if fitted.of_seeds and judged[0].figures:
        others = [_judged(comparisons, {"selenite": each}) for each in fitted.of_seeds if each]
        judged = with_spread(judged, others)
    in_folds = data.repeats > 0 and bool(judged[0].figures)
    return EvaluatedFit(
        with_figures(model, _with_rows(data, model.data, fits.parts), judged, read),
        fitted.kept.trainings,
        judged,
        rows_judged(fits.parts),
        fitted.seconds,
        fits.interrupted,
        None if validation is None else validation.source,
        out_of_fold=out_of_fold(table, fits.parts, fitted.models, model) if in_folds else None,
        findings=fits.findings(None if data.folds else 0, fitted.kept),
    )


def _divided(
    data: Data,
    table: Table,
    target: Target,
    grouping: Grouping,
    test_fraction: float | None,
    folds: int | None,
    repeat: int,
    may_choose: bool,
) -> Data:
    """Return what is told of the rows, with how they are divided; folds are chosen for few of them."""
    if repeat > 1 and grouping.times is not None:
        raise OptionError("repeat draws folds anew, and stretches of time are always the same: leave repeat out")
    few = folds is None and may_choose and _is_few(table, target, grouping)
    return replace(
        data,
        test_fraction=test_fraction or TEST_FRACTION,
        folds=FOLDS if few else folds or 0,
        repeats=repeat if folds else 0,
        copied_rows=table.n_rows - len(grouping.first_rows(table.n_rows)),
        fingerprint=fingerprint(table),
    )


def _with_rows(data: Data, fitted: Data, parts: list[Part]) -> Data:
    """Return what is told of the rows, with how many there were of each."""
    return replace(
        data,
        training_rows=fitted.training_rows,
        validation_rows=fitted.validation_rows,
        test_rows=0 if data.folds else len(parts[0][1]),
        test_fraction=0.0 if data.folds else data.test_fraction,
    )


def training_table(
    table: Table, target: Target, settings: Settings, data: Data, grouping: Grouping, validation: Table | None = None
) -> TrainingTable:
    """Return all rows of a table as rows to learn from, with what all of them tell of its columns.

    A part of them could show another kind. Where there are folds, a model is fitted on all rows, too.
    """
    given = TrainingTable.of(table, target.names, grouping, data.weights)
    declared = known_of(settings.kinds, data.groups or None, data.time_column or None, table)
    drawn = None if data.folds else np.arange(0)  # what the columns are, all rows tell even so
    schema = learn_schema(given.features, declared, drawn, answers_of(given.answers, target.task))
    own = None if validation is None else TrainingTable.of(validation, target.names)
    return replace(
        given,
        known=kinds_of_all(given.features, schema, declared),
        target=target,
        schema=schema if data.folds else None,
        validation=None if own is None else (own.features, own.answers),
    )


def require_rows_to_judge(
    table: Table, target: Target, settings: Settings, validation: Table | None, test_fraction: float | None
) -> None:
    """Refuse what could not be fitted and judged."""
    if table.n_rows < FEWEST_ROWS_TO_JUDGE:
        raise OptionError(
            f"{table.n_rows} rows are too few to put some aside: at least {FEWEST_ROWS_TO_JUDGE} are needed"
        )
    require_classes(settings.class_weight, target)
    if validation is not None and fingerprint(validation) == fingerprint(table):
        raise OptionError(f"the rows to validate by are those of {table.source}: give others, or none of your own")
    require_share(test_fraction)
    if 2 * len(target.classes) > table.n_rows:
        raise OptionError(
            f"column {shown(target.name)} has {len(target.classes):,} classes in {table.n_rows:,} rows: "
            f"too few rows of each to learn it, such as {shown(target.classes[0])}"
        )


def _is_few(table: Table, target: Target, grouping: Grouping) -> bool:
    """Tell whether rows are too few to put some aside; where they stay together or a class is rare, some are."""
    first = grouping.first_rows(table.n_rows)
    if len(first) >= FEW_ROWS or grouping.groups is not None or grouping.times is not None:
        return False
    if target.task == "regression":
        return True
    encoded = encode_target(target, answers_in(table, target.names)).reshape(table.n_rows, -1).astype(np.intp)
    return min(int(np.bincount(classes).min()) for classes in encoded[first].T) >= FOLDS


def _judged(comparisons: Sequence[Comparison], contenders: dict[str, list[Fitted]]) -> tuple[Judgement, ...]:
    """Return the figures of the contenders and of a guess, and the verdict, for each target."""
    if not contenders["selenite"]:
        return (Judgement({}, INTERRUPTED),) * len(comparisons)
    cut_short, found = any(each.cut_short for each in contenders.get("linear", [])), []
    for one in comparisons:
        name = one.target.name
        models = {rival: [each.model.of(name) for each in fitted] for rival, fitted in contenders.items() if fitted}
        found.append(one.judged(models, cut_short))
    return tuple(found)
