"""Judges a model again by the rows that judged it when it was fitted, so that each row's error can be looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.estimators.tables import SeleniteClassifier, SeleniteRegressor
from selenite.fitting.evaluate import weights_of
from selenite.fitting.plan import USUAL, WIDER, WIDER_OF_MANY, Settings, plan, widened
from selenite.model import Model
from selenite.model.predictions import Predictions, predictions
from selenite.model.rows import parts_of, rows_used
from selenite.splits.grouping import Grouping
from selenite.table import ColumnSchema, Kind, Table, answers_of, learn_schema, learn_target
from selenite.table.kinds import Answers
from selenite.table.learn import kinds_of_all
from selenite.types import Floats, Indices

ALIKE = 1e-5  # stored figures and those found again may differ by so much of themselves


@dataclass(frozen=True, eq=False, kw_only=True)
class Judged(Predictions):
    """Predictions of rows of a table, and whether they tell how good the model is."""

    rows: Indices  # of the table
    which: str  # the rows, in words, as the end of "on ..."
    unseen: bool | None  # by the networks that predicted them; None where that is not known
    as_stored: bool | None = None  # whether the figures are those that the model holds; None where they need not be


def judged_again(model: Model, table: Table) -> Judged:
    """Return predictions of the rows put aside, or of each row out of its fold, by models fitted anew; else of all."""
    used = rows_used(model, table)
    if used.fitted_on and used.aside is None and model.data.folds:
        return _compared(_out_of_fold(model, table, used.grouping))
    rows, clusters, part = np.arange(table.n_rows), None, table
    which = f"all {table.n_rows:,} rows of the table" + (", which the model was fitted on" if used.fitted_on else "")
    if used.aside is not None:
        rows, clusters, part = used.aside, used.grouping.take(used.aside).clusters, table.take(used.aside)
        which = f"{len(rows):,} rows put aside before fitting"
    found = predictions(model, part)
    unseen = True if used.aside is not None else False if used.fitted_on else True if model.data.fingerprint else None
    judged = Judged(model, found.prediction, found.answers, clusters, rows=rows, which=which, unseen=unseen)
    return judged if used.aside is None else _compared(judged)


def _out_of_fold(model: Model, table: Table, grouping: Grouping) -> Judged:
    """Fit each fold's model again by the recipe that the model holds, and let it predict its fold."""
    target = learn_target(table[model.target.name], model.target.name, model.target.task)
    features = table.without(model.target.name)
    known = {column.name for column in model.schema.columns}
    weights = next((name for name in features.names if name not in known), None)
    weight = None if weights is None else weights_of(table, weights)
    features = features.without(weights)
    of_task: Any = SeleniteClassifier if target.task == "classification" else SeleniteRegressor
    settings = settings_of(model)
    to_predict = answers_of(table[model.target.name], target.task)
    kinds = kinds_of_all(features, to_predict, _declared(model, features, to_predict))
    prediction: Floats | None = None
    answers = np.empty(table.n_rows)
    for fitting, judging in parts_of(table, target, model.data, grouping):
        estimator = of_task(**settings, kinds=kinds, random_state=model.recipe.seed)
        own = None if weight is None else weight[fitting]
        estimator.fit(features.take(fitting), table.only(model.target.name).take(fitting), own)
        if estimator.stopped_by_ == "interrupt":
            raise KeyboardInterrupt
        found = predictions(estimator.model_, table.take(judging))
        if prediction is None:
            prediction = np.empty((table.n_rows, *found.prediction.shape[1:]))
        prediction[judging], answers[judging] = found.prediction, found.answers
    assert prediction is not None
    which = f"all {table.n_rows:,} rows, each by a model fitted without its fold of {model.data.folds}"
    rows = np.arange(table.n_rows)
    return Judged(model, prediction, answers, grouping.clusters, rows=rows, which=which, unseen=True)


def _declared(model: Model, features: Table, answers: Answers | None) -> dict[str, Kind | ColumnSchema]:
    """Return what the columns are that do not look like it: somebody has said so."""
    seeming = learn_schema(features, drawn=np.arange(0), answers=answers).columns
    return {
        known.name: known if known.kind == "identifier" else known.kind
        for known, seen in zip(model.schema.columns, seeming, strict=True)
        if known.kind != seen.kind
    }


def settings_of(model: Model) -> dict[str, Any]:
    """Return the estimator's settings that the model's recipe stands for."""
    network, recipe, hidden = model.network, model.recipe, model.network.layer_sizes[1:-1]
    usual = plan(Settings(hidden=None if hidden else ()), model.data.training_rows)
    usual_epochs = recipe.epochs == usual.epochs
    best_epochs = recipe.best_epochs or (0,)  # a network that no table was learnt for keeps none
    wider = widened(usual, Settings(), network.n_inputs, best_epochs)
    usual_hidden = usual_epochs and (hidden in (WIDER, WIDER_OF_MANY) or (hidden == USUAL and wider is None))
    return {
        "members": len(best_epochs),
        "hidden_layer_sizes": None if usual_hidden else hidden,
        "activation": network.activations[0] if network.n_layers > 1 else "relu",
        "loss": network.loss,
        "learning_rate_init": None if recipe.learning_rate == usual.learning_rate else recipe.learning_rate,
        "batch_size": "auto" if recipe.batch_size == usual.batch_size else recipe.batch_size,
        "max_iter": None if usual_epochs else recipe.epochs,
        "dropout": recipe.dropout,
        "weight_decay": recipe.weight_decay,
        "n_iter_no_change": recipe.patience,
    }


def _compared(judged: Judged) -> Judged:
    """Return the same with whether its figures are those that the model holds."""
    stored = {figure.metric: figure.value for figure in judged.model.figures if figure.model == "selenite"}
    found = {metric.name: metric.value for metric in judged.metrics()}
    both = stored.keys() & found.keys()  # class weights are not kept, so nor is what they make of the loss
    alike = all(abs(found[name] - stored[name]) <= ALIKE * abs(stored[name]) for name in both)
    return replace(judged, as_stored=bool(stored) and alike)
