"""Interval arithmetic: where the inputs of a layer lie, and where sums of them do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.types import Floats, Indices


@dataclass(frozen=True)
class Reach:
    """Where a layer's inputs lie: each between bounds or together between points, give or take a slack."""

    n: int
    hulls: tuple[tuple[Indices, Floats], ...]  # inputs, and the points between which they lie together
    loose: Indices  # the other inputs
    low: Floats
    high: Floats
    slack: Floats  # (n,)

    @classmethod
    def box(cls, low: Floats, high: Floats) -> Reach:
        """Return inputs that each lie between bounds of their own."""
        return cls(len(low), (), np.arange(len(low)), low, high, np.zeros(len(low)))

    def sums(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return what inputs @ weights lies between; weights are (n, n_out)."""
        slack = self.slack @ np.abs(weights)
        of_loose = weights[self.loose]
        positive, negative = np.maximum(of_loose, 0), np.minimum(of_loose, 0)
        low = self.low @ positive + self.high @ negative - slack
        high = self.high @ positive + self.low @ negative + slack
        for inputs, points in self.hulls:
            sums = points @ weights[inputs]
            low, high = low + sums.min(axis=0), high + sums.max(axis=0)
        return low, high

    def most(self) -> Floats:
        """Return how large each input is at most, (n,)."""
        most = np.zeros(self.n)
        most[self.loose] = np.maximum(np.abs(self.low), np.abs(self.high))
        for inputs, points in self.hulls:
            most[inputs] = np.abs(points).max(axis=0)
        return most + self.slack


Matrix = tuple[Floats, Floats]  # of intervals: the lower and the upper bounds


def through_layer(slopes: Matrix, weights: Floats) -> Matrix:
    """Return slopes over a layer's inputs, (k, n_in), from those over its sums, (k, n_out)."""
    low, high = slopes
    positive, negative = np.maximum(weights, 0).T, np.minimum(weights, 0).T
    return low @ positive + high @ negative, high @ positive + low @ negative


def through_activation(slopes: Matrix, derivative: Matrix) -> Matrix:
    """Return slopes over sums, (k, n), from those over activations."""
    products = np.stack([one * other for one in slopes for other in derivative])
    return products.min(axis=0), products.max(axis=0)


def most(slopes: Matrix) -> Floats:
    """Return how steep each can be."""
    return np.asarray(np.maximum(np.abs(slopes[0]), np.abs(slopes[1])))
