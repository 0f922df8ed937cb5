"""Which rows of a table fitting a model used and which it put aside, as its file and the table tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.model.model import Model
from selenite.model.parts import Data
from selenite.nn.random import SEED_OF_NEXT
from selenite.splits.grouping import ALONE, Grouping
from selenite.splits.split import Part, first_drawn, parts
from selenite.table import Pieces, Table, Target, answers_in, encode_target, learn_target, strata_of
from selenite.table.aside import keys_by, put_aside
from selenite.table.fingerprint import is_fingerprint
from selenite.table.grouping import grouping_of
from selenite.table.parted import Parted
from selenite.table.repeats import find_repeats
from selenite.table.share import Share
from selenite.types import Indices


@dataclass(frozen=True)
class RowsUsed:
    """What fitting a model did with the rows of a table."""

    fitted_on: bool  # this is the table that the model was fitted on
    aside: Indices | None = None  # the rows put aside then; None where there are none, or they cannot be told
    grouping: Grouping = ALONE  # which rows stayed together


def rows_used(model: Model, table: Table) -> RowsUsed:
    """Return what fitting a model did with the rows of a table."""
    model = model.whole or model
    data, target = model.data, model.target
    if not data.fingerprint or not is_fingerprint(data.fingerprint, table):
        return RowsUsed(False)
    grouping = _grouping_in(model, table)
    if data.test_rows:
        seen = learn_target(answers_in(table, target.names), target.name, target.task)
        if _n_classes(seen) == _n_classes(target):  # else equal numbers, of which one source had several spellings
            return RowsUsed(True, parts_of(table, seen, data, grouping)[0][1], grouping)
    return RowsUsed(True, None, grouping)


def _n_classes(target: Target) -> list[int]:
    return [len(one.classes) for one in target.each or (target,)]


def rows_used_of_many(model: Model, digits: str, aside: Indices) -> RowsUsed | None:
    """Return the same for very many rows of this fingerprint, of which some would be `drawn_aside`; None if not so."""
    data = model.data
    if not data.fingerprint or digits != data.fingerprint:
        return RowsUsed(False)
    return RowsUsed(True, aside) if data.drawn_alike else None


def may_be_known_as_a_whole(data: Data, n_rows: int) -> bool:
    """Tell whether so many rows may be those of a model of earlier days, which knows them by all texts at once."""
    return bool(data.fingerprint) and not data.drawn_alike and data.training_rows + data.test_rows == n_rows


def drawn_aside(data: Data, pieces: Pieces) -> Indices:
    """Return the rows put aside that were drawn whatever their class."""
    keys = keys_by(data.groups, data.time_column, data.split_seed)
    if keys is None:
        return np.sort(first_drawn(pieces.n_rows, data.test_rows, data.split_seed))
    return put_aside(Share(pieces), keys, data.test_rows, 0).judging


def parts_of(table: Table, target: Target, data: Data, grouping: Grouping) -> list[Part]:
    """Return which rows to fit on and which to judge by: once, or for each fold; classes have their shares in both."""
    if data.drawn_alike:
        aside = drawn_aside(data, Parted(table))
        return [(np.setdiff1d(np.arange(table.n_rows), aside, assume_unique=True), aside)]
    strata = None
    if target.task == "classification":
        strata = strata_of(target, encode_target(target, answers_in(table, target.names)))
    n, fraction = table.n_rows, data.test_fraction
    seeds = (data.split_seed + k * SEED_OF_NEXT for k in range(max(data.repeats, 1)))
    return [part for seed in seeds for part in parts(n, data.folds, fraction, seed, strata, grouping)]


def _grouping_in(model: Model, table: Table) -> Grouping:
    """Return which rows of the table that a model was fitted on stayed together."""
    data, answers = model.data, answers_in(table, model.target.names)
    if data.groups or data.time_column:
        return grouping_of(table, answers, data.groups or None, data.time_column or None)
    if not data.copied_rows:
        return ALONE
    known = {column.name for column in model.schema.columns}
    features = table.without(*(name for name in table.names if name not in known))
    return Grouping(copies=find_repeats(features, answers).of)
