"""The numbers of each epoch, kept whole, and thinned for drawing."""

from __future__ import annotations

import numpy as np

from selenite.nn import Epochs
from selenite.types import Floats, NDArray

NAMES = ("loss", "test_loss", "gradient_norm")
MOST_DRAWN = 300


class Curves:
    """One number an epoch of each quantity, in arrays that grow."""

    def __init__(self) -> None:
        self.length = 0
        self._arrays = {name: np.empty(1024) for name in NAMES}

    def __getitem__(self, name: str) -> Floats:
        return self._arrays[name][: self.length]

    def add(self, epochs: Epochs) -> None:
        """Keep what some epochs gave; where nothing was tested, the test loss is NaN."""
        count = len(epochs.loss)
        while self.length + count > len(self._arrays["loss"]):
            self._arrays = {name: np.concatenate([array, np.empty_like(array)]) for name, array in self._arrays.items()}
        into = slice(self.length, self.length + count)
        self._arrays["loss"][into] = epochs.loss
        self._arrays["test_loss"][into] = epochs.validation_loss if len(epochs.validation_loss) else np.nan
        self._arrays["gradient_norm"][into] = epochs.gradient_norm
        self.length += count

    def copy(self) -> Curves:
        """Return the same numbers in arrays of their own."""
        twin = Curves()
        twin.length, twin._arrays = self.length, {name: array.copy() for name, array in self._arrays.items()}
        return twin

    def cut(self, epoch: int) -> None:
        """Forget what came after an epoch."""
        self.length = min(self.length, epoch)

    def thinned(self) -> tuple[NDArray[np.int64], dict[str, Floats]]:
        """Return epochs, counted from 1, at most 300 and denser at the beginning, and the curves there."""
        if self.length == 0:
            return np.empty(0, np.int64), {name: np.empty(0) for name in NAMES}
        half = MOST_DRAWN // 2
        even, early = np.linspace(0, self.length - 1, half), np.geomspace(1, self.length, half) - 1
        at = np.unique(np.concatenate([even, early]).round().astype(np.int64))
        return at + 1, {name: self[name][at] for name in NAMES}
