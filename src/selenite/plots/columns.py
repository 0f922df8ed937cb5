"""Pictures of what columns do: to one prediction, to all of a table, and how predictions depend on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.columns import Attributions, Dependence, Importance
from selenite.explanation.columns.attributions import NAMES
from selenite.plots.panels import short_number
from selenite.plots.style import BLUE, GREY, INK, MOST_MARKED, PALE, canvas, figure, label, plain_axes, say, signed_bar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_COLUMNS = 14
LONGEST = 30


def draw_attributions(
    found: Attributions, row: int = 0, *, cells: Sequence[str] = (), axes: Axes | None = None
) -> Axes:
    """Draw how one prediction comes about, from the baseline's mean step by step, the largest column first.

    `row` counts from 0 in what was explained, `cells` are that row's values as text. Whiskers are 95 % intervals.

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
    with canvas(axes, 9.2, 2.4 + 0.4 * len(steps)) as axes:
        for place, (begin, step) in enumerate(zip(starts[:-1].tolist(), steps, strict=True)):
            signed_bar(axes, place, step, begin)
            axes.plot(
                [begin + step] * 2,
                [place - 0.31, place + (1.31 if place < len(steps) - 1 else 0.6)],
                color=GREY,
                linewidth=0.8,
            )
            spread = 0.0
            if found.errors is not None and place < len(shown):
                spread = 1.96 * float(found.errors[row, shown[place]])
                axes.errorbar(begin + step, place, xerr=spread, color=INK, linewidth=1.2, capsize=3)
            axes.annotate(_signed(step), (max(begin, begin + step) + spread, place), (5, 0), size=9.5, va="center",
                          textcoords="offset points", color=INK)  # fmt: skip
        for value, y, words in (
            (starts[0], -0.9, "mean of the baseline"),
            (starts[-1], len(steps) - 0.1, "prediction"),
        ):
            axes.annotate(f"{words} {short_number(float(value))}", (float(value), y), ha="center", va="center",
                          size=9.5, color=GREY)  # fmt: skip
        low, high = float(starts.min()), float(starts.max())
        margin = 0.16 * (high - low or 1.0)
        axes.set(ylim=(len(steps) + 0.35, -1.35), xlim=(low - margin, high + margin))
        plain_axes(axes, label(found.quantities[row], 50))
        axes.spines["left"].set_visible(False)
        axes.set_yticks(range(len(names)), names, parse_math=False)
        axes.tick_params(axis="y", length=0, labelsize=10.5)
        change = "raises" if steps[0] >= 0 else "lowers"
        finding = (
            f"{label(found.quantities[row], 40)} is {short_number(float(found.prediction[row]))}: "
            f"{label(found.columns[shown[0]], LONGEST)} {change} it most, by {short_number(abs(steps[0]))}"
        )
        method = NAMES[found.method]
        whiskers = "; whiskers: 95 % intervals" if found.errors is not None else ""
        say(
            axes,
            finding,
            f"{method[0].upper()}{method[1:]}; compared with {found.baseline}; below 0 hatched{whiskers}",
        )
    return axes


