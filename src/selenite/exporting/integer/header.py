"""The header of a model in integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10

import numpy as np

from selenite.exporting.c.header import enumerations, plan_comment
from selenite.exporting.c.names import comment
from selenite.exporting.integer.fixed import FixedModel
from selenite.text import paragraph
from selenite.text import plain_number as short

SIGN = "in integers: no floating point at run time."  # by which such a header is known


def header(fixed: FixedModel, facts: Sequence[str]) -> str:
    """Return the header's text; what was measured, a sentence each, stands beside what is proved."""
    plan, name, upper = fixed.plan, fixed.name, fixed.name.upper()
    what = f"one of {len(plan.classes)} classes" if plan.classes else "a number"
    lines = [
        f"/* {name}: predicts {comment(plan.target)}, {what}, from {len(plan.columns)} columns, {SIGN}",
        "",
        *[paragraph(fact, "   ", "   ") for fact in (bound_of(fixed), *facts)],
        "*/",
        f"#ifndef {upper}_H", f"#define {upper}_H", "", "#include <stdint.h>", "",
        f"#define {upper}_N_COLUMNS {len(plan.columns)}",
        *([f"#define {upper}_N_CLASSES {len(plan.classes)}"] if plan.classes else []),
        f"#define {upper}_MISSING (-1) /* a category that is missing */",
        f"#define {upper}_NO_NUMBER INT32_MIN /* a number that is missing */", "",
        "/* Numbers as integers. Of a constant the compiler computes it. */",
        *_macros(fixed), "", *enumerations(name, plan, fixed.names),
        "/* A row, its columns as the table named them. */", "typedef struct {",
        *[f"    {line}" for line in _fields(fixed)], f"}} {name}_row;", "", *_functions(fixed), "",
        "#endif", "", plan_comment(plan), "",
    ]  # fmt: skip
    return "\n".join(lines)


def bound_of(fixed: FixedModel) -> str:
    """Return the proved bound in a sentence."""
    bound = rounded_up(fixed.network.bound)
    if fixed.plan.classes:
        return (
            f"Proved over the ranges of training: no probability differs by more than {short(bound)} from the model's."
        )
    unit = f"{short(rounded_up(bound * fixed.plan.width))}, {short(bound)} standard deviations"
    return f"Proved over the ranges of training: the number differs from the model's by at most {unit}."


def rounded_up(bound: float) -> float:
    """Return a bound in two digits that is no smaller.

    >>> rounded_up(0.02512)
    0.026
    """
    if bound == 0:
        return 0.0
    digits = 1 - floor(log10(bound))
    return ceil(bound * 10.0**digits) / 10.0**digits


def bits_of(fixed: FixedModel) -> str:
    """Return how many bits the weights have in a sentence."""
    bits = fixed.network.bits
    named = [f"layer {k}" for k in range(1, len(fixed.network.layers) + 1)]
    named = ["the waves", *named] if len(bits) > len(named) else named
    wide = [name for name, own in zip(named, bits, strict=True) if own == 16]
    if not wide:
        return "Weights have 8 bits, sums 32."
    return f"Weights have 8 bits, sums 32; 16 bits, which the tolerance asks for, in {', '.join(wide)}."


def _macros(fixed: FixedModel) -> Iterator[str]:
    for one, macro in zip(fixed.columns, fixed.macros, strict=True):
        if not one.column.categories:
            times = f"* 1e{one.power}" if one.power >= 0 else f"/ 1e{-one.power}"
            low, high = (short(float(end)) for end in one.numbers(np.array([one.low, one.high])))
            known = f"{comment(one.column.name)}, {low} to {high} in training"
            yield f"/* {known} */"
            yield f"#define {fixed.name.upper()}_{macro}(x) ((int32_t)((x) {times} + ((x) < 0 ? -0.5 : 0.5)))"


def _fields(fixed: FixedModel) -> Iterator[str]:
    for column, own, macro in zip(fixed.plan.columns, fixed.names.columns, fixed.macros, strict=True):
        how = "one of the codes above" if column.categories else f"{fixed.name.upper()}_{macro}(x)"
        yield f"int32_t {own}; /* {comment(column.name)}: {how} */"


def _functions(fixed: FixedModel) -> Iterator[str]:
    name, upper = fixed.name, fixed.name.upper()
    if fixed.plan.classes:
        yield "/* The classes, the probability of each in 1/32768, and the place of the one predicted. */"
        yield f"extern const char *const {name}_classes[{upper}_N_CLASSES];"
        yield f"void {name}_probabilities(const {name}_row *row, int32_t probabilities[{upper}_N_CLASSES]);"
        yield f"int {name}_predict(const {name}_row *row);"
    else:
        power = fixed.target.power
        unit = f"{upper}_PER_UNIT is 1" if power >= 0 else f"{upper}_UNIT is 1"
        yield f"/* The number, in integers of which {unit}. */"
        yield f"#define {upper}_{'PER_UNIT' if power >= 0 else 'UNIT'} {10 ** abs(power)}"
        yield f"int32_t {name}_predict(const {name}_row *row);"
    yield ""
    yield "/* How many columns lie outside what training saw; outside[k], unless it is 0, says whether the k-th does."
    yield "   Numbers beyond the range of training are taken as its nearer end. */"
    yield f"int {name}_outside(const {name}_row *row, unsigned char outside[{upper}_N_COLUMNS]);"
