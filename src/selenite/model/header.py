"""The header of a model file: a closed JSON text of everything but the parameters.

It is closed by one rule: what was read, decoded into these types and encoded again, must be the same bytes.
So unknown fields, duplicate keys, NaN, numbers written in another way, marks and spaces are all refused.
A header of an older format is brought up to date, and must be what that leads back to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

import msgspec

from selenite.errors import ModelFileError, SaveError
from selenite.model.parts import Header
from selenite.model.sound import check
from selenite.nn import Network

FORMAT = 3  # 1: one network, without embedding and ranks; 2: without settings, some parts under other names
OLDER_NAMES = {  # of fields, in formats before 3
    "front": "embedding",
    "spread": "residual_quantiles",
    "knots": "rank_quantiles",
    "spikes": "frequent_values",
    "others": "rare",
}
LABEL_SMOOTHING_BEFORE_3 = 0.05  # of ensembles for three classes and more
DTYPES = {"F32": "float32", "F64": "float64"}


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


def encode_header(header: Header, dtype: Literal["F32", "F64"], shape: tuple[int, ...], payload: bytes) -> bytes:
    """Return the safetensors header of a file with one tensor, "parameters"."""
    tensor = _Tensor(dtype, shape, (0, len(payload)))
    try:  # whole numbers become floats where they are to be such, as reading would make them
        written = msgspec.json.decode(_encode(_Written(FORMAT, header, "")), type=_Written)
    except msgspec.ValidationError as error:  # JSON has no word for what is not finite
        raise SaveError(f"a model holds finite numbers only: {error}") from None
    return _encode_outer(replace(written, sha256=_digest(_encode_outer(written, tensor), payload)), tensor)


def _digest(unsigned: bytes, payload: bytes | memoryview) -> str:
    """Return the SHA-256 of the header with an empty checksum, followed by the payload."""
    digest = sha256(unsigned)
    digest.update(payload)
    return digest.hexdigest()


def _encode(written: _Written | dict[str, Any]) -> bytes:
    if isinstance(written, _Written):
        written = _plain(written)
    return msgspec.json.encode(written, enc_hook=_as_plain)


def _as_plain(value: Any) -> Any:
    """Return a number of NumPy's kinds as Python's, and of a metric of one's own the name."""
    return str(value) if isinstance(value, str) else value.item()


def _plain(written: _Written) -> dict[str, Any]:
    """Return a header as plain data, without the fields that stand in a file only if they say something."""
    plain: dict[str, Any] = msgspec.to_builtins(written, enc_hook=_as_plain)
    model = plain["model"]
    settings, schema, target, recipe = model.get("settings") or {}, model["schema"], model["target"], model["recipe"]
    if settings.get("known_rows"):  # as usual
        del settings["known_rows"]
    for name, part in (("crossings", "columns"), ("known_rows", "names")):
        if not schema.get(name, {}).get(part):
            schema.pop(name, None)
    for part, names in (
        (settings, ("drop", "only", "shards", "threshold", "metric", "monotone")),
        *((column, ("statistics", "terms", "zoned", "monotone")) for column in schema["columns"]),
        *((one, ("each",)) for one in (*target.get("each", ()), target)),
        (model["read"], ("not_missing", "sheet", "drop_missing")),
        *((trial, ("score",)) for trial in recipe.get("trials", ())),
        (recipe, ("curves", "trials")),
        (model["data"], ("repeats", "copied_rows", "weights", "continues")),
        *((one, ("over_seeds",)) for one in model.get("of_targets", ())),
        (model, ("verdict", "settings", "over_seeds", "truth_quantiles", "of_targets", "threshold")),
    ):
        for name in names:
            if not part.get(name) and part.get(name) is not False:
                part.pop(name, None)
    return plain


def _encode_outer(written: _Written | dict[str, Any], tensor: _Tensor) -> bytes:
    metadata = {"selenite": _encode(written).decode()}
    text = msgspec.json.encode({"__metadata__": metadata, "parameters": tensor})
    return text + b" " * (-len(text) % 8)


@dataclass(frozen=True)
class Decoded:
    """A header that makes sense, and what the payload must be that belongs to it."""

    header: Header
    dtype: str
    shape: tuple[int, ...]
    n_bytes: int  # of the payload
    unsigned: bytes  # what the checksum is of, before the payload
    sha256: str

    def check_sum(self, payload: bytes) -> None:
        """Refuse another payload than the one that was written."""
        if _digest(self.unsigned, payload) != self.sha256:
            raise ModelFileError("its checksum does not agree: it is damaged")


