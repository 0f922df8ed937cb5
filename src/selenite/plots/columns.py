"""Pictures of what columns do: to one prediction, to all of a table, and how predictions depend on one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns import Attributions, Dependence, Importance
from selenite.explanation.columns.text import NAMES
from selenite.palette import BLUE
from selenite.plots.style import (
    GREY,
    INK,
    MOST_MARKED,
    PALE,
    canvas,
    figure,
    label,
    name_rows,
    note,
    panels,
    plain_axes,
    say,
    short_number,
    signed_bar,
)
from selenite.text import sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_COLUMNS = 14
LONGEST = 30


def draw_attributions(
    found: Attributions, row: int = 0, *, cells: Sequence[str] = (), axes: Axes | None = None
) -> Axes:
    """Draw how one prediction comes about, from the baseline's mean step by step, the largest column first.

    Parameters
    ----------
    found : Attributions
        What `selenite.explain` found; the fourteen largest columns are drawn, whiskers are 95 % intervals.
    row : int
        Which of the rows that were explained, from 0.
    cells : sequence of str
        The row's values as text, one for each column, to be shown beside the names.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If the row was not explained, or matplotlib is missing.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> regressor = selenite.SeleniteRegressor(max_iter=20, random_state=0).fit(X, X[:, 0] - 2 * X[:, 1])
    >>> axes = draw_attributions(selenite.explain(regressor, X[:1], background=X))
    >>> axes.figure.savefig("attributions.png")  # doctest: +SKIP
    """
    if not 0 <= row < len(found.values):
        raise OptionError(f"row={row}: {len(found.values):,} rows were explained, the first is 0")
    values = found.values[row]
    order = np.argsort(-np.abs(values), kind="stable")
    shown, rest = order[:MOST_COLUMNS], order[MOST_COLUMNS:]
    names = [_with_cell(found.columns[k], cells[k] if cells else None) for k in shown]
    steps = [float(values[k]) for k in shown]
    if len(rest):
        names, steps = [*names, f"{len(rest)} others"], [*steps, float(values[rest].sum())]
    starts = found.base[row] + np.concatenate([[0.0], np.cumsum(steps)])
    with canvas(axes, 9.2, 2.6 + 0.4 * len(steps)) as axes:
        for place, (begin, step) in enumerate(zip(starts[:-1].tolist(), steps, strict=True)):
            signed_bar(axes, place, step, begin)
            below = 1.31 if place < len(steps) - 1 else 0.6
            axes.plot([begin + step] * 2, [place - 0.31, place + below], color=GREY, linewidth=0.8)
            spread = 0.0
            if found.errors is not None and place < len(shown):
                spread = 1.96 * float(found.errors[row, shown[place]])
                axes.errorbar(begin + step, place, xerr=spread, color=INK, linewidth=1.2, capsize=3)
            note(axes, _signed(step), (max(begin, begin + step) + spread, place), (5, 0))
        ends = ((starts[0], -0.9, "mean of the baseline"), (starts[-1], len(steps) - 0.1, "prediction"))
        for value, y, words in ends:
            note(axes, f"{words} {short_number(float(value))}", (float(value), y), ha="center", color=GREY)
        low, high = float(starts.min()), float(starts.max())
        margin = 0.16 * (high - low or 1.0)
        axes.set_xlim(low - margin, high + margin)
        plain_axes(axes, label(found.quantities[row], 50))
        name_rows(axes, names, bottom=-0.35, top=1.35)
        change = "raises" if steps[0] >= 0 else "lowers"
        finding = (
            f"{label(found.quantities[row], 40)} is {short_number(float(found.prediction[row]))}:\n"
            f"{label(found.columns[shown[0]], LONGEST)} {change} it most, by {short_number(abs(steps[0]))}"
        )
        method = NAMES[found.method]
        whiskers = "; whiskers: 95 % intervals" if found.errors is not None else ""
        say(axes, finding, f"{sentence(method)}; compared with {found.baseline}; below 0 hatched{whiskers}")
    return axes


def draw_importance(
    found: Attributions,
    importances: Sequence[Importance] = (),
    *,
    error: str = "error",
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw the columns by the mean size of their contributions, and how much the error grows where each is shuffled.

    Parameters
    ----------
    found : Attributions
        What `selenite.explain` found in some rows; the fourteen largest columns are drawn.
    importances : sequence of Importance
        What `permutation_importance` found; none: this half is left out. Whiskers are the deviation of the repeats.
    error : str
        What grows, such as "log loss".
    axes : sequence of matplotlib axes, optional
        Two to draw on, one without importances; those of a new figure unless given.

    Returns
    -------
    list of matplotlib axes

    Raises
    ------
    OptionError
        If another number of axes is given, or matplotlib is missing.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> regressor = selenite.SeleniteRegressor(max_iter=20, random_state=0).fit(X, X[:, 0] - 2 * X[:, 1])
    >>> [axes] = draw_importance(selenite.explain(regressor, X[:20]))
    """
    order = np.argsort(-found.importance, kind="stable")[:MOST_COLUMNS]
    growth = {one.column: one for one in importances}
    places = np.arange(len(order))
    names = [label(found.columns[k], LONGEST) for k in order]
    width, height = 12.4 if importances else 8.6, 2.2 + 0.4 * max(len(order), 3)
    with panels(axes, 2 if importances else 1, width, height) as drawn:
        adds = drawn[0]
        adds.barh(places, found.importance[order], 0.62, color=BLUE)
        plain_axes(adds, f"mean size of the contribution to {_quantity(found)}")
        name_rows(adds, names)
        of = "" if len(order) == len(found.columns) else f", the {len(order)} largest of {len(found.columns)}"
        say(adds, f"Predictions depend most on {names[0]}", f"Over {len(found.values):,} rows{of}")
        if importances:
            grows, mine = drawn[1], [growth[found.columns[k]] for k in order]
            means = [one.mean for one in mine]
            grows.barh(places, means, 0.62, color=GREY)
            grows.errorbar(means, places, xerr=[one.deviation for one in mine], fmt="none", color=INK, linewidth=1.2,
                           capsize=3)  # fmt: skip
            grows.axvline(0, color=INK, linewidth=1)
            plain_axes(grows, f"growth of the {error}")
            name_rows(grows, names)
            grows.set_yticks([])
            finding = f"The {error} grows most where {names[int(np.argmax(means))]} is shuffled"
            say(grows, finding, "Each column shuffled 10 times; whiskers: deviation of the repeats")
    return drawn


