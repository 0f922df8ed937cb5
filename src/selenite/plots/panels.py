"""The panels of which pictures of a model's predictions consist, each drawn at its place in a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.model.intervals import wilson
from selenite.model.predictions import Predictions
from selenite.model.ranking import area_under_roc, average_precision, gain_curve, precision_recall_curve, roc_curve
from selenite.palette import BLUE, DOWN, DOWN_TEXT, UP, VERMILION
from selenite.plots.style import GREY, INK, PALE, colour_map, label, short_number, tidy
from selenite.text import counted
from selenite.types import Floats, Indices, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.gridspec import SubplotSpec

TENTHS = 10
GAIN_AT = 0.2  # of the rows: where the gain is said in words
MOST_COUNTED_CLASSES = 12  # up to this many, the confusion matrix holds numbers
MOST_NAMED_CLASSES = 40
MOST_ROWS_AS_POINTS = 2000  # beyond, points are gathered in hexagons


def names_of(predictions: Predictions) -> list[str]:
    """Return the classes as a picture has room for them."""
    classes = predictions.model.target.classes
    return [label(name, 16 if len(classes) == 2 else 14) for name in classes]


def axes_at(place: SubplotSpec) -> Axes:
    """Return new axes at a place of a figure's grid."""
    axes: Axes = place.get_gridspec().figure.add_subplot(place)  # type: ignore[attr-defined]
    return axes


