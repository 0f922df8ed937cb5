"""Which slip of the backward pass gives what the user's gradient gives, by itself, with a factor, or with another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from selenite.nn.activations import Array
from selenite.referee.factors import Factors
from selenite.referee.layers import Layers, Pass, backward
from selenite.referee.points import Point, Precision, distance, joined
from selenite.referee.recognise import Index, Recognised
from selenite.referee.slips import Slip, known_slips, unknowns

MOST_PAIRS = 5000
MOST_WORK = 2e10  # products and sums in all pairs


@dataclass(frozen=True)
class Search:
    """The network, the user's gradient at some points, and what slips in it would give there."""

    known: Recognised
    points: list[Point]
    precision: Precision
    factors: Factors
    floor: float  # what is smaller, beside the rest of the gradient, is zero

    def gives(self, one: Pass) -> list[list[Array]]:
        """Return what a backward pass gives at each point, a part a parameter."""
        found = []
        for point in self.points:
            vector = joined(point.arrays)
            weights, biases = backward(self.known.layers(vector), self.known.X, self.known.Y, one)
            gradient = self.known.reading.joined(weights, biases, len(vector)) + self.known.penalty_gradient(vector)
            found.append(point.parted(gradient))
        return found

    def off(self, gives: list[list[Array]], factor: float = 1.0) -> float:
        """Return how far the user's gradient is from a candidate times a factor."""
        return max(
            distance(theirs, factor * mine, self.floor)
            for candidate, point in zip(gives, self.points, strict=True)
            for mine, theirs in zip(candidate, point.given, strict=True)
        )

    def one(self) -> tuple[list[Slip], float] | None:
        """Return the slips that fit, each by itself; one with a factor if none does without."""
        scaled: tuple[list[Slip], float] | None = None
        for candidates in (known_slips(self._layers()), self._with_numbers()):
            plain: dict[str, tuple[Slip, float]] = {}
            for slip, one in candidates:
                gives = self.gives(one)
                off = self.off(gives)
                if off <= self.precision.explained:
                    plain.setdefault(slip.name, (slip, off))
                elif scaled is None and (by := self._factor(gives)) is not None:
                    factor, of_factor = by
                    if (off := self.off(gives, factor)) <= self.precision.explained:
                        scaled = [slip, Slip(of_factor.name, of_factor.sentence.partition(" (yours")[0])], off
            if plain:
                found = list(plain.values())[:3]
                return [slip for slip, _ in found], max(off for _, off in found)
        return scaled

    def pair(self) -> tuple[list[Slip], float] | None:
        """Return two slips that fit together."""
        every = list(known_slips(self._layers()))
        work = 6.0 * self.known.X.shape[0] * len(joined(self.points[0].arrays)) * len(self.points)
        for (first, one), (second, other) in islice(combinations(every, 2), min(MOST_PAIRS, int(MOST_WORK / work))):
            both = one.and_also(other)
            if both is not None and (off := self.off(self.gives(both))) <= self.precision.explained:
                return [first, second], off
        return None

    def _layers(self) -> Layers:
        return self.known.layers(joined(self.points[0].arrays))

    def _with_numbers(self) -> Iterator[tuple[Slip, Pass]]:
        """Yield the slips with an unknown number, with the number, and a factor of all, that fit best."""
        for unknown in unknowns(self._layers()):
            index = self.known.reading.weights[unknown.layer]
            at_0, at_1 = (self._at(index, self.gives(unknown.one(number))) for number in (0.0, 1.0))
            if np.isfinite(at_1).all() and (at_1 != at_0).any():
                given = self._at(index, [point.given for point in self.points])
                (factor, times), *_ = np.linalg.lstsq(np.column_stack([at_0, at_1 - at_0]), given, rcond=None)
                if factor:
                    yield unknown.slip(times / factor), unknown.one(times / factor)

    def _at(self, index: Index, parts: list[list[Array]]) -> Array:
        return np.concatenate([np.concatenate(one)[index].ravel() for one in parts])

    def _factor(self, gives: list[list[Array]]) -> tuple[float, Slip] | None:
        """Return the known factor that brings a candidate nearest to the user's gradient."""
        g = np.concatenate([part for point in self.points for part in point.given])
        c = np.concatenate([part for candidate in gives for part in candidate])
        square = float(c @ c)
        factor = float(g @ c) / square if square > 0 and np.isfinite(square) else 0.0
        if factor == 0 or abs(factor - 1) < 1e-3:
            return None
        slip = self.factors.slip(factor, 10 * self.precision.explained)
        return None if slip is None else (factor, slip)
