"""A model's score on a table with answers: one object, as text, as data and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.markup import Markup, element, joined
from selenite.markup import table as html_table
from selenite.model.answer_columns import require_number
from selenite.model.coverage import ENDS
from selenite.model.judged import Judged, judged
from selenite.model.metrics import Metric
from selenite.model.model import Model
from selenite.model.predictions import Predictions, which_class
from selenite.model.stored_figures import monotone_told
from selenite.model.summed import Summed
from selenite.stages import Stages
from selenite.table import Pieces
from selenite.text import WIDTH, figure_cells, figure_texts, figures_table, paragraph, path_text, plain

MOST_CLASSES_IN_A_MATRIX = 12
FITTED_ON = "This is the table that the model was fitted on"
PREDICTING, MEASURING = "predicting", "measuring"


@dataclass(frozen=True, repr=False, eq=False)
class Score:
    """How good a model is on a table with answers.

    Attributes
    ----------
    model : Model
    source : str
        What the table is called.
    figures : dict of list of Metric
        Of "test rows", where the table is the one that the model was fitted on, and of "all rows".
    judged : Judged
        The predictions, and what fitting did with the rows.
    file : str or None
        The path that the table was read from.
    """

    model: Model
    source: str
    figures: dict[str, list[Metric]]
    judged: Judged
    file: str | None = None

    @property
    def parts(self) -> dict[str, Predictions | Summed]:
        """The predictions that figures are of."""
        parts = {"test rows": self.judged.test_rows, "all rows": self.judged.all_rows}
        return {name: part for name, part in parts.items() if part is not None}

    @property
    def metrics(self) -> dict[str, Metric]:
        """The figures that count, by name: of the test rows if there are any, else of all."""
        return {metric.name: metric for metric in next(iter(self.figures.values()))}

    def __str__(self) -> str:
        return self._text(self._remark())

    def _text(self, remark: str) -> str:
        first, table = next(iter(self.parts.values())), figures_table(self._headed())
        coverage = first.coverage()
        told = [self._which_class(), monotone_told(self.model), remark, "" if coverage is None else str(coverage)]
        parts = [table, *(paragraph(text) for text in told if text)]
        return "\n\n".join([*parts, confusion_text(first)] if first.is_of_classes else parts)

    def __repr__(self) -> str:
        first = next(iter(self.parts))
        found = ", ".join(f"{one.name} {figure_texts(one.name, [one])[0]}" for one in self.metrics.values())
        return f"<Score of {plain(self.model.target.name)} on {self.parts[first].n_rows:,} {first}: {found}>"

    def _repr_html_(self) -> str:
        first, headed = next(iter(self.parts.values())), self._headed()
        rows = [[name, *texts.values()] for name, texts in figure_cells(headed).items()]
        counts, classes = "", self.model.target.classes
        if first.is_of_classes and len(classes) <= MOST_CLASSES_IN_A_MATRIX:
            cells = [
                [label, *(f"{count:,}" for count in row)] for label, row in zip(classes, first.confusion, strict=True)
            ]
            counts = html_table("Confusion matrix", ["true \\ predicted", *classes], cells)
        return element(
            "div",
            element("p", f"{self.source}: {plain(self.model.target.name)}."),
            html_table("Figures", ["", *headed], rows),
            element("p", self._which_class()) if self._which_class() else joined(),
            *(element("p", told) for told in (monotone_told(self.model), self._remark()) if told),
            counts,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the same as plain data: what `selenite score --json` prints."""
        parts, target = self.parts, self.model.target
        first = next(iter(parts.values()))
        scores = {
            name.replace(" ", "_"): {
                "rows": parts[name].n_rows,
                "metrics": {metric.name: metric.to_dict() for metric in metrics},
                **({} if (coverage := parts[name].coverage()) is None else {"coverage": coverage.to_dict()}),
            }
            for name, metrics in self.figures.items()
        }
        result: dict[str, Any] = {
            "file": None if self.file is None else path_text(self.file),
            "target": target.name,
            "task": target.task,
            "scores": scores,
        }
        if first.is_of_classes:
            result["classes"] = list(target.classes)
            result["confusion_matrix"] = first.confusion.tolist()
        return result

    def _headed(self) -> dict[str, list[Metric]]:
        return {f"{name} ({self.parts[name].n_rows:,})": metrics for name, metrics in self.figures.items()}

    def _which_class(self) -> str:
        """Return which class precision and the like are of, and why some figures have no value."""
        return which_class(self.model, list(self.metrics.values())) if self.model.target.classes else ""

    def _remark(self) -> str:
        """Return what figures of the table that the model was fitted on are worth."""
        if self.judged.test_rows is not None:
            said = "Only the test rows tell how good it is on new ones; of the others it has learnt from most."
            return f"{FITTED_ON}. {said}"
        if not (self.judged.used.fitted_on and self.model.data.folds):
            return ""
        of_model = [figure for figure in self.model.figures if figure.model == "selenite"]
        when_fitted = ", ".join(f"{one.metric} {figure_texts(one.metric, [one])[0]}" for one in of_model)
        said = "When it was fitted, each row judged by a model without its fold, they were"
        return f"{FITTED_ON}, so these figures are too kind. {said} {when_fitted}."


