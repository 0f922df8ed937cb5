"""Single pictures as SVG to stand inside a page: no addresses, no comments, no ids shared with other pictures."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.explanation.columns import Dependence
from selenite.plots.score import (
    MOST_COUNTED_CLASSES,
    _plain_ticks,
    calibration,
    confusion_matrix,
    histograms,
    point_cloud,
    recalls,
    residuals,
    roc,
    short_number,
    span,
)
from selenite.plots.style import BLUE, GREY, INK, MOST_MARKED, PALE, VERMILION, figure, label, tidy
from selenite.types import Floats, Indices

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>| xmlns(:xlink)?=\"[^\"]*\"", re.DOTALL)


def inline_svg(name: str, width: float, height: float, draw: Callable[[Figure], None]) -> str:
    """Return what is drawn on a figure of the size in inches as an SVG element; its ids begin with the name."""
    content = StringIO()
    with figure(width, height) as picture:
        picture.set_layout_engine("constrained")
        draw(picture)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in a script that the font lacks
            picture.savefig(content, format="svg", metadata={"Date": None})
    text = content.getvalue()
    text = _LEFT_OUT.sub("", text[text.index("<svg") :])
    text = text.replace("xlink:href", "href")
    text = re.sub(r'( id="| href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" role="img" aria-hidden="true">', text, count=1
    )
    return re.sub(r"\n\s*", "\n", text)


def roc_svg(probability: Floats, y: Indices) -> str:
    """Return the ROC curve."""
    return inline_svg("roc", 4.6, 4.2, lambda picture: roc(picture.add_subplot(), probability, y))


def calibration_svg(probability: Floats, happened: Any, of: str, share: str) -> str:
    """Return how often what was predicted in each tenth happened."""

    def draw(picture: Figure) -> None:
        calibration(picture, picture.add_gridspec(1, 1)[0], probability, happened, label(of, 40), label(share, 40))

    return inline_svg("calibration", 4.6, 4.2, draw)


def probabilities_svg(probability: Floats, y: Indices, classes: tuple[str, ...]) -> str:
    """Return the probabilities that the rows of each of two classes were given."""
    names = [label(name) for name in classes]
    return inline_svg(
        "probabilities", 5.6, 4.6, lambda picture: histograms(picture.add_subplot(), probability, y, names)
    )


def confusion_svg(predicted: Indices, y: Indices, classes: tuple[str, ...]) -> str:
    """Return the confusion matrix."""
    names = [label(name, 14) for name in classes]
    size = 4.6 if len(names) <= 6 else 6.4
    height = 3.8 if len(names) <= 6 else 5.6
    return inline_svg(
        "confusion", size, height, lambda picture: confusion_matrix(picture.add_subplot(), predicted, y, names)
    )


def recalls_svg(predicted: Indices, y: Indices, classes: tuple[str, ...]) -> str:
    """Return the share of each class that was predicted right."""
    names = [label(name, 14) for name in classes]
    height = 3.8 if len(names) <= MOST_COUNTED_CLASSES else 5.6
    return inline_svg("recalls", 4.6, height, lambda picture: recalls(picture.add_subplot(), predicted, y, names))


def against_answers_svg(prediction: Floats, y: Floats) -> str:
    """Return predictions against answers."""

    def draw(picture: Figure) -> None:
        axes = picture.add_subplot()
        ends = span(np.concatenate([prediction, y]))
        point_cloud(axes, y, prediction, ends, ends)
        axes.plot(ends, ends, color=INK, linewidth=1)
        tidy(axes, "Prediction against answer", "answer", "prediction")

    return inline_svg("answers", 4.6, 4.2, draw)


def residuals_svg(prediction: Floats, y: Floats) -> str:
    """Return the histogram of the residuals, answer minus prediction."""
    return inline_svg("residuals", 4.6, 4.2, lambda picture: residuals(picture.add_subplot(), y - prediction))


def dependence_svg(name: str, found: Dependence, low: float, high: float) -> str:
    """Return how the mean prediction depends on one column, on an axis from low to high."""

    def draw(picture: Figure) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axes = picture.add_subplot()
        is_line = found.kind in ("number", "date")
        if is_line:
            marker = "o" if len(found.places) <= MOST_MARKED else ""
            axes.plot(found.places, found.means, color=BLUE, linewidth=2, marker=marker, markersize=3)
            _plain_ticks(axes)
            if all(float(place).is_integer() for place in found.places):
                axes.locator_params(axis="x", integer=True)
            if found.kind == "date":
                shown = [0, len(found.labels) - 1]
                axes.set_xticks([found.places[i] for i in shown], [found.labels[i] for i in shown])
        else:
            axes.hlines(found.places, low, found.means, color=PALE, linewidth=3)
            axes.plot(found.means, found.places, "o", color=BLUE)
            axes.set_yticks(found.places, [label(text, 14) for text in found.labels], parse_math=False)
            axes.set_ylim(len(found.places) - 0.5, -0.5)
        margin = 0.05 * (high - low) or 0.5
        limits = (low - margin, high + margin)
        if is_line:
            axes.set(ylim=limits)
        else:
            axes.set(xlim=limits)
            axes.xaxis.set_major_locator(MaxNLocator(3))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
        axes.grid(color=PALE, linewidth=0.8)
        axes.set_axisbelow(True)
        tidy(axes, label(found.column, 30 if is_line else 20))

    return inline_svg(name, 3.2, 2.4, draw)


def weights_svg(layers: list[Floats], names: list[str]) -> str:
    """Return the histogram of each layer's weights, one below the other on one axis."""

    def draw(picture: Figure) -> None:
        ends = max(float(np.percentile(np.abs(weights), 99.5)) for weights in layers) or 1.0
        places = picture.subplots(len(layers), 1, sharex=True, squeeze=False)[:, 0]
        for axes, weights, name, colour in zip(
            places, layers, names, (BLUE, VERMILION, GREY) * len(layers), strict=False
        ):
            axes.hist(np.clip(weights, -ends, ends), bins=61, range=(-ends, ends), color=colour, alpha=0.85)
            axes.set(yticks=[], xlim=(-ends, ends))
            axes.spines["left"].set_visible(False)
            tidy(axes, name)
        tidy(places[-1], names[-1], "weight; the farthest 0.5 % are at the edges")

    return inline_svg("weights", 4.6, 1.0 + 1.15 * len(layers), draw)
