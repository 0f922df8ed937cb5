"""Which known slips explain a gradient that differs: by what each would have given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from selenite.gradient_check.recognition import Recognised
from selenite.gradient_check.result import ParameterVerdict
from selenite.gradient_check.sampling import Sample, Sampling, distance
from selenite.gradient_check.slips.factors import Factor, factor_slip, penalty_slip, step_slip, unnamed_rate
from selenite.gradient_check.slips.matching import Matching
from selenite.gradient_check.slips.slip import Slip, called
from selenite.types import Array, Indices

# What the shape of a gradient alone shows: how its note begins, and the slip.
# fmt: off
SHAPES = (
    ("a row each", "bias-not-summed", "the gradient of {} is not summed over the rows", "It is delta.sum(axis=0)"),
    ("one number", "bias-not-summed", "the gradient of {} is one sum over rows and units alike", "It is sum(axis=0)"),
    ("a number a row", "bias-not-summed", "the gradient of {} is summed over the units, not over the rows",
     "It is delta.sum(axis=0)"),
    ("transposed", "gradient-transposed", "the gradient of {} is transposed", ""),
    ("not given", "gradient-left-out", "no gradient of {} is given", ""),
)
# fmt: on


@dataclass(frozen=True)
class Explanation:
    """The slips that fit a gradient."""

    slips: tuple[Slip, ...] = ()  # none: it cannot be explained
    residual: float | None = None  # how far the gradient is from what they give
    alternatives: bool = False  # any one of them explains it, not all together
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Parameters that play one part: an array of the user's, or the weights or biases of a layer in a larger array."""

    name: str
    is_bias: bool
    places: Indices  # of the entries looked at, in all parameters joined
    shape: tuple[int, ...]  # of a whole array; () of a part
    given: Array  # what the user's gradient is there, at all samples behind one another,
    right: Array  # what is right,
    values: Array  # and the parameters


def groups(samples: list[Sample], sampling: Sampling, known: Recognised | None) -> Iterator[Group]:
    """Yield the groups, in the user's order."""
    network, begin = sampling.network, 0
    parts = [] if known is None else [*_parts(known, samples[0].vector)]
    given = [np.concatenate(sample.given) for sample in samples]
    right = [_in_vector(sample, sampling) for sample in samples]
    values = [sample.vector for sample in samples]
    for name, array, entries in zip(network.names, network.start, sampling.entries, strict=True):
        looked_at, end = begin + entries, begin + array.size
        inside = [part for part in parts if begin <= part[2].min() < end]
        looks_like_bias = array.ndim < 2 or (1 in array.shape and "b" in name.lower())
        found = [(name, inside[0][1] if inside else looks_like_bias, looked_at, array.shape)]
        if len(inside) > 1:
            found = [(f"{name}, {what}", bias, np.intersect1d(looked_at, index), ()) for what, bias, index in inside]
        for what, is_bias, places, shape in found:
            if len(places):
                at_places = (np.concatenate([one[places] for one in each]) for each in (given, right, values))
                yield Group(what, is_bias, places, shape, *at_places)
        begin = end


def _parts(known: Recognised, vector: Array) -> Iterator[tuple[str, bool, Indices]]:
    """Yield what the weights and the biases of each layer are called, whether they are biases, and where they are."""
    layers = known.layers(vector)
    for what, is_bias, indices in (("weights", False, known.layout.weights), ("biases", True, known.layout.biases)):
        for l, index in enumerate(indices):
            if index is not None:
                yield f"{what} of {called(layers, l)}", is_bias, index


def _in_vector(sample: Sample, sampling: Sampling) -> Array:
    """Return the differences in a vector of all parameters, 0 where none was taken."""
    parts = [np.zeros(array.size) for array in sample.arrays]
    for part, entries, right in zip(parts, sampling.entries, sample.right, strict=True):
        part[entries] = np.where(np.isfinite(right), right, 0)
    return np.concatenate(parts)


