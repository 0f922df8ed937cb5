"""What figures were taken on: processor, cores, system, versions, date."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from selenite import backend


def describe(packages: Iterable[str]) -> str:
    """Return one line; a package that is not installed is left out."""
    versions = []
    for package in dict.fromkeys(packages):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return (
        f"{processor()}; {backend.n_threads()} of {os.cpu_count()} processors; {platform.system()} "
        f"{platform.machine()}; Python {platform.python_version()}, {', '.join(versions)}; {date.today()}"
    )


def processor() -> str:
    """Return the processor's name, and the instruction set for which the kernel in use was compiled."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        name = next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    try:
        from selenite._kernel import LEVEL
    except ImportError:
        return f"{name}, no kernel"
    return f"{name}, kernel for {LEVEL}"
