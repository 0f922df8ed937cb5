"""Rows that training knew inside the graph: a row's key, made of bits as in `selenite.table.known_rows`, is looked up.

No operator gives the bits of a double. Its exponent is found by halving, and the rest, shifted by that, is a whole
number. Products and sums of int64 drop what is beyond 64 bits, as those of uint64 do.
"""

from __future__ import annotations

import numpy as np

from selenite.exporting.onnx.graph import LEARNING, Graph
from selenite.exporting.plan import Plan, PlannedKnownRows
from selenite.nn.random import FIRST, GOLDEN, SECOND
from selenite.types import Floats

BITWISE = 18  # from this version on there is an exclusive or of the bits of numbers
EXPONENTS, FRACTION_BITS = 2048, 52  # of a double
MISSING = 0x7FF8 << 48


def known_place(graph: Graph, plan: Plan, known: PlannedKnownRows, given: dict[str, str]) -> str:
    """Return which of the known rows each row is, (n, 1): beyond them where it is none.

    `given` has of each column its numbers, its days or the codes of its categories, (n, 1).
    """
    graph.needs(BITWISE)
    measured = [column for column in plan.columns if not column.categories]
    coded = [column for column in plan.columns if column.categories]
    bits = []
    if measured:
        values = (_seconds(graph, given[one.name]) if one.kind == "date" else given[one.name] for one in measured)
        bits.append(_bits(graph, graph.beside(*values)))
    if coded:
        bits.append(graph.beside(*(given[one.name] for one in coded)))
    added = graph.add("Add", graph.beside(*bits), _whole(GOLDEN))
    order = [*measured, *coded]
    first, *others = (graph.columns(added, [order.index(column)]) for column in plan.columns)
    key = _finished(graph, first)
    for one in others:
        key = _finished(graph, graph.add("Add", graph.add("Mul", key, _whole(GOLDEN)), one))
    return graph.add(
        "LabelEncoder",
        key,
        domain=LEARNING,
        keys_int64s=[int(_whole(int(one, 16))) for one in known.keys],
        values_int64s=list(range(len(known.keys))),
        default_int64=len(known.keys),
    )


def _finished(graph: Graph, x: str) -> str:
    """Return the finalizer of splitmix64."""
    for shift, factor in ((30, FIRST), (27, SECOND), (31, None)):
        bits = graph.cast(x, np.uint64)
        shifted = graph.add("BitShift", bits, graph.constant(np.uint64(shift)), direction="RIGHT")
        x = graph.cast(graph.add("BitwiseXor", bits, shifted), np.int64)
        x = x if factor is None else graph.add("Mul", x, _whole(factor))
    return x


def _seconds(graph: Graph, days: str) -> str:
    return graph.add("Round", graph.add("Mul", days, 86_400.0))


def _bits(graph: Graph, x: str) -> str:
    """Return the bits of doubles as int64; one number of gaps, and 0 of -0."""
    gaps, size = graph.add("IsNaN", x), graph.add("Abs", x)
    size = graph.add("Where", gaps, 0.0, graph.add("Min", size, np.finfo(np.float64).max))
    powers, *factors = (graph.constant(table, "powers") for table in _powers())
    exponent = graph.last_not_above(powers, size, graph.constant(np.zeros((1, 1), dtype=np.int64)), EXPONENTS)
    fraction = graph.add("Sub", size, graph.add("Gather", powers, exponent))
    for factor in factors:
        fraction = graph.add("Mul", fraction, graph.add("Gather", factor, exponent))
    bits = graph.add("Add", graph.add("Mul", exponent, np.int64(1 << FRACTION_BITS)), graph.cast(fraction, np.int64))
    sign = graph.add("Where", graph.add("Less", x, 0.0), _whole(1 << 63), np.int64(0))
    return graph.add("Where", gaps, np.int64(MISSING), graph.add("Add", bits, sign))


def _powers() -> tuple[Floats, Floats, Floats]:
    """Return of each exponent the least double, and two factors that make whole numbers of what is beyond it."""
    exponents = np.arange(EXPONENTS - 1)
    powers = np.where(exponents, np.ldexp(1.0, exponents - 1023), 0.0)
    shifts = 1075 - np.maximum(exponents, 1)
    halves = shifts // 2
    return np.append(powers, np.nan), np.ldexp(1.0, halves), np.ldexp(1.0, shifts - halves)


def _whole(bits: int | np.uint64) -> np.int64:
    """Return 64 bits as a number with a sign."""
    return np.uint64(bits).astype(np.int64)
