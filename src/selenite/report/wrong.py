"""Where the model is wrong: confusion, groups of rows with more errors, the worst rows."""

from __future__ import annotations

import numpy as np

from selenite.explanation.columns import Attributions, explain
from selenite.model import Model
from selenite.plots import panels
from selenite.plots.inline import panel_svg
from selenite.report.facts import Facts, is_number
from selenite.report.markup import Markup, bar, element, gallery, joined, name, table
from selenite.report.mistakes import groups, worst_rows
from selenite.table.cells import cell_text
from selenite.table.target import prediction_format
from selenite.text import signed
from selenite.types import Indices

MOST_WORST_ROWS, MOST_GROUPS_LISTED = 10, 8
ERRORS_BEYOND_CHANCE = 3.0  # standard errors beyond which a group is worse by more than chance
COLUMNS_OF_WORST = 2  # that are said to have led a prediction astray
LEAST_SHARE = 0.1  # of what the column adds that adds most, lest one that adds next to nothing is called a reason
NO_COLUMN = "no column: nearly all spoke for the answer"


def wrong(facts: Facts) -> Markup:
    """Return confusion, the groups of rows with more errors, and the worst rows."""
    model, judged = facts.model, facts.judged
    parts = [element("p", f"On {judged.which}.", class_="note")]
    if not is_number(model):
        size = (4.6, 3.8) if len(model.target.classes) <= 6 else (6.4, 5.6)
        pictures = [panel_svg(panels.confusion, judged, *size)]
        if len(model.target.classes) == 2:
            pictures.append(panel_svg(panels.histograms, judged, 5.6, 4.6))
        parts.append(gallery(pictures))
    return joined(*parts, _by_column(facts), _worst(facts))


def _by_column(facts: Facts) -> Markup:
    """Return the groups of rows in which the model is wrong more often, or by more, than elsewhere."""
    model = facts.model
    found = groups(facts.judged, facts.table.take(facts.judged.rows))
    shown_groups = sorted(found, key=lambda group: -group.deviations)[:MOST_GROUPS_LISTED]
    if not shown_groups:
        return Markup("")
    most = max(group.error for group in shown_groups) or 1.0
    rows = [
        [
            joined(name(group.column), " ", name(group.what, 40)),
            f"{group.rows:,}",
            _error(model, group.error),
            bar(group.error / most, colour="red" if group.deviations > ERRORS_BEYOND_CHANCE else ""),
            _error(model, group.elsewhere),
            "yes" if group.deviations > ERRORS_BEYOND_CHANCE else "perhaps" if group.deviations > 2 else "no",
        ]
        for group in shown_groups
    ]
    what = "mean error" if is_number(model) else "wrong"
    sure = sum(group.deviations > ERRORS_BEYOND_CHANCE for group in found)
    finding = (
        "In none of them is it worse by more than chance."
        if not sure
        else f"In {sure} of them it is worse than elsewhere by more than chance (3 standard errors)."
    )
    return joined(
        element("h3", "Error by column"),
        element("p", f"The worst of {len(found)} groups of rows (quarters of a number, categories, gaps). {finding}"),
        table(["group", "rows", what, "", "elsewhere", "more than chance"], rows),
    )


def _error(model: Model, value: float) -> str:
    return f"{value:{prediction_format(model.target)}}" if is_number(model) else f"{100 * value:.1f} %"


def _worst(facts: Facts) -> Markup:
    """Return the worst rows, what they hold, and which columns led the model astray."""
    model, judged, original = facts.model, facts.judged, facts.table
    worst = worst_rows(judged, MOST_WORST_ROWS)
    if not len(worst):
        return element("p", "There is no mistake to show.")
    rows = judged.rows[worst]
    explained = _explained(facts, worst)
    lines, form = [], prediction_format(model.target)
    for i, row in enumerate(rows.tolist()):
        found, place = explained[i]
        values = found.values[place]
        towards = values * _astray(facts, int(worst[i]))
        least = LEAST_SHARE * np.abs(values).max()
        order = [k for k in np.argsort(-towards, kind="stable")[:COLUMNS_OF_WORST] if towards[k] > least]
        reasons = [
            joined(
                name(found.columns[k], 24),
                " = ",
                name(cell_text(original[found.columns[k]], row), 24),
                f" ({signed(float(values[k]), form)})",
            )
            for k in order
        ]
        lines.append(
            [
                f"{row + 1:,}",
                *_answer_and_prediction(facts, int(worst[i])),
                joined(*reasons, between="<br>") or NO_COLUMN,
            ]
        )
    where = "" if original.first_line is None else f"Row 1 is line {original.first_line:,} of the file. "
    head = ["row", "answer", "prediction", "off by" if is_number(model) else "its probability", "mostly because of"]
    quantities = {found.quantities[0] for found, _ in explained}
    what = "number" if is_number(model) else quantities.pop() if len(quantities) == 1 else "predicted probability"
    return joined(
        element("h3", f"The {len(worst)} worst rows" if len(worst) > 1 else "The worst row"),
        table(head, lines, numbers_from=len(head)),
        element(
            "p",
            f"{where}In brackets: what the column adds to the {what} of the saved model, a Shapley value against "
            f"{found.baseline} of the table. Often such rows are mistakes in the table: look at them first.",
            class_="note",
        ),
    )


def _explained(facts: Facts, worst: Indices) -> list[tuple[Attributions, int]]:
    """Return for each of the worst rows what columns add, and its place there; of many classes to the one predicted."""
    model, judged = facts.model, facts.judged
    labels: list[str | None] = [None] * len(worst)
    if len(model.target.classes) > 2:
        labels = [model.target.classes[k] for k in judged.predicted[worst]]
    found: dict[int, tuple[Attributions, int]] = {}
    for label in dict.fromkeys(labels):
        mine = [i for i, one in enumerate(labels) if one == label]
        rows = facts.table.take(judged.rows[worst[mine]])
        each = explain(model, rows, background=facts.table, method="sampled", label=label)
        found |= {i: (each, place) for place, i in enumerate(mine)}
    return [found[i] for i in range(len(worst))]


def _astray(facts: Facts, i: int) -> int:
    """Return the sign of what led a prediction astray: too high a number, or the probability of the class predicted.

    The number is explained, of two classes the probability of the second, of more that of the class predicted.
    """
    model, judged = facts.model, facts.judged
    if is_number(model):
        return 1 if judged.prediction[i] > judged.answers[i] else -1
    return -1 if len(model.target.classes) == 2 and judged.predicted[i] == 0 else 1


def _answer_and_prediction(facts: Facts, i: int) -> list[str]:
    model, judged = facts.model, facts.judged
    if is_number(model):
        form, answer, prediction = prediction_format(model.target), judged.answers[i], judged.prediction[i]
        return [f"{answer:{form}}", f"{prediction:{form}}", signed(float(prediction - answer), form)]
    predicted, classes = judged.predicted[i], model.target.classes
    probability = f"{judged.prediction[i, predicted]:.3f}"
    return [name(classes[judged.classes[i]], 30), name(classes[predicted], 30), probability]
