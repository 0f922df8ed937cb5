"""Where a table's bytes come from, and what messages call it: a file, a folder, standard input or a stream."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, cast

from selenite.errors import TableError
from selenite.table.schema import ReadOptions
from selenite.text import nearest_file, printable

PARQUET = {".parquet", ".pq"}
SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class Source:
    """A file, a folder or a stream that holds a table."""

    name: str  # as messages call it
    path: Path | None = None
    stream: BinaryIO | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path is not None and self.path.is_dir()

    @property
    def is_parquet(self) -> bool:
        """Whether its name says that it is a Parquet file."""
        return self.path is not None and self.path.suffix.lower() in PARQUET

    @property
    def reopen(self) -> Callable[[], BinaryIO] | None:
        """What opens it once more; None for a stream, which gives its bytes once."""
        return self.open if self.path is not None and self.path.is_file() else None

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Return it, open for reading, as a context; a stream stays open afterwards."""
        return self.open() if self.stream is None else nullcontext(self.stream)

    def open(self) -> BinaryIO:
        """Open a file for reading, without its compression."""
        assert self.path is not None
        if self.path.suffix.lower() != ".gz":
            return self.path.open("rb")
        import gzip

        return cast(BinaryIO, gzip.open(self.path))

    def separated(self, options: ReadOptions) -> ReadOptions:
        """Return how it is written: with tabs if its name says so."""
        if self.path is None or options.separator != ",":
            return options
        inner = Path(self.path.stem) if self.path.suffix.lower() == ".gz" else self.path
        return replace(options, separator="\t") if inner.suffix.lower() in {".tsv", ".tab"} else options

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what the system says against the file into words."""
        try:
            yield
        except FileNotFoundError:
            near = "" if self.path is None else nearest_file(self.path)
            raise TableError(f"there is no file {self.name}{near}") from None
        except PermissionError:
            raise TableError(
                f"{self.name} may not be read by you (permission denied). See its rights with ls -l"
            ) from None
        except OSError as error:
            raise TableError(f"{self.name} cannot be read: {error.strerror or error}") from error

    @contextmanager
    def told_if_gone(self) -> Iterator[None]:
        """Do the same where it was there before."""
        with self.told():
            try:
                yield
            except FileNotFoundError:
                raise TableError(f"{self.name} is gone, though it was there before. Start again with it") from None


def source_of(given: str | PathLike[str] | BinaryIO) -> Source:
    """Return where a table is to be read from: a path, "-" for standard input, or a binary file that is open."""
    if not isinstance(given, str | PathLike):
        name = getattr(given, "name", None)
        return Source(printable(name) if isinstance(name, str) else "the stream", stream=given)
    if given != "-":
        return Source(printable(fspath(given)), Path(fspath(given)))
    if sys.stdin is None:
        raise TableError("standard input is closed. Name a file, or send the table: selenite ... - < FILE")
    return Source("standard input", stream=sys.stdin.buffer)


def require_pyarrow() -> None:
    """Raise if what reads files is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError:
        raise TableError("reading a file or a stream of Arrow needs pyarrow: pip install 'selenite[data]'") from None
