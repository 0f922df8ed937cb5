"""What solvers that take all rows at once stand on: curves, callbacks, Ctrl-C, and why they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from selenite.nn import Epochs, Network
from selenite.training.callbacks import Callback, CallbackList
from selenite.training.history import Curves, Ending, Training
from selenite.types import Array


class Iterations:
    """One solver's iterations, each of which counts as an epoch; `interrupted` says whether Ctrl-C was pressed."""

    def __init__(
        self, network: Network, most: int, callbacks: Sequence[Callback], interrupted: Callable[[], bool]
    ) -> None:
        self.most, self.interrupted = most, interrupted
        self.curves, self.callbacks = Curves(), CallbackList(callbacks, network, most)
        self.ended: Ending | None = None

    @property
    def go_on(self) -> bool:
        """Tell whether there is to be another iteration."""
        return self.ended is None and self.curves.length < self.most

    def note(self, parameters: Array, loss: float, gradient_norm: float, converged: bool = False) -> None:
        """Write down an iteration, tell of it, and decide whether it was the last."""
        nothing = np.empty(0)
        self.curves.add(Epochs(np.array([loss]), nothing, np.array([gradient_norm]), nothing), self.callbacks.seconds())
        asked_to_end = self.callbacks.epoch(self.curves, parameters)
        if self.interrupted():
            self.ended = "interrupt"
        elif asked_to_end:
            self.ended = "callback"
        elif converged:
            self.ended = "converged"

    def result(self, parameters: Array, explanation: str = "") -> Training:
        """Tell that it is over, and return the result."""
        n = self.curves.length
        training = Training(parameters, self.curves.history(), self.ended or "epochs", n, explanation=explanation)
        self.callbacks.end(training)
        return training
