"""Files are written whole or not at all: a temporary file beside the file, fsync, rename, fsync of the folder.

A process that is killed leaves its temporary file behind. While it lives it holds a lock on it (`flock`, which ends
with the process). So whoever next writes a file of the same name can tell what a dead one left from what a living one
works on, and removes the former. The temporary name is as long whatever the file is called.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from selenite.errors import SaveError

if sys.platform != "win32":
    import fcntl

OPENED = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def write(path: str | PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all."""
    with writing(path) as file:
        file.write(content)


@contextmanager
def writing(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Give a file to write to, which is there under its name once the block ends, and not at all if it raises."""
    target = _writable(path)
    try:
        temporary, descriptor = _created(target)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                temporary.replace(target)  # while it is locked
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise SaveError(f"{target} cannot be written: {error.strerror}") from None


def require_writable(path: str | PathLike[str]) -> None:
    """Raise if a file could not be written, by making its temporary file: before the work, not after it."""
    target = _writable(path)
    try:
        temporary, descriptor = _created(target)
        os.close(descriptor)
        temporary.unlink(missing_ok=True)  # another process may take it for a dead one's now
    except OSError as error:
        raise SaveError(f"{target} cannot be written: {error.strerror}") from None


def _writable(path: str | PathLike[str]) -> Path:
    """Return the path of a file that may be there already, as a file; refuse a link, a folder and the like."""
    target = Path(path)
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise SaveError(f"{target} cannot be written: there is no folder {target.parent}") from None
        return target
    except (OSError, ValueError) as error:  # a name that is too long, that holds a NUL, ...
        raise SaveError(f"{target} cannot be written: {getattr(error, 'strerror', error)}") from None
    if stat.S_ISLNK(mode):
        raise SaveError(f"{target} cannot be written: it is a link{_end_of_link(target)}")
    if not stat.S_ISREG(mode):
        raise SaveError(f"{target} cannot be written: it is {'a folder' if stat.S_ISDIR(mode) else 'not a file'}")
    return target


def _end_of_link(link: Path) -> str:
    """Return what to write to in place of a link, if it leads to a file or to where one could be."""
    end = Path(os.path.realpath(link))
    could_be = end.is_file() or (end.parent.is_dir() and not os.path.lexists(end))
    return f"; write to {end} itself" if could_be else ", and not to a file"


def _created(target: Path) -> tuple[Path, int]:
    """Return a new temporary file for a target, open and locked; those that dead processes left are removed."""
    prefix = f".selenite.{sha256(os.fsencode(target.name)).hexdigest()[:12]}."
    for left in target.parent.glob(f"{prefix}*"):
        _remove_if_left(left)
    while True:
        temporary = target.with_name(prefix + secrets.token_hex(8))
        descriptor = os.open(temporary, OPENED | os.O_CREAT | os.O_EXCL, 0o666)
        if _is_locked(descriptor) and os.fstat(descriptor).st_nlink:
            return temporary, descriptor
        os.close(descriptor)  # another process took it for a dead one's, in the instant before it was locked
        temporary.unlink(missing_ok=True)


def _remove_if_left(temporary: Path) -> None:
    """Remove a temporary file unless a living process holds it."""
    with suppress(OSError):  # it is gone by now, or somebody else's
        descriptor = os.open(temporary, OPENED)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and _is_locked(descriptor, otherwise=False):
                temporary.unlink()
        finally:
            os.close(descriptor)


def _is_locked(descriptor: int, otherwise: bool = True) -> bool:
    """Lock an open file and tell whether no other process holds it; where locks are not known say `otherwise`."""
    if sys.platform == "win32":
        return otherwise
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: nothing is removed there
        return otherwise
    return True


def _sync_folder(folder: Path) -> None:
    """Make the rename last; not every system can, nor in a folder that may not be read."""
    if hasattr(os, "O_DIRECTORY"):
        with suppress(PermissionError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
