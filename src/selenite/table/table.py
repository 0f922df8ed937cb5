"""A table in memory: named columns of numbers, text or dates, each with its gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from selenite.errors import OptionError, TableError
from selenite.text import hint, shown
from selenite.types import Floats, Indices, Mask, NDArray

DAY = np.timedelta64(1, "D")
EXACT = 2.0**53  # whole numbers from here on lose digits
OUTSIDE_OF_CALENDAR = "a moment outside of the years 1 to 9999 in UTC. Correct it, or make it missing (None)"


@dataclass(frozen=True)
class Numbers:
    """A column of numbers.

    Attributes
    ----------
    values : array of float64, shape (n_rows,)
        NaN where a value is missing.
    type : "float", "int" or "bool"
        What the source said.
    written : Text, optional
        The cells, of whole numbers or booleans that `number_text` would not give again, such as 1.0.

    Examples
    --------
    >>> Numbers(np.array([1.0, np.nan])).missing()
    array([False,  True])
    """

    values: Floats
    type: str = "float"
    written: Text | None = None

    def missing(self) -> Mask:
        """Return which values are missing, (n_rows,)."""
        return np.isnan(self.values)

    def take(self, rows: Indices) -> Numbers:
        """Return the given rows, in the given order."""
        written = None if self.written is None else self.written.take(rows)
        return replace(self, values=self.values[rows], written=written)


@dataclass(frozen=True)
class Text:
    """A column of text.

    Attributes
    ----------
    codes : array of int32, shape (n_rows,)
        Which of the values each row has, -1 where it is missing.
    values : tuple of str
        The different texts; some may not occur.

    Examples
    --------
    >>> Text(np.array([1, -1, 0], np.int32), ("no", "yes")).take(np.array([2, 1])).codes
    array([ 0, -1], dtype=int32)
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def missing(self) -> Mask:
        """Return which values are missing, (n_rows,)."""
        return self.codes < 0

    def take(self, rows: Indices) -> Text:
        """Return the given rows, in the given order."""
        return replace(self, codes=self.codes[rows])


@dataclass(frozen=True)
class Dates:
    """A column of moments.

    Attributes
    ----------
    values : array of datetime64[us], shape (n_rows,)
        NaT where a value is missing.
    zoned : bool or None
        Whether the source gave a zone, and the moments are in UTC; None if nobody knows.

    Examples
    --------
    >>> Dates(np.array(["2026-01-31", "NaT"], "datetime64[us]")).missing()
    array([False,  True])
    """

    values: NDArray[np.datetime64]
    zoned: bool | None = None

    def missing(self) -> Mask:
        """Return which values are missing, (n_rows,)."""
        return np.isnat(self.values)

    def take(self, rows: Indices) -> Dates:
        """Return the given rows, in the given order."""
        return replace(self, values=self.values[rows])


Column = Numbers | Text | Dates

FindingKind = Literal[
    # of reading:
    "read as missing",
    "met no cell",
    "kept as text",
    "days?",
    "looks otherwise",
    "names",
    "blank lines",
    "left out",
    "quotes",
    # of looking over:
    "task?",
    "target?",
    "few rows",
    "constant",
    "identifier",
    "numbers rows",
    "duplicate",
    "derived",
    "repeats",
    "leak",
    "imbalance",
    "sentinel",
    "spelling",
    "rounded",
    "codes",
]


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing before training, met while a table is read or looked over."""

    kind: FindingKind
    column: str  # "" for the whole table
    message: str
    changes: Mapping[str, Any] = field(default_factory=dict, compare=False)  # to the options, which read it otherwise


@dataclass(frozen=True)
class Table:
    """Columns of equal length under different names.

    Attributes
    ----------
    names : tuple of str
        Of the columns.
    columns : tuple of Numbers, Text and Dates
        Each of n_rows values.
    n_rows : int
        How many rows there are.
    source : str
        How messages call it: a file's path, "the DataFrame".
    first_line : int, optional
        The line of row 0 in the source file, if it has lines.
    first_row : int
        How many rows of the source stand above row 0: of a piece of it.
    findings : tuple of Finding
        What reading it wants the user to know.

    Raises
    ------
    OptionError
        By `table[name]`, if there is no such column.

    Examples
    --------
    >>> table = Table(("x", "y"), (Numbers(np.array([1.0, 2.0])), Numbers(np.array([3.0, 4.0]))), 2)
    >>> table["y"].values, table.without("y").names, table.place(1)
    (array([3., 4.]), ('x',), 'row 2')
    """

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    n_rows: int
    source: str = "the table"
    first_line: int | None = None
    first_row: int = 0
    findings: tuple[Finding, ...] = ()

    def __getitem__(self, name: str) -> Column:
        if name not in self._positions:
            self.require(name)
        return self.columns[self._positions[name]]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @property
    def notices(self) -> tuple[str, ...]:
        """What reading it wants the user to know, in words."""
        return tuple(finding.message for finding in self.findings)

    def require(self, name: str, likely: Sequence[str] = ()) -> None:
        """Raise if there is no column of this name, naming the nearest or the likely ones."""
        if name in self.names:
            return
        given = shown(name) if isinstance(name, str) else f"{name!r}: names are text"
        raise OptionError(f"{self.source} has no column {given}; {hint(str(name), self.names, likely)}")

    def place(self, row: int) -> str:
        """Say where a row is: "line 12" of a file, else "row 11"."""
        return place_of(row, self.first_line, self.first_row)

    def take(self, rows: Indices) -> Table:
        """Return the given rows, in the given order."""
        columns = tuple(column.take(rows) for column in self.columns)
        return replace(self, columns=columns, n_rows=len(rows), first_line=None, first_row=0)

    def require_rows(self) -> None:
        """Raise if there are no rows, in scikit-learn's words."""
        if self.n_rows == 0:
            shape = (0, len(self.names))
            raise TableError(
                f"{self.source} has no rows. Found array with 0 sample(s) (shape={shape}) while a minimum of 1 is "
                f"required."
            )

    def only(self, *names: str) -> Table:
        """Return the table with some columns alone, in this order."""
        return replace(self, names=names, columns=tuple(self[name] for name in names))

    def without(self, *names: str | None) -> Table:
        """Return the table without some columns; None stands for none."""
        kept = [i for i, name in enumerate(self.names) if name not in names]
        return replace(self, names=tuple(self.names[i] for i in kept), columns=tuple(self.columns[i] for i in kept))


