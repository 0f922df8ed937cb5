"""A file, or a folder of Parquet files, as tables of bounded size, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import chain, islice
from os import PathLike
from typing import Any, BinaryIO, Protocol, cast, runtime_checkable
from weakref import finalize

from selenite.errors import TableError
from selenite.table.choice import Kept, all_columns
from selenite.table.complete import RowsWithoutGaps
from selenite.table.decode import next_bytes
from selenite.table.dialect import read_or_name_all
from selenite.table.limits import PIECE_ROWS, Limits
from selenite.table.missing import check_missing, unmet
from selenite.table.parquet import ParquetPieces
from selenite.table.parted import joined
from selenite.table.read import table_of_cells
from selenite.table.readers import Reader, reader_of
from selenite.table.schema import ReadOptions
from selenite.table.source import Source, require_pyarrow, source_of
from selenite.table.survey import ColumnSurvey
from selenite.table.table import Finding, Table

PIECE_BYTES = 8 << 20  # of text, from which on a piece ends however few its rows are


@runtime_checkable
class Pieces(Protocol):
    """A table that is read in pieces, as often as it is iterated over."""

    @property
    def source(self) -> str:
        """How messages call it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, the same in every piece."""

    @property
    def n_rows(self) -> int:
        """How many rows all pieces have together."""

    @property
    def row_groups(self) -> tuple[int, ...]:
        """The rows of each row group of Parquet, without empty ones; () for text."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading it wants the user to know: complete once all pieces were given."""

    def __iter__(self) -> Iterator[Table]:
        """Give the pieces."""


def open_pieces(
    source: str | PathLike[str] | BinaryIO,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - frozen
    categories: Mapping[str, Collection[str]] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    kept: Kept = all_columns,
) -> Pieces:
    """Return the table in a file or folder as a sequence of tables, which can be iterated over many times.

    The pieces put together are what `read_table` returns, cell by cell and type by type. Where they end depends on the
    file alone, and none reaches beyond a row group of Parquet. There is always one at least, without rows where the
    source has none. The place that a piece names is that in the file.

    A text file of several pieces is read once before the first of them: what a column holds depends on all its cells.
    So what `read_table` refuses is refused at once, and `n_rows` and `findings` are known. What comes from standard
    input or a stream is kept in a temporary file. Of Parquet, the footers are read.

    Parameters
    ----------
    source : path, "-" or binary file
        As `read_table` takes it; or a folder of Parquet files, read in the order of their names. Those that begin with
        a dot or an underscore are left out, and the columns may stand in any order.
    options, categories, limits, kept
        As `read_table` takes them.

    Returns
    -------
    Pieces
        It has names, n_rows, row_groups and findings, and gives tables of about `PIECE_ROWS` rows, or fewer.

    Raises
    ------
    TableError
        As `read_table` does; if the files of a folder differ in their columns or types; and, while it is iterated
        over, if a file is gone or was changed.
    OptionError
        If the options contradict each other.

    Examples
    --------
    >>> from io import BytesIO
    >>> from selenite.table import open_pieces
    >>> pieces = open_pieces(BytesIO(b"name,age\\nAnn,20\\nBob,NA\\n"))
    >>> pieces.n_rows, [table["age"].values.tolist() for table in pieces]
    (2, [[20.0, nan]])
    """
    require_pyarrow()
    found = source_of(source)
    pieces: Pieces
    if found.is_folder or found.is_parquet:
        pieces = ParquetPieces(found, options, limits, kept, categories or ())
    else:
        pieces = read_or_name_all(
            lambda given: TextPieces(found, given, categories or {}, limits, kept), options, found
        )
    return RowsWithoutGaps(pieces, options.drop_missing) if options.drop_missing else pieces


def whole(pieces: Pieces) -> Table:
    """Return all pieces as one table in memory, with what reading them wants the user to know."""
    return replace(joined(list(pieces)), findings=pieces.findings, source=pieces.source)


