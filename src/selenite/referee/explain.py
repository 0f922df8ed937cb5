"""Which known slip explains a gradient that differs: by what each would have given."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from selenite.arrays import NDArray
from selenite.nn.activations import Array
from selenite.referee.factors import factor_slip, penalty_slip
from selenite.referee.layers import Pass, backward
from selenite.referee.leaves import Matrix
from selenite.referee.points import Point, Precision, joined, parted
from selenite.referee.recognise import Recognised
from selenite.referee.slips import Slip, known_slips
from selenite.referee.verdict import ParameterVerdict

MOST_PAIRS = 3000


@dataclass
class Explanation:
    """What there is to explain a gradient with: the parameters, the network if it is known, rows and outputs."""

    names: list[str]
    start: list[Matrix]
    entries: list[NDArray[np.intp]]
    known: Recognised | None
    precision: Precision
    n: int
    k: int
    notes: list[str] = field(default_factory=list)
    floor: float = 0.0  # what is smaller, beside the rest of the gradient, is zero

    def slips(self, points: list[Point], lines: list[ParameterVerdict]) -> tuple[list[Slip], float | None, bool]:
        """Return the slips that fit, how far the gradient is from what they give, and whether any one of them is it."""
        shapes = self._shape_slips(lines)
        right = [self._right(points, i) for i in range(len(lines))]
        given = [np.concatenate([point.looked_at(self.entries)[i] for point in points]) for i in range(len(lines))]
        self.floor = 1e6 * self.precision.arithmetic * max(float(np.abs(r).max()) for r in right)
        off = [self._off(g, r) for g, r in zip(given, right, strict=True)]
        if all(line.agrees for line in lines):
            return self._small(points, given, right, off)
        close = self.precision.close
        if max(off) <= close:
            return shapes, max(off), False
        factor, off_by_factor = self._common_factor(given, right)
        if off_by_factor <= close:
            slip = factor_slip(factor, self.n, self.k, 10 * close)
            if slip is None:
                self.notes.append(f"All of your gradient is {factor:.6g} times the right one")
            return [*shapes, *([slip] if slip else [])], off_by_factor if slip else None, False
        if found := self._structural(points, given):
            if {slip.name for slip in found[0]} <= {slip.name for slip in shapes}:
                return shapes, found[1], False
            return [*shapes, *found[0]], found[1], len(found[0]) > 1 and not shapes
        values = [
            np.concatenate([point.arrays[i].astype(np.float64).ravel()[self.entries[i]] for point in points])
            for i in range(len(lines))
        ]
        if slip_of_penalty := penalty_slip(given, right, values, self._is_bias(), close):
            return [*shapes, slip_of_penalty], None, False
        if each := self._each_by_itself(given, right, off):
            return [*shapes, *each], None, False
        if found := self._pairs(points):
            return [*shapes, *found[0]], found[1], False
        return shapes if shapes and self._only_shapes(lines, off) else [], None, False

    def _only_shapes(self, lines: list[ParameterVerdict], off: list[float]) -> bool:
        return all(bool(line.note) or o <= self.precision.close for line, o in zip(lines, off, strict=True))

    def _small(
        self, points: list[Point], given: list[Array], right: list[Array], off: list[float]
    ) -> tuple[list[Slip], float | None, bool]:
        """Return a slip that explains, far better than no slip, a difference so small that it would have passed."""
        errors = [np.concatenate([point.error[i] for point in points]) for i in range(len(given))]
        for g, r, e in zip(given, right, errors, strict=True):
            if float(np.abs(g - r).max()) > 1e-6 * float(np.abs(r).max()) + 30 * float(e.max()):
                break
        else:
            return [], None, False
        values = [
            np.concatenate([point.arrays[i].astype(np.float64).ravel()[self.entries[i]] for point in points])
            for i in range(len(given))
        ]
        slip = penalty_slip(given, right, values, self._is_bias(), 3e-7) if self.precision.arithmetic < 1e-10 else None
        if slip is not None:
            return [slip], None, False
        found = self._structural(points, given)
        if found and found[1] < 0.05 * self._fit(self._gives(Pass(), points), points):
            return found[0], found[1], len(found[0]) > 1
        return [], None, False

    def _right(self, points: list[Point], i: int) -> Array:
        return np.concatenate([np.where(np.isfinite(point.right[i]), point.right[i], 0) for point in points])

    def _off(self, given: Array, right: Array) -> float:
        size = max(float(np.abs(right).max()), float(np.abs(given).max()), self.floor)
        off = float(np.abs(given - right).max())
        return 0.0 if size == 0 else off / size if np.isfinite(off) else np.inf

    def _is_bias(self) -> list[bool]:
        return [array.ndim < 2 or (1 in array.shape and "b" in name.lower()) for name, array in self._named()]

    def _named(self) -> list[tuple[str, Matrix]]:
        return list(zip(self.names, self.start, strict=True))

    def _shape_slips(self, lines: list[ParameterVerdict]) -> list[Slip]:
        """Return the slips that shapes alone show."""
        found = []
        for kind, name, sentence, remedy in (
            ("a row each", "bias-not-summed", "the gradient of {} is not summed over the rows", "delta.sum(axis=0)"),
            ("one number", "bias-not-summed", "the gradient of {} is one sum over rows and units alike", "sum(axis=0)"),
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
        return factor, max(self._off(one / factor, other) for one, other in zip(given, right, strict=True))

    def _each_by_itself(self, given: list[Array], right: list[Array], off: list[float]) -> list[Slip]:
        """Return slips where each parameter that is wrong is zero, transposed or too large by a known factor."""
        found: dict[str, tuple[Slip, list[str]]] = {}
        for (name, array), g, r, o in zip(self._named(), given, right, off, strict=True):
            if o <= self.precision.close:
                continue
            if not g.any():
                slip: Slip | None = Slip("gradient-left-out", "the gradient is zero")
            else:
                factor = float(g @ r / (r @ r)) if r.any() else np.nan
                fits = factor and self._off(g / factor, r) <= self.precision.close
                slip = factor_slip(factor, self.n, self.k, 10 * self.precision.close) if fits else None
                if slip is None and len(set(array.shape)) == 1 < array.ndim and array.size == g.size // 2:
                    turned = np.concatenate([part.reshape(array.shape).T.ravel() for part in np.split(g, 2)])
                    if self._off(turned, r) <= self.precision.close:
                        slip = Slip("gradient-transposed", "the gradient is transposed")
            if slip is None:
                return []
            found.setdefault(slip.sentence, (slip, []))[1].append(name)
        return [Slip(slip.name, f"{', '.join(names)}: {slip.sentence}", slip.remedy) for slip, names in found.values()]

    def _gives(self, one: Pass, points: list[Point]) -> list[list[Array]]:
        """Return what a backward pass gives at each point, a part a parameter."""
        assert self.known is not None
        found = []
        for point in points:
            vector = joined(point.arrays)
            weights, biases = backward(self.known.layers(vector), self.known.X, self.known.Y, one)
            gradient = self.known.reading.joined(weights, biases, len(vector)) + self.known.penalty_gradient(vector)
            found.append(parted(gradient, self.start))
        return found

    def _fit(self, gives: list[list[Array]], points: list[Point], factor: float = 1.0) -> float:
        """Return how far the user's gradient is from a candidate times a factor."""
        off = 0.0
        for candidate, point in zip(gives, points, strict=True):
            for mine, theirs in zip(candidate, point.given, strict=True):
                off = max(off, self._off(theirs, factor * mine))
        return off

    def _factor(self, gives: list[list[Array]], points: list[Point]) -> float:
        g = np.concatenate([part for point in points for part in point.given])
        c = np.concatenate([part for candidate in gives for part in candidate])
        square = float(c @ c)
        return float(g @ c) / square if square > 0 and np.isfinite(square) else 0.0

    def _structural(self, points: list[Point], given: list[Array]) -> tuple[list[Slip], float] | None:
        """Return the slips of the backward pass that fit, each by itself; with a factor if not without."""
        if self.known is None:
            return None
        plain: list[tuple[Slip, float]] = []
        scaled: list[tuple[Slip, Slip, float]] = []
        for slip, one in known_slips(self.known.layers(joined(points[0].arrays))):
            gives = self._gives(one, points)
            off = self._fit(gives, points)
            if off <= self.precision.explained:
                plain.append((slip, off))
                continue
            factor = self._factor(gives, points)
            if plain or factor == 0 or abs(factor - 1) < 1e-3:
                continue
            off = self._fit(gives, points, factor)
            by = factor_slip(factor, self.n, self.k, 10 * self.precision.explained)
            if off <= self.precision.explained and by is not None:
                scaled.append((slip, by, off))
        if plain:
            different = list({slip.name + slip.sentence: (slip, off) for slip, off in plain}.values())[:3]
            return [slip for slip, _ in different], max(off for _, off in different)
        if scaled:
            slip, by, off = scaled[0]
            return [slip, Slip(by.name, by.sentence.partition(" (yours")[0])], off
        return None

    def _pairs(self, points: list[Point]) -> tuple[list[Slip], float] | None:
        """Return two slips of the backward pass that fit together."""
        if self.known is None:
            return None
        every = list(known_slips(self.known.layers(joined(points[0].arrays))))
        for count, ((first, one), (second, other)) in enumerate(combinations(every, 2)):
            if count >= MOST_PAIRS:
                break
            both = one.and_also(other)
            if both is None:
                continue
            off = self._fit(self._gives(both, points), points)
            if off <= self.precision.explained:
                return [first, second], off
        return None