Answers = Column | Table  # of rows: a column, or of several targets the table of theirs


def columns_of(answers: Answers) -> tuple[Column, ...]:
    """Return the columns that answers are."""
    return answers.columns if isinstance(answers, Table) else (answers,)


def answers_in(table: Table, names: Sequence[str]) -> Answers:
    """Return the column of a table that is to be predicted, or of several targets the table of theirs."""
    return table[names[0]] if len(names) == 1 else table.only(*names)


def called(name: str, position: int | None = None) -> str:
    """Return how a message calls a column."""
    if name:
        return f"column {shown(name)}"
    return "the column without a name" if position is None else f"column {position + 1} (no name)"


def place_of(row: int, first_line: int | None, first_row: int = 0) -> str:
    """Say where a row is: "line 12" of a file whose first row is on that line, else "row 11"."""
    return f"row {first_row + row + 1:,}" if first_line is None else f"line {first_line + row:,}"


def require_different(names: Sequence[str], place: str, hint: str = "; rename one") -> None:
    """Refuse two columns of one name."""
    first: dict[str, int] = {}
    for i, name in enumerate(names):
        if first.setdefault(name, i) != i:
            raise TableError(f"{place}: columns {first[name] + 1} and {i + 1} are both called {shown(name)}{hint}")


def checked_table(
    names: tuple[str, ...], columns: tuple[Column, ...], n_rows: int, source: str, first_row: int = 0
) -> Table:
    """Return a table after refusing infinite numbers and two columns of one name."""
    require_different(names, source)
    for i, (name, column) in enumerate(zip(names, columns, strict=True)):
        if isinstance(column, Numbers) and np.isinf(column.values).any():
            row = int(np.argmax(np.isinf(column.values)))
            sign = "-" if column.values[row] < 0 else ""
            raise TableError(
                f"{source}, {place_of(row, None, first_row)}: {called(name, i)} holds {sign}infinity. "
                f"Correct it, or make it missing (NaN)"
            )
    return Table(names, columns, n_rows, source, first_row=first_row)


def dates(
    moments: NDArray[np.datetime64], label: str, source: str = "", zoned: bool = False, first_row: int = 0
) -> Dates:
    """Return moments of any unit as a column; refuse those outside of the years 1 to 9999."""
    outside = outside_of_calendar(moments)
    if outside.any():
        place = place_of(int(outside.argmax()), None, first_row)
        raise TableError(f"{source}{', ' if source else ''}{place}: {label} holds {OUTSIDE_OF_CALENDAR}")
    return Dates(moments.astype("datetime64[us]"), zoned)


def outside_of_calendar(moments: NDArray[np.datetime64]) -> Mask:
    """Return which moments lie outside of the years 1 to 9999 of ISO 8601; microseconds cannot hold all of these.

    >>> outside_of_calendar(np.array(["2020-01-01", "12020-01-01", "NaT"], "datetime64[s]")).tolist()
    [False, True, False]
    """
    years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    return ~np.isnat(moments) & ((years < 1) | (years > 9999))


def n_different_values(column: Column) -> int:
    """Return how many different values a column has, gaps left out."""
    if isinstance(column, Text):
        return int(np.count_nonzero(np.bincount(column.codes[column.codes >= 0], minlength=1)))
    return len(np.unique(column.values[~column.missing()]))


def days_of(moments: NDArray[np.datetime64]) -> Floats:
    """Return moments as days since 1970."""
    return np.asarray((moments - np.datetime64(0, "us")) / DAY)
