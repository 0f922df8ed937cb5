"""How good the model is: figures beside the baselines, how it learnt, and whether to believe its probabilities."""

from __future__ import annotations

from selenite.markup import Markup, columns, element, joined, picture, table
from selenite.model import Model
from selenite.plots import panels
from selenite.plots.inline import panel_svg
from selenite.report.facts import Facts, is_number
from selenite.report.learning import learning
from selenite.text import figure_texts

NAMES = {
    "selenite": "this model",
    "linear": "linear model",
    "majority": "always the commonest class",
    "weighted shares": "always the commonest class by weight",
}


def good(facts: Facts) -> Markup:
    """Return the figures beside the baselines, the loss by epoch, calibration and the like."""
    model, judged = facts.model, facts.judged
    parts = [_stored_figures(model) if model.figures else Markup("")]
    if not judged.as_stored:
        rows = [[metric_name(one.name), *figure_texts(one.name, [one])] for one in judged.metrics()]
        here = f"Figures on {judged.which}"
        parts.append(joined(element("p", f"{here}:"), table(here, ["", "this model"], rows)))
    heading = "Can the probabilities be believed?"
    caption = (
        "Calibration: where points lie on the dashed line, probabilities may be taken at their word. Pale bars: the "
        "rows of each tenth."
    )
    if is_number(model):
        heading = "Predictions beside answers"
        caption = "Points on the line are right. Residual = answer − prediction."
        pictures = [panel_svg(panels.against_answers, judged), panel_svg(panels.residuals, judged)]
    elif len(model.target.classes) == 2:
        pictures = [panel_svg(panels.calibration, judged), panel_svg(panels.roc, judged)]
    else:
        height = 3.8 if len(model.target.classes) <= panels.MOST_COUNTED_CLASSES else 5.6
        pictures = [panel_svg(panels.calibration, judged), panel_svg(panels.recalls, judged, 4.6, height)]
    return joined(
        columns(joined(*parts), learning(model)),
        element("h3", heading),
        columns(*map(picture, pictures)),
        element("p", caption, class_="note"),
    )


def _stored_figures(model: Model) -> Markup:
    """Return the figures in the model file, a row a metric, and what they are of."""
    models = list(dict.fromkeys(one.model for one in model.figures))
    metrics = list(dict.fromkeys(one.metric for one in model.figures))
    rows = []
    for metric in metrics:
        found = {one.model: one for one in model.figures if one.metric == metric}
        cells = dict(zip(found, figure_texts(metric, list(found.values())), strict=True))
        rows.append([metric_name(metric), *(cells.get(each, "") for each in models)])
    shares = " Its probabilities are the shares of the classes." if "majority" in models else ""
    return joined(
        table("Figures in the model file", ["", *map(called, models)], rows),
        element(
            "p",
            f"From the model file, on {rows_of_figures(model)}; ± half of a 95 % interval, or its ends. Linear model: "
            "the same recipe without hidden layers, fitted to and judged on the same rows. Always the same answer: "
            f"that of the training rows.{shares} Accuracy, area under ROC and R²: the higher the better; all others: "
            "the lower the better.",
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
