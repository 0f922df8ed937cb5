"""The figures that a model file holds, as a page shows them: a row a metric, beside the baselines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selenite.markup import Markup, element, joined, table
from selenite.model.metrics import Metric
from selenite.model.model import Model
from selenite.model.parts import Figure, OverSeeds
from selenite.model.predictions import measure
from selenite.table import Schema
from selenite.text import figure_texts, listed

NAMES = {
    "selenite": "this model",
    "free": "the same without monotone columns",
    "linear": "linear model",
    "original": "the model it was distilled from",
    "before": "the model it continues",
    "majority": "always the commonest class",
    "weighted shares": "always the commonest class by weight",
}


def stored_figures(model: Model) -> Markup:
    """Return the figures in the model file, a row a metric, and what they are of."""
    models = list(dict.fromkeys(one.model for one in model.figures))
    metrics = list(dict.fromkeys(one.metric for one in model.figures))
    rows = []
    for metric in metrics:
        found = {one.model: one for one in model.figures if one.metric == metric}
        cells = dict(zip(found, figure_texts(metric, list(found.values())), strict=True))
        rows.append([metric_name(metric), *(cells.get(each, "") for each in models)])
    linear = " Linear model: the same recipe without hidden layers, fitted to and judged on the same rows."
    shares = " Its probabilities are the shares of the classes." if "majority" in models else ""
    return joined(
        table("Figures in the model file", ["", *map(called, models)], rows),
        element(
            "p",
            f"From the model file, on {rows_of_figures(model)}; ± half of a 95 % interval, or its ends."
            f"{linear if 'linear' in models else ''} Always the same answer: that of the training rows.{shares} "
            "Losses and errors, such as log loss, RMSE and MAE: the lower the better; others: the higher the better.",
            class_="note",
        ),
        *([element("p", over_seeds_text(model.over_seeds))] if model.over_seeds else []),
    )


def monotone_text(schema: Schema) -> str:
    """Return with which columns the prediction goes one way; nothing where it may go as it likes."""
    ways = {"never falls": 1, "never rises": -1}
    names = {way: [each.name for each in schema.columns if each.monotone == sign] for way, sign in ways.items()}
    told = [f"{way} as {listed(each)} {'rises' if len(each) == 1 else 'rise'}" for way, each in names.items() if each]
    return "; ".join(told)


def monotone_told(model: Model) -> str:
    """Return the same in a sentence, with what it cost in loss when the model was fitted; nothing if it may."""
    ways = monotone_text(model.schema)
    by = measure(model)
    found = [one for name in ("selenite", "free") for one in model.figures if (one.model, one.metric) == (name, by)]
    if not ways or len(found) < 2:
        return f"The prediction {ways}." if ways else ""
    with_them, without = figure_texts(by, [Metric(by, one.value) for one in found])
    return f"The prediction {ways}; when it was fitted, the {by} was {with_them}, and {without} without that."


def over_seeds_text(over_seeds: Sequence[OverSeeds]) -> str:
    """Return how figures vary by the seed: of each the mean, the deviation and the range."""
    found = []
    for one in over_seeds:
        numbers = [Figure(one.metric, "", value) for value in (one.mean, *_range(one))]
        mean, low, high = figure_texts(one.metric, numbers)
        decimals = len(mean.partition(".")[2])
        found.append(f"{metric_name(one.metric)} {mean} ±{one.deviation:,.{decimals}f} ({low} to {high})")
    n = len(over_seeds[0].values)
    return f"Over {n} seeds, on the same rows: {', '.join(found)}; mean ± deviation, and the range."


def over_seeds_dict(over_seeds: Sequence[OverSeeds]) -> dict[str, dict[str, Any]]:
    """Return the same as plain data."""
    return {
        one.metric: {
            "values": list(one.values),
            "mean": one.mean,
            "deviation": one.deviation,
            "low": _range(one)[0],
            "high": _range(one)[1],
        }
        for one in over_seeds
    }


def _range(one: OverSeeds) -> tuple[float, float]:
    return min(one.values), max(one.values)


def rows_of_figures(model: Model, n_judged: int | None = None) -> str:
    """Return which rows the figures in the model file are of, as the end of "on ..."; of stretches of time how many."""
    data = model.data
    if data.folds and data.time_column:
        count = "the" if n_judged is None else f"{n_judged:,}"
        return f"{count} rows of {data.folds} stretches of time, each by a model fitted on the rows before"
    if data.folds:
        by = f"{data.repeats} models" if data.repeats > 1 else "a model"
        return f"all {n_judged or data.training_rows:,} rows, each by {by} fitted without its fold of {data.folds}"
    return f"{data.test_rows:,} test rows"


def called(model: str) -> str:
    """Return what a model of the figures in a model file is called, a baseline by what it always gives."""
    return NAMES.get(model, f"always the {model}")


def metric_name(metric: str) -> str:
    """Return a metric's name as it is printed."""
    return "R²" if metric == "R2" else metric
