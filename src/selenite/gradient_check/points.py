"""One set of parameters, and what the user's gradient and the differences are there; how close is close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.types import Array, Indices


@dataclass(frozen=True)
class Precision:
    """How close is close, for the type that the user computes in."""

    agrees: float  # beyond this share of the greatest entry a difference is a difference
    close: float  # to a known factor, or where one parameter is right beside others
    explained: float  # what a named slip gives must be as close as this
    arithmetic: float

    @classmethod
    def of(cls, arrays: list[Array], loss: Any) -> Precision:
        """Return that of the least precise type in sight."""
        eps = max(float(np.finfo(np.asarray(each).dtype).eps) for each in (*arrays, loss) if is_float(each))
        return cls(1e-3, 1e-4, 1e-6, eps) if eps < 1e-10 else cls(2e-2, 2e-2, 2e-3, eps)


@dataclass(frozen=True)
class Parameters:
    """The user's parameters: their names, where they begin, and which entries of each are looked at."""

    names: list[str]
    start: list[Array]
    entries: list[Indices]

    def each(self) -> Iterator[tuple[str, Array, Indices]]:
        """Yield name, array and entries of each."""
        return zip(self.names, self.start, self.entries, strict=True)


@dataclass(frozen=True)
class Point:
    """The user's gradient and the differences at one set of parameters."""

    arrays: list[Array]
    given: list[Array]  # float64, flat
    right: list[Array]  # at the entries looked at
    error: list[Array]  # of `right`
    notes: list[str]  # of shapes, one a parameter

    def parted(self, vector: Array) -> list[Array]:
        """Return a vector cut into parts of the parameters' sizes."""
        return parted(vector, self.arrays)


def joined(arrays: list[Array]) -> Array:
    return np.concatenate([np.asarray(array, dtype=np.float64).ravel() for array in arrays])


def distance(given: Array, right: Array, floor: float) -> float:
    """Return the greatest difference as a share of the greatest entry; `floor` is the least that counts as one."""
    size = max(float(np.abs(right).max()), float(np.abs(given).max()), floor)
    off = float(np.abs(given - right).max())
    return 0.0 if size == 0 else off / size if np.isfinite(off) else np.inf


def is_float(value: Any) -> bool:
    return bool(np.issubdtype(np.asarray(value).dtype, np.floating))


def parted(vector: Array, like: list[Array]) -> list[Array]:
    """Return a vector cut into parts of the sizes of some arrays."""
    return np.split(vector, np.cumsum([array.size for array in like])[:-1])
