"""What is remembered of a table's columns: everything needed to turn new rows into numbers.

These are plain data. They are learnt once (`learn`), stored in the model file, and applied with NumPy alone (`encode`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from selenite.types import AnyArray, Array, Floats, Indices, Mask

Kind = Literal["number", "category", "yes/no", "date", "text", "identifier", "constant"]
SET_ASIDE: tuple[Kind, ...] = ("identifier", "constant")
Task = Literal["classification", "regression"]
FEW_CATEGORIES = 20  # different texts: up to here they are categories, each with its own code, however rare


@dataclass(frozen=True)
class ReadOptions:
    """How a text file is written, and where in a workbook the table is."""

    separator: str = ","
    decimal: str = "."
    thousands: str = ""  # "," where 1,000 means one thousand
    strip: str = ""  # characters around numbers to ignore, such as "%$€"
    missing: tuple[str, ...] = ()  # further texts that mean "missing"
    not_missing: tuple[str, ...] = ()  # texts that do not, such as NA, in columns of text
    encoding: str = "utf-8"
    date_format: str = ""  # "%d/%m/%Y", or "%d/%m/%Y|%H:%M" where columns differ; ISO 8601 is always understood
    sheet: str = ""  # of a spreadsheet, where it has several
    drop_missing: tuple[str, ...] = ()  # columns, such as the target: rows that lack a value in them are left out


@dataclass(frozen=True)
class Scale:
    """z = (x - center) / width, then softly clipped to ±3: z / sqrt(1 + (z/3)²)."""

    center: float
    width: float  # 0 silences


@dataclass(frozen=True)
class Terms:
    """The terms of free text, see `words`, and what each adds to the scores that the network takes."""

    names: tuple[str, ...]
    rarities: tuple[float, ...]  # inverse document frequencies of the training rows
    scores: tuple[str, ...]  # "score", or one a class: "score of spam"
    added: tuple[tuple[float, ...], ...]  # a row each score, a number each term; scores have a deviation of about 1

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Return the place of each term."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def rarity_array(self) -> Floats:
        """Return the rarities, (n_terms,)."""
        return np.array(self.rarities, dtype=np.float64)

    @cached_property
    def are_pieces(self) -> Indices:
        """Return 1 for each term that is a piece of a word, else 0, (n_terms,)."""
        return np.array([name.startswith("-") for name in self.names], dtype=np.intp)

    @cached_property
    def added_array(self) -> Floats:
        """Return what terms add, (n_scores, n_terms)."""
        return np.array(self.added, dtype=np.float64).reshape(len(self.scores), len(self.names))


@dataclass(frozen=True)
class Statistics:
    """Target statistics: how far the rows of each category answered from all rows, on average, see `statistics`."""

    names: tuple[str, ...]  # "mean", or one a class: "share of spam"
    values: bytes  # float32, (n_categories, n_names); training rows have a deviation of about 1

    @cached_property
    def array(self) -> Array:
        """Return them, (n_categories, n_names)."""
        return np.frombuffer(self.values, "<f4").reshape(-1, len(self.names))


class ByKey:
    """Numbers that are looked up by keys, which rise."""

    names: tuple[str, ...]
    keys: bytes
    values: bytes
    key_type: ClassVar[str]

    @cached_property
    def key_array(self) -> AnyArray:
        """Return the keys, (n_keys,)."""
        return np.frombuffer(self.keys, self.key_type)

    @cached_property
    def value_array(self) -> Array:
        """Return the numbers, (n_keys, n_names)."""
        return np.frombuffer(self.values, "<f4").reshape(-1, max(len(self.names), 1))

    def find(self, keys: AnyArray) -> tuple[Mask, Array]:
        """Return which of the keys, of any shape, are known, and their numbers, (*shape, n_names): 0 of others."""
        if not len(self.key_array):
            return np.zeros(keys.shape, bool), np.zeros((*keys.shape, len(self.names)), np.float32)
        place = np.minimum(np.searchsorted(self.key_array, keys), len(self.key_array) - 1)
        known = self.key_array[place] == keys
        return known, np.where(known[..., None], self.value_array[place], np.float32(0))


@dataclass(frozen=True)
class Crossings(ByKey):
    """Target statistics of pairs of categories, of two columns each."""

    columns: tuple[tuple[int, int], ...]  # of the schema, by number, the lower first
    names: tuple[str, ...] = ()  # as of one column
    keys: bytes = b""  # int64, rising: see `statistics.keys_of`
    values: bytes = b""  # float32, (n_keys, n_names)
    key_type: ClassVar[str] = "<i8"


NO_CROSSINGS = Crossings(())


@dataclass(frozen=True)
class KnownRows(ByKey):
    """What each row of the training table answered: means, drawn towards that of all rows, see `known_rows`."""

    names: tuple[str, ...] = ()  # "mean", or one a class: "share of spam"; none where rows are not known
    keys: bytes = b""  # uint64, rising: see `known_rows.row_keys`
    values: bytes = b""  # float32, (n_keys, n_names)
    key_type: ClassVar[str] = "<u8"


NO_KNOWN_ROWS = KnownRows()


@dataclass(frozen=True)
class ColumnSchema:
    """One column: its kind, how it is encoded, and what was seen in training."""

    name: str
    kind: Kind
    reason: str = ""  # why it was set aside, in words; empty if it was not
    scales: tuple[Scale, ...] = ()  # one a number column, none if it is taken as it is; one a part of a date
    parts: tuple[str, ...] = ()  # of a date: "time", "year_sin", ...
    categories: tuple[str, ...] = ()  # in order of code; for yes/no: (no, yes)
    rank_quantiles: tuple[float, ...] = ()  # of a number's rank, see `encode.ranked`; none if it has no such input
    frequent_values: tuple[float, ...] = ()  # numbers that many rows share, each with an indicator
    rare: bool = False  # rare categories share one code, which unseen ones join
    missing: bool = False  # gaps were seen in training: they have an indicator
    zoned: bool | None = None  # of dates: whether their times had a zone; None if that is not known
    terms: Terms | None = None  # of free text; none until they are learnt
    statistics: Statistics | None = None  # of categories, in place of indicators
    minimum: float | None = None  # of the training rows; dates in days since 1970
    maximum: float | None = None
    monotone: int = 0  # of a number: 1, the prediction never falls as it rises; -1, it never rises; 0 is not held

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Return the code of each category."""
        return {text: code for code, text in enumerate(self.categories)}


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in the order of training."""

    columns: tuple[ColumnSchema, ...]
    crossings: Crossings = NO_CROSSINGS
    known_rows: KnownRows = NO_KNOWN_ROWS

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def inputs(self) -> tuple[ColumnSchema, ...]:
        """The columns that become inputs of the network."""
        return tuple(column for column in self.columns if column.kind not in SET_ASIDE)


@dataclass(frozen=True)
class Target:
    """The column to predict: classes, or the center and width of a number; or several, numbers or yes/no labels."""

    name: str
    task: Task
    classes: tuple[str, ...] = ()  # as the table writes them, sorted as their own type sorts
    class_type: Literal["text", "int", "float", "bool"] = "text"
    center: float = 0.0  # mean of the training rows
    width: float = 1.0  # standard deviation of the training rows, 1 if that is 0
    minimum: float | None = None
    maximum: float | None = None
    each: tuple[Target, ...] = ()  # of several targets that one network predicts; all else is then what they share

    @property
    def names(self) -> tuple[str, ...]:
        """The columns to predict."""
        return tuple(one.name for one in self.each) or (self.name,)

    @property
    def n_outputs(self) -> int:
        """How many outputs a network has for it: one a class, but one for a number and for two classes."""
        if self.each:
            return len(self.each)
        return len(self.classes) if len(self.classes) > 2 else 1
