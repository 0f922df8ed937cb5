"""Saying before the work, not after it, that its result could not be saved, or would be written over what is read."""

from __future__ import annotations

from pathlib import Path

from selenite.errors import OptionError, SaveError


def refuse_unwritable(path: str, *inputs: str | None, picture: bool = False) -> None:
    """Raise if the path's folder is missing, if it is one of the inputs, or if its suffix is no picture's."""
    if not Path(path).parent.is_dir():
        raise SaveError(f"{path} cannot be written: there is no folder {Path(path).parent}")
    if Path(path).is_dir():
        raise SaveError(f"{path} cannot be written: it is a folder")
    for source in inputs:
        if source is not None and Path(path).exists() and Path(source).exists() and Path(path).samefile(source):
            raise OptionError(f"{path} cannot be written over {source}, which is read; name another file")
    if picture:
        from selenite.plots.style import picture_format

        picture_format(path)
