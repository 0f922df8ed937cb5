"""Gives the bytes of a text file as UTF-8, block by block, once they are known to be text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from selenite.errors import DialectError, OptionError, TableError
from selenite.table.foreign import encoding_advice, what_it_is, wide_encoding
from selenite.table.whole_rows import breaks
from selenite.text import shown

BLOCK_BYTES = 1 << 20  # how much is read at a time
_CUT_OFF = ("unexpected end of data", "truncated data", "incomplete multibyte sequence")


def utf_8_blocks(file: BinaryIO, source: str, encoding: str, on_disk: bool) -> Iterator[bytes]:
    """Give the bytes of an open file as UTF-8; what is no text is refused with its line and a remedy.

    `on_disk` says whether the file has a name that can be changed.
    """
    name = _known(encoding)
    decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
    lines, began, ended = 0, False, False
    while not ended:
        raw = next_bytes(file, source)
        ended = not raw
        if not began:
            _refuse_other_files(raw, source, encoding, on_disk)
            began = True
        if not name.startswith("utf-8"):
            _refuse_utf_8(raw, source, encoding)
        try:
            block = decoder.decode(raw, ended).encode()
        except UnicodeDecodeError as error:
            if "BOM" in error.reason:
                raise _without_mark(source, encoding, error) from None
            line = lines + breaks(error.object[: error.start]) + 1
            raise _not_encoded(f"{source}, line {line:,}", encoding, name, error, ended) from None
        except UnicodeError as error:  # Python 3.13 has another class of error for the missing mark than 3.11
            raise _without_mark(source, encoding, error) from None
        if (zero := block.find(b"\0")) >= 0:
            line = lines + breaks(block[:zero]) + 1
            raise TableError(
                f"{source}, line {line:,} holds a NUL byte, which no text has. "
                f"Is it a binary file, or --encoding utf-16?"
            )
        lines += breaks(block)
        if block:
            yield block


def _known(encoding: str) -> str:
    """Return Python's name of an encoding of text that can be read in parts."""
    try:
        name = codecs.lookup(encoding).name
        line = "a,1\n".encode(name)  # what encodes no text, such as base64, raises here
        codecs.getincrementaldecoder(name)().decode(line[:-1])  # and what cannot be read in parts, punycode, here
    except (LookupError, UnicodeError):
        raise OptionError(f"unknown encoding {shown(encoding)}; usual ones are utf-8, latin-1, cp1252") from None
    return name


def next_bytes(file: BinaryIO, source: str, most: int = 0) -> bytes:
    """Return the next block of an open file, b"" at its end."""
    try:
        return file.read(most or BLOCK_BYTES)
    except (EOFError, OSError, ValueError) as error:  # what gzip raises: BadGzipFile, EOFError, zlib.error
        raise TableError(f"{source} cannot be read: {error}") from error
    except MemoryError:
        raise
    except Exception as error:
        raise TableError(f"{source} is damaged: {error}") from error


def _refuse_other_files(start: bytes, source: str, encoding: str, on_disk: bool) -> None:
    """Refuse what is plainly no text, or text in an encoding of two or four bytes a letter."""
    if not start:
        raise TableError(f"{source} is empty. A table begins with a line of column names")
    if what := what_it_is(start, on_disk):
        raise TableError(f"{source} is not a table of text but {what}")
    wide = wide_encoding(start)
    if wide and not encoding.lower().replace("_", "-").startswith(("utf-16", "utf16", "utf-32", "utf32")):
        raise DialectError(f"{source} is written in {wide[:6].upper()}. Add --encoding {wide}", encoding=wide)


def _refuse_utf_8(raw: bytes, source: str, encoding: str) -> None:
    """Refuse bytes that are UTF-8, with letters beyond ASCII, as text in another encoding."""
    if raw.isascii():
        return
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)  # which may end within a letter
    except UnicodeDecodeError:
        return
    raise TableError(f"{source} is written in UTF-8, not in {encoding}. Leave out --encoding")


def _without_mark(source: str, encoding: str, error: UnicodeError) -> TableError:
    return TableError(f"{source} is not {encoding}: {error}. Add the --encoding it was written in")


def _not_encoded(place: str, encoding: str, name: str, error: UnicodeDecodeError, ended: bool) -> TableError:
    if ended and error.end >= len(error.object) and error.reason in _CUT_OFF:
        return TableError(f"{place} ends within a letter. Was the file cut off while it was written?")
    around = error.object[max(error.start - 4096, 0) : error.start + 4096]
    byte = f"byte 0x{error.object[error.start]:02X} is not {encoding}"
    advice, likely = encoding_advice(around, name.startswith("utf-8"))
    told = f"{place}: {byte}. {advice}"
    return DialectError(told, encoding=likely) if likely else TableError(told)
