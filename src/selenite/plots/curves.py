"""The picture of a training: loss per epoch, the epoch that was kept, and the learning rate below."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.palette import BLUE, VERMILION
from selenite.plots.style import (
    GREY,
    PALE,
    figure,
    headline,
    label,
    note,
    picture_format,
    plain_log_ticks,
    save,
    tidy,
    typeset_number,
)
from selenite.text import counted
from selenite.training.history import History
from selenite.types import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKED_EPOCHS = 30  # up to this many are drawn as points as well
LOSS_NAMES = {"log_loss": "log loss", "squared_error": "half the squared error", "absolute_error": "absolute error"}


def draw_curves(history: History, best_epoch: int, model: Model, path: str | PathLike[str]) -> None:
    """Draw the training and validation loss of each epoch, the epoch kept and the learning rate.

    Raises
    ------
    SaveError
        If the path does not end in .png, .svg or .pdf, or cannot be written.
    OptionError
        If matplotlib is missing, or no epoch was completed.
    """
    picture_format(path)
    if len(history) == 0:
        raise OptionError("no epoch was completed: there is no curve to draw")
    best = min(max(best_epoch, 1), len(history))
    with_rate = len(history.learning_rate) == len(history)
    with figure(9, 5.6 if with_rate else 4.8) as picture:
        headline(picture, _finding(history, best), _below(history, model))
        heights = (5.5, 1) if with_rate else (1,)
        edges = {"left": 0.085, "right": 0.795, "top": 0.79, "bottom": 0.1 if with_rate else 0.12}
        places = picture.add_gridspec(len(heights), 1, hspace=0.16, height_ratios=heights, **edges)
        axes = picture.add_subplot(places[0])
        _losses(axes, history, best)
        tidy(axes, _loss_name(model), "" if with_rate else "epoch")
        if with_rate:
            rate = picture.add_subplot(places[1], sharex=axes)
            _learning_rate(rate, history)
            axes.tick_params(labelbottom=False)
        save(picture, path)


def _finding(history: History, best: int) -> str:
    """Return what the curves say, as a sentence."""
    n = len(history)
    validation, training = history.validation_loss, history.loss
    if len(validation) != n:
        ends = f"{typeset_number(training[0])} to {typeset_number(training[-1])}"
        return f"The training loss went from {ends} in {counted(n, 'epoch')}"
    lowest = f"The validation loss is lowest at epoch {best} of {n}: {typeset_number(validation[best - 1])}"
    end = validation[-1]
    if not np.isfinite(end):
        return f"{lowest}; then training diverged"
    if n - best >= 3 and end > 1.03 * validation[best - 1] and training[-1] < training[best - 1]:
        return f"{lowest}, but {typeset_number(end)} at the end"
    return lowest


def _below(history: History, model: Model) -> str:
    layers = "-".join(map(str, model.network.layer_sizes))
    rows = f"{model.data.training_rows:,} training rows, {model.data.validation_rows:,} validation rows"
    parts = [f"{label(model.target.name, 30)} by {layers} {model.network.hidden_activation}".rstrip()]
    if model.data.training_rows:
        parts.append(rows if model.data.validation_rows else rows.split(", ")[0])
    return ";  ".join(parts)


def _loss_name(model: Model) -> str:
    name = model.network.loss
    scaled = ", of the target scaled to deviation 1" if (model.target.center, model.target.width) != (0, 1) else ""
    return f"{label(LOSS_NAMES.get(name, name.replace('_', ' ')), 30).capitalize()} per row{scaled}"


def _losses(axes: Axes, history: History, best: int) -> None:
    """Draw both curves, named at their ends, and a line at the epoch that was kept."""
    n = len(history)
    epochs = np.arange(1, n + 1)
    curves = [("training", history.loss, BLUE)]
    if len(history.validation_loss) == n:
        curves.append(("validation", history.validation_loss, VERMILION))
    drawn = np.concatenate([curve for _, curve, _ in curves])
    drawn = drawn[np.isfinite(drawn)]
    log = drawn.size > 0 and bool(drawn.min() > 0)
    marker = "o" if n <= MARKED_EPOCHS else ""
    for _, curve, colour in curves:
        shown_curve = np.where(np.isfinite(curve), curve, np.nan)
        axes.plot(epochs, shown_curve, color=colour, linewidth=2, solid_capstyle="round", marker=marker, markersize=3.5)
    if log:
        axes.set_yscale("log")
        plain_log_ticks(axes.yaxis)
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlim(1 - min(0.4, 0.05 * n), n + 0.015 * max(n - 1, 1))
    _name_at_ends(axes, curves, log)
    if len(curves) == 2:
        value = curves[1][1][best - 1]
        axes.axvline(best, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        if np.isfinite(value):
            axes.plot([best], [value], "o", markersize=8, color=VERMILION, markeredgecolor="white", markeredgewidth=1.5)
        left = best > 0.75 * n
        note(axes, f"epoch {best} kept", (best, 1), (-5 if left else 5, -2), xycoords=("data", "axes fraction"),
             ha="right" if left else "left", va="top", size=10)  # fmt: skip


def _name_at_ends(axes: Axes, curves: list[tuple[str, Floats, str]], log: bool) -> None:
    """Write each curve's name and last value right of its end, apart from each other."""
    ends = []
    for name, curve, colour in curves:
        finite = np.flatnonzero(np.isfinite(curve))
        if len(finite):
            ends.append((float(curve[finite[-1]]), name, colour))
    low, high = axes.get_ylim()
    scale: Any = np.log if log else np.asarray
    places = [float((scale(value) - scale(low)) / (scale(high) - scale(low))) for value, _, _ in ends]
    if len(places) == 2 and abs(places[0] - places[1]) < 0.065:
        middle, above = sum(places) / 2, 1 if places[0] >= places[1] else -1
        places = [middle + above * 0.0325, middle - above * 0.0325]
    for place, (value, name, colour) in zip(places, ends, strict=True):
        look: dict[str, Any] = {"color": colour, "va": "center", "weight": "bold"}
        axes.text(1.012, place, f"{name}  {typeset_number(value)}", transform=axes.transAxes, **look)


def _learning_rate(axes: Axes, history: History) -> None:
    """Draw the learning rate as a thin strip."""
    from matplotlib.ticker import MaxNLocator

    rate = history.learning_rate
    epochs = np.arange(1, len(rate) + 1)
    axes.fill_between(epochs, rate, color=PALE, linewidth=0)
    axes.plot(epochs, rate, color=GREY, linewidth=1.2)
    top = float(rate.max()) if np.isfinite(rate).all() and rate.max() > 0 else 1.0
    axes.set(ylim=(0, 1.12 * top))
    axes.set_yticks([0, top], ["0", f"{typeset_number(top)}"])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True, min_n_ticks=1))
    tidy(axes, "", "epoch")
    axes.text(1.012, 0.5, "learning rate", transform=axes.transAxes, color=GREY, va="center")
