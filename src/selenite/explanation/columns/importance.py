"""Permutation importance: by how much predictions get worse where a column is shuffled (Breiman 2001)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.explanation.columns.parts import columns_of_parts, put_together, take_apart
from selenite.model.loading import model_of
from selenite.model.model import Model
from selenite.model.predictions import Predictions
from selenite.stages import Done, nobody
from selenite.table import Column, Table, as_table, encode_target
from selenite.types import Array, Floats, Indices

REPEATS = 10


@dataclass(frozen=True)
class Importance:
    """By how much the error grows where a column is shuffled among the rows.

    Attributes
    ----------
    column : str
        The column's name.
    mean, deviation : float
        Of the growth in the repeats; the error is the loss that `selenite.model.predictions.measure`
        names, in its unit.
    """

    column: str
    mean: float
    deviation: float


def permutation_importance(
    model: Any, table: Any, *, repeats: int = REPEATS, seed: int = 0, done: Done = nobody
) -> list[Importance]:
    """Return the importance of each column in rows with answers.

    The same shuffles serve all columns, and they are those of scikit-learn's function of this name.

    Parameters
    ----------
    model : Model or fitted estimator
        What predicts.
    table : DataFrame or Table
        Rows with the column that the model predicts.
    repeats : int
        How often a column is shuffled.
    seed : int
        Of the shuffles.
    done : callable
        Told what share of the work is done, from 0 to 1.

    Returns
    -------
    list of Importance
        In the schema's order, without columns that were set aside in training.

    Raises
    ------
    OptionError
        Where `model` is none.
    SchemaError
        Where a column is missing or an answer is none of the model's classes.

    Examples
    --------
    >>> from selenite import SeleniteRegressor
    >>> from selenite.table import Numbers, Table
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> regressor = SeleniteRegressor(max_iter=20, random_state=0).fit(X, 3 * X[:, 0])
    >>> table = Table(("x0", "x1", "target"), tuple(map(Numbers, (*X.T, 3 * X[:, 0]))), len(X))
    >>> first, second = permutation_importance(regressor, table)
    >>> first.mean > 10 * abs(second.mean)
    True
    """
    model, table = model_of(model), as_table(table)
    return importance_of(model, table, table[model.target.name], repeats=repeats, seed=seed, done=done)


def importance_of(
    model: Model, features: Table, column: Column, *, repeats: int, seed: int = 0, done: Done = nobody
) -> list[Importance]:
    """Return the importance of each column in rows, whose answers are a column beside them."""
    parts = take_apart(model, features)
    used, column_of = columns_of_parts(model.schema)
    answers = encode_target(model.target, column, features.first_line).astype(np.float64)
    if model.target.task == "regression":
        answers = model.target.center + model.target.width * answers
    before = _error(model, put_together(model.schema, parts), answers)
    orders = _orders(len(parts), repeats, seed)
    found = []
    for position, k in enumerate(used):
        own = column_of == position
        growth = np.empty(repeats)
        for repeat, order in enumerate(orders):
            shuffled = parts.copy()
            shuffled[:, own] = parts[order][:, own]
            growth[repeat] = _error(model, put_together(model.schema, shuffled), answers) - before
        done((position + 1) / len(used))
        found.append(Importance(model.schema.columns[k].name, float(growth.mean()), float(growth.std())))
    return found


def _orders(n: int, repeats: int, seed: int) -> list[Indices]:
    """Return as many orders of n rows, each a shuffle of the one before, as scikit-learn draws them."""
    random = np.random.RandomState(np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1))
    shuffle, order, found = np.arange(n), np.arange(n), []
    for _ in range(repeats):
        random.shuffle(shuffle)
        order = order[shuffle]
        found.append(order)
    return found


def _error(model: Model, inputs: Array, answers: Floats) -> float:
    """Return the loss that the model was trained by, of predictions for encoded rows."""
    meant = model.numbers if model.target.task == "regression" else model.probabilities
    return Predictions(model, meant(model.output(inputs)).astype(np.float64), answers).mean_loss()
