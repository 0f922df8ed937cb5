"""Reads the line of column names, and refuses what stands in its place: a title, a comment, `sep=;`, blanks."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise

from selenite.errors import DialectError, TableError
from selenite.table.dialect import quoted
from selenite.table.limits import Limits
from selenite.table.schema import ReadOptions
from selenite.table.table import require_different
from selenite.table.whole_rows import breaks, unclosed
from selenite.text import shown

LONGEST_ROW_BYTES = 64 << 20  # of a row; of most tables, whose header is short, a block
_LOOKED_AT = 1 << 16, 30  # bytes and rows at the beginning, to tell what stands above the names


@dataclass(frozen=True)
class Header:
    """The line of column names, and what was read beyond it."""

    written: tuple[str, ...]  # the names, with the blanks at their ends
    n_lines: int  # up to the end of the names, which may hold line breaks
    content: bytes
    rest: bytes

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(name.strip() for name in self.written)


def read_header(blocks: Iterator[bytes], source: str, options: ReadOptions, limits: Limits) -> Header:
    """Return the header of a text in UTF-8, whose first block or blocks it takes."""
    begin = next(blocks, b"")
    while len(begin) < LONGEST_ROW_BYTES and breaks(begin.lstrip(b"\r\n")) == 0 and (more := next(blocks, b"")):
        begin += more
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(begin.decode(errors="replace"), newline=""):
            taken.append(line)
            yield line

    try:
        row = next((row for row in csv.reader(lines(), delimiter=options.separator, strict=True) if row), None)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise TableError(unclosed(f"{source}, line 1")) from None
        if "expected after" in str(error):
            raise TableError(
                f"{source}, line 1: text follows the closing quote of a column name. Put all of the name in quotes, "
                f'and write a quote that belongs to it twice ("")'
            ) from None
        raise TableError(f"{source}, line 1: the line of column names cannot be read: {error}") from None
    if row is None or not any(name.strip() for name in row):
        raise TableError(f"{source} has no line of column names: it holds only blank lines")
    limits.check(source, 0, len(row))
    content = "".join(taken).encode()
    header = Header(tuple(row), len(taken), content, begin[len(content) :])
    _refuse_other_forms(row, begin, source, options)
    check_names(header.names, f"{source}, line 1")
    _refuse_a_single_name(header.names, source, options)
    return header


def _refuse_other_forms(row: list[str], begin: bytes, source: str, options: ReadOptions) -> None:
    """Refuse a first line that holds no names, and names that are not parted by the separator."""
    first = begin.lstrip(b"\r\n").decode(errors="replace")[:80]
    if told := re.match(r'"?sep=(.)"?[,;\t]*[\r\n]', first, re.IGNORECASE):
        more = "" if told[1] == options.separator else f" and add --separator {quoted(told[1])}"
        raise TableError(f"{source}, line 1 tells Excel the separator and names no column. Delete the line{more}")
    if late := [name for name in row if re.match(r'[ \t]+"', name)]:
        raise TableError(
            f"{source}, line 1: a blank stands before the quote of {shown(late[0])}. Write the file without blanks "
            f"beside its separators"
        )
    following = _rows_below(begin, options)
    if len(row) == 1:
        _refuse_another_separator(row[0], [options.separator.join(cells) for _, cells in following], source)
        _refuse_blanks_for_separators(row[0], [cells[0] for _, cells in following if len(cells) == 1], source)
    usual, _ = Counter(len(cells) for _, cells in following).most_common(1)[0] if following else (0, 0)
    line, names = next(((line, cells) for line, cells in following if len(cells) == usual), (0, []))
    if len(row) < usual and not any(_is_number(name) for name in names):
        above = "line" if line == 2 else f"{line - 1} lines"
        raise TableError(
            f"{source}, line 1 has {len(row):,} cell{'s' * (len(row) > 1)}, but most lines have {usual:,}: "
            f"{shown(options.separator.join(row))}. The names seem to be in line {line}; delete the {above} above them"
        )


def _rows_below(begin: bytes, options: ReadOptions) -> list[tuple[int, list[str]]]:
    """Return the first rows below the first line, each with its line."""
    most_bytes, most_rows = _LOOKED_AT
    text = begin[:most_bytes].decode(errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=options.separator)
    rows: list[tuple[int, list[str]]] = []
    with suppress(csv.Error):
        rows.extend((reader.line_num, cells) for cells in islice(reader, most_rows) if cells)
    return rows[1:-1] if len(begin) > most_bytes else rows[1:]  # the last one may be cut off


def _refuse_another_separator(name: str, lines: list[str], source: str) -> None:
    """Refuse a single name if another mark parts it, and all lines, into as many cells."""
    for mark in dict.fromkeys([*";\t|,", *re.findall(r"[^\w\s.()'\"-]|[\x01-\x08\x1c-\x1f]", name)]):
        count = name.count(mark)
        if not count or not lines or any(line.count(mark) != count for line in lines):
            continue
        if mark == ":" and not any(re.search(r"[^\d:]", line) for line in lines):  # times of the day
            continue
        told, remedy = f"{source} seems to have one column only, called {shown(name)}", ""
        if name.count(mark * 2) * 2 == count:
            remedy = f"Write one {quoted(mark)} in place of two, and add --separator {quoted(mark)}"
        elif not mark.isascii():
            remedy = f'Write commas in place of "{mark}"'
        raise TableError(f"{told}. {remedy}") if remedy else _separated_by(mark, told)


def _separated_by(mark: str, told: str) -> DialectError:
    """Return the error that names another separator."""
    return DialectError(f"{told}. Add --separator {quoted(mark)}", separator=mark)


def _refuse_blanks_for_separators(name: str, cells: list[str], source: str) -> None:
    """Refuse a single column if its cells are numbers, or some, parted by blanks as the names are."""
    parts = [re.findall(r"[^ \t]+", line) for line in (name, *cells)]
    n = len(parts[0])
    if n < 2 or len(parts) < 2 or re.search(r"[\t;,|]", name) or any(len(found) != n for found in parts):
        return
    if not all(any(map(_is_number, found)) for found in parts[1:]):
        return
    single = all(len(re.findall(r"[ \t]", line)) == n - 1 for line in (name, *cells))
    told = f"{source}: the columns seem to be parted by blanks: {shown(name)}"
    if single:
        raise _separated_by(" ", told)
    raise TableError(f"{told}. Write commas in place of them: tr -s ' ' ',' < FILE > NEW_FILE")


def _is_number(text: str) -> bool:
    with suppress(ValueError):
        return float(text) == float(text)
    return False


def check_names(names: tuple[str, ...], place: str) -> None:
    """Refuse names of columns that are missing, or given twice."""
    empty = [i + 1 for i, name in enumerate(names) if not name]
    if len(empty) > 1:
        if names[0] and len(empty) == len(names) - 1:
            raise TableError(f"{place} names one column only: {shown(names[0])}. Delete it if it is a title")
        raise TableError(f"{place}: columns {empty[0]} and {empty[1]} have no name. Give each column a name")
    hint = ". Does the file begin with its column names?" if looks_like_values(names) else "; rename one"
    require_different(names, place, hint)


def _refuse_a_single_name(names: tuple[str, ...], source: str, options: ReadOptions) -> None:
    """Refuse a single name that holds a usual separator."""
    if len(names) == 1:
        for other in ";\t|,":
            if other != options.separator and other in names[0]:
                raise _separated_by(other, f"{source} seems to have one column only, called {shown(names[0])}")


def looks_like_values(names: tuple[str, ...]) -> bool:
    """Tell whether a header holds numbers that are no plain counting."""
    try:
        values = [float(name) for name in names]
    except ValueError:
        return False
    return any(b - a != 1 for a, b in pairwise(values))
