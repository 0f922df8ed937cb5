"""The header of a model file: a closed JSON text of everything but the parameters.

It is closed by one rule: what was read, decoded into these types and encoded again, must be the same bytes.
So unknown fields, duplicate keys, NaN, numbers written in another way, marks and spaces are all refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite
from typing import Any, Literal

import msgspec

from selenite.errors import ModelFileError, NetworkError
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
    stratified: bool = False
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
class _Description:
    """A network's fields before they are checked."""

    layer_sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    biases: bool


@dataclass(frozen=True)
class Header:
    """All of a model but its parameters."""

    network: Network
    dtype: Literal["F32", "F64"]
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
    network: _Description
    dtype: Literal["F32", "F64"]
    schema: Schema
    target: Target
    read: ReadOptions
    recipe: Recipe
    data: Data
    figures: tuple[Figure, ...]
    sha256: str  # of the whole file, see `_digest`


@dataclass(frozen=True)
class _Format:
    format: int


@dataclass(frozen=True)
class _Tensor:
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, ...]


def encode_header(header: Header, payload: bytes) -> bytes:
    """Return the safetensors header of a file with one tensor, "parameters"."""
    network = header.network
    written = _Written(
        FORMAT,
        _Description(network.layer_sizes, network.activations, network.loss, network.biases),
        header.dtype,
        header.schema,
        header.target,
        header.read,
        header.recipe,
        header.data,
        header.figures,
        sha256="",
    )
    tensor = _Tensor(header.dtype, (network.n_parameters,), (0, len(payload)))
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


def decode_header(text: bytes, payload: memoryview) -> Header:
    """Return the header from a safetensors header, after every check of it and of the payload's checksum."""
    outer = _decode(text, dict[str, dict[str, Any]], "its safetensors header")
    if set(outer) != {"__metadata__", "parameters"} or set(outer["__metadata__"]) != {"selenite"}:
        raise ModelFileError("it is a safetensors file, but not a selenite model")
    tensor = _convert(outer["parameters"], _Tensor)
    inner = outer["__metadata__"]["selenite"]
    if not isinstance(inner, str):
        raise ModelFileError("its header is not text")
    version = _decode(inner.encode("utf-8", "surrogatepass"), _Format, "its header").format
    if version != FORMAT:
        age = "a newer" if version > FORMAT else "an unknown"
        raise ModelFileError(f"it was made by {age} selenite (format {version}; this one reads {FORMAT}): upgrade")
    written = _decode(inner.encode("utf-8", "surrogatepass"), _Written, "its header")
    if _encode_outer(written, tensor) != text:
        raise ModelFileError("its header is not written as selenite writes it")
    try:
        description = written.network
        network = Network(description.layer_sizes, description.activations, description.loss, description.biases)
    except NetworkError as error:
        raise ModelFileError(f"its network makes no sense: {error}") from None
    _check(written, network, tensor, len(payload))
    if _digest(written, tensor, payload) != written.sha256:
        raise ModelFileError("its checksum does not agree: it is damaged")
    return Header(
        network,
        written.dtype,
        written.schema,
        written.target,
        written.read,
        written.recipe,
        written.data,
        written.figures,
    )


def _check(written: _Written, network: Network, tensor: _Tensor, n_bytes: int) -> None:
    """Refuse parts that do not belong together."""
    size = 4 if written.dtype == "F32" else 8
    expected = _Tensor(written.dtype, (network.n_parameters,), (0, n_bytes))
    if tensor != expected or network.n_parameters * size != n_bytes:
        raise ModelFileError(
            f"its network has {network.n_parameters:,} parameters of {size} bytes, its payload {n_bytes:,} bytes"
        )
    inputs = n_inputs(written.schema)
    if inputs != network.n_inputs:
        raise ModelFileError(f"its columns make {inputs} inputs, its network takes {network.n_inputs}")
    names = [column.name for column in written.schema.columns]
    if len(set(names)) != len(names):
        raise ModelFileError("two of its columns have the same name")
    classes = written.target.classes
    outputs = len(classes) if len(classes) > 2 else 1
    if outputs != network.n_outputs or (written.target.task == "classification") != (len(classes) >= 2):
        raise ModelFileError(f"its {len(classes)} classes do not fit its network's {network.n_outputs} outputs")
    scales = [scale for column in written.schema.columns for scale in column.scales]
    numbers = [number for scale in scales for number in (scale.center, scale.width)]
    numbers += [written.target.center, written.target.width]
    if not all(isfinite(number) for number in numbers) or any(scale.width < 0 for scale in scales):
        raise ModelFileError("its scales are not finite numbers")


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
