"""Rows to learn from, as numbers: schema and target are learnt once, rows encoded once, for all models of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from selenite.errors import OptionError
from selenite.fitting.budget import SecondsLeft, rows_in_time, rows_to_calibrate_on
from selenite.fitting.monotone import with_monotone
from selenite.fitting.plan import Plan, network_for, plan
from selenite.fitting.target_statistics import learn_statistics
from selenite.fitting.text_scores import learn_text_scores
from selenite.fitting.weights import class_weights, rows_that_count, scaled, weights_of
from selenite.fitting.windows import StoredWindows
from selenite.model.metrics import require_metric
from selenite.model.settings import Settings, target_loss
from selenite.model.threshold import require_two_classes
from selenite.nn import Network
from selenite.nn.random import SPLIT
from selenite.splits.grouping import ALONE, Grouping
from selenite.splits.split import drawn_rows
from selenite.table import (
    Answers,
    Column,
    ColumnSchema,
    Kind,
    Numbers,
    Schema,
    Table,
    Target,
    answers_in,
    answers_of,
    as_outputs,
    encode,
    encode_target,
    input_columns,
    learn_schema,
    learn_target,
)
from selenite.text import listed
from selenite.training import Finding, TrainingRows
from selenite.types import Array, Floats, Indices


@dataclass(frozen=True)
class TrainingTable:
    """Rows to learn from, as a table, and what is known of them beforehand."""

    features: Table
    answers: Answers
    target_name: str
    grouping: Grouping = ALONE
    weight: Array | None = None  # (n,)
    known: Mapping[str, Kind | ColumnSchema] = field(default_factory=dict)  # of columns
    target: Target | None = None  # where it is learnt already
    schema: Schema | None = None  # where it is learnt already
    validation: tuple[Table, Answers] | None = None  # the user's rows to judge each epoch by
    of_model: bool = False  # schema and target are a model's, and stay as they are

    @classmethod
    def of(cls, table: Table, names: Sequence[str], grouping: Grouping = ALONE, weights: str = "") -> TrainingTable:
        """Return the rows of a table, with the columns to predict, and with that of the weights, if it is not ""."""
        weight = weights_of(table, weights) if weights else None
        features = table.without(*names, weights or None)
        return cls(features, answers_in(table, names), ", ".join(names), grouping, weight)

    def only_answers(self, doing: str) -> Column:
        """Return the answers of the only target; refuse several of what is not done with them."""
        if isinstance(self.answers, Table):
            raise OptionError(
                f"{doing} takes one target, not several: {listed(self.answers.names)}. Fit each by itself"
            )
        return self.answers

    def take(self, rows: Indices) -> TrainingTable:
        """Return some of the rows, of which nothing is learnt yet."""
        return replace(
            self,
            features=self.features.take(rows),
            answers=self.answers.take(rows),
            grouping=self.grouping.take(rows),
            weight=None if self.weight is None else self.weight[rows],
            target=self.target if self.of_model else None,
            schema=self.schema if self.of_model else None,
        )


@dataclass(frozen=True)
class Encoded:
    """Rows as a network takes them, and what was learnt to make them so."""

    schema: Schema
    target: Target  # scaled as the loss needs
    loss: str
    rows: TrainingRows
    numbers: Floats | None  # to regress on, (n,), of the same rows; None of classes, and of several targets
    grouping: Grouping
    own: TrainingRows | None  # the user's rows to judge each epoch by
    own_numbers: Floats | None
    all_read: bool  # none were left out for want of time
    are_soft: bool = False  # the answers are probabilities already, of another model
    windows: StoredWindows | None = None  # of further rows, on the disk
    findings: tuple[Finding, ...] = ()  # what is worth knowing of the rows
    features: Table | None = None  # of the rows, where further inputs may be learnt of them ...
    own_features: Table | None = None  # ... and of the user's rows

    @property
    def n_rows(self) -> int:
        """How many rows there are to learn from."""
        return len(self.rows.X) + (0 if self.windows is None else self.windows.n_rows)

    def network(self, plan: Plan) -> Network:
        """Return the network that a plan makes for these rows."""
        return network_for(plan, self.schema, self.target, self.loss)

    def thinned(self, n_rows: int, seed: int) -> Encoded:
        """Return so many of the rows, drawn by the seed; of windows whole ones, at most so many."""
        if self.windows is None:
            return self.take(drawn_rows(len(self.rows.X), n_rows, seed, SPLIT))
        return replace(self, windows=self.windows.first(n_rows - len(self.rows.X)))

    def take(self, rows: Indices) -> Encoded:
        """Return some of the rows."""
        numbers = None if self.numbers is None else self.numbers[rows]
        features = None if self.features is None else self.features.take(rows)
        grouping = self.grouping.take(rows)
        return replace(self, rows=self.rows.take(rows), numbers=numbers, grouping=grouping, features=features)

    def with_inputs(self, schema: Schema, X: Array) -> Encoded:
        """Return the rows with other inputs, (n, n_inputs), which the user's rows get by the schema."""
        own = self.own
        if own is not None and self.own_features is not None:
            own = replace(own, X=encode(schema, self.own_features, X.dtype))
        return replace(self, schema=schema, rows=replace(self.rows, X=X), own=own)


