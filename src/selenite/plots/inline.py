"""Single pictures as SVG to stand inside a page: no addresses, no comments, no ids shared with other pictures."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from selenite.explanation.columns import Dependence
from selenite.model import Curve
from selenite.model.predictions import Predictions
from selenite.palette import BLUE, DOWN, DOWN_TEXT, UP
from selenite.plots.panels import plain_ticks
from selenite.plots.style import (
    EDGES,
    GREY,
    INK,
    MOST_MARKED,
    PALE,
    TICKS,
    figure,
    label,
    note,
    plain_log_ticks,
    short_number,
    tidy,
)
from selenite.types import Floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.gridspec import SubplotSpec

LARGE_SPAN = 10  # times the smallest loss: beyond, the axis is logarithmic
VARIABLES = {INK: "--ink", GREY: "--quiet", TICKS: "--quiet", EDGES: "--edge", PALE: "--line"}  # of the page's style
OF_TEXT = {UP: "--up-text", DOWN_TEXT: "--down-text"}
OF_LINES = {UP: "--up", DOWN: "--down"}  # areas stay what they are, by day and night
_BEHIND = re.compile(r"(fill: )#ffffff(?=; opacity)|(stroke: )#ffffff")  # text and marks; white text stays white
_TEXT, _LINE = re.compile(r"(<g style=\"fill: )(#[0-9a-f]{6})"), re.compile(r"(stroke: )(#[0-9a-f]{6})")
_ANY = re.compile(r"(: )(#[0-9a-f]{6})")
_LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>| xmlns(:xlink)?=\"[^\"]*\"", re.DOTALL)


def inline_svg(name: str, width: float, height: float, draw: Callable[[Figure], None]) -> str:
    """Return what is drawn on a figure of the size in inches as an SVG element; its ids begin with the name.

    It has no ground, and the page's variables for ink and greys, so that it is light or dark as the page is.
    """
    content = StringIO()
    with figure(width, height) as picture:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        FigureCanvasSVG(picture)  # by which texts are measured
        engine = ConstrainedLayoutEngine()
        picture.set_layout_engine(engine)
        draw(picture)
        picture.patch.set_visible(False)
        for axes in picture.axes:
            axes.patch.set_visible(False)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in a script that the font lacks
            engine.execute(picture)
            picture.set_layout_engine(None)  # else saving draws it all to lay it out, and then once more
            picture.savefig(content, format="svg", metadata={"Date": None})
    text = content.getvalue()
    text = _LEFT_OUT.sub("", text[text.index("<svg") :])
    text = text.replace("xlink:href", "href")
    text = re.sub(r'( id="| href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" role="img" aria-hidden="true">', text, count=1
    )
    return _with_variables(re.sub(r"\n\s*", "\n", text))


def _with_variables(svg: str) -> str:
    """Return a picture with the colours of the page's style in place of those of print."""
    svg = _BEHIND.sub(lambda found: f"{found[1] or found[2]}var(--paper)", svg)
    for place, variables in ((_TEXT, OF_TEXT), (_LINE, OF_LINES), (_ANY, VARIABLES)):
        of_colour = {colour.lower(): f"var({variable})" for colour, variable in variables.items()}
        svg = place.sub(lambda found, of=of_colour: found[1] + of.get(found[2], found[2]), svg)  # type: ignore[misc]
    return svg


def panel_svg(
    panel: Callable[[SubplotSpec, Predictions], None], predictions: Predictions, width: float = 4.6, height: float = 4.2
) -> str:
    """Return one panel of the pictures of predictions, of the size in inches."""
    return inline_svg(panel.__name__, width, height, lambda picture: panel(picture.add_gridspec(1, 1)[0], predictions))


def dependence_svg(name: str, found: Dependence, low: float, high: float) -> str:
    """Return how the mean prediction depends on one column, on an axis from low to high."""

    def draw(picture: Figure) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axes = picture.add_subplot()
        is_line = found.kind in ("number", "date")
        if is_line:
            marker = "o" if len(found.places) <= MOST_MARKED else ""
            axes.plot(found.places, found.means, color=BLUE, linewidth=2, marker=marker, markersize=3)
            plain_ticks(axes)
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
        for axes, weights, name in zip(places, layers, names, strict=True):
            counts, edges = np.histogram(np.clip(weights, -ends, ends), 60, (-ends, ends))
            middle = len(counts) // 2  # below are the negative ones
            axes.stairs(counts[:middle], edges[: middle + 1], fill=True, color=DOWN)
            axes.stairs(counts[middle:], edges[middle:], fill=True, color=UP)
            axes.set(yticks=[], xlim=(-ends, ends))
            axes.spines["left"].set_visible(False)
            tidy(axes, name)
        tidy(places[-1], names[-1], "weight; the farthest 0.5 % are at the edges")

    return inline_svg("weights", 4.6, 1.0 + 1.15 * len(layers), draw)


def curves_svg(curves: Sequence[Curve], kept: Sequence[int]) -> str:
    """Return the losses of members by epoch, a dot where the epoch is that was kept."""

    def draw(picture: Figure) -> None:
        axes = picture.add_subplot()
        for words, colour in (("training", GREY), ("validation", BLUE)):
            lines = [(curve.epochs, getattr(curve, words)) for curve in curves if getattr(curve, words)]
            for (epochs, losses), epoch in zip(lines, kept, strict=False):
                axes.plot(epochs, losses, color=colour, linewidth=1.4, alpha=0.75)
                axes.plot(epoch, np.interp(epoch, epochs, losses), "o", color=colour, markersize=5)
            if lines:
                last, height = max(epochs[-1] for epochs, _ in lines), np.median([losses[-1] for _, losses in lines])
                note(axes, f"{words} rows", (last, float(height)), (8, 0), color=colour)
        losses = np.concatenate([[*curve.training, *curve.validation] for curve in curves])
        if losses.min() > 0 and losses.max() > LARGE_SPAN * losses.min():
            axes.set_yscale("log")
            plain_log_ticks(axes.yaxis)
        axes.grid(axis="y", color=PALE, linewidth=0.8)
        axes.set_axisbelow(True)
        tidy(axes, "Loss by epoch", "epoch", "mean loss")

    return inline_svg("curves", 4.6, 3.2, draw)
