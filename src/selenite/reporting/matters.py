"""Which columns matter, and how predictions depend on those that matter most."""

from __future__ import annotations

import numpy as np

from selenite.explanation.columns import Importance, partial_dependence, word_effects
from selenite.explanation.columns.text import MOST_WORDS, NAMES
from selenite.markup import Markup, bar, columns, element, joined, name, picture, table
from selenite.model.predictions import measure
from selenite.plots import inline
from selenite.reporting.facts import Facts, is_number
from selenite.table.cells import prediction_format
from selenite.text import signed

MOST_COLUMNS, MOST_DEPENDENCES = 40, 6


def matters(facts: Facts) -> Markup:
    """Return the columns by importance, and how predictions depend on those that matter most."""
    model, found = facts.model, facts.found
    growth = {one.column: one for one in facts.importances}
    order = np.argsort(-found.importance, kind="stable")
    most = float(found.importance.max(initial=0)) or 1.0
    form = prediction_format(model.target)
    rows = [
        [
            name(found.columns[k]),
            bar(found.importance[k] / most),
            f"{found.importance[k]:{form}}",
            _grown(growth[found.columns[k]], form),
        ]
        for k in order[:MOST_COLUMNS]
    ]
    more = f" {len(order) - MOST_COLUMNS} further columns matter less." if len(order) > MOST_COLUMNS else ""
    what = "the prediction" if is_number(model) else "the probability"
    loss = measure(model)
    title = "Contributions of the columns"
    importances = joined(
        table(title, ["column", "", "mean contribution", f"{loss}, shuffled"], rows, numbers_from=2),
        element(
            "p",
            f"Mean contribution: the mean size of what a column adds to {what}, over {len(found.values):,} rows "
            f"({NAMES[found.method]} against {found.baseline}). Shuffled: by how much the {loss} grows where the "
            f"column’s values are shuffled among {len(facts.judged.rows):,} rows, 10 times.{more}",
            class_="note",
        ),
    )
    free_text = {column.name for column in model.schema.columns if column.kind == "text"}
    names = [found.columns[k] for k in order]
    return columns(
        joined(importances, _words(facts, form)),
        _dependences(facts, [name for name in names if name not in free_text][:MOST_DEPENDENCES]),
    )


def _words(facts: Facts, form: str) -> Markup:
    """Return what words of free text add, where there is any."""
    words = word_effects(facts.model, facts.explained)[:MOST_WORDS]
    if not words:
        return joined()
    cells = [[name(one.column), name(one.word), signed(one.effect, form), f"{one.n_rows}"] for one in words]
    return joined(
        table("Words of free text", ["column", "word", "adds", "in rows"], cells, numbers_from=2),
        element(
            "p", "Adds: the prediction with the word less the one without it, in the mean of the rows.", class_="note"
        ),
    )


def _grown(one: Importance, form: str) -> str:
    """Return by how much the error grows, and the deviation of that."""
    return f"{signed(one.mean, form)} ± {one.deviation:{form}}"


def _dependences(facts: Facts, names: list[str]) -> Markup:
    """Return pictures of how the mean prediction depends on some columns."""
    if not names:
        return joined()
    model = facts.model
    index, what = 1, "prediction"
    if not is_number(model):
        if len(model.target.classes) > 2:
            index = int(np.bincount(facts.judged.classes).argmax())
        what = f"probability of {model.target.classes[index]}"
    found = partial_dependence(model, facts.explained, names, index=index)
    low, high = min(min(one.means) for one in found), max(max(one.means) for one in found)
    pictures = [inline.dependence_svg(f"depends{i}", one, low, high) for i, one in enumerate(found)]
    return joined(
        element("h3", "The mean ", name(what), ", were all rows to have the same value in one column"),
        element("div", *map(picture, pictures), class_="pictures"),
        element(
            "p", "All on one scale. Other columns keep their values, so unlikely rows count as well.", class_="note"
        ),
    )
