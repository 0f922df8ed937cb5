"""One small network that learns a model's answers, for devices: knowledge distillation (Hinton, Vinyals, Dean 2015).

A probability tells more than a class. Of few rows there would be few answers to learn; so the model is asked more: rows
of which some cells are those of other rows (after Buciluă, Caruana and Niculescu-Mizil 2006).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from selenite import backend as backends
from selenite.fitting.comparison import Comparison
from selenite.fitting.encoded import Encoded
from selenite.fitting.ensemble import recipe_of
from selenite.fitting.judging import TEST_FRACTION
from selenite.fitting.members import Members, rows_held_out
from selenite.fitting.out_of_fold import refitted
from selenite.fitting.plan import plan
from selenite.fitting.residual_quantiles import learn_residual_quantiles
from selenite.fitting.retraining import Trained
from selenite.fitting.target_transform import Logarithms
from selenite.fitting.weights import weights_of
from selenite.model import Data, Model, Settings
from selenite.model.baselines import HEADINGS
from selenite.model.metrics import Metric
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles
from selenite.model.rows import RowsUsed, parts_of, rows_used
from selenite.model.settings import why_not_again
from selenite.nn.random import SPLIT, permutation
from selenite.splits.grouping import ALONE, Grouping
from selenite.splits.split import Part
from selenite.stages import Stages
from selenite.table import Schema, Table, fingerprint, n_inputs
from selenite.table.grouping import grouping_of
from selenite.table.schema import NO_KNOWN_ROWS
from selenite.text import figures_table, paragraph
from selenite.training import TrainingRows
from selenite.types import Array, Floats, Indices

FEWEST_EPOCHS, MOST_EPOCHS, ROWS_TO_SEE = 60, 200, 6_000_000  # rows times epochs
PATIENCE, LEARNING_RATE = 60, 0.008
ROWS_TO_ASK, MOST_TIMES = 10_000, 9  # about how many rows are made; of each row at most
EXCHANGED = 0.2  # the share of the cells of a column in rows that are made
DISTILLING = "distilling"


@dataclass(frozen=True)
class Distilled:
    """A network that learnt a model's answers, and what that costs."""

    model: Model
    original: Model
    figures: dict[str, list[Metric]]  # of "selenite", which is the distilled one, the "original", and a guess
    rows: str  # that the figures are of, in words, as the end of "on ..."
    remark: str  # what these rows do not tell, a sentence; "" if nothing

    def __str__(self) -> str:
        """Return what it is, its figures beside the original's, and what these mean."""
        of_original, own = self.original.network.layer_sizes, self.model.network.layer_sizes
        members = f"{self.original.n_members} times " * (self.original.n_members > 1)
        sizes, before = ("-".join(map(str, one)) for one in (own, of_original))
        n, n_before = self.model.parameters.size, self.original.parameters.size
        known = ", which knows the rows that it was trained on" * bool(self.original.schema.known_rows.names)
        headings = {"selenite": "distilled", **HEADINGS}
        figures = {headings.get(name, name): found for name, found in self.figures.items()}
        return "\n".join(
            [
                paragraph(
                    f"distilled: one network {sizes}, {n:,} parameters; the original: {members}{before}, "
                    f"{n_before:,}{known}",
                    "",
                ),
                f"  on {self.rows}",
                figures_table(figures),
                *(paragraph(text) for text in (self.model.verdict, self.remark) if text),
            ]
        )


@dataclass(frozen=True)
class Lesson:
    """Rows that a model is asked."""

    features: Table
    grouping: Grouping
    weight: Array | None  # (n,)

    def take(self, rows: Indices) -> Lesson:
        """Return some of the rows."""
        weight = None if self.weight is None else self.weight[rows]
        return Lesson(self.features.take(rows), self.grouping.take(rows), weight)

    def recombined(self, seed: int) -> Lesson:
        """Return the rows with some cells of each column exchanged among them."""
        n = self.features.n_rows
        columns = []
        for k, column in enumerate(self.features.columns):
            some = permutation(seed, n, SPLIT, k)[: round(EXCHANGED * n)]
            taken = np.arange(n)
            taken[some] = np.roll(some, 1)
            columns.append(column.take(taken))
        return replace(self, features=replace(self.features, columns=tuple(columns)))


