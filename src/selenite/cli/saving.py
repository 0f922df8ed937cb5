"""Saying before the work, not after it, that its result could not be saved, or would be written over something else."""

from __future__ import annotations

import os
from pathlib import Path

from selenite.errors import OptionError
from selenite.writing import require_writable


def refuse_unwritable(path: str, *inputs: str | None, picture: bool = False, beside: str | None = None) -> None:
    """Raise if the path cannot be written to, is an input or the output beside, or its suffix is no picture's."""
    for source in inputs:
        if source is not None and _is_same(path, source):
            name = "standard input" if source == "-" else source
            raise OptionError(f"{path} cannot be written over {name}, which is read; name another file")
    if beside is not None and os.path.realpath(path) == os.path.realpath(beside):
        raise OptionError(f"{path} cannot be both the picture and the output; name another file for one of them")
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
