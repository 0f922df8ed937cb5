"""One file, read with every check before anything is allocated; `writing` writes it whole or not at all.

The layout is safetensors': the header's length (8 bytes, little-endian), the header, the payload. The payload is one
tensor, the parameter vector. Nothing in a file is ever run, and a file is read at once: it may be deleted afterwards.
"""

from __future__ import annotations

import os
import stat
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import BinaryIO

import numpy as np

from selenite.errors import ModelFileError, SaveError
from selenite.model.bounds import check_bounds
from selenite.model.header import decode_header, encode_header
from selenite.model.parts import Header
from selenite.types import Array

MOST_HEADER_BYTES = 4 << 20
LEAST_BYTES = 16
FOREIGN = {
    b"\x80": "a pickle file; selenite never opens pickles",
    b"PK": "a zip archive (as .keras, .npz, .xlsx and PyTorch's .pt are)",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a PNG picture",
    b"\x08": "perhaps an ONNX model",
}


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
    content = len(text).to_bytes(8, "little") + text + payload
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
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ModelFileError("it is not a file")
            return _from_stream(file, status.st_size)
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}") from None
    except ModelFileError as error:
        raise ModelFileError(f"{path} is not a model that can be read: {error}") from None


def _from_stream(file: BinaryIO, size: int) -> tuple[Header, Array]:
    """Return header and parameters of a file of a known size; it is read no further than what came before allows."""
    if size < LEAST_BYTES:
        raise ModelFileError(f"it has {size} bytes: too short, perhaps cut off")
    begin = file.read(LEAST_BYTES)
    length = int.from_bytes(begin[:8], "little")
    for magic, name in FOREIGN.items():
        if begin.startswith(magic) and length > MOST_HEADER_BYTES:
            raise ModelFileError(f"it is {name}")
    if not MOST_HEADER_BYTES >= length >= LEAST_BYTES - 8:
        raise ModelFileError("it does not begin as a selenite model does")
    if 8 + length > size:
        raise ModelFileError("it is cut off within its header")
    found = decode_header(begin[8:] + file.read(8 + length - LEAST_BYTES))
    if 8 + length + found.n_bytes != size:
        raise ModelFileError(f"it has {size:,} bytes, where its header asks for {8 + length + found.n_bytes:,}")
    payload = file.read(found.n_bytes)
    found.check_sum(payload)  # which tells, too, if it became shorter meanwhile
    parameters = np.frombuffer(payload, dtype=np.dtype(found.dtype).newbyteorder("<"))
    parameters = parameters.astype(found.dtype).reshape(found.shape)
    if not np.isfinite(parameters).all():
        raise ModelFileError("some of its parameters are not finite numbers")
    check_bounds(found.header, parameters)
    return found.header, parameters
