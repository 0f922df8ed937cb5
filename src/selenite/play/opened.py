"""A model that was opened: its networks are looked into and asked for predictions; they are not trained on."""

from __future__ import annotations

from typing import NoReturn

import msgspec
import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.model import Model
from selenite.model.rows import rows_used
from selenite.play.layers import importances
from selenite.play.problem import LIMITS, MOST_CLASSES_DRAWN, Problem
from selenite.play.session import Session
from selenite.play.settings import Settings
from selenite.table import Column, Dates, Numbers, Table, Text, as_outputs, encode_target, input_columns
from selenite.table.schema import SET_ASIDE, ColumnSchema
from selenite.types import Array, Indices

FINISHED = (
    "this is a finished model: it is looked into here, not trained on. To train, choose a set of points, or open the "
    "table that it was made from"
)


class Opened(Session):
    """A model as a run that stands still: the insides are one member's, the answer is that of all or of that one."""

    finished = True

    def __init__(self, model: Model, name: str, rows: Table | None = None) -> None:
        self.model, self.name = model, name
        self.has_rows = rows is not None
        self.members = np.atleast_2d(model.parameters)
        self.member, self.alone = 0, False  # alone: the answer is that of the member looked into
        self._answers: dict[int | None, Array] = {}
        super().__init__(Settings(data="model"), problem_of(model, name, rows), self.members[0], network=model.network)

    def look(self, member: int, alone: bool) -> None:
        """Look into another member, or take its answer alone."""
        if member >= len(self.members):
            raise OptionError(f"there is no network {member + 1}; the model has {len(self.members)}")
        self.member, self.alone = member, alone
        self.parameters = self.members[member].copy()

    def seen_as(self, settings: Settings) -> None:
        """Take the view of some settings; the rest of them is for networks in training."""
        self.settings = msgspec.structs.replace(self.settings, axes=settings.axes, hold=settings.hold)

    def answer(self, inputs: Array) -> Array:
        """Return the output for encoded rows: to the bit what `selenite predict` gives, unless of one member alone."""
        if self.alone:
            return backend.get().predict(self.network, self.parameters, inputs)
        return self.model.output(inputs)

    def predicted(self, rows: Indices) -> Array:
        """Return the output for some of the rows, each computed once."""
        key = self.member if self.alone else None
        if key not in self._answers:
            self._answers[key] = self.answer(self.problem.X)
        return self._answers[key][rows]

    @property
    def usual_axes(self) -> list[str]:
        """Return the columns by how much their inputs count for the member, numbers first."""
        schema, names = self.problem.schema, self.problem.columns
        counts, columns = importances(self)[0], input_columns(schema)
        embedding = self.network.embedding
        of_feature = [*range(self.network.n_inputs)]
        of_feature += (
            [] if embedding is None else [i for i in embedding.periodic for _ in range(embedding.n_components)]
        )
        most = dict.fromkeys(names, 0.0)
        for count, i in zip(counts.tolist(), of_feature, strict=True):
            name = schema.columns[columns[i]].name
            if name in most:
                most[name] = max(most[name], count)
        numbers = {column.name for column in schema.columns if column.kind == "number"}
        # Many rows share a value of these: points would hide each other.
        few = {column.name for column in schema.columns if column.frequent_values}
        return sorted(names, key=lambda name: (name not in numbers, name in few, -most[name]))

    def branch(self) -> NoReturn:
        """Refuse to train on."""
        raise OptionError(FINISHED)

    def copy(self) -> NoReturn:
        """Refuse to begin again."""
        raise OptionError(FINISHED)


def problem_of(model: Model, name: str, rows: Table | None) -> Problem:
    """Return a model's problem: rows to see it by, or where there are none one row of usual values."""
    target = model.target
    if len(target.classes) > MOST_CLASSES_DRAWN:
        raise OptionError(
            f"{name} tells {len(target.classes)} classes apart; the page draws up to {MOST_CLASSES_DRAWN}. "
            "selenite report, explain and why take any number"
        )
    table = usual_row(model, name) if rows is None else rows
    if rows is not None:
        LIMITS.check(table.source, table.n_rows, len(table.names))
        if not table.n_rows:
            raise OptionError(f"{table.source} has no rows to see the model by")
    X = model.encode(table)
    known = target.name in table.names and not table[target.name].missing().any()
    y = encode_target(target, table[target.name], table.first_line) if known else np.zeros(table.n_rows)
    training, test = parts_of(model, table) if known else (np.arange(0), np.arange(table.n_rows))
    return Problem(table, model.schema, target, (), X, as_outputs(target, y, X.dtype), training, test, known)


def parts_of(model: Model, table: Table) -> tuple[Indices, Indices]:
    """Return which rows the model was made from, and which are new to it."""
    every, none = np.arange(table.n_rows), np.arange(0)
    used = rows_used(model, table)
    if not used.fitted_on:
        return none, every
    return (every, none) if used.aside is None else (np.setdiff1d(every, used.aside), np.sort(used.aside))


def usual_row(model: Model, source: str) -> Table:
    """Return one row: numbers and dates at the middle of the training rows, categories at their first."""
    used = [column for column in model.schema.columns if column.kind not in SET_ASIDE]
    return Table(tuple(column.name for column in used), tuple(map(_usual, used)), 1, source)


def _usual(column: ColumnSchema) -> Column:
    ends = [end for end in (column.minimum, column.maximum) if end is not None]
    middle = column.scales[0].center if column.scales else sum(ends) / len(ends) if ends else 0.0
    if column.kind == "number":
        return Numbers(np.array([middle]))
    if column.kind == "date":
        return Dates(np.array([np.datetime64(0, "us") + np.timedelta64(round(middle * 86_400e6), "us")]))
    return Text(np.zeros(1, np.int32), column.categories or ("",))
