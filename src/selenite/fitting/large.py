"""A table of more rows than are looked at as a whole: one pass learns its columns, the next encodes its rows.

Some rows are drawn by the seed: the first of them are put aside to judge the model, the next choose its epochs, and all
stand for the table where a pass cannot count. The same rows and the same numbers come of a table in memory, of a file
and of a folder, whatever its pieces are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from selenite.errors import OptionError, TableError
from selenite.fitting.encoded import Encoded, nothing_to_learn_from, numbers_of, outputs_of, plain_answers, scaled_for
from selenite.fitting.judging import TEST_FRACTION, require_share
from selenite.fitting.text_scores import TextScores, learn_text_scores, rows_to_learn_from
from selenite.fitting.twins import Twins, findings_of, hashes_of
from selenite.fitting.weights import class_weights, no_weight, require_classes, rows_that_count, weights_in
from selenite.fitting.windows import StoredWindows
from selenite.model import Model
from selenite.model.settings import Settings, target_loss
from selenite.model.threshold import require_two_classes
from selenite.splits.grouping import ALONE, Grouping
from selenite.splits.split import first_drawn
from selenite.stages import Done, nobody, part
from selenite.table import (
    ColumnSchema,
    Kind,
    Pieces,
    Schema,
    Table,
    Target,
    encode,
    encode_target,
    input_columns,
    n_inputs,
)
from selenite.table.aside import Aside, Keys, keys_by, put_aside
from selenite.table.census import Census, take_census
from selenite.table.fingerprint import Fingerprint
from selenite.table.kinds import known_of
from selenite.table.limits import LARGE
from selenite.table.share import Processes, Share
from selenite.text import shown
from selenite.training import TrainingRows
from selenite.types import AnyArray, Array, Floats, Indices

FEWEST_COUNTING = 1000  # rows that weigh something, in memory and on the disk
MOST_JUDGING, CHOOSING = 65_536, 32_768  # rows put aside at the most; rows that choose the epochs, two folds a member


@dataclass(frozen=True)
class LargeTable:
    """A table in pieces, what one pass over it tells, and which rows do what."""

    pieces: Pieces
    share: Share  # of it that this process reads
    target: Target
    weights: str  # the column that says how much a row counts, or ""
    census: Census
    aside: Aside  # the rows that judge, and those that choose the epochs
    drawn: Indices  # numbers of these and of further rows, rising
    spread: Indices  # of those that stand for the table
    seed: int
    kinds: Mapping[str, Kind | ColumnSchema]  # of columns, where their values mislead
    keys: Keys | None = None  # which rows stay together
    model: Model | None = None  # that goes on with these rows, by its own columns and target

    @property
    def known(self) -> dict[str, Kind | ColumnSchema]:
        """What is known of columns beforehand."""
        groups, time_column = (None, None) if self.keys is None else (self.keys.groups, self.keys.time_column)
        return known_of(self.kinds, groups or None, time_column or None, self.sample)

    @cached_property
    def together(self) -> Grouping:
        """Which of the rows drawn stay together."""
        return ALONE if self.keys is None else self.keys.grouping(self.keys.of(self.sample, self.drawn))

    @property
    def sample(self) -> Table:
        """The rows drawn."""
        return self.census.drawn

    @property
    def judging_in_sample(self) -> Indices:
        """Which of the rows drawn are put aside."""
        return np.searchsorted(self.drawn, self.aside.judging)

    @property
    def learning_in_sample(self) -> Indices:
        """Which of the rows drawn are not put aside."""
        learns = np.isin(self.drawn, self.spread, assume_unique=True)
        learns[self.judging_in_sample] = False
        if self.keys is not None:
            learns &= ~self.aside.judges(self.keys.of(self.sample, self.drawn))
        learning = np.flatnonzero(learns)
        return learning[weights_in(self.sample, self.weights)[learning] > 0] if self.weights else learning

    @cached_property
    def schema(self) -> Schema:
        """The columns that are learnt from; refused where there are none. Those of a model stay as they are."""
        if self.model is not None:
            return self.census.known_schema(self.model.schema)
        schema = self._columns if self.words is None else self.words.learnt.schema
        if n_inputs(schema) == 0:
            raise nothing_to_learn_from(schema, self.pieces.source)
        return schema

    @cached_property
    def _columns(self) -> Schema:
        """The columns, of whose words nothing is learnt yet."""
        left_out = [self.weights] * bool(self.weights)
        return self.census.learn_schema(self.target, self.known, self.learning_in_sample, *left_out)

    @cached_property
    def words(self) -> Words | None:
        """What words of free text add, learnt from rows drawn that neither judge nor choose; None where none do."""
        if self.model is not None:
            return None
        texts = [column.name for column in self._columns.columns if column.kind == "text"]
        if not texts:
            return None
        rows = self.learning_in_sample
        rows = rows[~np.isin(self.drawn[rows], self.aside.choosing, assume_unique=True)]
        if self.keys is not None:
            rows = rows[~self.aside.is_aside(self.keys.of(self.sample, self.drawn)[rows])]
        rows = rows[rows_to_learn_from(self.sample.take(rows), texts, self.seed)]
        if len(rows) < FEWEST_COUNTING:
            raise self._too_few(len(self.aside.choosing), len(rows))
        table = self.sample.take(rows)
        Y, grouping = outputs_of(self.target, plain_answers(self.target, table)), self.together.take(rows)
        return Words(self.drawn[rows], learn_text_scores(self._columns, table, self.target, Y, grouping, self.seed))

    def encode(self, settings: Settings, own: tuple[Table, Table] | None = None, done: Done = nobody) -> Encoded:
        """Return the rows to learn from as numbers: those that choose in memory, the others on the disk."""
        schema, loss = self.schema, target_loss(settings.loss, self.target)
        target = scaled_for(loss, self.target) if self.model is None else self.target
        weighing, target_name = self._weighing(settings), target.name
        has_weights = weighing is not None

        def outputs(answers: Floats) -> Array:
            return outputs_of(target, answers)

        aside = np.union1d(self.aside.judging, self.aside.choosing)
        filling = StoredWindows.of(
            self.pieces.n_rows, aside, n_inputs(schema), has_weights, self.seed, outputs
        ).filling()
        kept: list[tuple[AnyArray, AnyArray, AnyArray | None, AnyArray | None]] = []
        fingerprint, twins = Fingerprint(), self._twins(target)
        for numbers, piece in self.share.numbered(done):
            fingerprint.add(piece)
            X = encode(schema, piece, np.float32)
            answers = plain_answers(target, piece)
            weight = None if weighing is None else weighing.of(piece, answers)
            counts = np.ones(len(numbers), bool) if weight is None else weight > 0
            choosing = np.isin(numbers, self.aside.choosing, assume_unique=True)
            storing = counts & ~choosing & ~np.isin(numbers, self.aside.judging, assume_unique=True)
            choosing &= counts
            keys = None if self.keys is None else self.keys.of(piece, numbers)
            if keys is not None:
                storing &= ~self.aside.is_aside(keys)
            if twins is not None:
                twins.add(X, answers, storing | choosing)
            if self.words is not None:
                self.words.put(X, numbers)
            filling.add(numbers[storing], X[storing], answers[storing], None if weight is None else weight[storing])
            kept.append(
                (
                    X[choosing],
                    answers[choosing],
                    None if weight is None else weight[choosing],
                    None if keys is None else keys[choosing],
                )
            )
        fingerprint.end_block()
        if tuple(fingerprint.blocks) != self.census.blocks[self.share.blocks]:
            raise TableError(f"{self.pieces.source} was changed while it was read: begin anew, with rows that stay")
        kept = list(chain.from_iterable(self.share.of_all(kept)))
        X, answers = (np.concatenate([some[i] for some in kept]) for i in range(2))
        weight = np.concatenate([some[2] for some in kept]) if has_weights else None
        grouping = ALONE if self.keys is None else self.keys.grouping(np.concatenate([some[3] for some in kept]))
        stored = filling.done().of_all(self.share)
        if min(len(X), stored.n_rows) < FEWEST_COUNTING:
            raise self._too_few(len(X), stored.n_rows)
        own_rows, own_numbers = None, None
        if own is not None:
            own_rows = TrainingRows(encode(schema, own[0], np.float32), outputs(plain_answers(target, own[1])))
            own_numbers = numbers_of(target, own[1][target_name])
        return Encoded(
            schema,
            target,
            loss,
            TrainingRows(X, outputs(answers), weight),
            answers if target.task == "regression" else None,
            grouping,
            own_rows,
            own_numbers,
            True,
            windows=stored,
            findings=findings_of(self.share.of_all(twins)),
        )

    def _twins(self, target: Target) -> Twins | None:
        """Return what counts rows that repeat others; None where none judge."""
        if not len(self.aside.judging):
            return None
        judging = self.sample.take(self.judging_in_sample)
        return Twins(hashes_of(encode(self.schema, judging, np.float32)), plain_answers(target, judging))

    def _too_few(self, n_choosing: int, n_stored: int) -> OptionError:
        """Return the error for rows that are too few to learn from, beside those that choose."""
        if self.keys is not None and not self.weights:
            name = shown(self.keys.groups or self.keys.time_column)
            return OptionError(
                f"by {name}, {n_choosing:,} rows are left to choose the epochs by and {n_stored:,} to learn from, too "
                f"few among {self.pieces.n_rows:,}: rows of smaller groups or more moments are needed"
            )
        return OptionError(
            f"the weights leave {n_choosing + n_stored:,} of {self.pieces.n_rows:,} rows to learn from, too few "
            "among so many: leave out the rows that weigh nothing"
        )

    def _weighing(self, settings: Settings) -> Weighing | None:
        """Return how much each row counts; None where all count alike."""
        require_two_classes(settings.threshold, self.target)
        if settings.metric is not None:
            raise OptionError("of so many rows the epoch is chosen by the loss as they are read: leave metric out")
        if not self.weights and settings.class_weight is None:
            return None
        of_class = None
        require_classes(settings.class_weight, self.target)
        if settings.class_weight is not None:
            known = encode_target(self.target, self.sample[self.target.name].take(self.learning_in_sample))
            counts = np.bincount(known.astype(np.intp), minlength=len(self.target.classes))
            of_class = class_weights(settings.class_weight, self.target, counts)
        if not self.weights:
            return Weighing(of_class)
        mean, _ = self.census.moments[self.weights].center_and_width()
        most = self.census.columns[self.weights].maximum
        if not most:
            raise no_weight(self.weights)
        return Weighing(of_class, self.weights, mean, most)


def look_over(
    pieces: Pieces,
    target_name: str,
    settings: Settings,
    *,
    test_fraction: float | None = None,
    groups: str | None = None,
    time_column: str | None = None,
    weights: str | None = None,
    model: Model | None = None,
    processes: Processes | None = None,
    done: Done = nobody,
    is_judged: bool = True,
) -> LargeTable:
    """Return a table of very many rows with what a pass over it tells, 15 % of the rows put aside, at most 65,536.

    These are whole groups where there are some, or the latest rows, which one more pass finds before; with `is_judged`
    False there are none. Columns and target are those of a `model` that goes on with the rows, if there is one. Several
    processes read a share each of Parquet.
    """
    require_share(test_fraction)
    if settings.monotone:
        raise OptionError(
            f"monotone needs all rows in memory, at most {LARGE:,}; {pieces.source} has {pieces.n_rows:,}, read in "
            "pieces. Take fewer rows and no stream, or leave monotone out"
        )
    n_judging = min(round(pieces.n_rows * (test_fraction or TEST_FRACTION)), MOST_JUDGING) if is_judged else 0
    order, keys = first_drawn(pieces.n_rows, LARGE, settings.seed), keys_by(groups, time_column, settings.seed)
    share, passes = Share.of(pieces, processes), 1 if keys is None else 2
    if keys is None:
        aside = Aside(np.sort(order[:n_judging]), np.sort(order[n_judging : n_judging + CHOOSING]))
    else:
        aside = put_aside(share, keys, n_judging, CHOOSING, part(done, 0, passes))
    drawn = np.union1d(np.union1d(aside.judging, aside.choosing), order)
    census = take_census(share, [target_name, *filter(None, [weights])], drawn, part(done, passes - 1, passes))
    share.tell_findings()
    target = census.learn_target(target_name, settings.task) if model is None else census.known_target(model.target)
    known = np.sort(order), settings.seed, settings.kinds, keys, model
    return LargeTable(pieces, share, target, weights or "", census, aside, drawn, *known)


@dataclass(frozen=True)
class Words:
    """What words add, and the rows that it is learnt from, which have the scores of regressions without them."""

    numbers: Indices  # of these rows, rising
    learnt: TextScores

    def put(self, X: Array, numbers: Indices) -> None:
        """Write the scores of such of the rows numbered, (n,) rising, into their inputs, (n, n_inputs)."""
        _, places, rows = np.intersect1d(numbers, self.numbers, assume_unique=True, return_indices=True)
        column_of = input_columns(self.learnt.schema)
        for k, scores in self.learnt.of_column.items():
            first = column_of.index(k)
            X[places, first : first + len(scores)] = scores[:, rows].T


@dataclass(frozen=True)
class Weighing:
    """How much a row counts: by its class, and by a column."""

    of_class: Floats | None
    column: str = ""
    mean: float = 1.0  # of the column
    most: float = 1.0

    def of(self, piece: Table, answers: Floats) -> Array:
        """Return the weight of each row of a piece, float32; 0 of those that do not count."""
        weight = np.ones(piece.n_rows) if self.of_class is None else self.of_class[answers.astype(np.intp)]
        if self.column:
            given = weights_in(piece, self.column)
            counting = rows_that_count(np.append(given, self.most))[:-1]  # the heaviest of all stands last
            by_column = np.zeros(len(given))
            by_column[counting] = given[counting] / self.mean
            weight = weight * by_column
        return np.asarray(weight, dtype=np.float32)
