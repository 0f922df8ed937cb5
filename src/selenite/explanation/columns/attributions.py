"""`explain`: how much each column of a row has added to its prediction, and of what it is the explanation."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal, get_args

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns.baseline import baseline_for
from selenite.explanation.columns.gradients import integrated_gradients
from selenite.explanation.columns.parts import columns_of_parts, of_columns, put_together, take_apart
from selenite.explanation.columns.quantity import Quantity, explained_classes
from selenite.explanation.columns.shapley import MOST_COLUMNS_EXACT, exact_shapley, sampled_shapley
from selenite.explanation.columns.text import NAMES, row_text, table_text
from selenite.model.loading import model_of
from selenite.sketch import bars
from selenite.stages import Done, nobody, part
from selenite.table import Table, as_table
from selenite.table.cells import prediction_format
from selenite.types import Array, Floats, Indices

Method = Literal["auto", "exact", "sampled", "gradients"]
MOST_PREDICTIONS_EXACT = 2**22  # that exact values may take where nothing else is asked for


@dataclass(frozen=True, eq=False)
class Attributions:
    """What each column adds to the prediction of each row, compared with a baseline.

    `base + values.sum(axis=1)` is `prediction`, but for `gap`.

    Attributes
    ----------
    columns : tuple of str
        Those that are inputs of the model.
    values : array of shape (n_rows, n_columns)
        What each adds: a share of a probability, or a number in the target's unit.
    errors : array of shape (n_rows, n_columns) or None
        Standard errors of sampled values; None where nothing is sampled.
    prediction, base : array of shape (n_rows,)
        The prediction, and the mean prediction of the baseline.
    quantities : tuple of str
        What is explained in each row: "probability of yes", or the target's name.
    method : {"exact", "sampled", "gradients"}
        How.
    baseline : str
        What the rows are compared with, in words.
    rows : Table or None
        The rows explained; printing one shows its cells.
    form : str
        How Python is to format values in text.
    """

    columns: tuple[str, ...]
    values: Floats
    errors: Floats | None
    prediction: Floats
    base: Floats
    quantities: tuple[str, ...]
    method: Literal["exact", "sampled", "gradients"]
    baseline: str
    rows: Table | None = None
    form: str = ",.4f"

    def __str__(self) -> str:
        return row_text(self) if len(self.values) == 1 else table_text(self)

    @property
    def gap(self) -> Floats:
        """How much is missing in each row, (n_rows,): prediction - base - the sum of its values."""
        return np.asarray(self.prediction - self.base - self.values.sum(axis=1))

    @property
    def importance(self) -> Floats:
        """The mean absolute value of each column, (n_columns,)."""
        return np.asarray(np.abs(self.values).mean(axis=0))

    def _repr_html_(self) -> str:
        """Return a bar a column for a notebook: what it adds in the one row, or its importance over several."""
        rows, alone = len(self.values), len(self.values) == 1
        numbers = self.values[0] if alone else self.importance
        what = f"{self.quantities[0]} {self.prediction[0]:.4g}, from {self.base[0]:.4g}" if alone else "mean size"
        title = f"Contribution of each column: {what}{'' if alone else f' over {rows:,} rows'}; {NAMES[self.method]}."
        return f"<div><p>{escape(title)}</p>{bars(dict(zip(self.columns, numbers.tolist(), strict=True)))}</div>"

    def __repr__(self) -> str:
        rows = f"{len(self.values):,} row{'s' * (len(self.values) != 1)}"
        return f"<Attributions of {len(self.columns)} columns in {rows}: {NAMES[self.method]}, against {self.baseline}>"


def explain(
    model: Any,
    table: Any,
    *,
    background: Any = None,
    method: Method = "auto",
    label: Any = None,
    seed: int = 0,
    done: Done = nobody,
) -> Attributions:
    """Return how much each column adds to the prediction of each row of a table.

    Parameters
    ----------
    model : Model or fitted estimator
        What predicts; an estimator is one with a `model_`.
    table : DataFrame, Table or array
        The rows to explain.
    background : table or "medians", optional
        What they are compared with: at most 100 rows drawn from a table, or the medians of the training rows, which
        the model holds. Without it the rows of `table` itself.
    method : {"auto", "exact", "sampled", "gradients"}
        Shapley values of all coalitions of columns (up to 15 columns), Shapley values of random orders with standard
        errors, or integrated gradients. "auto" is exact where that takes at most 4 million predictions, else sampled.
    label : optional
        The class whose probability is explained, as it is predicted or as text. Without it the second of two classes,
        and of more the class predicted for each row.
    seed : int
        Of the rows drawn from the background and of the orders.
    done : callable
        Told what share of the work is done, from 0 to 1.

    Returns
    -------
    Attributions
        Columns that were set aside in training are not among its `columns`.

    Raises
    ------
    OptionError
        Where `model` is none, there is no such method or class, or there are too many columns for exact values.
    SchemaError
        Where a column of the model's is missing or of another kind.

    References
    ----------
    Shapley values: Lundberg and Lee 2017; integrated gradients: Sundararajan, Taly and Yan 2017.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> regressor = selenite.SeleniteRegressor(max_iter=20, random_state=0).fit(X, X[:, 0] - 2 * X[:, 1])
    >>> found = selenite.explain(regressor, X[:5], background=X)
    >>> found
    <Attributions of 3 columns in 5 rows: exact Shapley values, against 100 rows drawn from 200>
    >>> bool(np.allclose(found.base + found.values.sum(axis=1), regressor.predict(X[:5]), atol=1e-5))
    True
    """
    _refuse_unknown(method)
    model = model_of(model)
    rows = as_table(table, model.schema.names)
    parts = take_apart(model, rows)
    inputs, itself = put_together(model.schema, parts), background is None
    baseline = baseline_for(model, rows if itself else background, seed, parts if itself else None)
    used, column_of = columns_of_parts(model.schema)
    chosen = chosen_method(method, len(used), rows.n_rows * len(baseline.parts))
    indices = explained_classes(model, inputs, label)
    of_class = {index: Quantity(model, index) for index in np.unique(indices).tolist()}
    values, errors = np.zeros((2, rows.n_rows, len(used)))
    prediction, base = np.zeros((2, rows.n_rows))
    for k, (index, quantity) in enumerate(of_class.items()):
        own, share = np.flatnonzero(indices == index), part(done, k, len(of_class))
        background_inputs = put_together(model.schema, baseline.parts)
        prediction[own], base[own] = quantity.value(inputs[own]), quantity.value(background_inputs).mean()
        values[own], errors[own] = _split(quantity, parts[own], baseline.parts, column_of, chosen, seed, share)
    columns = tuple(model.schema.columns[k].name for k in used)
    quantities = tuple(of_class[index].name for index in indices.tolist())
    sampled, form = errors if chosen == "sampled" else None, prediction_format(model.target)
    return Attributions(columns, values, sampled, prediction, base, quantities, chosen, baseline.words, rows, form)


def _refuse_unknown(method: str) -> None:
    if method not in get_args(Method):
        raise OptionError(f"there is no method {method!r}; there are {', '.join(get_args(Method))}")


def _split(
    quantity: Quantity, rows: Array, background: Array, column_of: Indices, method: Method, seed: int, done: Done
) -> tuple[Floats, Floats]:
    """Return what each column adds in each row, and standard errors: (n_rows, n_columns) each; rows are in parts."""
    schema = quantity.model.schema

    def value(parts: Array) -> Floats:
        return quantity.value(put_together(schema, parts))

    if method == "sampled":
        return sampled_shapley(value, rows, background, column_of, seed, done)
    found = []
    for i, row in enumerate(rows):
        if method == "exact":
            found.append(exact_shapley(value, row, background, column_of))
        else:
            starts = put_together(schema, background)
            of_inputs = integrated_gradients(quantity, put_together(schema, row[None])[0], starts)
            found.append(of_columns(schema, of_inputs))
        done((i + 1) / len(rows))
    return np.array(found), np.zeros((len(rows), len(found[0])))


def chosen_method(method: Method, n_columns: int, pairs: int) -> Literal["exact", "sampled", "gradients"]:
    """Return the method; refuse exact values of too many columns."""
    if method == "exact" and n_columns > MOST_COLUMNS_EXACT:
        raise OptionError(
            f"{n_columns} columns have 2^{n_columns} coalitions; exact values are for at most {MOST_COLUMNS_EXACT} "
            "columns. Take method='sampled', which says how far it may be off"
        )
    if method != "auto":
        return method
    affordable = n_columns <= MOST_COLUMNS_EXACT and 2**n_columns * pairs <= MOST_PREDICTIONS_EXACT
    return "exact" if affordable else "sampled"
