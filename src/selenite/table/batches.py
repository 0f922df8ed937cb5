"""Rows that come in pieces of others, in Python: Arrow's datasets and readers, frames one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any
from weakref import finalize

import numpy as np

from selenite.errors import TableError
from selenite.table.arrow import table_of_arrow
from selenite.table.choice import Kept, all_columns, require_same_columns
from selenite.table.frames import as_table, declared_categories, in_memory, streams_arrow
from selenite.table.limits import PIECE_ROWS
from selenite.table.parted import Parted
from selenite.table.pieces import Pieces, open_pieces
from selenite.table.source import require_pyarrow
from selenite.table.table import Column, Dates, Finding, Numbers, Table, Text, called

AGAIN = "a list of frames, a pyarrow Dataset, or an object of yours whose __iter__ begins anew each time"
Again = Callable[[], Iterable[Any]]  # gives all pieces from the first on


def pieces_of(rows: Any, kept: Kept = all_columns) -> Pieces:
    """Return rows as tables of bounded size, which can be iterated over many times.

    Parameters
    ----------
    rows : path, pyarrow Dataset or RecordBatchReader, or iterable of tables
        A file or folder, as `open_pieces` takes it. A reader, which gives its rows once, is kept in a temporary file;
        so is whatever else hands on its rows as a stream of Arrow, a query of DuckDB say.
        What an iterable gives may be all that `as_table` takes, Arrow's record batches, and mappings of names to
        arrays, with columns in any order. It is gone over once to count the rows and to find each column's type: where
        some pieces have whole numbers and others have fractions, all are fractions; pieces without a value in a column
        say nothing of its type. A single table is taken, too.
    kept : callable
        Which columns are taken, as `read_table` has it.

    Returns
    -------
    Pieces

    Raises
    ------
    TableError
        If there are no rows, pieces differ in their columns or in what these hold, or, while it is iterated over, come
        otherwise than the first time.
    TypeError
        If rows can be gone over but once, or are no rows.

    Examples
    --------
    >>> pieces = pieces_of([{"x": np.array([1, 2])}, {"x": np.array([0.5])}])
    >>> pieces.n_rows, [piece["x"].values.tolist() for piece in pieces]
    (3, [[1.0, 2.0], [0.5]])
    """
    if isinstance(rows, str | PathLike):
        return open_pieces(rows, kept=kept)
    pieces = _all_pieces_of(rows)
    names = kept(pieces.names, pieces.source)
    return pieces if names == pieces.names else ChosenPieces(pieces, names)


def _all_pieces_of(rows: Any) -> Pieces:
    """Return rows with all their columns as tables of bounded size."""
    if isinstance(rows, Pieces):
        return rows
    if isinstance(rows, Table):
        return Parted(rows)
    dataset = sys.modules.get("pyarrow.dataset")
    if dataset is not None and isinstance(rows, dataset.Dataset):
        return _of_dataset(rows)
    if streams_arrow(rows):
        require_pyarrow()
        import pyarrow

        return _of_reader(pyarrow.RecordBatchReader.from_stream(rows))
    if isinstance(rows, Mapping) or any(hasattr(rows, name) for name in ("lazy", "columns", "__array__", "toarray")):
        table, declared = _read(rows)
        return Batches(table.source, lambda: [table], _types_of(table), table.n_rows, declared)
    if not isinstance(rows, Iterable):
        raise TypeError(f"rows cannot be taken from {type(rows).__name__}: give a table, a path, or {AGAIN}")
    if iter(rows) is rows:
        raise TypeError(
            f"a {type(rows).__name__} gives its rows once, and they are gone over several times: give {AGAIN}"
        )
    return _surveyed("the iterable", lambda: rows)


class ChosenPieces:
    """The pieces of a table with some of its columns."""

    def __init__(self, pieces: Pieces, names: tuple[str, ...]) -> None:
        self._pieces, self.names = pieces, names
        self.source, self.n_rows, self.row_groups = pieces.source, pieces.n_rows, pieces.row_groups
        self.declared = tuple(name for name in getattr(pieces, "declared", ()) if name in names)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading them wants the user to know."""
        return tuple(one for one in self._pieces.findings if one.column in ("", *self.names))

    def __iter__(self) -> Iterator[Table]:
        for piece in self._pieces:
            yield piece.without(*(name for name in piece.names if name not in self.names))


class Batches:
    """Tables of others one after the other, as tables of at most `PIECE_ROWS` rows with columns of one type each.

    Columns stand in the order of `types`, which has for each one without rows; `declared` are those that all pieces
    declare to be categories.
    """

    row_groups: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __init__(
        self, source: str, again: Again, types: Mapping[str, Column], n_rows: int, declared: Collection[str]
    ) -> None:
        self.source, self.names, self.n_rows, self.declared = source, tuple(types), n_rows, declared
        self._again, self._types = again, types
        if not n_rows:
            raise TableError(f"{source} has no rows")

    def __iter__(self) -> Iterator[Table]:
        row = 0
        for table, _ in _tables(self._again):
            whole = self._alike(table)
            if row + whole.n_rows > self.n_rows:
                raise self._changed()
            for piece in Parted(whole):
                yield replace(piece, source=self.source, first_row=row)
                row += piece.n_rows
        if row < self.n_rows:
            raise self._changed()

    def _alike(self, table: Table) -> Table:
        """Return a table with the columns and types that all have."""
        if set(table.names) != set(self.names):
            raise self._changed()
        columns = [_as_type(table[name], type) for name, type in self._types.items()]
        known = tuple(column for column in columns if column is not None)
        if len(known) < len(columns):
            raise self._changed()
        return replace(table, names=self.names, columns=known)

    def _changed(self) -> TableError:
        return TableError(f"{self.source} gave other rows when gone over again. Let it give the same each time")