class Explainer:
    """What there is to explain a gradient with: samples of it, the network if it is known, possible factors."""

    def __init__(
        self,
        samples: list[Sample],
        lines: list[ParameterVerdict],
        sampling: Sampling,
        known: Recognised | None,
        factors: list[Factor],
    ) -> None:
        self.samples, self.lines, self.sampling, self.factors = samples, lines, sampling, factors
        self.precision, self.close = sampling.precision, sampling.precision.close
        self.groups = [*groups(samples, sampling, known)]
        self.given = np.concatenate([group.given for group in self.groups])
        self.right = np.concatenate([group.right for group in self.groups])
        self.floor = 1e6 * self.precision.arithmetic * float(np.abs(self.right).max())
        self.matching = known and Matching(known, samples, self.precision, factors, self.floor)
        self.shapes = tuple(_shape_slips(lines))

    def explanation(self) -> Explanation:
        """Return the first explanation that fits, from the plainest to two slips at once."""
        if all(line.agrees for line in self.lines):
            return self._small_difference() or Explanation()
        ways = (
            self._shapes_alone, self._factor, self._one_slip, self._penalty_or_step, self._each_by_itself,
            self._two_slips,
        )  # fmt: skip
        return next((found for way in ways if (found := way())), Explanation())

    def _small_difference(self) -> Explanation | None:
        """Explain a difference so small that it would pass, but more than the differences' own error."""
        if not self._stands_out():
            return None
        if self.precision.arithmetic < 1e-10 and (slip := self._penalty(3e-7)):
            return Explanation((slip,))
        if self.matching and (found := self.matching.one()) and found[1] < 0.05 * self.matching.off({}):
            return Explanation(tuple(found[0]), found[1], len(found[0]) > 1)
        return None

    def _stands_out(self) -> bool:
        for i, entries in enumerate(self.sampling.entries):
            right = np.concatenate([sample.right[i] for sample in self.samples])
            given = np.concatenate([sample.given[i][entries] for sample in self.samples])
            error = max(float(sample.error[i].max()) for sample in self.samples)
            if float(np.abs(given - right).max()) > 1e-6 * float(np.abs(right).max()) + 30 * error:
                return True
        return False

    def _shapes_alone(self) -> Explanation | None:
        """Explain it by odd shapes, where the numbers are right."""
        off = max(distance(group.given, group.right, self.floor) for group in self.groups)
        return Explanation(self.shapes, off) if off <= self.close else None

    def _factor(self) -> Explanation | None:
        """Explain it by one factor of all, or by shapes where nothing else differs."""
        factor = float(self.given @ self.right / (self.right @ self.right))
        if factor and np.isfinite(factor):
            off = max(distance(group.given / factor, group.right, self.floor) for group in self.groups)
            if off <= self.close:
                if slip := self._of_factor(factor):
                    return Explanation((*self.shapes, slip), off)
                return Explanation(self.shapes, note=f"All of your gradient is {factor:.6g} times the right one")
        return Explanation(self.shapes) if self.shapes and self._only_shapes() else None

    def _only_shapes(self) -> bool:
        """Return whether nothing differs but what has an odd shape."""
        return all(
            distance(sample.given[i][entries], sample.right[i], self.floor) <= self.close
            for i, entries in enumerate(self.sampling.entries)
            for sample in self.samples
            if not self.lines[i].note
        )

    def _one_slip(self) -> Explanation | None:
        """Explain it by a slip in the backward pass, each that fits."""
        if not self.matching or not (found := self.matching.one()):
            return None
        slips, off = found
        if {slip.name for slip in slips} <= {slip.name for slip in self.shapes}:
            return Explanation(self.shapes, off)
        return Explanation((*self.shapes, *slips), off, len(slips) > 1 and not self.shapes)

    def _penalty_or_step(self) -> Explanation | None:
        """Explain it by a penalty, or by parameters in place of a gradient."""
        values = np.concatenate([group.values for group in self.groups])
        slip = self._penalty(self.close) or step_slip(self.given, self.right, values, self.close)
        return Explanation((*self.shapes, slip)) if slip else None

    def _penalty(self, precision: float) -> Slip | None:
        parts = [(group.given, group.right, group.values, group.is_bias) for group in self.groups]
        return penalty_slip(parts, precision)

    def _each_by_itself(self) -> Explanation | None:
        """Explain each group that is wrong by itself: it is zero, transposed or too large by a known factor."""
        found: dict[str, tuple[Slip, list[str]]] = {}
        for group in self.groups:
            if distance(group.given, group.right, self.floor) > self.close:
                slip = self._of_group(group)
                if slip is None:
                    return None
                found.setdefault(slip.sentence, (slip, []))[1].append(group.name)
        slips = [Slip(slip.name, f"{', '.join(names)}: {slip.sentence}", slip.remedy) for slip, names in found.values()]
        return Explanation((*self.shapes, *slips)) if slips else None

    def _of_group(self, group: Group) -> Slip | None:
        given, right, shape, n = group.given, group.right, group.shape, len(group.places)
        if not given.any():
            return Slip("gradient-left-out", "the gradient is zero")
        factor = float(given @ right / (right @ right)) if right.any() else 0.0
        if factor and distance(given / factor, right, self.floor) <= self.close:
            return self._of_factor(factor)
        if len(shape) == 2 and shape[0] == shape[1] and n == shape[0] * shape[1]:
            turned = np.concatenate([part.reshape(shape).T.ravel() for part in np.split(given, len(given) // n)])
            if distance(turned, right, self.floor) <= self.close:
                return Slip("gradient-transposed", "the gradient is transposed")
        return None

    def _of_factor(self, factor: float) -> Slip | None:
        """Return the slip of a gradient that is so many times the right one: a known factor, or a rate."""
        slip = factor_slip(factor, self.factors, 10 * self.close)
        if slip is None:
            return unnamed_rate(factor, self.close)
        return Slip(slip.name, f"{slip.sentence} (yours is {factor:.6g} times the right gradient)")

    def _two_slips(self) -> Explanation | None:
        """Explain it by two slips in the backward pass at once."""
        found = self.matching and self.matching.pair()
        return Explanation((*self.shapes, *found[0]), found[1]) if found else None


def _shape_slips(lines: list[ParameterVerdict]) -> Iterator[Slip]:
    """Yield the slips that shapes alone show."""
    for begin, name, sentence, remedy in SHAPES:
        if names := [line.name for line in lines if line.note.startswith(begin)]:
            yield Slip(name, sentence.format(" and ".join(names)), remedy)
