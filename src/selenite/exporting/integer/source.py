"""The source of a model in integers: constant tables of points and weights, and plain loops over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil, prod
from typing import Any

import numpy as np

from selenite.exporting.c.names import comment, string
from selenite.exporting.c.parts import called, parts_in
from selenite.exporting.c.source import deciding, outside
from selenite.exporting.integer.columns import INPUT_BITS, FixedColumn
from selenite.exporting.integer.curves import TURN_BITS, cosine_lines, half_lines
from selenite.exporting.integer.dense import Dense
from selenite.exporting.integer.fixed import FixedModel
from selenite.exporting.integer.lines import Lines
from selenite.exporting.integer.pairs import FixedPairs, fixed_pairs
from selenite.exporting.integer.target import SHARES
from selenite.exporting.integer.waves import FixedWaves

_PARTS = parts_in("integer.c")
_ONE = 2**INPUT_BITS


def source(fixed: FixedModel) -> str:
    """Return the source's text."""
    plan, name = fixed.plan, fixed.name
    text = "\n".join(
        [*_encode(fixed), "", *_network(fixed), "", *_answers(fixed), "", *outside(name, _is_outside(fixed)), ""]
    )
    parts = called(_PARTS, text)
    sizes = {
        "N_INPUTS": plan.n_inputs, "N_MEMBERS": len(plan.members),
        "WIDEST": max(*plan.layer_sizes[:-1], *(one[0].frequencies.size for one in fixed.network.waves), 1),
        "ONE": _ONE, **({"N_HALVES": len(half_lines().xs)} if "shares" in parts else {}),
    }  # fmt: skip
    head = [
        f"/* {name}: see {name}.h. */", "#include <stdint.h>", f'#include "{name}.h"', "",
        f"enum {{ {', '.join(f'{size} = {n}' for size, n in sizes.items())} }}; /* ONE: an input of 1 */", "",
        *(_points("halves", half_lines()) if "shares" in parts else []), *_tables(fixed), "",
    ]  # fmt: skip
    return "\n".join([*head, *parts.values(), text])


