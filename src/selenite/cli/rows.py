"""Rows as they come, piece by piece, written as CSV, as JSON or as Parquet."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from selenite.errors import OptionError
from selenite.table.cells import csv_cell, spreadsheet_safe
from selenite.table.source import SHEETS
from selenite.text import argument, json_text

Columns = Mapping[str, Any]  # of each an array of numbers or a list of text
GROUP_ROWS = 1 << 17  # of Parquet, where the table that was read has no row groups


def refuse_spreadsheet(path: str) -> None:
    """Refuse to write CSV under the name of a spreadsheet, which no program would open."""
    if Path(path).suffix.lower() in SHEETS:
        csv = argument(str(Path(path).with_suffix(".csv")))
        raise OptionError(f"{path}: rows are written as CSV or Parquet, and no spreadsheet; name it {csv}")


@contextmanager
def rows_writer(
    file: BinaryIO, suffix: str, as_json: bool, guarded: bool, row_groups: Sequence[int]
) -> Iterator[Callable[[Columns], None]]:
    """Give what writes columns of a few rows to a file, below those before; all is written once the block ends.

    `guarded` says that a spreadsheet is to open it, `row_groups` how many rows each row group of Parquet has.
    """
    if suffix == ".parquet":
        groups = _RowGroups(file, row_groups)
        with closing(groups):
            yield groups.add
            groups.finish()
        return
    with gzip.GzipFile("", "wb", fileobj=file, mtime=0) if suffix == ".gz" else _left_open(file) as text:
        if as_json:
            yield lambda columns: _write(text, _json_lines(columns))
            return
        begun: list[bool] = []

        def write(columns: Columns) -> None:
            _write(text, _csv(columns, guarded, header=not begun))
            begun.append(True)

        yield write


@contextmanager
def _left_open(file: BinaryIO) -> Iterator[BinaryIO]:
    yield file


def _write(file: Any, text: str) -> None:
    file.write(text.encode())


def _csv(columns: Columns, guarded: bool, header: bool) -> str:
    """Return the columns as CSV, numbers to their last digit and text to the character, or guarded."""

    def written(texts: Any) -> list[str]:
        cells = {text: csv_cell(spreadsheet_safe(text) if guarded else text) for text in set(texts)}
        return [cells[text] for text in texts]

    bodies = [
        np.where(np.isnan(values), "", values.astype(str)) if isinstance(values, np.ndarray) else written(values)
        for values in columns.values()
    ]
    head = [",".join(written(columns))] if header else []
    return "".join(f"{line}\n" for line in chain(head, map(",".join, zip(*bodies, strict=True))))


def _json_lines(columns: Columns) -> str:
    """Return a JSON object a row."""
    lists = [values.tolist() if isinstance(values, np.ndarray) else values for values in columns.values()]
    rows = zip(*lists, strict=True)
    return "".join(f"{json_text(dict(zip(columns, row, strict=True)))}\n" for row in rows)


class _RowGroups:
    """A Parquet file, numbers as doubles and classes as text, in row groups of these sizes."""

    def __init__(self, file: BinaryIO, sizes: Sequence[int]) -> None:
        self._file, self._sizes = file, iter(sizes) if sizes else repeat(GROUP_ROWS)
        self._writer: Any = None
        self._held: list[Any] = []
        self._n_held, self._size = 0, next(self._sizes)

    def add(self, columns: Columns) -> None:
        """Take rows; write a row group that is complete."""
        import pyarrow
        from pyarrow.parquet import ParquetWriter

        arrays = [
            pyarrow.array(values.tolist() if isinstance(values, np.ndarray) else values, type, from_pandas=True)
            for values, type in (
                (values, pyarrow.float64() if isinstance(values, np.ndarray) else pyarrow.string())
                for values in columns.values()
            )
        ]
        table = pyarrow.table(arrays, names=list(columns))
        if self._writer is None:
            texts = [name for name in columns if not isinstance(columns[name], np.ndarray)]
            self._writer = ParquetWriter(self._file, table.schema, use_dictionary=texts)
        self._held.append(table)
        self._n_held += table.num_rows
        while self._n_held >= self._size:
            self._write(self._size)
            self._size = next(self._sizes, GROUP_ROWS)

    def finish(self) -> None:
        """Write the rows that are left."""
        if self._n_held:
            self._write(self._n_held)

    def close(self) -> None:
        """Write the file's end, if it has a beginning."""
        if self._writer is not None:
            self._writer.close()

    def _write(self, n_rows: int) -> None:
        """Write the first rows of those held as a row group."""
        import pyarrow

        held = pyarrow.concat_tables(self._held)
        self._writer.write_table(held.slice(0, n_rows), n_rows)
        self._held, self._n_held = [held.slice(n_rows)], self._n_held - n_rows
