"""What a model is worth, beside a linear one and a guess that looks at nothing, by the loss that it was trained by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.evaluated import Judgement
from selenite.fitting.weights import class_weights
from selenite.model import Model
from selenite.model.baselines import best_constant, class_shares, constant_name
from selenite.model.intervals import Clusters, ratio_interval
from selenite.model.metrics import CLASS_METRICS, OF_A_DECISION, Metric, metric_called
from selenite.model.predictions import USUAL_METRICS, Predictions, asked_metric, measure, predictions_of
from selenite.model.settings import ClassWeight
from selenite.splits.split import Part
from selenite.table import Table, Target, encode_target
from selenite.text import figure_texts
from selenite.types import Floats, Indices

Pairs = list[tuple[Metric, Metric]]  # the same figures of selenite and of a rival
DECIDED = ("accuracy", *(CLASS_METRICS[name] for name in OF_A_DECISION))  # figures that a threshold changes
FEWEST_ROWS_TO_JUDGE = 20  # that tell anything
BESIDE_BEFORE = {
    1: "better on these rows than the model before.",
    0: "on these rows as good as the model before, within chance.",
    -1: "worse on these rows than the model before. Keep that one.",
}


@dataclass(frozen=True)
class Comparison:
    """By what models are judged: by the rows put aside, each part's on its own; the saved one says by which loss."""

    table: Table
    target: Target
    parts: list[Part]
    saved: Model  # whose loss, in its scale, judges all
    weight: ClassWeight  # by which each class counts
    clusters: Clusters  # (n_rows,); rows of one number tell as much as one

    def judged(self, models: dict[str, list[Model]], linear_cut_short: bool = False) -> Judgement:
        """Return the figures of the models, one a part each, and of a guess without looking, and the verdict."""
        saved, clusters = self.saved, self._clusters
        joined, of_row = self._predictions(models)
        losses = {name: of_row * _excess(one) for name, one in joined.items()}
        figures = {name: one.metrics() for name, one in joined.items()}
        figures["naive"] = [_of_constant(metric) for metric in figures["naive"]]
        heading, guess = _guess(saved, self.weight is not None)
        loss, metric = measure(saved) if self.weight is None else f"weighted {measure(saved)}", asked_metric(saved)
        by = loss if metric is None else metric_called(metric, self.target)
        told = figures  # in what the verdict says; a threshold moves rows between mistakes of two kinds
        if saved.threshold is not None:
            left_out = set(DECIDED) - {by}
            told = {name: [one for one in found if one.name not in left_out] for name, found in figures.items()}
        text = verdict(losses, told, guess, by, clusters, linear_cut_short, by_figure=metric is not None)
        if "free" in losses:
            text += _cost_of_monotone(losses, figures, loss, clusters)
        figures[heading] = figures.pop("naive")
        return Judgement(figures, text)

    @property
    def _clusters(self) -> Clusters:
        """Those of the rows that judge, part after part."""
        return None if self.clusters is None else self.clusters[np.concatenate([judging for _, judging in self.parts])]

    def _predictions(self, models: dict[str, list[Model]]) -> tuple[dict[str, Predictions], Floats]:
        """Return what each model and a guess predict of all rows that judge, part after part, and each row's weight."""
        by_name: dict[str, list[Floats]] = {name: [] for name in (*models, "naive")}
        decided: dict[str, list[Indices]] = {name: [] for name in models}
        answers: list[Floats] = []
        weights: list[Floats] = []
        target, loss, width = self.target, self.saved.network.loss, self.saved.target.width / self.target.width
        encoded = encode_target(target, self.table[target.name])
        for k, (fitting, judging) in enumerate(self.parts):
            testing = self.table.take(judging)
            schema = models["selenite"][k].schema
            inputs = models["selenite"][k].encode(testing.without(target.name))
            for name, of_parts in models.items():  # of one schema, but that one may know rows
                found = predictions_of(of_parts[k], testing, inputs=inputs if of_parts[k].schema is schema else None)
                by_name[name].append(found.prediction)
                if found.is_of_classes:
                    decided[name].append(found.predicted)
            answers.append(found.answers)
            known = encoded[fitting]
            if target.task == "classification":
                counts = np.bincount(known.astype(np.intp), minlength=len(target.classes))
                of_class = class_weights(self.weight, target, counts)
                by_name["naive"].append(np.tile(class_shares(known.astype(np.intp), of_class), (len(judging), 1)))
                weights.append(of_class[found.classes])
            else:
                best = best_constant(loss, known.astype(np.float64), width)
                by_name["naive"].append(np.full(len(judging), target.center + target.width * best))
                weights.append(np.ones(len(judging)))
        truth, of_row = np.concatenate(answers), np.concatenate(weights)
        joined = {
            name: Predictions(
                self.saved if name in models else replace(self.saved, threshold=None),
                np.concatenate(found),
                truth,
                self._clusters,
                None if self.weight is None else of_row,
                np.concatenate(decided[name]) if decided.get(name) else None,
            )
            for name, found in by_name.items()
        }
        return joined, of_row


def _cost_of_monotone(
    losses: Mapping[str, Floats], figures: Mapping[str, list[Metric]], by: str, clusters: Clusters
) -> str:
    """Return what it costs in loss that columns are monotone, and whether chance may have made it."""
    values = [Metric(by, one.value) for name in ("selenite", "free") for one in figures[name] if one.name == by]
    with_them, without = figure_texts(by, values)
    low, high = ratio_interval(losses["selenite"], losses["free"], clusters)
    chance = ", within chance" if low <= 1 <= high else ""
    return f" With monotone columns the {by} is {with_them}, without {without}{chance}."


