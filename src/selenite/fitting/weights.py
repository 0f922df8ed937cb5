"""How much each row counts: as a column or the user says, and as its class does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from selenite.errors import OptionError
from selenite.model.settings import ClassWeight
from selenite.table import Numbers, Table, Target
from selenite.text import hint, listed, shown
from selenite.types import Array, Floats, Indices


def weights_of(table: Table, name: str) -> Floats:
    """Return the weights in a column, (n,); refuse what cannot weigh, and if no row would count."""
    weights = weights_in(table, name)
    if not weights.any():
        raise no_weight(name)
    return weights


def no_weight(name: str) -> OptionError:
    """Return the error for weights by which no row counts."""
    return OptionError(f"the weights in {shown(name)} are all 0: no row would count")


def weights_in(table: Table, name: str) -> Floats:
    """Return the weights in a column of some rows, (n,); refuse what cannot weigh."""
    column = table[name]
    if not isinstance(column, Numbers):
        raise OptionError(f"the weights in {shown(name)} must be numbers")
    wrong = ~(column.values >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise OptionError(
            f"the weights in {shown(name)} must be numbers from 0 on, without gaps, but {table.place(row)} has "
            f"{'none' if column.missing()[row] else f'{column.values[row]:g}'}"
        )
    return column.values


def require_classes(weight: ClassWeight, target: Target) -> None:
    """Refuse class weights of a target that is a number, of several, and of classes that it does not have."""
    if target.each and weight is not None:
        raise OptionError(f"class weights are of one target: {listed(target.names)} weigh their rows alike")
    if target.task == "regression" and weight is not None:
        raise OptionError(f"class weights are for classes; column {shown(target.name)} holds numbers")
    if isinstance(weight, Mapping):
        for name in weight:
            if name not in target.classes:
                raise OptionError(
                    f"column {shown(target.name)} has no class {shown(name)}; {hint(name, target.classes)}"
                )


def class_weights(weight: ClassWeight, target: Target, counts: Indices) -> Floats:
    """Return the weight of each class, (n_classes,); 0 of one that no training row is of.

    `counts` (n_classes,) are the training rows of each: where they are balanced, each class weighs the same in all.
    """
    there = counts > 0
    weights = there.astype(np.float64)
    if isinstance(weight, Mapping):
        weights[there] = [
            weight.get(text, 1.0) for text, is_there in zip(target.classes, there, strict=True) if is_there
        ]
    elif weight == "balanced":
        weights[there] = counts.sum() / (int(there.sum()) * counts[there].astype(np.float64))
    return weights


def rows_that_count(sample_weight: Array) -> Indices:
    """Return the rows that weigh something beside the heaviest, in float32; the others are as if they were not there.

    >>> rows_that_count(np.array([1.0, 0.0, 1e-30, 1e-40])).tolist()
    [0, 2]
    """
    if not np.isfinite(sample_weight).all() or (sample_weight < 0).any() or not sample_weight.any():
        raise OptionError("sample_weight must be finite, not negative, and not zero for every row")
    return np.flatnonzero(sample_weight / sample_weight.max() >= np.finfo(np.float32).tiny)


def scaled(sample_weight: Array) -> Array:
    """Return weights with mean 1, float32."""
    largest_near_1 = np.ldexp(sample_weight, -np.frexp(sample_weight.max())[1])  # so that their sum does not overflow
    weights: Array = (largest_near_1 / largest_near_1.mean()).astype(np.float32)
    return weights
