"""Encoded rows on the disk, in windows of about equally many, that training reads one after the other.

They lie in a file without a name, which is gone when the process ends, however it ends. A row's window is a hash of its
number: so windows are random parts of the table, the same wherever its rows come from.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from selenite.errors import OptionError
from selenite.memory import gigabytes
from selenite.nn.random import WINDOW, bits
from selenite.splits.split import HASHED_AT_ONCE
from selenite.table.share import Share
from selenite.training import TrainingRows, Windows
from selenite.types import Array, Floats, Indices

ROWS_OF_A_WINDOW = 65_536
Outputs = Callable[[Floats], Array]  # answers (n,) -> what the network is to give, (n, n_outputs)


class Disk:
    """Room on the disk that has no name, and is given back when nobody uses it any more."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self.file.close)

    def __reduce__(self) -> str:
        raise TypeError(
            "a recorded fit of so many rows keeps them on the disk, and cannot be pickled: leave out record=True"
        )


@dataclass(frozen=True)
class StoredWindows:
    """Rows as numbers, in windows on the disk: inputs, answer and weight of each.

    Answers are numbers of classes, or the numbers themselves; `outputs` turns them into what the network is to give.
    """

    disk: Disk
    places: Indices  # of the first row of each window
    sizes: tuple[int, ...]  # how many rows each window has
    n_inputs: int
    has_weights: bool
    seed: int
    outputs: Outputs

    @classmethod
    def of(
        cls, n_rows: int, aside: Indices, n_inputs: int, has_weights: bool, seed: int, outputs: Outputs
    ) -> StoredWindows:
        """Return room for all rows but those aside, whose numbers rise; refuse what the disk has no room for."""
        n_windows = -(-(n_rows - len(aside)) // ROWS_OF_A_WINDOW)
        sizes = -np.bincount(window_of(aside, n_windows, seed), minlength=n_windows)
        for begin in range(0, n_rows, HASHED_AT_ONCE):
            rows = np.arange(begin, min(begin + HASHED_AT_ONCE, n_rows))
            sizes += np.bincount(window_of(rows, n_windows, seed), minlength=n_windows)
        places, room = np.cumsum(sizes) - sizes, tuple(sizes.tolist())
        empty = cls(Disk(), places, room, n_inputs, has_weights, seed, outputs)
        needed, folder = empty.n_rows * empty.record.itemsize, tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise OptionError(
                f"the encoded rows take {gigabytes(needed)} on the disk while the model is fitted; {folder} has "
                f"{gigabytes(free)} free. Name a folder with more by the environment variable TMPDIR"
            )
        return empty

    @property
    def record(self) -> np.dtype[np.void]:
        """A row as it lies in the file."""
        return record_of(self.n_inputs, self.has_weights)

    @property
    def n_rows(self) -> int:
        """How many rows all windows have."""
        return sum(self.sizes)

    def filling(self) -> Filling:
        """Return what takes the rows, in the table's order."""
        return Filling(self, self.places.copy())

    def of_all(self, share: Share) -> StoredWindows:
        """Return the windows with the rows of all processes, once each has stored those of its share."""
        if share.processes is None:
            return self
        sizes = []
        for window in range(len(self.sizes)):
            rows = share.bytes_of_all(self._bytes(window))
            self.disk.file.seek(int(self.places[window]) * self.record.itemsize)
            self.disk.file.write(rows)
            sizes.append(len(rows) // self.record.itemsize)
        return replace(self, sizes=tuple(sizes))

    def answering(self, outputs: Outputs) -> StoredWindows:
        """Return the same rows, whose answers are turned into something else."""
        return replace(self, outputs=outputs)

    def first(self, n_rows: int) -> StoredWindows:
        """Return the first windows, of at most so many rows, one at least."""
        n = max(int(np.searchsorted(np.cumsum(self.sizes), n_rows, side="right")), 1)
        return replace(self, sizes=self.sizes[:n])

    def windows(self, change: Callable[[Array], Array], n_own: int) -> Windows:
        """Return them as rows to train on beside at most n_own in memory, their outputs changed once more."""
        return Windows(self.sizes, partial(self._load, change=change), n_own, self.seed)

    def _bytes(self, window: int) -> bytes:
        self.disk.file.seek(int(self.places[window]) * self.record.itemsize)
        return self.disk.file.read(self.sizes[window] * self.record.itemsize)

    def _load(self, window: int, change: Callable[[Array], Array]) -> TrainingRows:
        found = np.frombuffer(self._bytes(window), self.record)
        X = np.ascontiguousarray(found["inputs"])
        weight = np.ascontiguousarray(found["weight"]) if self.has_weights else None
        return TrainingRows(X, change(self.outputs(found["answer"])), weight)


@dataclass
class Filling:
    """Takes rows in the table's order and puts each into its window."""

    stored: StoredWindows
    next_places: Indices  # of each window

    def add(self, numbers: Indices, X: Array, answers: Floats, weight: Array | None) -> None:
        """Take the next rows, of these numbers."""
        stored = self.stored
        records = np.empty(len(numbers), stored.record)
        records["inputs"], records["answer"] = X, answers
        if weight is not None:
            records["weight"] = weight
        n_windows = len(stored.sizes)
        window = window_of(numbers, n_windows, stored.seed)
        order, counts = np.argsort(window, kind="stable"), np.bincount(window, minlength=n_windows)
        records, ends = records[order], np.cumsum(counts)
        for which in np.flatnonzero(counts):
            stored.disk.file.seek(int(self.next_places[which]) * records.itemsize)
            stored.disk.file.write(records[ends[which] - counts[which] : ends[which]].tobytes())
        self.next_places += counts

    def done(self) -> StoredWindows:
        """Return the windows with the rows that came: those that were left out have no place in them."""
        return replace(self.stored, sizes=tuple((self.next_places - self.stored.places).tolist()))


def record_of(n_inputs: int, has_weights: bool) -> np.dtype[np.void]:
    """Return a row as it lies in the file: inputs, answer, weight."""
    weight = [("weight", "<f4")] if has_weights else []
    return np.dtype([("inputs", "<f4", (n_inputs,)), ("answer", "<f8"), *weight])


def window_of(rows: Indices, n_windows: int, seed: int) -> Indices:
    """Return the window of each row, by its number.

    >>> window_of(np.arange(8), 3, seed=0).tolist()
    [0, 0, 1, 0, 0, 2, 2, 1]
    """
    return ((bits(seed, WINDOW, rows) >> np.uint64(32)) * np.uint64(n_windows) >> np.uint64(32)).astype(np.intp)