def distil(original: Model, table: Table, hidden: tuple[int, ...], stages: Stages | None = None) -> Distilled:
    """Return one network that learnt a model's answers to a table's rows, and both models' figures.

    They are of rows that the network did not learn from: the model's test rows where this is its table, all rows in
    the folds that judged it, each network learning from a model fitted without the fold; else rows put aside here.
    """
    stages = stages or Stages()
    stages.expect(DISTILLING)
    stages.begin(DISTILLING)
    used = rows_used(original, table)
    data, grouping = _data(original, table, used)
    by_folds, seed = bool(data.folds), original.recipe.seed
    weight = weights_of(table, data.weights) if data.weights else None
    lesson = Lesson(table.without(original.target.name), grouping, weight)
    parts: list[Part] = []
    originals, pupils = [], []
    for part, teacher in _teachers(original, table, data, grouping):
        parts.append(part)
        originals.append(teacher)
        pupils.append(_pupil(teacher, lesson.take(part[0]), hidden, seed))
        stages.done(len(parts) / (data.folds + 1))
    model = _pupil(original, lesson, hidden, seed) if by_folds else pupils[0]
    weight_of_class = original.settings.class_weight if original.settings else None
    comparison = Comparison(table, original.target, parts, model, weight_of_class, grouping.clusters)
    judged = comparison.judged({"selenite": pupils, "original": originals})
    counts = model.data
    data = replace(data, training_rows=counts.training_rows, validation_rows=counts.validation_rows)
    if original.whole is not None:  # rows were put aside for all targets: those of one do not tell them again
        data = replace(data, fingerprint="")
    model = replace(model, data=data, figures=judged.stored, verdict=judged.verdict)
    return Distilled(model, original, judged.figures, *_which(used, table, parts, by_folds))


def _teachers(original: Model, table: Table, data: Data, grouping: Grouping) -> Iterator[tuple[Part, Model]]:
    """Yield each part of the table, and the model whose answers are learnt without it."""
    if data.folds:
        yield from refitted(original, table, grouping)
    else:
        yield from ((part, original) for part in parts_of(table, (original.whole or original).target, data, grouping))


def _data(original: Model, table: Table, used: RowsUsed) -> tuple[Data, Grouping]:
    """Return which rows judge, and which stay together: as when the model was fitted, where this is its table."""
    data = original.data
    if used.aside is not None or (used.fitted_on and data.folds and not why_not_again(original.settings)):
        return data, used.grouping
    answers = table[original.target.name]
    grouping = (
        used.grouping if used.fitted_on else grouping_of(table.without(original.target.name), answers, None, None)
    )
    copied = table.n_rows - len(grouping.first_rows(table.n_rows))
    own = Data(
        test_fraction=TEST_FRACTION, split_seed=original.recipe.seed, copied_rows=copied, fingerprint=fingerprint(table)
    )
    parts = parts_of(table, (original.whole or original).target, own, grouping)
    return replace(own, test_rows=len(parts[0][1])), grouping


def _which(used: RowsUsed, table: Table, parts: list[Part], by_folds: bool) -> tuple[str, str]:
    """Return the rows that judge in words, and what they do not tell."""
    n_aside = len(parts[0][1])
    if by_folds:
        return f"all {table.n_rows:,} rows, each by models fitted without its fold", ""
    if used.aside is not None:
        return f"the {n_aside:,} test rows, which neither learned from", ""
    learned = "learned from them" if used.fitted_on else "may have learned from them, which its file does not tell"
    return (
        f"{n_aside:,} rows of {table.n_rows:,}, put aside from the distilled network",
        f"The original {learned}: then its figures are too good.",
    )


