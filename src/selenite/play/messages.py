"""What the page may say: verbs change the workbench, questions do not; each is a message that carries its action."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, get_args

import msgspec

from selenite.play.workbench import Workbench

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Layer = Annotated[int, msgspec.Meta(ge=0, le=10)]
Unit = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
UnitBefore = Annotated[int, msgspec.Meta(ge=-1, le=100_000)]  # that a weight comes from; -1: the bias
Class = Annotated[int, msgspec.Meta(ge=0, le=9)]
Place = Annotated[float, msgspec.Meta(ge=0, le=1)]  # a share of the plane, from its lower left


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="verb"):
    """One message, with its limits; whatever else arrives is refused."""

    pauses: ClassVar[bool] = False  # training stops at once, whatever is being computed
    urgent: ClassVar[bool] = False  # a long way to another epoch ends at once, too

    def act(self, bench: Workbench) -> Any:
        """Do what is wished with the workbench, whose lock is held, and return the answer."""
        raise NotImplementedError


def by_tag(union: Any) -> dict[str, type[Message]]:
    """Return the messages of a union by what the page calls them."""
    return {str(kind.__struct_config__.tag): kind for kind in get_args(union)}
