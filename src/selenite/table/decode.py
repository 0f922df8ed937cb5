"""Hands on the bytes of a text file as UTF-8, block by block, once they are known to be text."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from selenite.errors import OptionError, TableError
from selenite.table.foreign import encoding_advice, what_it_is, wide_encoding
from selenite.table.whole_rows import breaks
from selenite.text import shown

BLOCK_BYTES = 1 << 20  # how much is read at a time


class CheckedText:
    """An open file as text; what is none is refused with its line and a remedy."""

    def __init__(self, file: BinaryIO, source: str, encoding: str, on_disk: bool) -> None:
        """`on_disk` says whether the file has a name that can be changed."""
        self.file, self.source, self.encoding, self.on_disk = file, source, encoding, on_disk
        try:
            name = codecs.lookup(encoding).name
            self.is_utf_8 = name.startswith("utf-8")
            self.decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
            line = "a,1\n".encode(name)  # what encodes no text, such as base64, raises here
            codecs.getincrementaldecoder(name)().decode(line[:-1])  # and what cannot be read in parts, punycode, here
        except (LookupError, UnicodeError):
            raise OptionError(f"unknown encoding {shown(encoding)}; usual ones are utf-8, latin-1, cp1252") from None
        self.pending, self.lines, self.header = b"", 0, b""
        self.ended = self.began = False

    def read(self) -> bytes:
        """Return the next bytes, none at the end."""
        given, self.pending = self.pending or self._next_block(), b""
        return given

    def _next_block(self) -> bytes:
        while not self.ended:
            raw = self._next_bytes()
            self.ended = not raw
            if not self.began:
                self._look_at_start(raw)
                self.began = True
            if not self.is_utf_8:
                self._look_for_utf_8(raw)
            try:
                block = self.decoder.decode(raw, self.ended).encode()
            except UnicodeError as error:
                if isinstance(error, UnicodeDecodeError) and "BOM" not in error.reason:
                    raise self._not_encoded(error) from None
                raise TableError(  # the mark is missing: Python 3.13 has another class of error for it than 3.11
                    f"{self.source} is not {self.encoding}: {error}. Add the --encoding it was written in"
                ) from None
            if (zero := block.find(b"\0")) >= 0:
                line = self.lines + breaks(block[:zero]) + 1
                raise TableError(
                    f"{self.source}, line {line:,} holds a NUL byte, which no text has. "
                    f"Is it a binary file, or --encoding utf-16?"
                )
            self.lines += breaks(block)
            if block:
                return block
        return b""

    def _next_bytes(self) -> bytes:
        try:
            return self.file.read(BLOCK_BYTES)
        except (EOFError, OSError, ValueError) as error:  # what gzip raises: BadGzipFile, EOFError, zlib.error
            raise TableError(f"{self.source} cannot be read: {error}") from error
        except MemoryError:
            raise
        except Exception as error:
            raise TableError(f"{self.source} is damaged: {error}") from error

    def _look_at_start(self, start: bytes) -> None:
        """Refuse what is plainly no text, or text in another encoding."""
        if not start:
            raise TableError(f"{self.source} is empty. A table begins with a line of column names")
        if what := what_it_is(start, self.on_disk):
            raise TableError(f"{self.source} is not a table of text but {what}")
        wide = wide_encoding(start)
        if wide and not self.encoding.lower().replace("_", "-").startswith(("utf-16", "utf16", "utf-32", "utf32")):
            raise TableError(f"{self.source} is written in {wide[:6].upper()}. Add --encoding {wide}")

    def _look_for_utf_8(self, raw: bytes) -> None:
        """Refuse bytes that are UTF-8, with letters beyond ASCII, as text in another encoding."""
        if raw.isascii():
            return
        try:
            codecs.getincrementaldecoder("utf-8")().decode(raw)  # which may end within a letter
        except UnicodeDecodeError:
            return
        raise TableError(f"{self.source} is written in UTF-8, not in {self.encoding}. Leave out --encoding")

    def _not_encoded(self, error: UnicodeDecodeError) -> TableError:
        line = self.lines + breaks(error.object[: error.start]) + 1
        place = f"{self.source}, line {line:,}"
        cut = ("unexpected end of data", "truncated data", "incomplete multibyte sequence")
        if self.ended and error.end >= len(error.object) and error.reason in cut:
            return TableError(f"{place} ends within a letter. Was the file cut off while it was written?")
        around = error.object[max(error.start - 4096, 0) : error.start + 4096]
        byte = f"byte 0x{error.object[error.start]:02X} is not {self.encoding}"
        return TableError(f"{place}: {byte}. {encoding_advice(around, self.is_utf_8)}")
