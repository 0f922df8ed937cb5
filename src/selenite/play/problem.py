"""A problem: a table's rows as numbers, which of them are put aside to test with, and the settings to begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import msgspec
import numpy as np

from selenite.errors import OptionError, TableError
from selenite.play.points import SETS, make_table, with_derived
from selenite.play.settings import Settings
from selenite.table import (
    ColumnSchema,
    Limits,
    Numbers,
    Schema,
    Table,
    Target,
    answers_of,
    as_outputs,
    as_probabilities,
    encode,
    encode_target,
    input_names,
    learn_schema,
    learn_target,
)
from selenite.table.kinds import Answers
from selenite.table.learn import kinds_of_all
from selenite.table.schema import SET_ASIDE
from selenite.text import shown
from selenite.training import split
from selenite.types import Array, Indices

MOST_CLASSES_DRAWN = 10
MANY_ROWS = 500  # from which on a table is learnt from in batches
LIMITS = Limits(200_000, 300, "the page", "For more: selenite fit FILE")


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be learnt from, and how it is seen."""

    table: Table  # all rows, the target among the columns
    schema: Schema  # of what the network is given
    target: Target
    features: tuple[str, ...]  # what the inputs are, where they are made of x1 and x2
    X: Array  # (n, n_inputs)
    Y: Array  # (n, n_outputs)
    training: Indices
    test: Indices
    answers: bool = True  # whether the target is known

    @property
    def derived(self) -> bool:
        """Tell whether the inputs are made of x1 and x2."""
        return bool(self.features)

    @property
    def n_classes(self) -> int:
        """Return how many classes there are; 0 of a number."""
        return len(self.target.classes)

    @cached_property
    def codes(self) -> Indices:
        """Return the class of each row; of a number zeros."""
        return np.asarray(
            as_probabilities(self.Y).argmax(axis=1) if self.target.classes else np.zeros(len(self.Y), int)
        )

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of the network's inputs."""
        return input_names(self.schema)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that can be axes."""
        if self.derived:
            return ("x1", "x2")
        return tuple(column.name for column in self.schema.columns if column.kind not in (*SET_ASIDE, "date"))

    @property
    def judged(self) -> tuple[str, Indices]:
        """Return the rows by which a network is judged, and what they are: those put aside, where there are some."""
        return ("test", self.test) if len(self.test) else ("training", self.training)

    @property
    def usual_rows(self) -> Indices:
        """Return the rows whose medians are the usual values: those trained on, where they are known."""
        return self.training if len(self.training) else self.test

    def column_schema(self, name: str) -> ColumnSchema | None:
        """Return what is known of a column that the network is given; None of one that inputs are made of."""
        return next((column for column in self.schema.columns if column.name == name), None)

    def inputs_of(self, table: Table) -> Array:
        """Return the network's inputs for the rows of a table with the same columns."""
        inputs: Array = encode(self.schema, self.given(table), self.X.dtype)
        return inputs

    def given(self, table: Table) -> Table:
        """Return a table with the same columns as the network is given it: with what is made of x1 and x2."""
        return with_derived(table, self.features) if self.derived else table


def make_problem(settings: Settings, own: Table | None = None) -> Problem:
    """Return the problem of a setting.

    Parameters
    ----------
    settings : Settings
        Which rows, target and inputs; `Session` takes the rest.
    own : Table, optional
        The table of a file or of drawn points, where the settings are for one.

    Returns
    -------
    Problem

    Raises
    ------
    OptionError
        Where the table or the target is missing or has too many classes.
    TableError
        Where the table has too few rows, or no column to predict from.

    Examples
    --------
    >>> problem = make_problem(Settings())
    >>> problem.X.shape, len(problem.training), len(problem.test)
    ((100, 2), 76, 24)
    """
    if settings.data in SETS:
        own = make_table(settings.data, settings.rows, settings.noise, settings.seed)
    if own is None:
        raise OptionError("these settings are for a table of one's own; open it, or choose a built-in set")
    LIMITS.check(own.source, own.n_rows, len(own.names))
    if own.n_rows < 4:
        raise TableError(f"{own.source} has {own.n_rows} rows; at least 4 are needed to learn and to test")
    name = settings.target or own.names[-1]
    own.require(name)
    target = learn_target(own[name], name, None, own.first_line)
    if len(target.classes) > MOST_CLASSES_DRAWN:
        raise OptionError(
            f"{shown(name)} has {len(target.classes)} classes; the page draws up to {MOST_CLASSES_DRAWN}. "
            "Choose another target, or selenite fit"
        )
    y = encode_target(target, own[name])
    training, test = np.arange(own.n_rows), np.arange(0)
    if settings.test_fraction:
        classes = y.astype(np.int64) if target.classes else None
        training, test = split(own.n_rows, settings.test_fraction, settings.seed, classes)
    features: tuple[str, ...] = ()
    inputs = own.without(name)
    if settings.data != "file" and {"x1", "x2"} <= set(own.names):
        features, inputs = settings.features, with_derived(inputs, settings.features)
    schema = _as_they_are(inputs) if settings.data != "file" else _learnt(inputs, training, answers_of(own[name]))
    X = encode(schema, inputs, np.float64)
    if X.shape[1] == 0:
        raise TableError(f"{own.source} has no column to predict {shown(name)} from: all are constant or identifiers")
    if target.task == "regression" and settings.data != "file":
        target = replace(target, center=0.0, width=1.0)
        y = encode_target(target, own[name])
    return Problem(own, schema, target, features, X, as_outputs(target, y), training, test)


def settings_for_table(old: Settings, table: Table) -> tuple[Settings, Problem]:
    """Return settings that suit a table, of the old ones what can stay, and its problem."""
    many = table.n_rows > MANY_ROWS
    settings = msgspec.structs.replace(
        old, data="file", target="", axes=("", ""), start="glorot", sums=False, slip=False, auto_stop=True,
        test_fraction=0.25, loss="log_loss", hidden=old.hidden or (8,), activations=old.activations or ("tanh",),
        batch_size=32 if many else 0, learning_rate=0.01 if many else 0.05, optimizer="adam",
        schedule="constant", l1=0.0, l2=0.0,
    )  # fmt: skip
    problem = make_problem(settings, table)
    if problem.n_classes == 0:
        settings = msgspec.structs.replace(settings, loss="squared_error")
    return settings, problem


def settings_for_drawn(old: Settings, n_classes: int, was_number: bool) -> Settings:
    """Return the old settings for drawn points of `n_classes` classes."""
    return msgspec.structs.replace(
        old, data="drawn", target="", axes=("", ""), sums=False, slip=False,
        start="glorot" if old.start == "article" else old.start,
        loss="log_loss" if n_classes > 2 or was_number else old.loss,
    )  # fmt: skip


def _as_they_are(table: Table) -> Schema:
    """Return a schema that gives numbers to the network as they are."""
    columns = []
    for name, column in zip(table.names, table.columns, strict=True):
        assert isinstance(column, Numbers)
        columns.append(
            ColumnSchema(name, "number", minimum=float(column.values.min()), maximum=float(column.values.max()))
        )
    return Schema(tuple(columns))


def _learnt(table: Table, training: Indices, answers: Answers | None) -> Schema:
    """Return the schema of a file's training rows, one input a number so that the diagram stays readable."""
    of_all = learn_schema(table, drawn=np.arange(0), answers=answers)
    learnt = learn_schema(table.take(training), kinds_of_all(table, of_all, {}))
    return Schema(tuple(replace(column, rank_quantiles=(), frequent_values=()) for column in learnt.columns))
