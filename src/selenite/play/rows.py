"""The rows of the data beside what is predicted for them: a table that can be sorted, and the curve of one column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns.dependence import MOST_VALUES_TRIED_EACH, mean_predictions
from selenite.play.figures import told
from selenite.play.messages import Class, Count
from selenite.play.picture import SHOWN
from selenite.play.plane import MARGIN, Axis, along, axis_of
from selenite.play.session import Session
from selenite.play.workbench import Workbench
from selenite.splits.split import drawn_rows
from selenite.table import Column, Numbers, Schema, Table, Text, as_numbers, as_probabilities, encode, input_columns
from selenite.table.cells import cell_text
from selenite.text import finite, shown
from selenite.types import Array, Floats, Indices, Mask

ROWS_OF_A_PAGE = 50
MOST_COLUMNS_SHOWN = 40  # of the table, beside the target's
CURVE, MOST_ROWS_AVERAGED = 33, 300  # values of a number that are tried; rows whose predictions are averaged


def rows_table(
    bench: Workbench, by: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0, descending: bool = False, start: Count = 0
) -> dict[str, Any]:
    """Return a page of rows: number, answer, prediction, error, and the other columns; sorted by one of these.

    The error is 1 minus the share given to the right class, or prediction minus answer; it is sorted by its size.
    """
    session, problem = bench.session, bench.session.problem
    table, target = problem.table, problem.target
    every = np.arange(table.n_rows)
    prediction = session.predicted(every)
    shares = as_probabilities(prediction.astype(np.float64))
    said = told(prediction) if target.classes else as_numbers(target, prediction[:, 0])
    error = _error(session, said, shares)
    names = [name for name in table.names if name != target.name][:MOST_COLUMNS_SHOWN]
    keys: list[Any] = [every, problem.codes if target.classes else problem.Y[:, 0], said, np.abs(error)]
    if by >= len(keys) + len(names):
        raise OptionError(f"there is no column {by + 1} to sort by; there are {len(keys) + len(names)}")
    order = _order(keys[by] if by < len(keys) else _sortable(table[names[by - len(keys)]]), descending)
    rows = order[start : start + ROWS_OF_A_PAGE]
    tested = np.isin(rows, problem.test) & (len(problem.training) > 0)
    answer = table[target.name] if target.name in table.names else None
    sure = shares[rows].max(axis=1) if target.classes else None
    return {
        "columns": ["row", f"{target.name} is", "predicted", "error", *names],
        "by": by,
        "descending": descending,
        "start": start,
        "total": table.n_rows,
        "rows": [
            {
                "row": int(row),
                "test": bool(tested[i]),
                "is": None if answer is None else cell_text(answer, row),
                "told": target.classes[int(said[row])] if target.classes else float(said[row]),
                "sure": None if sure is None else float(sure[i]),
                "error": float(error[row]) if problem.answers and np.isfinite(error[row]) else None,
                "wrong": bool(problem.answers and target.classes and said[row] != problem.codes[row]),
                "cells": [_cell(session, name, row) for name in names],
            }
            for i, row in enumerate(rows.tolist())
        ],
    }


@np.errstate(all="ignore")
def dependence(
    bench: Workbench, column: Annotated[str, msgspec.Meta(max_length=2000)], of_class: Class = 0
) -> dict[str, Any]:
    """Return the mean prediction of some rows, were they all to have one value in a column; and the followed row's."""
    session = bench.session
    problem, target = session.problem, session.problem.target
    if column not in problem.columns:
        raise OptionError(
            f"there is no curve of {shown(column)}; there are of {', '.join(map(shown, problem.columns))}"
        )
    if target.classes and of_class >= len(target.classes):
        raise OptionError(f"there is no class {of_class + 1}; there are {len(target.classes)}")
    axis = axis_of(problem, column)
    tried, places = _tried(problem.table[column], axis)
    count = len(places)
    rows = drawn_rows(problem.table.n_rows, MOST_ROWS_AVERAGED, 0, SHOWN)
    inputs, own, values, predict = _replaceable(session, column, tried, of_class)
    means = mean_predictions(predict, inputs[rows], own, values)
    of_followed = mean_predictions(predict, inputs[[bench.followed]], own, values)
    shown_values = [cell_text(tried, i) for i in range(count)] if axis.labels else tried.values.tolist()  # type: ignore[union-attr]
    return {
        "column": column,
        "what": f"probability of {target.classes[of_class]}" if target.classes else target.name,
        "values": shown_values,
        "places": places.tolist(),
        "labels": axis.labels,
        "means": finite(means.tolist()),
        "followed": finite(of_followed.tolist()),
        "now": _cell(session, column, bench.followed),
        "rows": len(rows),
        "low": 0.0 if target.classes else float(np.nan_to_num([*means, *of_followed]).min()),
        "high": 1.0 if target.classes else float(np.nan_to_num([*means, *of_followed]).max()),
    }


