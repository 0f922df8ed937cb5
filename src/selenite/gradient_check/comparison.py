"""A user's gradient beside finite differences and selenite's own, parameter by parameter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.gradient_check.points import Parameters, Point, Precision, joined, parted
from selenite.gradient_check.recognise import Recognised
from selenite.gradient_check.verdict import ParameterVerdict
from selenite.nn import loss_and_gradient
from selenite.types import Array


@dataclass(frozen=True)
class Comparison:
    """What is compared: the parameters, and the network that was recognised."""

    parameters: Parameters
    known: Recognised | None
    precision: Precision
    n: int  # rows

    def lines(self, points: list[Point]) -> list[ParameterVerdict]:
        """Return a line a parameter."""
        lines = []
        ours = [self.ours(point) for point in points]
        largest = max(
            float(np.abs(right).max()) for point in points for right in point.right if np.isfinite(right).all()
        )
        for i, (name, array) in enumerate(zip(self.parameters.names, self.parameters.start, strict=True)):
            difference, kinks, from_ours, agrees = 0.0, 0, 0.0, True
            for point, own in zip(points, ours, strict=True):
                given, right, error = point.given[i][self.parameters.entries[i]], point.right[i], point.error[i]
                size = max(float(np.abs(right).max()), float(np.abs(given).max()), 1e-6 * largest, 1e-300)
                off = np.abs(given - right)
                off = np.where(np.isfinite(off), off, np.inf)
                unsure = ~(error <= 0.1 * self.precision.agrees * size)
                wrong = (off > self.precision.agrees * size + 3 * error) & ~unsure
                kinks += int((unsure & (off > self.precision.agrees * size)).sum())
                agrees &= not wrong.any()
                sure = off[~unsure]
                difference = max(difference, float(sure.max()) / size if sure.size else 0.0)
                if own is not None:
                    from_ours = max(from_ours, float(np.abs(point.given[i] - own[i]).max()) / size)
            note = points[0].notes[i]
            lines.append(
                ParameterVerdict(
                    name,
                    array.shape,
                    array.size,
                    len(self.parameters.entries[i]),
                    difference,
                    agrees and not note,
                    kinks,
                    None if any(own is None for own in ours) else from_ours,
                    note,
                )
            )
        return lines

    def ours(self, point: Point) -> list[Array] | None:
        """Return selenite's own gradient; None where the network is not known or is another after all."""
        if self.known is None or (network := self.known.network) is None:
            return None
        reading, vector = self.known.reading, joined(point.arrays)
        parameters = np.zeros(network.n_parameters)
        for own, index in zip(network.weights(parameters), reading.weights, strict=True):
            own[:] = vector[index]
        for biases, places in zip(network.bias_vectors(parameters), reading.biases, strict=True):
            if biases is not None and places is not None:
                biases[:] = vector[places]
        _, gradient = loss_and_gradient(network, parameters, self.known.X, self.known.Y)
        gradient *= self.n * self.known.scale
        whole = reading.joined(network.weights(gradient), network.bias_vectors(gradient), len(vector))
        parts = parted(whole + self.known.penalty_gradient(vector), self.parameters.start)
        for part, right, error, entries in zip(parts, point.right, point.error, self.parameters.entries, strict=True):
            size = float(np.abs(right).max())
            if (np.abs(part[entries] - right) > 10 * self.precision.agrees * size + 10 * error + 1e-12).any():
                return None
        return parts
