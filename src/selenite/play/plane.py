"""The plane that a problem is seen in: two of its columns as axes, the others at their usual values or as in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from selenite.errors import OptionError, TableError
from selenite.nn.random import bits, uniform
from selenite.play.problem import Problem
from selenite.table import Column, Dates, Numbers, Text
from selenite.table.match import category_codes
from selenite.table.schema import SET_ASIDE
from selenite.text import shown
from selenite.types import Array, Floats, Indices, NDArray

MARGIN = 0.08  # of the plane beyond the points
JITTER = 12  # the purpose of these draws, among those of nn/random
OUTSIDE = -0.45  # where along an axis of categories those lie that it does not have


@dataclass(frozen=True)
class Axis:
    """A column as one direction of the plane."""

    name: str
    low: float
    high: float
    labels: tuple[str, ...] = ()  # of categories, at 0, 1, 2, ...


PLANE = (Axis("x1", -2.0, 2.0), Axis("x2", -2.0, 2.0))  # on which points are drawn


def axes_of(problem: Problem, wanted: tuple[str, str], usual: Sequence[str] = ()) -> tuple[Axis, Axis | None]:
    """Return the two columns of the plane: those wanted, else the usual ones or the numbers that tell most."""
    columns = problem.columns
    chosen = [name for name in dict.fromkeys(wanted) if name in columns]
    if not usual:
        usual = columns if problem.derived else sorted(columns, key=lambda name: -_telling(problem, name))
    chosen += [name for name in usual if name not in chosen]
    found = [axis_of(problem, name) for name in chosen[:2]]
    if not found:
        raise TableError(f"{problem.table.source} has no column of numbers or categories to draw")
    return found[0], found[1] if len(found) > 1 else None


def check_axes(problem: Problem, wanted: tuple[str, str]) -> None:
    """Refuse an axis that the rows do not have; one that these rows set aside gives way to a usual one."""
    for name in wanted:
        schema = problem.column_schema(name)
        if name and name not in problem.columns and (schema is None or schema.kind not in SET_ASIDE):
            raise OptionError(
                f"{shown(name)} cannot be an axis of the picture; these can: {', '.join(map(shown, problem.columns))}"
            )


def _telling(problem: Problem, name: str) -> float:
    """Return how much a column of numbers tells about the target on its own: its squared correlation with it."""
    column = problem.table[name].take(problem.training)
    if not isinstance(column, Numbers):
        return -1.0
    values, Y = column.values, problem.Y[problem.training]
    values = np.where(column.missing(), np.nanmean(values), values)
    with np.errstate(all="ignore"):
        shares = [np.corrcoef(values, y)[0, 1] ** 2 for y in Y.T]
    return float(np.nan_to_num(np.mean(shares)))


def axis_of(problem: Problem, name: str) -> Axis:
    """Return a column as an axis."""
    column, schema = problem.table[name], problem.column_schema(name)
    if schema is not None and schema.kind != "number":
        labels = schema.categories or (column.values if isinstance(column, Text) else ("",))
        return Axis(name, -0.5, len(labels) - 0.5, labels)
    assert isinstance(column, Numbers)
    present = column.values[~column.missing()].tolist()
    present += [] if schema is None else [end for end in (schema.minimum, schema.maximum) if end is not None]
    low, high = (min(present), max(present)) if present else (0.0, 1.0)
    edge = MARGIN * (high - low) or 1.0
    return Axis(name, low - edge, high + edge)


def positions(problem: Problem, axis: Axis | None, rows: Indices) -> Floats:
    """Return where rows lie along an axis, from 0 to 1; categories are strewn a little so that rows stay apart."""
    strewn = uniform(bits(0, JITTER, rows))
    if axis is None:
        return 0.1 + 0.8 * strewn
    column = problem.table[axis.name].take(rows)
    if not axis.labels:
        assert isinstance(column, Numbers)
        values = np.where(column.missing(), axis.low, column.values)
        return np.asarray((values - axis.low) / (axis.high - axis.low))
    schema = problem.column_schema(axis.name)
    assert schema is not None
    codes = category_codes(schema, column)
    at = np.where((codes >= 0) & (codes < len(axis.labels)), codes, OUTSIDE)
    return np.asarray((at + 0.5 + 0.6 * (strewn - 0.5)) / len(axis.labels))


def plane_inputs(problem: Problem, axes: tuple[Axis, Axis | None], size: int, row: int | None = None) -> Array:
    """Return the network's inputs at size × size places of the plane, from its upper left corner, row by row."""
    steps = (np.arange(size) + 0.5) / size
    return inputs_at(problem, axes, (np.tile(steps, size), np.repeat(steps[::-1], size)), row)


def inputs_at(
    problem: Problem, axes: tuple[Axis, Axis | None], places: tuple[Floats, Floats], row: int | None = None
) -> Array:
    """Return the network's inputs at places of the plane, each a share of its axis.

    The other columns are held at their median or commonest value, or at what they are in one row.
    """
    rows = problem.table.without(problem.target.name)
    if row is None:
        held = replace(rows, columns=tuple(_usual(problem, name) for name in rows.names), n_rows=1)
    else:
        held = rows.take(np.array([row]))
    table = held.take(np.zeros(len(places[0]), np.intp))
    columns = list(table.columns)
    for axis, shares in zip(axes, places, strict=True):
        if axis is not None:
            columns[table.names.index(axis.name)] = along(axis, shares)
    return problem.inputs_of(replace(table, columns=tuple(columns)))


def along(axis: Axis, share: Floats) -> Column:
    """Return the values of a column at shares of its axis."""
    if not axis.labels:
        return Numbers(axis.low + share * (axis.high - axis.low))
    codes = np.minimum((share * len(axis.labels)).astype(np.int32), len(axis.labels) - 1)
    return Text(codes, axis.labels)


def _usual(problem: Problem, name: str) -> Column:
    """Return the usual value of a column: the median of numbers and dates, the commonest of what is counted."""
    some = problem.table[name].take(problem.usual_rows)
    if isinstance(some, Text):
        return Text(np.array([_commonest(some.codes)], np.int32), some.values)
    if isinstance(some, Dates):
        moments = np.sort(some.values[~some.missing()])
        return Dates(moments[[len(moments) // 2]] if len(moments) else np.array(["NaT"], "datetime64[us]"))
    present, schema = some.values[~some.missing()], problem.column_schema(name)
    is_counted = (schema is not None and schema.kind != "number") or not len(present)
    return Numbers(np.array([_commonest(present) if is_counted else np.median(present)]), some.type)


def _commonest(values: NDArray[np.generic]) -> float:
    different, counts = np.unique(values, return_counts=True)
    return float(different[counts.argmax()]) if len(different) else np.nan
