"""Several processes that train the networks of one fit together, each a part of them, as MPI's ranks.

A network is trained by one of them as it is trained alone; then all learn where it stands, and go on alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from selenite.errors import ProcessError
from selenite.interrupt import catching_interrupt
from selenite.training import journal_file
from selenite.training.history import Training
from selenite.training.journal_file import Origin
from selenite.training.loop import train_runs
from selenite.training.run import Run
from selenite.training.standing import standing_of

MOST_SECONDS = 24 * 3600.0  # to wait for the others: who ends is seen by the launcher, this is for who hangs
QUIET_SECONDS = 10.0  # of waiting before it is told
FIRST_PAUSE, LONGEST_PAUSE = 1e-4, 0.02  # seconds between two looks: who waits leaves the processor to who works
_NOBODYS = Origin("", "", (), {})


class Ranks:
    """The processes of one fit; its `train_runs` is to be called by each of them for each training, in order.

    Parameters
    ----------
    communicator : mpi4py.MPI.Comm
        Of all processes.
    tell : callable
        Told once where this process waits for long.

    Examples
    --------
    >>> from mpi4py import MPI  # doctest: +SKIP
    >>> ranks = Ranks(MPI.COMM_WORLD)  # doctest: +SKIP
    >>> fit_and_evaluate(table, "y", Settings(), trainer=ranks.train_runs)  # doctest: +SKIP
    """

    def __init__(self, communicator: Any, tell: Callable[[str], None] = lambda words: None) -> None:
        self.communicator, self._tell = communicator, tell
        self.rank, self.size = int(communicator.rank), int(communicator.size)
        self._told = False

    @property
    def leads(self) -> bool:
        """Tell whether this process is the one that prints and writes files."""
        return self.rank == 0

    def train_runs(
        self,
        runs: Sequence[Run],
        *,
        keep_best: bool = False,
        saving: Callable[[Sequence[Run]], None] | None = None,
        **options: Any,
    ) -> list[Training]:
        """Train runs as the function of this name does, each in one of the processes; return all, in every process.

        Nobody is told where they stand in between (`saving`): no process knows it of all.
        """
        mine = runs[self.rank :: self.size]
        if mine:
            train_runs(mine, keep_best=keep_best, **options)
        with catching_interrupt() as interrupted:
            stand = journal_file.to_bytes(_NOBODYS, [standing_of(mine)], 1) if mine else b""
            found = self.gather(stand)
            asked = any(self.gather(b"asked" if interrupted() else b""))
        for rank, content in enumerate(found):
            if content:
                journal_file.from_bytes(content).standings[0].restore(runs[rank :: self.size])
        if asked and all(run.ending != "interrupt" for run in runs):
            for run in runs:
                run.ending = "interrupt"
        return [run.result(keep_best) for run in runs]

    def gather(self, content: bytes) -> list[bytes]:
        """Return what each process gives, in their order, once all have.

        Raises
        ------
        ProcessError
            If one of them has not for a day.
        """
        sizes = np.zeros(self.size, dtype=np.int64)
        self._wait(self.communicator.Iallgather(np.array([len(content)], dtype=np.int64), sizes))
        places, every = np.cumsum(sizes) - sizes, np.empty(int(sizes.sum()), dtype=np.uint8)
        where = [every, (sizes.tolist(), places.tolist())]
        self._wait(self.communicator.Iallgatherv(np.frombuffer(content, dtype=np.uint8), where))
        return [every[begin : begin + size].tobytes() for begin, size in zip(places, sizes, strict=True)]

    def _wait(self, request: Any) -> None:
        """Wait for an exchange, without keeping a processor busy."""
        begun, pause = time.perf_counter(), FIRST_PAUSE
        while not request.Test():
            waited = time.perf_counter() - begun
            if waited > MOST_SECONDS:
                raise ProcessError(
                    f"process {self.rank} of {self.size} has waited {MOST_SECONDS / 3600:g} hours for the others: one "
                    "of them hangs, or its machine is far slower"
                )
            if waited > QUIET_SECONDS and not self._told:
                self._told = True
                self._tell("waiting for the networks of the other processes")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
