"""Checkpoints: where a run once stood, few and far between, as any epoch between them is reached by training again.

What is random depends on the seed and the epoch alone, and a run cut anywhere gives the same bits.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from selenite.nn import EarlyStopping, OptimizerState
from selenite.types import Array

MOST_CHECKPOINTS = 64
MOST_BYTES_KEPT = 1 << 26


@dataclass(frozen=True)
class Checkpoint:
    """Where a run stood, and all that it needs to go on from there."""

    epoch: int  # epochs done
    parameters: Array
    state: OptimizerState
    early_stopping: EarlyStopping


class Checkpoints(list[Checkpoint]):
    """The checkpoints of a run by their epoch, the first and the last among them always."""

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a later one; where there are too many, forget the one whose neighbours are the nearest to each other."""
        self.append(checkpoint)
        state = checkpoint.state
        n_bytes = checkpoint.parameters.nbytes + state.first.nbytes + state.second.nbytes
        if len(self) > max(min(MOST_CHECKPOINTS, MOST_BYTES_KEPT // n_bytes), 2):
            del self[min(range(1, len(self) - 1), key=lambda i: self[i + 1].epoch - self[i - 1].epoch)]

    def before(self, epoch: int) -> Checkpoint:
        """Return the last one that is not after an epoch."""
        return self[bisect_right(self, epoch, key=lambda each: each.epoch) - 1]
