"""A fit that is evaluated: by rows that it never used, beside simple baselines, with a verdict in words.

Of many rows some are put aside first. Of few, each is judged by a model fitted without its fold, and the model that is
saved is fitted on all.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.fitting.budget import countdown
from selenite.fitting.comparison import FEWEST_ROWS_TO_JUDGE, judge
from selenite.fitting.diagnosis import DIVERGED, diagnose_members, rows_kept
from selenite.fitting.encoded import Encoded, TrainingTable, encode_rows
from selenite.fitting.ensemble import Fitted, fit_model
from selenite.fitting.evaluate_large import fit_and_evaluate_large, look_over
from selenite.fitting.evaluated import (
    FOR_FITTING,
    FOR_LINEAR,
    INTERRUPTED,
    JUDGING,
    JUDGING_BY_LINEAR,
    PREPARING,
    TEST_FRACTION,
    EvaluatedFit,
    Judgement,
    require_share,
    with_figures,
)
from selenite.fitting.judging import (
    clusters_of,
    out_of_fold,
    over_seeds,
    require_classes_in_parts,
    require_judging,
    rows_judged,
)
from selenite.fitting.retraining import possible_rounds
from selenite.fitting.weights import require_classes, rows_that_count, weights_of
from selenite.model import Data, Model, Settings
from selenite.model.intervals import Clusters
from selenite.model.rows import parts_of
from selenite.model.settings import ClassWeight
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
from selenite.training import Callback, Finding, Trainer, train_runs

FEW_ROWS, FOLDS = 1000, 5  # below this each row is judged out of its fold


def fit_and_evaluate(
    table: Table,
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
    the first of which is the model's. Of columns by name, rows of one of the `groups` stay together, the
    latest by the `time_column` judge, and `weights` says how much a row counts. `callbacks` are told how the model
    trains, `stages` how far all is. A time limit counts from the time.perf_counter() at which things have `begun`. The
    `trainer` trains all networks.
    """
    stages = stages or Stages()
    stages.begin(PREPARING)
    names = (target_name,) if isinstance(target_name, str) else target_name
    require_judging(folds, repeat, seeds, {"validation": validation}, test_fraction)
    if seeds > 1 and len(names) > 1:
        raise OptionError("seeds show how the figures of one target vary: leave them out, or fit to each target alone")
    if table.n_rows > LARGE and folds is None and seeds == 1 and len(names) == 1:
        columns: Any = {"groups": groups, "time_column": time_column, "weights": weights}
        large = look_over(Parted(table), names[0], settings, test_fraction=test_fraction, **columns)
        return fit_and_evaluate_large(
            large,
            settings,
            validation=validation,
            read=read,
            callbacks=callbacks,
            stages=stages,
            begun=begun,
            trainer=trainer,
        )
    left, answers = countdown(settings.time_limit, begun), answers_in(table, names)
    target = learn_target(answers, names[0], settings.task, table.first_line)
    require_rows_to_judge(table, target, settings, validation, test_fraction)
    grouping = grouping_of(table.without(*names, weights), answers, groups, time_column)
    asked = folds is not None
    if not asked and test_fraction is None and validation is None and _is_few(table, target, grouping):
        folds = FOLDS
    if repeat > 1 and grouping.times is not None:
        raise OptionError("repeat draws folds anew, and stretches of time are always the same: leave repeat out")
    by_folds = folds is not None
    data = Data(
        test_fraction=test_fraction or TEST_FRACTION,
        split_seed=settings.seed,
        folds=folds or 0,
        repeats=repeat if asked else 0,
        groups=groups or "",
        time_column=time_column or "",
        weights=weights or "",
        copied_rows=table.n_rows - len(grouping.first_rows(table.n_rows)),
        fingerprint=fingerprint(table),
    )
    given = training_table(table, target, settings, data, grouping, validation)
    fits = Fits(given, parts_of(table, target, data, grouping), trainer)
    if by_folds:
        require_classes_in_parts(table, target, fits.parts)
        data = replace(data, folds=len(fits.parts) // repeat)
    once, n_parts = replace(settings, task=target.task), len(fits.parts)
    by_linear = [JUDGING_BY_LINEAR] * (once.hidden != ())
    further = [f"seed {k + 1} of {seeds}" for k in range(1, seeds)]
    stages.expect(*possible_rounds(once, target), *[JUDGING] * by_folds, *further, *by_linear)
    if settings.time_limit is not None:
        n_fits = by_folds + seeds * n_parts
        once = replace(once, time_limit=max(FOR_FITTING * left() / n_fits, 0.01))
    fitting = time.perf_counter()
    fitted = fits.fit(None if by_folds else 0, once, callbacks, stages)
    if fits.interrupted and not any(fitted.model.recipe.best_epochs):
        raise KeyboardInterrupt  # nothing was learnt
    contenders = {"selenite": fits.fit_parts(JUDGING, once, stages) if by_folds else [fitted]}
    of_seeds = [
        fits.fit_parts(stage, replace(once, seed=once.seed + k), stages) for k, stage in enumerate(further, start=1)
    ]
    seconds = time.perf_counter() - fitting
    if by_linear:
        linear = Settings(
            hidden=(),
            loss=once.loss,
            class_weight=once.class_weight,
            seed=once.seed,
            task=once.task,
            kinds=once.kinds,
            threshold=once.threshold,
            metric=once.metric,
        )
        if settings.time_limit is not None:
            linear = replace(linear, time_limit=max(FOR_LINEAR * left() / n_parts, 0.01))
        contenders["linear"] = fits.fit_parts(JUDGING_BY_LINEAR, linear, stages)
    model = replace(fitted.model, settings=settings)
    judging = _Judging(table, target, fits, model, settings.class_weight, clusters_of(grouping, data, table.n_rows))
    judged = judging.judged(contenders)
    if of_seeds and judged[0].figures:
        others = [judging.judged({"selenite": each})[0].figures["selenite"] for each in of_seeds if each]
        model = replace(model, over_seeds=over_seeds([judged[0].figures["selenite"], *others]))
    data = replace(
        data,
        training_rows=model.data.training_rows,
        validation_rows=model.data.validation_rows,
        test_rows=0 if data.folds else len(fits.parts[0][1]),
        test_fraction=0.0 if data.folds else data.test_fraction,
    )
    return EvaluatedFit(
        with_figures(model, data, judged, read),
        fitted.trainings,
        judged,
        rows_judged(fits.parts),
        seconds,
        fits.interrupted,
        None if validation is None else validation.source,
        out_of_fold=out_of_fold(table, fits.parts, [one.model for one in contenders["selenite"]], model)
        if asked and judged[0].figures and len(names) == 1
        else None,
        findings=fits.findings(None if by_folds else 0, fitted),
    )


def training_table(
    table: Table, target: Target, settings: Settings, data: Data, grouping: Grouping, validation: Table | None = None
) -> TrainingTable:
    """Return all rows of a table as rows to learn from, with what all of them tell of its columns.

    A part of them could show another kind. Where there are folds, a model is fitted on all rows, too.
    """
    answers, features = answers_in(table, target.names), table.without(*target.names, data.weights or None)
    declared = known_of(settings.kinds, data.groups or None, data.time_column or None, table)
    drawn = None if data.folds else np.arange(0)  # what the columns are, all rows tell even so
    schema = learn_schema(features, declared, drawn, answers_of(answers, target.task))
    return TrainingTable(
        features,
        answers,
        target.name,
        grouping,
        weights_of(table, data.weights) if data.weights else None,
        kinds_of_all(features, schema, declared),
        target,
        schema if data.folds else None,
        None if validation is None else (validation.without(*target.names), answers_in(validation, target.names)),
    )


@dataclass
class Fits:
    """Fits models to parts of a table, whose rows are encoded once for all of them, until somebody interrupts."""

    given: TrainingTable
    parts: list[Part]
    trainer: Trainer = train_runs
    interrupted: bool = False
    _encoded: dict[int | None, Encoded] = field(default_factory=dict)

    def fit(
        self,
        part: int | None,
        settings: Settings,
        callbacks: Sequence[Callback] = (),
        stages: Stages | None = None,
    ) -> Fitted:
        """Return a model of a part's rows, or of all (None); settings that rows are encoded by must not differ."""
        seconds_left = countdown(settings.time_limit)
        if part not in self._encoded:
            given = self.given if part is None else self.given.take(self.parts[part][0])
            self._encoded[part] = encode_rows(given, settings, seconds_left)
        fitted = fit_model(
            self._encoded[part], settings, seconds_left, callbacks=callbacks, stages=stages, trainer=self.trainer
        )
        self.interrupted = fitted.model.recipe.ended == "interrupt"
        return fitted

    def findings(self, part: int | None, fitted: Fitted) -> tuple[Finding, ...]:
        """Return what went badly in the training of a model, by its curves and by some of the rows trained on."""
        given = self.given if part is None else self.given.take(self.parts[part][0])
        kept = rows_kept(given, seed=0)
        found = diagnose_members(fitted.model, fitted.trainings, kept.features, kept.answers, kept.weight)
        return tuple(finding for finding in found if finding.name != DIVERGED)

    def fit_parts(self, stage: str, settings: Settings, stages: Stages) -> list[Fitted]:
        """Return a model of each part; none if that is interrupted, or something was before."""
        fitted: list[Fitted] = []
        stages.begin(stage)
        for part in range(len(self.parts)):
            if self.interrupted:
                break
            fitted.append(self.fit(part, settings))
            stages.done((part + 1) / len(self.parts))
        return [] if self.interrupted else fitted


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


@dataclass(frozen=True)
class _Judging:
    """Judges models by the rows put aside."""

    table: Table
    target: Target
    fits: Fits
    saved: Model
    class_weight: ClassWeight
    clusters: Clusters

    def judged(self, contenders: dict[str, list[Fitted]]) -> tuple[Judgement, ...]:
        """Return the figures of the contenders and of a guess, and the verdict, for each target."""
        if not contenders["selenite"]:
            return (Judgement({}, INTERRUPTED),) * len(self.target.names)
        parts, weight = self.fits.parts, self.fits.given.weight
        if weight is not None:  # a guess does not know the answers of rows that weigh nothing, either
            parts = [(rows[rows_that_count(weight[rows])], aside) for rows, aside in parts]
        return tuple(
            judge(
                self.table,
                one,
                parts,
                {name: [each.model.of(one.name) for each in fitted] for name, fitted in contenders.items() if fitted},
                self.saved.of(one.name),
                weight=self.class_weight,
                clusters=self.clusters,
                linear_cut_short=any(each.cut_short for each in contenders.get("linear", [])),
            )
            for one in self.target.each or (self.target,)
        )
