"""What the page may ask, each with its limits; whatever else arrives is refused."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from selenite.play.settings import Settings

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Index = Annotated[int, msgspec.Meta(ge=-1, le=100_000)]
Place = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every message is."""


class Nothing(Message):
    """A wish that needs no words."""


class Change(Message):
    settings: Settings


class Play(Message):
    speed: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 5  # epochs a frame; 0: as many as there is time for


class Step(Message):
    what: Literal["epoch", "batch", "row"] = "epoch"


class GoTo(Message):
    epoch: Count


class Weight(Message):
    layer: Annotated[int, msgspec.Meta(ge=0, le=10)]
    before: Index
    unit: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    value: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


class Follow(Message):
    row: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Ask(Message):
    layer: Annotated[int, msgspec.Meta(ge=0, le=10)]
    unit: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    before: Index | None = None


class Take(Message):
    key: Annotated[str, msgspec.Meta(max_length=40)]  # of a lesson; "" for none


class Open(Message):
    link: Annotated[str, msgspec.Meta(max_length=100_000)]


class Draw(Message):
    """A point added, moved or taken away; or all of them. Places are shares of the plane, from its lower left."""

    do: Literal["begin", "add", "move", "remove", "clear"]
    x: Place = 0.0
    y: Place = 0.0
    of_class: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    index: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0


class Seeds(Message):
    epochs: Count = 0  # 0: as many as the run has had


class Side(Message):
    do: Literal["begin", "end", "switch"]


class At(Message):
    """A place of the plane whose answer is asked for."""

    x: Place
    y: Place