def encode_rows(given: TrainingTable, settings: Settings, seconds_left: SecondsLeft) -> Encoded:
    """Return the rows that count, as numbers; of so many that reading them would take too long, some.

    For models of other settings, too: but `loss`, `class_weight`, `task` and `seed` must be the same.
    """
    target = given.target
    if target is None and settings.task != "regression":  # rows that weigh nothing name classes, too
        target = learn_target(given.answers, given.target_name, settings.task)
    if target is not None and target.task == "classification" and settings.class_weight is not None:
        given = _weighed_by_class(given, settings, target)
    counting = _that_count(given)
    if target is None or (target.task == "regression" and counting.weight is not None and not given.of_model):
        target = learn_target(counting.answers, given.target_name, settings.task, weight=counting.weight)
    loss = target_loss(settings.loss, target)
    require_two_classes(settings.threshold, target)
    require_metric(settings.metric, target)
    target = target if given.of_model else scaled_for(loss, target)
    n = counting.features.n_rows
    most = rows_in_time(counting.features, seconds_left(), settings.seed, partial(_some_inputs, counting, target))
    read = None if n <= most else drawn_rows(n, most, settings.seed, SPLIT)
    schema = counting.schema
    if schema is None:
        schema = learn_schema(counting.features, given.known, read, answers_of(counting.answers, target.task))
    schema = with_monotone(schema, target, settings.monotone)
    counting = counting if read is None else counting.take(read)
    Y = _outputs(target, counting.answers)
    schema, X = _inputs(schema, counting, target, Y, settings.seed)
    if X.shape[1] == 0:
        raise nothing_to_learn_from(schema, given.features.source)
    own, own_numbers = None, None
    if given.validation is not None:
        own_table, own_answers = _in_time(given.validation, settings, target, plan(settings, len(X)).members)
        own = TrainingRows(encode(schema, own_table, np.float32), _outputs(target, own_answers))
        own_numbers = numbers_of(target, own_answers)
    rows = TrainingRows(X, Y, counting.weight)
    numbers = numbers_of(target, counting.answers)
    encoded = Encoded(schema, target, loss, rows, numbers, counting.grouping, own, own_numbers, read is None)
    if given.of_model:
        return encoded
    return replace(encoded, features=counting.features, own_features=None if given.validation is None else own_table)


def _inputs(schema: Schema, given: TrainingTable, target: Target, Y: Array, seed: int) -> tuple[Schema, Array]:
    """Return the schema with what words and categories say of the answers, and the inputs; those of a model stay."""
    if given.of_model:
        return schema, encode(schema, given.features, np.float32)
    scores = learn_text_scores(schema, given.features, target, Y, given.grouping, seed)
    statistics = learn_statistics(scores.schema, given.features, target, Y, given.weight, given.grouping, seed)
    X: Array = encode(statistics.schema, given.features, np.float32)
    column_of = input_columns(statistics.schema)
    for k, values in (scores.of_column | statistics.of_column).items():  # by rows of other folds
        first = column_of.index(k)
        X[:, first : first + len(values)] = values.T
    X[:, X.shape[1] - len(statistics.of_pairs) :] = statistics.of_pairs.T
    return statistics.schema, X


