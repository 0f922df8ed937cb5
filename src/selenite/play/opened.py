"""Models: one that was opened, what the page is told of it, its answers and why they are so; and that of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.explanation.numbers import Subject, expand
from selenite.explanation.numbers.latex import to_latex
from selenite.explanation.numbers.structure import to_dict
from selenite.explanation.numbers.text import to_text
from selenite.model import Model
from selenite.model.parts import Data, Recipe
from selenite.model.rows import rows_used
from selenite.model.usual_row import usual_row
from selenite.nn import Network
from selenite.play.arithmetic import checked, rows_of
from selenite.play.files import LIMITS, MOST_CLASSES_DRAWN, Count, File, Files, told
from selenite.table import (
    Column,
    Dates,
    Numbers,
    ReadOptions,
    Schema,
    Table,
    Target,
    Text,
    as_outputs,
    encode,
    encode_target,
    input_columns,
    input_names,
)
from selenite.table.table import called
from selenite.types import AnyArray, Array, Indices

DIGITS_SHOWN = 5


class OpenedModel(File):
    """A model and the rows that it is seen by, or where there are none one row of usual values."""

    def __init__(self, model: Model, name: str, rows: Table | None) -> None:
        target = model.target
        if len(target.classes) > MOST_CLASSES_DRAWN:
            raise OptionError(
                f"{name} tells {len(target.classes)} classes apart; the page draws up to {MOST_CLASSES_DRAWN}. "
                "selenite report, explain and why take any number"
            )
        self.model, self.name, self.has_rows = model, name, rows is not None
        self.table = usual_row(model, name) if rows is None else rows
        LIMITS.check(self.table.source, self.table.n_rows, len(self.table.names))
        if not self.table.n_rows:
            raise OptionError(f"{self.table.source} has no rows to see the model by")
        self.members = np.atleast_2d(model.parameters)
        self.X = model.encode(self.table)
        n_rows, names = self.table.n_rows, self.table.names
        self.answers = target.name in names and not self.table[target.name].missing().any()
        y: AnyArray = np.zeros(n_rows)
        self.training, self.test = np.arange(0), np.arange(n_rows)
        if self.answers:
            y = encode_target(target, self.table[target.name], self.table.first_line)
            self.training, self.test = parts_of(model, self.table)
        self.Y = as_outputs(target, y, self.X.dtype)

    def array(self, name: str) -> AnyArray:
        """Return the rows' numbers, "X", or a network's parameters by its place, "0"."""
        if name.isdecimal() and int(name) < len(self.members):
            return np.asarray(self.members[int(name)])
        if name != "X":
            raise OptionError(f"{self.name} has no array {name[:40]!r}")
        return self.X

    def subject(self, rows: list[int]) -> Subject:
        """Return what is asked about: the networks, and some rows."""
        return Subject(
            network=self.model.network,
            members=self.members,
            X=self.X[rows],
            Y=self.Y[rows] if self.answers else None,
            input_names=input_names(self.model.schema),
            row_numbers=tuple(row + 1 for row in rows),
            table=self.table.take(np.array(rows)),
            schema=self.model.schema,
            target=self.model.target,
        )


def open_model(files: Files, model: Model, name: str, rows: Table | None = None) -> dict[str, Any]:
    """Keep a model; return what the page is told of it."""
    opened = OpenedModel(model, name, rows)
    number, network, schema, data = files.keep(opened), model.network, model.schema, model.data
    inputs = input_names(schema)
    of_input = [(*schema.names, "")[k] for k in input_columns(schema)]
    waves = () if network.embedding is None else np.repeat(network.embedding.periodic, network.embedding.n_components)
    return {
        "kind": "model",
        "file": number,
        "name": name,
        "headline": str(model).partition("\n")[0],
        "network": network,
        "widths": network.widths,
        "n_embedding": network.n_embedding,
        "members": list(opened.members),
        "schema": [replace(column, terms=None) for column in schema.columns],
        "target": model.target,
        "inputs": inputs,
        "features": network.feature_names(inputs),
        "of_features": [*of_input, *(of_input[i] for i in waves)],  # the column of each
        "figures": model.figures,
        "judged": f"on {data.test_rows:,} rows put aside"
        if data.test_rows
        else f"in {data.folds} folds" * bool(data.folds),
        "has_rows": opened.has_rows,
        "table": told(opened.table),
        "X": opened.X.astype(np.float64),
        "Y": opened.Y.astype(np.float64),
        "training": opened.training.astype(np.int32),
        "test": opened.test.astype(np.int32),
        "answers": opened.answers,
        "kept": {"X": f"{number} X", "members": [f"{number} {k}" for k in range(len(opened.members))]},
    }


def answer(files: Files, file: int, X: Array) -> Array:
    """Return a model's output for encoded rows: to the bit what `selenite predict` gives."""
    model = files.of(file, OpenedModel).model
    return model.output(rows_of(X, model.network.n_inputs, model.parameters))


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """A column as the worker has it, see `told`."""

    name: Annotated[str, msgspec.Meta(max_length=2000)]
    type: Literal["number", "text", "date"]
    values: Array | None = None
    codes: AnyArray | None = None
    texts: tuple[str, ...] = ()
    whole: bool = False
    logical: bool = False
    zoned: bool | None = None

    def column(self, n_rows: int) -> Column:
        """Return it; one value is that of all rows."""
        given = self.codes if self.type == "text" else self.values
        if given is None or given.size not in (1, n_rows) or given.size == 0:
            raise OptionError(f"of {n_rows:,} rows there must be a value each of {called(self.name)}, or one")
        values = np.broadcast_to(given, n_rows)
        if self.type == "text":
            if not (values.min() >= -1 and values.max() < len(self.texts)):
                raise OptionError(f"{called(self.name)} has codes without a text")
            return Text(values.astype(np.int32), self.texts)
        if self.type == "date":
            moments = np.nan_to_num(values, nan=-(2.0**63)).astype(np.int64)
            return Dates(moments.view("datetime64[us]"), self.zoned)
        return Numbers(values.astype(np.float64), "int" if self.whole else "bool" if self.logical else "float")