def draw_importance(
    found: Attributions,
    importances: Sequence[Importance] = (),
    *,
    error: str = "error",
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw the columns by the mean size of what they add, and beside it how much worse the model is with each shuffled.

    `error` is what grows, such as "log loss"; whiskers are the deviation of the repeats.

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
    width, height = 12.4 if importances else 8.6, 2.2 + 0.4 * max(len(order), 3)
    with _panels(axes, 2 if importances else 1, width, height) as panels:
        panels[0].barh(places, found.importance[order], 0.62, color=BLUE)
        first = label(found.columns[order[0]], LONGEST)
        of = "" if len(order) == len(found.columns) else f", the {len(order)} largest of {len(found.columns)}"
        plain_axes(panels[0], "mean size of what the column adds")
        panels[0].set_yticks(places, [label(found.columns[k], LONGEST) for k in order], parse_math=False)
        say(panels[0], f"Predictions depend most on {first}", f"Over {len(found.values):,} rows{of}")
        if importances:
            mine = [growth[found.columns[k]] for k in order]
            panels[1].barh(places, [one.mean for one in mine], 0.62, color=GREY)
            panels[1].errorbar([one.mean for one in mine], places, xerr=[one.deviation for one in mine], fmt="none",
                               color=INK, linewidth=1.2, capsize=3)  # fmt: skip
            panels[1].axvline(0, color=INK, linewidth=1)
            plain_axes(panels[1], f"by how much the {error} grows")
            panels[1].set_yticks([])
            worst = label(max(mine, key=lambda one: one.mean).column, LONGEST)
            say(
                panels[1],
                f"The model is worst without {worst}",
                "Each column shuffled; whiskers: deviation of the repeats",
            )
        for each in panels:
            each.set_ylim(len(order) - 0.4, -0.6)
            each.spines["left"].set_visible(False)
            each.tick_params(axis="y", length=0, labelsize=10.5)
    return panels


def draw_dependence(found: Sequence[Dependence], quantity: str, *, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Draw how the mean prediction depends on each of some columns, one beside the other on one axis.

    `quantity` is what is predicted, such as "probability of yes".

    Examples
    --------
    >>> import numpy as np, selenite
    >>> from selenite.explanation.columns import partial_dependence
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> regressor = selenite.SeleniteRegressor(max_iter=20, random_state=0).fit(X, X[:, 0] - 2 * X[:, 1])
    >>> [axes] = draw_dependence([partial_dependence(regressor, X, "x0")], "target")
    """
    means = np.concatenate([one.means for one in found])
    margin = 0.06 * float(np.ptp(means)) or 0.5
    with _panels(axes, len(found), 0.8 + 3.6 * len(found), 3.9) as panels:
        for each, one in zip(panels, found, strict=True):
            _dependence(each, one)
            each.set_ylim(means.min() - margin, means.max() + margin)
            if np.ptp(means) > 0.02 * np.abs(means).max():  # else three digits would not tell them apart
                each.yaxis.set_major_formatter(lambda value, _: short_number(value))
            each.grid(axis="y", color=PALE, linewidth=0.8)
            each.set_axisbelow(True)
            plain_axes(each, label(one.column, LONGEST), f"mean {label(quantity, 34)}" if each is panels[0] else "")
            say(each, _course(one), "Were all rows to have this value")
    return panels


def draw_columns(
    found: Attributions, importances: Sequence[Importance], dependences: Sequence[Dependence], error: str
) -> list[Axes]:
    """Draw both above each other: which columns matter, and how predictions depend on those."""
    if not dependences:
        return draw_importance(found, importances, error=error)
    height = 2.2 + 0.4 * max(min(len(found.columns), MOST_COLUMNS), 3)
    with figure(14, height + 4.2) as picture:
        picture.set_layout_engine("constrained", w_pad=0.12, h_pad=0.16)
        rows = picture.add_gridspec(2, 1, height_ratios=(height, 4.0))
        n_above, n_below = 2 if importances else 1, len(dependences)
        upper, lower = rows[0].subgridspec(1, n_above), rows[1].subgridspec(1, n_below)
        first = [picture.add_subplot(upper[0, k]) for k in range(n_above)]
        second = [picture.add_subplot(lower[0, k]) for k in range(n_below)]
        draw_importance(found, importances, error=error, axes=first)
        draw_dependence(dependences, found.quantities[0], axes=second)
    return [*first, *second]


@contextmanager
def _panels(axes: Sequence[Axes] | None, count: int, width: float, height: float) -> Iterator[list[Axes]]:
    """Give several axes beside each other: the caller's, or those of a new figure, whose size is in inches."""
    if axes is not None:
        if len(axes) != count:
            raise OptionError(f"{len(axes)} axes were given; this picture takes {count}")
        with canvas(axes[0], width, height):
            yield list(axes)
        return
    with figure(width, height) as picture:
        picture.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
        yield picture.subplots(1, count, squeeze=False)[0].tolist()


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
    """Return where the mean is lowest and highest, in words."""
    low, high = one.labels[int(np.argmin(one.means))], one.labels[int(np.argmax(one.means))]
    ends = f"{short_number(min(one.means))} at {label(low, 12)}", f"{short_number(max(one.means))} at {label(high, 12)}"
    return f"{ends[0]}, {ends[1]}"


def _with_cell(name: str, cell: str | None) -> str:
    return label(name, LONGEST) if cell is None else f"{label(name, 20)} = {label(cell, 16) or '(missing)'}"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{short_number(abs(value))}"
