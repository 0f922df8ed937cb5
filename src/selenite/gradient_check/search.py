"""Which slip of the backward pass gives what the user's gradient gives, by itself, with a factor, or with another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from selenite.gradient_check.factors import Factors
from selenite.gradient_check.layers import Changes, Layers, backward
from selenite.gradient_check.points import Point, Precision, distance, joined
from selenite.gradient_check.recognise import Recognised
from selenite.gradient_check.slips import Candidate, Slip, known_slips, slips_with_a_number
from selenite.types import Array

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

    def one(self) -> tuple[list[Slip], float] | None:
        """Return the slips that fit, each by itself; one with a factor if none does without."""
        scaled: tuple[list[Slip], float] | None = None
        for candidates in (known_slips(self._layers()), self._with_numbers()):
            plain: dict[str, tuple[Slip, float]] = {}
            for slip, changes in candidates:
                if (off := self.off(changes)) <= self.precision.explained:
                    plain.setdefault(slip.name, (slip, off))
                elif scaled is None and (by := self._factor(changes)) is not None:
                    factor, of_factor = by
                    if (off := self.off(changes, factor)) <= self.precision.explained:
                        scaled = [slip, of_factor], off
            if plain:
                found = list(plain.values())[:3]
                return [slip for slip, _ in found], max(off for _, off in found)
        return scaled

    def off(self, changes: Changes, factor: float = 1.0) -> float:
        """Return how far the user's gradient is from a pass's times a factor, at the first point where it is far."""
        off = 0.0
        for point in self.points:
            for mine, theirs in zip(self._gives(changes, point), point.given, strict=True):
                off = max(off, distance(theirs, factor * mine, self.floor))
            if off > self.precision.explained:
                break
        return off

    def pair(self) -> tuple[list[Slip], float] | None:
        """Return two slips that fit together."""
        every = sorted(known_slips(self._layers()), key=lambda known: -self._explained(known[1]))
        work = 6.0 * self.known.X.shape[0] * len(joined(self.points[0].arrays)) * len(self.points)
        for (first, one), (second, other) in islice(combinations(every, 2), min(MOST_PAIRS, int(MOST_WORK / work))):
            if not one.keys() & other.keys() and (off := self.off({**one, **other})) <= self.precision.explained:
                return [first, second], off
        return None

    def _explained(self, changes: Changes) -> int:
        """Return how many parameters a pass gives as the user does; where two slips meet, one explains most of them."""
        point = self.points[0]
        pairs = zip(self._gives(changes, point), point.given, strict=True)
        return sum(distance(theirs, mine, self.floor) <= self.precision.explained for mine, theirs in pairs)

    def _layers(self) -> Layers:
        return self.known.layers(joined(self.points[0].arrays))

    def _gives(self, changes: Changes, point: Point) -> list[Array]:
        """Return what a backward pass gives at a point, a part a parameter."""
        vector = joined(point.arrays)
        weights, biases = backward(self.known.layers(vector), self.known.X, self.known.Y, changes)
        gradient = self.known.reading.joined(weights, biases, len(vector)) + self.known.penalty_gradient(vector)
        return point.parted(gradient)

    def _with_numbers(self) -> Iterator[Candidate]:
        """Yield the slips with an unknown number, with the number, and a factor of all, that fit best."""
        point = self.points[0]
        for layer, with_number in slips_with_a_number(self._layers()):
            index = self.known.reading.weights[layer].ravel()
            at_0, at_1 = (np.concatenate(self._gives(with_number(number)[1], point))[index] for number in (0.0, 1.0))
            if np.isfinite(at_1).all() and (at_1 != at_0).any():
                table = np.column_stack([at_0, at_1 - at_0])
                (factor, times), *_ = np.linalg.lstsq(table, np.concatenate(point.given)[index], rcond=None)
                if factor:
                    yield with_number(times / factor)

    def _factor(self, changes: Changes) -> tuple[float, Slip] | None:
        """Return the known factor that brings a candidate nearest to the user's gradient."""
        g, c = (np.concatenate(parts) for parts in (self.points[0].given, self._gives(changes, self.points[0])))
        square = float(c @ c)
        factor = float(g @ c) / square if square > 0 and np.isfinite(square) else 0.0
        if factor == 0 or abs(factor - 1) < 1e-3:
            return None
        slip = self.factors.slip(factor, 10 * self.precision.explained)
        return None if slip is None else (factor, slip)
