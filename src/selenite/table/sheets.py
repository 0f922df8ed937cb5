"""Reads a sheet of Excel or OpenDocument: its first row names the columns, its values are cells as in a text file."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from selenite.errors import OptionError, TableError
from selenite.memory import free_memory, gigabytes
from selenite.table.cells import number_text
from selenite.table.choice import Kept, positions
from selenite.table.header import check_names
from selenite.table.limits import Limits
from selenite.table.schema import ReadOptions
from selenite.table.table import Finding
from selenite.text import argument, counted, hint, listed, shown

PIECE_ROWS = 4096
CELL_BYTES = 64  # of a cell of the smallest rectangle around all cells, which is held in memory
_ZIPPED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLACE = re.compile(rb"\br=[\"']([A-Z]{0,3})(\d{1,7})[\"']")
_OPEN = re.compile(rb"""<table:(?:covered-)?table(-row|-cell|)(?=[\s/>])((?:"[^"]*"|'[^']*'|[^>"'])*)>""")  # .ods
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=[\"'](\d{1,9})[\"']")


def looks_like_workbook(start: bytes, suffix: str) -> bool:
    """Tell whether a file that begins so is a spreadsheet: .xlsx, .xlsm, .xls or .ods."""
    if start.startswith(_OLD):
        return True
    if b"opendocument" in start:
        return start.startswith(_ZIPPED) and b"opendocument.spreadsheet" in start
    named = suffix.lower() in {".xlsx", ".xlsm", ".ods"} or b"[Content_Types].xml" in start or b"xl/" in start
    return start.startswith(_ZIPPED) and named


class SheetReader:
    """Reads a sheet as `CellReader` reads text; all of it is held in memory."""

    def __init__(self, content: bytes, source: str, options: ReadOptions, limits: Limits, kept: Kept) -> None:
        self.options, self.limits = options, limits
        self.n_rows, self.n_bytes = 0, len(content)
        name, top, rows = _sheet_in(content, source, options.sheet)
        self.source = source
        if not rows:
            raise TableError(
                f"{source}: the sheet {argument(name)} is empty. A table begins with a row of column names"
            )
        width = max(len(row) - next((i for i, one in enumerate(row[::-1]) if one != ""), len(row)) for row in rows)
        names = tuple(_cell(one).strip() for one in rows[0][:width])
        limits.check(source, len(rows) - 1, width)
        if width > 1 and not any(names[1:]):
            raise TableError(
                f"{source}, line {top} names one column only: {shown(names[0])}. Delete it if it is a title"
            )
        check_names(names, f"{source}, line {top}")
        self.names = kept(names, source)
        self.positions = positions(names, self.names)
        self._lines = [i for i, row in enumerate(rows) if i and any(one != "" for one in row)]  # in the sheet
        self._rows, self._top = rows, top
        blank = len(rows) - 1 - len(self._lines)
        self.first_line = None if blank else top + 1
        self.findings = (Finding("blank lines", "", f"{source}: {counted(blank, 'blank row')} skipped"),) * bool(blank)

    def tables(self) -> Iterator[Any]:
        """Give the rows, in pieces, as pyarrow tables of dictionaries of strings."""
        import pyarrow

        for begin in range(0, len(self._lines), PIECE_ROWS):
            rows = [self._rows[i] for i in self._lines[begin : begin + PIECE_ROWS]]
            columns = [[_cell(row[position]) for row in rows] for position in self.positions]
            arrays = [pyarrow.array(cells, pyarrow.string()).dictionary_encode() for cells in columns]
            self.n_rows += len(rows)
            yield pyarrow.table(arrays, names=[str(position) for position in self.positions])
        if self.n_rows < self.limits.fewest_rows:
            raise TableError(f"{self.source} has a row of names but no rows")

    def where(self, row: int) -> str:
        """Say in which line of the sheet a row stands."""
        return f"{self.source}, line {self._top + self._lines[row]:,}"


def _cell(value: Any) -> str:
    """Return a value of a sheet as a cell of text: whole numbers without a point, times in seconds."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | float):
        return number_text(float(value), type(value).__name__)
    if isinstance(value, datetime.time):
        value = datetime.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    if isinstance(value, datetime.timedelta):
        return _cell(value.total_seconds())
    return str(value.isoformat()) if isinstance(value, datetime.date) else str(value)


def _sheet_in(content: bytes, source: str, wanted: str) -> tuple[str, int, list[list[Any]]]:
    """Return the name of the sheet to read, the line of its first row, and the values of its rows."""
    try:
        import python_calamine as calamine
    except ModuleNotFoundError:
        raise TableError(
            f"{source} is a spreadsheet, and reading one needs python-calamine: pip install 'selenite[excel]'. Or "
            "save the sheet as CSV"
        ) from None
    _check_size(content, source)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            one.name
            for one in book.sheets_metadata
            if one.visible == calamine.SheetVisibleEnum.Visible and one.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        if wanted and wanted not in book.sheet_names:
            raise OptionError(f"{source} has no sheet {argument(wanted)}; {hint(wanted, book.sheet_names)}")
        filled = [wanted] if wanted else [name for name in visible if book.get_sheet_by_name(name).height]
        if len(filled) > 1:
            raise TableError(
                f"{source} has {counted(len(filled), 'sheet')}: {listed(filled)}. Say which, as by "
                f"--sheet {argument(filled[0])}"
            )
        name = (filled or visible or book.sheet_names)[0]
        sheet = book.get_sheet_by_name(name)
        return name, (sheet.start or (0, 0))[0] + 1, sheet.to_python()
    except calamine.PasswordError:
        raise TableError(f"{source} is locked by a password. Save it without one") from None
    except calamine.CalamineError as error:
        raise _damaged(source, error) from None


def _damaged(source: str, error: Exception) -> TableError:
    return TableError(f"{source} is no spreadsheet, or a damaged one ({error}). Save it again, or the sheet as CSV")


def _check_size(content: bytes, source: str) -> None:
    """Refuse a workbook that would fill the memory: one cell far out is enough."""
    free = free_memory()
    if not content.startswith(_ZIPPED) or free is None:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if 2 * unpacked > free:
                raise TableError(f"{source} unpacks to {gigabytes(unpacked)}; {gigabytes(free)} of memory are free")
            for entry in archive.infolist():
                if entry.filename.startswith("xl/worksheets/"):
                    rows, columns = _reach(archive.read(entry))
                elif entry.filename == "content.xml":
                    rows, columns = _reach_of_opendocument(archive.read(entry))
                else:
                    continue
                if CELL_BYTES * rows * columns > free:
                    raise TableError(
                        f"{source}: a sheet reaches to line {rows:,} and column {columns:,}, too far for the "
                        f"{gigabytes(free)} of memory that are free. Is one cell far from the table? Delete what lies "
                        "beyond it"
                    )
    except TableError:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise _damaged(source, error) from None


def _reach(sheet: bytes) -> tuple[int, int]:
    """Return the last line and the last column that the XML of a sheet names."""
    rows = columns = 1
    for letters, digits in set(_PLACE.findall(sheet)):
        column = 0
        for letter in letters:
            column = 26 * column + letter - 64
        rows, columns = max(rows, int(digits)), max(columns, column)
    return rows, columns


def _reach_of_opendocument(sheets: bytes) -> tuple[int, int]:
    """Return the last line and the last column with a cell that is not empty, of all sheets; both may be repeated."""
    rows = columns = line = column = 0
    for part, given in _OPEN.findall(sheets):
        repeated = _REPEATED.search(given)
        times = int(repeated[1]) if repeated else 1
        if not part:
            line = 0
        elif part == b"-row":
            line, column = line + times, 0
        else:
            column += times
            if not given.endswith(b"/") or b":value" in given:
                rows, columns = max(rows, line), max(columns, column)
    return rows, columns
