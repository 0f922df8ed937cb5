"""Checkpoints: where a run once stood, few and far between, as any epoch between them is reached by training again.

What is random depends on the seed and the epoch alone, and a run cut anywhere gives the same bits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

from selenite.nn import EarlyStopping, Optimizer, OptimizerState, TrainOptions
from selenite.types import Array

MOST_CHECKPOINTS = 64
MOST_BYTES_KEPT = 1 << 26


@dataclass(frozen=True)
class Checkpoint:
    """Where a run stood, and how it went on."""

    epoch: int  # epochs done
    row: int  # rows of the next epoch already seen
    parameters: Array
    state: OptimizerState
    optimizer: Optimizer
    options: TrainOptions
    early_stopping: EarlyStopping
    epoch_loss: float  # summed over the rows of the next epoch already seen
    settings: Any = None  # what the owner of the run made the optimizer and the options from
    turning: bool = False  # whether something was changed here: such a checkpoint is never forgotten

    @property
    def place(self) -> tuple[int, int]:
        """Return the epoch and the row."""
        return self.epoch, self.row


class Checkpoints(list[Checkpoint]):
    """The checkpoints of a run by their place, the first and the last among them always."""

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep one; where there are too many, forget the one whose neighbours are the nearest to each other."""
        at = bisect_left(self, checkpoint.place, key=lambda each: each.place)
        there = at < len(self) and self[at].place == checkpoint.place
        self[at : at + there] = [checkpoint]
        state = checkpoint.state
        n_bytes = checkpoint.parameters.nbytes + state.first.nbytes + state.second.nbytes
        if len(self) > max(min(MOST_CHECKPOINTS, MOST_BYTES_KEPT // n_bytes), 2):
            inner = [i for i in range(1, len(self) - 1) if not self[i].turning]
            if inner:
                del self[min(inner, key=lambda i: self[i + 1].epoch - self[i - 1].epoch)]

    def before(self, epoch: int, row: int = 0) -> Checkpoint:
        """Return the last one that is not after a place."""
        return self[bisect_right(self, (epoch, row), key=lambda each: each.place) - 1]

    def cut(self, epoch: int, row: int = 0) -> None:
        """Forget those after a place."""
        del self[bisect_right(self, (epoch, row), key=lambda each: each.place) :]
