"""An honest fit: judged on rows that it never used, the simple baselines beside the model, a verdict in words.

Of many rows some are put aside first. Of few, each is judged by a model fitted without its fold, and the model that is
saved is fitted on all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.estimators.tables import SeleniteClassifier, SeleniteRegressor
from selenite.fitting.comparison import FEWEST_ROWS, judge
from selenite.fitting.ensemble import rows_that_count
from selenite.model import Data, Figure, Model
from selenite.model.metrics import Metric
from selenite.model.rows import parts_of
from selenite.splits.grouping import Grouping
from selenite.splits.split import Part
from selenite.table import (
    Numbers,
    ReadOptions,
    Table,
    Target,
    Task,
    answers_of,
    encode_target,
    fingerprint,
    learn_target,
)
from selenite.table.grouping import grouping_of
from selenite.table.kinds import known_of
from selenite.table.learn import kinds_of_all
from selenite.text import shown
from selenite.training import Callback
from selenite.types import Floats, Indices

FEW_ROWS, FOLDS = 1000, 5  # below this each row is judged out of its fold
TEST_FRACTION = 0.15
FOR_FITTING = 0.8  # of a time limit
FOR_LINEAR = 0.5  # of what is left then; the rest is for the figures
INTERRUPTED = "Verdict: none, judging the model was interrupted."
Estimator = SeleniteClassifier | SeleniteRegressor


@dataclass(frozen=True)
class Columns:
    """Columns with a task of their own, by name."""

    groups: str | None = None  # rows of one group stay together
    time: str | None = None  # when a row was made: the latest rows judge
    weight: str | None = None  # how much a row counts


@dataclass(frozen=True)
class Outcome:
    """A fitted estimator, its model with the figures inside, and what they mean."""

    estimator: Estimator
    model: Model
    figures: dict[str, list[Metric]]  # of "selenite", "linear" and a guess such as the "mean", on rows never used
    n_judged: int  # rows that the figures are of
    verdict: str
    seconds: float  # of fitting
    interrupted: bool  # by Ctrl-C, while the model or those that judge it were fitted


def fit_honestly(
    table: Table,
    target_name: str,
    settings: dict[str, Any],
    *,
    task: Task | None = None,
    test_fraction: float | None = None,
    seed: int = 0,
    columns: Columns | None = None,
    validation: Table | None = None,
    read: ReadOptions | None = None,
    callbacks: Sequence[Callback] = (),
    judging: Callable[[str], None] = lambda what: None,
    begun: float | None = None,
) -> Outcome:
    """Return a model fitted to a table, and its figures on rows that it was not fitted to.

    `settings` are the estimator's. The linear model beside it is what the recipe makes without hidden layers. Without a
    `test_fraction`, 15 % of the rows are put aside, or none of fewer than 1,000. `callbacks` are told how the model
    trains, `judging` which of those that judge it is fitted ("model, fold 2 of 5") and, by "", that this is over. A
    time limit counts from the time.perf_counter() at which things have `begun`.
    """
    begun = time.perf_counter() if begun is None else begun
    columns = columns or Columns()
    features = table.without(target_name, columns.weight)
    target = learn_target(table[target_name], target_name, task, table.first_line)
    _check(table, target, settings, validation, test_fraction)
    grouping = grouping_of(features, table[target_name], columns.groups, columns.time)
    few = test_fraction is None and validation is None and _is_few(table, target, grouping)
    data = Data(
        test_fraction=test_fraction or TEST_FRACTION,
        split_seed=seed,
        folds=FOLDS if few else 0,
        groups=columns.groups or "",
        time_column=columns.time or "",
        copied_rows=table.n_rows - len(grouping.first_rows(table.n_rows)),
        fingerprint=fingerprint(table),
    )
    parts = parts_of(table, target, data, grouping)
    weights = None if columns.weight is None else weights_of(table, columns.weight)
    to_predict = answers_of(table[target_name], target.task)
    kinds = kinds_of_all(
        features, to_predict, known_of(settings.get("kinds") or {}, columns.groups, columns.time, table)
    )
    fitter = _Fitter(table, target, columns, weights, validation, {"kinds": kinds, "random_state": seed})
    linear: dict[str, Any] = {name: settings[name] for name in ("loss", "class_weight") if name in settings}
    linear["hidden_layer_sizes"] = ()
    limit = settings.get("time_limit")
    if limit is not None:
        left = limit - (time.perf_counter() - begun)
        settings = settings | {"time_limit": max(FOR_FITTING * left / (len(parts) + (len(parts) > 1)), 0.01)}
    fitting = time.perf_counter()
    estimator = fitter.fit(None if data.folds else parts[0][0], settings, callbacks)
    if fitter.interrupted and not any(estimator.model_.recipe.best_epochs):
        raise KeyboardInterrupt  # nothing was learnt
    fitted = {"selenite": fitter.fit_parts("model", parts, settings, judging) if data.folds else [estimator]}
    seconds = time.perf_counter() - fitting
    if limit is not None:
        linear["time_limit"] = max(FOR_LINEAR * (limit - (time.perf_counter() - begun)) / len(parts), 0.01)
    if settings.get("hidden_layer_sizes") != ():
        fitted["linear"] = fitter.fit_parts("linear model", parts, linear, judging)
    figures: dict[str, list[Metric]] = {}
    verdict = INTERRUPTED
    if fitted["selenite"]:
        if weights is not None:  # a guess does not know the answers of rows that weigh nothing, either
            parts = [(rows[rows_that_count(weights[rows])], aside) for rows, aside in parts]
        figures, verdict = judge(
            table,
            target,
            parts,
            {name: [one.model_ for one in of_parts] for name, of_parts in fitted.items() if of_parts},
            estimator.model_,
            weight=settings.get("class_weight"),
            clusters=grouping.clusters,
            linear_cut_short=any(one.cut_short_ for one in fitted.get("linear", [])),
        )
    judging("")
    model = _judged(estimator.model_, data, parts, figures, verdict, read)
    n_judged = sum(len(aside) for _, aside in parts)
    return Outcome(estimator, model, figures, n_judged, verdict, seconds, fitter.interrupted)


def _check(
    table: Table, target: Target, settings: dict[str, Any], validation: Table | None, test_fraction: float | None
) -> None:
    """Refuse what could not be fitted and judged."""
    if table.n_rows < FEWEST_ROWS:
        raise OptionError(f"{table.n_rows} rows are too few to put some aside: at least {FEWEST_ROWS} are needed")
    if target.task == "regression" and settings.get("class_weight") is not None:
        raise OptionError(f"class weights are for classes; column {shown(target.name)} holds numbers")
    if validation is not None and fingerprint(validation) == fingerprint(table):
        raise OptionError(f"the rows to validate by are those of {table.source}: give others, or none of your own")
    if test_fraction is not None and not 0 < test_fraction < 1:
        raise OptionError(f"test_fraction={test_fraction} must lie between 0 and 1")
    if 2 * len(target.classes) > table.n_rows:
        raise OptionError(
            f"column {shown(target.name)} has {len(target.classes):,} classes in {table.n_rows:,} rows: "
            f"too few rows of each to learn it, such as {shown(target.classes[0])}"
        )


@dataclass
class _Fitter:
    """Fits estimators to rows of a table, until one is interrupted."""

    table: Table
    target: Target
    columns: Columns
    weights: Floats | None  # (n,)
    validation: Table | None
    of_all: dict[str, Any]  # settings
    interrupted: bool = False

    def fit(self, rows: Indices | None, settings: dict[str, Any], callbacks: Sequence[Callback] = ()) -> Estimator:
        """Return an estimator of some rows, or of all (None)."""
        name, table, weights = self.target.name, self.table, self.weights
        if rows is not None:
            table, weights = table.take(rows), None if weights is None else weights[rows]
        of_task = SeleniteClassifier if self.target.task == "classification" else SeleniteRegressor
        own = None if self.validation is None else (self.validation.without(name), self.validation.only(name))
        estimator: Estimator = of_task(**settings | self.of_all).fit(
            table.without(name, self.columns.weight),
            table.only(name),
            weights,
            groups=self.columns.groups,
            time_column=self.columns.time,
            validation_set=own,
            callbacks=callbacks,
        )
        self.interrupted = estimator.stopped_by_ == "interrupt"
        return estimator

    def fit_parts(
        self, what: str, parts: list[Part], settings: dict[str, Any], judging: Callable[[str], None]
    ) -> list[Estimator]:
        """Return an estimator of each part; none if that is interrupted, or something was before."""
        fitted: list[Estimator] = []
        for k, (rows, _) in enumerate(parts, 1):
            if self.interrupted:
                break
            judging(f"{what}, fold {k} of {len(parts)}" if len(parts) > 1 else what)
            fitted.append(self.fit(rows, settings))
        return [] if self.interrupted else fitted


def _judged(
    model: Model,
    data: Data,
    parts: list[Part],
    figures: dict[str, list[Metric]],
    verdict: str,
    read: ReadOptions | None,
) -> Model:
    """Return a model with what its file tells of its rows and of how good it is."""
    data = replace(
        data,
        training_rows=model.data.training_rows,
        validation_rows=model.data.validation_rows,
        test_rows=0 if data.folds else len(parts[0][1]),
        test_fraction=0.0 if data.folds else data.test_fraction,
    )
    stored = tuple(
        Figure(metric.name, name, metric.value, metric.low, metric.high)
        for name, metrics in figures.items()
        for metric in metrics
        if np.isfinite(metric.value)  # R2 of equal answers is not
    )
    return replace(model, read=read or ReadOptions(), data=data, figures=stored, verdict=verdict if figures else "")


def _is_few(table: Table, target: Target, grouping: Grouping) -> bool:
    """Tell whether rows are too few to put some aside; where they stay together or a class is rare, some are."""
    first = grouping.first_rows(table.n_rows)
    if len(first) >= FEW_ROWS or grouping.groups is not None or grouping.times is not None:
        return False
    if target.task == "regression":
        return True
    classes = encode_target(target, table[target.name])[first].astype(np.intp)
    return int(np.bincount(classes).min()) >= FOLDS


def weights_of(table: Table, name: str) -> Floats:
    """Return how much each row counts, shape (n,)."""
    column = table[name]
    if not isinstance(column, Numbers):
        raise OptionError(f"the weights in {shown(name)} must be numbers")
    wrong = ~(column.values >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise OptionError(
            f"the weights in {shown(name)} must be numbers from 0 on, without gaps, but {table.place(row)} has "
            f"{'none' if column.missing()[row] else f'{column.values[row]:g}'}"
        )
    if not column.values.any():
        raise OptionError(f"the weights in {shown(name)} are all 0: no row would count")
    return column.values
