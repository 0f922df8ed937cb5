"""The figures that a model file holds, as a page shows them: a row a metric, beside the baselines."""

from __future__ import annotations

from selenite.markup import Markup, element, joined, table
from selenite.model.model import Model
from selenite.text import figure_texts

NAMES = {
    "selenite": "this model",
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
            "Accuracy, area under ROC and R²: the higher the better; all others: the lower the better.",
            class_="note",
        ),
    )


def rows_of_figures(model: Model) -> str:
    """Return which rows the figures in the model file are of, as the end of "on ..."."""
    data = model.data
    if data.folds:
        return f"all {data.training_rows:,} rows, each by a model fitted without its fold of {data.folds}"
    return f"{data.test_rows:,} test rows"


def called(model: str) -> str:
    """Return what a model of the figures in a model file is called, a baseline by what it always gives."""
    return NAMES.get(model, f"always the {model}")


def metric_name(metric: str) -> str:
    """Return a metric's name as it is printed."""
    return "R²" if metric == "R2" else metric
