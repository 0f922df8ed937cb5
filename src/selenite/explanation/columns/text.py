"""Explanations by columns as text: one row's contributions, all rows' mean contributions, and dependences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from selenite.table.cells import cell_text
from selenite.text import WIDTH, counted, paragraph, plain

if TYPE_CHECKING:
    from selenite.explanation.columns.attributions import Attributions
    from selenite.explanation.columns.dependence import Dependence
    from selenite.explanation.columns.importance import Importance
    from selenite.explanation.columns.words import WordEffect

NAMES = {
    "exact": "exact Shapley values",
    "sampled": "sampled Shapley values",
    "gradients": "integrated gradients",
}
LONGEST_BAR, SHORTEST_BAR = 24, 8
LONGEST_NAME, LONGEST_LABEL = 26, 16  # of a column, of a value
MOST_WORDS = 10  # of free text, that are shown
POINTS = 6  # of a dependence, that are shown
ALL_COLUMNS, BASE = "all columns together", "mean of the baseline"


def row_text(found: Attributions) -> str:
    """Return the contributions of the columns to the prediction of the first row, the largest first."""
    form, values = found.form, found.values[0]
    texts = [plain(name, LONGEST_NAME) for name in found.columns]
    if found.rows is not None:
        cells = [plain(cell_text(found.rows[name], 0), LONGEST_LABEL) or "(missing)" for name in found.columns]
        texts = [f"{name} = {cell}" for name, cell in zip(texts, cells, strict=True)]
    base, total, *added = (f"{found.base[0]:{form}}", *(f"{value:+z{form}}" for value in (values.sum(), *values)))
    errors = [""] * len(values) if found.errors is None else [f" ±{1.96 * one:{form}}" for one in found.errors[0]]
    widths = [max(len(BASE), *map(len, texts)), max(map(len, (base, total, *added))), max(map(len, errors))]
    heads = [
        f"  {text:<{widths[0]}}  {number:>{widths[1]}}{error:<{widths[2]}}"
        for text, number, error in zip(
            (BASE, *texts, ALL_COLUMNS), (base, *added, total), ("", *errors, ""), strict=True
        )
    ]
    order = np.argsort(-np.abs(values), kind="stable")
    bars = _bars(values, sum(widths) + 4)
    lines = [f"{heads[k + 1]}  {bars[k]}".rstrip() for k in order]
    return "\n".join([heads[0].rstrip(), *lines, heads[-1].rstrip(), "", *_notes(found, f"Adds up {_adds_up(found)}.")])


def table_text(found: Attributions, importances: Sequence[Importance] = (), error: str = "", which: str = "") -> str:
    """Return the mean contributions, the largest first, and beside them by how much an error grows without a column.

    `which` says of which rows the importances are.
    """
    form, growth = found.form, {one.column: one for one in importances}
    names = [plain(name, LONGEST_NAME) for name in found.columns]
    sizes = [f"{size:{form}}" for size in found.importance]
    grown = [f"{growth[c].mean:+z{form}} ±{growth[c].deviation:{form}}" if growth else "" for c in found.columns]
    heads = ["column", "mean contribution", f"{error}, shuffled" if growth else ""]
    widths = [max(len(head), *map(len, column)) for head, column in zip(heads, (names, sizes, grown), strict=True)]
    bars = _bars(found.importance, sum(widths) + 6, "#")
    rows = [(names[k], sizes[k], grown[k], bars[k]) for k in np.argsort(-found.importance, kind="stable")]
    lines = [
        f"  {name:<{widths[0]}}  {size:>{widths[1]}}  {more:>{widths[2]}}  {bar}".rstrip()
        for name, size, more, bar in ((*heads, ""), *rows)
    ]
    over = counted(len(found.values), "row")
    notes = _notes(found, f"Mean contribution: the mean size of what a column adds to a prediction, over {over}.")
    if growth:
        shuffled = f"Shuffled: how the {error} changes where a column's values are dealt out anew ({which}; 10 times)."
        notes.append(paragraph(shuffled))
    return "\n".join([*lines, "", *notes])


def dependences_text(quantity: str, dependences: Sequence[Dependence], form: str) -> str:
    """Return the mean prediction at some values of each column."""
    lines = [paragraph(f"Mean {plain(quantity)}, were all rows to have the same value:")]
    for one in dependences:
        points = [f"{plain(one.labels[i], LONGEST_LABEL) or '(empty)'}: {one.means[i]:{form}}" for i in _telling(one)]
        together = "   ".join(point.replace(" ", "\0") for point in points)
        lines.append(paragraph(together, f"    {plain(one.column, LONGEST_NAME)}   ", " " * 8).replace("\0", " "))
    return "\n".join(lines)


def words_text(effects: Sequence[WordEffect], form: str) -> str:
    """Return what words of free text add to predictions, the largest first."""
    shown = effects[:MOST_WORDS]
    words = [f"{plain(one.column, LONGEST_NAME)}: '{plain(one.word, LONGEST_LABEL)}'" for one in shown]
    numbers = [f"{one.effect:+z{form}}" for one in shown]
    rows = [f"in {counted(one.n_rows, 'row')}" for one in shown]
    widths = max(map(len, words)), max(map(len, numbers))
    return "\n".join(
        [
            paragraph("Words, and what each adds: the prediction with it less the one without it, in the mean."),
            *(
                f"    {word:<{widths[0]}}  {number:>{widths[1]}}  {where}"
                for word, number, where in zip(words, numbers, rows, strict=True)
            ),
        ]
    )


def _bars(values: np.ndarray, beside: int, mark: str = "") -> list[str]:
    """Return a bar for each value, of its sign or of a mark, in what is left of the width."""
    longest = min(LONGEST_BAR, WIDTH - beside - 2)
    if longest < SHORTEST_BAR:
        return [""] * len(values)
    largest = float(np.abs(values).max(initial=0)) or 1.0
    return [(mark or ("+" if value > 0 else "-")) * round(longest * abs(value) / largest) for value in values.tolist()]


def _notes(found: Attributions, what: str) -> list[str]:
    """Return what was computed, in sentences."""
    spread = ", each with its 95 % interval" if found.errors is not None and len(found.values) == 1 else ""
    name = NAMES[found.method]
    return [paragraph(f"{what} {name[0].upper()}{name[1:]}{spread}; compared with {found.baseline}.")]


def _adds_up(found: Attributions) -> str:
    """Return whether base and values give the predictions, in words."""
    gap = float(np.abs(found.gap).max())
    size = float(np.abs(found.prediction - found.base).max()) or 1.0
    return "to the prediction ✓" if gap <= 1e-6 * size else f"to the prediction, within {gap:.1g}"


def _telling(one: Dependence) -> list[int]:
    """Return which values to show: both ends, lowest, highest, and those farthest off the lines between."""
    means, places, last = np.array(one.means), np.array(one.places), len(one.means) - 1
    turns = np.zeros(last + 1, dtype=bool)
    turns[1:-1] = np.diff(means)[:-1] * np.diff(means)[1:] < 0
    shown = sorted({0, last, int(means.argmin()), int(means.argmax())})
    while len(shown) < min(POINTS, last + 1):
        off = np.abs(means - np.interp(places, places[shown], means[shown])) * (1 + turns)  # a turn counts double
        off[shown] = -1
        shown = sorted([*shown, int(off.argmax())])
    return shown
