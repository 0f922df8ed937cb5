"""Rows that `fit` takes in pieces: of a source that names its target, and of a table with very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.fitting.encoded import TrainingTable
from selenite.table import Answers, Numbers, Pieces, Table, pieces_of, whole
from selenite.table.batches import Batches, ChosenPieces
from selenite.table.choice import kept_columns
from selenite.table.parted import Parted
from selenite.text import shown


@dataclass(frozen=True)
class InPieces:
    """Rows in pieces, which hold the answers and the weights as columns."""

    pieces: Pieces
    answers: str  # the column to predict
    weights: str  # the column that says how much a row counts, or ""
    target_name: str  # as the model calls it
    declared: Sequence[str]  # columns that are declared to be categories

    @classmethod
    def of_source(
        cls, source: Any, target_name: str, weights: Any, drop: Sequence[str] = (), only: Sequence[str] = ()
    ) -> InPieces:
        """Return the rows of a source, of some of its columns; answers and weights by the names of theirs."""
        if weights is not None and not isinstance(weights, str):
            raise OptionError(
                f"sample_weight must name a column where the target does, and it is {type(weights).__name__}: give "
                "the column's name"
            )

        def kept(names: tuple[str, ...], called: str) -> tuple[str, ...]:
            if target_name in (*drop, *only):
                raise OptionError(f"drop and only name columns to learn from, and {shown(target_name)} is the target")
            return kept_columns(names, called, drop, only, (target_name, weights))

        pieces = pieces_of(source, kept)
        header = Table(pieces.names, (), 0, pieces.source)
        header.require(target_name)
        if weights is not None:
            header.require(weights)
        if not set(pieces.names) - {target_name, weights}:
            raise OptionError(f"{pieces.source} has no column to learn from beside {shown(target_name)}")
        declared = pieces.declared if isinstance(pieces, Batches | ChosenPieces) else ()
        return cls(pieces, target_name, weights or "", target_name, tuple(declared))

    @classmethod
    def of_table(cls, given: TrainingTable, declared: Sequence[str]) -> InPieces:
        """Return the rows of a table in memory, answers and weights added as columns."""
        table = given.features
        answers, column = _unused(given.target_name, table.names), given.only_answers(f"a fit of {table.n_rows:,} rows")
        table = replace(table, names=(*table.names, answers), columns=(*table.columns, column))
        weights = ""
        if given.weight is not None:
            weights = _unused("sample_weight", table.names)
            column = Numbers(given.weight.astype(np.float64))
            table = replace(table, names=(*table.names, weights), columns=(*table.columns, column))
        return cls(Parted(table), answers, weights, given.target_name, declared)

    def features_of(self, table: Table) -> Table:
        """Return the columns to learn from."""
        return table.without(self.answers, self.weights or None)

    def named(self, answers: Answers) -> Table:
        """Return answers as the pieces have them."""
        if isinstance(answers, Table):
            raise OptionError(f"validation_set has several targets, and what is fitted one: {shown(self.target_name)}")
        return Table((self.answers,), (answers,), len(answers.missing()))

    def whole(self) -> TrainingTable:
        """Return all rows in memory."""
        return TrainingTable.of(whole(self.pieces), [self.answers], weights=self.weights)


def _unused(name: str, names: Sequence[str]) -> str:
    """Return a name that no column has."""
    while name in names:
        name += "'"
    return name