def _tried(column: Column, axis: Axis) -> tuple[Column, Floats]:
    """Return values to try and where they lie from the least to the most: each of few, of many some at equal steps."""
    if axis.labels:
        places = (np.arange(len(axis.labels)) + 0.5) / len(axis.labels)
        return along(axis, places), places
    assert isinstance(column, Numbers)
    low, high = along(axis, np.array([MARGIN, 1 + MARGIN]) / (1 + 2 * MARGIN)).values.tolist()  # type: ignore[union-attr]
    different = np.unique(column.values[~column.missing()])
    if 1 < len(different) <= MOST_VALUES_TRIED_EACH:
        return Numbers(different), np.clip((different - low) / (high - low), 0.0, 1.0)
    places = np.linspace(0, 1, CURVE)
    return Numbers(low + places * (high - low)), places


def _cell(session: Session, name: str, row: int) -> str:
    """Return a cell as its file writes it; numbers that were made here to a few digits."""
    column = session.problem.table[name]
    if isinstance(column, Numbers) and session.settings.data not in ("file", "model"):
        return f"{column.values[row]:.4g}"
    return cell_text(column, row)


def _replaceable(
    session: Session, column: str, tried: Column, of_class: int
) -> tuple[Array, Mask, Array, Callable[[Array], Floats]]:
    """Return rows, which of their inputs a column is, its values as such, and what predicts from them.

    Of inputs that are made of x1 and x2 these two stand for the rows.
    """
    problem = session.problem
    if problem.derived:
        assert isinstance(tried, Numbers)
        both = [problem.table[name] for name in ("x1", "x2")]
        inputs = np.column_stack([one.values for one in both if isinstance(one, Numbers)])

        def predict(places: Array) -> Floats:
            table = Table(("x1", "x2"), tuple(map(Numbers, places.T)), len(places))
            return _meant(session, problem.inputs_of(table), of_class)

        return inputs, np.array([column == "x1", column == "x2"]), tried.values[:, None], predict
    schema = problem.schema
    own = np.array([schema.columns[k].name == column for k in input_columns(schema)])
    alone = Schema(tuple(one for one in schema.columns if one.name == column))
    values = encode(alone, Table((column,), (tried,), len(tried.missing())), problem.X.dtype)
    return problem.X, own, values, lambda inputs: _meant(session, inputs, of_class)


def _meant(session: Session, inputs: Array, of_class: int) -> Floats:
    """Return the probability of a class, or the number that is predicted."""
    prediction, target = session.answer(inputs), session.problem.target
    if target.classes:
        return as_probabilities(prediction.astype(np.float64))[:, of_class]
    return as_numbers(target, prediction[:, 0])


def _error(session: Session, said: Any, shares: Floats) -> Floats:
    problem = session.problem
    if problem.n_classes:
        return np.asarray(1 - shares[np.arange(len(shares)), problem.codes])
    return np.asarray(said - problem.target.center - problem.target.width * problem.Y[:, 0])


def _sortable(column: Column) -> Any:
    """Return numbers in the order of a column's values."""
    if isinstance(column, Text):
        rank = np.empty(len(column.values) + 1)
        rank[np.argsort(np.array([*column.values, ""], dtype=object).astype(str), kind="stable")] = np.arange(len(rank))
        return np.where(column.missing(), np.nan, rank[column.codes])
    if isinstance(column, Numbers):
        return column.values
    return np.where(column.missing(), np.nan, column.values.astype(np.int64))


def _order(key: Any, descending: bool) -> Indices:
    """Return the rows in order; what is missing comes last either way."""
    values = np.asarray(key, dtype=np.float64)
    order = np.argsort(-values if descending else values, kind="stable")
    return np.asarray(order)
