"""An honest fit: rows put aside first and never used, the simple baselines beside the model, a verdict in words."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.evaluation import (
    Matrix,
    Metric,
    difference,
    evaluate,
    evaluate_classes,
    evaluate_numbers,
    predictions,
    row_errors,
)
from selenite.model import Data, Figure, Model
from selenite.table import ReadOptions, Table, Target, Task, encode_target, fingerprint, learn_target
from selenite.tabular.estimators import SeleniteClassifier, SeleniteRegressor
from selenite.tabular.recipe import identifiers
from selenite.training import Callback, split

FEWEST_ROWS = 20
Estimator = SeleniteClassifier | SeleniteRegressor


@dataclass(frozen=True)
class Outcome:
    """A fitted estimator, its model with the figures inside, and what they mean."""

    estimator: Estimator
    model: Model
    figures: dict[str, list[Metric]]  # of "selenite", "linear" and "majority" or "mean", on the test rows
    verdict: str
    seconds: float  # of fitting


def fit_honestly(
    table: Table,
    target_name: str,
    settings: dict[str, Any],
    *,
    task: Task | None = None,
    test_fraction: float = 0.15,
    seed: int = 0,
    validation: Table | None = None,
    read: ReadOptions | None = None,
    callbacks: Sequence[Callback] = (),
) -> Outcome:
    """Return a model fitted to a part of a table, and its figures on the rest.

    `settings` are the estimator's. The linear model beside it is the same network without a hidden layer.
    """
    target = learn_target(table[target_name], target_name, task, table.first_line)
    if table.n_rows < FEWEST_ROWS:
        raise OptionError(f"{table.n_rows} rows are too few to put some aside: at least {FEWEST_ROWS} are needed")
    kinds = {**identifiers(table.without(target_name)), **(settings.get("kinds") or {})}
    kept, test = test_split(table, target, test_fraction, seed)
    fitting, testing = table.take(kept), table.take(test)

    def fit(callbacks: Sequence[Callback] = (), **changes: Any) -> Estimator:
        of_task = SeleniteClassifier if target.task == "classification" else SeleniteRegressor
        estimator = of_task(**settings | changes, kinds=kinds, random_state=seed)
        own = None if validation is None else _parts(validation, target_name)
        return estimator.fit(*_parts(fitting, target_name), validation_set=own, callbacks=callbacks)

    begin = time.perf_counter()
    estimator = fit(callbacks)
    seconds = time.perf_counter() - begin
    models = {"selenite": estimator.model_}
    if settings["hidden_layer_sizes"] and estimator.stopped_by_ != "interrupt":
        models["linear"] = fit(hidden_layer_sizes=(), dropout=0.0).model_

    answers = predictions(estimator.model_, testing)[1]
    known = predictions(estimator.model_, fitting)[1]
    naive = _naive(estimator.model_.target, known, len(answers))
    figures = {name: evaluate(model, testing) for name, model in models.items()}
    if target.task == "classification":
        figures["majority"] = evaluate_classes(naive, answers.astype(np.intp))
    else:
        figures["mean"] = evaluate_numbers(naive, answers)
    errors = {name: row_errors(model, predictions(model, testing)[0], answers) for name, model in models.items()}
    errors["naive"] = row_errors(estimator.model_, naive, answers)
    data = replace(
        estimator.model_.data,
        test_rows=len(test),
        test_fraction=test_fraction,
        split_seed=seed,
        fingerprint=fingerprint(table),
    )
    stored = tuple(
        Figure(metric.name, name, metric.value, metric.low, metric.high)
        for name, metrics in figures.items()
        for metric in metrics
    )
    model = replace(estimator.model_, read=read or ReadOptions(), data=data, figures=stored)
    return Outcome(estimator, model, figures, _verdict(errors, target), seconds)


def test_split(table: Table, target: Target, test_fraction: float, seed: int) -> tuple[Any, Any]:
    """Return the rows to fit on and the rows put aside; classes are in both in their shares."""
    classes = None
    if target.task == "classification":
        classes = encode_target(target, table[target.name]).astype(np.intp)
    return split(table.n_rows, test_fraction, seed, classes)


def rows_put_aside(model: Model, table: Table) -> Any:
    """Return the rows of a table that fitting the model put aside; None if it is not the table fitted on."""
    data: Data = model.data
    if not data.fingerprint or fingerprint(table) != data.fingerprint:
        return None
    target = learn_target(table[model.target.name], model.target.name, model.target.task)
    if len(target.classes) != len(model.target.classes):  # equal numbers, of which one source had several spellings
        return None
    return test_split(table, target, data.test_fraction, data.split_seed)[1]


def _parts(table: Table, target_name: str) -> tuple[Table, Table]:
    return table.without(target_name), table.only(target_name)


def _naive(target: Target, answers: Matrix, n: int) -> Matrix:
    """Return what a guess without looking predicts: the share of each class, or the mean."""
    if target.task == "regression":
        return np.full(n, answers.mean())
    counts = np.bincount(answers.astype(np.intp), minlength=len(target.classes))
    return np.tile(counts / counts.sum(), (n, 1))


def _verdict(errors: dict[str, Matrix], target: Target) -> str:
    """Return in words whether the model is worth having, judged by the error of each test row."""
    n = len(errors["naive"])
    if n < FEWEST_ROWS:
        return f"Verdict: none, {n} rows are too few to tell."
    naive = "always giving the classes' shares" if target.task == "classification" else "always giving the mean"
    low, high = difference(errors["selenite"], errors["naive"])
    if high < 0:
        return f"Verdict: worse than {naive}. Do not use this model."
    if low <= 0:
        return f"Verdict: not better than {naive}, as far as {n:,} rows can tell."
    if "linear" not in errors:
        return f"Verdict: better than {naive}."
    low, high = difference(errors["selenite"], errors["linear"])
    if low > 0:
        return "Verdict: better than a linear model; the hidden layers are worth having."
    if high < 0:
        return "Verdict: a linear model is better here. Fit one with --hidden ''."
    return "Verdict: as good as a linear model, within chance. Keep the linear one if simplicity matters: --hidden ''."