@dataclass(frozen=True, repr=False, eq=False)
class Scores:
    """How good a model of several targets is at each, on a table with answers.

    Attributes
    ----------
    each : dict of Score
        By target.
    file : str or None
        The path that the table was read from.
    """

    each: dict[str, Score]
    file: str | None = None

    def __str__(self) -> str:
        texts, told = [], ""
        for target, score in self.each.items():
            remark = score._remark()  # which is told once where it is the same
            texts.append(f"  {plain(target)}\n\n{score._text(remark if remark != told else '')}")
            told = remark
        return "\n\n".join(texts)

    def __repr__(self) -> str:
        return f"<Scores: {', '.join(map(repr, self.each.values()))}>"

    def _repr_html_(self) -> str:
        return element("div", *(Markup(score._repr_html_()) for score in self.each.values()))

    def to_dict(self) -> dict[str, Any]:
        """Return the same as plain data: what `selenite score --json` prints."""
        of_each = {target: score.to_dict() for target, score in self.each.items()}
        for found in of_each.values():
            del found["file"], found["target"]
        return {"file": None if self.file is None else path_text(self.file), "targets": of_each}


def score_of(
    model: Model, pieces: Pieces, stages: Stages, file: str | None = None, quantiles: Sequence[float] = ()
) -> Score | Scores:
    """Return the score of a model on a table with the columns that it predicts, for each if they are several.

    `quantiles` of a number are judged by their pinball loss; those between which its interval lies unless given.
    """
    for one in model.each if quantiles else ():
        require_number(one)
        one.quantiles(np.zeros(1), quantiles)
    stages.begin(PREDICTING)
    found = judged(model, pieces, stages.done, quantiles or ENDS)
    stages.begin(MEASURING)
    scores = {}
    for one, of_one in zip(model.each, found, strict=True):
        tested = {} if of_one.test_rows is None else {"test rows": of_one.test_rows.all_metrics()}
        figures = tested | {"all rows": of_one.all_rows.all_metrics()}
        scores[one.target.name] = Score(one, pieces.source, figures, of_one, file)
    return Scores(scores, file) if model.target.each else scores[model.target.name]


def confusion_text(predictions: Predictions | Summed) -> str:
    """Return the confusion matrix as text, or the commonest mistakes where it would be too wide."""
    counts, labels = predictions.confusion, _names(predictions.model.target.classes)
    width = max(len(f"{counts.max():,}"), *map(len, labels)) + 2
    head = "true \\ predicted"
    left = max(map(len, (head, *labels)))
    if len(labels) <= MOST_CLASSES_IN_A_MATRIX and left + width * len(labels) + 2 <= WIDTH:
        lines = [f"  {head:<{left}}" + "".join(f"{label:>{width}}" for label in labels)]
        for label, row in zip(labels, counts, strict=True):
            lines.append(f"  {label:>{left}}" + "".join(f"{count:>{width},}" for count in row))
        return "\n".join(lines)
    wrong = counts - np.diag(np.diag(counts))
    worst = np.argsort(-wrong, axis=None, kind="stable")[:8]
    pairs = [np.unravel_index(index, wrong.shape) for index in worst if wrong.flat[index]]
    lines = [f"    {labels[i]} taken for {labels[j]}: {wrong[i, j]:,} of {counts[i].sum():,}" for i, j in pairs]
    return "\n".join(["  commonest mistakes", *lines]) if lines else "  no mistakes"


def _names(classes: tuple[str, ...]) -> list[str]:
    """Return the classes as a table can hold them, only as long as it takes to tell them apart."""
    tried = ([plain(label, limit) for label in classes] for limit in (14, 40, 200))
    return next((names for names in tried if len(set(names)) == len(classes)), [plain(label) for label in classes])
