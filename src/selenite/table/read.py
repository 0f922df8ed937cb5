"""Reads a table from a file: CSV and its kin as strictly as possible, Parquet as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from selenite.errors import TableError
from selenite.memory import free_memory
from selenite.table.arrow import is_text, table_of_arrow
from selenite.table.infer import infer_column, look_like
from selenite.table.limits import CELL_BYTES, Limits, check_memory, does_not_fit
from selenite.table.missing import check_missing, unmet, with_gaps
from selenite.table.parse import read_cells
from selenite.table.schema import ReadOptions
from selenite.table.table import Column, Finding, Numbers, Table, called
from selenite.text import printable, shown

WITH_SUCH = "write the file with such"


def read_table(
    source: str | PathLike[str] | BinaryIO,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - frozen
    categories: Mapping[str, Collection[str]] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Table:
    """Return the table in a file.

    Parameters
    ----------
    source : path, "-" or binary file
        The suffix .parquet means Parquet, a further .gz compressed text, everything else text; "-" is standard input.
    options : ReadOptions
        How a text file is written.
    categories : mapping of str to collection of str, optional
        Columns known to hold categories, where any text is expected, and texts known to be among them: "NA" is then no
        missing value.
    limits : Limits
        The largest table that is taken, such as `Limits(rows=200_000, columns=300, taker="the page")`. A larger one is
        refused before its cells are decoded; one that does not fit into the free memory is refused under any limits.

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
    _require_pyarrow()
    name = _name(source)
    try:
        return _read(source, name, options, categories or {}, limits)
    except MemoryError:  # Arrow's, too
        pass
    raise does_not_fit(name)  # once what was read is let go


def _name(source: str | PathLike[str] | BinaryIO) -> str:
    """Return how messages call a source."""
    if source == "-":
        return "standard input"
    if isinstance(source, str | PathLike):
        return printable(fspath(source))
    name = getattr(source, "name", None)
    return printable(name) if isinstance(name, str) else "the stream"


def _read(
    source: str | PathLike[str] | BinaryIO,
    name: str,
    options: ReadOptions,
    categories: Mapping[str, Collection[str]],
    limits: Limits,
) -> Table:
    if not isinstance(source, str | PathLike):
        return _read_text(source, name, options, None, categories, limits)
    if source == "-":
        if sys.stdin is None:
            raise TableError("standard input is closed. Name a file, or send the table: selenite ... - < FILE")
        return _read_text(sys.stdin.buffer, name, options, None, categories, limits)
    path = Path(fspath(source))
    try:
        if path.is_dir():
            raise TableError(f"{name} is a folder, not a file. Name one of the files in it")
        if path.suffix.lower() in {".parquet", ".pq"}:
            return _read_parquet(path, name, options, limits)
        suffix = Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
        if suffix in {".tsv", ".tab"} and options.separator == ",":
            options = replace(options, separator="\t")

        def reopen() -> BinaryIO:
            if path.suffix.lower() != ".gz":
                return path.open("rb")
            import gzip

            return cast(BinaryIO, gzip.open(path))

        with reopen() as file:
            return _read_text(file, name, options, reopen if path.is_file() else None, categories, limits)
    except FileNotFoundError:
        near = _nearest(path)
        raise TableError(f"there is no file {name}" + (f". Did you mean {near}?" if near else "")) from None
    except PermissionError:
        raise TableError(f"{name} may not be read by you (permission denied). See its rights with ls -l") from None
    except OSError as error:
        raise TableError(f"{name} cannot be read: {error.strerror or error}") from error


def _read_text(
    file: BinaryIO,
    source: str,
    options: ReadOptions,
    reopen: Callable[[], BinaryIO] | None,
    categories: Mapping[str, Collection[str]],
    limits: Limits,
) -> Table:
    check_missing(options)
    cells = read_cells(file, source, options, reopen, limits)
    columns: list[Column] = []
    findings, met = list(cells.findings), set[str]()
    if cells.n_rows == 0:
        columns = [Numbers(np.empty(0))] * len(cells.names)
    else:
        for i, name in enumerate(cells.names):
            texts = cells.columns.pop()  # a column's cells are let go once they are converted
            column, found, met_here = infer_column(texts, name, i, options, cells.where, categories.get(name))
            columns.append(column)
            findings += found
            met |= met_here
        findings += unmet(options, met)
    return Table(cells.names, tuple(columns), cells.n_rows, source, cells.first_line, tuple(findings))


def _read_parquet(path: Path, source: str, options: ReadOptions, limits: Limits) -> Table:
    import pyarrow
    from pyarrow import parquet

    try:
        with path.open("rb") as opened:
            file = parquet.ParquetFile(opened)
            footer = file.metadata
            rows, columns = footer.num_rows, footer.num_columns
            limits.check(source, rows, columns)
            stored = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
            check_memory(source, rows, 2 * CELL_BYTES * rows * columns + stored, free_memory())  # Arrow's cells, ours
            texts = [field.name for field in file.schema_arrow if is_text(field.type)]
            file = parquet.ParquetFile(opened, metadata=footer, read_dictionary=texts)  # a text that recurs once
            table, met = with_gaps(table_of_arrow(file.read(), source, texts), options)
    except MemoryError:
        raise
    except (pyarrow.ArrowException, UnicodeDecodeError, OSError) as error:
        reason = printable(str(error).partition("\n")[0])
        raise TableError(f"{source} is not a Parquet file, or a damaged one: {reason}") from None
    if table.n_rows < limits.fewest_rows:
        raise TableError(f"{source} has columns but no rows")
    otherwise = [
        Finding("looks otherwise", name, f"{called(name, i)} is text, though most of it looks like {kind}; {WITH_SUCH}")
        for i, (name, column) in enumerate(zip(table.names, table.columns, strict=True))
        if (kind := look_like(column))
    ]
    return replace(table, findings=(*table.findings, *otherwise, *unmet(options, met)))


def _nearest(path: Path) -> str:
    """Return the file beside a missing one with the most similar name, or ""."""
    from difflib import get_close_matches

    try:
        others = [other.name for other in path.parent.iterdir() if other.is_file()]
    except OSError:
        return ""
    near = get_close_matches(path.name, others, n=1, cutoff=0.75)
    return shown(str(path.parent / near[0]), 200) if near else ""


def _require_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError:
        raise TableError("reading a file needs pyarrow: pip install 'selenite[data]'") from None
