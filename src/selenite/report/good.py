"""How good the model is: its figures beside the baselines, and whether its probabilities can be believed."""

from __future__ import annotations

from selenite.model import Model
from selenite.plots import panels
from selenite.plots.inline import panel_svg
from selenite.report.facts import Facts, is_number
from selenite.report.markup import Markup, element, gallery, joined, table
from selenite.text import figure_texts


def good(facts: Facts) -> Markup:
    """Return the figures beside the baselines, calibration and the like."""
    model, judged = facts.model, facts.judged
    parts: list[Markup] = []
    if model.figures:
        parts.append(_stored_figures(model))
    if not judged.as_stored:
        rows = [[one.name, *figure_texts(one.name, [one])] for one in judged.metrics()]
        parts.append(element("p", f"On {judged.which}:"))
        parts.append(table(["", "this model"], rows))
    heading = "Can the probabilities be believed?"
    caption = "Left: where points lie on the dashed line, probabilities may be taken at their word."
    if is_number(model):
        heading = "Predictions beside answers"
        caption = "Left: points on the line are right. Right: residual = answer − prediction."
        pictures = [panel_svg(panels.against_answers, judged), panel_svg(panels.residuals, judged)]
    elif len(model.target.classes) == 2:
        pictures = [panel_svg(panels.calibration, judged), panel_svg(panels.roc, judged)]
    else:
        height = 3.8 if len(model.target.classes) <= panels.MOST_COUNTED_CLASSES else 5.6
        pictures = [panel_svg(panels.calibration, judged), panel_svg(panels.recalls, judged, 4.6, height)]
    return joined(*parts, element("h3", heading), gallery(pictures), element("p", caption, class_="note"))


def _stored_figures(model: Model) -> Markup:
    """Return the figures in the model file, a row a metric, and what they are of."""
    data = model.data
    models = list(dict.fromkeys(one.model for one in model.figures))
    metrics = list(dict.fromkeys(one.metric for one in model.figures))
    rows = []
    for metric in metrics:
        found = {one.model: one for one in model.figures if one.metric == metric}
        cells = dict(zip(found, figure_texts(metric, list(found.values())), strict=True))
        rows.append([metric, *(cells.get(each, "") for each in models)])
    words = {
        "selenite": "this model",
        "linear": "linear model",
        "majority": "classes’ shares",
        "weighted shares": "classes’ weighted shares",
    }
    which = (
        f"all {data.training_rows:,} rows fitted on, each by a model fitted without its fold of {data.folds}"
        if data.folds
        else f"{data.test_rows:,} rows put aside before fitting"
    )
    return joined(
        element("p", model.verdict) if model.verdict else Markup(""),
        table(["", *(words.get(each, f"always the {each}") for each in models)], rows),
        element(
            "p",
            f"From the model file, on {which}; ± half of a 95 % interval, or its ends. The linear model is what the "
            "recipe makes without hidden layers, fitted to and judged on the same rows. Accuracy, area under ROC and "
            "R2: the higher the better; of all others, which are losses and errors: the lower the better.",
            class_="note",
        ),
    )
