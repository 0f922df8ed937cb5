"""Callbacks: told when training begins, goes on and ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan

from selenite.nn import EarlyStopping, Network
from selenite.text import counted, plain_number
from selenite.training.history import Curves, Training
from selenite.types import Array


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
    runs: int = 1  # networks trained side by side, of which this is the best that still goes on


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


class TellEpochs(Callback):
    """Tells somebody, such as `ProgressBar.done`, what share of the epochs is done, with details in words."""

    def __init__(self, done: Callable[..., None]) -> None:
        self.done = done

    def epoch(self, progress: Progress) -> None:
        """Tell the share of the epochs, which networks they are of, and the losses."""
        sizes = ",".join(map(str, progress.network.layer_sizes[1:-1]))
        judged = (
            "" if progress.validation_loss is None else f" (validation {plain_number(progress.validation_loss, 3)})"
        )
        self.done(
            progress.epoch / progress.epochs,
            f"epoch {progress.epoch} of {progress.epochs}",
            f"{counted(progress.runs, 'network')}{f' of {sizes}' if sizes else ''}",
            f"loss {plain_number(progress.loss, 3)}{judged}",
        )


class CallbackList:
    """Those who are told of one training, and its clock."""

    def __init__(self, callbacks: Sequence[Callback], network: Network, epochs: int, runs: int = 1) -> None:
        self.callbacks, self.network, self.epochs, self.runs = callbacks, network, epochs, runs
        for callback in callbacks:
            callback.begin(network, epochs)
        self.every_epoch = any(callback.every_epoch for callback in callbacks)
        self.begun = time.perf_counter()

    def seconds(self) -> float:
        """Return how long training has gone on."""
        return time.perf_counter() - self.begun

    def epoch(self, curves: Curves, parameters: Array, early_stopping: EarlyStopping | None = None) -> bool:
        """Tell where training stands; return whether somebody wants it to end."""
        if not self.callbacks:
            return False
        validation_loss = float(curves["validation_loss"][-1])
        best = early_stopping if early_stopping is not None and early_stopping.best_epoch >= 0 else None
        progress = Progress(
            epoch=curves.length,
            epochs=self.epochs,
            loss=float(curves["loss"][-1]),
            validation_loss=None if isnan(validation_loss) else validation_loss,
            best_epoch=0 if best is None else best.best_epoch + 1,
            best_loss=None if best is None else best.best_loss,
            seconds=self.seconds(),
            network=self.network,
            parameters=parameters,
            runs=self.runs,
        )
        asked_to_end = [callback.epoch(progress) for callback in self.callbacks]
        return any(asked_to_end)

    def end(self, training: Training) -> None:
        """Tell that training has ended."""
        for callback in self.callbacks:
            callback.end(training)
