"""How pictures look, and writing them whole or not at all."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from selenite.errors import OptionError, SaveError
from selenite.model.file import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"  # safe for colour-blind eyes
GREY, INK = "#7a7f87", "#22262b"
FORMATS = (".png", ".svg", ".pdf")
STYLE = {
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#b5bac0",
    "axes.labelcolor": INK,
    "text.color": INK,
    "text.parse_math": False,  # names from files are text, never formulas
    "xtick.color": "#555b63",
    "ytick.color": "#555b63",
    "svg.hashsalt": "selenite",
}


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of the size in inches."""
    try:
        import matplotlib
    except ImportError:
        raise OptionError("pictures need matplotlib: pip install 'selenite[plot]'") from None
    from matplotlib.figure import Figure

    matplotlib.rcParams.update(STYLE)
    return Figure(figsize=(width, height), facecolor="white")


def plain_log_axes(axes: Axes) -> None:
    """Make both axes logarithmic, labelled 0.01, 1, 1,000."""
    from matplotlib.ticker import FuncFormatter, LogLocator

    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10, numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}"))
    axes.minorticks_off()


def save(figure: Figure, path: str) -> None:
    """Write a figure as PNG, SVG or PDF, as the path's suffix says."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise SaveError(f"{path} cannot be drawn: its name must end in {', '.join(FORMATS)}")
    picture = BytesIO()
    figure.savefig(picture, format=suffix[1:], dpi=140)
    write(path, picture.getvalue())
