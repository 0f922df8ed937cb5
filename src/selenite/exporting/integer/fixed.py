"""A model in integers: what the C is written from, and rows of a table as its integers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.errors import ExportError
from selenite.exporting.c.names import OWN, Names, unique
from selenite.exporting.integer.columns import MISSING_NUMBER, FixedColumn, fixed_columns
from selenite.exporting.integer.curves import check_activations
from selenite.exporting.integer.network import FixedNetwork, fixed_network
from selenite.exporting.integer.target import SHARES, FixedTarget, fixed_target
from selenite.exporting.plan import Plan, plan_of
from selenite.model import Model
from selenite.table import Column, Numbers, Table
from selenite.table.match import match
from selenite.table.schema import Schema
from selenite.types import Floats, Indices


@dataclass(frozen=True)
class FixedRow:
    """What a row of integers is, and what an answer in integers means, of a model under a name."""

    name: str
    plan: Plan
    columns: list[FixedColumn]
    target: FixedTarget

    @property
    def names(self) -> Names:
        """The identifiers of columns and categories."""
        return Names(self.plan)

    @property
    def macros(self) -> list[str]:
        """The name of each column's macro."""
        return unique((own.upper() for own in self.names.columns), taken=OWN)

    @property
    def n_answers(self) -> int:
        """How many integers an answer is: the probabilities, or the number."""
        return max(len(self.plan.classes), 1)

    def rows(self, schema: Schema, table: Table) -> Indices:
        """Return a table's rows as integers, (n_rows, n_columns): numbers in fixed point, categories as codes."""
        found = match(schema, table).inputs
        rows = [
            known.codes if fixed.column.categories else fixed.integers(_numbers(known.column))
            for fixed, known in zip(self.columns, found, strict=True)
        ]
        return np.stack(rows, axis=1).astype(np.int32)

    def wanted(self, model: Model, table: Table, rows: Indices) -> Floats:
        """Return the exact model's outputs for what integers stand for: beyond a range, for its end."""
        numbers = {}
        for fixed, integers in zip(self.columns, rows.T, strict=True):
            if not fixed.column.categories:
                within = np.where(integers == MISSING_NUMBER, integers, integers.clip(fixed.low, fixed.high))
                numbers[fixed.column.name] = Numbers(fixed.numbers(within))
        columns = tuple(numbers.get(name, column) for name, column in zip(table.names, table.columns, strict=True))
        stood_for = replace(table, columns=columns)
        return np.asarray(model.output(model.encode(stood_for)), dtype=np.float64)

    def outputs(self, answers: Indices) -> Floats:
        """Return integer answers as the model's outputs: probabilities, or a number in the target's widths."""
        if self.target.is_number:
            return np.asarray((answers * 10.0**-self.target.power - self.plan.center) / self.plan.width)
        shares: Floats = answers / SHARES
        return shares[:, 1:] if len(self.plan.classes) == 2 else shares


@dataclass(frozen=True)
class FixedModel(FixedRow):
    """A model in integers, under a name."""

    network: FixedNetwork


def _numbers(column: Column) -> Floats:
    assert isinstance(column, Numbers)
    return column.values


def fixed_model(model: Model, name: str, tolerance: float, bits: tuple[int, ...] = ()) -> FixedModel:
    """Return a model in integers whose answers are proved to be within a tolerance; otherwise it is refused.

    The bits of the weights are as the tolerance asks unless they are given.
    """
    plan = plan_of(model)
    check_activations([layer.activation for layer in plan.members[0].layers], not plan.classes)
    columns, target = fixed_columns(plan), fixed_target(plan)
    network = fixed_network(plan, columns, target, tolerance, bits)
    if not network.bound <= tolerance:
        unit = "of a probability" if plan.classes else "in standard deviations of the number"
        raise ExportError(
            f"in integers an answer may differ by {network.bound:.3g} ({unit}), beyond the tolerance of {tolerance:g}: "
            f"a smaller network has a smaller bound (--distil 16,8), or give --tolerance"
        )
    return FixedModel(name, plan, columns, target, network)
