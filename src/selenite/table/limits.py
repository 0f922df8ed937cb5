"""How large a table may be: looked at before its cells are decoded, so that a small file cannot fill the memory."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from selenite.errors import TableError

CELL_BYTES = 8  # of a number, as a table holds it
LESS = "Take fewer rows or columns of it"


@dataclass(frozen=True)
class Limits:
    """The largest table that is taken, and by whom, as a message says it.

    `read_table(source, limits=Limits(200_000, 300, "the page"))` refuses a larger one by a Parquet file's footer, by
    the line of column names, or at the first row of text too many. What does not fit into the memory that is free
    is refused under any limits.
    """

    rows: int | None = None
    columns: int = 100_000
    taker: str = "selenite"

    def check(self, source: str, rows: int, columns: int, at_least: bool = False) -> None:
        """Refuse a table of so many rows and columns (or, as yet, at least as many rows)."""
        if columns <= self.columns and (self.rows is None or rows <= self.rows):
            return
        least = "at least " if at_least else ""
        held = f"{least}{rows:,} rows and {columns:,} columns" if rows else f"{columns:,} columns"
        most = f"at most {self.columns:,} columns" + ("" if self.rows is None else f" and {self.rows:,} rows")
        raise TableError(f"{source} has {held}; {self.taker} takes {most}. {LESS}")


def check_memory(source: str, rows: int, needed: int, free: int | None, at_least: bool = False) -> None:
    """Refuse rows that need more bytes than are free, where that is known."""
    if free is not None and needed > free:
        what = f"the first {rows:,} rows of {source}" if at_least else f"{source} has {rows:,} rows, which"
        raise TableError(f"{what} need at least {_gigabytes(needed)} of memory; {_gigabytes(free)} are free. {LESS}")


def does_not_fit(source: str) -> TableError:
    """Return the error for a table whose reading the system gave no memory."""
    free = free_memory()
    return TableError(
        f"{source} does not fit into memory{'' if free is None else f', of which {_gigabytes(free)} are free'}. {LESS}"
    )


def free_memory() -> int | None:
    """Return how many bytes this process may still take, of the machine, its container and its own limit, if known."""
    found = []
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")))
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        with suppress(OSError, ValueError):  # "max" is no number: no limit
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
    if sys.platform != "win32":
        import resource

        limit_of_process, _ = resource.getrlimit(resource.RLIMIT_AS)
        with suppress(OSError, ValueError):
            if limit_of_process != resource.RLIM_INFINITY:
                pages = int(Path("/proc/self/statm").read_text().split()[0])
                found.append(limit_of_process - pages * os.sysconf("SC_PAGE_SIZE"))
        if not found:
            with suppress(OSError, ValueError):
                found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return max(min(found), 0) if found else None


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
