"""How much quicker processes train a network that they share: `mpiexec -n 2 python benchmarks/shared_network.py`.

By turns the first process trains it alone and all train it together, each with one thread; then the sum of gradients is
timed by turns with a plain Sendrecv of as many bytes. The parameters must be the same. `--rounds` and `--batch` choose.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from mpi4py import MPI

from selenite.backend import limit_threads
from selenite.nn import Network, Optimizer, TrainOptions, initialize, start
from selenite.training import Run, TrainingRows, train_runs
from selenite.training.ranks import Ranks

NETWORK = Network.of((100, 256, 128, 10), "relu", "log_loss")
N, EPOCHS, SHARDS, SUMS = 20_480, 15, 4, 50
random = np.random.default_rng(0)
X = random.normal(size=(N, 100)).astype(np.float32)
Y = np.eye(10, dtype=np.float32)[random.integers(10, size=N)]


def run_of(batch: int) -> Run:
    """Return the network before its training."""
    parameters, optimizer = initialize(NETWORK, dtype=np.float32), Optimizer("adam")
    options = TrainOptions(batch, shards=SHARDS)
    return Run(NETWORK, optimizer, parameters, start(optimizer, parameters), TrainingRows(X, Y), options)


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def sums_by_turns(ranks: Ranks, rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of a sum over two processes, and of a Sendrecv of its bytes."""
    mine, theirs = initialize(NETWORK, dtype=np.float32), np.empty(NETWORK.n_parameters, np.float32)
    sent, received, other = mine.view(np.uint8), theirs.view(np.uint8), ranks.rank ^ 1

    def our_sum() -> None:
        ranks.trade(0, sent, received)
        np.add(mine, theirs, out=theirs)

    def plain_exchange() -> None:
        ranks.communicator.Sendrecv(sent, other, recvbuf=received, source=other)

    ours, plain = [], []
    for _ in range(rounds):
        for times, work in ((ours, our_sum), (plain, plain_exchange)):
            took = 0.0
            for k in range(SUMS):
                mine[:] = k  # as a gradient is: just computed
                ranks.communicator.Barrier()
                took += seconds(work)
            times.append(took / SUMS)
    return ours, plain


def main() -> None:
    """Time both, and print the medians of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch", type=int, default=1024)
    asked = parser.parse_args()
    ranks = Ranks(MPI.COMM_WORLD)
    alone, together = [], []
    with limit_threads(1):
        for _ in range(asked.rounds):
            one, all_of_them = run_of(asked.batch), run_of(asked.batch)
            if ranks.leads:
                alone.append(seconds(lambda one=one: train_runs([one], epochs=EPOCHS)))
            ranks.gather(b"")  # by pauses, until the first has done
            ranks.communicator.Barrier()
            together.append(seconds(lambda run=all_of_them: ranks.train_runs([run], epochs=EPOCHS)))
            assert not ranks.leads or (one.parameters == all_of_them.parameters).all()
        ours, plain = sums_by_turns(ranks, asked.rounds)
    if ranks.leads:
        gain = [before / after for before, after in zip(alone, together, strict=True)]
        of_sum = [sum_ / sent for sum_, sent in zip(ours, plain, strict=True)]
        print(f"{ranks.size} processes, batch {asked.batch}, {asked.rounds} rounds; load {os.getloadavg()[0]:.1f}")
        print(
            f"an epoch alone {1000 * median(alone) / EPOCHS:.1f} ms, together {1000 * median(together) / EPOCHS:.1f} ms"
        )
        print(f"quicker {median(gain):.2f} times ({min(gain):.2f} - {max(gain):.2f})")
        print(f"a sum {1e6 * median(ours):.0f} µs, Sendrecv {1e6 * median(plain):.0f} µs: {median(of_sum):.2f} times")


if __name__ == "__main__":
    main()
