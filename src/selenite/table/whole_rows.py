"""Cuts text into pieces of whole rows, and refuses quotes that swallow lines or have text behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selenite.errors import TableError
from selenite.text import shown

STRAY_SHARE = 0.8  # from this share of a cell's lines with as many cells as the header on, its quotes are strays ...
FEWEST_SEPARATORS = 3  # ... if the lines that it takes in have this many; with fewer, it is read and noted


class WholeRows:
    """Text below a header, in pieces that end where a row ends.

    A quote opens a cell only where the cell begins, and closes it only where it ends; elsewhere, as in 5" pipe, it is a
    letter.
    """

    def __init__(self, blocks: Iterator[bytes], source: str, separator: str, n_columns: int) -> None:
        self.blocks, self.source, self.n_columns, self.separator = blocks, source, n_columns, separator.encode()
        self.lines = 0  # above the piece that comes next
        self.lines_within = 0  # line breaks within quotes
        self.blank_end = 0  # blank lines at the end, as yet
        self.n_doubtful = 0  # cells of several lines that may be rows between two stray quotes ...
        self.doubtful_lines = (0, 0)  # ... and where the first one opens and closes
        s = re.escape(self.separator)
        blank = rb"" if self.separator in b" \t" else rb"(?![ \t]+\")"
        free = blank + rb'[^"' + s + rb"\r\n][^" + s + rb"\r\n]*+"
        flat, quoted = rb'"[^"\r\n]*+(?:""[^"\r\n]*+)*+"', rb'"[^"]*+(?:""[^"]*+)*+"'
        end = rb"(?:\r\n?|\n)"
        cells = rb"(?:(?:%s|%s)?+%s)*+" % (quoted, free, s)
        row = rb"(?:%s|%s)?+(?:%s(?:%s|%s)?+)*+" % (flat, free, s, flat, free)
        self._plain_rows = re.compile(rb"(?:%s%s)*+" % (row, end))
        self._row = re.compile(rb"%s(?:%s|%s)?+%s" % (cells, quoted, free, end))
        self._text_after = re.compile(rb"%s(%s)(?=[^%s\r\n])[^%s\r\n]*+" % (cells, quoted, s, s))
        self._blank_before = re.compile(rb'%s([ \t]+"[^%s\r\n]*+)' % (cells, s))
        self._cell, self._flat = re.compile(rb"(%s)|%s" % (quoted, free)), re.compile(flat)
        self._begin = re.compile(cells)

    def skip_header(self, header: bytes) -> None:
        """Take note of the header's lines, which stand above the rows."""
        self._look_at(header, 0, len(header))
        self.lines, self.lines_within = breaks(header), 0

    def pieces(self, size: int) -> Iterator[bytes]:
        """Give the text in pieces; a row longer than `size` is refused."""
        held, more = b"", True
        while more:
            block = next(self.blocks, b"")
            more = bool(block)
            held += block if block or not held or held.endswith((b"\r", b"\n")) else b"\n"
            if more and len(held) < size:
                continue
            end = self._end_of_rows(held, last=not more)
            if end < len(held) and not more:
                raise TableError(unclosed(f"{self.source}, line {self._line(held, self._open_quote(held, end)):,}"))
            if len(held) - end > size:
                raise self._too_long(held, end, size)
            piece, held = held[:end], held[end:]
            if piece:
                content = piece.rstrip(b"\r\n")
                blank = breaks(piece[len(content) :])
                self.blank_end = blank - 1 if content else self.blank_end + blank
                self.lines += breaks(piece)
                yield piece

    def _end_of_rows(self, text: bytes, last: bool) -> int:
        """Return where the last whole row ends, having looked at every quote up to there."""
        known = len(text) if last or not text.endswith(b"\r") else len(text) - 1  # a line feed may follow
        if b'"' not in text:
            return max(text.rfind(b"\n", 0, known), text.rfind(b"\r", 0, known)) + 1
        end = 0
        while True:
            end = self._plain_rows.match(text, end, known).end()  # type: ignore[union-attr] # it may be empty
            row = self._row.match(text, end, known)
            if row is None:
                break
            self._look_at(text, end, row.end())
            end = row.end()
        if found := self._text_after.match(text, end, known):
            raise TableError(self._text_after_message(text, found))
        if found := self._blank_before.match(text, end, known):
            raise TableError(
                f"{self.source}, line {self._line(text, found.start(1)):,}: a blank stands before the quote of "
                f"{_shown(found[1])}. Write the file without blanks beside its separators"
            )
        return end

    def _text_after_message(self, text: bytes, found: re.Match[bytes]) -> str:
        opens, closes = self._line(text, found.start(1)), self._line(text, found.end(1) - 1)
        remedy = 'put all of the cell in quotes, and write a quote that belongs to it twice ("")'
        if opens == closes:
            cell = _shown(text[found.start(1) : found.end()])
            return f"{self.source}, line {opens:,}: text follows the closing quote in {cell}. To mend it, {remedy}"
        return (
            f"{self.source}: a quote opens in line {opens:,} and closes in line {closes:,}, where text follows it: "
            f"{_shown(text[found.end(1) - 1 : found.end()])}. Delete the quote that is a mistake, or {remedy}"
        )

    def _look_at(self, text: bytes, begin: int, end: int) -> None:
        """Judge the cells of several lines in a row: is each one text, or are they rows between two stray quotes?"""
        for cell in self._cell.finditer(text, begin, end):
            inside = cell[1]
            within = breaks(inside) if inside else 0
            if not within:
                continue
            self.lines_within += within
            per_row = self.n_columns - 1
            if inside.count(self.separator) < STRAY_SHARE * (within - 1) * per_row:
                continue
            first = max(text.rfind(b"\n", 0, cell.start()), text.rfind(b"\r", 0, cell.start())) + 1
            rest = re.compile(rb"[^\r\n]*").match(text, cell.end())
            lines = re.split(rb"\r\n?|\n", inside)
            lines[0] = self._flat.sub(b"", text[first : cell.start()]) + lines[0]
            lines[-1] += self._flat.sub(b"", rest[0] if rest else b"")
            outside = text[first : cell.start()] + (rest[0] if rest else b"")
            spaced = self.separator in b" \t" or self.separator + b" " in outside
            alike = sum(self._separators(line, spaced) == per_row for line in lines)
            if alike < STRAY_SHARE * len(lines):
                continue
            few = within * per_row < FEWEST_SEPARATORS
            self.n_doubtful += few
            if few and self.n_doubtful > 1:
                continue
            opens, closes = self._line(text, cell.start()), self._line(text, cell.end() - 1)
            if few:
                self.doubtful_lines = opens, closes
                continue
            raise TableError(
                f"{self.source}: a quote opens in line {opens:,} and closes in line {closes:,}, and the lines between "
                f"look like rows of their own. Delete the quotes, or write one that belongs to a text twice in quotes "
                f'(5" as "5"""). A text that is meant so may not have as many separators in its lines as the header'
            )

    def _separators(self, line: bytes, spaced: bool) -> int:
        """Return how many separators a line has; one with a blank behind it belongs to a sentence, unless all have."""
        return line.count(self.separator) - (0 if spaced else line.count(self.separator + b" "))

    def _line(self, text: bytes, position: int) -> int:
        return self.lines + breaks(text[:position]) + 1

    def _open_quote(self, text: bytes, begin: int) -> int:
        """Return where the quote opens that an unfinished row does not close."""
        return self._begin.match(text, begin).end()  # type: ignore[union-attr] # it may be empty

    def _too_long(self, text: bytes, begin: int, size: int) -> TableError:
        position = self._open_quote(text, begin)
        place = f"{self.source}, line {self._line(text, position):,}"
        if text[position : position + 1] == b'"':
            return TableError(f"{place}: a quote is opened here and not closed within {size >> 20} MB")
        return TableError(f"{place} is longer than {size >> 20} MB. Is it a table of text?")


def breaks(text: bytes) -> int:
    r"""Return how many line breaks there are: \n, \r\n or \r.

    >>> breaks(b"1\n2\r\n3\r4")
    3
    """
    returns = text.count(b"\r")
    return text.count(b"\n") + (returns - text.count(b"\r\n") if returns else 0)


def unclosed(place: str) -> str:
    """Say that a quote is never closed."""
    return f'{place}: a quote (") is opened and never closed. Close it, or double it if it belongs to the text'


def _shown(cell: bytes) -> str:
    return shown(cell.decode(errors="replace"))
