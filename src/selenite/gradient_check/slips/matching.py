"""Which slip of the backward pass gives what the user's gradient gives: by itself, with a factor, or with another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, islice

import numpy as np

from selenite.gradient_check.layers import Changes, Layers, backward
from selenite.gradient_check.recognition import Recognised
from selenite.gradient_check.sampling import Precision, Sample, distance, parted
from selenite.gradient_check.slips.factors import Factor, factor_slip
from selenite.gradient_check.slips.outputs import outputs
from selenite.gradient_check.slips.products import products, steps
from selenite.gradient_check.slips.slip import Candidate, Slip
from selenite.gradient_check.slips.slopes import leaks, slopes
from selenite.types import Array

MOST_PAIRS = 5000
MOST_WORK = 2e10  # products and sums in all pairs
Match = tuple[list[Slip], float]  # slips, and how far the user's gradient is from what they give


@dataclass(frozen=True)
class Matching:
    """The network, the user's gradient at some samples, and what slips in it would give there."""

    known: Recognised
    samples: list[Sample]
    precision: Precision
    factors: list[Factor]
    floor: float  # what is smaller, beside the rest of the gradient, is zero

    def one(self) -> Match | None:
        """Return the slips that fit, each by itself; one with a factor if none does without."""
        scaled: Match | None = None
        for candidates in (self._known_slips(), self._with_numbers()):
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
        """Return how far the user's gradient is from a pass's times a factor, at the first sample where it is far."""
        off = 0.0
        for i in range(len(self.samples)):
            off = max(off, *self._distances(changes, i, factor))
            if off > self.precision.explained:
                break
        return off

    def pair(self) -> Match | None:
        """Return two slips that fit together; where two meet, one explains most of the parameters."""
        explained = self.precision.explained
        every = sorted(
            self._known_slips(),
            key=lambda known: -sum(off <= explained for off in self._distances(known[1], 0)),
        )
        work = 6.0 * self.known.X.shape[0] * len(self.samples[0].vector) * len(self.samples)
        for (first, one), (second, other) in islice(combinations(every, 2), min(MOST_PAIRS, int(MOST_WORK / work))):
            if not one.keys() & other.keys() and (off := self.off({**one, **other})) <= explained:
                return [first, second], off
        return None

    def _known_slips(self) -> Iterator[Candidate]:
        """Yield every slip that this network could have, the likeliest first."""
        layers = self._forward[0][0]
        return chain(slopes(layers), outputs(layers), products(layers))

    @cached_property
    def _forward(self) -> list[tuple[Layers, list[Array], list[Array]]]:
        """The layers at each sample, with their z and a."""
        layers = [self.known.layers(sample.vector) for sample in self.samples]
        return [(one, *one.forward(self.known.X)) for one in layers]

    def _gives(self, changes: Changes, i: int) -> Array:
        """Return what a backward pass gives at a sample, for all parameters in one vector."""
        known, vector = self.known, self.samples[i].vector
        weights, biases = backward(*self._forward[i], known.Y, changes)
        return known.layout.joined(weights, biases, len(vector)) + known.penalty_gradient(vector)

    def _distances(self, changes: Changes, i: int, factor: float = 1.0) -> list[float]:
        """Return how far the user's gradient is from a pass's times a factor, of each parameter."""
        both = (self.samples[i].given, factor * self._gives(changes, i))
        parts = (parted(vector, self.samples[i].arrays) for vector in both)
        return [distance(given, mine, self.floor) for given, mine in zip(*parts, strict=True)]

    def _with_numbers(self) -> Iterator[Candidate]:
        """Yield the slips with an unknown number, with the number, and a factor of all, that fit best."""
        layers, given = self._forward[0][0], self.samples[0].given
        for layer, with_number in chain(steps(layers), leaks(layers)):
            index = self.known.layout.weights[layer].ravel()
            at_0, at_1 = (self._gives(with_number(number)[1], 0)[index] for number in (0.0, 1.0))
            if np.isfinite(at_1).all() and (at_1 != at_0).any():
                table = np.column_stack([at_0, at_1 - at_0])
                (factor, times), *_ = np.linalg.lstsq(table, given[index], rcond=None)
                if factor:
                    yield with_number(times / factor)

    def _factor(self, changes: Changes) -> tuple[float, Slip] | None:
        """Return the known factor that brings a candidate nearest to the user's gradient."""
        given, mine = self.samples[0].given, self._gives(changes, 0)
        square = float(mine @ mine)
        factor = float(given @ mine) / square if square > 0 and np.isfinite(square) else 0.0
        if factor == 0 or abs(factor - 1) < 1e-3:
            return None
        slip = factor_slip(factor, self.factors, 10 * self.precision.explained)
        return None if slip is None else (factor, slip)