def decode_header(text: bytes) -> Decoded:
    """Return the header after every check that needs no payload."""
    outer = _decode(text, dict[str, dict[str, Any]], "its safetensors header")
    if set(outer) != {"__metadata__", "parameters"} or set(outer["__metadata__"]) != {"selenite"}:
        raise ModelFileError("it is a safetensors file, but not a selenite model")
    tensor = _convert(outer["parameters"], _Tensor)
    inner = _convert(outer["__metadata__"]["selenite"], str).encode("utf-8", "surrogatepass")
    version = _decode(inner, _Format, "its header").format
    if not 1 <= version <= FORMAT:
        age = "a newer" if version > FORMAT else "an unknown"
        raise ModelFileError(f"it was made by {age} selenite (format {version}; this one reads {FORMAT}): upgrade")
    current: _Written
    if version == FORMAT:
        current = _decode(inner, _Written, "its header")
        again, unsigned = _encode_outer(current, tensor), _encode_outer(replace(current, sha256=""), tensor)
    else:
        first: dict[str, Any] = _decode(inner, dict[str, Any], "its header")
        current = _brought_up_to_date(first, ensemble=len(tensor.shape) == 2)
        again, unsigned = _encode_outer(first, tensor), _encode_outer({**first, "sha256": ""}, tensor)
    if again != text:
        raise ModelFileError("its header is not written as selenite writes it")
    n_members = _check_tensor(current.model.network, tensor)
    check(current.model, n_members)
    return Decoded(current.model, DTYPES[tensor.dtype], tensor.shape, tensor.data_offsets[1], unsigned, current.sha256)


def _brought_up_to_date(old: dict[str, Any], *, ensemble: bool) -> _Written:
    """Return a header of an older format as one of today's; it must be what that leads back to."""
    first = old["format"] == 1
    try:
        model = _renamed(old["model"], OLDER_NAMES)
        if first:
            model["residual_quantiles"] = None
        written = msgspec.convert({**old, "model": model}, type=_Written)
        best_epoch = msgspec.convert(model["recipe"]["best_epoch"], type=int) if first else 0
    except (msgspec.MsgspecError, KeyError, TypeError, RecursionError) as error:
        raise ModelFileError(f"its header cannot be read ({error})") from None
    back = _plain(written)
    model = back["model"]
    unknown: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        (model, ("settings",)),
        (model["data"], ("weights",)),
        (model["recipe"], ("label_smoothing",)),
    ]
    if first:
        unknown += [
            (model, ("residual_quantiles",)),
            (model["network"], ("embedding",)),
            (model["data"], ("folds", "groups", "time_column")),
            (model["recipe"], ("best_epochs", "temperature")),
            *((column, ("rank_quantiles", "frequent_values")) for column in model["schema"]["columns"]),
        ]
        model["recipe"]["best_epoch"] = best_epoch
    for part, names in unknown:
        for name in names:
            part.pop(name, None)
    back = _renamed(back, {name: older for older, name in OLDER_NAMES.items()})
    if back != old if first else msgspec.json.encode(back) != msgspec.json.encode(old):
        raise ModelFileError("its header is not written as selenite writes it")
    recipe, network = written.model.recipe, written.model.network
    if first:
        recipe = replace(recipe, best_epochs=(best_epoch,))
    elif ensemble and recipe.schedule == "one_cycle" and network.loss == "log_loss" and network.n_outputs > 1:
        recipe = replace(recipe, label_smoothing=LABEL_SMOOTHING_BEFORE_3)
    return replace(written, model=replace(written.model, recipe=recipe))


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Return plain data with other names of fields, wherever they stand."""
    if isinstance(value, dict):
        return {names.get(name, name): _renamed(part, names) for name, part in value.items()}
    return [_renamed(part, names) for part in value] if isinstance(value, list | tuple) else value


def _check_tensor(network: Network, tensor: _Tensor) -> int:
    """Return how many networks the tensor holds; refuse one that is not theirs."""
    shape, size = tensor.shape, 4 if tensor.dtype == "F32" else 8
    n_members = shape[0] if len(shape) == 2 else 1
    n_bytes = n_members * network.n_parameters * size
    whole = shape[-1:] == (network.n_parameters,) and len(shape) <= 2 and tensor.data_offsets == (0, n_bytes)
    if not whole or n_members < 1:
        raise ModelFileError(
            f"its network has {network.n_parameters:,} parameters of {size} bytes, its tensor another number"
        )
    return n_members


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