def draw_dependence(found: Sequence[Dependence], quantity: str, *, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Draw how the mean prediction depends on each of some columns, one beside the other on one scale.

    Parameters
    ----------
    found : sequence of Dependence
        What `partial_dependence` found for each column.
    quantity : str
        What is predicted, such as "probability of yes".
    axes : sequence of matplotlib axes, optional
        One for each column; those of a new figure unless given.

    Returns
    -------
    list of matplotlib axes

    Raises
    ------
    OptionError
        If another number of axes is given, or matplotlib is missing.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> from selenite.explanation.columns import partial_dependence
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> regressor = selenite.SeleniteRegressor(max_iter=20, random_state=0).fit(X, X[:, 0] - 2 * X[:, 1])
    >>> [axes] = draw_dependence(partial_dependence(regressor, X, ["x0"]), "target")
    """
    means = np.concatenate([one.means for one in found])
    low, high = float(means.min()), float(means.max())
    margin = max(0.06 * (high - low), 0.02 * max(abs(low), abs(high))) or 0.5  # next to no change is seen as none
    with panels(axes, len(found), 0.8 + 3.6 * len(found), 4.2) as drawn:
        for each, one in zip(drawn, found, strict=True):
            _dependence(each, one)
            each.set_ylim(low - margin, high + margin)
            each.yaxis.set_major_formatter(lambda value, _: short_number(value))
            each.grid(axis="y", color=PALE, linewidth=0.8)
            each.set_axisbelow(True)
            plain_axes(each, label(one.column, LONGEST), f"mean {label(quantity, 34)}" if each is drawn[0] else "")
            say(each, _course(one), "Were all rows to have this value")
    return drawn


def draw_columns(
    found: Attributions, importances: Sequence[Importance], dependences: Sequence[Dependence], error: str
) -> list[Axes]:
    """Draw both above each other: which columns matter, and how predictions depend on those."""
    if not dependences:
        return draw_importance(found, importances, error=error)
    height = 2.2 + 0.4 * max(min(len(found.columns), MOST_COLUMNS), 3)
    with figure(14, height + 4.5) as picture:
        picture.set_layout_engine("constrained", w_pad=0.12, h_pad=0.16)
        rows = picture.add_gridspec(2, 1, height_ratios=(height, 4.3))
        n_above, n_below = 2 if importances else 1, len(dependences)
        upper, lower = rows[0].subgridspec(1, n_above), rows[1].subgridspec(1, n_below)
        first = [picture.add_subplot(upper[0, k]) for k in range(n_above)]
        second = [picture.add_subplot(lower[0, k]) for k in range(n_below)]
        draw_importance(found, importances, error=error, axes=first)
        draw_dependence(dependences, found.quantities[0], axes=second)
    return [*first, *second]


def _dependence(axes: Axes, one: Dependence) -> None:
    """Draw a number's or a date's curve as a line, categories as points."""
    line = one.kind in ("number", "date")
    points = "-" if line and len(one.places) > MOST_MARKED else "-o" if line else "o"
    axes.plot(one.places, one.means, points, color=BLUE, linewidth=2, markersize=4 if line else 8)
    if one.kind == "number":
        if all(float(place).is_integer() for place in one.places):
            axes.locator_params(axis="x", integer=True)
        return
    which = [0, len(one.labels) - 1] if line else range(len(one.labels))
    texts = [label(one.labels[i], 14) for i in which]
    turned = 0 if sum(map(len, texts)) < LONGEST else 60
    axes.set_xticks([one.places[i] for i in which], texts, parse_math=False, rotation=turned)
    if not line:
        axes.set_xlim(-0.6, len(one.labels) - 0.4)


def _course(one: Dependence) -> str:
    """Return a column's name and, on a second line, where the mean is lowest and highest."""
    low, high = one.labels[int(np.argmin(one.means))], one.labels[int(np.argmax(one.means))]
    ends = f"{short_number(min(one.means))} at {label(low, 12)}", f"{short_number(max(one.means))} at {label(high, 12)}"
    return f"{label(one.column, 24)}\n{ends[0]}, {ends[1]}"


def _quantity(found: Attributions) -> str:
    """Return what the columns contribute to; where each row has its own class, it is that one's probability."""
    if len(set(found.quantities)) > 1:
        return "the probability of the predicted class"
    name = label(found.quantities[0], LONGEST)
    return f"the {name}" if name.startswith("probability of ") else name


def _with_cell(name: str, cell: str | None) -> str:
    return label(name, LONGEST) if cell is None else f"{label(name, 20)} = {label(cell, 16) or '(missing)'}"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{short_number(abs(value))}"
