"""The address as a file: settings, weights and drawn points in the part of a link that is never sent to a server.

Format 1: "1." and then JSON, compressed by zlib, in URL-safe base 64. A link once made opens for ever: what is read is
told by its first character, and a new format gets a new one.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.play.settings import Settings
from selenite.types import Floats

MOST_PARAMETERS = 2000
MOST_CHARACTERS = 100_000
MOST_BYTES_UNPACKED = 1 << 20  # once decompressed
MOST_DRAWN_BY_HAND = 500  # points

Coordinate = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
Point = tuple[Coordinate, Coordinate, Annotated[int, msgspec.Meta(ge=0, le=9)]]


Controls = Annotated[tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z-]{1,30}$")], ...], msgspec.Meta(max_length=40)]


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a link carries."""

    settings: Settings
    epoch: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    weights: str = ""  # float64, little-endian, in base 64; empty for those that the settings start with
    points: Annotated[tuple[Point, ...], msgspec.Meta(max_length=MOST_DRAWN_BY_HAND)] = ()
    lesson: Annotated[str, msgspec.Meta(max_length=40)] = ""
    hidden: Controls = ()  # put away


def encode_link(link: Link) -> str:
    """Return the fragment of a link.

    >>> decode_link(encode_link(Link(Settings()))) == Link(Settings())
    True
    """
    packed = zlib.compress(msgspec.json.encode(link), 9)  # defaults included: one that changes changes no old link
    return "1." + urlsafe_b64encode(packed).decode().rstrip("=")


def decode_link(text: str) -> Link:
    """Return what a link, or its fragment alone, carries."""
    fragment = text.rpartition("#")[2]
    if len(fragment) > MOST_CHARACTERS or not re.fullmatch(r"\d+\.[\w-]+", fragment):
        raise OptionError("this is no link of the playground: it should end in # and a number, a point and letters")
    version, _, body = fragment.partition(".")
    if version != "1":
        raise OptionError(f"this link is of format {version}, and this selenite reads format 1: upgrade")
    try:
        packed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, MOST_BYTES_UNPACKED)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ValueError("it is cut off or too long")
        return msgspec.json.decode(content, type=Link)
    except (ValueError, zlib.error, msgspec.MsgspecError, RecursionError) as error:
        raise OptionError(f"this link cannot be read: {error}") from None


def pack_weights(parameters: Floats) -> str:
    """Return parameters as text."""
    if len(parameters) > MOST_PARAMETERS:
        raise OptionError(
            f"a link holds {MOST_PARAMETERS:,} weights and this network has {len(parameters):,}; save the model file"
        )
    return b64encode(parameters.astype("<f8").tobytes()).decode()


def unpack_weights(text: str, count: int) -> Floats | None:
    """Return the parameters in a link; None where it has none."""
    if not text:
        return None
    try:
        parameters = np.frombuffer(b64decode(text, validate=True), dtype="<f8").astype(np.float64)
    except ValueError:
        raise OptionError("the weights of this link cannot be read") from None
    if len(parameters) != count or not np.isfinite(parameters).all():
        raise OptionError(f"this link has {len(parameters):,} weights, and its network {count:,}, all finite")
    return parameters
