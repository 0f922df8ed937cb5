"""Pictures of outcomes on one axes each: confusion, residuals, and the same training from many starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.errors import OptionError
from selenite.model.confusion import confusion
from selenite.model.loading import model_of
from selenite.palette import BLUE, ORANGE
from selenite.plots.drawn import judged_classes
from selenite.plots.panels import confusion_matrix, point_cloud, span, worst_mistake
from selenite.plots.style import (
    GREY,
    INK,
    PALE,
    canvas,
    label,
    note,
    plain_axes,
    plain_log_ticks,
    say,
    short_number,
    typeset_number,
)
from selenite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_confusion(
    y: Any, predicted: Any, answers: Any = None, *, classes: Sequence[str] = (), axes: Axes | None = None
) -> Axes:
    """Draw how often each class was predicted as each: right ones blue, mistakes red, by share of the true class.

    Parameters
    ----------
    y, predicted : arrays of shape (n,)
        The true and the predicted class of each row, as numbers from 0. Or a Model or fitted estimator, and rows of its
        table, then their classes.
    classes : sequence of str
        What they are called, in order.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If there are no rows, not as many of each, or a class below 0; or matplotlib is missing.

    Examples
    --------
    >>> axes = draw_confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), classes=["no", "yes"])
    """
    if answers is not None:
        y, predicted, classes = judged_classes(y, predicted, answers)
    y, predicted = (np.asarray(each).ravel().astype(np.intp) for each in (y, predicted))
    if len(y) == 0 or y.shape != predicted.shape or min(y.min(), predicted.min()) < 0:
        raise OptionError(
            f"y has {len(y)} rows and predicted {len(predicted)}; give as many classes from 0 of each, not none"
        )
    k = max(len(classes), int(max(y.max(), predicted.max())) + 1)
    names = [label(name, 14) for name in classes] if len(classes) == k else [str(i) for i in range(k)]
    size = min(4.4 + 0.5 * k, 11)
    with canvas(axes, size + 1.4, size) as axes:
        counts = confusion(predicted, y, k)
        confusion_matrix(axes, counts, names)
        plain_axes(axes, "predicted", "true")
        axes.spines[:].set_visible(False)
        right = int((y == predicted).sum())
        mistake = worst_mistake(counts, names)
        say(axes, f"{right:,} of {len(y):,} rows are predicted right", mistake[:1].upper() + mistake[1:])
    return axes


def draw_residuals(y: Any, predicted: Any, answers: Any = None, *, axes: Axes | None = None) -> Axes:
    """Draw the residuals, answer minus prediction, against the predictions, with their mean along the way.

    Parameters
    ----------
    y, predicted : arrays of shape (n,)
        The answer and the prediction of each row, in any unit. Or a Model or fitted estimator, and rows of its table,
        then their answers.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If there are no rows, or not as many of each; or matplotlib is missing.

    Examples
    --------
    >>> axes = draw_residuals(np.array([1.0, 2, 3]), np.array([1.1, 1.8, 3.2]))
    """
    if answers is not None:
        y, predicted = answers, model_of(y).predict(predicted)
    y, predicted = (np.asarray(each, dtype=np.float64).ravel() for each in (y, predicted))
    if len(y) == 0 or y.shape != predicted.shape:
        raise OptionError(f"y has {len(y)} rows and predicted {len(predicted)}; give as many of each, not none")
    residual = y - predicted
    with canvas(axes, 8.2, 5.2) as axes:
        point_cloud(axes, predicted, residual, span(predicted), span(residual))
        axes.axhline(0, color=INK, linewidth=1)
        middles, means = _running_mean(predicted, residual)
        if len(means) > 2:
            axes.plot(middles, means, color=ORANGE, linewidth=3)
            axes.plot([], [], color=ORANGE, linewidth=3, label="mean of the rows nearby")
            axes.legend(loc="upper right", frameon=False, fontsize=10.5, labelcolor=INK)
        plain_axes(axes, "prediction", "residual: answer − prediction")
        typical = float(np.abs(residual).mean())
        bent = len(means) > 2 and float(np.abs(means).max()) > typical
        finding = f"Off by {short_number(typical)} on average"
        say(axes, finding + ("; the mean bends: something is left to learn" if bent else ""),
            f"{len(y):,} rows; where the line is above 0, predictions are too low")  # fmt: skip
    return axes


def _running_mean(x: Array, y: Array) -> tuple[Array, Array]:
    """Return means of y in up to 12 parts of as many rows each, in the order of x."""
    parts = min(12, len(x) // 12)
    if parts < 3:
        return np.empty(0), np.empty(0)
    order = np.argsort(x, kind="stable")
    pieces = np.array_split(order, parts)
    return np.array([x[piece].mean() for piece in pieces]), np.array([y[piece].mean() for piece in pieces])


def draw_starts(
    losses: Mapping[str, Array],
    *,
    below: float | None = None,
    baseline: float | None = None,
    baseline_name: str = "baseline",
    axes: Axes | None = None,
) -> Axes:
    """Draw the end losses of the same training from many starts as a strip of dots, a strip a setting.

    Parameters
    ----------
    losses : mapping of str to array of shape (n_starts,)
        The loss at the end of each start, under the setting's name.
    below : float, optional
        A start has succeeded where its loss is below this; the others are drawn as open dots.
    baseline : float, optional
        A loss to compare with, marked by a line.
    baseline_name : str
        What the line is called.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If a setting has no start, or matplotlib is missing.

    Examples
    --------
    >>> axes = draw_starts({"no biases": np.array([1.5, 4.2, 4.1]), "biases": np.array([0.01, 0.02, 0.01])}, below=2)
    """
    settings = {name: np.asarray(values, dtype=np.float64).ravel() for name, values in losses.items()}
    if not settings or any(len(values) == 0 for values in settings.values()):
        raise OptionError("give the end losses of at least one start for each setting")
    everything = np.concatenate([*settings.values(), [] if baseline is None else [baseline]])
    everything = everything[np.isfinite(everything)]
    log = everything.size > 0 and bool(everything.min() > 0) and bool(everything.max() > 20 * everything.min())
    with canvas(axes, 9.2, 1.9 + 1.15 * len(settings)) as axes:
        for place, (name, values) in enumerate(settings.items()):
            _draw_strip(axes, len(settings) - 1 - place, name, values, below)
        if log:
            axes.set_xscale("log")
            plain_log_ticks(axes.xaxis)
        if baseline is not None:
            axes.axvline(baseline, color=GREY, linewidth=1.6, zorder=0)
            low, high = axes.get_xlim()
            left = (np.log(baseline / low) / np.log(high / low) if log else (baseline - low) / (high - low)) > 0.7
            note(axes, label(baseline_name, 30), (baseline, -0.42), (-5 if left else 5, 0), size=10.5, color=GREY,
                 ha="right" if left else "left", va="baseline")  # fmt: skip
        axes.set(ylim=(-0.5, len(settings) - 0.28), yticks=[])
        axes.margins(x=0.06)
        axes.grid(axis="x", color=PALE, linewidth=0.8)
        axes.set_axisbelow(True)
        plain_axes(axes, "loss at the end of each start" + (", on a log scale" if log else ""))
        axes.spines["left"].set_visible(False)
        say(axes, _verdict(settings, below), "A dot a start, the bar their median" + (
            "; open dots are not below the mark" if below is not None else ""))  # fmt: skip
    return axes


def _draw_strip(axes: Axes, floor: int, name: str, values: Array, below: float | None) -> None:
    """Draw the end losses of one setting: filled circles succeeded, open ones did not, so colour need not be seen."""
    shown = np.where(np.isfinite(values), values, np.nan)
    spread = np.linspace(-0.2, 0.2, len(values)) if len(values) > 1 else np.zeros(1)
    won = shown < below if below is not None else np.ones(len(values), dtype=bool)
    axes.scatter(shown[won], floor + spread[won], s=58, color=BLUE, edgecolor="white", linewidth=0.6, zorder=3)
    axes.scatter(
        shown[~won], floor + spread[~won], s=52, facecolor="white", edgecolor="#B34700", linewidth=1.8, zorder=3
    )
    middle = float(np.nanmedian(shown)) if np.isfinite(shown).any() else np.nan
    axes.plot([middle, middle], [floor - 0.27, floor + 0.27], color=INK, linewidth=2.4, zorder=2)
    text = f"{label(name, 40)}: median {typeset_number(middle)}"
    if below is not None:
        text += f", {int(won.sum())} of {len(values)} below {typeset_number(below)}"
    lost = int((~np.isfinite(values)).sum())
    text += f", {lost} not finite" if lost else ""
    note(axes, text, (0, floor + 0.34), xycoords=("axes fraction", "data"), size=11, va="bottom")


def _verdict(settings: Mapping[str, Array], below: float | None) -> str:
    if below is not None:
        counts = [
            f"{int((values < below).sum())} of {len(values)} with {label(name, 24)}"
            for name, values in settings.items()
        ]
        return f"Starts that succeed: {', '.join(counts)}"
    values = next(iter(settings.values()))
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return "No start ended with a finite loss"
    ends = f"{typeset_number(finite.min())} and {typeset_number(finite.max())}"
    return f"From {len(values)} starts the loss ends between {ends}"
