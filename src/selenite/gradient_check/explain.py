"""Which known slip explains a gradient that differs: by what each would have given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from selenite.gradient_check.factors import Factors, penalty_slip, updated_slip
from selenite.gradient_check.groups import Group, grouped
from selenite.gradient_check.points import Parameters, Point, Precision, distance, joined
from selenite.gradient_check.recognise import Recognised
from selenite.gradient_check.search import Search
from selenite.gradient_check.slips import Slip
from selenite.gradient_check.verdict import ParameterVerdict
from selenite.types import Array


@dataclass
class Explanation:
    """What there is to explain a gradient with: the parameters, the network if it is known, possible factors."""

    parameters: Parameters
    known: Recognised | None
    precision: Precision
    factors: Factors
    notes: list[str] = field(default_factory=list)
    floor: float = 0.0  # what is smaller, beside the rest of the gradient, is zero

    def slips(self, points: list[Point], lines: list[ParameterVerdict]) -> tuple[list[Slip], float | None, bool]:
        """Return the slips that fit, how far the gradient is from what they give, and whether any one of them is it."""
        shapes = self._shape_slips(lines)
        groups = grouped(self.parameters, self.known)
        right_vectors = [self._right(point) for point in points]
        given_vectors = [np.concatenate(point.given) for point in points]
        right, given = ([group.of(vectors) for group in groups] for vectors in (right_vectors, given_vectors))
        values = [group.of([joined(point.arrays) for point in points]) for group in groups]
        self.floor = 1e6 * self.precision.arithmetic * max(float(np.abs(r).max()) for r in right)
        off = [distance(g, r, self.floor) for g, r in zip(given, right, strict=True)]
        search = None if self.known is None else Search(self.known, points, self.precision, self.factors, self.floor)
        is_bias = [group.is_bias for group in groups]
        close = self.precision.close
        if all(line.agrees for line in lines):
            if not self._stands_out(points):
                return [], None, False
            penalty = penalty_slip(given, right, values, is_bias, 3e-7) if self.precision.arithmetic < 1e-10 else None
            if penalty is not None:
                return [penalty], None, False
            found = None if search is None else search.one()
            if found and search and found[1] < 0.05 * search.off({}):
                return found[0], found[1], len(found[0]) > 1
            return [], None, False
        if max(off) <= close:
            return shapes, max(off), False
        factor, off_by_factor = self._common_factor(given, right)
        if off_by_factor <= close:
            slip = self._of_factor(factor)
            if slip is None:
                self.notes.append(f"All of your gradient is {factor:.6g} times the right one")
            return [*shapes, *([slip] if slip else [])], off_by_factor if slip else None, False
        if shapes and self._only_shapes(lines, points):
            return shapes, None, False
        if search and (found := search.one()):
            if {slip.name for slip in found[0]} <= {slip.name for slip in shapes}:
                return shapes, found[1], False
            return [*shapes, *found[0]], found[1], len(found[0]) > 1 and not shapes
        for slip in (
            penalty_slip(given, right, values, is_bias, close),
            updated_slip(np.concatenate(given), np.concatenate(right), np.concatenate(values), close),
        ):
            if slip is not None:
                return [*shapes, slip], None, False
        if each := self._each_by_itself(groups, given, right, off):
            return [*shapes, *each], None, False
        if search and (found := search.pair()):
            return [*shapes, *found[0]], found[1], False
        return [], None, False

    def _only_shapes(self, lines: list[ParameterVerdict], points: list[Point]) -> bool:
        """Return whether nothing differs but what has an odd shape."""
        return all(
            bool(line.note)
            or all(
                distance(point.given[i][self.parameters.entries[i]], point.right[i], self.floor) <= self.precision.close
                for point in points
            )
            for i, line in enumerate(lines)
        )

    def _stands_out(self, points: list[Point]) -> bool:
        """Return whether a difference so small that it would pass is more than the differences' own error."""
        for i, entries in enumerate(self.parameters.entries):
            right = np.concatenate([point.right[i] for point in points])
            given = np.concatenate([point.given[i][entries] for point in points])
            error = max(float(point.error[i].max()) for point in points)
            if float(np.abs(given - right).max()) > 1e-6 * float(np.abs(right).max()) + 30 * error:
                return True
        return False

    def _right(self, point: Point) -> Array:
        """Return the differences in a vector of all parameters, 0 where none was taken."""
        parts = [np.zeros(array.size) for array in self.parameters.start]
        for part, entries, right in zip(parts, self.parameters.entries, point.right, strict=True):
            part[entries] = np.where(np.isfinite(right), right, 0)
        return np.concatenate(parts)

    def _shape_slips(self, lines: list[ParameterVerdict]) -> list[Slip]:
        """Return the slips that shapes alone show."""
        found = []
        for kind, name, sentence, remedy in (
            ("a row each", "bias-not-summed", "the gradient of {} is not summed over the rows", "delta.sum(axis=0)"),
            ("one number", "bias-not-summed", "the gradient of {} is one sum over rows and units alike", "sum(axis=0)"),
            (
                "a number a row",
                "bias-not-summed",
                "the gradient of {} is summed over the units, not over the rows",
                "delta.sum(axis=0)",
            ),
            ("transposed", "gradient-transposed", "the gradient of {} is transposed", ""),
            ("not given", "gradient-left-out", "no gradient of {} is given", ""),
        ):
            names = [line.name for line in lines if line.note.startswith(kind)]
            if names:
                found.append(Slip(name, sentence.format(" and ".join(names)), f"It is {remedy}" if remedy else ""))
        return found

    def _common_factor(self, given: list[Array], right: list[Array]) -> tuple[float, float]:
        """Return by what factor all of the gradient is too large, and how far it is from that."""
        g, r = np.concatenate(given), np.concatenate(right)
        factor = float(g @ r / (r @ r))
        if not np.isfinite(factor) or factor == 0:
            return 1.0, np.inf
        return factor, max(distance(one / factor, other, self.floor) for one, other in zip(given, right, strict=True))

    def _of_factor(self, factor: float) -> Slip | None:
        """Return the slip of a gradient that is a multiple of the right one: by a known factor, or a rate."""
        slip = self.factors.slip(factor, 10 * self.precision.close)
        if slip is None:
            return self.factors.rate(factor, self.precision.close)
        return Slip(slip.name, f"{slip.sentence} (yours is {factor:.6g} times the right gradient)")

    def _each_by_itself(
        self, groups: list[Group], given: list[Array], right: list[Array], off: list[float]
    ) -> list[Slip]:
        """Return slips where each group that is wrong is zero, transposed or too large by a known factor."""
        found: dict[str, tuple[Slip, list[str]]] = {}
        for group, g, r, o in zip(groups, given, right, off, strict=True):
            if o <= self.precision.close:
                continue
            slip = self._of_group(group, g, r)
            if slip is None:
                return []
            found.setdefault(slip.sentence, (slip, []))[1].append(group.name)
        return [Slip(slip.name, f"{', '.join(names)}: {slip.sentence}", slip.remedy) for slip, names in found.values()]

    def _of_group(self, group: Group, given: Array, right: Array) -> Slip | None:
        close = self.precision.close
        if not given.any():
            return Slip("gradient-left-out", "the gradient is zero")
        factor = float(given @ right / (right @ right)) if right.any() else 0.0
        if factor and distance(given / factor, right, self.floor) <= close:
            return self._of_factor(factor)
        shape, n = group.shape, len(group.places)
        if len(shape) == 2 and shape[0] == shape[1] and n == shape[0] * shape[1]:
            turned = np.concatenate([part.reshape(shape).T.ravel() for part in np.split(given, len(given) // n)])
            if distance(turned, right, self.floor) <= close:
                return Slip("gradient-transposed", "the gradient is transposed")
        return None
