"""How much memory there is, so that what needs more is refused in words before it is taken."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from selenite.errors import ShortOfMemoryError

ALWAYS_THERE = 100_000_000  # bytes for which looking is not worth its time


def require_memory(needed: int, what: str, less: str) -> None:
    """Raise if the bytes needed for `what` are more than are free; `less` says what would need less."""
    free = free_memory() if needed > ALWAYS_THERE else None
    if free is not None and needed > free:
        raise ShortOfMemoryError(
            f"{what} needs at least {gigabytes(needed)} of memory; {gigabytes(free)} are free. {less}"
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


def gigabytes(size: int) -> str:
    """Return a size in GB, with one decimal."""
    return f"{size / 1e9:,.1f} GB"
