"""A census: what one pass over all rows counts exactly, beside rows drawn that stand for all in everything else.

Kinds, categories with their counts, gaps, ranges and the target's moments are those of all rows. Quantiles, and whether
a column that names rows goes along with the answers, are those of the rows drawn: of m of them, a quantile lies within
sqrt(ln(2 / 0.01) / 2 m) of its rank with 99 % probability (Dvoretzky, Kiefer and Wolfowitz 1956; Massart 1990).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import log, nan, sqrt

import numpy as np

from selenite.stages import Done, nobody
from selenite.table.cells import spellings
from selenite.table.drift import widened
from selenite.table.fingerprint import Fingerprint, digits_of_blocks
from selenite.table.kinds import FEWEST_ROWS, Answers, seeming_kind, why_rows_numbers_are_set_aside, yes_no
from selenite.table.learn import kept_categories, learn_schema, most_categories
from selenite.table.moments import Moments
from selenite.table.parted import joined, joined_columns
from selenite.table.schema import ColumnSchema, Kind, Schema, Target, Task
from selenite.table.share import Share
from selenite.table.table import Column, Dates, Numbers, Table, Text, days_of
from selenite.table.target import answers_of, learn_target, missing_answers, number_target
from selenite.types import Indices

MOST_NUMBERS, MOST_TEXTS = 4096, 65_536  # different values of a column that are counted


@dataclass
class ColumnCensus:
    """What all rows of a column tell, added piece by piece."""

    n_rows: int = 0
    n_missing: int = 0
    first_missing: str = ""  # the place of the first gap
    minimum: float | None = None  # of numbers; of dates in days since 1970
    maximum: float | None = None
    counts: dict[str, int] | None = None  # of each different value, as its source writes it; None where there are many
    different: Column | None = None  # a row of each of these
    steps: bool = True  # one more from row to row
    first: float = nan  # if it steps
    latest: float = nan
    has_many: bool = False

    def add(self, column: Column, place: Callable[[int], str]) -> None:
        """Take in the next rows; `place` says where each of them is."""
        gaps = column.missing()
        here = ColumnCensus(len(gaps), int(np.count_nonzero(gaps)), has_many=self.has_many, steps=False)
        if here.n_missing:
            here.first_missing = place(int(np.argmax(gaps)))
        if isinstance(column, Numbers) and here.n_rows:
            here.steps = bool((np.diff(column.values) == 1).all())
            here.first, here.latest = column.values[[0, -1]].tolist()
        if not isinstance(column, Text) and not gaps.all():
            numbers = column.values if isinstance(column, Numbers) else days_of(column.values)
            here.minimum, here.maximum = float(np.nanmin(numbers)), float(np.nanmax(numbers))
        if not here.has_many and not isinstance(column, Dates):
            here._count(column)
        self.join(here)

    def _count(self, column: Numbers | Text) -> None:
        """Count the different values, until they are too many."""
        rows = np.flatnonzero(~column.missing())
        present = column.take(rows)
        if isinstance(present, Text):
            used = np.flatnonzero(np.bincount(present.codes, minlength=len(present.values)))
            texts, codes = [present.values[i] for i in used], np.searchsorted(used, present.codes)
        elif len(np.unique(present.values)) > MOST_NUMBERS:
            texts, codes = [""] * (MOST_NUMBERS + 1), np.zeros(0, np.intp)
        else:
            texts, _, codes = spellings(present)
        first = np.unique(codes, return_index=True)[1]
        self._add_counts(texts, np.bincount(codes, minlength=len(texts)).tolist(), present, first)

    def _add_counts(self, texts: Sequence[str], counts: Sequence[int], column: Numbers | Text, rows: Indices) -> None:
        """Take in how often some different values are there, each of which stands in a row of a column."""
        known = self.counts or {}
        new = [i for i, text in enumerate(texts) if text not in known]
        if len(known) + len(new) > (MOST_TEXTS if isinstance(column, Text) else MOST_NUMBERS):
            self.has_many, self.counts, self.different = True, None, None
            return
        for text, count in zip(texts, counts, strict=True):
            known[text] = known.get(text, 0) + count
        some = column.take(rows[new])
        self.different = some if self.different is None else joined_columns([self.different, some])
        self.counts = known

    def join(self, after: ColumnCensus) -> None:
        """Take in what the rows tell that come next."""
        if not after.n_rows:
            return
        if not self.n_rows:
            self.first, self.latest = after.first, after.first - 1
        self.steps = self.steps and after.steps and after.first == self.latest + 1
        self.latest = after.latest
        self.first_missing = self.first_missing or after.first_missing
        self.n_rows += after.n_rows
        self.n_missing += after.n_missing
        self.minimum = min((low for low in (self.minimum, after.minimum) if low is not None), default=None)
        self.maximum = max((high for high in (self.maximum, after.maximum) if high is not None), default=None)
        self.has_many = self.has_many or after.has_many
        if self.has_many:
            self.counts = self.different = None
        elif after.counts is not None and isinstance(after.different, Numbers | Text):
            n = len(after.counts)
            self._add_counts(list(after.counts), list(after.counts.values()), after.different, np.arange(n))

    @property
    def numbers_rows(self) -> bool:
        """Tell whether the values number the rows, from 0 or 1 on."""
        return self.steps and self.first in (0, 1)

    def kind(self, name: str, drawn: Column, answers: Answers | None) -> Kind | ColumnSchema | None:
        """Return what the column is, where all rows tell it better than those drawn; else None."""
        seeming, _ = seeming_kind(name, drawn, answers)
        if self.numbers_rows and self.n_rows >= FEWEST_ROWS and isinstance(drawn, Numbers):
            reason = why_rows_numbers_are_set_aside(answers)
            return ColumnSchema(name, "identifier", reason) if reason else "number"
        if self.n_missing == self.n_rows:
            return None
        if self.different is not None and (pair := yes_no(self.different)) is not None:
            return ColumnSchema(name, "yes/no", categories=pair, missing=self.n_missing > 0)
        is_one = self.counts is not None and len(self.counts) == 1 and not self.n_missing
        if seeming in ("constant", "yes/no") and not is_one:
            return "number" if isinstance(drawn, Numbers) else "date" if isinstance(drawn, Dates) else "category"
        return None

    def exactly(self, learnt: ColumnSchema, most: int) -> ColumnSchema:
        """Return what was learnt of the rows drawn with what all rows tell in its place."""
        if learnt.kind in ("number", "date"):
            return replace(learnt, missing=self.n_missing > 0, minimum=self.minimum, maximum=self.maximum)
        if learnt.kind != "category" or self.counts is None:
            return replace(learnt, missing=self.n_missing > 0) if learnt.kind != "identifier" else learnt
        texts = sorted(self.counts)
        kept = kept_categories(texts, np.array([self.counts[text] for text in texts]), self.n_rows, most)
        return replace(learnt, categories=kept, rare=len(kept) < len(texts), missing=self.n_missing > 0)


@dataclass(frozen=True)
class Census:
    """What all rows of a table tell of its columns, and some rows of it."""

    n_rows: int
    columns: Mapping[str, ColumnCensus]
    drawn: Table
    moments: Mapping[str, Moments]  # of some columns, if they are numbers
    blocks: tuple[bytes, ...]  # of the fingerprint

    @classmethod
    def of(cls, parts: Sequence[Census]) -> Census:
        """Return the census of all rows, of those of some that follow one another; the first is written into."""
        whole = parts[0]
        for part in parts[1:]:
            for name, column in whole.columns.items():
                column.join(part.columns[name])
            for name, moments in whole.moments.items():
                moments.join(part.moments[name])
        n_rows, drawn = sum(part.n_rows for part in parts), joined([part.drawn for part in parts])
        return cls(n_rows, whole.columns, drawn, whole.moments, tuple(chain.from_iterable(p.blocks for p in parts)))

    @property
    def fingerprint(self) -> str:
        """By what the rows are known again."""
        return digits_of_blocks(self.blocks)

    @property
    def rank_error(self) -> float:
        """By how much the rank of a quantile may be off, as a share of the rows, with 99 % probability."""
        return 0.0 if self.drawn.n_rows == self.n_rows else sqrt(log(2 / 0.01) / (2 * self.drawn.n_rows))

    def learn_target(self, name: str, task: Task | None) -> Target:
        """Return the target that a column is, with the classes or the mean and deviation of all rows."""
        self._require_answers(name)
        column, drawn = self.columns[name], self.drawn[name]
        target = learn_target(drawn if column.different is None else column.different, name, task)
        if target.task == "classification":
            return target
        assert column.minimum is not None
        assert column.maximum is not None
        return number_target(name, *self.moments[name].center_and_width(), column.minimum, column.maximum)

    def known_target(self, target: Target) -> Target:
        """Return a target that is known already, with the range that its numbers now have."""
        self._require_answers(target.name)
        column = self.columns[target.name]
        return widened(target, column.minimum, column.maximum)

    def known_schema(self, schema: Schema) -> Schema:
        """Return a schema that is known already, with the ranges that its columns now have."""
        here = [self.columns.get(one.name, ColumnCensus()) for one in schema.columns]
        pairs = zip(schema.columns, here, strict=True)
        return Schema(tuple(widened(known, now.minimum, now.maximum) for known, now in pairs))

    def _require_answers(self, name: str) -> None:
        """Refuse rows without an answer."""
        column = self.columns[name]
        if column.first_missing:
            raise missing_answers(name, column.n_missing, self.n_rows, column.first_missing)

    def learn_schema(
        self, target: Target, known: Mapping[str, Kind | ColumnSchema], learning: Indices, *left_out: str
    ) -> Schema:
        """Return the schema of all columns but the target and those left out.

        `learning` are those of the rows drawn that scales and quantiles are learnt from; categories are counted in all.
        """
        features, answers = self.drawn.without(target.name, *left_out), answers_of(self.drawn[target.name], target.task)
        kinds = dict(known)
        for name, column in zip(features.names, features.columns, strict=True):
            if name not in kinds and (kind := self.columns[name].kind(name, column, answers)) is not None:
                kinds[name] = kind
        schema, most = learn_schema(features, kinds, learning, answers), most_categories(features)
        return Schema(tuple(self.columns[column.name].exactly(column, most) for column in schema.columns))


def take_census(rows: Share, measured: Collection[str], drawn: Indices, done: Done = nobody) -> Census:
    """Return the census of a table, with the moments of some columns and the rows of some rising numbers.

    Examples
    --------
    >>> from selenite.table import as_table
    >>> pieces = [as_table([["a", 1.0], ["b", 2.0]], ["t", "y"]), as_table([["a", 6.0]], ["t", "y"])]
    >>> census = take_census(Share(pieces), ["y"], np.array([0, 2]))
    >>> census.columns["t"].counts, census.columns["y"].maximum, census.drawn["y"].values.tolist()
    ({'a': 2, 'b': 1}, 6.0, [1.0, 6.0])
    """
    columns: dict[str, ColumnCensus] = {}
    fingerprint, n_rows = Fingerprint(), 0
    moments, parts = {name: Moments() for name in measured}, list[Table]()
    for numbers, piece in rows.numbered(done):
        fingerprint.add(piece)
        columns = columns or {name: ColumnCensus() for name in piece.names}
        for name, column in zip(piece.names, piece.columns, strict=True):
            columns[name].add(column, piece.place)
        for name, added in moments.items():
            if isinstance(values := piece[name], Numbers):
                added.add(values.values)
        if piece.n_rows:
            here = drawn[slice(*np.searchsorted(drawn, (numbers[0], numbers[-1] + 1)))]
            parts.append(piece.take(here - numbers[0]))
        n_rows += piece.n_rows
    fingerprint.end_block()
    mine = Census(n_rows, columns, joined(parts), moments, tuple(fingerprint.blocks)) if n_rows else None
    return Census.of([part for part in rows.of_all(mine) if part is not None])
