"""What a model predicts for rows whose answers are known: made once, then judged, drawn and counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from selenite.model.confusion import confusion
from selenite.model.coverage import ENDS, Coverage, Covered, covered_by_intervals, covered_by_sets, joined
from selenite.model.intervals import Clusters, share_interval
from selenite.model.metrics import (
    CALLED,
    CLASS_METRICS,
    OF_A_DECISION,
    USUAL_OF_CLASSES,
    Metric,
    class_metrics,
    evaluate_numbers,
    mean_metric,
    own_metric,
    pinball_called,
)
from selenite.model.model import Model
from selenite.model.own_metric import OwnMetric
from selenite.nn.losses import LOSSES, parse_loss
from selenite.table import Table, as_outputs, encode_target
from selenite.table.match import match_each
from selenite.text import shown
from selenite.types import Array, Floats, Indices, NDArray

USUAL_METRICS = ("log loss", "RMSE")  # that models of classes and of numbers are trained for if no loss is asked for


@dataclass(frozen=True, eq=False)
class Predictions:
    """Rows with answers, and what was predicted for them; the model's loss, in its scale, judges."""

    model: Model
    prediction: Floats  # probabilities (n, n_classes) or numbers (n,)
    answers: Floats  # class indices or numbers, (n,)
    clusters: Clusters = None  # the number of what each row belongs to, (n,)
    weight: Floats | None = None  # (n,) of the rows, where the loss counts them differently
    decided: Indices | None = None  # the classes (n,), where not the model but those of its folds decide
    covered: Covered | None = None  # by intervals or sets of `COVERAGE`, of models that know them

    def take(self, rows: Indices) -> Predictions:
        """Return the predictions of some of the rows."""
        clusters = None if self.clusters is None else self.clusters[rows]
        weight = None if self.weight is None else self.weight[rows]
        decided = None if self.decided is None else self.decided[rows]
        covered = None if self.covered is None else self.covered.take(rows)
        return Predictions(self.model, self.prediction[rows], self.answers[rows], clusters, weight, decided, covered)

    @property
    def n_rows(self) -> int:
        """How many rows were predicted."""
        return len(self.answers)

    @property
    def is_of_classes(self) -> bool:
        """Whether classes are predicted, rather than numbers."""
        return self.model.target.task == "classification"

    @cached_property
    def predicted(self) -> Indices:
        """The class that is predicted for each row, (n,)."""
        return self.model.decide(self.prediction) if self.decided is None else self.decided

    @cached_property
    def classes(self) -> Indices:
        """The class that each row is of, (n,)."""
        return self.answers.astype(np.intp)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """How often each class (row) is predicted as each (column), (n_classes, n_classes)."""
        return confusion(self.predicted, self.classes, len(self.model.target.classes))

    def metrics(self) -> list[Metric]:
        """Return the usual metrics of the task, and the loss that the model was trained by; by weight weighted, too."""
        if self.is_of_classes:
            found = [metric for metric in self._of_classes(usual_names(self.model)) if not metric.reason]
        else:
            found = evaluate_numbers(self.prediction, self.answers, self.clusters)
        return self._with_loss(self._with_own(found))

    def all_metrics(self) -> list[Metric]:
        """Return all metrics of the task, also those that are undefined here, and the same loss."""
        if not self.is_of_classes:
            return self.metrics() + self._of_quantiles()
        return self._with_loss(self._with_own(self._of_classes(tuple(CLASS_METRICS))))

    def _of_classes(self, names: Sequence[str]) -> list[Metric]:
        """Return metrics of classes, also those that are undefined here."""
        how: dict[str, Any] = {"predicted": self.predicted, "clusters": self.clusters, "names": names}
        return class_metrics(self.prediction, self.classes, classes=names_of_classes(self.model), **how)

    def _of_quantiles(self) -> list[Metric]:
        """Return the pinball loss of quantiles; none of a model that knows none."""
        found = self.covered
        if found is None:
            return []
        ones = np.ones(self.n_rows)
        return [
            mean_metric(pinball_called(level), found.pinball[:, k], ones, self.clusters)
            for k, level in enumerate(found.levels)
        ]

    def _with_own(self, found: list[Metric]) -> list[Metric]:
        """Return metrics with one's own, if the model was fitted by one and its function is at hand."""
        metric = asked_metric(self.model)
        if isinstance(metric, OwnMetric):
            y = self.classes if self.is_of_classes else self.answers
            found.append(own_metric(metric, self.prediction, y, self.clusters))
        return found

    def _with_loss(self, found: list[Metric]) -> list[Metric]:
        """Return metrics with the loss that the model was trained by; by weight weighted, too."""
        name, unit = measure(self.model), self.model.target.width
        is_there = name in (metric.name for metric in found)
        if is_there and self.weight is None:
            return found
        losses = self.losses()
        if not is_there:
            found.append(mean_metric(name, losses, np.ones(len(losses)), self.clusters, lambda mean: unit * mean))
        if self.weight is not None:
            found.append(mean_metric(f"weighted {name}", self.weight * losses, self.weight, self.clusters))
        return found

    def coverage(self) -> Coverage | None:
        """Return how often intervals or sets hold the answer; None of a model without any."""
        if self.covered is None:
            return None
        inside = self.covered.inside
        share = Metric("coverage", float(inside.mean()), *share_interval(inside, self.clusters))
        return Coverage(share, float(self.covered.size.mean()), self.is_of_classes)

    def errors(self) -> Floats:
        """Return the error of each row (n,): surprise -log p of classes, squared error in the target's widths."""
        if not self.is_of_classes:
            return ((self.prediction - self.answers) / self.model.target.width) ** 2
        chosen = self.prediction[np.arange(len(self.answers)), self.classes]
        return -np.log(np.maximum(chosen, 1e-12))

    def losses(self) -> Floats:
        """Return the loss of each row (n,) that the model was trained by, of numbers in the target's widths."""
        if measure(self.model) in USUAL_METRICS:
            return self.errors()
        (name, number), target = parse_loss(self.model.network.loss), self.model.target
        if self.is_of_classes:
            y = as_outputs(target, self.answers)
            p: Floats = self.prediction[:, -y.shape[1] :]
        else:
            scaled = [(one - target.center) / target.width for one in (self.answers, self.prediction)]
            y, p = (one[:, None] for one in scaled)
        if name == "poisson":
            p = np.clip(p, 1e-12, None)
        losses: Floats = LOSSES[name].value(y, p, p, "identity", number).sum(axis=1)
        return 2 * losses if name == "squared_error" else losses  # half of a square

    def mean_loss(self) -> float:
        """Return the mean loss that `measure` names, in the target's unit: of squared errors of numbers the root."""
        mean = float(self.losses().mean())
        return self.model.target.width * (float(np.sqrt(mean)) if measure(self.model) == "RMSE" else mean)


