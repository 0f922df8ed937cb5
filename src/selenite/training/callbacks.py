"""Callbacks: told when training begins, goes on and ends."""

from __future__ import annotations

from dataclasses import dataclass

from selenite.nn import Network
from selenite.nn.activations import Array
from selenite.training.history import Training


@dataclass(frozen=True)
class Progress:
    """Where training stands after some epochs."""

    epoch: int  # epochs done
    epochs: int  # epochs asked for
    loss: float
    validation_loss: float | None
    best_epoch: int  # counted from 1, 0 before the first
    best_loss: float | None
    seconds: float
    network: Network
    parameters: Array  # current ones; read, do not write


class Callback:
    """Base of callbacks: override what you need.

    `epoch` is called about every 50 ms, with every epoch's numbers kept in the history all the same;
    set `every_epoch` to be called after each one, which costs speed where epochs are short.
    """

    every_epoch = False

    def begin(self, network: Network, epochs: int) -> None:
        """Training is about to begin."""

    def epoch(self, progress: Progress) -> bool | None:
        """Some epochs are done; return True to end training."""

    def end(self, training: Training) -> None:
        """Training has ended."""
