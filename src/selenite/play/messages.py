"""What the page may say: a message is a function of the workbench, and what it carries are the parameters."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Layer = Annotated[int, msgspec.Meta(ge=0, le=10)]
Unit = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
UnitBefore = Annotated[int, msgspec.Meta(ge=-1, le=100_000)]  # that a weight comes from; -1: the bias
Class = Annotated[int, msgspec.Meta(ge=0, le=9)]
Place = Annotated[float, msgspec.Meta(ge=0, le=1)]  # a share of the plane, from its lower left


class Message(NamedTuple):
    """A kind of message: what it carries, and what it does with the workbench, whose lock is held."""

    kind: type[msgspec.Struct]
    act: Callable[..., Any]


def messages(**functions: Callable[..., Any]) -> dict[str, Message]:
    """Return messages by name; what is not a parameter of the function, or beyond its limits, is refused.

    >>> def follow(bench: object, row: Count) -> None: ...
    >>> msgspec.json.decode(b'{"row": 3}', type=messages(follow=follow)["follow"].kind)
    follow(row=3)
    """
    found = {}
    for name, function in functions.items():
        hints = get_type_hints(function, include_extras=True)
        parameters = list(signature(function).parameters.values())[1:]  # the first is the workbench
        fields = [
            (one.name, hints[one.name], msgspec.NODEFAULT if one.default is one.empty else one.default)
            for one in parameters
        ]
        found[name] = Message(msgspec.defstruct(name, fields, frozen=True, forbid_unknown_fields=True), function)
    return found
