"""Permutation importance and partial dependence, by scikit-learn's inspection of the model on raw columns.

scikit-learn shuffles and replaces columns of an array. The array that it is handed holds numbers of rows (or of values
of one column), and the encoded inputs are looked up by them: so columns of any kind are shuffled as a whole, and
nothing is encoded twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns.attributions import columns_of_inputs, model_of
from selenite.explanation.columns.quantity import Quantity
from selenite.model import Model
from selenite.model.metrics import mean_loss
from selenite.table import Column, ColumnSchema, Dates, Numbers, Schema, Table, Text, as_table, encode, encode_target
from selenite.table.learn import days_of
from selenite.table.match import category_codes
from selenite.table.table import called, date_text, number_text
from selenite.text import listed
from selenite.types import AnyArray, Array, Floats, Indices

REPEATS = 10
FEW_VALUES, GRID, MOST_CATEGORIES = 50, 101, 12  # different numbers of which each is tried, else so many quantiles


@dataclass(frozen=True)
class Importance:
    """By how much the error grows where a column is shuffled among the rows."""

    column: str
    mean: float  # of the repeats: of the loss trained, see `selenite.model.metrics.measure`
    deviation: float  # of the repeats


@dataclass(frozen=True)
class Dependence:
    """The mean prediction of some rows, were they all to have the same value in one column."""

    column: str
    labels: tuple[str, ...]  # the values, as text
    places: tuple[float, ...]  # numbers as they are, dates in days since 1970, categories in order
    means: tuple[float, ...]
    kind: str  # of the column


def permutation_importance(model: Any, table: Any, *, repeats: int = REPEATS, seed: int = 0) -> list[Importance]:
    """Return the importance of each column in rows with answers, in the schema's order.

    `model` is a model or a fitted estimator, `table` a table or frame with the column that it predicts.
    """
    from sklearn.inspection import permutation_importance as inspect

    model, table = model_of(model), as_table(table)
    inputs: Array = model.encode(table)
    used, column_of = columns_of_inputs(model)
    answers = encode_target(model.target, table[model.target.name], table.first_line).astype(np.float64)
    if model.target.task == "regression":
        answers = model.target.center + model.target.width * answers
    numbers = np.tile(np.arange(len(inputs))[:, None], (1, len(used)))  # of the row that each column's value is of

    def looked_up(numbers: Indices) -> Array:
        return inputs[numbers[:, column_of], np.arange(inputs.shape[1])]

    def goodness(_: Any, numbers: Indices, answers: Floats) -> float:
        return -_error(model, model.output(looked_up(numbers)), answers)

    found = inspect(_estimator(), numbers, answers, scoring=goodness, n_repeats=repeats, random_state=seed)
    names = [model.schema.columns[k].name for k in used]
    figures = zip(names, found["importances_mean"].tolist(), found["importances_std"].tolist(), strict=True)
    return [Importance(*each) for each in figures]


def partial_dependence(model: Any, table: Any, column: str, *, index: int = 1) -> Dependence:
    """Return how the mean prediction of the rows depends on one column; of classes, the probability of the index-th.

    `model` is a model or a fitted estimator.
    """
    from sklearn.inspection import partial_dependence as inspect

    model = model_of(model)
    table, classes = as_table(table, model.schema.names), model.target.classes
    if classes and not 0 <= index < len(classes):
        raise OptionError(f"index={index} is none of the {len(classes)} classes, which count from 0")
    inputs, quantity = model.encode(table), Quantity(model, index)
    used, column_of = columns_of_inputs(model)
    names = [model.schema.columns[k].name for k in used]
    if column not in names:
        table.require(column)
        raise OptionError(f"{called(column)} is no input of the model; it has {listed(names)}")
    position = names.index(column)
    schema = model.schema.columns[used[position]]
    grid, labels, places = _grid(schema, table[column])
    values = encode(Schema((schema,)), Table((column,), (grid,), len(labels)), inputs.dtype)
    mine = column_of == position

    def predict(numbers: Floats) -> Floats:
        of_value, of_row = numbers.astype(np.intp).T
        mixed = inputs[of_row]
        mixed[:, mine] = values[of_value]
        return quantity.value(mixed)

    rows = np.arange(len(inputs))
    numbers = np.column_stack([rows % len(labels), rows]).astype(np.float64)  # of the value, of the row
    choices = {0: np.arange(len(labels), dtype=np.float64)}
    found = inspect(_estimator(predict), numbers, [0], custom_values=choices, method="brute", kind="average")
    return Dependence(column, labels, places, tuple(found["average"][0].tolist()), schema.kind)


def _error(model: Model, output: Array, answers: Floats) -> float:
    """Return the loss that the model was trained by."""
    meant = model.numbers if model.target.task == "regression" else model.probabilities
    return mean_loss(model, meant(output), answers)


def _estimator(predict: Any = None) -> Any:
    """Return what scikit-learn takes for a fitted regressor."""
    from sklearn.base import BaseEstimator, RegressorMixin

    class Fitted(RegressorMixin, BaseEstimator):  # type: ignore[misc]
        def fit(self, X: Any, y: Any) -> Any:
            return self

        def predict(self, X: Any) -> Any:
            return predict(X)

        def __sklearn_is_fitted__(self) -> bool:
            return True

    return Fitted()


def _grid(schema: ColumnSchema, column: Column) -> tuple[Column, tuple[str, ...], tuple[float, ...]]:
    """Return values to try: each of few numbers, of many from the 2 % to the 98 % quantile, the commonest categories.

    No two neighbours of the quantiles are more than 1 % of the rows apart, so no value that as many share is left out.
    """
    present = np.flatnonzero(~column.missing())
    if schema.kind in ("number", "date") and isinstance(column, Numbers | Dates) and len(present):
        values: AnyArray = column.values[present]
        at: AnyArray = np.unique(values)
        if len(at) > FEW_VALUES:
            at = np.unique(np.quantile(values, np.linspace(0.02, 0.98, GRID), method="nearest"))
        if isinstance(column, Dates):
            return Dates(at), tuple(map(date_text, at)), tuple(days_of(at).tolist())
        return (
            Numbers(at, column.type),
            tuple(number_text(_rounded(value), column.type) for value in at.tolist()),
            tuple(at.tolist()),
        )
    known = schema.categories or ("",)
    codes = category_codes(schema, column)
    commonest = np.argsort(
        -np.bincount(codes[(codes >= 0) & (codes < len(known))], minlength=len(known)), kind="stable"
    )
    kept = np.sort(commonest[:MOST_CATEGORIES])
    return (
        Text(np.arange(len(kept), dtype=np.int32), tuple(known[k] for k in kept)),
        tuple(known[k] for k in kept),
        tuple(map(float, range(len(kept)))),
    )


def _rounded(value: float) -> float:
    """Return a number to four digits, a whole one of up to seven as it is."""
    return value if value.is_integer() and abs(value) < 1e7 else float(f"{value:.4g}")
