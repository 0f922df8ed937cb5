"""Reads Parquet files as they are: one as a table, or one and many in pieces of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selenite.errors import TableError
from selenite.memory import free_memory
from selenite.table.arrow import is_text, table_of_arrow
from selenite.table.choice import Kept, require_same_columns
from selenite.table.infer import MOST_LOOKED_AT, look_like
from selenite.table.limits import CELL_BYTES, PIECE_ROWS, Limits, check_memory
from selenite.table.missing import read_as_missing_by, unmet, with_gaps
from selenite.table.schema import FEW_CATEGORIES, ReadOptions
from selenite.table.source import Source
from selenite.table.table import Finding, Table, Text, called, require_different
from selenite.text import argument, printable

WITH_SUCH = "write the file with such"
BUFFER_BYTES = 1 << 18  # of each column that is being read
NOTHING = "nothing but gaps"


def read_parquet(
    source: Source, options: ReadOptions, limits: Limits, kept: Kept, categories: Collection[str] = ()
) -> Table:
    """Return the table in a Parquet file; of columns known to be categories nobody need be told that they are text."""
    from pyarrow import parquet

    with _opened(source) as opened:
        file = parquet.ParquetFile(opened)
        footer = file.metadata
        rows, names = footer.num_rows, tuple(map(str, file.schema_arrow.names))
        limits.check(source.name, rows, footer.num_columns)
        require_different(names, source.name)
        taken = _some(kept(names, source.name), names)
        needed = 2 * CELL_BYTES * rows * len(taken or names) + _stored_bytes(footer, taken)  # Arrow's cells, ours
        check_memory(source.name, rows, needed, free_memory())
        texts = [field.name for field in file.schema_arrow if is_text(field.type)]
        file = parquet.ParquetFile(opened, metadata=footer, read_dictionary=texts)  # a text that recurs once
        content = file.read() if taken is None else file.read(taken).select(taken)  # "a" gives "a.b", too
        table, gone = with_gaps(table_of_arrow(content, source.name, texts), options)
    if table.n_rows < limits.fewest_rows:
        raise TableError(f"{source.name} has columns but no rows")
    met = Met(categories, gone)
    met.look_at(table)
    return replace(table, findings=met.findings(table.names, options))


@dataclass
class Met:
    """What reading a table of Parquet, or its pieces, met that is worth knowing."""

    categories: Collection[str]  # columns known to be such
    gone: Counter[tuple[str, str]] = field(default_factory=Counter)  # cells made missing, by text and column
    texts: dict[str, dict[str, None]] = field(default_factory=dict)  # the first different ones of each column

    def look_at(self, table: Table) -> None:
        """Take note of the first different texts of each column."""
        for name, column in zip(table.names, table.columns, strict=True):
            if isinstance(column, Text):
                kept = self.texts.setdefault(name, {})
                if len(kept) < MOST_LOOKED_AT:
                    kept.update(dict.fromkeys(column.values))

    def join(self, after: Met) -> None:
        """Take note of what reading further rows met."""
        self.gone += after.gone
        for name, texts in after.texts.items():
            kept = self.texts.setdefault(name, {})
            if len(kept) < MOST_LOOKED_AT:
                kept.update(texts)

    def findings(self, names: tuple[str, ...], options: ReadOptions) -> tuple[Finding, ...]:
        """Return what is to be told of columns of these names."""
        told = read_as_missing_by(options, names, self.gone)
        for i, name in enumerate(names):
            texts = tuple(self.texts.get(name, ()))
            if name in self.categories or len(texts) <= FEW_CATEGORIES:
                continue
            if kind := look_like(Text(np.empty(0, np.int32), texts)):
                otherwise = f"or add --kind {argument(f'{name}=category')}"
                message = f"{called(name, i)} is text, though most of it looks like {kind}; {WITH_SUCH}, {otherwise}"
                told.append(Finding("looks otherwise", name, message))
        return (*told, *unmet(options, {text for text, _ in self.gone}))


class ParquetPieces:
    """One Parquet file, or those of a folder one after the other, as tables of at most `PIECE_ROWS` rows.

    No piece reaches beyond a row group. The columns stand in the order of the first file.
    """

    def __init__(
        self, source: Source, options: ReadOptions, limits: Limits, kept: Kept, categories: Collection[str] = ()
    ) -> None:
        self.source, self.options, self._categories = source.name, options, categories
        self._files = _files_of(source)
        self.findings: tuple[Finding, ...] = ()
        self.met = Met(categories)  # in the rows that were read last
        schemas: list[Any] = []
        self.row_groups: tuple[int, ...] = ()
        self._n_rows_of: tuple[int, ...] = ()  # each file
        for file in self._files:
            schema, groups = _footer(file)
            schemas.append(schema)
            self.row_groups += groups
            self._n_rows_of += (sum(groups),)
        self.names = tuple(map(str, schemas[0].names))
        self.n_rows = sum(self.row_groups)
        limits.check(self.source, self.n_rows, len(self.names))
        require_different(self.names, self._files[0].name)
        types = _types_of(schemas, self._files)
        all_names, self.names = self.names, kept(self.names, self.source)
        self._asked = _some(self.names, all_names)
        self._types = {name: types[name] for name in self.names}
        if self.n_rows < limits.fewest_rows:
            raise TableError(f"{self.source} has columns but no rows")

    @property
    def layout(self) -> tuple[object, ...]:
        """What the footers tell, which is the same wherever the files lie."""
        return self.row_groups, self._n_rows_of, self._types, self.options

    def __iter__(self) -> Iterator[Table]:
        yield from self.rows(0, self.n_rows)
        self.tell_findings([self.met])

    def tell_findings(self, met: Sequence[Met]) -> None:
        """Say what is worth knowing of what reading all rows met, part by part."""
        together = Met(self._categories)
        for one in met:
            together.join(one)
        self.findings = together.findings(self.names, self.options)

    def rows(self, begin: int, end: int) -> Iterator[Table]:
        """Give the rows from one to another, and read no row groups but those in which they lie."""
        self.met = met = Met(self._categories)
        first = 0
        for file, n_rows in zip(self._files, self._n_rows_of, strict=True):
            if max(begin, first) < min(end, first + n_rows) or (self.n_rows == 0 and file is self._files[0]):
                with file.told_if_gone():
                    for piece in self._tables(file, begin - first, end - first):
                        table, made_missing = with_gaps(piece, self.options)
                        met.gone += made_missing
                        met.look_at(table)
                        yield table
            first += n_rows

    def _tables(self, file: Source, begin: int, end: int) -> Iterator[Table]:
        """Give the rows of a file from one to another; if no file has any, a table without rows."""
        import pyarrow
        from pyarrow import parquet

        first_row = 0
        with _opened(file) as opened:
            reader = parquet.ParquetFile(opened)
            footer, texts = reader.metadata, [field.name for field in reader.schema_arrow if is_text(field.type)]
            reader = parquet.ParquetFile(
                opened, metadata=footer, read_dictionary=texts, pre_buffer=False, buffer_size=BUFFER_BYTES
            )
            if self.n_rows == 0:
                yield table_of_arrow(pyarrow.schema(self._types.items()).empty_table(), file.name)
            for group in range(footer.num_row_groups):
                n_rows = footer.row_group(group).num_rows
                if not max(begin, first_row) < min(end, first_row + n_rows):
                    first_row += n_rows
                    continue
                row, first_row = first_row, first_row + n_rows
                for batch in reader.iter_batches(PIECE_ROWS, [group], self._asked, use_threads=False):
                    low, high = max(begin - row, 0), min(end - row, batch.num_rows)
                    if low < high:
                        some = self._in_order(batch.slice(low, high - low))
                        yield table_of_arrow(some, file.name, texts, row + low)
                    row += batch.num_rows
                    if row >= end:
                        break

    def _in_order(self, batch: Any) -> Any:
        """Return a batch of some file with the columns in the order of the first one, those of gaps as other files'."""
        import pyarrow

        columns = [batch.column(name) for name in self.names]
        columns = [
            column.cast(type) if pyarrow.types.is_null(column.type) else column
            for column, type in zip(columns, self._types.values(), strict=True)
        ]
        return pyarrow.table([pyarrow.chunked_array([column]) for column in columns], names=list(self.names))


