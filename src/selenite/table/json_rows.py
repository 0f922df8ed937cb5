"""Reads JSON, one object a line or one list of objects: each is a row, its values are cells as those of a text file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

from selenite.errors import TableError
from selenite.memory import free_memory
from selenite.table.choice import Kept, positions
from selenite.table.decode import BLOCK_BYTES
from selenite.table.limits import CELL_BYTES, Limits, check_memory
from selenite.table.schema import ReadOptions
from selenite.table.table import Finding, called
from selenite.text import shown

Row = dict[str, Any]
PIECE_ROWS = 4096
MOST_HELD = 8 * BLOCK_BYTES  # of text whose rows are kept once they are read; those of more are read twice
_WORDS = {None: "", True: "true", False: "false"}
_LIKE_JSON = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{"\]]|\[[^\[\]\n]*\]\r?\n\[)')
_INSTEAD = 'write one object a line, as {"age": 20}, or a list of them (in pandas, to_json(orient="records"))'


def looks_like_json(start: bytes) -> bool:
    """Tell whether a text that begins so is JSON rather than a line of column names.

    >>> [looks_like_json(start) for start in (b'{"age": 20}', b'[{"age"', b'[[1, 2]', b"age,{sex}")]
    [True, True, True, False]
    """
    return _LIKE_JSON.match(start) is not None


class JsonReader:
    """Reads JSON as `CellReader` reads text; the columns stand in the order in which the rows first name them.

    `again` gives the blocks of the text once more; without it all rows are kept in memory.
    """

    def __init__(
        self,
        blocks: Iterator[bytes],
        again: Callable[[], Iterator[bytes]] | None,
        source: str,
        options: ReadOptions,
        limits: Limits,
        kept: Kept,
    ) -> None:
        self.source, self.options, self.limits, self._again = source, options, limits, again
        self.n_rows, self.n_bytes = 0, 0  # of the tables given so far
        self.findings: tuple[Finding, ...] = ()
        self._is_list = False
        self._held: list[Row] | None = []
        names: dict[str, None] = {}
        for n, (row, size) in enumerate(self._rows(blocks)):
            if len(row) > len(names) or not row.keys() <= names.keys():
                names.update(dict.fromkeys(row))
                limits.check(source, n, len(names), at_least=True)
            self.n_bytes += size
            if self._held is not None:
                self._held.append(row)
                if again is not None and self.n_bytes > MOST_HELD:
                    self._held = None
                elif n % PIECE_ROWS == 0:
                    check_memory(source, n, CELL_BYTES * n * len(names), free_memory(), at_least=True)
        self.n_bytes = 0
        if self._held and len(self._held) == 1 and all(isinstance(one, dict | list) for one in self._held[0].values()):
            raise TableError(f"{source} holds one JSON object of columns, and no rows: {_INSTEAD}")
        if not names:
            raise TableError(f"{source} names no column: {_INSTEAD}")
        self.names = kept(tuple(names), source)
        self.positions = positions(names, self.names)
        self.first_line = None if self._is_list else 1

    def tables(self) -> Iterator[Any]:
        """Give the rows, in pieces, as pyarrow tables of dictionaries of strings."""
        import pyarrow

        if self._held is not None:
            rows: Iterator[tuple[Row, int]] = ((row, 0) for row in self._held)
        else:
            assert self._again is not None
            rows = self._rows(self._again())
        while piece := list(islice(rows, PIECE_ROWS)):
            columns = [
                [self._cell(row.get(name), name, self.n_rows + i) for i, (row, _) in enumerate(piece)]
                for name in self.names
            ]
            arrays = [pyarrow.array(cells, pyarrow.string()).dictionary_encode() for cells in columns]
            self.n_rows += len(piece)
            self.n_bytes += sum(size for _, size in piece)
            self.limits.check(self.source, self.n_rows, len(self.names), at_least=True)
            yield pyarrow.table(arrays, names=[str(position) for position in self.positions])
        if self.n_rows < self.limits.fewest_rows:
            raise TableError(f"{self.source} has no rows")

    def where(self, row: int) -> str:
        """Say in which line of the file a row stands, or which row of a list it is."""
        return f"{self.source}, {'row' if self._is_list else 'line'} {row + 1:,}"

    def _cell(self, value: Any, name: str, row: int) -> str:
        """Return a value as a cell of text; refuse a list, an object, and text that is none."""
        if isinstance(value, str):
            if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise TableError(f"{self.where(row)}: {called(name)} holds half a letter (\\ud800 to \\udfff)")
            return value
        if isinstance(value, list | dict):
            what = "a list" if isinstance(value, list) else "an object"
            raise TableError(
                f"{self.where(row)}: {called(name)} holds {what}, and a cell holds one value. Give each value a column "
                f"of its own, or leave the column out with --drop"
            )
        return _WORDS[value]

    def _rows(self, blocks: Iterator[bytes]) -> Iterator[tuple[Row, int]]:
        """Give each object and the bytes of its line."""
        begin = next(blocks, b"")
        while begin.isspace() and (more := next(blocks, b"")):
            begin += more
        if begin.lstrip().startswith(b"["):
            self._is_list = True
            content = b"".join(chain([begin], blocks))
            found = self._parsed(content, self.source)
            for row in found if isinstance(found, list) else [found]:
                yield self._row(row, self.source), len(content) // max(len(found), 1)
            return
        for number, line in enumerate(_lines(chain([begin], blocks)), 1):
            if line.isspace() or not line:
                raise TableError(f"{self.source}, line {number:,} is blank. Each line must hold one object; delete it")
            yield (
                self._row(self._parsed(line, f"{self.source}, line {number:,}"), f"{self.source}, line {number:,}"),
                len(line),
            )

    def _row(self, found: Any, place: str) -> Row:
        """Return an object of single values; refuse others."""
        if not isinstance(found, dict):
            raise TableError(f"{place} holds {shown(json.dumps(found))} and no object: {_INSTEAD}")
        return found

    def _parsed(self, text: bytes, place: str) -> Any:
        """Return what JSON says, numbers as the texts that they are written in."""
        try:
            return json.loads(
                text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=lambda pairs: _object(pairs)
            )
        except _Twice as error:
            raise TableError(f"{place} names {shown(str(error))} twice in one object; rename one") from None
        except json.JSONDecodeError as error:
            if text.lstrip().startswith(b"{") and not text.rstrip().endswith(b"}"):
                raise TableError(
                    f"{place} ends within an object. Was the file cut off while it was written? Else {_INSTEAD}"
                ) from None
            raise TableError(f"{place} is not JSON: {error.msg} at letter {error.pos + 1:,}; {_INSTEAD}") from None
        except RecursionError:
            raise TableError(f"{place} is nested too deeply: {_INSTEAD}") from None


class _Twice(ValueError):
    """An object that names something twice."""


def _object(pairs: list[tuple[str, Any]]) -> Row:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Give the lines of a text, without blank ones at its end."""
    held, blank = b"", 0
    for block in chain(blocks, [b""]):
        held += block
        *lines, held = held.split(b"\n") if block else [held, b""]
        for line in lines:
            if not line.strip():
                blank += 1
                continue
            yield from [b""] * blank
            blank = 0
            yield line
