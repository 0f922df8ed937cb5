"""How many threads the kernel may use: the machine's processors, a limit from outside, a limit of yours.

Results never depend on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from math import ceil
from pathlib import Path

from selenite.errors import OptionError

VARIABLES = ("SELENITE_NUM_THREADS", "OMP_NUM_THREADS")  # the first that is set counts

_limit: ContextVar[int | None] = ContextVar("limit", default=None)


@cache
def available() -> int:
    """Return how many processors this process may keep busy: by its affinity, control group and environment."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    processors = min(processors, _quota())
    for name in VARIABLES:
        written = os.environ.get(name, "").partition(",")[0].strip()
        if written:
            if not written.isdigit() or int(written) < 1:
                raise OptionError(f"{name}={os.environ[name]!r} must be a whole number, at least 1")
            return min(processors, int(written))
    return processors


def _quota() -> int:
    """Return the processors that the control group grants, rounded up; many where there is no quota."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return 1 << 20
    return 1 << 20 if quota == "max" else max(1, ceil(int(quota) / int(period)))


def n_threads() -> int:
    """Return how many threads the kernel uses here.

    >>> with limit_threads(1):
    ...     n_threads()
    1
    """
    limit = _limit.get()
    return available() if limit is None else min(limit, available())


@contextmanager
def limit_threads(count: int) -> Iterator[None]:
    """Limit the kernel's threads inside the block; -1: as many as there are processors.

    >>> with limit_threads(1):
    ...     n_threads()
    1
    """
    if count == 0 or count < -1:
        raise OptionError(f"n_threads={count}: give a number of threads, at least 1, or -1 for all processors")
    token = _limit.set(None if count == -1 else count)
    try:
        yield
    finally:
        _limit.reset(token)
