"""Where a gradient is looked at, and what is found there: the user's own gradient, and the differences of the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.differences import derivative, first_step, noise
from selenite.gradient_check.user_network import UserNetwork
from selenite.types import AnyArray, Array, Indices

MOST_ENTRIES = 200  # looked at, of each parameter; fewer where each costs more,
LEAST_ENTRIES = 40
MOST_WORK = 2e9  # rows × parameters × entries


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
        types = [np.asarray(each).dtype for each in (*arrays, loss)]
        eps = max(float(np.finfo(dtype).eps) for dtype in types if np.issubdtype(dtype, np.floating))
        return cls(1e-3, 1e-4, 1e-6, eps) if eps < 1e-10 else cls(2e-2, 2e-2, 2e-3, eps)


def random_parameters(network: UserNetwork, stream: np.random.Generator) -> list[Array]:
    """Return parameters of moderate size: sums near 1, no kink at exactly 0."""
    X = np.asarray(network.X, dtype=float)
    size = 1 / max(1.0, float(np.sqrt(np.mean(X**2))) if X.size else 1.0)
    fan_in = [max(1, *array.shape) if array.ndim > 1 else 2 for array in network.start]
    return [
        np.asarray(stream.normal(size=array.shape) * size / np.sqrt(fed / 2), array.dtype)
        for array, fed in zip(network.start, fan_in, strict=True)
    ]


def near(arrays: list[Array], stream: np.random.Generator, share: float) -> list[Array]:
    """Return parameters that differ a little from these."""
    return [np.asarray(a + share * (np.abs(a) + 0.1) * stream.normal(size=a.shape), a.dtype) for a in arrays]


def drawn_entries(network: UserNetwork, stream: np.random.Generator) -> list[Indices]:
    """Return which entries of each parameter are looked at."""
    size = network.y.shape[0] * sum(array.size for array in network.start) if network.y.ndim else 1
    most = int(np.clip(MOST_WORK / size, LEAST_ENTRIES, MOST_ENTRIES))
    return [
        np.arange(array.size) if array.size <= most else np.sort(stream.choice(array.size, most, replace=False))
        for array in network.start
    ]


@dataclass(frozen=True)
class Sample:
    """One set of parameters, and what the user's gradient and the differences are there."""

    arrays: list[Array]
    vector: Array  # the same, all parameters joined
    given: Array  # the user's gradient in such a vector
    notes: list[str]  # what is odd about its shapes, one a parameter
    right: Array  # the differences, at the places looked at
    error: Array  # of `right`


class Sampling:
    """How samples are taken: of which network, and at which entries of each parameter."""

    def __init__(self, network: UserNetwork, entries: list[Indices], precision: Precision, n_rows: int) -> None:
        self.network, self.entries, self.precision, self.n_rows = network, entries, precision, n_rows
        starts = np.cumsum([0, *(array.size for array in network.start)])[:-1]
        ends = np.cumsum([len(each) for each in entries])
        self.places = np.concatenate([start + each for start, each in zip(starts, entries, strict=True)])
        self.parts = [slice(end - len(each), end) for end, each in zip(ends, entries, strict=True)]  # of the places

    def at(self, arrays: list[Array], loss: Callable[[list[Array]], float]) -> Sample:
        """Return gradient and differences at these parameters."""
        gradient = self.network.gradient(arrays)
        level = noise(loss, arrays)
        step = first_step(loss(arrays), level)
        found = np.empty((len(self.places), 2))  # derivatives and their errors
        for which, (entries, part) in enumerate(zip(self.entries, self.parts, strict=True)):
            size = 0.0
            for row, entry in zip(found[part], entries, strict=True):
                enough = 0.02 * self.precision.explained * size
                row[:] = derivative(loss, arrays, which, int(entry), step, level, enough)
                size = max(size, abs(row[0])) if np.isfinite(row[0]) else size
        right, error = found.T
        shaped = [
            self._in_shape(i, own, right[part]) for i, (own, part) in enumerate(zip(gradient, self.parts, strict=True))
        ]
        given, notes = np.concatenate([flat for flat, _ in shaped]), [note for _, note in shaped]
        return Sample(arrays, joined(arrays), given, notes, right, error)

    def _in_shape(self, i: int, own: AnyArray | None, right: Array) -> tuple[Array, str]:
        """Return a gradient in its parameter's shape, flat, and what was odd about its own shape."""
        name, array, entries = self.network.names[i], self.network.start[i], self.entries[i]
        if own is None:
            return np.zeros(array.size), "not given"
        flat = np.asarray(own, dtype=np.float64)
        shapes = f"{as_text(own.shape)} for a parameter of {as_text(array.shape)}"
        if own.size == array.size:
            if own.ndim == 2 and own.shape == array.shape[::-1] != array.shape and 1 not in own.shape:
                return flat.T.ravel(), f"transposed: {shapes}"
            return flat.ravel(), ""
        n = own.size // array.size
        for axis in (0, -1):
            if own.ndim and own.shape[axis] == n and own.size == n * array.size:
                sums = [flat.sum(axis=axis).ravel(), flat.mean(axis=axis).ravel()]
                off = [float(np.abs(each[entries] - right).sum()) for each in sums]
                return sums[int(np.argmin(off))], f"a row each, not summed: {shapes}"
        if own.size == self.n_rows and 1 in (*array.shape, array.ndim):
            return np.zeros(array.size), f"a number a row: {shapes}"
        if own.size == 1:
            return np.full(array.size, float(flat.ravel()[0])), f"one number: {shapes}"
        raise OptionError(f"gradient of {self.network.label} has the shape {shapes} {name}")


def as_text(shape: tuple[int, ...]) -> str:
    """Return a shape as users write it, but (3) for one axis."""
    return f"({', '.join(map(str, shape))})"


def joined(arrays: list[Array]) -> Array:
    """Return some arrays in one vector."""
    return np.concatenate([np.asarray(array, dtype=np.float64).ravel() for array in arrays])


def parted(vector: Array, like: list[Array]) -> list[Array]:
    """Return a vector cut into parts of the sizes of some arrays."""
    return np.split(vector, np.cumsum([array.size for array in like])[:-1])


def distance(given: Array, right: Array, floor: float) -> float:
    """Return the greatest difference as a share of the greatest entry; `floor` is the least that counts as one."""
    size = max(float(np.abs(right).max()), float(np.abs(given).max()), floor)
    off = float(np.abs(given - right).max())
    return 0.0 if size == 0 else off / size if np.isfinite(off) else np.inf
