"""Numbers that are products, such as prices, are learned better by their logarithm.

Networks learn log y. An output layer stretched by the logarithms' deviation, with the activation exp, then gives y
itself, so all who read a network read this one, too. The exponential of a mean is less than the mean of exponentials: a
factor found on rows that were not trained on makes up for it (Duan 1983).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.calibration import Unseen, shrink
from selenite.nn import Network
from selenite.table import Target
from selenite.types import Array, Floats, NDArray

LEAST_WIDTH = 1e-6  # of logarithms: numbers that are all alike have nothing to gain
FARTHEST = 40.0  # of a logarithm from their mean: single precision holds exp of 88


@dataclass(frozen=True)
class Logarithms:
    """Logarithms of the target's numbers, scaled to mean 0 and deviation 1."""

    center: float
    width: float

    @classmethod
    def of(cls, numbers: Floats, others: Floats | None = None, weight: Array | None = None) -> Logarithms | None:
        """Return the scale of the logarithms; None where some are not there or too far, or they are more skewed.

        Each of the numbers (n,) counts by its weight; `others` only have to have a logarithm.
        """
        if numbers.min() <= 0 or (others is not None and others.min() <= 0):
            return None
        logs = np.log(numbers)
        center = float(np.average(logs, weights=weight))
        width = float(np.sqrt(np.average((logs - center) ** 2, weights=weight)))
        if width < LEAST_WIDTH or np.abs(logs - center).max() > FARTHEST:
            return None
        return cls(center, width) if abs(_skewness(logs)) < _skewness(numbers) else None

    def answers(self, numbers: Floats) -> Array:
        """Return what the networks are to give for numbers (n,): scaled logarithms, float32, (n, 1)."""
        scaled: Array = ((np.log(numbers) - self.center) / self.width).astype(np.float32)[:, None]
        return scaled

    def turned_back(self, unseen: Unseen) -> Unseen:
        """Return rows and outputs as the numbers that they stand for, the outputs' mean made that of the answers."""
        numbers = replace(unseen.rows, Y=self._numbers(unseen.rows.Y))
        return Unseen(self._factor(unseen) * self._numbers(unseen.raw_outputs), numbers)

    def undone(
        self, network: Network, parameters: Array, target: Target, unseen: Unseen
    ) -> tuple[Network, Target, Unseen]:
        """Return the network, target and unseen rows of the numbers themselves; write into all members' parameters."""
        shrink(network, parameters, 1 / self.width)
        width = float(np.exp(self.center)) * self._factor(unseen)
        return (
            replace(network, activations=(*network.activations[:-1], "exp")),
            replace(target, center=0.0, width=width),
            Unseen(self.width * unseen.raw_outputs, replace(unseen.rows, Y=self._numbers(unseen.rows.Y) / width)),
        )

    def _numbers(self, z: NDArray[np.floating]) -> Floats:
        """Return what scaled logarithms stand for."""
        return np.asarray(np.exp(self.center + self.width * z.astype(np.float64)))

    def _factor(self, unseen: Unseen) -> float:
        """Return by what predictions are multiplied so that their mean is that of the answers."""
        weight, answers = unseen.rows.weight, self._numbers(unseen.rows.Y)[:, 0]
        predictions = np.nanmean(self._numbers(unseen.raw_outputs[:, :, 0]), axis=0)
        return float(np.average(answers, weights=weight) / np.average(predictions, weights=weight))


def _skewness(numbers: Floats) -> float:
    """Return the third standardized moment."""
    deviations = numbers - numbers.mean()
    deviations /= np.abs(deviations).max()  # the square of 1e-200 is 0
    return float(np.mean((deviations / deviations.std()) ** 3))