def _stored_bytes(footer: Any, taken: list[str] | None) -> int:
    """Return how many bytes some columns take, or all, once nothing is compressed."""
    groups = [footer.row_group(i) for i in range(footer.num_row_groups)]
    if taken is None:
        return sum(group.total_byte_size for group in groups)
    columns = [group.column(j) for group in groups for j in range(group.num_columns)]
    return sum(column.total_uncompressed_size for column in columns if column.path_in_schema in taken)


def _some(names: tuple[str, ...], of_all: tuple[str, ...]) -> list[str] | None:
    """Return the columns to ask Parquet for; None for all of them."""
    return None if names == of_all else list(names)


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    """Open a Parquet file, and turn what is said against it into words."""
    import pyarrow

    assert source.path is not None
    try:
        with source.path.open("rb") as opened:
            yield opened
    except (MemoryError, FileNotFoundError, PermissionError):
        raise
    except (pyarrow.ArrowException, UnicodeDecodeError, OSError) as error:
        reason = printable(str(error).partition("\n")[0])
        raise TableError(f"{source.name} is not a Parquet file, or a damaged one: {reason}") from None


def _footer(file: Source) -> tuple[Any, tuple[int, ...]]:
    """Return a file's schema, as Arrow has it, and the rows of each of its row groups that has some."""
    from pyarrow import parquet

    with file.told(), _opened(file) as opened:
        reader = parquet.ParquetFile(opened)
        rows = (reader.metadata.row_group(i).num_rows for i in range(reader.num_row_groups))
        return reader.schema_arrow, tuple(n for n in rows if n)


