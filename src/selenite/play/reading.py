"""Opens a text file on the page, where nobody can add an option: by its line of names, and with its decimal mark."""

from __future__ import annotations

import gzip
import re
from os import PathLike, fspath

from selenite.errors import DialectError, TableError
from selenite.table import Limits, ReadOptions, Table, read_table
from selenite.table.dialect import with_changes

AS_USUAL = (ReadOptions(),)
WITH_SEMICOLONS = (ReadOptions(separator=";"), ReadOptions(separator=";", decimal=","))


def read_as_written(path: str | PathLike[str], limits: Limits = Limits()) -> tuple[Table, ReadOptions]:  # noqa: B008 - frozen
    """Return the table in a file and how that is written: of several ways the first in which it reads without a doubt.

    A line of names with semicolons, and neither commas nor tabs, is parted by them; then numbers may have a decimal
    comma. Units and signs of currencies around numbers are left out.

    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile("w", suffix=".csv") as file:
    ...     _ = file.write("size;kind\\n1,5;a\\n2;b\\n")
    ...     file.flush()
    ...     table, options = read_as_written(file.name)
    >>> table["size"].values.tolist(), options.separator, options.decimal
    ([1.5, 2.0], ';', ',')
    """
    doubt: TableError | None = None
    for options in WITH_SEMICOLONS if has_semicolons(path) else AS_USUAL:
        try:
            return _without_marks(path, options, limits)
        except TableError as error:
            doubt = doubt or error
    assert doubt is not None
    raise doubt


def _without_marks(path: str | PathLike[str], options: ReadOptions, limits: Limits) -> tuple[Table, ReadOptions]:
    """Return a table and how it is read, units and signs of currencies around numbers left out, column after column."""
    while True:
        try:
            return read_table(path, options, limits=limits), options
        except DialectError as error:
            if error.changes.keys() != {"strip"}:
                raise
            options = with_changes(options, error.changes)


def has_semicolons(path: str | PathLike[str]) -> bool:
    """Tell whether the line of names of a text file is parted by semicolons."""
    opened = gzip.open if fspath(path).lower().endswith(".gz") else open
    try:
        with opened(path, "rb") as file:
            names = re.sub(rb'"[^"]*"', b"", file.readline(1 << 20))
    except (OSError, EOFError):
        return False
    return b";" in names and b"," not in names and b"\t" not in names
