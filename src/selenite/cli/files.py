"""Files on the command line: their names, and saying before the work, not after it, that one could not be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from selenite.errors import OptionError
from selenite.writing import require_writable


class FileName(click.ParamType):  # type: ignore[type-arg]
    """A file's name, which is not empty: an empty one is a variable of the shell that was never set."""

    name = "file"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> str:
        """Return the file's name, which must not be empty."""
        if value == "":
            self.fail("the name is empty; name a file", parameter, context)
        return str(value)


FILE = FileName()


def model_of(file: str) -> str:
    """Return where the model of a file is saved unless said.

    >>> model_of("data/people.csv.gz"), model_of("-")
    ('people.selenite', 'table.selenite')
    """
    return f"{'table' if file == '-' else Path(file.removesuffix('.gz')).stem}.selenite"


def is_there(name: str) -> bool:
    """Tell whether there is a file of a name, which may be another text and too long for one."""
    return os.path.exists(name)  # noqa: PTH110 - Path.exists raises for what is too long


def refuse_unwritable(
    path: str, *inputs: str | None, picture: bool = False, beside: str | None = None, what: str = "checkpoint"
) -> None:
    """Raise if the path cannot be written to, is an input or the output beside, or its suffix is no picture's."""
    for source in inputs:
        if source is not None and _is_same(path, source):
            name = "standard input" if source == "-" else source
            raise OptionError(f"{path} cannot be written over {name}, which is read; name another file")
        if source is not None and Path(source).is_dir() and _is_same(str(Path(path).parent), source):
            raise OptionError(f"{path} would be one of the files in {source}, which is read; name one elsewhere")
    if beside is not None and os.path.realpath(path) == os.path.realpath(beside):
        what = "picture" if picture else what
        raise OptionError(f"{path} cannot be both the {what} and the output; name another file for one of them")
    if picture:
        from selenite.plots.style import picture_format

        picture_format(path)
    require_writable(path)


def _is_same(path: str, source: str) -> bool:
    """Tell whether a path is the file that is read, be it by name or by way of standard input (-)."""
    try:
        read = os.fstat(0) if source == "-" else Path(source).stat()
        return os.path.samestat(read, Path(path).stat())
    except OSError:  # one of them is not there
        return False