def _files_of(source: Source) -> list[Source]:
    """Return a file itself, or the Parquet files of a folder in the order of their names."""
    if source.path is None or not source.is_folder:
        return [source]
    with source.told():
        inside = sorted(path for path in source.path.iterdir() if not path.name.startswith((".", "_")))
    files = [Source(printable(str(path)), path) for path in inside]
    others = [file for file in files if not file.is_parquet or file.is_folder]
    if others:
        raise TableError(f"{source.name} is a folder that holds {others[0].name}. Keep nothing but Parquet files in it")
    if not files:
        raise TableError(f"{source.name} is a folder without Parquet files. Name a file, or a folder that holds some")
    return files


def _types_of(schemas: list[Any], files: list[Source]) -> dict[str, Any]:
    """Return the type of each column, as the first file with values in it has it; refuse files that disagree."""
    names = [str(name) for name in schemas[0].names]
    types = dict(zip(names, schemas[0].types, strict=True))
    said_by = dict.fromkeys(names, files[0])
    for schema, file in zip(schemas[1:], files[1:], strict=True):
        require_same_columns(file.name, schema.names, files[0].name, names, "files of a folder")
        if len(schema.names) > len(names):
            require_different(schema.names, file.name)
        for name in names:
            here, there = _family(schema.field(name).type), _family(types[name])
            if there == NOTHING:
                types[name], said_by[name] = schema.field(name).type, file
            elif here not in (there, NOTHING):
                raise TableError(
                    f"{file.name}: {called(name)} holds {here}, but in {said_by[name].name} {there}. Write the column "
                    "with one type in all files"
                )
    return types


def _family(kind: Any) -> str:
    """Return what columns of a type hold, in words: types that are read alike have the same."""
    from pyarrow import types

    if types.is_dictionary(kind):
        of = _family(kind.value_type)
        return of if of == "text" else f"categories of {of}"
    if is_text(kind):
        return "text"
    families = (
        (types.is_boolean, "truth values"),
        (types.is_integer, "whole numbers"),
        (types.is_floating, "numbers"),
        (types.is_date, "dates"),
        (types.is_null, NOTHING),
    )
    if types.is_timestamp(kind):
        return "dates" if kind.tz is None else "dates with a zone"
    return next((family for is_one, family in families if is_one(kind)), str(kind))