def _of_constant(metric: Metric) -> Metric:
    """Return a metric of a guess that is the same for all rows, though another of each fold: it tells none apart."""
    if metric.name != "area under ROC":
        return metric
    return Metric(metric.name, 0.5) if metric.low is None else Metric(metric.name, 0.5, 0.5, 0.5)


def _guess(model: Model, weighted: bool) -> tuple[str, str]:
    """Return what a guess without looking always gives, as the heading of its figures and in words."""
    if model.target.task == "classification":
        return ("weighted shares", "the commonest class by weight") if weighted else ("majority", "the commonest class")
    heading = constant_name(model.network.loss)
    return heading, f"the {heading}"


def _excess(predictions: Predictions) -> Floats:
    """Return the loss of each row beyond that of the answer itself, which is 0 but for counts: never negative."""
    losses = predictions.losses()
    if measure(predictions.model) != "poisson":
        return losses
    return losses - replace(predictions, prediction=predictions.answers).losses()


def verdict(
    losses: Mapping[str, Floats],
    figures: Mapping[str, list[Metric]],
    guess: str,
    by: str,
    clusters: Clusters = None,
    linear_cut_short: bool = False,
    *,
    by_figure: bool = False,
) -> str:
    """Return in words whether the model is worth having.

    `losses` (n,) of each judged row and `figures` are those of "selenite", of a "naive" `guess`, and where there are
    some of a "linear" model, of the "original" that it was distilled from, and of the model "before" it went on; `by`
    names the figure that the losses make, or with `by_figure` the one whose intervals judge in their place. What
    another one says otherwise is told.
    """
    n = len(losses["naive"]) if clusters is None else len(np.unique(clusters))
    rows = "rows" if clusters is None else "groups of rows"
    if n < FEWEST_ROWS_TO_JUDGE:
        return f"Verdict: none, {n} {rows} are too few to tell."
    named = {
        "original": "the original",
        "before": "the model before",
        "linear": "a linear model",
        "naive": f"always giving {guess}",
    }
    beside, otherwise = {}, ""
    for name in (rival for rival in named if rival in losses):
        pairs = [(one, other) for one in figures["selenite"] for other in figures[name] if one.name == other.name]
        standing = next((_apart(*pair) for pair in pairs if pair[0].name == by), None) if by_figure else None
        if standing is None:
            standing = _standing(losses["selenite"], losses[name], pairs, by, clusters)
        beside[name] = standing
        otherwise += _dissent(pairs, named[name], beside[name], by)
    measured = "" if by in USUAL_METRICS and not otherwise else f" by {by}"
    naive, linear = beside["naive"], beside.get("linear")
    if naive < 0:
        found = f"worse than {named['naive']}. Do not use this model."
    elif naive == 0:
        found = f"not better than {named['naive']}, as far as {n:,} {rows} can tell."
    elif "original" in beside:
        found = _beside_original(
            beside["original"], list(zip(figures["selenite"], figures["original"], strict=True)), by
        )
    elif "before" in beside:
        found = BESIDE_BEFORE[beside["before"]]
    elif linear is None:
        found = f"better than {named['naive']}."
    elif linear > 0 and linear_cut_short:
        found = "better than a linear model that had too little time to finish."
    elif linear > 0:
        found = "better than a linear model; the hidden layers are worth having."
    elif linear < 0:
        found = "a linear model is better here. Fit one with --hidden ''."
    else:
        found = "as good as a linear model, within chance. Keep the linear one if simplicity matters: --hidden ''."
    return f"Verdict{measured}: {found}{otherwise}"


def _beside_original(standing: int, pairs: Pairs, by: str) -> str:
    """Return how a distilled model stands beside the one that it was distilled from, with the figure that judges."""
    found = {
        1: "better than the original, which it was distilled from",
        0: "as good as the original, which it was distilled from, within chance",
        -1: "not as good as the original, which it was distilled from",
    }[standing]
    own, of_original = next(pair for pair in pairs if pair[0].name == by)
    texts = figure_texts(by, [Metric(by, one.value) for one in (own, of_original)])
    return f"{found}: {by} {texts[0]} beside {texts[1]}."


def _standing(losses: Floats, of_rival: Floats, pairs: Pairs, by: str, clusters: Clusters) -> int:
    """Return 1 if selenite loses less than a rival on the same rows (n,), -1 if more, 0 if chance may have made it."""
    low, high = ratio_interval(losses, of_rival, clusters)
    if high < 1 or low > 1:
        return 1 if high < 1 else -1
    same = {by, "R2"} if by == "RMSE" else {by}
    return next((apart for ours, theirs in pairs if ours.name in same and (apart := _apart(ours, theirs))), 0)


def _apart(ours: Metric, theirs: Metric) -> int:
    """Return 1 if selenite's figure is better by more than both intervals, -1 if worse by more, 0 if neither."""
    if ours.low is None or ours.high is None or theirs.low is None or theirs.high is None:
        return 0
    return (1 if ours.higher_is_better else -1) * ((ours.low > theirs.high) - (ours.high < theirs.low))


def _dissent(pairs: Pairs, named: str, standing: int, by: str) -> str:
    """Say by which figures selenite stands otherwise beside a rival than by its losses."""
    found = ""
    for ours, theirs in pairs:
        apart = _apart(ours, theirs)
        if apart not in (0, standing) and ours.name != by:
            texts = figure_texts(ours.name, [Metric(one.name, one.value) for one in (ours, theirs)])
            than = f"{'better' if apart > 0 else 'worse'} than {named}"
            found += f" By {ours.name} it is {than}: {texts[0]} beside {texts[1]}."
    return found
