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
    columns: Indices  # among the places looked at
    shape: tuple[int, ...] = ()  # of a whole array


def groups(sampling: Sampling, known: Recognised | None) -> Iterator[Group]:
    """Yield the groups, in the user's order."""
    network, begin = sampling.network, 0
    roles = [] if known is None else [*_roles(known, sum(array.size for array in network.start))]
    for name, array, part in zip(network.names, network.start, sampling.parts, strict=True):
        end = begin + array.size
        inside = [role for role in roles if begin <= role[2].min() < end]
        if len(inside) > 1:
            for what, is_bias, index in inside:
                columns = np.flatnonzero(np.isin(sampling.places, index))
                if len(columns):
                    yield Group(f"{name}, {what}", is_bias, columns)
        else:
            looks_like_bias = array.ndim < 2 or (1 in array.shape and "b" in name.lower())
            columns = np.arange(part.start, part.stop)
            yield Group(name, inside[0][1] if inside else looks_like_bias, columns, array.shape)
        begin = end


def _roles(known: Recognised, size: int) -> Iterator[tuple[str, bool, Indices]]:
    """Yield what the weights and the biases of each layer are called, whether they are biases, and where they are."""
    layers = known.layers(np.zeros(size))
    for what, is_bias, indices in (("weights", False, known.layout.weights), ("biases", True, known.layout.biases)):
        for l, index in enumerate(indices):
            if index is not None:
                yield f"{what} of {called(layers, l)}", is_bias, index


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
        self.lines, self.sampling, self.factors = lines, sampling, factors
        self.precision, self.close = sampling.precision, sampling.precision.close
        self.groups = [*groups(sampling, known)]
        # A row a sample, a column a place looked at.
        self.given = np.array([sample.given[sampling.places] for sample in samples])
        self.right = np.array([np.where(np.isfinite(sample.right), sample.right, 0) for sample in samples])
        self.error = np.array([sample.error for sample in samples])
        self.values = np.array([sample.vector[sampling.places] for sample in samples])
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
        for part in self.sampling.parts:
            given, right, error = self.given[:, part], self.right[:, part], self.error[:, part]
            if np.abs(given - right).max() > 1e-6 * np.abs(right).max() + 30 * error.max():
                return True
        return False

    def _off(self, columns: slice | Indices, factor: float = 1.0) -> float:
        """Return how far the gradient is, at some of the places looked at, from a factor times the right one."""
        return distance(self.given[:, columns] / factor, self.right[:, columns], self.floor)

    def _shapes_alone(self) -> Explanation | None:
        """Explain it by odd shapes, where the numbers are right."""
        off = max(self._off(group.columns) for group in self.groups)
        return Explanation(self.shapes, off) if off <= self.close else None

    def _factor(self) -> Explanation | None:
        """Explain it by one factor of all, or by shapes where nothing else differs."""
        factor = _factor_between(self.given, self.right)
        if factor and (off := max(self._off(group.columns, factor) for group in self.groups)) <= self.close:
            if slip := self._of_factor(factor):
                return Explanation((*self.shapes, slip), off)
            return Explanation(self.shapes, note=f"All of your gradient is {factor:.6g} times the right one")
        in_shape = [part for part, line in zip(self.sampling.parts, self.lines, strict=True) if not line.note]
        if self.shapes and all(self._off(part) <= self.close for part in in_shape):
            return Explanation(self.shapes)
        return None

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
        slip = self._penalty(self.close) or step_slip(self.given, self.right, self.values, self.close)
        return Explanation((*self.shapes, slip)) if slip else None

    def _penalty(self, precision: float) -> Slip | None:
        arrays = (self.given, self.right, self.values)
        parts = [([array[:, group.columns].ravel() for array in arrays], group.is_bias) for group in self.groups]
        return penalty_slip(parts, precision)

    def _each_by_itself(self) -> Explanation | None:
        """Explain each group that is wrong by itself: it is zero, transposed or too large by a known factor."""
        found: dict[str, tuple[Slip, list[str]]] = {}
        for group in self.groups:
            if self._off(group.columns) > self.close:
                slip = self._of_group(group)
                if slip is None:
                    return None
                found.setdefault(slip.sentence, (slip, []))[1].append(group.name)
        slips = [Slip(slip.name, f"{', '.join(names)}: {slip.sentence}", slip.remedy) for slip, names in found.values()]
        return Explanation((*self.shapes, *slips)) if slips else None

    def _of_group(self, group: Group) -> Slip | None:
        given, right, shape = self.given[:, group.columns], self.right[:, group.columns], group.shape
        if not given.any():
            return Slip("gradient-left-out", "the gradient is zero")
        factor = _factor_between(given, right)
        if factor and self._off(group.columns, factor) <= self.close:
            return self._of_factor(factor)
        if len(shape) == 2 and shape[0] == shape[1] and given[0].size == shape[0] * shape[1]:
            turned = given.reshape(-1, *shape).swapaxes(1, 2).reshape(right.shape)
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


def _factor_between(given: Array, right: Array) -> float:
    """Return how many times the right gradient is the given one, as nearly as one number says; 0 if none does."""
    g, r = given.ravel(), right.ravel()
    factor = float(g @ r / (r @ r)) if r.any() else 0.0
    return factor if np.isfinite(factor) else 0.0


def _shape_slips(lines: list[ParameterVerdict]) -> Iterator[Slip]:
    """Yield the slips that shapes alone show."""
    for begin, name, sentence, remedy in SHAPES:
        if names := [line.name for line in lines if line.note.startswith(begin)]:
            yield Slip(name, sentence.format(" and ".join(names)), remedy)