def encoded(files: Files, file: int, rows: AnyArray, columns: tuple[Sent, ...]) -> Array:
    """Return the inputs of rows of a model's table, other values in some columns."""
    opened = files.of(file, OpenedModel)
    if not (rows.size and rows.min() >= 0 and rows.max() < opened.table.n_rows):
        raise OptionError(f"there are rows 1 to {opened.table.n_rows:,}")
    table = opened.table.take(rows.astype(np.intp))
    found = dict(zip(table.names, table.columns, strict=True)) | {one.name: one.column(rows.size) for one in columns}
    return encode(opened.model.schema, Table(tuple(found), tuple(found.values()), rows.size), np.float64)


def opened_file(files: Files, file: int) -> AnyArray:
    """Return the bytes of a model's file."""
    return np.frombuffer(files.of(file, OpenedModel).model.to_bytes(), np.uint8)


def model_file(
    files: Files,
    network: Network,
    parameters: Array,
    schema: Schema,
    target: Target,
    read: ReadOptions,
    recipe: Recipe,
    data: Data,
) -> AnyArray:
    """Return the bytes of the model file of a run on the page, as `selenite fit` would have made it."""
    checked(network, parameters)
    made = Model(network, parameters.copy(), schema, target, read, recipe, data)
    return np.frombuffer(made.to_bytes(), np.uint8)


def explain(
    files: Files,
    file: int,
    row: Count,
    address: Annotated[str, msgspec.Meta(max_length=4000)],
    depth: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1,
    terms: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 12,
) -> dict[str, Any]:
    """Return a number of a row taken apart, as `selenite why` does it."""
    opened = files.of(file, OpenedModel)
    if row >= opened.table.n_rows:
        raise OptionError(f"there is no row {row + 1:,}; there are {opened.table.n_rows:,}")
    found = expand(opened.subject([row]), address, depth)
    return {
        "tree": to_dict(found, terms=terms, digits=DIGITS_SHOWN),
        "text": to_text(found, terms=terms, digits=DIGITS_SHOWN),
        "latex": to_latex(found, terms=terms),
    }


def parts_of(model: Model, table: Table) -> tuple[Indices, Indices]:
    """Return which rows the model was made from, and which are new to it."""
    every, none = np.arange(table.n_rows), np.arange(0)
    used = rows_used(model, table)
    if not used.fitted_on:
        return none, every
    return (every, none) if used.aside is None else (np.setdiff1d(every, used.aside), np.sort(used.aside))