class TextPieces:
    """A text file as tables of about `PIECE_ROWS` rows, or of `PIECE_BYTES` of text."""

    row_groups: tuple[int, ...] = ()

    def __init__(
        self,
        source: Source,
        options: ReadOptions,
        categories: Mapping[str, Collection[str]],
        limits: Limits,
        kept: Kept,
    ) -> None:
        check_missing(options)
        self.source, self._from, self._limits, self._kept = source.name, source, limits, kept
        self._options = options
        self._spool = None if source.reopen else _spooled(source)
        if self._spool is not None:
            finalize(self, self._spool.close)
        with source.told(), self._opened() as file:
            reader = self._reader(file)
            groups = _groups(reader)
            begun = list(islice(groups, 2))
            self._only = table_of_cells(begun, reader, categories) if len(begun) < 2 else None
            surveys = [
                ColumnSurvey(name, i, options, categories.get(name))
                for i, name in zip(reader.positions, reader.names, strict=True)
            ]
            if self._only is None:
                _survey(surveys, chain(begun, groups))
        self.names, self.n_rows, self._first_line = reader.names, reader.n_rows, reader.first_line
        if self._only is not None:
            self.findings = self._only.findings
            return
        found = [survey.reading(reader.where) for survey in surveys]
        self._readings = [reading for reading, _, _ in found]
        told = [finding for _, findings, _ in found for finding in findings]
        met = set[str]().union(*(met for _, _, met in found))
        self.findings = (*reader.findings, *told, *unmet(options, met))

    def __iter__(self) -> Iterator[Table]:
        if self._only is not None:
            yield self._only
            return
        row = 0
        with self._from.told_if_gone(), self._opened() as file:
            reader = self._reader(file)
            for group in _groups(reader):
                yield self._table(group, reader, row)
                row += group.num_rows
        if row != self.n_rows:
            raise self._changed()

    def _opened(self) -> AbstractContextManager[BinaryIO]:
        """Open the text from its beginning."""
        if self._spool is None:
            return self._from.opened()
        self._spool.seek(0)
        return nullcontext(self._spool)

    def _reader(self, file: BinaryIO) -> Reader:
        return reader_of(file, self._from, self._options, self._limits, self._kept)

    def _table(self, group: Any, reader: Reader, row: int) -> Table:
        """Return cells as a table, of which the first row stands in a row of the file."""
        import pyarrow

        if reader.names != self.names:
            raise self._changed()
        try:
            columns = tuple(
                reading.column(cells, name, i, self._options, reader.where)
                for i, reading, name, cells in zip(
                    reader.positions, self._readings, self.names, group.columns, strict=True
                )
            )
        except (pyarrow.ArrowInvalid, ValueError):  # what is no number any more
            raise self._changed() from None
        first_line = None if self._first_line is None else self._first_line + row
        return Table(self.names, columns, group.num_rows, self.source, first_line, row)

    def _changed(self) -> TableError:
        return TableError(f"{self.source} was changed while it was read. Start again with it")


def _groups(reader: Reader) -> Iterator[Any]:
    """Give a reader's tables, as many together as make a piece."""
    import pyarrow

    held: list[Any] = []
    n_rows, began = 0, 0
    for table in reader.tables():
        held.append(table)
        n_rows += table.num_rows
        if n_rows >= PIECE_ROWS or reader.n_bytes - began >= PIECE_BYTES:
            yield pyarrow.concat_tables(held)
            held, n_rows, began = [], 0, reader.n_bytes
    if held:
        yield pyarrow.concat_tables(held)


def _survey(surveys: list[ColumnSurvey], groups: Iterator[Any]) -> None:
    """Show the cells to the surveys of their columns."""
    row = 0
    for group in groups:
        for survey, cells in zip(surveys, group.columns, strict=True):
            survey.add(cells, row)
        row += group.num_rows


def _spooled(source: Source) -> BinaryIO:
    """Return the bytes of what can be read but once in a temporary file, in memory as long as they are few."""
    from tempfile import SpooledTemporaryFile  # slow to import

    with source.told(), source.opened() as file:
        kept = SpooledTemporaryFile(PIECE_BYTES)  # noqa: SIM115 - it lives as long as the pieces
        while block := next_bytes(file, source.name):
            kept.write(block)
    return cast(BinaryIO, kept)
