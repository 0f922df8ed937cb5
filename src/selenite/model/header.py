"""The header of a model file: a closed JSON text of everything but the parameters.

It is closed by one rule: what was read, decoded into these types and encoded again, must be the same bytes.
So unknown fields, duplicate keys, NaN, numbers written in another way, marks and spaces are all refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

import msgspec

from selenite.errors import ModelFileError
from selenite.nn import Network
from selenite.table.encode import n_inputs
from selenite.table.schema import ReadOptions, Schema, Target

FORMAT = 1
DTYPES = {"F32": "float32", "F64": "float64"}


@dataclass(frozen=True)
class Recipe:
    """How the parameters were made."""

    seed: int = 0
    optimizer: str = ""
    learning_rate: float = 0.0
    schedule: str = ""
    weight_decay: float = 0.0
    dropout: float = 0.0
    batch_size: int = 0
    epochs: int = 0  # the most
    epochs_run: int = 0
    best_epoch: int = 0  # whose parameters these are, counted from 1
    patience: int = 0
    ended: str = ""  # "epochs", "patience", "interrupt", "callback" or "diverged"


@dataclass(frozen=True)
class Data:
    """Which rows the model was made from."""

    training_rows: int = 0
    validation_rows: int = 0  # chose the best epoch
    test_rows: int = 0  # never used in making the model
    test_fraction: float = 0.0  # with the seed, names those rows in a table of the same fingerprint
    split_seed: int = 0
    fingerprint: str = ""  # of the whole table; empty if there was no file


@dataclass(frozen=True)
class Figure:
    """A metric on rows never used in making the model, of the model itself or of a baseline."""

    metric: str  # "accuracy", "area under ROC", "log loss", "R2", "RMSE", "MAE"
    model: str  # "selenite", "linear", "majority" or "mean"
    value: float
    low: float | None = None  # 95 % interval
    high: float | None = None


@dataclass(frozen=True)
class Header:
    """All of a model but its parameters."""

    network: Network
    schema: Schema
    target: Target
    read: ReadOptions
    recipe: Recipe
    data: Data
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class _Written:
    """The header as it stands in the file."""

    format: int
    model: Header
    sha256: str  # of the whole file, see `_digest`


@dataclass(frozen=True)
class _Format:
    format: int


@dataclass(frozen=True)
class _Tensor:
    dtype: Literal["F32", "F64"]
    shape: tuple[int, ...]
    data_offsets: tuple[int, ...]


def encode_header(header: Header, dtype: Literal["F32", "F64"], payload: bytes) -> bytes:
    """Return the safetensors header of a file with one tensor, "parameters"."""
    tensor = _Tensor(dtype, (header.network.n_parameters,), (0, len(payload)))
    written = _Written(FORMAT, header, "")
    return _encode_outer(replace(written, sha256=_digest(written, tensor, payload)), tensor)


def _digest(written: _Written, tensor: _Tensor, payload: bytes | memoryview) -> str:
    """Return the SHA-256 of the header with an empty checksum, followed by the payload."""
    digest = sha256(_encode_outer(replace(written, sha256=""), tensor))
    digest.update(payload)
    return digest.hexdigest()


def _encode_outer(written: _Written, tensor: _Tensor) -> bytes:
    metadata = {"selenite": msgspec.json.encode(written).decode()}
    text = msgspec.json.encode({"__metadata__": metadata, "parameters": tensor})
    return text + b" " * (-len(text) % 8)


def decode_header(text: bytes, payload: memoryview) -> tuple[Header, str]:
    """Return the header and the name of the parameters' type, after every check and that of the checksum."""
    outer = _decode(text, dict[str, dict[str, Any]], "its safetensors header")
    if set(outer) != {"__metadata__", "parameters"} or set(outer["__metadata__"]) != {"selenite"}:
        raise ModelFileError("it is a safetensors file, but not a selenite model")
    tensor = _convert(outer["parameters"], _Tensor)
    inner = _convert(outer["__metadata__"]["selenite"], str).encode("utf-8", "surrogatepass")
    version = _decode(inner, _Format, "its header").format
    if version != FORMAT:
        age = "a newer" if version > FORMAT else "an unknown"
        raise ModelFileError(f"it was made by {age} selenite (format {version}; this one reads {FORMAT}): upgrade")
    written = _decode(inner, _Written, "its header")
    if _encode_outer(written, tensor) != text:
        raise ModelFileError("its header is not written as selenite writes it")
    _check(written.model, tensor, len(payload))
    if _digest(written, tensor, payload) != written.sha256:
        raise ModelFileError("its checksum does not agree: it is damaged")
    return written.model, DTYPES[tensor.dtype]


def _check(header: Header, tensor: _Tensor, n_bytes: int) -> None:
    """Refuse parts that do not belong together."""
    network, target = header.network, header.target
    size = 4 if tensor.dtype == "F32" else 8
    whole = tensor.shape == (network.n_parameters,) and tensor.data_offsets == (0, n_bytes)
    if not whole or network.n_parameters * size != n_bytes:
        raise ModelFileError(
            f"its network has {network.n_parameters:,} parameters of {size} bytes, its payload {n_bytes:,} bytes"
        )
    inputs = n_inputs(header.schema)
    if inputs != network.n_inputs:
        raise ModelFileError(f"its columns make {inputs} inputs, its network takes {network.n_inputs}")
    names = [column.name for column in header.schema.columns]
    if len(set(names)) != len(names):
        raise ModelFileError("two of its columns have the same name")
    outputs = len(target.classes) if len(target.classes) > 2 else 1
    if outputs != network.n_outputs or (target.task == "classification") != (len(target.classes) >= 2):
        raise ModelFileError(f"its {len(target.classes)} classes do not fit its network's {network.n_outputs} outputs")
    if any(scale.width < 0 for column in header.schema.columns for scale in column.scales):
        raise ModelFileError("one of its scales has a negative width")


def _decode(text: bytes, type: Any, what: str) -> Any:
    try:
        return msgspec.json.decode(text, type=type)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ModelFileError(f"{what} cannot be read ({error})") from None


def _convert(value: Any, type: Any) -> Any:
    try:
        return msgspec.convert(value, type=type)
    except msgspec.MsgspecError as error:
        raise ModelFileError(f"its tensor cannot be read ({error})") from None
