"""Names of files on the command line: an empty one is a variable of the shell that was never set."""

from __future__ import annotations

import os
from typing import Any

import click


class FileName(click.ParamType):  # type: ignore[type-arg]
    """A file's name, which is not empty."""

    name = "file"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> str:
        if value == "":
            self.fail("the name is empty; name a file", parameter, context)
        return str(value)


FILE = FileName()


def is_there(name: str) -> bool:
    """Tell whether there is a file of a name, which may be another text and too long for one."""
    return os.path.exists(name)  # noqa: PTH110 - Path.exists raises for what is too long
