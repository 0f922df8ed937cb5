"""What training leaves behind: a curve per quantity, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from selenite.arrays import NDArray
from selenite.nn.activations import Array
from selenite.nn.optimizers import OptimizerState

Ending = Literal["epochs", "patience", "interrupt", "callback", "diverged", "converged"]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """One number per epoch of each quantity."""

    loss: Curve  # mean over the rows, the penalty included
    validation_loss: Curve  # empty without validation rows
    gradient_norm: Curve
    learning_rate: Curve
    seconds: Curve  # since the beginning; clock, so never part of a model file

    def __len__(self) -> int:
        return len(self.loss)


@dataclass(frozen=True)
class Training:
    """The result of training a network."""

    parameters: Array  # of the best epoch where one was looked for, else of the last
    history: History
    ended: Ending
    best_epoch: int  # counted from 1; the last one where nothing was watched
    state: OptimizerState | None = None  # of the last epoch
    explanation: str = ""  # of a divergence
