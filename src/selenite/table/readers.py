"""Who reads the cells of an open file, text, JSON or a spreadsheet, told by how it begins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from selenite.table.choice import Kept
from selenite.table.decode import next_bytes, utf_8_blocks
from selenite.table.json_rows import JsonReader, looks_like_json
from selenite.table.limits import Limits
from selenite.table.parse import CellReader
from selenite.table.schema import ReadOptions
from selenite.table.sheets import SheetReader, looks_like_workbook
from selenite.table.source import Source

Reader = CellReader | JsonReader | SheetReader
_LOOKED_AT = 4096  # bytes


def reader_of(file: BinaryIO, source: Source, options: ReadOptions, limits: Limits, kept: Kept) -> Reader:
    """Return what gives the cells of an open file in pieces."""
    begin = file.tell() if file.seekable() else None
    if looks_like_workbook(_start_of(file, source.name, begin), source.path.suffix if source.path else ""):
        return SheetReader(file.read(), source.name, options, limits, kept)
    blocks = utf_8_blocks(file, source.name, options.encoding, source.reopen is not None)
    first = next(blocks, b"")
    whole = chain([first] * bool(first), blocks)
    if not looks_like_json(first):
        return CellReader(whole, source.name, source.separated(options), source.reopen, limits, kept)

    def again() -> Iterator[bytes]:
        assert begin is not None
        file.seek(begin)
        return utf_8_blocks(file, source.name, options.encoding, source.reopen is not None)

    return JsonReader(whole, None if begin is None else again, source.name, options, limits, kept)


def _start_of(file: BinaryIO, source: str, begin: int | None) -> bytes:
    """Return the first bytes of an open file, which still stands at its beginning; none where that cannot be."""
    if begin is None:
        return bytes(file.peek(_LOOKED_AT)) if hasattr(file, "peek") else b""
    start = next_bytes(file, source, _LOOKED_AT)
    file.seek(begin)
    return start
