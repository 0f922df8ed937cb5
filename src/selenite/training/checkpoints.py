"""The time machine: sparse snapshots of a training, and any epoch between them by replay, bit for bit.

What is random depends on the seed and the epoch alone, and a run cut anywhere gives the same bits. So a snapshot now
and then is enough: from the one before, the epochs that are missing are trained once more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace

from selenite.backend import Backend
from selenite.errors import OptionError
from selenite.nn import EarlyStopping, Network, Optimizer, OptimizerState, TrainOptions
from selenite.types import Array, Indices

MOST_SNAPSHOTS = 64
MOST_BYTES = 1 << 26
Orders = Callable[[int, int], Indices | None]


@dataclass(frozen=True)
class Snapshot:
    """Where training stood after some epochs."""

    epoch: int  # epochs done since this training began
    parameters: Array
    state: OptimizerState
    early_stopping: EarlyStopping


@dataclass
class Tape:
    """A training that can be played again: how it was trained, and the snapshots, which `keep` adds to."""

    network: Network
    optimizer: Optimizer
    backend: Backend
    X: Array
    Y: Array
    weight: Array | None
    seed: int
    orders: Orders | None
    options: TrainOptions
    snapshots: list[Snapshot] = field(default_factory=list)
    every: int = 1  # one in `every` of the snapshots offered is kept
    offered: int = 0

    def keep(self, epoch: int, parameters: Array, state: OptimizerState, early_stopping: EarlyStopping) -> None:
        """Keep a copy of where training stands; when there are too many, every second one goes."""
        self.offered += 1
        if self.snapshots and (self.offered % self.every or epoch <= self.snapshots[-1].epoch):
            return
        self.snapshots.append(Snapshot(epoch, parameters.copy(), _copied(state), copy(early_stopping)))
        n_bytes = parameters.nbytes + state.first.nbytes + state.second.nbytes
        if len(self.snapshots) > max(min(MOST_SNAPSHOTS, MOST_BYTES // n_bytes), 2):
            self.snapshots, self.every = self.snapshots[::2], 2 * self.every

    def at(self, epoch: int) -> Array:
        """Return the parameters after an epoch, 0 for the start."""
        before = self.snapshots[bisect_right([one.epoch for one in self.snapshots], epoch) - 1]
        parameters = before.parameters.copy()
        if before.epoch == epoch:
            return parameters
        count = epoch - before.epoch
        self.backend.train(
            self.network,
            parameters,
            self.optimizer,
            _copied(before.state),
            self.X,
            self.Y,
            self.options,
            n_epochs=count,
            seed=self.seed,
            order=None if self.orders is None else self.orders(before.epoch, count),
            sample_weight=self.weight,
            # Early stopping changes the parameters through the adaptive schedule only; without it a replay is quicker.
            early_stopping=replace(before.early_stopping) if self.optimizer.schedule.name == "adaptive" else None,
        )
        return parameters


def refuse_epoch(epoch: int, last: int) -> None:
    """Raise if a training has no such epoch."""
    if not 0 <= epoch <= last:
        raise OptionError(f"epoch {epoch} is not one of 0 (the start) to {last} (the last that was completed)")


def _copied(state: OptimizerState) -> OptimizerState:
    return replace(state, first=state.first.copy(), second=state.second.copy())