def _some_inputs(given: TrainingTable, target: Target, columns: Table, rows: Indices) -> Array:
    """Return the inputs of some rows, by some columns that are learnt for it: to see how long that takes."""
    some = replace(given, features=columns).take(rows)
    texts: dict[str, Kind | ColumnSchema] = {  # that other kinds fit all rows does not say that they fit some
        name: "text" for name, kind in given.known.items() if kind == "text" and name in columns.names
    }
    schema = learn_schema(some.features, texts, None, answers_of(some.answers, target.task))
    return _inputs(schema, some, target, _outputs(target, some.answers), seed=0)[1]


def _outputs(target: Target, answers: Answers) -> Array:
    """Return what the network is to give, float32: one-hot for three classes and more, else one column."""
    return as_outputs(target, encode_target(target, answers), np.float32)


def outputs_of(target: Target, answers: Floats) -> Array:
    """Return the same of the numbers of classes, or of the numbers to regress on, (n,)."""
    scaled = (answers - target.center) / target.width if target.task == "regression" else answers
    return as_outputs(target, scaled, np.float32)


def plain_answers(target: Target, piece: Table) -> Floats:
    """Return the number of each row's class, or the numbers themselves, (n,)."""
    answers = piece[target.name]
    if target.task == "regression":
        target = replace(target, center=0.0, width=1.0)
    return encode_target(target, answers, piece.first_line).astype(np.float64)


def numbers_of(target: Target, answers: Answers) -> Floats | None:
    """Return the numbers to regress on, (n,); None for classes, and of several targets."""
    return answers.values if target.task == "regression" and isinstance(answers, Numbers) else None


def scaled_for(loss: str, target: Target) -> Target:
    """Return the target scaled as the loss needs: counts of the Poisson loss are divided, not centered."""
    if not loss.startswith("poisson"):
        return target
    if target.each:
        return replace(target, each=tuple(scaled_for(loss, one) for one in target.each))
    if target.minimum is not None and target.minimum < 0:
        raise OptionError(f"the Poisson loss needs a target of 0 or more; {target.name!r} has {target.minimum:g}")
    return replace(target, width=target.center or 1.0, center=0.0)


def _weighed_by_class(given: TrainingTable, settings: Settings, target: Target) -> TrainingTable:
    """Return the rows weighed by their classes, of which only the rows that count are counted."""
    classes = encode_target(target, given.answers).astype(np.intp)
    weight = np.ones(len(classes)) if given.weight is None else given.weight
    counting = rows_that_count(weight)
    counts = np.bincount(classes[counting], minlength=len(target.classes))
    by_class = class_weights(settings.class_weight, target, counts)
    weighed = np.zeros(len(classes))
    weighed[counting] = by_class[classes[counting]] * weight[counting]
    return replace(given, weight=weighed)


def _that_count(given: TrainingTable) -> TrainingTable:
    """Return the rows that weigh something, with weights of mean 1 (float32); refuse too few."""
    n = given.features.n_rows
    if given.weight is not None:
        counting = rows_that_count(given.weight)
        if len(counting) < min(n, 2):
            raise OptionError(
                f"sample_weight leaves {len(counting)} row to learn from: {n - len(counting):,} weigh "
                f"nothing beside its {given.weight.max():g}; at least 2 are needed"
            )
        given = replace(given.take(counting), weight=scaled(given.weight[counting]))
    if n < 2:
        raise OptionError(f"{n} sample is too few to learn from: at least 2 are needed")
    return given


def nothing_to_learn_from(schema: Schema, source: str) -> OptionError:
    """Return the error for a table whose columns are all set aside."""
    reasons = "; ".join(f"{column.name!r} is set aside ({column.reason})" for column in schema.columns)
    declarable = any(column.kind == "identifier" for column in schema.columns)
    remedy = ". Say what one is by kinds=, on the command line by --kind NAME=KIND" if declarable else ""
    return OptionError(f"no column of {source} can be learnt from: {reasons}{remedy}")


def _in_time(
    validation: tuple[Table, Answers], settings: Settings, target: Target, members: int
) -> tuple[Table, Answers]:
    """Return no more of the user's validation rows than there is time to judge so many members by."""
    table, answers = validation
    most = rows_to_calibrate_on(settings, target, members)
    drawn = drawn_rows(table.n_rows, most, settings.seed, SPLIT)
    return table.take(drawn), answers.take(drawn)