def _of_dataset(dataset: Any) -> Batches:
    """Return the rows of Arrow's Dataset, which tells their types and number."""
    from pyarrow.dataset import ParquetFileFormat, ParquetFragmentScanOptions

    options: dict[str, Any] = {"batch_size": PIECE_ROWS, "batch_readahead": 1, "fragment_readahead": 1}
    if isinstance(getattr(dataset, "format", None), ParquetFileFormat):  # else a file that was read stays in memory
        options["fragment_scan_options"] = ParquetFragmentScanOptions(pre_buffer=False)

    def again() -> Iterable[Any]:
        batches: Iterable[Any] = dataset.to_batches(use_threads=False, **options)
        return batches

    return _typed("the dataset", again, dataset.schema, dataset.count_rows())


def _of_reader(reader: Any) -> Batches:
    """Return the rows of Arrow's reader, kept in a temporary file that is gone with them."""
    from tempfile import TemporaryFile  # slow to import

    from pyarrow import ipc

    file, n_rows = TemporaryFile(), 0  # noqa: SIM115 - it lives as long as the pieces
    try:
        with ipc.new_stream(file, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
                n_rows += batch.num_rows
    except OSError as error:
        file.close()
        raise TableError(
            f"the reader's rows could not be kept in a temporary file: {error}. The environment variable TMPDIR names "
            "the folder"
        ) from None

    def again() -> Iterator[Any]:
        file.seek(0)
        yield from ipc.open_stream(file)

    kept = _typed("the reader", again, reader.schema, n_rows)
    finalize(kept, file.close)
    return kept


def _typed(source: str, again: Again, schema: Any, n_rows: int) -> Batches:
    """Return rows of which Arrow tells the types beforehand."""
    empty = schema.empty_table()
    table = table_of_arrow(empty, source)
    return Batches(source, again, _types_of(table), n_rows, declared_categories(empty, table))


def _surveyed(source: str, again: Again) -> Batches:
    """Go over rows once, to count them and to find what their columns hold."""
    types: dict[str, Column] = {}
    seen: dict[str, int] = {}  # the first piece with a value in a column
    declared: set[str] = set()
    n_rows = 0
    for number, (table, here) in enumerate(_tables(again), 1):
        if number == 1:
            types, declared = _types_of(table), set(here)
        require_same_columns(f"piece {number}", table.names, "the first piece", tuple(types), "pieces")
        if table.n_rows:
            declared &= set(here)
        for name, column in zip(table.names, table.columns, strict=True):
            if column.missing().all():
                continue
            if name not in seen:
                seen[name], types[name] = number, _gaps(column)
            elif (merged := _merged(types[name], column)) is not None:
                types[name] = merged
            else:
                raise TableError(
                    f"piece {number}: {called(name)} holds {_family(column)}, but in piece {seen[name]} "
                    f"{_family(types[name])}. Let all pieces have one type"
                )
        n_rows += table.n_rows
    return Batches(source, again, types, n_rows, declared)


def _tables(again: Again) -> Iterator[tuple[Table, list[str]]]:
    """Give each piece as a table, with the columns that it declares to be categories; errors name the piece."""
    for number, piece in enumerate(again(), 1):
        try:
            read = _read(piece)
        except TableError as error:
            raise TableError(f"piece {number}: {error}") from None
        except TypeError as error:
            raise TypeError(f"piece {number}: {error}") from None
        yield read


def _read(piece: Any) -> tuple[Table, list[str]]:
    """Return a table of others as ours, and the columns that it declares to be categories."""
    piece = in_memory(piece)
    table = as_table(piece)
    return table, declared_categories(piece, table)


def _types_of(table: Table) -> dict[str, Column]:
    return {name: _gaps(column) for name, column in zip(table.names, table.columns, strict=True)}


def _gaps(type: Column, n: int = 0) -> Column:
    """Return a column of gaps, of a type: without rows the type itself."""
    if isinstance(type, Text):
        return Text(np.full(n, -1, np.int32), ())
    if isinstance(type, Dates):
        return replace(type, values=np.full(n, np.datetime64("NaT", "us")))
    return Numbers(np.full(n, np.nan), type.type)


def _family(column: Column) -> str:
    """Return what a column holds, in words; only columns of one family go together."""
    if isinstance(column, Text):
        return "text"
    if isinstance(column, Dates):
        return "dates with a zone" if column.zoned else "dates"
    return "truth values" if column.type == "bool" else "numbers"


def _merged(type: Column, column: Column) -> Column | None:
    """Return the type of columns of both types, or None if there is none."""
    if _family(type) != _family(column):
        return None
    return Numbers(np.empty(0)) if isinstance(column, Numbers) and column.type == "float" else type


def _as_type(column: Column, type: Column) -> Column | None:
    """Return a column as one of a type, or None if it cannot be; one of gaps can be of any."""
    if column.missing().all():
        return _gaps(type, len(column.missing()))
    if _family(type) != _family(column):
        return None
    if isinstance(column, Numbers) and isinstance(type, Numbers) and column.type != type.type:
        return Numbers(column.values) if type.type == "float" else None
    return column
