"""The networks of a model in integers, with the most that their output is from the exact one's: the proved bound.

An integer layer errs by itself (weights rounded, sums cut off, tables) and passes on what came in wrong. Both are
bounded by interval arithmetic over all that training saw: a layer's own error goes through the exact layers above it,
whose slopes lie between bounds, too; the sum over the layers is how far the output can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.integer.columns import INPUT_BITS, FixedColumn
from selenite.exporting.integer.curves import (
    activation_lines,
    slopes_between,
    values_between,
)
from selenite.exporting.integer.dense import Dense, dense, require_16_bits, weight_bits
from selenite.exporting.integer.lines import Lines
from selenite.exporting.integer.pairs import fixed_pairs
from selenite.exporting.integer.reach import Matrix, Reach, most, through_activation, through_layer
from selenite.exporting.integer.target import FixedTarget
from selenite.exporting.integer.waves import FixedWaves, fixed_waves
from selenite.exporting.plan import Layer, Plan
from selenite.types import Floats

Z_BITS, MOST_BITS = 12, 14  # of sums that a table takes; of activations
STRAIGHT = ("relu", "identity")  # that need no table
_DOUBLE = 1 + 1e-9  # the bound itself is computed in double precision


@dataclass(frozen=True)
class FixedNetwork:
    """The networks, member by member, and the bound."""

    bits: tuple[int, ...]  # of the weights: of the waves' mixtures if there are any, and of each layer
    waves: list[list[FixedWaves]]  # of each periodic input, of each member
    layers: list[list[Dense]]  # of each layer, of each member
    tables: list[Lines | None]  # of each hidden layer's activation
    bound: float  # of a probability, or of a number in the target's widths


def fixed_network(
    plan: Plan, columns: list[FixedColumn], target: FixedTarget, tolerance: float, bits: tuple[int, ...] = ()
) -> FixedNetwork:
    """Return the networks in 8 bits, and in 16 where 8 would exceed the tolerance; or in the bits given."""
    n = bool(plan.periodic) + len(plan.members[0].layers)
    if bits and len(bits) != n:
        raise ExportError(f"the source has {len(bits)} tables of weights where the model has {n}")
    best = _quantised(plan, columns, target, bits or (8,) * n)
    while best.bound > tolerance and min(best.bits) == 8:
        wider = [(*best.bits[:k], 16, *best.bits[k + 1 :]) for k in range(n) if best.bits[k] == 8]
        best = min((_quantised(plan, columns, target, bits) for bits in wider), key=lambda one: one.bound)
    return best


def _quantised(plan: Plan, columns: list[FixedColumn], target: FixedTarget, bits: tuple[int, ...]) -> FixedNetwork:
    exponents, inputs = _inputs(plan, columns)
    waves = [
        fixed_waves([member.waves[p] for member in plan.members], *_ends(inputs, i), exponents[i], bits[0])
        for p, i in enumerate(plan.periodic)
    ]
    features = [_features(inputs, [of_input[m] for of_input in waves]) for m in range(len(plan.members))]
    per_layer = bits[bool(plan.periodic) :]
    layers = _layers(plan, exponents, waves, target)
    reaches, input_bits = features, INPUT_BITS
    made: list[list[Dense]] = []
    tables: list[Lines | None] = []
    for k, of_members in enumerate(layers):
        activation = of_members[0].activation
        digits = [
            weight_bits(np.array(one.weights), np.array(one.biases), reach, input_bits, per_layer[k])
            for one, reach in zip(of_members, reaches, strict=True)
        ]
        last = k == len(layers) - 1
        finest = int(min(one.min() for one in digits)) + input_bits
        z_bits = target.z_bits if last else min(Z_BITS, finest)
        if not last and activation in STRAIGHT:
            z_bits = min(_digits(of_members, reaches), finest)
        made.append(
            [
                dense(
                    np.array(one.weights), np.array(one.biases), reach,
                    input_bits=input_bits, weight_bits=own, z_bits=z_bits,
                )
                for one, reach, own in zip(of_members, reaches, digits, strict=True)
            ]
        )  # fmt: skip
        if not last:
            table, input_bits, reaches = _activated(activation, made[-1], z_bits)
            tables.append(table)
    target.check(made[-1])
    errors = [
        _error(plan, target, [of[m] for of in layers], [of[m] for of in made], tables, inputs, [of[m] for of in waves])
        for m in range(len(plan.members))
    ]
    bound = float(np.mean(errors)) + target.rounding(len(plan.members))
    bound = bound if target.is_number else min(bound, 1.0)
    return FixedNetwork(bits, waves, made, tables, bound * _DOUBLE)


def _inputs(plan: Plan, columns: list[FixedColumn]) -> tuple[list[int], Reach]:
    """Return by what each input is divided, as exponents of 2, and where they lie."""
    exponents, slack = [0] * plan.n_inputs, np.zeros(plan.n_inputs)
    hulls = []
    for one in columns:
        at = one.column.at + np.arange(one.column.n_inputs)
        exponents[at[0] : at[-1] + 1] = one.exponents
        slack[at] = one.errors
        hulls.append((at, one.hull))
    for pairs in fixed_pairs(plan):
        at = pairs.crossing.at + np.arange(pairs.crossing.n_inputs)
        exponents[at[0] : at[-1] + 1] = [pairs.exponent] * len(at)
        slack[at] = pairs.errors
        hulls.append((at, pairs.hull))
    nothing = np.zeros(0)
    return exponents, Reach(plan.n_inputs, tuple(hulls), np.zeros(0, dtype=np.int64), nothing, nothing, slack)


def _ends(inputs: Reach, i: int) -> tuple[float, float]:
    points = next(points[:, i - at[0]] for at, points in inputs.hulls if i in at)
    return float(points.min() - inputs.slack[i]), float(points.max() + inputs.slack[i])


def _features(inputs: Reach, waves: list[FixedWaves]) -> Reach:
    """Return where the first layer's inputs lie: those of the columns and the components of waves."""
    low = np.concatenate([np.zeros(0), *(one.low for one in waves)])
    high = np.concatenate([np.zeros(0), *(one.high for one in waves)])
    n = inputs.n + len(low)
    slack = np.concatenate([inputs.slack, np.zeros(len(low))])
    return Reach(n, inputs.hulls, np.arange(inputs.n, n), low, high, slack)


