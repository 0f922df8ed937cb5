"""What the page's worker may ask: a message is a function, and what it carries are the function's parameters."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple, get_type_hints

import msgspec

from selenite.play.arithmetic import predict, trace, train
from selenite.play.files import Files, learn, words
from selenite.play.opened import answer, encoded, explain, model_file, opened_file
from selenite.play.wire import unpack


class Message(NamedTuple):
    """A kind of message: what it carries, and what answers it."""

    kind: type[msgspec.Struct]
    act: Callable[..., Any]

    def answered(self, files: Files, body: bytes) -> Any:
        """Return the answer to a message; what makes no sense raises ValueError, in words."""
        try:
            given = unpack(body, self.kind, files.array)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ValueError(f"this cannot be done: {error}") from None
        return self.act(files, **{name: getattr(given, name) for name in self.kind.__struct_fields__})


def messages(*functions: Callable[..., Any]) -> dict[str, Message]:
    """Return messages by name; what is not a parameter of the function, or beyond its limits, is refused."""
    found = {}
    for function in functions:
        hints = get_type_hints(function, include_extras=True)
        parameters = list(signature(function).parameters.values())[1:]  # the first is the files
        fields = [
            (one.name, hints[one.name], msgspec.NODEFAULT if one.default is one.empty else one.default)
            for one in parameters
        ]
        kind = msgspec.defstruct(function.__name__, fields, forbid_unknown_fields=True)
        found[function.__name__] = Message(kind, function)
    return found


MESSAGES = messages(learn, words, answer, encoded, explain, predict, trace, train, model_file, opened_file)
