"""An expansion: a number taken apart into terms that add up to it, each term made of factors that can be opened.

    value = Σ terms,    term = pattern(factors), such as {0} × {1} or 1 / (1 + e^(-{0}))

It is a tree: a factor may hold the expansion of its own number. The check says whether the terms add up to what the
backend computed, counted in units in the last place of the largest number that was added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil, fsum
from typing import Any

import numpy as np

FEW_ULP = 4


@dataclass(frozen=True)
class Pattern:
    """How a term is made of its factors, {0}, {1}, ...: as plain text and in LaTeX."""

    text: str
    latex: str

    @classmethod
    def product(cls, count: int, *, over: bool = False, negative: bool = False) -> Pattern:
        """Return the product of `count` factors, the last of them below the fraction bar if `over`.

        >>> Pattern.product(3, over=True).text
        '{0} × {1} / {2}'
        """
        above = [f"{{{i}}}" for i in range(count - over)]
        sign, below = "-" * negative, f"{{{count - 1}}}"
        text, latex = " × ".join(above), r" \cdot ".join(above)
        if over:
            text, latex = f"{text} / {below}", rf"\frac{{{{{latex}}}}}{{{{{below}}}}}"
        return cls(sign + text, sign + latex)


@dataclass(frozen=True)
class Factor:
    """One number inside a term: where it is found, and what it is called."""

    value: float
    symbol: str  # its address, or the name of a constant
    address: str = ""  # empty for a constant
    opens: bool = False  # whether it has terms of its own; parameters, and inputs taken as they are, are given
    alias: str = ""  # the article's name
    equation: int = 0  # the article's number
    scale: float = 0.0  # the largest number that was added in making it; 0: its own size
    opened: Expansion | None = None


@dataclass(frozen=True)
class Term:
    """One summand."""

    label: str
    value: float
    factors: tuple[Factor, ...] = ()
    pattern: Pattern = Pattern("{0}", "{0}")
    count: int = 1  # how many terms it stands for

    @classmethod
    def product(cls, label: str, *factors: Factor, over: bool = False, negative: bool = False) -> Term:
        """Return the product of factors, the last of them below the fraction bar if `over`.

        >>> Term.product("row 1", Factor(3.0, "delta"), Factor(4.0, "a"), Factor(2.0, "rows"), over=True).value
        6.0
        """
        size = -1.0 if negative else 1.0
        for place, factor in enumerate(factors, 1):
            size = size / factor.value if over and place == len(factors) else size * factor.value
        return cls(label, size, factors, Pattern.product(len(factors), over=over, negative=negative))

    @property
    def scale(self) -> float:
        """Return its size, or that of the largest number added inside it."""
        size = abs(self.value)
        for factor in self.factors:
            if factor.scale > abs(factor.value) > 0:
                size *= factor.scale / abs(factor.value)
        return size


@dataclass(frozen=True)
class Check:
    """Whether the terms add up to the value that the backend computed."""

    total: float  # of the terms
    ulp: int  # by how many units in the last place of the largest number it differs from the value, rounded up
    limit: int
    backend: str
    scale: float  # the largest number that was added, and as much larger as there are more additions than a few

    @property
    def holds(self) -> bool:
        """Whether the terms add up, to rounding."""
        return self.ulp <= self.limit


@dataclass(frozen=True)
class Expansion:
    """A number of a run, its formula, and the terms that add up to it."""

    address: str
    value: float  # the backend's
    formula: Pattern  # in symbols
    terms: tuple[Term, ...]
    check: Check | None = None  # None for what is given: a parameter, an input
    dtype: str = "float64"
    alias: str = ""
    equation: int = 0
    note: str = ""  # in words
    remarks: tuple[str, ...] = ()  # sentences of their own

    def opened(self) -> Iterator[Expansion]:
        """Yield this expansion and those opened inside it, the nearest first."""
        waiting = [self]
        while waiting:
            expansion = waiting.pop(0)
            yield expansion
            inside = [factor.opened for term in expansion.terms for factor in term.factors]
            waiting += [one for one in inside if one is not None]


def checked(value: float, terms: Sequence[Term], dtype: np.dtype[Any], backend: str, scale: float = 0.0) -> Check:
    """Return the check of terms against the backend's value; `scale` is the largest number added that no term shows.

    The backend may be wrong by half a unit with each addition: more than 4 units are right where there are more than 8.
    """
    total = fsum(term.value for term in terms)
    sums = accumulate(term.value for term in terms)
    largest = max([abs(value), scale, *map(abs, sums), *(term.scale for term in terms)])
    if total == value:
        off = 0.0
    elif np.isfinite(total) and np.isfinite(value):
        off = abs(total - value) / float(np.spacing(dtype.type(max(largest, float(np.finfo(dtype).tiny)))))
    else:
        off = np.inf
    ulp = ceil(off) if off < 1e15 else 10**15
    limit = max(FEW_ULP, ceil(len(terms) / 2))
    return Check(total, ulp, limit, backend, largest * limit / FEW_ULP)


def shortened(expansion: Expansion, terms: int) -> Expansion:
    """Return the expansion with its largest terms only, by size, and one for the sum of the rest.

    >>> plain = Pattern("x", "x")
    >>> three = Expansion("z", 7.0, plain, (Term("a", 1.0), Term("b", 4.0), Term("c", 2.0)))
    >>> [(term.label, term.value) for term in shortened(three, 1).terms]
    [('b', 4.0), ('2 others', 3.0)]
    """
    by_size = sorted(expansion.terms, key=lambda term: -abs(term.value))
    rest = by_size[terms:]
    kept = [replace(term, factors=tuple(_shortened(factor, terms) for factor in term.factors)) for term in by_size]
    if len(rest) > 1:
        kept[terms:] = [
            Term(f"{len(rest):,} others", fsum(term.value for term in rest), (), Pattern("", ""), len(rest))
        ]
    return replace(expansion, terms=tuple(kept))


def _shortened(factor: Factor, terms: int) -> Factor:
    return factor if factor.opened is None else replace(factor, opened=shortened(factor.opened, terms))
