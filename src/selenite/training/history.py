"""What training leaves behind: a curve per quantity, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from selenite.errors import OptionError
from selenite.nn import Epochs
from selenite.nn.optimizers import OptimizerState
from selenite.training.checkpoints import Tape, refuse_epoch
from selenite.types import Array, Floats

Ending = Literal["epochs", "patience", "interrupt", "callback", "time", "diverged", "converged"]


@dataclass(frozen=True)
class History:
    """One number per epoch of each quantity."""

    loss: Floats  # mean over the rows, the penalty included
    validation_loss: Floats  # empty without validation rows
    gradient_norm: Floats
    learning_rate: Floats
    seconds: Floats  # since the beginning; clock, so never part of a model file
    tape: Tape | None = field(default=None, repr=False, compare=False)  # of a recorded run

    def __len__(self) -> int:
        return len(self.loss)

    def at(self, epoch: int) -> Array:
        """Return the parameters after an epoch of a recorded run, bit for bit; 0 gives the start.

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
        if self.tape is None:
            raise OptionError(
                "this run was not recorded: fit(..., record=True) keeps what its epochs are replayed from"
            )
        refuse_epoch(epoch, len(self))
        return self.tape.at(epoch)


@dataclass(frozen=True)
class Training:
    """The result of training a network."""

    parameters: Array  # of the best epoch where one was looked for, else of the last
    history: History
    ended: Ending
    best_epoch: int  # counted from 1; the last one where nothing was watched
    state: OptimizerState | None = None  # of the last epoch
    explanation: str = ""  # of a divergence, or a solver's own words


@dataclass
class Record:
    """A history in the making, chunk by chunk of epochs."""

    chunks: list[Epochs] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)  # seconds since the beginning, after each chunk
    epochs: int = 0

    def note(self, chunk: Epochs, seconds: float) -> None:
        """Keep what some epochs gave."""
        self.chunks.append(chunk)
        self.clock.append(seconds)
        self.epochs += len(chunk.loss)

    def note_iteration(self, loss: float, gradient_norm: float, seconds: float) -> None:
        """Keep what one iteration on all rows gave."""
        nothing = np.empty(0)
        self.note(Epochs(np.array([loss]), nothing, np.array([gradient_norm]), nothing), seconds)

    def history(self, tape: Tape | None = None) -> History:
        """Return the curves of all chunks, joined."""

        def joined(name: str) -> Floats:
            return np.concatenate([np.empty(0), *(getattr(chunk, name) for chunk in self.chunks)])

        done = np.cumsum([0, *(len(chunk.loss) for chunk in self.chunks)])
        return History(
            loss=joined("loss"),
            validation_loss=joined("validation_loss"),
            gradient_norm=joined("gradient_norm"),
            learning_rate=joined("rate"),
            seconds=np.interp(
                np.arange(1, self.epochs + 1), done, [0.0, *self.clock]
            ),  # as if all of a chunk were alike
            tape=tape,
        )
