"""Two runs side by side: from the same weights, where do they part, and how far do they go?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.errors import OptionError
from selenite.training.history import History
from selenite.types import Floats, Indices

MOST_EPOCHS = 12


@dataclass(frozen=True)
class Comparison:
    """Two recorded runs at some epochs, the start first."""

    epochs: Indices
    loss: Floats  # (2, len(epochs)): of each run's epoch, NaN at the start
    distance: Floats  # root of the mean square of the difference between the parameters
    same_start: bool
    parted: int | None  # the first of these epochs after which the parameters differ

    def __str__(self) -> str:
        lines = [f"{'epoch':>8}{'loss of A':>14}{'loss of B':>14}{'weights apart':>16}"]
        for epoch, a, b, apart in zip(self.epochs, *self.loss, self.distance, strict=True):
            losses = "".join(f"{value:>14.6g}" if value == value else f"{'-':>14}" for value in (a, b))
            lines.append(f"{epoch:>8,}{losses}{apart:>16.3g}")
        begun = "Both begin with the same weights" if self.same_start else "They begin with different weights"
        parted = "and stay the same" if self.parted is None else f"and differ from epoch {self.parted:,} on"
        return "\n".join([*lines, f"{begun} {parted}." if self.same_start else f"{begun}."])


def compare(first: History, second: History, epochs: list[int] | None = None) -> Comparison:
    """Compare two recorded runs of one network at some epochs; unless given, about 12 spread over both.

    Parameters
    ----------
    first, second : History
        Of `fit(..., record=True)`.
    epochs : list of int, optional
        Which epochs, from 0, the start, to the last of the shorter run.

    Returns
    -------
    Comparison
        Losses and distance of the parameters at these epochs, and where the runs parted.

    Raises
    ------
    OptionError
        If the runs are of different networks.

    Examples
    --------
    >>> import numpy as np
    >>> from selenite.nn import Network, Optimizer
    >>> from selenite.training import compare, fit
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> network = Network((1, 4, 1), ("tanh", "identity"))
    >>> slow, quick = (
    ...     fit(network, X, X**2, epochs=50, optimizer=Optimizer("sgd", rate), record=True) for rate in (0.1, 0.5)
    ... )
    >>> found = compare(slow.history, quick.history)
    >>> found.same_start, found.parted
    (True, 1)
    """
    shorter = min(len(first), len(second))
    if epochs is None:
        spread = np.geomspace(1, max(shorter, 1), MOST_EPOCHS - 1).round().astype(int)
        epochs = sorted({0, *spread.tolist()} & set(range(shorter + 1)))
    pairs = [(first.at(epoch), second.at(epoch)) for epoch in epochs]
    if pairs and pairs[0][0].shape != pairs[0][1].shape:
        shapes = " and ".join(str(len(one)) for one in pairs[0])
        raise OptionError(f"the runs have {shapes} parameters: only runs of the same network can be compared")
    distance = np.array([float(np.sqrt(np.mean((b.astype(np.float64) - a) ** 2))) for a, b in pairs])
    apart = [epoch for epoch, (a, b) in zip(epochs, pairs, strict=True) if epoch and not np.array_equal(a, b)]
    losses = np.array([[run.loss[epoch - 1] if epoch else np.nan for epoch in epochs] for run in (first, second)])
    return Comparison(
        np.array(epochs), losses, distance, np.array_equal(first.at(0), second.at(0)), apart[0] if apart else None
    )
