"""One file, read with every check before anything is allocated; `writing` writes it whole or not at all.

The payload is one tensor, the parameter vector. Nothing in a file is ever run, and a file is read at once: it may be
deleted afterwards.
"""

from __future__ import annotations

from io import BytesIO
from os import PathLike
from typing import BinaryIO

import numpy as np

from selenite.errors import ModelFileError, SaveError
from selenite.model.bounds import check_bounds
from selenite.model.header import decode_header, encode_header
from selenite.model.parts import Header
from selenite.safetensors import MOST_HEADER_BYTES, joined, opened, read_header
from selenite.types import Array


def to_bytes(header: Header, parameters: Array) -> bytes:
    """Return the whole file."""
    payload = np.ascontiguousarray(parameters, dtype=parameters.dtype.newbyteorder("<")).tobytes()
    try:
        text = encode_header(header, "F32" if parameters.dtype == np.float32 else "F64", parameters.shape, payload)
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise SaveError(
            f"a class, category or name holds {half!r}, which is no character; a model holds text"
        ) from None
    if len(text) > MOST_HEADER_BYTES:
        raise SaveError(
            f"the classes, categories and names take {len(text):,} bytes; a model file holds {MOST_HEADER_BYTES:,}"
        )
    content = joined(text, payload)
    try:
        from_bytes(content)
    except ModelFileError as error:
        raise SaveError(f"this model could not be opened again, so it is not saved: {error}") from None
    return content


def from_bytes(content: bytes) -> tuple[Header, Array]:
    """Return header and parameters of a whole file's content."""
    return _from_stream(BytesIO(content), len(content))


def read(path: str | PathLike[str]) -> tuple[Header, Array]:
    """Return header and parameters of a model file."""
    with opened(path, "model") as (file, size):
        return _from_stream(file, size)


def _from_stream(file: BinaryIO, size: int) -> tuple[Header, Array]:
    """Return header and parameters of a file of a known size; it is read no further than what came before allows."""
    text = read_header(file, size, "model")
    found = decode_header(text)
    needed = 8 + len(text) + found.n_bytes
    if needed != size:
        raise ModelFileError(f"it has {size:,} bytes, where its header asks for {needed:,}")
    payload = file.read(found.n_bytes)
    found.check_sum(payload)  # which tells, too, if it became shorter meanwhile
    parameters = np.frombuffer(payload, dtype=np.dtype(found.dtype).newbyteorder("<"))
    parameters = parameters.astype(found.dtype).reshape(found.shape)
    if not np.isfinite(parameters).all():
        raise ModelFileError("some of its parameters are not finite numbers")
    check_bounds(found.header, parameters)
    return found.header, parameters