def _layers(plan: Plan, exponents: list[int], waves: list[list[FixedWaves]], target: FixedTarget) -> list[list[Layer]]:
    """Return each member's layers: over inputs divided by powers of 2, the last one's sums in the target's unit."""
    divided = [*exponents, *(one[0].exponents for one in waves for _ in one[0].low)]
    found = []
    for k in range(len(plan.members[0].layers)):
        of_members = [member.layers[k] for member in plan.members]
        if k == 0:
            factors = 2.0 ** np.array(divided)[:, None]
            of_members = [
                Layer(one.activation, (np.array(one.weights) * factors).tolist(), one.biases) for one in of_members
            ]
        if k == len(plan.members[0].layers) - 1:
            of_members = [target.in_units(one) for one in of_members]
        found.append(of_members)
    return found


def _digits(of_members: list[Layer], reaches: list[Reach]) -> int:
    """Return after how many binary digits activations that are the sums themselves fit into 16 bits."""
    largest = 2.0**-20
    for one, reach in zip(of_members, reaches, strict=True):
        low, high = reach.sums(np.array(one.weights))
        ends = (
            np.maximum(high + one.biases, 0) if one.activation == "relu" else np.abs([low, high]) + np.abs(one.biases)
        )
        largest = max(largest, float(np.max(ends)))
    return min(int(np.floor(np.log2(32767 / (largest * 1.05 + 0.01)))), MOST_BITS)


def _activated(activation: str, made: list[Dense], z_bits: int) -> tuple[Lines | None, int, list[Reach]]:
    """Return the table of an activation, the digits of its values and where these lie."""
    bounds = [values_between(activation, one.low, one.high) for one in made]
    if activation in STRAIGHT:
        for ends in bounds:
            require_16_bits(*ends, z_bits)
        return None, z_bits, [Reach.box(*one) for one in bounds]
    largest = max(float(np.abs(one).max()) for one in bounds)
    digits = min(int(np.floor(np.log2(32767 / (largest * 1.01 + 0.01)))), MOST_BITS)
    low, high = min(one.low.min() for one in made), max(one.high.max() for one in made)
    table = activation_lines(activation, float(low), float(high), z_bits, digits)
    reaches = [Reach.box(low - table.error, high + table.error) for low, high in bounds]
    for one in reaches:
        require_16_bits(one.low, one.high, digits)
    return table, digits, reaches


def _error(
    plan: Plan,
    target: FixedTarget,
    layers: list[Layer],
    made: list[Dense],
    tables: list[Lines | None],
    inputs: Reach,
    waves: list[FixedWaves],
) -> float:
    """Return the most that the output of one network is from the exact one's."""
    rows = _compared(made[-1].low.size, target)
    slopes: Matrix = (rows, rows)
    total: Floats = np.zeros(len(rows))
    for k in reversed(range(len(layers))):
        total += most(slopes) @ made[k].errors
        slopes = through_layer(slopes, np.array(layers[k].weights))
        if k:
            table, below = tables[k - 1], made[k - 1]
            total += most(slopes).sum(axis=1) * (table.error if table else 0.0)
            slopes = through_activation(slopes, slopes_between(layers[k - 1].activation, below.low, below.high))
    low, high = (one[:, : plan.n_inputs].copy() for one in slopes)
    at = plan.n_inputs
    for i, wave in zip(plan.periodic, waves, strict=True):
        of_waves = tuple(one[:, at : at + len(wave.errors)] for one in slopes)
        total += most((of_waves[0], of_waves[1])) @ wave.errors
        through = through_activation((of_waves[0], of_waves[1]), wave.slopes)
        low[:, i] += through[0].sum(axis=1)
        high[:, i] += through[1].sum(axis=1)
        at += len(wave.errors)
    total += most((low, high)) @ inputs.slack
    return target.error(float(total.max()))


def _compared(n: int, target: FixedTarget) -> Floats:
    """Return what of the last sums decides: of classes their differences, (n_compared, n)."""
    if target.is_number or n == 1:
        return np.eye(n)
    pairs = list(combinations(range(n), 2))
    rows = np.zeros((len(pairs), n))
    for row, (i, j) in zip(rows, pairs, strict=True):
        row[i], row[j] = 1.0, -1.0
    return rows
