"""A problem: a table's rows as numbers, which of them are put aside to test with, and the plane they are seen in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.arrays import NDArray
from selenite.errors import OptionError, TableError, shown
from selenite.nn.random import bits, uniform
from selenite.play.points import SETS, make_table, with_derived
from selenite.play.settings import Settings
from selenite.table import (
    Column,
    ColumnSchema,
    Dates,
    Numbers,
    Schema,
    Table,
    Target,
    Text,
    encode,
    encode_target,
    input_names,
    learn_schema,
    learn_target,
)
from selenite.table.schema import SET_ASIDE
from selenite.training import split

MOST_CLASSES = 10
MOST_ROWS, MOST_COLUMNS = 200_000, 300
MARGIN = 0.08  # of the plane beyond the points
JITTER = 12  # the purpose of these draws, among those of nn/random
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """A column as one direction of the plane."""

    name: str
    low: float
    high: float
    labels: tuple[str, ...] = ()  # of categories, at 0, 1, 2, ...


PLANE = (Axis("x1", -2.0, 2.0), Axis("x2", -2.0, 2.0))  # on which points are drawn


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be learnt from, and how it is seen."""

    table: Table  # all rows, the target among the columns
    schema: Schema  # of what the network is given
    target: Target
    derived: bool  # whether the inputs are made of x1 and x2
    features: tuple[str, ...]
    X: Matrix  # (n, n_inputs)
    Y: Matrix  # (n, n_outputs)
    codes: NDArray[np.int64]  # class of each row; zeros for a number
    training: NDArray[np.intp]
    test: NDArray[np.intp]

    @property
    def n_classes(self) -> int:
        return len(self.target.classes)

    @property
    def inputs(self) -> tuple[str, ...]:
        return input_names(self.schema)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that can be axes."""
        if self.derived:
            return ("x1", "x2")
        return tuple(column.name for column in self.schema.columns if column.kind not in (*SET_ASIDE, "date"))


def make_problem(settings: Settings, own: Table | None = None) -> Problem:
    """Return the problem of a setting; `own` is the table of a file or of drawn points.

    >>> problem = make_problem(Settings())
    >>> problem.X.shape, len(problem.training), len(problem.test)
    ((100, 2), 76, 24)
    """
    if settings.data in SETS:
        own = make_table(settings.data, settings.rows, settings.noise, settings.seed)
    if own is None:
        raise OptionError("these settings are for a table of one's own; open it, or choose a built-in set")
    if own.n_rows > MOST_ROWS or len(own.names) > MOST_COLUMNS:
        raise TableError(
            f"{own.source} has {own.n_rows:,} rows and {len(own.names)} columns; the page takes {MOST_ROWS:,} and "
            f"{MOST_COLUMNS}. For more: selenite fit"
        )
    if own.n_rows < 4:
        raise TableError(f"{own.source} has {own.n_rows} rows; at least 4 are needed to learn and to test")
    name = settings.target or own.names[-1]
    if name not in own.names:
        raise OptionError(f"{own.source} has no column {shown(name)}; it has {', '.join(map(shown, own.names[:20]))}")
    target = learn_target(own[name], name, None, own.first_line)
    if len(target.classes) > MOST_CLASSES:
        raise OptionError(
            f"{shown(name)} has {len(target.classes)} classes; the page draws up to {MOST_CLASSES}. "
            "Choose another target, or selenite fit"
        )
    y = encode_target(target, own[name])
    codes = y.astype(np.int64) if target.task == "classification" else np.zeros(own.n_rows, np.int64)
    training, test = _split(settings, own.n_rows, codes if target.task == "classification" else None)
    derived = settings.data != "file" and {"x1", "x2"} <= set(own.names)
    features = settings.features if derived else ()
    inputs = with_derived(own.without(name), features) if derived else own.without(name)
    schema = _as_they_are(inputs) if settings.data != "file" else _learnt(inputs.take(training))
    X = encode(schema, inputs, np.float64)
    if X.shape[1] == 0:
        raise TableError(f"{own.source} has no column to predict {shown(name)} from: all are constant or identifiers")
    if target.task == "regression" and settings.data != "file":
        target = replace(target, center=0.0, width=1.0)
        y = encode_target(target, own[name])
    Y = np.eye(len(target.classes))[codes] if len(target.classes) > 2 else y[:, None].astype(np.float64)
    return Problem(own, schema, target, derived, features, X, Y, codes, training, test)


def axes_of(problem: Problem, wanted: tuple[str, str]) -> tuple[Axis, Axis | None]:
    """Return the two columns of the plane: those wanted, else the numbers that tell most; one where there is one."""
    columns = problem.columns
    chosen = [name for name in dict.fromkeys(wanted) if name in columns]
    usual = columns if problem.derived else sorted(columns, key=lambda name: -_telling(problem, name))
    chosen += [name for name in usual if name not in chosen]
    found = [axis_of(problem, name) for name in chosen[:2]]
    if not found:
        raise TableError(f"{problem.table.source} has no column of numbers or categories to draw")
    return found[0], found[1] if len(found) > 1 else None


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
    column = problem.table[name]
    if isinstance(column, Numbers):
        present = column.values[~column.missing()]
        low, high = (float(present.min()), float(present.max())) if len(present) else (0.0, 1.0)
        edge = MARGIN * (high - low) or 1.0
        return Axis(name, low - edge, high + edge)
    labels = _labels(problem, name)
    return Axis(name, -0.5, len(labels) - 0.5, labels)


def positions(problem: Problem, axis: Axis | None, rows: NDArray[np.intp]) -> Matrix:
    """Return where rows lie along an axis, from 0 to 1; categories are strewn a little so that rows stay apart."""
    strewn = uniform(bits(0, JITTER, rows))
    if axis is None:
        return 0.1 + 0.8 * strewn
    column = problem.table[axis.name].take(rows)
    if isinstance(column, Numbers):
        values = np.where(column.missing(), axis.low, column.values)
        return np.asarray((values - axis.low) / (axis.high - axis.low))
    assert isinstance(column, Text)
    at = np.array([axis.labels.index(text) if text in axis.labels else -0.45 for text in column.values] + [-0.45])
    return np.asarray((at[column.codes] + 0.5 + 0.6 * (strewn - 0.5)) / len(axis.labels))


def plane_inputs(problem: Problem, axes: tuple[Axis, Axis | None], size: int, row: int | None = None) -> Matrix:
    """Return the network's inputs at size × size places of the plane, from its upper left corner, row by row.

    The other columns are held at their median or commonest value, or at what they are in one row.
    """
    steps = (np.arange(size) + 0.5) / size
    along, down = np.tile(steps, size), np.repeat(steps[::-1], size)
    names = [name for name in problem.table.names if name != problem.target.name]
    columns = [_held(problem, name, size * size, row) for name in names]
    for axis, share in zip(axes, (along, down), strict=True):
        if axis is not None:
            columns[names.index(axis.name)] = _spread(axis, share)
    table = Table(tuple(names), tuple(columns), size * size)
    return encode(problem.schema, with_derived(table, problem.features) if problem.derived else table, np.float64)


def _spread(axis: Axis, share: Matrix) -> Column:
    if not axis.labels:
        return Numbers(axis.low + share * (axis.high - axis.low))
    codes = np.minimum((share * len(axis.labels)).astype(np.int32), len(axis.labels) - 1)
    return Text(codes, axis.labels)


def _held(problem: Problem, name: str, count: int, row: int | None) -> Column:
    """Return a column that is one value everywhere."""
    column = problem.table[name]
    if row is not None:
        return column.take(np.full(count, row, dtype=np.intp))
    some = column.take(problem.training)
    if isinstance(some, Numbers):
        present = some.values[~some.missing()]
        kind = next((each.kind for each in problem.schema.columns if each.name == name), "number")
        middle = np.median(present) if kind == "number" and len(present) else _commonest(present)
        return Numbers(np.full(count, middle), some.type)
    if isinstance(some, Text):
        return Text(np.full(count, int(_commonest(some.codes)), np.int32), some.values)
    assert isinstance(some, Dates)
    moments = np.sort(some.values[~some.missing()])
    return Dates(np.full(count, moments[len(moments) // 2] if len(moments) else np.datetime64("NaT", "us")))


def _commonest(values: NDArray[np.generic]) -> float:
    different, counts = np.unique(values, return_counts=True)
    return float(different[counts.argmax()]) if len(different) else np.nan


def _labels(problem: Problem, name: str) -> tuple[str, ...]:
    column = problem.table[name]
    known = next(each.categories for each in problem.schema.columns if each.name == name)
    return known or (column.values if isinstance(column, Text) else ("",))


def _split(
    settings: Settings, n_rows: int, classes: NDArray[np.int64] | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    if settings.test_fraction == 0:
        return np.arange(n_rows), np.arange(0)
    return split(n_rows, settings.test_fraction, settings.seed, classes)


def _as_they_are(table: Table) -> Schema:
    """Return a schema that gives numbers to the network as they are."""
    columns = []
    for name, column in zip(table.names, table.columns, strict=True):
        assert isinstance(column, Numbers)
        columns.append(
            ColumnSchema(name, "number", minimum=float(column.values.min()), maximum=float(column.values.max()))
        )
    return Schema(tuple(columns))


def _learnt(table: Table) -> Schema:
    """Return the schema of a file's training rows, one input a number so that the diagram stays readable."""
    learnt = learn_schema(table)
    return Schema(tuple(replace(column, knots=(), spikes=()) for column in learnt.columns))
