"""Reads a table from a file: CSV and its kin and JSON as strictly as possible, Parquet as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from os import PathLike
from typing import Any, BinaryIO

import numpy as np

from selenite.errors import TableError
from selenite.memory import free_memory
from selenite.table.choice import Kept, all_columns
from selenite.table.complete import without_gaps
from selenite.table.dialect import read_or_name_all
from selenite.table.infer import infer_column
from selenite.table.limits import CELL_BYTES, Limits, check_memory, does_not_fit
from selenite.table.missing import check_missing, unmet
from selenite.table.parquet import read_parquet
from selenite.table.readers import Reader, reader_of
from selenite.table.schema import ReadOptions
from selenite.table.source import Source, require_pyarrow, source_of
from selenite.table.table import Column, Numbers, Table


def read_table(
    source: str | PathLike[str] | BinaryIO,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - frozen
    categories: Mapping[str, Collection[str]] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    kept: Kept = all_columns,
) -> Table:
    """Return the table in a file.

    Parameters
    ----------
    source : path, "-" or binary file
        The suffix .parquet means Parquet, a further .gz compressed text, everything else text; "-" is standard input.
        Text is JSON, an object a line or one list of objects, if it begins so; else its cells are parted.
    options : ReadOptions
        How a text file is written.
    categories : mapping of str to collection of str, optional
        Columns known to hold categories, where any text is expected, and texts known to be among them: "NA" is then no
        missing value.
    limits : Limits
        The largest table that is taken, such as `Limits(rows=200_000, columns=300, taker="the page")`. A larger one is
        refused before its cells are decoded; one that does not fit into the free memory is refused under any limits.
    kept : callable
        Which columns are taken: told the names of all and what messages call the file, it returns the names of some, in
        their order. Cells of the others are not looked at.

    Raises
    ------
    TableError
        If the file is not there, is no table, or has a cell that may be a mistake; the message says where, and what
        would work.
    OptionError
        If the options contradict each other.

    Examples
    --------
    >>> from io import BytesIO
    >>> from selenite.table import read_table
    >>> table = read_table(BytesIO(b"name,age\\nAnn,20\\nBob,NA\\n"))
    >>> table["age"].values.tolist(), table.notices
    ([20.0, nan], ('column "age": 1 cell "NA" read as missing',))
    """
    require_pyarrow()
    found = source_of(source)
    try:
        return read_or_name_all(
            lambda given: without_gaps(_read(found, given, categories or {}, limits, kept), given.drop_missing),
            options,
            found,
        )
    except MemoryError:  # Arrow's, too
        pass
    raise does_not_fit(found.name)  # once what was read is let go


def _read(
    source: Source,
    options: ReadOptions,
    categories: Mapping[str, Collection[str]],
    limits: Limits,
    kept: Kept,
) -> Table:
    with source.told():
        if source.is_folder:
            raise TableError(f"{source.name} is a folder, not a file. Name one of the files in it")
        if source.is_parquet:
            return read_parquet(source, options, limits, kept, categories)
        with source.opened() as file:
            check_missing(options)
            reader = reader_of(file, source, options, limits, kept)
            return table_of_cells(list(_held_in_memory(reader)), reader, categories)


def _held_in_memory(reader: Reader) -> Iterator[Any]:
    """Give the tables of cells, to be held all together, as long as there is memory for them and what they become."""
    held, free = 0, free_memory()
    for table in reader.tables():
        held += table.nbytes
        needed = held + CELL_BYTES * reader.n_rows * len(reader.names)
        check_memory(reader.source, reader.n_rows, needed, free, at_least=True)
        yield table


def table_of_cells(tables: list[Any], reader: Reader, categories: Mapping[str, Collection[str]]) -> Table:
    """Return all tables of cells that a reader gave as one table; the list is emptied."""
    import pyarrow

    cells = pyarrow.concat_tables(tables).columns[::-1] if tables else []
    tables.clear()
    columns: list[Column] = []
    findings, met = list(reader.findings), set[str]()
    if reader.n_rows == 0:
        columns = [Numbers(np.empty(0))] * len(reader.names)
    else:
        for i, name in zip(reader.positions, reader.names, strict=True):
            texts = cells.pop()  # a column's cells are let go once they are converted
            column, found, met_here = infer_column(texts, name, i, reader.options, reader.where, categories.get(name))
            columns.append(column)
            findings += found
            met |= met_here
        findings += unmet(reader.options, met)
    return Table(
        reader.names, tuple(columns), reader.n_rows, reader.source, reader.first_line, findings=tuple(findings)
    )
