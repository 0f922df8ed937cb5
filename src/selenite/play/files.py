"""What was opened here, under a number each: tables, whose columns the page's worker gets, and models.

The page learns from a table's rows in its worker. It asks here for what reading a file and learning its columns give.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np

from selenite.errors import OptionError, TableError
from selenite.play.texts import as_numbers, learn_words, words_of
from selenite.splits.split import split
from selenite.table import (
    Column,
    ColumnSchema,
    Dates,
    Limits,
    ReadOptions,
    Schema,
    Table,
    Text,
    answers_of,
    as_outputs,
    encode,
    encode_target,
    input_columns,
    input_names,
    learn_schema,
    learn_target,
)
from selenite.table.kinds import Answers
from selenite.table.learn import kinds_of_all
from selenite.table.schema import SET_ASIDE
from selenite.text import shown
from selenite.types import AnyArray, Array, Indices

MOST_KEPT = 16  # files, the latest
MOST_CLASSES_DRAWN = 10
FEWEST_ROWS = 4
LIMITS = Limits(200_000, 300, "the page", "For more: selenite fit FILE")
FREE_TEXT = "free text, which selenite fit learns from"
GONE = "this file was opened long ago and is not kept any more; open it again"

PageKind = Literal["number", "category", "date", "text", "identifier"]  # what one may say that a column is
Name = Annotated[str, msgspec.Meta(max_length=2000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
Asked = tuple[str, float, int, tuple[str, ...], tuple[tuple[str, PageKind], ...]]
Kind = TypeVar("Kind")


class File:
    """What was opened."""

    def array(self, name: str) -> AnyArray:
        """Return one of its arrays; which names there are, the page was told when it was opened."""
        raise OptionError(GONE)


class Files:
    """The files that were opened last, by their numbers."""

    def __init__(self) -> None:
        self._lock, self._files, self._next = threading.Lock(), OrderedDict[int, File](), 1

    def keep(self, file: File) -> int:
        """Keep one, and forget the one that nobody asked for the longest; return its number."""
        with self._lock:
            number = self._next
            self._files[number] = file
            self._next += 1
            while len(self._files) > MOST_KEPT:
                self._files.popitem(last=False)
        return number

    def of(self, number: int, kind: type[Kind]) -> Kind:
        """Return a file of this kind."""
        with self._lock:
            file = self._files.get(number)
            if not isinstance(file, kind):
                raise OptionError(GONE)
            self._files.move_to_end(number)
        return file

    def array(self, name: str) -> AnyArray:
        """Return an array that lies here."""
        number, _, rest = name.partition(" ")
        return self.of(int(number) if number.isdecimal() else 0, File).array(rest)


class Learnt:
    """What a target's columns are to a network, and the rows as it takes them."""

    def __init__(
        self,
        table: Table,
        name: str,
        test_fraction: float,
        seed: int,
        drop: tuple[str, ...] = (),
        kinds: tuple[tuple[str, PageKind], ...] = (),
    ) -> None:
        for each in (name, *drop, *dict(kinds)):
            table.require(each)
        self.target = learn_target(table[name], name, None, table.first_line)
        if len(self.target.classes) > MOST_CLASSES_DRAWN:
            raise OptionError(
                f"{shown(name)} has {len(self.target.classes)} classes; the page draws up to {MOST_CLASSES_DRAWN}. "
                "Choose another target, or selenite fit"
            )
        y = encode_target(self.target, table[name])
        self.training, self.test = np.arange(table.n_rows), np.arange(0)
        if test_fraction:
            classes = y.astype(np.int64) if self.target.classes else None
            self.training, self.test = split(table.n_rows, test_fraction, seed, classes)
        inputs = table.without(name, *drop)
        declared = {each: kind for each, kind in kinds if each in inputs.names}
        self.table, self.Y = inputs, as_outputs(self.target, y)
        schema = _schema_of(inputs, self.training, answers_of(table[name]), declared)
        words = learn_words(schema, inputs.take(self.training), self.target, self.Y[self.training], seed)
        self.schema, scores = words.schema, words.of_column
        self.X: Array = encode(self.schema, inputs, np.float64)
        for k, values in scores.items():  # of rows that train, by words of others
            first = input_columns(self.schema).index(k)
            self.X[self.training, first : first + len(values)] = values.T
        if self.X.shape[1] == 0:
            raise TableError(
                f"{table.source} has no column to predict {shown(name)} from: all are constant or identifiers"
            )

    @cached_property
    def parts(self) -> dict[str, AnyArray]:
        """Return the rows that train and those put aside: what epochs are made of."""
        rows = {"training": self.training, "test": self.test}
        return {
            f"{part} {name}": values[rows[part]] for part in rows for name, values in (("X", self.X), ("Y", self.Y))
        }


