"""Who reads the cells of an open file: text, or JSON, told by how it begins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from selenite.table.choice import Kept
from selenite.table.decode import utf_8_blocks
from selenite.table.json_rows import JsonReader, looks_like_json
from selenite.table.limits import Limits
from selenite.table.parse import CellReader
from selenite.table.schema import ReadOptions
from selenite.table.source import Source

Reader = CellReader | JsonReader


def reader_of(file: BinaryIO, source: Source, options: ReadOptions, limits: Limits, kept: Kept) -> Reader:
    """Return what gives the cells of an open file in pieces."""
    begin = file.tell() if file.seekable() else None
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
