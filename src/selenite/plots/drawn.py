"""What a picture is of: a network and its parameters with rows as it takes them, or a model with rows of its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.model.loading import model_of
from selenite.nn import Network
from selenite.plots.plane import Plane, plane_of
from selenite.table import Column, Numbers, Table, as_column, as_outputs, as_table, encode_target
from selenite.text import listed
from selenite.training import History
from selenite.training.history import NOT_RECORDED
from selenite.types import AnyArray, Array, Indices


@dataclass(frozen=True)
class Drawn:
    """A network with rows: as points of a plane, whose axes are columns, and as what the network takes."""

    network: Network
    parameters: Array  # (n_parameters,) or (n_members, n_parameters)
    inputs: Array  # (n, n_inputs)
    points: Array  # (n, n_columns)
    encode: Callable[[Array], Array]  # points to inputs
    answers: Any  # y as it was given; of a model the number of each row's class
    columns: tuple[int, int]  # that span the plane
    names: Sequence[str]  # of the columns
    classes: Sequence[str]
    threshold: float | None = None  # from which on the second of two classes is predicted, where not from ½ on
    of_model: bool = False

    @property
    def first(self) -> Array:
        """The parameters of the first network, (n_parameters,)."""
        first: Array = np.atleast_2d(self.parameters)[0]
        return first

    def plane(self, at: Array | None) -> Plane:
        """Return the plane of the two columns around the rows."""
        plane = plane_of(self.points, self.columns, self.names, at)
        return plane.around(" and commonest values") if self.of_model else plane


def drawn(
    network: Any,
    parameters: Any,
    X: Any,
    y: Any,
    columns: tuple[int | str, int | str],
    names: Sequence[str] = (),
    classes: Sequence[str] = (),
) -> Drawn:
    """Return what is to be drawn; after a model or an estimator come its rows at once, in the place of parameters."""
    if isinstance(network, Network):
        places = _places(columns, names)
        return Drawn(network, parameters, X, X, lambda points: points, y, places, names, classes)
    model = model_of(network)
    X, y = (X, y) if parameters is None else (parameters, X)
    if X is None:
        raise OptionError("give rows beside the model: draw(model, X, y)")
    table = as_table(X, model.schema.names)
    measured = [
        column.name
        for column in model.schema.columns
        if column.kind == "number" and isinstance(table[column.name], Numbers)
    ]
    known = [name or f"column {k + 1}" for k, name in enumerate(measured)]
    places = _places(columns, known)
    points = np.column_stack([_numbers(table, name) for name in measured]) if measured else np.empty((table.n_rows, 0))
    gaps = np.isnan(points)
    rows = np.flatnonzero(~gaps[:, [place for place in places if place < len(measured)]].any(axis=1))
    answers = None if y is None else class_numbers(model, y)
    points = np.where(gaps, np.nanmedian(points, axis=0), points) if gaps.any() else points
    return Drawn(
        model.network,
        model.parameters,
        model.encode(table)[rows],
        points[rows],
        lambda points: model.encode(_around(table, measured, points)),
        None if answers is None else answers[rows],
        places,
        known,
        classes or model.target.classes,
        model.threshold,
        of_model=True,
    )


def _places(columns: tuple[int | str, int | str], names: Sequence[str]) -> tuple[int, int]:
    """Return the places of two columns, which may be named."""
    unknown = [column for column in columns if isinstance(column, str) and column not in names]
    if unknown:
        raise OptionError(f"there is no column of numbers {unknown[0]!r}; there are {listed(list(names))}")
    first, second = (names.index(one) if isinstance(one, str) else one for one in columns)
    return first, second


def member(network: Any, parameters: Any) -> tuple[Network, Array, Model | None]:
    """Return a network and the parameters of its first member, and the model if one was given."""
    model = None if isinstance(network, Network) else model_of(network)
    network, parameters = (network, parameters) if model is None else (model.network, model.parameters)
    return network, np.atleast_2d(parameters)[0], model


def input_row(model: Model, rows: Any) -> Array:
    """Return what a model's network takes of the first of some rows, (n_inputs,)."""
    first: Array = model.encode(as_table(rows, model.schema.names))[0]
    return first


def class_numbers(model: Model, y: Any) -> Indices:
    """Return the number of each answer's class, from 0; refuse answers that are numbers to predict."""
    if model.target.task == "regression":
        raise OptionError(f"{model.target.name!r} is a number: this picture is of classes")
    return encode_target(model.target, as_column(y)).astype(np.intp)


def judged_classes(given: Any, rows: Any, answers: Any) -> tuple[Indices, Indices, tuple[str, ...]]:
    """Return the number of each row's class and of the one that a model predicts, and what classes are called."""
    model = model_of(given)
    y = class_numbers(model, answers)
    return y, model.decide(model.predict_proba(rows)), model.target.classes


def watched_run(history: Any, X: Any, Y: Any) -> tuple[History, Array, Array]:
    """Return a recorded run and rows as it was trained on them, of a history or of an estimator."""
    if isinstance(history, History):
        return history, X, Y
    model, run = model_of(history), getattr(history, "history_", None)
    if run is None:
        raise OptionError(NOT_RECORDED)
    encoded = encode_target(model.target, as_column(Y))
    return run, model.encode(as_table(X, model.schema.names)), as_outputs(model.target, encoded, model.parameters.dtype)


def _numbers(table: Table, name: str) -> AnyArray:
    column = table[name]
    assert isinstance(column, Numbers)
    return column.values


def _around(table: Table, measured: Sequence[str], points: Array) -> Table:
    """Return points as rows of a table, whose other columns hold their commonest value."""
    columns: list[Column] = []
    for name, column in zip(table.names, table.columns, strict=True):
        if name in measured:
            columns.append(Numbers(np.asarray(points[:, measured.index(name)], dtype=np.float64)))
        else:
            values = column.values if not hasattr(column, "codes") else column.codes
            _, place, counts = np.unique(values, return_index=True, return_counts=True)
            columns.append(column.take(np.full(len(points), place[counts.argmax()])))
    return Table(table.names, tuple(columns), len(points))
