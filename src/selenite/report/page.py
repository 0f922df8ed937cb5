"""The page: one HTML text without scripts and addresses, in the order in which a colleague would ask."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import numpy as np

from selenite.fitting.out_of_fold import Judged
from selenite.model import Model
from selenite.model.metrics import Metric
from selenite.model.predictions import measure
from selenite.model.settings import SETTINGS_NOT_KEPT
from selenite.report.again import again
from selenite.report.data import data
from selenite.report.facts import Facts, gather, is_number, target_name
from selenite.report.good import good
from selenite.report.inside import inside
from selenite.report.markup import Markup, element, joined, name
from selenite.report.matters import matters
from selenite.report.wrong import wrong
from selenite.table import Table
from selenite.table.target import prediction_format
from selenite.text import figure_texts

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # within pictures
SECTIONS = {
    "good": "How good it is",
    "wrong": "Where it is wrong",
    "matters": "Which columns matter",
    "data": "The data",
    "inside": "What it looks like inside",
    "again": "How to make it again",
}


def report(model: Model, table: Table, model_path: str, table_path: str, *, seed: int = 0) -> str:
    """Return the page about a model, and a table with answers."""
    facts = gather(model, table, model_path, table_path, seed)
    builders = (good, wrong, matters, data, inside, again)
    sections = [_section(key, build(facts)) for key, build in zip(SECTIONS, builders, strict=True)]
    css = Markup(files("selenite.report").joinpath("page.css").read_text())
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        element("title", f"{target_name(model)}: report on a model"),
        element("style", css),
    )
    body = element("body", _opening(facts), *sections)
    return f'<!DOCTYPE html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def _section(key: str, content: Markup) -> Markup:
    return Markup(f"\n{element('section', element('h2', SECTIONS[key]), content, id=key)}")


def _opening(facts: Facts) -> Markup:
    """Return the title, what was found in one sentence, the figures that matter, and the contents."""
    model, judged = facts.model, facts.judged
    used = len(facts.found.columns)
    metrics = {metric.name: metric for metric in judged.metrics()}
    n = len(judged.rows)
    title = element("h1", name(target_name(model)), f", predicted from {used} column{'s' * (used != 1)}")
    if is_number(model):
        finding = f"Predictions are off by {metrics['MAE'].value:{prediction_format(model.target)}} on average"
        always = "the mean"
    else:
        finding = f"{100 * metrics['accuracy'].value:.1f} % of the rows are predicted right"
        always = "the commonest class"
    naive = _naive_figure(facts)
    guess = f"; always giving {always} would {naive}" if naive else ""
    tiles = [
        element(
            "div",
            element("b", figure_texts(one.name, [replace(one, low=None, high=None)])[0]),
            element("span", one.name, _interval(one)),
            class_="tile",
        )
        for one in metrics.values()
    ]
    rows = element("div", element("b", f"{n:,}"), element("span", "rows judged"), class_="tile")
    contents = [element("a", title_, href=f"#{key}") for key, title_ in SECTIONS.items()]
    return joined(
        title,
        element("p", f"{finding}{guess}.", class_="lead"),
        element("p", f"Judged on {judged.which}. ", _trust(model, judged), class_="quiet"),
        element("div", *tiles, rows, class_="tiles"),
        element("nav", *contents),
    )


def _naive_figure(facts: Facts) -> str:
    """Return what a guess without looking gives on the judged rows, as the end of a sentence; "" beside a quantile."""
    if measure(facts.model).startswith("quantile"):
        return ""
    answers = facts.judged.answers
    if is_number(facts.model):
        off = float(np.abs(answers - answers.mean()).mean())
        return f"be off by {off:{prediction_format(facts.model.target)}}"
    share = float(np.bincount(answers.astype(np.intp)).max() / len(answers))
    return f"be right in {100 * share:.1f} %"


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
        refitted = f" {SETTINGS_NOT_KEPT}, so its {model.data.folds} folds cannot be fitted again."
        return kind + (refitted if model.data.folds and model.settings is None else "")
    return "The networks that predicted these rows never saw them" + (
        "; the figures are those stored in the model file." if judged.as_stored else ", as far as the file can tell."
    )
