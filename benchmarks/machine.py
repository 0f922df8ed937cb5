"""What the figures were taken on: processor, cores, system, versions, date."""

import datetime
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = {"sklearn": "scikit-learn", "torch_eager": "torch", "torch_compile": "torch", "jax": "jax"}


def describe(contenders: list[str]) -> str:
    """Return one paragraph."""
    packages = ["selenite", "numpy", *dict.fromkeys(PACKAGES.get(name, name) for name in contenders)]
    versions = []
    for package in dict.fromkeys(packages):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return (
        f"{processor()}, {len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}; {datetime.date.today()}"
    )


def processor() -> str:
    """Return the processor's name, with its instruction set as selenite sees it."""
    try:
        from selenite._kernel import LEVEL

        level = f", {LEVEL}"
    except ImportError:
        level = ""
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "name" in line]
    return (names[0] if names else platform.processor()) + level
