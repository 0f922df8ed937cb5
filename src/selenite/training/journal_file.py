"""The checkpoint of a fit: what its journal holds, in one file of safetensors' layout.

The header names whose fit it is and has the numbers of all runs; the tensors "0.parameters", "0.loss", ... are of the
first training, and so on. Nothing in a file is ever run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from os import PathLike
from typing import Any

import msgspec
import numpy as np

from selenite.errors import ModelFileError, OptionError, SaveError
from selenite.safetensors import MOST_HEADER_BYTES, joined, opened, read_header
from selenite.training.standing import Numbers, Standing
from selenite.types import AnyArray

FORMAT = 1
IN_PYTHON = ".fit"  # ends the name of an estimator's method, which stands where a command has its first argument
DTYPES = {"F32": "<f4", "F64": "<f8"}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True)
class Origin:
    """Whose fit it is: a fit of the same origin trains the same."""

    version: str  # of selenite
    arithmetic: str  # which the last bits depend on
    arguments: tuple[str, ...]  # of the command; in Python, whose `fit` it is, and what it was asked
    rows: dict[str, str]  # fingerprints of the tables, by what they are for

    def require_version(self, path: str, version: str) -> None:
        """Refuse a checkpoint at a path that was made by another version than this."""
        if self.version != version:
            raise ModelFileError(
                f"{path} was made by selenite {self.version}, and this is {version}: go on with that version"
            )

    def otherwise_computed(self, path: str, arithmetic: str) -> str:
        """Return the warning that here it is computed otherwise, with this arithmetic; "" where it is not."""
        if self.arithmetic == arithmetic:
            return ""
        made = f"{path} was made by {self.arithmetic}, and this is {arithmetic}"
        return f"{made}: the model may differ in last digits from that of the uninterrupted fit"


@dataclass(frozen=True)
class Saved:
    """What a checkpoint holds."""

    origin: Origin
    standings: tuple[Standing, ...]  # of each training, in order
    n_ended: int  # of the trainings; there may be one more, which was going on


@dataclass(frozen=True)
class _Written:
    format: int
    origin: Origin
    n_ended: int
    numbers: tuple[tuple[Numbers, ...], ...]


def to_bytes(origin: Origin, standings: Sequence[Standing], n_ended: int) -> bytes:
    """Return the whole file."""
    tensors: dict[str, Any] = {}
    parts: list[memoryview] = []  # not copied before they are joined
    begin = 0
    for k, standing in enumerate(standings):
        for name, array in standing.arrays.items():
            part = array.astype(array.dtype.newbyteorder("<"), copy=False)
            spec = {"dtype": NAMES[part.dtype.str], "shape": part.shape, "data_offsets": (begin, begin + part.nbytes)}
            tensors[f"{k}.{name}"], begin = spec, begin + part.nbytes
            parts.append(part.reshape(-1).view(np.uint8).data)
    numbers = [[asdict(one) for one in standing.numbers] for standing in standings]
    written = {"format": FORMAT, "origin": asdict(origin), "n_ended": n_ended, "numbers": numbers}
    metadata = {"selenite checkpoint": json.dumps(written)}
    unsigned = json.dumps({"__metadata__": metadata, **tensors}).encode()
    metadata["sha256"] = _digest(unsigned, *parts)
    header = json.dumps({"__metadata__": metadata, **tensors}).encode()
    if len(header) > MOST_HEADER_BYTES - 8:
        n = sum(map(len, numbers))
        raise SaveError(f"where {n:,} networks stand takes more than the {MOST_HEADER_BYTES:,} bytes of a header")
    return joined(header + b" " * (-len(header) % 8), *parts)


def read(path: str | PathLike[str]) -> Saved:
    """Return what a checkpoint holds.

    Raises
    ------
    ModelFileError
        If it is damaged, foreign or of another version.
    """
    with opened(path, "checkpoint") as (file, size):
        header = read_header(file, size, "checkpoint")
        try:
            return _decoded(json.loads(header), file.read(size - 8 - len(header)))
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            RecursionError,
            msgspec.MsgspecError,
        ) as error:
            if isinstance(error, ModelFileError):
                raise
            raise ModelFileError(f"its header cannot be read ({error})") from None


def from_bytes(content: bytes) -> Saved:
    """Return what the bytes of a whole file hold, which another process of this fit made."""
    begin = 8 + int.from_bytes(content[:8], "little")
    return _decoded(json.loads(content[8:begin]), content[begin:])


def _decoded(outer: Any, payload: bytes) -> Saved:
    """Return what header and payload hold."""
    metadata = outer["__metadata__"]
    if "selenite checkpoint" not in metadata:
        what = "a model" if "selenite" in metadata else "a safetensors file"
        raise ModelFileError(f"it is {what}, and no checkpoint of a fit")
    if _digest(json.dumps(_without_sum(outer)).encode(), payload) != metadata["sha256"]:
        raise ModelFileError("its checksum does not agree: it is cut off or damaged")
    inner = json.loads(metadata["selenite checkpoint"])
    if inner["format"] != FORMAT:
        raise ModelFileError(f"it is of format {inner['format']}, and this selenite reads {FORMAT}")
    written = msgspec.convert(inner, type=_Written)

    def array(name: str) -> AnyArray:
        spec = outer[name]
        begin, end = spec["data_offsets"]
        found: AnyArray = np.frombuffer(payload[begin:end], DTYPES[spec["dtype"]]).reshape(spec["shape"])
        return found.astype(found.dtype.newbyteorder("="), copy=False)

    standings = [Standing(numbers, {}) for numbers in written.numbers]
    for name in outer:
        if name != "__metadata__":
            k, _, of_standing = name.partition(".")
            standings[int(k)].arrays[of_standing] = array(name)
    return Saved(written.origin, tuple(standings), written.n_ended)


def _without_sum(outer: dict[str, Any]) -> dict[str, Any]:
    """Return a header as it was when its checksum was made."""
    metadata = {name: value for name, value in outer["__metadata__"].items() if name != "sha256"}
    return {**outer, "__metadata__": metadata}


def _digest(unsigned: bytes, *payload: bytes | memoryview) -> str:
    """Return the SHA-256 of the header without it, followed by the payload."""
    digest = sha256(unsigned)
    for part in payload:
        digest.update(part)
    return digest.hexdigest()


def refuse_what_is_there(path: str, *, instead: str, goes_on: str) -> None:
    """Raise because there is a file, most of all a fit that was cut off: hours of work may be in it."""
    try:
        read(path)
    except ModelFileError:
        raise OptionError(f"{path} is there already, and is no checkpoint; {instead}") from None
    raise OptionError(f"{path} holds a fit that was cut off: {goes_on}")
