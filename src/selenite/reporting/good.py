"""How good the model is: figures beside the baselines, how it learnt, and whether to believe its probabilities."""

from __future__ import annotations

from selenite.markup import Markup, columns, element, joined, picture, table
from selenite.model.predictions import which_class
from selenite.model.stored_figures import metric_name, stored_figures
from selenite.plots import panels
from selenite.plots.inline import panel_svg
from selenite.reporting.facts import Facts, is_number
from selenite.reporting.learning import learning
from selenite.text import figure_texts


def good(facts: Facts) -> Markup:
    """Return the figures beside the baselines, the loss by epoch, calibration and the like."""
    model, judged = facts.model, facts.judged
    parts = [stored_figures(model) if model.figures else Markup("")]
    stored = {one.metric for one in model.figures} if judged.as_stored else set()
    found = [one for one in judged.all_metrics() if one.name not in stored]
    if found:
        rows = [[metric_name(one.name), *figure_texts(one.name, [one])] for one in found]
        here = f"{'More figures' if stored else 'Figures'} on {judged.which}"
        said = element("p", which_class(model, found), class_="note") if judged.is_of_classes else ""
        parts.append(joined(element("p", f"{here}:"), table(here, ["", "this model"], rows), said))
    if (coverage := judged.coverage()) is not None:
        parts.append(element("p", str(coverage)))
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
        drawn = (panels.calibration, panels.roc, panels.precision_recall, panels.gain)
        pictures = [panel_svg(panel, judged) for panel in drawn]
        caption += (
            " Gain: of the rows most probably of the class, taken one after the other, how many of its rows are found; "
            "the upper line would be perfect."
        )
    else:
        height = 3.8 if len(model.target.classes) <= panels.MOST_COUNTED_CLASSES else 5.6
        pictures = [panel_svg(panels.calibration, judged), panel_svg(panels.recalls, judged, 4.6, height)]
    return joined(
        columns(joined(*parts), learning(model)),
        element("h3", heading),
        *(columns(*map(picture, pictures[k : k + 2])) for k in range(0, len(pictures), 2)),
        element("p", caption, class_="note"),
    )
