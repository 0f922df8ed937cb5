"""What the processes of a fit report to the first from time to time, so that it can save where all networks stand."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from selenite.training import journal, journal_file
from selenite.training.journal_file import Origin
from selenite.training.run import Run
from selenite.training.standing import standing_of

if TYPE_CHECKING:
    from selenite.training.ranks import Ranks

REPORTS = 2, 3  # the tags of these messages, by turns: a process may report of the next training already
_NOBODYS = Origin("", "", (), {})


def bytes_of(runs: Sequence[Run]) -> bytes:
    """Return where runs stand, as bytes."""
    return journal_file.to_bytes(_NOBODYS, [standing_of(runs)], 1)


def restore(runs: Sequence[Run], content: bytes) -> None:
    """Put runs where others stood."""
    journal_file.from_bytes(content).standings[0].restore(runs)


class Reports:
    """The reports of one training, of runs in parts, each of which a team of so many processes trains."""

    def __init__(
        self,
        ranks: Ranks,
        runs: Sequence[Run],
        parts: Sequence[Sequence[Run]],
        processes: int,
        saving: Callable[[Sequence[Run]], None] | None,
    ) -> None:
        self._ranks, self._runs, self._parts, self._processes = ranks, runs, parts, processes
        self._saving = saving
        self._tag = REPORTS[ranks.n_trainings % 2]
        self._n_sent = self._n_taken = 0
        self._last = time.perf_counter()
        self._latest: tuple[Any, bytes] | None = None  # report, on its way

    def stand(self, runs: Sequence[Run]) -> None:
        """Report where the runs of this process stand, if it speaks for its team and it is time to; the first saves."""
        if self._saving is None or self._ranks.rank % self._processes:
            return
        if self._ranks.leads:
            return self.look()
        on_its_way = self._latest is not None and not self._latest[0].Test()
        if not on_its_way and time.perf_counter() >= self._last + journal.SECONDS_BETWEEN:
            content = bytes_of(runs)
            self._latest = self._ranks.communicator.Isend(np.frombuffer(content, np.uint8), 0, self._tag), content
            self._n_sent += 1
            self._last = time.perf_counter()

    def look(self) -> None:
        """Take the reports that have come to the first process, and let it save."""
        if self._saving is not None and self._ranks.leads:
            while self._take():
                pass
            if all(run.ending not in journal.FROM_OUTSIDE for run in self._runs):
                self._saving(self._runs)

    def _has_taken(self, n_sent: int) -> bool:
        """Take what has come; tell whether that was all."""
        while self._n_taken < n_sent and self._take():
            pass
        return self._n_taken == n_sent

    def _take(self) -> bool:
        """Take a report, if one has come."""
        from mpi4py import MPI

        status = MPI.Status()
        message = self._ranks.communicator.Improbe(MPI.ANY_SOURCE, self._tag, status)
        if message is None:
            return False
        content = np.empty(status.Get_count(MPI.BYTE), np.uint8)
        message.Recv(content)
        restore(self._parts[status.Get_source() // self._processes], content.tobytes())
        self._n_taken += 1
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Leave no report on its way."""
        if kind is not None:
            return
        n_sent = sum(map(int, self._ranks.gather(str(self._n_sent).encode())))
        if self._ranks.leads:
            self._ranks.wait(lambda: self._has_taken(n_sent))
        elif self._latest is not None:
            self._ranks.wait(self._latest[0].Test)
