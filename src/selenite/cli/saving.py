"""Saying before the work, not after it, that its result could not be saved."""

from __future__ import annotations

from pathlib import Path

from selenite.errors import SaveError


def refuse_unwritable(path: str, *, picture: bool = False) -> None:
    """Raise if the path's folder is missing, or its suffix is none of a picture's."""
    if not Path(path).parent.is_dir():
        raise SaveError(f"{path} cannot be written: there is no folder {Path(path).parent}")
    if Path(path).is_dir():
        raise SaveError(f"{path} cannot be written: it is a folder")
    if picture:
        from selenite.plots.style import picture_format

        picture_format(path)
