"""Reads a text file strictly: every cell as text, every doubt refused with its line and a remedy."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from selenite.errors import OptionError, TableError
from selenite.table.choice import Kept, positions
from selenite.table.decode import BLOCK_BYTES
from selenite.table.header import LONGEST_ROW_BYTES, Header, looks_like_values, read_header
from selenite.table.limits import Limits
from selenite.table.schema import ReadOptions
from selenite.table.table import Finding
from selenite.table.whole_rows import WholeRows, breaks
from selenite.text import counted, shown


class CellReader:
    """Reads a text, given in blocks of UTF-8, cell by cell.

    Once its tables are all given, it knows what is true of the whole file.
    `tables` gives the rows of the columns that are `kept` as pyarrow tables of dictionaries of strings, called by their
    positions: "0", "1", ...
    `reopen` lets an error find its line.
    """

    def __init__(
        self,
        blocks: Iterator[bytes],
        source: str,
        options: ReadOptions,
        reopen: Callable[[], BinaryIO] | None,
        limits: Limits,
        kept: Kept,
    ) -> None:
        if len(options.separator) != 1 or options.separator in '"\r\n' or not options.separator.isascii():
            raise OptionError(f"the separator must be one character such as ; or |, not {shown(options.separator)}")
        self.source, self.options, self.reopen, self.limits = source, options, reopen, limits
        self._header = header = read_header(blocks, source, options, limits)
        self.names = kept(header.names, source)
        self.positions = positions(header.names, self.names)  # in the file
        self._rows = WholeRows(
            chain([header.rest] * bool(header.rest), blocks), source, options.separator, len(header.names)
        )
        self._rows.skip_header(header.content)
        self.n_rows, self.n_bytes = 0, 0  # of the tables given so far
        self.first_line: int | None = None  # of row 0, if every row is one line
        self.findings: tuple[Finding, ...] = ()

    def tables(self) -> Iterator[Any]:
        """Give the rows, in pieces of whole rows, each of about a megabyte or of sixteen headers."""
        longest_row = min(max(16 * len(self._header.content), BLOCK_BYTES), LONGEST_ROW_BYTES)
        for table in self._parse(self._rows.pieces(longest_row)):
            self.n_rows += table.num_rows
            self.limits.check(self.source, self.n_rows, len(self.names), at_least=True)
            yield table
        if self.n_rows < self.limits.fewest_rows:
            raise TableError(f"{self.source} has a header but no rows. Was it cut off while it was written?")
        rows, header = self._rows, self._header
        blank_end = rows.blank_end if len(header.names) > 1 else 0  # of a single column it is a missing value
        blank = rows.lines - header.n_lines - self.n_rows - rows.lines_within - blank_end
        self.first_line = header.n_lines + 1 if blank == 0 and rows.lines_within == 0 else None
        self.findings = _findings(self.source, header, blank, rows)

    def where(self, row: int) -> str:
        """Say in which line of the file a row stands, 'FILE, line 12', or which row it is."""
        if self.reopen is not None:
            line = _line_of_row(self.reopen, self.options, row)
        else:
            line = None if self.first_line is None else self.first_line + row
        return f"{self.source}, row {row + 1:,}" if line is None else f"{self.source}, line {line:,}"

    def _parse(self, pieces: Iterator[bytes]) -> Iterator[Any]:
        import pyarrow
        from pyarrow.csv import ConvertOptions, ParseOptions, read_csv
        from pyarrow.csv import ReadOptions as ArrowReadOptions

        bad: list[tuple[int, int, str]] = []

        def invalid(row: Any) -> str:
            bad.append((self.n_rows + row.number - 1, row.actual_columns, row.text))
            return "error"

        names = self._header.names
        keys = [str(i) for i in range(len(names))]
        parsing = ParseOptions(
            delimiter=self.options.separator,
            newlines_in_values=True,
            ignore_empty_lines=len(names) > 1,
            invalid_row_handler=invalid,
        )
        conversion = ConvertOptions(
            column_types=dict.fromkeys(keys, pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
            include_columns=[keys[i] for i in self.positions],
            null_values=[],
            strings_can_be_null=False,
        )
        for piece in pieces:
            self.n_bytes += len(piece)
            if piece.startswith(codecs.BOM_UTF8):  # which Arrow takes off, as if a file began here
                piece = codecs.BOM_UTF8 + piece
            reading = ArrowReadOptions(use_threads=False, block_size=len(piece) + 1, column_names=keys)
            try:
                yield read_csv(pyarrow.BufferReader(piece), reading, parsing, conversion)
            except pyarrow.ArrowInvalid as error:
                if "Empty CSV" in str(error):
                    continue
                if bad:
                    raise TableError(_bad_row_message(*bad[0], names, self.options, self.where)) from None
                raise TableError(f"{self.where(self.n_rows)} or below cannot be read: {error}") from None


def _findings(source: str, header: Header, blank: int, rows: WholeRows) -> tuple[Finding, ...]:
    """Return what to know of names, of blank lines, and of cells of several lines that may be rows between quotes."""
    findings: list[Finding] = []
    if bare := [name for name in header.written if name != name.strip()]:
        first = f"{', '.join(map(shown, bare[:3]))}{', ...' if len(bare) > 3 else ''}"
        message = f"{source}: {counted(len(bare), 'column name')} read without the blanks at an end: {first}"
        findings.append(Finding("names", "", message))
    if blank > 0:
        findings.append(Finding("blank lines", "", f"{source}: {counted(blank, 'blank line')} skipped"))
    if rows.n_doubtful:
        opens, closes = rows.doubtful_lines
        others = f", and of {rows.n_doubtful - 1:,} more" if rows.n_doubtful > 1 else ""
        message = (
            f"{source}: the quotes that open in line {opens:,} and close in line {closes:,}{others} were read as "
            "around one text of several lines; are they rows?"
        )
        findings.append(Finding("quotes", "", message))
    if looks_like_values(header.names):
        first_line = shown(", ".join(header.names))
        message = f"{source}: the first line was read as names, but looks like values: {first_line}"
        findings.append(Finding("names", "", message))
    return tuple(findings)


def _bad_row_message(
    row: int, found: int, text: str, names: tuple[str, ...], options: ReadOptions, where: Callable[[int], str]
) -> str:
    expected = len(names)
    remedy = "Complete the row or delete it"
    if found > expected:
        mark = "a tab" if options.separator == "\t" else f'"{options.separator}"'
        remedy = f"Put text that contains {mark} in quotes, or name another --separator"
        if found == expected + 1 and text.rstrip("\r\n").endswith(options.separator):
            remedy = f"Delete the {mark} at the end of such lines, or write one behind the names, too"
        elif (row, found) == (0, expected + 1):
            remedy = f"Is a name missing in the first line, perhaps that of the rows' names? Else: {remedy}"
    if in_names := sum(breaks(name.encode()) for name in names):
        remedy = f"A quote holds the first {in_names + 1:,} lines of the file together in the header; is it a mistake?"
    elif within := breaks(text.strip("\r\n").encode()):
        remedy = f"A quote holds {within + 1:,} lines of the file together in this row; is it a mistake? {remedy}"
    return f"{where(row)} has {counted(found, 'cell')}, the header {expected:,}: {shown(text)}. {remedy}"


def _line_of_row(reopen: Callable[[], BinaryIO], options: ReadOptions, row: int) -> int | None:
    """Return the line at which a row begins, by reading the file again, or None."""
    try:
        with reopen() as file:
            lines = io.TextIOWrapper(file, options.encoding, errors="replace", newline="")
            reader = csv.reader(lines, delimiter=options.separator)
            line, seen, single = 1, -1, False
            for cells in reader:
                if cells or (single and seen >= 0):
                    if seen == row:
                        return line
                    single = single or (seen < 0 and len(cells) == 1)
                    seen += 1
                line = reader.line_num + 1
    except (csv.Error, OSError, EOFError):
        return line
    return None
