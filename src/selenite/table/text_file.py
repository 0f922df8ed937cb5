"""Reads a text file strictly: every cell as text, every doubt refused with its line and a remedy."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, BinaryIO

from selenite.errors import OptionError, TableError, shown
from selenite.table.schema import ReadOptions

BLOCK_BYTES = 1 << 20  # how much is read at a time; a longer row is refused ...
LONGEST_ROW_BYTES = 64 << 20  # ... unless the header is long, too, and never beyond this
MOST_COLUMNS = 100_000
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an Excel file; save the sheet as CSV"),
    (b"PAR1", "a Parquet file; name it .parquet"),
    (b"\x1f\x8b", "compressed with gzip; name it .csv.gz"),
    (b"\x89PNG", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format", "a database; export the table as CSV"),
    (b"\x80\x02", "a Python pickle, which is not safe to open; write the table as CSV or Parquet"),
    (b"\x80\x03", "a Python pickle, which is not safe to open; write the table as CSV or Parquet"),
    (b"\x80\x04", "a Python pickle, which is not safe to open; write the table as CSV or Parquet"),
    (b"\x80\x05", "a Python pickle, which is not safe to open; write the table as CSV or Parquet"),
)


@dataclass(frozen=True)
class TextCells:
    """A text file, cell by cell."""

    names: tuple[str, ...]
    columns: tuple[Any, ...]  # one pyarrow.ChunkedArray of strings a column
    n_rows: int
    first_line: int | None  # line of row 0, if every row is one line
    where: Callable[[int], str]  # 'file, line 12' of a row
    notices: tuple[str, ...]


def read_cells(file: BinaryIO, source: str, options: ReadOptions, reopen: Callable[[], BinaryIO] | None) -> TextCells:
    """Return the cells of an open text file; `reopen` lets an error find its line."""
    if len(options.separator) != 1 or options.separator in '"\r\n' or not options.separator.isascii():
        raise OptionError(f"the separator must be one character such as ; or |, not {shown(options.separator)}")
    text = CheckedText(file, source, options.encoding)
    header, header_lines = _header(text, source, options)
    names = tuple(name.strip() for name in header)
    block_bytes = min(max(16 * text.header_bytes, BLOCK_BYTES), LONGEST_ROW_BYTES)
    text.longest_row = block_bytes

    def where(row: int, first_line: int | None = None) -> str:
        if reopen is not None:
            line = _line_of_row(reopen, options, row)
        else:
            line = None if first_line is None else first_line + row
        return f"{source}, row {row + 1:,}" if line is None else f"{source}, line {line:,}"

    columns = _parse(text, names, options, block_bytes, where)
    n_rows = len(columns[0]) if columns else 0
    if n_rows == 0:
        raise TableError(f"{source} has a header but no rows. Was it cut off while it was written?")
    blank_end = text.blank_end if len(names) > 1 else 0  # in a single column, a blank line is a missing value
    surplus = text.lines - header_lines - n_rows - blank_end  # > 0: blank lines, or line breaks inside quotes
    if text.quotes % 2 and (surplus or re.search(_unclosed(options.separator), text.tail)):
        raise TableError(_unclosed_message(where(n_rows - 1, header_lines + 1)))
    first_line = header_lines + 1 if surplus == 0 else None
    notices = []
    if bare := [name for name in header if name != name.strip()]:
        notices.append(
            f"{source}: {len(bare):,} column name{'s' if len(bare) > 1 else ''} read without the blanks at an end: "
            f"{', '.join(map(shown, bare[:3]))}{', ...' if len(bare) > 3 else ''}"
        )
    if surplus > 0 and text.quotes == 0:
        notices.append(f"{source}: {surplus:,} blank line{'s' if surplus > 1 else ''} skipped")
    if _looks_like_values(names):
        notices.append(f"{source}: the first line was read as names, but looks like values: {shown(', '.join(names))}")
    return TextCells(names, columns, n_rows, first_line, lambda row: where(row, first_line), tuple(notices))


class CheckedText:
    """A file that hands on its bytes as UTF-8, block by block, once they are known to be text."""

    def __init__(self, file: BinaryIO, source: str, encoding: str) -> None:
        self.file, self.source, self.encoding = file, source, encoding
        try:
            name = codecs.lookup(encoding).name
            self.decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
            line = "a,1\n".encode(name)  # what encodes no text, such as base64, raises here
            codecs.getincrementaldecoder(name)().decode(line[:-1])  # and what cannot be read in parts, punycode, here
        except (LookupError, UnicodeError):
            raise OptionError(f"unknown encoding {shown(encoding)}; usual ones are utf-8, latin-1, cp1252") from None
        self.pending, self.tail, self.ended, self.began = b"", b"", False, False
        self.lines = self.quotes = self.open_line = self.header_bytes = self.blank_end = 0
        self.longest_row = LONGEST_ROW_BYTES

    def read(self) -> bytes:
        """Return the next bytes, none at the end."""
        given, self.pending = self.pending or self._next_block(), b""
        return given

    def _next_block(self) -> bytes:
        while not self.ended:
            try:
                raw = self.file.read(BLOCK_BYTES)
            except (EOFError, OSError, ValueError) as error:  # what gzip raises: BadGzipFile, EOFError, zlib.error
                raise TableError(f"{self.source} cannot be read: {error}") from error
            except Exception as error:
                raise TableError(f"{self.source} is damaged: {error}") from error
            self.ended = not raw
            if not self.began:
                _refuse_foreign(raw, self.source, self.encoding)
                self.began = True
            try:
                block = self.decoder.decode(raw, self.ended).encode()
            except UnicodeDecodeError as error:
                line = self.lines + error.object[: error.start].count(b"\n") + 1
                raise TableError(
                    f"{self.source}, line {line:,}: byte 0x{error.object[error.start]:02X} is not {self.encoding}. "
                    f"Add --encoding latin-1 (or the encoding it was written in)"
                ) from None
            except UnicodeError as error:
                raise TableError(
                    f"{self.source} is not {self.encoding}: {error}. Add the --encoding it was written in"
                ) from None
            self._look_through(block)
            if block:
                return block
        return b""

    def _look_through(self, block: bytes) -> None:
        """Count lines and quotes; refuse NUL bytes and rows that are too long."""
        if (zero := block.find(b"\0")) >= 0:
            line = self.lines + block.count(b"\n", 0, zero) + 1
            raise TableError(
                f"{self.source}, line {line:,} holds a NUL byte, which no text has. "
                f"Is it a binary file, or --encoding utf-16?"
            )
        lone_returns = block.count(b"\r") - block.count(b"\r\n")
        if self.tail.endswith(b"\r") and block.startswith(b"\n"):
            lone_returns -= 1
        first, last = (find(block) for find in (_first_break, _last_break))
        if self.open_line + (len(block) if first < 0 else first) > self.longest_row:
            raise TableError(
                f"{self.source}, line {self.lines + 1:,} is longer than {self.longest_row >> 20} MB. "
                f"Is it a table of text?"
            )
        self.open_line = self.open_line + len(block) if last < 0 else len(block) - last - 1
        self.lines += block.count(b"\n") + lone_returns + int(self.ended and self.open_line > 0)
        self.quotes += block.count(b'"')
        content = block.rstrip(b"\r\n")
        breaks = block.count(b"\n", len(content)) + (block[len(content) :].count(b"\r") if b"\n" not in block else 0)
        self.blank_end = max(breaks - 1, 0) if content else self.blank_end + breaks
        self.tail = (self.tail + block if last < 0 else block[_last_break(content) + 1 :])[-BLOCK_BYTES:]


def _first_break(block: bytes) -> int:
    found = [i for i in (block.find(b"\n"), block.find(b"\r")) if i >= 0]
    return min(found, default=-1)


def _last_break(block: bytes) -> int:
    return max(block.rfind(b"\n"), block.rfind(b"\r"))


def _refuse_foreign(start: bytes, source: str, encoding: str) -> None:
    """Refuse what is plainly no text, or text in another encoding."""
    if not start:
        raise TableError(f"{source} is empty. A table begins with a line of column names")
    for mark, what in _FOREIGN:
        if start.startswith(mark):
            raise TableError(f"{source} is not text but {what}")
    wide = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}.get(start[:2])
    if wide and not encoding.lower().replace("_", "-").startswith(("utf-16", "utf16", "utf-32", "utf32")):
        raise TableError(f"{source} is written in UTF-16. Add --encoding {wide}")


def _header(text: CheckedText, source: str, options: ReadOptions) -> tuple[tuple[str, ...], int]:
    """Take the names off the beginning of the text, as they are written; also return how many lines they took."""
    begin = text.read()
    while _first_break(begin.lstrip(b"\r\n")) < 0 and (more := text.read()):
        begin += more
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(begin.decode(errors="replace"), newline=""):
            taken.append(line)
            yield line

    try:
        row = next((row for row in csv.reader(lines(), delimiter=options.separator) if row), None)
    except csv.Error as error:
        raise TableError(f"{source}, line 1: the line of column names cannot be read: {error}") from None
    if row is None or not any(name.strip() for name in row):
        raise TableError(f"{source} has no line of column names: it holds only blank lines")
    text.header_bytes = len("".join(taken).encode())
    if "".join(taken).count('"') % 2:
        raise TableError(_unclosed_message(f"{source}, line 1"))
    text.pending = begin[text.header_bytes :] + text.pending
    _check_names(tuple(name.strip() for name in row), source, options)
    return tuple(row), len(taken)


def _check_names(names: tuple[str, ...], source: str, options: ReadOptions) -> None:
    if len(names) > MOST_COLUMNS:
        raise TableError(f"{source} has {len(names):,} columns; at most {MOST_COLUMNS:,} can be read")
    empty = [i + 1 for i, name in enumerate(names) if not name]
    if len(empty) > 1:
        raise TableError(f"{source}, line 1: columns {empty[0]} and {empty[1]} have no name. Give each column a name")
    first: dict[str, int] = {}
    for i, name in enumerate(names):
        if name in first:
            hint = ". Does the file begin with its column names?" if _looks_like_values(names) else "; rename one"
            raise TableError(
                f"{source}, line 1: columns {first[name] + 1} and {i + 1} are both called {shown(name)}{hint}"
            )
        first[name] = i
    if len(names) == 1:
        for other, spelled in ((";", '";"'), ("\t", "tab"), ("|", '"|"'), (",", '","')):
            if other != options.separator and other in names[0]:
                raise TableError(
                    f"{source} seems to have one column only, called {shown(names[0])}. Add --separator {spelled}"
                )


def _parse(
    text: CheckedText, names: tuple[str, ...], options: ReadOptions, block_bytes: int, where: Callable[[int], str]
) -> tuple[Any, ...]:
    """Return the cells below the header, a chunked array of strings a column."""
    import pyarrow
    from pyarrow.csv import ConvertOptions, ParseOptions, open_csv, read_csv
    from pyarrow.csv import ReadOptions as ArrowReadOptions

    bad: list[tuple[int, int, str]] = []

    def invalid(row: Any) -> str:
        bad.append((row.number - 1, row.actual_columns, row.text))
        return "error"

    content = pyarrow.BufferOutputStream()
    while block := text.read():
        content.write(block)
    content = content.getvalue()
    keys = [str(i) for i in range(len(names))]

    def read_by(reader: Any, invalid_row_handler: Any = None) -> Any:
        return reader(
            pyarrow.BufferReader(content),
            ArrowReadOptions(use_threads=False, block_size=block_bytes, column_names=keys),
            ParseOptions(
                delimiter=options.separator,
                newlines_in_values=True,
                ignore_empty_lines=len(names) > 1,
                invalid_row_handler=invalid_row_handler,
            ),
            ConvertOptions(
                column_types=dict.fromkeys(keys, pyarrow.string()), null_values=[], strings_can_be_null=False
            ),
        )

    # `open_csv` has threads that may outlive it. One that then needs Python aborts a program that is ending, so they
    # get neither a file nor a function of ours; which row is bad, `read_csv` tells, in this thread.
    n_rows = 0
    try:
        reader = read_by(open_csv)
        batches = []
        for batch in reader:
            batches.append(batch)
            n_rows += batch.num_rows
    except pyarrow.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return ()
        with suppress(pyarrow.ArrowInvalid):
            read_by(read_csv, invalid)
        if bad:
            raise TableError(_bad_row_message(*bad[0], len(names), options, where)) from None
        if "straddling" in str(error):
            raise TableError(
                f"{where(n_rows)}: here or below, a quote is opened and not closed within {block_bytes >> 20} MB"
            ) from None
        raise TableError(f"{where(n_rows)} or below cannot be read: {error}") from None
    return tuple(pyarrow.Table.from_batches(batches, reader.schema).columns)


def _bad_row_message(
    row: int, found: int, text: str, expected: int, options: ReadOptions, where: Callable[[int], str]
) -> str:
    if re.search(_unclosed(options.separator), text.encode()) and "\n" in text:
        return _unclosed_message(where(row))
    remedy = (
        f'Put text that contains "{options.separator}" in quotes, or name another --separator'
        if found > expected
        else "Complete the row or delete it"
    )
    return f"{where(row)} has {found:,} cell{'s' * (found != 1)}, the header {expected:,}: {shown(text)}. {remedy}"


def _unclosed(separator: str) -> bytes:
    """Return the pattern of a cell that opens a quote and never closes it."""
    return b"(^|[\r\n]|" + re.escape(separator.encode()) + b')"([^"]|"")*$'


def _unclosed_message(where: str) -> str:
    return f'{where}: a quote (") is opened and never closed. Close it, or double it if it belongs to the text'


def _looks_like_values(names: tuple[str, ...]) -> bool:
    """Tell whether a header holds numbers that are no plain counting."""
    try:
        values = [float(name) for name in names]
    except ValueError:
        return False
    return any(b - a != 1 for a, b in pairwise(values))


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