def predictions_of(
    model: Model,
    table: Table,
    clusters: Clusters = None,
    *,
    inputs: Array | None = None,
    quantiles: Sequence[float] = ENDS,
) -> Predictions:
    """Return what a model predicts for a table that has the target's column.

    `inputs` are its rows, encoded already; `quantiles` those that are judged, of a number.
    """
    target = model.target
    answers = encode_target(target, table[target.name], table.first_line).astype(np.float64)
    output = model.output(model.encode(table.without(target.name)) if inputs is None else inputs)
    return _predictions(model, output, answers, clusters, quantiles)


def joined_predictions(parts: Sequence[Predictions]) -> Predictions:
    """Return predictions of rows that stand alone, one below the other."""
    prediction, answers = (np.concatenate([vars(part)[name] for part in parts]) for name in ("prediction", "answers"))
    covered = joined([part.covered for part in parts])
    decided = np.concatenate([part.predicted for part in parts]) if parts[0].is_of_classes else None
    return Predictions(parts[0].model, prediction, answers, decided=decided, covered=covered)


def predictions_of_pieces(
    model: Model, pieces: Iterable[Table], quantiles: Sequence[float] = ENDS
) -> Iterator[Predictions]:
    """Give the same for each piece of a table."""
    target, answers = model.target, deque[Floats]()

    def without_answers() -> Iterator[Table]:
        for piece in pieces:
            encoded = encode_target(target, piece[target.name], piece.first_line, piece.first_row)
            answers.append(encoded.astype(np.float64))
            yield piece.without(target.name)

    for _, piece in match_each(model.schema, without_answers()):
        output = model.output(model.encode(piece), piece.first_row)
        yield _predictions(model, output, answers.popleft(), None, quantiles)


def _predictions(
    model: Model, output: Array, answers: Floats, clusters: Clusters, quantiles: Sequence[float]
) -> Predictions:
    """Return what a network's output predicts, beside encoded answers (n,)."""
    target = model.target
    if target.task == "classification":
        probabilities = model.probabilities(output)
        covered = covered_by_sets(model, probabilities, answers)
        return Predictions(model, probabilities.astype(np.float64), answers, clusters, covered=covered)
    numbers, answers = model.numbers(output), target.center + target.width * answers
    covered = covered_by_intervals(model, numbers, answers, quantiles)
    return Predictions(model, numbers, answers, clusters, covered=covered)


def measure(model: Model) -> str:
    """Return the name of the metric that the model was trained for: of another loss as that is spelt."""
    name, _ = parse_loss(model.network.loss)
    if model.target.task == "classification":
        return "log loss" if name == "log_loss" else str(model.network.loss)
    return LOSSES[name].metric or str(model.network.loss)


def asked_metric(model: Model) -> str | None:
    """Return the metric that was asked to judge a model, if any; none of one's own whose function no file holds."""
    metric = None if model.settings is None else model.settings.metric
    return metric if isinstance(metric, OwnMetric) or metric in CALLED else None


def usual_names(model: Model) -> tuple[str, ...]:
    """Return the metrics of classes that are told of a model without being asked for."""
    metric = asked_metric(model)
    asked = (metric,) if metric in CLASS_METRICS else ()  # none of one's own
    of_a_decision = () if model.threshold is None else OF_A_DECISION
    return tuple(dict.fromkeys((*USUAL_OF_CLASSES, *of_a_decision, *asked)))


def names_of_classes(model: Model) -> list[str]:
    """Return what a model's classes are called in a sentence."""
    return [shown(name) for name in model.target.classes]


def which_class(model: Model, found: list[Metric]) -> str:
    """Return which class precision and the like are of, and why some have no value."""
    classes = names_of_classes(model)
    said = "Macro: the mean over the classes, each counting alike."
    if len(classes) == 2:
        said = f"Precision, recall, F1 and average precision are of {classes[1]}."
    if model.threshold is not None:
        said += f" A row is predicted {classes[1]} from a probability of {model.threshold:.4g} on."
    return " ".join([said, *(f"Undefined: {one.name}, as {one.reason}." for one in found if one.reason)])
