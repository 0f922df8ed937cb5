"""What training leaves behind: a curve per quantity, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from selenite.errors import OptionError
from selenite.nn import Epochs
from selenite.nn.optimizers import OptimizerState
from selenite.sketch import curves
from selenite.types import Array, Floats

if TYPE_CHECKING:
    from selenite.training.run import Run

NOT_RECORDED = "this run was not recorded: fit(..., record=True) keeps what its epochs are replayed from"
Ending = Literal["epochs", "patience", "interrupt", "callback", "time", "diverged", "converged"]


@dataclass(frozen=True)
class History:
    """One number per epoch of each quantity."""

    loss: Floats  # mean over the rows, the penalty included
    validation_loss: Floats  # empty without validation rows
    gradient_norm: Floats
    learning_rate: Floats
    seconds: Floats  # since the beginning; clock, so never part of a model file
    run: Run | None = field(default=None, repr=False, compare=False)  # where it was recorded

    def __len__(self) -> int:
        return len(self.loss)

    def _repr_html_(self) -> str:
        """Return the curve of the loss for a notebook."""
        return curves({"training": self.loss, "validation": self.validation_loss})

    @property
    def recorded(self) -> Run:
        """Return the run, where it was recorded."""
        if self.run is None:
            raise OptionError(NOT_RECORDED)
        return self.run

    def at(self, epoch: int) -> Array:
        """Return the parameters after so many epochs of a recorded run, bit for bit; 0 gives the start.

        Examples
        --------
        >>> import numpy as np
        >>> from selenite.nn import Network
        >>> from selenite.training import fit
        >>> X = np.linspace(-1, 1, 20)[:, None]
        >>> training = fit(Network((1, 4, 1), ("tanh", "identity")), X, X**2, epochs=30, record=True)
        >>> bool((training.history.at(30) == training.parameters).all())
        True
        """
        run = self.recorded
        refuse_epoch(epoch, len(self))
        return run.at(epoch)


def refuse_epoch(epoch: int, last: int) -> None:
    """Raise if a training has no such epoch."""
    if not 0 <= epoch <= last:
        raise OptionError(f"epoch {epoch} is not one of 0 (the start) to {last} (the last that was completed)")


@dataclass(frozen=True)
class Training:
    """The result of training a network."""

    parameters: Array  # of the best epoch where one was looked for, else of the last
    history: History
    ended: Ending
    best_epoch: int  # counted from 1; the last one where nothing was watched
    state: OptimizerState | None = None  # of the last epoch
    explanation: str = ""  # of a divergence, or a solver's own words

    def _repr_html_(self) -> str:
        """Return how it ended and the curve of the loss, for a notebook."""
        ended = f"{len(self.history):,} epochs, ended by {self.ended}; epoch {self.best_epoch:,} kept."
        return f"<div><p>{ended}</p>{self.history._repr_html_()}</div>"


class Curves:
    """The numbers of each epoch, kept whole in arrays that grow; NaN where nothing was measured."""

    def __init__(self) -> None:
        self.length = 0
        self._arrays = {name: np.empty(64) for name in ("loss", "validation_loss", "gradient_norm", "rate", "seconds")}
        self._measured: set[str] = set()

    def __getitem__(self, name: str) -> Floats:
        return self._arrays[name][: self.length]

    def measured(self, name: str) -> Floats:
        """Return the numbers of a curve; none where nothing was measured."""
        return self[name].copy() if name in self._measured else np.empty(0)

    def add(self, epochs: Epochs, seconds: float = np.nan) -> None:
        """Keep what some epochs gave, the last of them after so many seconds."""
        begin = self.length
        count = len(epochs.loss)
        while begin + count > len(self._arrays["loss"]):
            self._arrays = {name: np.concatenate([array, np.empty_like(array)]) for name, array in self._arrays.items()}
        before = self._arrays["seconds"][begin - 1] if begin else 0.0
        alike = before + (seconds - before) * np.arange(1, count + 1) / max(count, 1)  # as if all took as long
        for name, array in self._arrays.items():
            numbers = alike if name == "seconds" else getattr(epochs, name)
            array[begin : begin + count] = numbers if len(numbers) else np.nan
            if len(numbers):
                self._measured.add(name)
        self.length = begin + count

    def history(self, run: Run | None = None) -> History:
        """Return the curves as a history; `run` is the one that was recorded."""
        loss, validation_loss, gradient_norm, learning_rate, seconds = map(self.measured, self._arrays)
        return History(loss, validation_loss, gradient_norm, learning_rate, seconds, run)
