"""One file, written whole or not at all, and read with every check before anything is allocated.

The layout is safetensors': the header's length (8 bytes, little-endian), the header, the payload. The payload is one
tensor, the parameter vector. Nothing in a file is ever run, and a file is read at once: it may be deleted afterwards.
"""

from __future__ import annotations

import os
import stat
from os import PathLike
from pathlib import Path

import numpy as np

from selenite.errors import ModelFileError, SaveError
from selenite.model.header import Header, decode_header, encode_header
from selenite.nn.activations import Array

MOST_HEADER_BYTES = 4 << 20
MOST_BYTES = 4 << 30
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
    return len(text).to_bytes(8, "little") + text + payload


def from_bytes(content: bytes) -> tuple[Header, Array]:
    """Return header and parameters of a whole file's content."""
    if len(content) < 16:
        raise ModelFileError(f"it has {len(content)} bytes: too short, perhaps cut off")
    length = int.from_bytes(content[:8], "little")
    for magic, name in FOREIGN.items():
        if content.startswith(magic) and length > MOST_HEADER_BYTES:
            raise ModelFileError(f"it is {name}")
    if length > MOST_HEADER_BYTES:
        raise ModelFileError("it does not begin as a selenite model does")
    if 8 + length > len(content):
        raise ModelFileError("it is cut off within its header")
    payload = memoryview(content)[8 + length :]
    header, dtype, shape = decode_header(content[8 : 8 + length], payload)
    parameters = np.frombuffer(payload, dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape)
    if not np.isfinite(parameters).all():
        raise ModelFileError("some of its parameters are not finite numbers")
    return header, parameters


def read(path: str | PathLike[str]) -> tuple[Header, Array]:
    """Return header and parameters of a model file."""
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ModelFileError(f"{path} is not a file")
            if status.st_size > MOST_BYTES:
                raise ModelFileError(
                    f"{path} has {status.st_size:,} bytes; a selenite model has at most {MOST_BYTES:,}"
                )
            content = file.read()
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return from_bytes(content)
    except ModelFileError as error:
        raise ModelFileError(f"{path} is not a model that can be read: {error}") from None
