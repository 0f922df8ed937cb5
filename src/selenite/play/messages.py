"""What the page may ask, each with its limits; whatever else arrives is refused."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from selenite.play.link import Controls
from selenite.play.settings import Settings

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Index = Annotated[int, msgspec.Meta(ge=-1, le=100_000)]
Unit = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Place = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wish that needs no words."""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other settings."""

    settings: Settings


class Play(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Train, at a speed."""

    speed: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 5  # epochs a frame; 0: as many as there is time for


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step, forward or back."""

    what: Literal["epoch", "batch", "row"] = "epoch"


class GoTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another epoch."""

    epoch: Count


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weight changed by hand; `before` is -1 for the bias."""

    layer: Annotated[int, msgspec.Meta(ge=0, le=10)]
    before: Index
    unit: Unit
    value: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


class Follow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another row to follow."""

    row: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why is this number what it is?"""

    layer: Annotated[int, msgspec.Meta(ge=0, le=10)]
    unit: Unit
    before: Index | None = None
    part: Literal["forward", "backward", "update"] = "forward"


class Expand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number inside an explanation that is opened: of the followed row, or of a row of the batch."""

    address: Annotated[str, msgspec.Meta(max_length=4000)]
    batch: bool = False
    terms: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 12


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All weights of a layer; 0 is the first."""

    layer: Annotated[int, msgspec.Meta(ge=0, le=10)]


class Bent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The plane as a hidden layer bends it, in the space of two of its units; none: those that count most."""

    layer: Annotated[int, msgspec.Meta(ge=1, le=10)]
    units: tuple[Unit, Unit] | None = None


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the table of rows, sorted by one of its columns."""

    by: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    descending: bool = False
    start: Count = 0


class Dependence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the answer depends on a column; of classes, the probability of one of them."""

    column: Annotated[str, msgspec.Meta(max_length=2000)]
    of_class: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0


class Take(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson."""

    key: Annotated[str, msgspec.Meta(max_length=40)]  # of a lesson; "" for none


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A link."""

    link: Annotated[str, msgspec.Meta(max_length=100_000)]


class Draw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point added, moved or taken away; or all of them. Places are shares of the plane, from its lower left."""

    do: Literal["begin", "add", "move", "remove", "clear", "undo", "redo"]
    x: Place = 0.0
    y: Place = 0.0
    of_class: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    index: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0
    goes_on: bool = False  # a drag that began before: undone with it as one


class Seeds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Twenty starts, or several learning rates."""

    do: Literal["seeds", "rates", "stop"] = "seeds"

    epochs: Count = 0  # 0: as many as the run has had


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second run beside the first."""

    do: Literal["begin", "end", "switch"]


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another network of an opened model; alone: its answer in place of all of them."""

    member: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    alone: bool = False


class Show(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the diagram shows."""

    what: Literal["forward", "backward"]


class Hide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Controls that are put away."""

    controls: Controls


class At(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place of the plane whose answer is asked for."""

    x: Place
    y: Place
