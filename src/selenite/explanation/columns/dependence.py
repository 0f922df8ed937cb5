"""Partial dependence: the mean prediction of some rows, were they all to have the same value in one column.

f_c(v) = mean over the rows x of f(x with v in column c)        (Friedman 2001)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns.parts import columns_of_parts, parts_of_column, put_together, take_apart
from selenite.explanation.columns.quantity import Quantity
from selenite.model.loading import model_of
from selenite.table import Column, ColumnSchema, Dates, Numbers, Schema, Table, Text, as_table, encode
from selenite.table.cells import date_text, number_text
from selenite.table.match import KnownColumn
from selenite.table.table import called, days_of
from selenite.text import listed
from selenite.types import AnyArray, Array, Floats, Mask

MOST_VALUES_TRIED_EACH = 50  # different numbers; of more, only some are tried
QUANTILES_TRIED, MOST_CATEGORIES_TRIED = 101, 12


@dataclass(frozen=True)
class Dependence:
    """The mean prediction of some rows, were they all to have the same value in one column.

    Attributes
    ----------
    column, kind : str
        The column, and its kind in the model's schema.
    labels : tuple of str
        The values tried, as text.
    places : tuple of float
        Where they lie: numbers as they are, dates in days since 1970, categories in order.
    means : tuple of float
        The mean prediction of each, a probability or a number in the target's unit.
    """

    column: str
    labels: tuple[str, ...]
    places: tuple[float, ...]
    means: tuple[float, ...]
    kind: str


def partial_dependence(model: Any, table: Any, columns: Sequence[str], *, index: int = 1) -> list[Dependence]:
    """Return how the mean prediction of the rows depends on each of some columns.

    Parameters
    ----------
    model : Model or fitted estimator
        What predicts.
    table : DataFrame, Table or array
        The rows whose predictions are averaged; they are encoded once.
    columns : list of str
        Inputs of the model. Of up to 50 different numbers or dates each is tried, of more 101 quantiles from 2 % to
        98 %, of categories the 12 commonest.
    index : int
        The class whose probability it is of, counted from 0; of no weight where the target is a number.

    Returns
    -------
    list of Dependence
        One for each column, in their order.

    Raises
    ------
    OptionError
        Where `model` is none, `columns` is a text, a column is no input of the model, or the class does not exist.

    Examples
    --------
    >>> import selenite
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> regressor = selenite.SeleniteRegressor(max_iter=20, random_state=0).fit(X, 3 * X[:, 0])
    >>> [found] = partial_dependence(regressor, X, ["x0"])
    >>> len(found.means), found.means[0] < -4, found.means[-1] > 4
    (101, True, True)
    """
    model = model_of(model)
    if isinstance(columns, str):
        raise OptionError(f"columns={columns!r} is a text; it takes a list of columns, such as [{columns!r}]")
    table, classes = as_table(table, model.schema.names), model.target.classes
    if classes and not 0 <= index < len(classes):
        raise OptionError(f"index={index} is none of the {len(classes)} classes, which count from 0")
    parts, quantity = take_apart(model, table), Quantity(model, index)
    used, column_of = columns_of_parts(model.schema)

    def predict(mixed: Array) -> Floats:
        return quantity.value(put_together(model.schema, mixed))

    position_of = {model.schema.columns[k].name: position for position, k in enumerate(used)}
    found = []
    for column in columns:
        if column not in position_of:
            table.require(column)
            raise OptionError(f"{called(column)} is no input of the model; it has {listed(list(position_of))}")
        position = position_of[column]
        schema = model.schema.columns[used[position]]
        if schema.kind == "text":
            raise OptionError(f"{called(column)} is free text, of which no value can be tried in all rows")
        grid, labels, places = _grid(schema, table[column])
        values = encode(Schema((schema,)), Table((column,), (grid,), len(labels)), parts.dtype)
        values = parts_of_column(model.schema, used[position], KnownColumn(schema, grid), values)
        means = mean_predictions(predict, parts, column_of == position, values)
        found.append(Dependence(column, labels, places, tuple(means.tolist()), schema.kind))
    return found


def mean_predictions(predict: Callable[[Array], Floats], inputs: Array, own: Mask, values: Array) -> Floats:
    """Return the mean prediction of the rows, were they all to have each of some values in one column.

    Parameters
    ----------
    predict : callable
        From rows (n, n_inputs) to predictions (n,).
    inputs : array of shape (n, n_inputs)
        The rows.
    own : array of bool of shape (n_inputs,)
        Which inputs are the column's.
    values : array of shape (n_values, n_own)
        What these are for each value.

    Returns
    -------
    array of shape (n_values,)

    Examples
    --------
    >>> product = lambda rows: rows[:, 0] * rows[:, 1]
    >>> rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> mean_predictions(product, rows, np.array([True, False]), np.array([[0.0], [10.0]])).tolist()
    [0.0, 30.0]
    """
    mixed, means = inputs.copy(), np.empty(len(values))
    for k, value in enumerate(values):
        mixed[:, own] = value
        means[k] = predict(mixed).mean()
    return means


def _grid(schema: ColumnSchema, column: Column) -> tuple[Column, tuple[str, ...], tuple[float, ...]]:
    """Return values to try, their texts and places: each of few, of many some quantiles, the commonest categories.

    No two neighbours of the quantiles are more than 1 % of the rows apart, so no value that as many share is left out.
    """
    present = np.flatnonzero(~column.missing())
    if schema.kind in ("number", "date") and isinstance(column, Numbers | Dates) and len(present):
        values: AnyArray = column.values[present]
        at: AnyArray = np.unique(values)
        if len(at) > MOST_VALUES_TRIED_EACH:
            at = np.unique(np.quantile(values, np.linspace(0.02, 0.98, QUANTILES_TRIED), method="nearest"))
        if isinstance(column, Dates):
            return Dates(at), tuple(map(date_text, at)), tuple(days_of(at).tolist())
        texts = tuple(number_text(_rounded(value), column.type) for value in at.tolist())
        return Numbers(at, column.type), texts, tuple(at.tolist())
    known = schema.categories or ("",)
    kept = KnownColumn(schema, column).commonest(MOST_CATEGORIES_TRIED)
    labels = tuple(known[k] for k in kept)
    return Text(np.arange(len(kept), dtype=np.int32), labels), labels, tuple(map(float, range(len(kept))))


def _rounded(value: float) -> float:
    """Return a number to four digits, a whole one of up to seven as it is."""
    return value if value.is_integer() and abs(value) < 1e7 else float(f"{value:.4g}")
