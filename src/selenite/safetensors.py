"""The layout of safetensors: the header's length (8 bytes, little-endian), the header, a JSON text, and the payload."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from selenite.errors import ModelFileError
from selenite.text import nearest_file

MOST_HEADER_BYTES = 8 << 20
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


@contextmanager
def opened(path: str | PathLike[str], kind: str) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file that is to be of our `kind`, such as "model", with its size; what is wrong with it names the file."""
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ModelFileError("it is not a file")
            yield file, status.st_size
    except OSError as error:
        near = nearest_file(path) if isinstance(error, FileNotFoundError) else ""
        raise ModelFileError(f"{path} cannot be read: {error.strerror}{near}") from None
    except ModelFileError as error:
        raise ModelFileError(f"{path} is not a {kind} that can be read: {error}") from None


def joined(header: bytes, *payload: bytes | memoryview) -> bytes:
    """Return the whole file; the payload may come in parts."""
    return b"".join((len(header).to_bytes(8, "little"), header, *payload))


def read_header(file: BinaryIO, size: int, kind: str) -> bytes:
    """Return the header of a file of a known size that is to be of our kind; the payload is next.

    It is read no further than what came before allows.
    """
    if size < LEAST_BYTES:
        raise ModelFileError(f"it has {size} bytes: too short, perhaps cut off")
    begin = file.read(LEAST_BYTES)
    length = int.from_bytes(begin[:8], "little")
    for magic, name in FOREIGN.items():
        if begin.startswith(magic) and length > MOST_HEADER_BYTES:
            raise ModelFileError(f"it is {name}")
    if not MOST_HEADER_BYTES >= length >= LEAST_BYTES - 8:
        how = "; selenite fit makes one of a table" if kind == "model" else ""
        raise ModelFileError(f"it does not begin as a selenite {kind} does{how}")
    if 8 + length > size:
        raise ModelFileError("it is cut off within its header")
    return begin[8:] + file.read(8 + length - LEAST_BYTES)