def table_bytes(fixed: FixedModel) -> int:
    """Return how many bytes the tables take."""
    tables = re.findall(r"static const u?int(\d+)_t \w+((?:\[\d+\])+)", source(fixed))
    sizes = [[int(n) for n in re.findall(r"\d+", shape)] for _, shape in tables]
    return sum(int(bits) // 8 * prod(size) for (bits, _), size in zip(tables, sizes, strict=True))


# ---------------------------------------------------------------- tables


def _tables(fixed: FixedModel) -> Iterator[str]:
    for k, column in enumerate(fixed.columns):
        if column.curves:
            yield f"/* {comment(column.column.name)} */"
        for i, curve in enumerate(column.curves):
            yield from _points(f"column_{k}_{i}", curve)
        if column.told.size:
            yield _table("int16_t", f"column_{k}_told", column.told)
        if column.frequent:
            yield _table("int32_t", f"column_{k}_frequent", list(column.frequent))
    for k, pairs in enumerate(fixed_pairs(fixed.plan)):
        yield _table("uint32_t", f"pairs_{k}", pairs.crossing.keys)
        yield _table("int16_t", f"pairs_{k}_told", pairs.told)
    if fixed.network.waves:
        yield from _points("cosine", cosine_lines())
    for p, waves in enumerate(fixed.network.waves):
        yield _table("int16_t", f"frequencies_{p}", [one.frequencies for one in waves])
        yield _table("int32_t", f"phases_{p}", [one.phases for one in waves])
        yield from _weights(f"mixing_{p}", [one.mixing for one in waves], fixed.network.bits[0])
    bits = fixed.network.bits[-len(fixed.network.layers) :]
    for k, layer in enumerate(fixed.network.layers):
        yield from _weights(f"layer_{k}", layer, bits[k])
    for k, table in enumerate(fixed.network.tables):
        if table is not None:
            yield from _points(f"activation_{k}", table)


def _points(name: str, curve: Lines) -> list[str]:
    return [_table("int32_t", f"{name}_x", curve.xs), _table("int16_t", f"{name}_y", curve.ys)]


def _weights(name: str, members: list[Dense], bits: int) -> Iterator[str]:
    yield _table(f"int{bits}_t", f"{name}_weights", [one.weights for one in members])
    yield _table("int32_t", f"{name}_biases", [one.biases for one in members])
    yield _table("uint8_t", f"{name}_shifts", [one.shifts for one in members])


def _table(kind: str, name: str, values: Any) -> str:
    numbers = np.asarray(values)
    shape = "".join(f"[{n}]" for n in numbers.shape)
    return f"static const {kind} {name}{shape} = {_braced(numbers.tolist())};"


def _braced(values: Any) -> str:
    return "{" + ",".join(map(_braced, values)) + "}" if isinstance(values, list) else str(values)


# ---------------------------------------------------------------- a row becomes inputs


def _encode(fixed: FixedModel) -> Iterator[str]:
    yield f"static void encode(const {fixed.name}_row *row, int16_t *inputs)"
    yield "{"
    yield "    int i;"
    yield "    for (i = 0; i < N_INPUTS; i++) inputs[i] = 0;"
    for k, (column, own) in enumerate(zip(fixed.columns, fixed.names.columns, strict=True)):
        yield f"    /* {comment(column.column.name)} */"
        x = f"row->{own}"
        lines = _category(column, k, x) if column.column.categories else _number(column, k, x, fixed.name.upper())
        yield from (f"    {line}" for line in lines)
    for k, pairs in enumerate(fixed_pairs(fixed.plan)):
        yield from (f"    {line}" for line in _pairs(fixed, pairs, k))
    yield "}"


def _pairs(fixed: FixedModel, pairs: FixedPairs, k: int) -> Iterator[str]:
    one, n = pairs.crossing, pairs.sizes[1]
    (name, x), (other, y) = (
        (comment(fixed.plan.columns[i].name), f"row->{fixed.names.columns[i]}") for i in (one.first, one.second)
    )
    yield f"/* {name} and {other} */"
    yield f"if ({x} >= 0 && {x} < {pairs.sizes[0]} && {y} >= 0 && {y} < {n}) {{"
    yield f"    int place = place_of((uint32_t){x} * {n}u + (uint32_t){y}, pairs_{k}, {len(one.keys)});"
    yield "    if (place >= 0)"
    yield f"        for (i = 0; i < {one.n_inputs}; i++) inputs[{one.at} + i] = pairs_{k}_told[place][i];"
    yield "}"


def _category(fixed: FixedColumn, k: int, x: str) -> Iterator[str]:
    column = fixed.column
    at, n = column.at, column.n_inputs - column.missing
    if column.statistics is not None:
        yield f"if ({x} >= 0 && {x} < {len(fixed.told)})"
        yield f"    for (i = 0; i < {n}; i++) inputs[{at} + i] = column_{k}_told[{x}][i];"
    elif column.is_pair:
        yield f"if ({x} == 0) inputs[{at}] = -ONE;"
        yield f"if ({x} == 1) inputs[{at}] = ONE;"
    else:
        yield f"if ({x} >= 0 && {x} < {n}) inputs[{at} + {x}] = ONE;"
    if column.missing:
        yield f"if ({x} < 0) inputs[{at + n}] = ONE;"


def _number(fixed: FixedColumn, k: int, x: str, upper: str) -> Iterator[str]:
    at = fixed.column.at
    yield f"if ({x} != {upper}_NO_NUMBER) {{"
    for i, curve in enumerate(fixed.curves):
        points = f"column_{k}_{i}_x, column_{k}_{i}_y, {len(curve.xs)}"
        yield f"    inputs[{at + i}] = (int16_t)interpolated({x}, {points});"
    if fixed.frequent:
        first = at + len(fixed.curves)
        yield f"    for (i = 0; i < {len(fixed.frequent)}; i++)"
        yield f"        if ({x} == column_{k}_frequent[i]) inputs[{first} + i] = ONE;"
    yield "}" + (f" else inputs[{at + fixed.column.n_inputs - 1}] = ONE;" if fixed.column.missing else "")


# ---------------------------------------------------------------- inputs become an answer


def _network(fixed: FixedModel) -> Iterator[str]:
    network, plan = fixed.network, fixed.plan
    bits, last = network.bits[-len(network.layers) :], len(network.layers) - 1
    n_last = plan.layer_sizes[-1]
    yield "/* The answer of one network. */"
    yield "static void answer(int member, const int16_t *inputs, int32_t *outputs)"
    yield "{"
    yield "    int16_t a[WIDEST], b[WIDEST];"
    yield f"    int32_t z[{max(n_last, 2)}];" if not fixed.target.is_number else "    int32_t z[1];"
    yield "    int i;"
    yield "    for (i = 0; i < N_INPUTS; i++) a[i] = inputs[i];"
    at = plan.n_inputs
    for p, (i, waves) in enumerate(zip(plan.periodic, network.waves, strict=True)):
        yield from _waves(p, i, at, waves[0], network.bits[0])
        at += len(waves[0].errors)
    here, there = "a", "b"
    for k, layer in enumerate(network.layers):
        n_out, n_in = layer[0].weights.shape
        z = _sum(f"layer_{k}", here, "i", n_in, bits[k])
        if k == last:
            first = int(n_last == 1 and not fixed.target.is_number)
            yield from (["    z[0] = 0; /* of the first of two classes */"] if first else [])
            yield f"    for (i = 0; i < {n_out}; i++) z[{first} + i] = {z};".replace("[0 + i]", "[i]")
            continue
        yield f"    for (i = 0; i < {n_out}; i++) {{"
        yield f"        int32_t sum = {z};"
        table, activation = network.tables[k], plan.members[0].layers[k].activation
        value = "sum > 0 ? sum : 0" if activation == "relu" else "sum"
        if table is not None:
            value = f"interpolated(sum, activation_{k}_x, activation_{k}_y, {len(table.xs)})"
        yield f"        {there}[i] = (int16_t)({value});"
        yield "    }"
        here, there = there, here
    if len(network.layers) == 1:
        yield "    (void)b;"
    if not fixed.target.is_number:
        yield f"    shares(z, outputs, {fixed.n_answers});"
    else:
        yield "    outputs[0] = z[0];"
    yield "}"


def _waves(p: int, i: int, at: int, one: FixedWaves, bits: int) -> Iterator[str]:
    n_components, n_waves = one.mixing.weights.shape
    yield f"    for (i = 0; i < {n_waves}; i++) {{"
    yield f"        int32_t turns = (int32_t)a[{i}] * frequencies_{p}[member][i] + phases_{p}[member][i];"
    yield f"        int32_t angle = (int32_t)((uint32_t)turns >> {one.shift} & {2**TURN_BITS - 1});"
    yield f"        b[i] = (int16_t)interpolated(angle, cosine_x, cosine_y, {len(cosine_lines().xs)});"
    yield "    }"
    component = _sum(f"mixing_{p}", "b", "i", n_waves, bits)
    yield f"    for (i = 0; i < {n_components}; i++) a[{at} + i] = (int16_t){component};"


def _sum(name: str, a: str, i: str, n: int, bits: int) -> str:
    of = f"sum{bits}({name}_biases[member][{i}], {name}_weights[member][{i}], {a}, {n})"
    return f"shifted({of}, {name}_shifts[member][{i}])"


def _answers(fixed: FixedModel) -> Iterator[str]:
    name, n, many = fixed.name, fixed.n_answers, len(fixed.plan.members) > 1
    own = "probabilities" if fixed.plan.classes else "found"
    if fixed.plan.classes:
        yield f"void {name}_probabilities(const {name}_row *row, int32_t {own}[{name.upper()}_N_CLASSES])"
    else:
        yield f"static void number(const {name}_row *row, int32_t *{own})"
    yield "{"
    yield "    int16_t inputs[N_INPUTS];"
    if many:
        yield f"    int32_t of_member[{n}];"
        yield "    int member, k;"
    yield "    encode(row, inputs);"
    if many:
        yield f"    for (k = 0; k < {n}; k++) {own}[k] = 0;"
        yield "    for (member = 0; member < N_MEMBERS; member++) {"
        yield "        answer(member, inputs, of_member);"
        yield f"        for (k = 0; k < {n}; k++) {own}[k] += of_member[k];"
        yield "    }"
        yield f"    for (k = 0; k < {n}; k++) {own}[k] = mean({own}[k], N_MEMBERS);"
    else:
        yield f"    answer(0, inputs, {own});"
    yield "}"
    yield ""
    if fixed.plan.classes:
        yield f"const char *const {name}_classes[{n}] = {{{', '.join(map(string, fixed.plan.classes))}}};"
        threshold = fixed.plan.threshold
        yield deciding(name, "int32_t", None if threshold is None else ceil(threshold * SHARES))
    else:
        yield f"""int32_t {name}_predict(const {name}_row *row)
{{
    int32_t found;
    number(row, &found);
    return {fixed.target.center} + found;
}}"""


def _is_outside(fixed: FixedModel) -> Iterator[str]:
    """Yield for each column the condition that it lies outside what training saw."""
    for one, own in zip(fixed.columns, fixed.names.columns, strict=True):
        x, column = f"row->{own}", one.column
        if column.categories:
            yield f"{x} == {len(column.categories)}" + ("" if column.missing else f" || {x} < 0")
        elif column.missing:
            yield f"{x} != {fixed.name.upper()}_NO_NUMBER && ({x} < {one.low} || {x} > {one.high})"
        else:
            yield f"{x} < {one.low} || {x} > {one.high}"
