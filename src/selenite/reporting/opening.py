"""The head of the page: whose report it is, the verdict, and the figures that matter most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from selenite.fitting.out_of_fold import Judged
from selenite.markup import Markup, element, joined, name
from selenite.model import Model
from selenite.model.metrics import Metric
from selenite.model.predictions import measure
from selenite.model.settings import why_not_again
from selenite.model.stored_figures import called, metric_name, rows_of_figures
from selenite.reporting.facts import Facts, is_number, target_name
from selenite.text import figure_texts, percent


def title(facts: Facts) -> str:
    """Return what the page is called in a list of pages."""
    return f"{_data_set(facts)}: report on {target_name(facts.model)}, {_day(facts)}"


def opening(facts: Facts) -> Markup:
    """Return whose report it is, the verdict, what was found in one sentence, and the figures."""
    model, judged, used = facts.model, facts.judged, len(facts.found.columns)
    what = f" predicted from {used} column{'s' * (used != 1)}"
    finding = element("p", _finding(facts), class_="" if model.verdict else "lead")
    verdict = element("p", _when(facts), model.verdict, class_="lead") if model.verdict else ""
    return joined(
        element("h1", name(_data_set(facts)), ": ", name(target_name(model)), what),
        element("p", "Report on ", name(facts.model_name), f", {_day(facts)}", class_="quiet"),
        verdict,
        finding,
        element("p", f"Judged on {judged.which}. ", _trust(model, judged), class_="quiet"),
        element("div", *_tiles(judged), class_="tiles"),
    )


def _data_set(facts: Facts) -> str:
    """Return the name of the table's file without what says how it is written."""
    return Path(facts.table_name.removesuffix(".gz")).stem


def _day(facts: Facts) -> str:
    return f"{facts.day.day} {facts.day:%B %Y}"


def _when(facts: Facts) -> str:
    """Return when the model's verdict was found, unless by the rows that judge it here."""
    if facts.judged.as_stored is not None:
        return ""
    return f"When it was fitted, on {rows_of_figures(facts.model)}: "


def _finding(facts: Facts) -> str:
    """Return how often or how far off predictions are, beside a linear model and what is always given.

    Of the rows that judged the model when it was fitted, both stand in its file.
    """
    model, judged = facts.model, facts.judged
    loss, n = measure(model), f"{len(judged.rows):,} row{'s' * (len(judged.rows) != 1)}"
    by = "accuracy" if not is_number(model) else loss if loss.startswith("quantile") else "MAE"
    ours = next(metric for metric in judged.metrics() if metric.name == by)
    if judged.as_stored is None:
        rivals = {} if by == loss else {f"always their {'mean' if by == 'MAE' else 'commonest class'}": _guess(judged)}
    else:
        found = [one for one in model.figures if one.metric == by and one.model != "selenite"]
        rivals = {("a " if one.model == "linear" else "") + called(one.model): one.value for one in found}
    values = [ours.value, *rivals.values()]
    if by == "accuracy":
        texts = list(map(percent, values))
        words, like = f"Of {n} {texts[0]} are predicted right", "{} gets {}"
    else:
        texts = figure_texts(by, [Metric(by, value) for value in values])
        words, like = f"On {n} predictions are off by {texts[0]} on average", "{} by {}"
        if by != "MAE":
            words = f"On {n} its {by} is {texts[0]}"
            like = "{} has {}"
    beside = ", ".join(like.format(rival, text) for rival, text in zip(rivals, texts[1:], strict=True))
    return f"{words}{'; ' * bool(beside)}{beside}."


def _guess(judged: Judged) -> float:
    """Return how often, or how far off, the commonest or the mean of the answers themselves is."""
    if not judged.is_of_classes:
        return float(np.abs(judged.answers - judged.answers.mean()).mean())
    return float(np.bincount(judged.classes).max() / len(judged.classes))


def _tiles(judged: Judged) -> list[Markup]:
    """Return the figures of the rows judged, and how many these are."""
    tiles = [
        (figure_texts(one.name, [replace(one, low=None, high=None)])[0], f"{metric_name(one.name)}{_interval(one)}")
        for one in judged.metrics()
    ]
    tiles.append((f"{len(judged.rows):,}", "rows judged"))
    return [element("div", element("b", value), element("span", what), class_="tile") for value, what in tiles]


def _interval(one: Metric) -> str:
    if one.low is None or one.high is None:
        return ""
    low, high = figure_texts(one.name, [Metric(one.name, one.low), Metric(one.name, one.high)])
    return f", {low} to {high}"


def _trust(model: Model, judged: Judged) -> str:
    """Return whether the model has seen these rows, in a sentence."""
    if judged.as_stored is False:
        return (
            "The figures differ from those that the model file holds: it was fitted within a time limit, by another "
            "version of selenite or on another kind of processor."
        )
    if judged.unseen is None:
        return "The model file does not say which rows it was fitted to; if to these, the figures are too kind."
    if judged.unseen is False:
        kind = "The model has learnt from these rows, so the figures are too kind."
        why = why_not_again(model.settings) if model.data.folds else ""
        return kind + (f" {why}, so its {model.data.folds} folds cannot be fitted again." if why else "")
    equals = "equals" if judged.n_known == 1 else "equal"
    known = f", but {judged.n_known:,} of them {equals} a training row, whose answer the model knows"
    return f"The networks that predicted these rows never saw them{known * bool(judged.n_known)}" + (
        "; the figures are those stored in the model file." if judged.as_stored else ", as far as the file can tell."
    )
