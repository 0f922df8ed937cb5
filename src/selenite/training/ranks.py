"""Several processes that train the networks of one fit together, as MPI's ranks.

Teams of them share the networks; the processes of a team share the shards of each batch, where batches are cut. So each
network is trained as one process alone trains it, bit for bit. Then all learn where each stands, and go on alike.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, inf
from typing import Any

import numpy as np

from selenite.backend import limit_threads, n_threads
from selenite.errors import ProcessError
from selenite.interrupt import catching_interrupt
from selenite.nn.shards import Bytes, Exchange
from selenite.training.history import Training
from selenite.training.loop import train_runs
from selenite.training.reports import Reports, bytes_of, restore
from selenite.training.run import Run
from selenite.types import Indices

MOST_BYTES = 1 << 30  # that are gathered at once: MPI counts in 32 bits
MOST_SECONDS = 24 * 3600.0  # to wait for the others: who ends is seen by the launcher, this is for who hangs
QUIET_SECONDS = 10.0  # of waiting before it is told
BUSY, BUSY_IF_CROWDED = 4e-4, 5e-5  # seconds of waiting before a pause, the latter if processors are too few
PAUSE, LONGEST_PAUSE = 1 / 16, 0.02  # of the time waited, and in seconds: who waits leaves the processor to who works
TWICE_AS_MANY = 1.6  # times as quick as half of them, processes that share a network's batches, at the least
SUMS = 1  # the tag of these messages


@dataclass(frozen=True)
class Division:
    """How processes share networks: each of the teams trains a part of them, its processes a part of each batch."""

    teams: int
    processes: int  # of a team


def divided(n_networks: int, n_shards: int, n_processes: int) -> Division:
    """Return the division that trains the last network soonest.

    >>> divided(6, 1, 4), divided(1, 4, 4), divided(6, 4, 4)
    (Division(teams=4, processes=1), Division(teams=1, processes=4), Division(teams=2, processes=2))
    """
    best, least = Division(1, 1), inf
    for doublings in range(min(n_shards, n_processes).bit_length()):
        teams = min(n_processes >> doublings, n_networks)
        took = ceil(n_networks / teams) / TWICE_AS_MANY**doublings
        if took < least:
            best, least = Division(teams, 1 << doublings), took
    return best


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
        self.n_trainings = 0  # so far
        self._busy, self._n_threads, self._told = BUSY_IF_CROWDED, 1, False

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
        """Train runs as the function of this name does, with the other processes; return all, in every process.

        `saving` is told in the first process, of all runs, those of others where they last said that they stand.

        Raises
        ------
        ProcessError
            If processes that share a network come to other numbers.
        """
        if self.n_trainings == 0:
            self._share_processors()
        self.n_trainings += 1
        how = divided(len(runs), runs[0].options.shards, self.size)
        parts = [runs[team :: how.teams] for team in range(how.teams)]
        team, place = divmod(self.rank, how.processes)
        mine = parts[team] if team < how.teams else []
        speaks = place == 0 and bool(mine)  # for its team
        with Reports(self, runs, parts, how.processes, saving) as reports:
            if mine:
                self._train(mine, place, how.processes, keep_best=keep_best, saving=reports.stand, **options)
            with catching_interrupt() as interrupted:
                found = self.gather(bytes_of(mine) if speaks else b"", reports.look)
                self._refuse_other_numbers(mine, how)
                asked = any(self.gather(b"asked" if interrupted() else b""))
        for part, content in zip(parts, found[:: how.processes], strict=False):
            restore(part, content)
        if asked and all(run.ending != "interrupt" for run in runs):
            for run in runs:
                run.ending = "interrupt"
        return [run.result(keep_best) for run in runs]

    def _share_processors(self) -> None:
        """Share the processors of this machine with the other processes on it."""
        name, processors = platform.node().encode(), os.cpu_count() or 1
        processes = self.gather(name).count(name)
        self._n_threads = max(processors // processes, 1)
        self._busy = BUSY if processes <= processors else BUSY_IF_CROWDED

    def _train(self, runs: Sequence[Run], place: int, processes: int, **options: Any) -> None:
        """Train runs with the others of a team, of which this process has a place."""
        count = runs[0].options.shards // processes
        for run in runs:
            run.exchange = None if processes == 1 else Exchange(place * count, count, self.trade)
        with limit_threads(min(self._n_threads, n_threads())):
            train_runs(runs, **options)
        for run in runs:
            run.exchange = None  # who asks for an epoch again asks one process

    def trade(self, level: int, mine: Bytes, theirs: Bytes) -> None:
        """Trade a sum with the process that has the next ones."""
        other = self.rank ^ (1 << level)
        requests = [self.communicator.Irecv(theirs, other, SUMS), self.communicator.Isend(mine, other, SUMS)]
        self.wait(lambda: type(requests[0]).Testall(requests))

    def _refuse_other_numbers(self, runs: Sequence[Run], how: Division) -> None:
        """Refuse processes of a team that have not come to the same numbers, whatever made one of them differ."""
        digest = sha256(b"".join(run.parameters.tobytes() for run in runs)).digest()
        found = self.gather(digest)
        for rank in range(how.teams * how.processes):
            if found[rank] != found[rank - rank % how.processes]:
                raise ProcessError(
                    f"process {rank} came to other numbers than process {rank - rank % how.processes}, with which it "
                    "trained a network: one of their machines computes otherwise, or loses what it is sent"
                )

    def gather(self, content: bytes, meanwhile: Callable[[], None] = lambda: None) -> list[bytes]:
        """Return what each process gives, in their order, once all have; call `meanwhile` from time to time.

        Raises
        ------
        ProcessError
            If one of them has not for a day.
        """
        sizes = np.zeros(self.size, dtype=np.int64)
        self.wait(self.communicator.Iallgather(np.array([len(content)], dtype=np.int64), sizes).Test, meanwhile)
        at_once = MOST_BYTES // self.size
        rounds = [
            self._gather_round(content[begin : begin + at_once], np.clip(sizes - begin, 0, at_once))
            for begin in range(0, max(int(sizes.max()), 1), at_once)
        ]
        return [b"".join(parts) for parts in zip(*rounds, strict=True)]

    def _gather_round(self, content: bytes, sizes: Indices) -> list[bytes]:
        places, every = np.cumsum(sizes) - sizes, np.empty(int(sizes.sum()), dtype=np.uint8)
        where = [every, (sizes.tolist(), places.tolist())]
        self.wait(self.communicator.Iallgatherv(np.frombuffer(content, dtype=np.uint8), where).Test)
        return [every[begin : begin + size].tobytes() for begin, size in zip(places, sizes, strict=True)]

    def wait(self, is_done: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait for an exchange, without keeping a processor busy for long.

        Pauses are a small part of the time waited: a message needs looks of both sides, and two that slept as long as
        they had waited would go on making each other wait.
        """
        begun = time.perf_counter()
        while not is_done():
            waited = time.perf_counter() - begun
            if waited < self._busy:
                continue
            if waited > MOST_SECONDS:
                raise ProcessError(
                    f"process {self.rank} of {self.size} has waited {MOST_SECONDS / 3600:g} hours for the others: one "
                    "of them hangs, or its machine is far slower"
                )
            if waited > QUIET_SECONDS and not self._told:
                self._told = True
                self._tell("waiting for the other processes")
            meanwhile()
            time.sleep(min(PAUSE * waited, LONGEST_PAUSE))
