"""From an address to its expansion, and from that to the expansions of its factors, as deep as is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from selenite.errors import OptionError
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.backward import expand_activation_gradient, expand_delta, expand_feature_gradient
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term
from selenite.explanation.numbers.forward import (
    expand_a,
    expand_feature,
    expand_input,
    expand_slope,
    expand_total,
    expand_wave,
    expand_z,
)
from selenite.explanation.numbers.gradients import expand_gradient
from selenite.explanation.numbers.losses import expand_loss
from selenite.explanation.numbers.prediction import expand_prediction, expand_probability
from selenite.explanation.numbers.remarks import left_out, slips
from selenite.explanation.numbers.run import OF_ALL_MEMBERS, Run
from selenite.explanation.numbers.subject import Subject
from selenite.explanation.numbers.update import expand_memory, expand_update

OF_A_ROW: dict[str, Callable[[Run, Address, int], Expansion]] = {
    "probability": expand_probability,
    "prediction": expand_prediction,
    "input": expand_input,
    "feature": expand_feature,
    "feature.gradient": expand_feature_gradient,
    "wave": expand_wave,
    "total": expand_total,
    "unit.z": expand_z,
    "unit.a": expand_a,
    "unit.slope": expand_slope,
    "unit.delta": expand_delta,
    "unit.a.gradient": expand_activation_gradient,
}


class Opener:
    """Opens addresses of one subject, each run computed once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._runs: dict[int, Run] = {}

    def expand(self, address: str, depth: int | None = 1, breadth: int = 1) -> Expansion:
        """Return the expansion of an address; see `expand`."""
        levels = 10_000 if depth is None else depth
        if levels < 1 or breadth < 1:
            raise OptionError(f"depth={depth} and breadth={breadth} must be at least 1")
        asked = self.subject.address(address)
        top = self.alone(asked)
        top = replace(top, remarks=(*top.remarks, *left_out(self._run(asked), asked, self._row(asked))))
        return self._deeper([top], levels - 1, breadth, known={top.address})[0]

    def _deeper(self, level: list[Expansion], levels: int, breadth: int, known: set[str]) -> list[Expansion]:
        """Return the expansions with the factors of their largest terms opened, the nearest first, each number once."""
        if levels == 0:
            return level
        places: list[tuple[int, int, int]] = []
        below: list[Expansion] = []
        for e, expansion in enumerate(level):
            openable = [t for t, term in enumerate(expansion.terms) if any(factor.opens for factor in term.factors)]
            by_size = sorted(openable, key=lambda t: -abs(expansion.terms[t].value))
            for t in by_size if len(by_size) <= 2 else by_size[:breadth]:
                for f, factor in enumerate(expansion.terms[t].factors):
                    if factor.opens and factor.address not in known:
                        known.add(factor.address)
                        places.append((e, t, f))
                        below.append(self.alone(self.subject.address(factor.address)))
        if not below:
            return level
        opened = dict(zip(places, self._deeper(below, levels - 1, breadth, known), strict=True))
        return [_with_opened(expansion, e, opened) for e, expansion in enumerate(level)]

    def alone(self, address: Address) -> Expansion:
        """Return the expansion of one number, its factors closed, and where the article slips."""
        found, row = self._expansion(address), self._row(address)
        run = self._run(address)
        if address.is_parameter and row is not None:
            run = run.only(row)
        return replace(found, remarks=slips(run, address, row))

    def _expansion(self, address: Address) -> Expansion:
        run, row = self._run(address), self._row(address)
        if address.part == "loss":
            return expand_loss(run, address, row)
        if address.is_parameter:
            return _parameter(run if address.row is None else run.only(self.subject.row(address.row)), address)
        if row is None:
            one = replace(address, row=self.subject.row_numbers[0])
            raise OptionError(
                f"{address} is of one row, and there are {self.subject.n_rows:,}: say which, as in {one}, "
                "or take a row alone with row=1 (--row 1)"
            )
        if address.kind == "unit":
            n = self.subject.network.layer_sizes[run.layer(address.part)]
            if not 0 <= address.index[0] < n:
                raise OptionError(f"there is no {address}: {address.part} has units 1 to {n}")
        key = ".".join(part for part in (address.kind or address.part, address.attribute) if part)
        return OF_A_ROW[key](run, address, row)

    def _row(self, address: Address) -> int | None:
        if address.row is not None:
            return self.subject.row(address.row)
        return 0 if self.subject.n_rows == 1 else None

    def _run(self, address: Address) -> Run:
        """Return the run of the member that an address names."""
        count = len(self.subject.members)
        whole = address.part in OF_ALL_MEMBERS
        if address.member is None and count > 1 and not whole:
            raise OptionError(
                f"this model is {count} networks whose mean predicts: say which, as in "
                f"{replace(address, member=1)}, "
                f"or ask for {'probability' if self.subject.classes else 'prediction'}"
            )
        if address.member is not None and not 1 <= address.member <= count:
            raise OptionError(f"there is no member {address.member}; there are 1 to {count}")
        member = (address.member or 1) - 1
        if member not in self._runs:
            self._runs[member] = Run(self.subject, member)
        return self._runs[member]


def expand(subject: Subject, address: str, depth: int | None = 1, breadth: int = 1) -> Expansion:
    """Return the expansion of a number as a tree.

    Parameters
    ----------
    subject : Subject
        What is asked about, see `subject_of`.
    address : str
        Which number, such as "hidden1.unit3.z"; see `selenite.explanation.numbers.address`.
    depth : int or None
        How many levels are opened: 1 is the number alone, None all that there are. Each number is opened once.
    breadth : int
        Of how many of the largest terms the factors are opened, at each level; where there are two terms, of both.

    Returns
    -------
    Expansion

    Examples
    --------
    >>> from selenite.explanation.numbers import expand, subject_of
    >>> found = expand(subject_of("tutorial:2", row=1), "hidden1.unit1.z")
    >>> [term.label for term in found.terms], found.check.holds
    (['x1', 'x2'], True)
    """
    return Opener(subject).expand(address, depth, breadth)


def _with_opened(expansion: Expansion, e: int, opened: dict[tuple[int, int, int], Expansion]) -> Expansion:
    terms: list[Term] = []
    for t, term in enumerate(expansion.terms):
        factors: list[Factor] = [replace(factor, opened=opened.get((e, t, f))) for f, factor in enumerate(term.factors)]
        terms.append(replace(term, factors=tuple(factors)))
    return replace(expansion, terms=tuple(terms))


def _parameter(run: Run, address: Address) -> Expansion:
    if address.attribute == "gradient":
        return expand_gradient(run, address)
    if address.attribute == "update":
        return expand_update(run, address)
    if address.attribute:
        return expand_memory(run, address)
    value = run.of_vector(run.parameters, address)
    return run.expansion(address, value, Pattern("a parameter, as training left it", r"\text{a parameter}"), [])