def roc(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw the ROC curve of two classes and its area."""
    axes, probability, positive = axes_at(place), predictions.prediction[:, 1], predictions.classes == 1
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    if positive.all() or not positive.any():
        tidy(axes, "ROC: every row is of one class, so there is none")
        return
    false_rate, true_rate = roc_curve(probability, positive)
    axes.fill_between(false_rate, true_rate, color=BLUE, alpha=0.08, linewidth=0)
    axes.plot(false_rate, true_rate, color=BLUE, linewidth=2)
    area = area_under_roc(probability, positive)[0]
    axes.text(0.97, 0.12, f"{area:.3f}", ha="right", size=22, weight="bold", color=BLUE)
    axes.text(0.97, 0.06, "area under the curve", ha="right", color=BLUE)
    axes.text(0.53, 0.47, "guessing", color=GREY)
    tidy(axes, "ROC", "false positive rate", "true positive rate")


def precision_recall(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw precision by recall of the second of two classes, and the mean over its rows."""
    axes, probability, positive = axes_at(place), predictions.prediction[:, 1], predictions.classes == 1
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    if not positive.any():
        tidy(axes, "Precision by recall: no row is of the class, so there is none")
        return
    recall, precision = precision_recall_curve(probability, positive)
    share = float(positive.mean())
    axes.axhline(share, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.fill_between(recall, precision, step="pre", color=BLUE, alpha=0.08, linewidth=0)
    axes.step(np.append(0, recall), np.append(precision[0], precision), where="pre", color=BLUE, linewidth=2)
    mean = average_precision(probability, positive)[0]
    axes.text(0.03, 0.12, f"{mean:.3f}", size=22, weight="bold", color=BLUE)
    axes.text(0.03, 0.06, "average precision", color=BLUE)
    above = share < 0.85
    axes.text(0.97, share + (0.015 if above else -0.015), f"guessing: {percent(share)}", ha="right",
              va="bottom" if above else "top", color=GREY)  # fmt: skip
    tidy(axes, "Precision by recall", "recall", "precision")


def gain(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw which share of the second of two classes is found in the rows that are most probably of it."""
    axes, probability, positive = axes_at(place), predictions.prediction[:, 1], predictions.classes == 1
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    if not positive.any():
        tidy(axes, "Gain: no row is of the class, so there is none")
        return
    rows, found = gain_curve(probability, positive)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot([0, float(positive.mean()), 1], [0, 1, 1], color=GREY, linewidth=1)
    axes.plot(rows, found, color=BLUE, linewidth=2)
    axes.plot(GAIN_AT, (at := float(np.interp(GAIN_AT, rows, found))), "o", color=BLUE, markersize=6.5)
    axes.text(0.97, 0.06, f"{percent(at)} found in the first {percent(GAIN_AT)} of the rows", ha="right", color=BLUE)
    axes.text(0.53, 0.47, "guessing", color=GREY)
    tidy(axes, "Gain", "share of the rows, the most probable first", "share found")


def calibration(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw how often what was predicted in each tenth happened, with 95 % intervals, and how many rows there were.

    That is the second of two classes, or of more whether the predicted class is right.
    """
    classes = predictions.model.target.classes
    if len(classes) == 2:
        probability, happened = predictions.prediction[:, 1], predictions.classes == 1
        what, share = label(f"of {classes[1]}", 40), label(f"share that is {classes[1]}", 40)
    else:
        probability, happened = predictions.prediction.max(axis=1), predictions.predicted == predictions.classes
        what, share = "of the predicted class", "share right"
    parts = place.subgridspec(2, 1, height_ratios=(4.6, 1), hspace=0.1)
    upper, lower = axes_at(parts[0]), axes_at(parts[1])
    rows, means, shares = tenths(probability, happened)
    filled = rows > 0
    low, high = wilson(shares[filled], rows[filled].astype(np.float64))
    upper.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    upper.vlines(means[filled], low, high, color=BLUE, linewidth=1.4, alpha=0.55)
    upper.plot(means[filled], shares[filled], "o", color=BLUE, markersize=6.5, markeredgecolor="white", clip_on=False)
    upper.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    upper.tick_params(labelbottom=False)
    behind = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
    upper.text(0.03, 0.95, "probability too low", size=9.5, color=GREY, va="top", bbox=behind)
    upper.text(0.97, 0.03, "probability too high", size=9.5, color=GREY, ha="right", bbox=behind)
    tidy(upper, "Calibration; bars: rows of each tenth", "", share)
    lower.bar((np.arange(TENTHS) + 0.5) / TENTHS, rows, width=0.094, color=PALE)
    for i, count in enumerate(rows):
        text = short_number(float(count)) if count else ""
        lower.text((i + 0.5) / TENTHS, float(count), text, ha="center", va="bottom", size=8, color=GREY)
    lower.set(xlim=(-0.01, 1.01), ylim=(0, 1.45 * max(rows.max(), 1)), yticks=[])
    lower.spines["left"].set_visible(False)
    tidy(lower, "", f"probability {what}")


def tenths(probability: Floats, happened: Any) -> tuple[Indices, Floats, Floats]:
    """Return the rows, the mean probability and the share that happened of each tenth; NaN where it is empty."""
    tenth = np.minimum((probability * TENTHS).astype(np.intp), TENTHS - 1)
    rows = np.bincount(tenth, minlength=TENTHS)
    with np.errstate(invalid="ignore"):
        means = np.bincount(tenth, probability, TENTHS) / rows
        shares = np.bincount(tenth, np.asarray(happened, np.float64), TENTHS) / rows
    return rows, means, shares


def histograms(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw the probabilities of the rows of each of two classes, one up and one down."""
    axes, names = axes_at(place), names_of(predictions)
    probability, y = predictions.prediction[:, 1], predictions.classes
    edges = np.linspace(0, 1, 2 * TENTHS + 1)
    highest = 1
    for code, colour, sign in ((1, UP, 1), (0, DOWN, -1)):
        counts = np.histogram(np.clip(probability[y == code], 0, 1), edges)[0]
        highest = max(highest, int(counts.max()))
        axes.bar(edges[:-1], sign * counts, width=0.047, align="edge", color=colour)
    axes.axhline(0, color=INK, linewidth=0.8)
    threshold = predictions.model.threshold  # in folds that of the first, of which each has its own
    axes.axvline(0.5 if threshold is None else threshold, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.set(xlim=(-0.01, 1.01), ylim=(-1.3 * highest, 1.3 * highest))
    plain_ticks(axes, absolute=True)
    for code, colour, at in ((1, UP, 0.965), (0, DOWN_TEXT, 0.035)):
        text = f"{counted(int((y == code).sum()), 'row')} that are {names[code]}"
        axes.text(0.5, at, text, transform=axes.transAxes, ha="center", va="top" if code else "bottom",
                  color=colour, weight="bold", parse_math=False,
                  bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2})  # fmt: skip
    axes.spines["bottom"].set_visible(False)
    tidy(axes, "Predicted probabilities of each true class", f"probability of {names[1]}", "rows")


def confusion(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw the confusion matrix."""
    confusion_matrix(axes_at(place), predictions.confusion, names_of(predictions))


def confusion_matrix(axes: Axes, counts: NDArray[np.int64], names: list[str]) -> None:
    """Draw a confusion matrix, shaded by shares of each true class, with counts if there is room."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    k = len(names)
    right = np.eye(k, dtype=bool)
    axes.imshow(np.where(right, np.nan, shares), cmap=_shades(VERMILION), vmin=0, vmax=1, aspect="auto")
    axes.imshow(np.where(right, shares, np.nan), cmap=_shades(BLUE), vmin=0, vmax=1, aspect="auto")
    if k <= MOST_COUNTED_CLASSES:
        for i, j in np.ndindex(k, k):
            if not counts[i, j]:
                continue
            text = f"{counts[i, j]:,}" if k > 6 else f"{counts[i, j]:,}\n{percent(shares[i, j])}"
            axes.text(float(j), float(i), text, ha="center", va="center", size=11 if k <= 6 else 9.5,
                      color="white" if shares[i, j] > 0.55 else INK)  # fmt: skip
    edges = np.arange(k + 1) - 0.5
    if k <= MOST_NAMED_CLASSES:
        axes.hlines(edges, -0.5, k - 0.5, color="white", linewidth=1.5)
        axes.vlines(edges, -0.5, k - 0.5, color="white", linewidth=1.5)
    _name_ticks(axes, names, both=True)
    axes.set(xlim=(-0.5, k - 0.5), ylim=(k - 0.5, -0.5))
    tidy(axes, "Confusion matrix" + ("" if k <= MOST_COUNTED_CLASSES else ", shaded by share"), "predicted", "true")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def recalls(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw the share of each class that was predicted right, in the order of the confusion matrix."""
    axes, counts, names = axes_at(place), predictions.confusion, names_of(predictions)
    rows = counts.sum(axis=1)
    shares = np.diag(counts) / np.maximum(rows, 1)
    places = np.arange(len(names))
    axes.barh(places, shares, height=0.72, color=BLUE, alpha=0.85)
    if len(names) <= MOST_NAMED_CLASSES:
        size = 9.5 if len(names) <= 20 else 7
        for at, share, n in zip(places, shares, rows, strict=True):
            text = f"{percent(share)} of {n:,}" if n else "no rows"
            inside = share > 0.45
            axes.text(
                0.03 if inside else share + 0.03,
                float(at),
                text,
                va="center",
                size=size,
                color="white" if inside else INK,
            )
    _name_ticks(axes, names, both=False)
    axes.set(xlim=(0, 1), ylim=(len(names) - 0.5, -0.5))
    tidy(axes, "Recall of each class", "share of its rows found")
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(axis="y", length=0)


def worst_mistake(counts: NDArray[np.int64], names: list[str]) -> str:
    """Return the commonest mistake of a confusion matrix as the end of a sentence."""
    wrong = counts - np.diag(np.diag(counts))
    most = int(wrong.max())
    if most == 0:
        return "there is no mistake"
    i, j = divmod(int(wrong.argmax()), len(names))
    if wrong.sum() == 1:
        return f"the one mistake takes {names[i]} for {names[j]}"
    if (wrong == most).sum() > 1:
        return f"no mistake is made more than {'once' if most == 1 else f'{most:,} times'}"
    return f"most often {names[i]} is taken for {names[j]} ({most:,} times)"


def _name_ticks(axes: Axes, names: list[str], both: bool) -> None:
    """Name the classes on the vertical axis and perhaps the horizontal one; of too many, only some."""
    step = 1 + (len(names) - 1) // MOST_NAMED_CLASSES
    places = range(0, len(names), step)
    texts = [names[i] for i in places]
    axes.set_yticks(places, texts, parse_math=False)
    if both:
        turned = len(texts) * max(map(len, texts)) > 60
        axes.set_xticks(places, texts, parse_math=False, rotation=90 if turned else 0)


def against_answers(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw predicted numbers against the answers."""
    axes, ends = axes_at(place), span(np.concatenate([predictions.prediction, predictions.answers]))
    point_cloud(axes, predictions.answers, predictions.prediction, ends, ends)
    axes.plot(ends, ends, color=INK, linewidth=1)
    tidy(axes, "Prediction against answer", "answer", "prediction")


def residuals_against_predictions(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw the residuals against the predicted numbers."""
    axes, residual = axes_at(place), predictions.answers - predictions.prediction
    point_cloud(axes, predictions.prediction, residual, span(predictions.prediction), span(residual))
    axes.axhline(0, color=INK, linewidth=1)
    tidy(axes, "Residual against prediction", "prediction", "residual")


def residuals(place: SubplotSpec, predictions: Predictions) -> None:
    """Draw the histogram of the residuals, and where the middle nine tenths lie."""
    axes, residual = axes_at(place), predictions.answers - predictions.prediction
    ends = span(residual)
    axes.hist(residual, bins=40, range=ends, color=BLUE, alpha=0.85)
    low, high = np.percentile(residual, [5, 95])
    axes.set(xlim=ends)
    axes.set_ylim(0, 1.16 * axes.get_ylim()[1])
    for edge, side in ((low, "right"), (high, "left")):
        axes.axvline(edge, ymax=0.9, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(short_number(edge), (edge, 0.9), xycoords=("data", "axes fraction"), xytext=(0, 3),
                      textcoords="offset points", ha=side, size=9.5)  # fmt: skip
    axes.axvline(0, color=INK, linewidth=1)
    plain_ticks(axes)
    tidy(axes, "Nine tenths between the lines", "residual", "rows")


def point_cloud(axes: Axes, x: Floats, y: Floats, x_span: tuple[float, float], y_span: tuple[float, float]) -> None:
    """Draw few rows as points, many as shaded hexagons."""
    axes.set(xlim=x_span, ylim=y_span)
    if len(x) <= MOST_ROWS_AS_POINTS:
        axes.plot(x, y, "o", color=BLUE, markersize=5 if len(x) < 300 else 3.5, alpha=0.45, markeredgewidth=0)
    else:
        axes.hexbin(x, y, gridsize=45, extent=(*x_span, *y_span), bins="log", mincnt=1, cmap=_shades(BLUE, 0.15),
                    linewidths=0)  # fmt: skip
    plain_ticks(axes)


def span(values: Floats) -> tuple[float, float]:
    """Return where all but the farthest 0.1 % of values lie, a little widened."""
    low, high = (
        float(x) for x in np.percentile(values, [0.1, 99.9] if len(values) > MOST_ROWS_AS_POINTS else [0, 100])
    )
    margin = 0.04 * (high - low) or 0.5 * abs(low) or 0.5
    return low - margin, high + margin


def plain_ticks(axes: Axes, absolute: bool = False) -> None:
    """Label both axes with few, short numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: short_number(abs(value) if absolute else value)))


def _shades(colour: str, lightest: float = 0.05) -> Any:
    """Return a colour map from nearly clear to a colour, which lets the ground through, be it light or dark."""
    from matplotlib.colors import to_rgba

    return colour_map(to_rgba(colour, lightest), to_rgba(colour))


def percent(share: float) -> str:
    """Return a share in percent; only all is 100 % and only none is 0 %."""
    if 0 < share < 0.0005:
        return "<0.1 %"
    if 0.9995 <= share < 1:
        return ">99.9 %"
    return f"{100 * share:.{1 if 0.9 < share < 1 or 0 < share < 0.1 else 0}f} %"
