"""A message as bytes: what it says in JSON, then the arrays it speaks of, so that every number arrives to the bit.

    4 bytes, little-endian: the length of the JSON | the JSON | zeros up to a multiple of 8 | the arrays, each likewise

In the JSON an array is {"array": "f8", "at": its first byte after the JSON, "length": 3}; one that lies here already is
called by its name, {"kept": "..."}, and not sent. Arrays are little-endian and flat; who takes one knows its shape.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.types import AnyArray

TYPES = {"f8": np.float64, "f4": np.float32, "i4": np.int32, "u1": np.uint8}
KIND = "application/octet-stream"
STEP = 8  # bytes

assert sys.byteorder == "little"  # as the page's arrays are on every machine


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """An array that came with the message."""

    array: str
    at: Annotated[int, msgspec.Meta(ge=0)]
    length: Annotated[int, msgspec.Meta(ge=0)]


def pack(content: Any) -> bytes:
    """Return a message; arrays anywhere in it travel as such."""
    parts: list[bytes] = []
    size = 0

    def described(value: Any) -> Any:
        nonlocal size
        if not isinstance(value, np.ndarray):
            raise TypeError(type(value))
        name = next(name for name, kind in TYPES.items() if value.dtype == kind)
        found = {"array": name, "at": size, "length": value.size}
        parts.append(_filled(np.ascontiguousarray(value).tobytes()))
        size += len(parts[-1])
        return found

    head = msgspec.json.encode(content, enc_hook=described)
    return b"".join([_filled(len(head).to_bytes(4, "little") + head), *parts])


def unpack(body: bytes, kind: type[Any], kept: Callable[[str], AnyArray]) -> Any:
    """Return what a message says, checked; `kept` finds the arrays that lie here.

    Raises
    ------
    ValueError
        Where it is cut off, or something else than was asked for.
    """
    head = body[4 : 4 + int.from_bytes(body[:4], "little")]
    begin = _after(4 + len(head))

    def array(wanted: type, given: Any) -> AnyArray:
        if wanted is not np.ndarray:
            raise NotImplementedError(wanted)
        if isinstance(given, dict) and "kept" in given:
            return kept(msgspec.convert(given["kept"], Annotated[str, msgspec.Meta(max_length=5000)]))
        sent = msgspec.convert(given, Sent)
        if sent.array not in TYPES:
            raise OptionError(f"there are no arrays of {sent.array[:10]!r}; there are of {', '.join(TYPES)}")
        dtype = np.dtype(TYPES[sent.array])
        if sent.at % STEP or begin + sent.at + sent.length * dtype.itemsize > len(body):
            raise OptionError("the message ends before its arrays do")
        return np.frombuffer(body, dtype, sent.length, begin + sent.at)

    return msgspec.json.decode(head or b"{}", type=kind, dec_hook=array)


def _after(size: int) -> int:
    return -(-size // STEP) * STEP


def _filled(part: bytes) -> bytes:
    return part.ljust(_after(len(part)), b"\0")