class OpenedTable(File):
    """A table, and what was learnt of its columns for the last targets."""

    def __init__(self, table: Table) -> None:
        LIMITS.check(table.source, table.n_rows, len(table.names))
        if table.n_rows < FEWEST_ROWS:
            raise TableError(
                f"{table.source} has {table.n_rows} rows; at least {FEWEST_ROWS} are needed to learn and to test"
            )
        self.learnt = lru_cache(2)(lambda *asked: Learnt(table, *asked))

    def found(self, asked: str) -> Learnt:
        """Return what was learnt, asked for in JSON; made again where it is not kept."""
        try:
            return self.learnt(*msgspec.json.decode(asked, type=Asked))
        except msgspec.MsgspecError:
            raise OptionError(GONE) from None

    def array(self, name: str) -> AnyArray:
        """Return "training X", "test Y", ... of what was learnt."""
        part, _, asked = name.partition(": ")
        parts = self.found(asked).parts
        if part not in parts:
            raise OptionError(GONE)
        return parts[part]


def open_table(
    files: Files, table: Table, read: ReadOptions, kinds: tuple[tuple[str, str], ...] = ()
) -> dict[str, Any]:
    """Keep a table, whose file is written so, and of which some kinds are said; return what the page gets of it."""
    opened = OpenedTable(table)
    return {"kind": "table", "file": files.keep(opened), "table": told(table) | {"read": read, "kinds": kinds}}


def learn(
    files: Files,
    file: int,
    target: Name,
    test_fraction: Annotated[float, msgspec.Meta(ge=0, le=0.8)],
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)],
    drop: Annotated[tuple[Name, ...], msgspec.Meta(max_length=300)] = (),
    kinds: Annotated[tuple[tuple[Name, PageKind], ...], msgspec.Meta(max_length=300)] = (),
) -> dict[str, Any]:
    """Return what a table is to a network that is to predict a column: schema, target, numbers, and who trains."""
    asked: Asked = target, float(test_fraction), seed, drop, kinds
    found = files.of(file, OpenedTable).learnt(*asked)
    text = msgspec.json.encode(asked).decode()
    columns, scores = as_numbers(found.schema, found.X)
    return {
        "asked": text,
        "schema": columns,
        "whole": found.schema if scores else None,
        "scores": scores,
        "target": found.target,
        "inputs": input_names(found.schema),
        "X": found.X,
        "Y": found.Y,
        "training": found.training.astype(np.int32),
        "test": found.test.astype(np.int32),
        "kept": {part: {name: f"{file} {part} {name}: {text}" for name in ("X", "Y")} for part in ("training", "test")},
    }


def words(files: Files, file: int, asked: str, row: Count, place: Count) -> list[tuple[str, float, float]]:
    """Return the terms of the text behind an input of a row, each with its weight and what it adds."""
    found = files.of(file, OpenedTable).found(asked)
    if not (row < len(found.X) and place < found.X.shape[1]):
        raise OptionError(GONE)
    return words_of(found.schema, found.table, row, place)


def told(table: Table) -> dict[str, Any]:
    """Return a table as the worker has it."""
    columns = [_column(name, column) for name, column in zip(table.names, table.columns, strict=True)]
    return {"source": table.source, "n_rows": table.n_rows, "names": table.names, "columns": columns}


def _column(name: str, column: Column) -> dict[str, Any]:
    if isinstance(column, Text):
        return {"name": name, "type": "text", "codes": column.codes, "texts": column.values}
    if isinstance(column, Dates):
        moments = column.values.astype("datetime64[us]").astype(np.int64).astype(np.float64)
        moments = np.where(column.missing(), np.nan, moments)
        return {"name": name, "type": "date", "values": moments, "zoned": column.zoned}
    found: dict[str, Any] = {"name": name, "type": "number", "values": column.values}
    if column.type != "float":
        found["whole" if column.type == "int" else "logical"] = True
    if column.written is not None:
        found["written"] = {"codes": column.written.codes, "texts": column.written.values}
    return found


def named(table: Table, name: str) -> Table:
    """Return a table that is called so in messages."""
    findings = [replace(one, message=one.message.replace(table.source, name)) for one in table.findings]
    return replace(table, source=name, findings=tuple(findings))


def _schema_of(table: Table, training: Indices, answers: Answers | None, declared: dict[str, PageKind]) -> Schema:
    """Return the schema of the training rows, one input a number so that the diagram stays readable.

    Free text is learnt from where one says that it is text, or where there is nothing else.
    """
    of_all = learn_schema(table, declared, np.arange(0), answers)
    known = kinds_of_all(table, of_all, declared)
    texts = {one.name for one in of_all.columns if one.kind == "text" and one.name not in declared}
    if any(one.kind not in SET_ASIDE and one.name not in texts for one in of_all.columns):
        known |= {name: ColumnSchema(name, "identifier", FREE_TEXT) for name in texts}
    learnt = learn_schema(table.take(training), known)
    return Schema(tuple(replace(column, rank_quantiles=(), frequent_values=()) for column in learnt.columns))