def _pupil(original: Model, lesson: Lesson, hidden: tuple[int, ...], seed: int) -> Model:
    """Return the network that learns a model's answers, and no single rows; rows held out choose its epoch."""
    target = original.target
    schema = replace(original.schema, known_rows=NO_KNOWN_ROWS)
    encoded, asked = _encoded(original, schema, lesson, seed)
    settings = Settings(
        members=1,
        hidden=hidden,
        epochs=int(np.clip(ROWS_TO_SEE // len(encoded.rows.X), FEWEST_EPOCHS, MOST_EPOCHS)),
        learning_rate=LEARNING_RATE if hidden else None,
        dropout=0.0,  # a small network does not overfit answers without noise
        patience=PATIENCE,
        seed=seed,
        task=target.task,
        monotone={} if original.settings is None else original.settings.monotone,
    )
    members = Members(encoded, None, settings, (), backends.get(None), record=False)
    logarithms = None
    if original.target_transform and encoded.numbers is not None and encoded.own is not None:
        logarithms = Logarithms.of(encoded.numbers, encoded.own_numbers)
    members = members if logarithms is None else members.learning(logarithms)
    chosen = plan(settings, len(encoded.rows.X))
    network = encoded.network(chosen)
    trained = Trained(network, chosen, members, members.train(network, chosen, inf))
    if trained.ended == "interrupt":
        raise KeyboardInterrupt
    parameters, unseen = trained.parameters, trained.unseen()
    if logarithms is not None and unseen is not None:
        network, target, _ = logarithms.undone(network, parameters, target, unseen)
    model = Model(
        replace(network, loss=original.network.loss),
        parameters.astype(original.parameters.dtype),
        schema,
        target,
        read=original.read,
        threshold=original.threshold,
        recipe=recipe_of(trained, 1.0),
        data=Data(training_rows=lesson.features.n_rows, validation_rows=members.n_validation_rows),
    )
    return replace(model, residual_quantiles=_residual_quantiles(original, model, asked, seed))


def _encoded(original: Model, schema: Schema, lesson: Lesson, seed: int) -> tuple[Encoded, TrainingRows]:
    """Return the rows to learn from, with the model's answers, and those that choose the epoch."""
    rows, target = _answered(original, schema, lesson), original.target
    held_out = rows_held_out(rows, 1, seed, target, lesson.grouping)
    own = None if held_out is None else rows.take(held_out[0])
    if held_out is not None:
        lesson = lesson.take(np.flatnonzero(~held_out[0]))
    times = int(np.clip(ROWS_TO_ASK // lesson.features.n_rows, 1, MOST_TIMES))
    lessons = [lesson, *(lesson.recombined(seed + k) for k in range(times))]
    learnt = _joined([_answered(original, schema, one) for one in lessons])
    is_number = target.task == "regression"
    encoded = Encoded(
        schema,
        target,
        _loss(original),
        learnt,
        original.numbers(learnt.Y) if is_number else None,
        ALONE,
        own,
        None if own is None or not is_number else original.numbers(own.Y),
        all_read=True,
        are_soft=True,
    )
    return encoded, learnt if own is None else own


def _loss(original: Model) -> str:
    """Return the loss by which answers are learnt: of numbers the squared error, whatever these are a quantile of."""
    loss = original.network.loss
    return loss if original.target.task == "classification" or loss.startswith("poisson") else "squared_error"


def _answered(original: Model, schema: Schema, lesson: Lesson) -> TrainingRows:
    """Return the inputs of a schema, which may leave out the last of the model's, with the model's answers."""
    inputs = original.encode(lesson.features)
    outputs, inputs = original.output(inputs), inputs[:, : n_inputs(schema)]
    weight = None if lesson.weight is None else lesson.weight.astype(np.float32)
    return TrainingRows(inputs.astype(np.float32), outputs.astype(np.float32), weight)


def _joined(parts: list[TrainingRows]) -> TrainingRows:
    weights = [part.weight for part in parts if part.weight is not None]
    return TrainingRows(
        np.concatenate([part.X for part in parts]),
        np.concatenate([part.Y for part in parts]),
        np.concatenate(weights) if weights else None,
    )


def _residual_quantiles(original: Model, model: Model, asked: TrainingRows, seed: int) -> ResidualQuantiles | None:
    """Return how far answers lie from the network's numbers: as from the model's, whose own differ from them as well.

    The answers of rows that the model was fitted on would lie too near. So for each row one is drawn, evenly spread
    over the quantiles about the model's number.
    """
    known = original.residual_quantiles
    if known is None:
        return None
    theirs, own = original.numbers(asked.Y), model.numbers(model.output(asked.X.astype(model.parameters.dtype)))
    n = len(theirs)
    levels = np.clip((permutation(seed, n, SPLIT) + 0.5) / n, LEVELS[0], LEVELS[-1])
    answers: Floats = np.concatenate(
        [known.quantile(theirs[k : k + 1], level) for k, level in enumerate(levels.tolist())]
    )
    return learn_residual_quantiles(own, answers)
