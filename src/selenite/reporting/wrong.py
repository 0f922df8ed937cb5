"""Where the model is wrong: confusion, groups of rows with more errors, the worst rows."""

from __future__ import annotations

import numpy as np

from selenite.explanation.columns import Attributions, explain
from selenite.markup import Markup, bar, columns, element, joined, name, picture, table
from selenite.model import Model
from selenite.plots import panels
from selenite.plots.inline import panel_svg
from selenite.reporting.facts import Facts, is_number
from selenite.reporting.mistakes import Group, groups, worst_rows
from selenite.table import Column, Numbers, Table
from selenite.table.cells import cell_text, prediction_format
from selenite.text import plain_number, signed
from selenite.types import Floats, Indices

MOST_WORST_ROWS, MOST_GROUPS_LISTED = 10, 8
BEYOND_CHANCE, PERHAPS = 3, 2  # standard errors beyond which a group is worse by more than chance, or perhaps so
COLUMNS_OF_WORST = 2  # that are said to have led a prediction astray, and not to have done so
LEAST_SHARE = 0.1  # of what the column adds that adds most, lest one that adds next to nothing is called a reason
LONG = 10_000  # from which on whole numbers of a table get commas
NO_COLUMN = "no column: nearly all spoke for the answer"


def wrong(facts: Facts) -> Markup:
    """Return confusion, the groups of rows with more errors, and the worst rows."""
    model, judged = facts.model, facts.judged
    left, right = [_by_column(facts)], [_worst(facts)]
    if not is_number(model):
        size = (4.6, 3.8) if len(model.target.classes) <= 6 else (6.4, 5.6)
        left.insert(0, picture(panel_svg(panels.confusion, judged, *size)))
        if len(model.target.classes) == 2:
            right.insert(0, picture(panel_svg(panels.histograms, judged, *size)))
    return joined(element("p", f"On {judged.which}.", class_="note"), columns(joined(*left), joined(*right)))


def _by_column(facts: Facts) -> Markup:
    """Return the groups of rows in which the model is wrong more often, or by more, than elsewhere."""
    found = groups(facts.judged, facts.rows_judged)
    worse = sorted((group for group in found if group.deviations > 0), key=lambda group: -group.deviations)
    if not worse:
        return Markup("")
    shown_groups = worse[:MOST_GROUPS_LISTED]
    most = max(group.error for group in shown_groups)
    rows = [
        [
            joined(name(group.column), " ", name(group.what, 40)),
            f"{group.rows:,}",
            _error(facts.model, group.error),
            bar(group.error / most, "bad" if _certainty(group) == "yes" else ""),
            _error(facts.model, group.elsewhere),
            _certainty(group),
        ]
        for group in shown_groups
    ]
    what = "mean error" if is_number(facts.model) else "wrong"
    return joined(
        element("h3", "Error by column"),
        element(
            "p",
            f"The rows in {len(found)} groups: values or quarters of a number, categories, gaps. {_summary(worse)}",
        ),
        table("Error by column", ["group", "rows", what, "", "elsewhere", "more than chance"], rows),
    )


def _certainty(group: Group) -> str:
    """Return whether a group is worse than the other rows by more than chance."""
    return "yes" if group.deviations > BEYOND_CHANCE else "perhaps" if group.deviations > PERHAPS else "no"


def _summary(worse: list[Group]) -> str:
    """Return in how many groups the error is larger than elsewhere, as the table says it."""
    sure, perhaps = (sum(_certainty(group) == one for group in worse) for one in ("yes", "perhaps"))
    if not sure + perhaps:
        return f"In none is the error larger than elsewhere by more than {PERHAPS} standard errors."
    parts = [f"in {sure} by more than {BEYOND_CHANCE} standard errors, which is more than chance"] if sure else []
    if perhaps:
        parts.append(f"in {perhaps} by {PERHAPS} to {BEYOND_CHANCE}, which may be chance where there are many groups")
    return f"The error is larger than elsewhere {'; '.join(parts)}."


def _error(model: Model, value: float) -> str:
    return f"{value:{prediction_format(model.target)}}" if is_number(model) else f"{100 * value:.1f} %"


def _worst(facts: Facts) -> Markup:
    """Return the worst rows, what they hold, which columns led the model astray, and which did not."""
    model, judged, original = facts.model, facts.judged, facts.table
    worst = worst_rows(judged, MOST_WORST_ROWS)
    if not len(worst):
        return element("p", "There is no mistake to show.")
    explained = _explained(facts, worst)
    lines = []
    for i, row in enumerate(judged.rows[worst].tolist()):
        found, place = explained[i]
        cells = original.take(np.array([row]))
        values, astray = found.values[place], _astray(facts, int(worst[i]))
        lines.append(
            [
                f"{row + 1:,}",
                *_answer_and_prediction(facts, int(worst[i])),
                _contributions(facts.model, cells, found.columns, values, astray) or NO_COLUMN,
                _contributions(facts.model, cells, found.columns, values, -astray),
            ]
        )
    where = "" if original.first_line is None else f"Row 1 is line {original.first_line:,} of the file. "
    head = ["row", "answer", "prediction", "off by" if is_number(model) else "probability"]
    quantities = {found.quantities[0] for found, _ in explained}
    what = "number" if is_number(model) else quantities.pop() if len(quantities) == 1 else "predicted probability"
    title = f"The {len(worst)} worst rows" if len(worst) > 1 else "The worst row"
    return joined(
        element("h3", title),
        table(title, [*head, "mostly because of", "in spite of"], lines, numbers_from=len(head) + 2),
        element(
            "p",
            f"{where}In brackets: the contribution of the column to the {what} of the saved model, a Shapley value "
            f"against {found.baseline} of the table. “Because of” pushed towards the error, “in spite of” away from "
            "it. Often such rows are mistakes in the table: look at them first.",
            class_="note",
        ),
    )


def _contributions(model: Model, cells: Table, names: tuple[str, ...], values: Floats, sign: int) -> Markup:
    """Return the columns of one row with the largest contributions (n_columns,) of a sign, and their cells."""
    form = prediction_format(model.target) if is_number(model) else ".3f"
    least = LEAST_SHARE * np.abs(values).max()
    order = np.argsort(-sign * values, kind="stable")[:COLUMNS_OF_WORST]
    found = [
        element(
            "span",
            name(names[k], 24),
            " = ",
            name(_cell(cells[names[k]]), 24),
            " (",
            element("span", signed(float(values[k]), form), class_="up" if sign > 0 else "down"),
            ")",
            class_="term",
        )
        for k in order
        if sign * values[k] > least
    ]
    return joined(*found, between="<br>")


def _cell(column: Column) -> str:
    """Return the only cell of a column: a number as people write it, but a short whole one, as a year is, as it is."""
    if not isinstance(column, Numbers) or column.missing()[0] or column.type == "bool":
        return cell_text(column, 0)
    value = float(column.values[0])
    return cell_text(column, 0) if value.is_integer() and abs(value) < LONG else plain_number(value)


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
