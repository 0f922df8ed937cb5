"""How pictures look, and writing them whole or not at all."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selenite.errors import OptionError, SaveError
from selenite.palette import DOWN, UP
from selenite.text import plain_number, shown
from selenite.writing import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

GREY, INK, PALE = "#7a7f87", "#22262b", "#e8eaed"
EDGES, TICKS = "#b5bac0", "#555b63"  # of axes
MOST_MARKED = 50  # points of a line, each with a marker
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FORMATS = (".png", ".svg", ".pdf")
UNDATED: dict[str, dict[str, Any]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
STYLE = {
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": EDGES,
    "axes.labelcolor": INK,
    "text.color": INK,
    "text.parse_math": False,  # names from files are text, never formulas
    "xtick.color": TICKS,
    "ytick.color": TICKS,
    "svg.hashsalt": "selenite",
}
NO_MATPLOTLIB = "pictures need matplotlib: pip install 'selenite[plot]'"


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """Give an empty figure of the size in inches; all of it is to be drawn and saved within the context.

    Neither the settings of the user are read (a `text.usetex` would run names as TeX) nor are they changed.
    """
    try:
        from matplotlib import style
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise OptionError(NO_MATPLOTLIB) from None
    with style.context(["default", STYLE]):
        yield Figure(figsize=(width, height), facecolor="white")


@contextmanager
def panels(axes: Sequence[Axes] | None, count: int, width: float, height: float) -> Iterator[list[Axes]]:
    """Give axes beside each other in our style: the caller's, or those of a new figure, whose size is in inches."""
    if axes is not None:
        from matplotlib import style

        if len(axes) != count:
            raise OptionError(f"{len(axes)} axes were given; this picture takes {count}")
        with style.context([STYLE]):
            yield list(axes)
        return
    with figure(width, height) as new:
        new.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
        yield new.subplots(1, count, squeeze=False)[0].tolist()


@contextmanager
def canvas(axes: Axes | None, width: float, height: float) -> Iterator[Axes]:
    """Give the axes to draw on in our style: the caller's, or those of a new figure, whose size is in inches."""
    with panels(None if axes is None else [axes], 1, width, height) as [only]:
        yield only


def say(axes: Axes, finding: str, below: str = "") -> None:
    """Write over an axes the sentence that it shows, and in grey how it is to be read."""
    width = axes.figure.get_size_inches()[0] * axes.get_position().width  # type: ignore[union-attr]
    longest = max(map(len, finding.split("\n")))
    size = max(min(14.0, 72 * width / (0.56 * longest)), 9.0)
    axes.set_title(finding, loc="left", size=size, weight="bold", color=INK, pad=26 if below else 10, parse_math=False)
    if below:
        small = max(min(10.0, 72 * width / (0.53 * len(below))), 7.0)
        note(axes, below, (0, 1), (0, 8), xycoords="axes fraction", size=small, color=GREY, va="baseline")


def plain_axes(axes: Axes, x: str = "", y: str = "") -> None:
    """Name the axes, with thin spines and quiet ticks of our own colours, whatever the reader's settings."""
    axes.set_xlabel(x, loc="left", parse_math=False, size=11, color=INK)
    axes.set_ylabel(y, loc="bottom", parse_math=False, size=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(linewidth=0.8, color=EDGES)
    axes.tick_params(width=0.8, labelsize=10, color=EDGES, labelcolor=TICKS)


def name_rows(axes: Axes, names: Sequence[str], bottom: float = 0.4, top: float = 0.6) -> None:
    """Name the rows of a picture of bars, the first on top, with room below the last and above the first."""
    axes.set_yticks(range(len(names)), names, parse_math=False)
    axes.set_ylim(len(names) - bottom, -top)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=10.5)


def note(axes: Axes, text: str, at: tuple[float, float], offset: tuple[float, float] = (0, 0), **more: Any) -> None:
    """Write text beside a place of the data, the offset in points."""
    look: dict[str, Any] = {"size": 9.5, "color": INK, "va": "center", "parse_math": False} | more
    axes.annotate(text, at, offset, textcoords="offset points", **look)


def with_minus(text: str) -> str:
    """Return a number's text with a minus sign in place of its hyphen."""
    return text.replace("-", "−")


def headline(figure: Figure, finding: str, below: str) -> None:
    """Write the sentence that a picture says, and what it was drawn from, at the figure's upper left."""
    width, height = figure.get_size_inches()
    size = min(15.0, 72 * (width - 0.5) / (0.64 * len(finding)))  # a bold letter is about 0.64 of its size wide
    figure.text(0.25 / width, 1 - 0.42 / height, finding, size=size, weight="bold", parse_math=False)
    figure.text(0.25 / width, 1 - 0.7 / height, below, size=10, color=GREY, parse_math=False)


def label(text: str, limit: int = 16) -> str:
    """Return a name from a file as a picture may show it: one short line without control characters."""
    return shown(text, limit)[1:-1]


def tidy(axes: Axes, title: str, x: str = "", y: str = "") -> None:
    """Title an axes and its axis, with thin spines."""
    axes.set_title(title, loc="left", size=11.5, color=INK, pad=9, parse_math=False)
    axes.set_xlabel(x, loc="left", parse_math=False)
    axes.set_ylabel(y, loc="bottom", parse_math=False)
    axes.spines[:].set_linewidth(0.8)
    axes.tick_params(width=0.8, labelsize=9.5)


def typeset_number(value: float, digits: int = 3) -> str:
    """Return a number as a picture shows it: plain, with a minus sign; a power of ten where it is next to nothing.

    >>> [typeset_number(value) for value in (0.25, 7.208e-5, -12, 999.9, 1234, 1.7e-16)]
    ['0.25', '0.0000721', '−12', '1,000', '1,234', '1.7×10⁻¹⁶']
    """
    size, _, power = plain_number(value, digits).partition("e")
    return with_minus(size + (f"×10{str(int(power)).translate(SUPERSCRIPTS)}" if power else ""))


def short_number(value: float) -> str:
    """Return a number as an axis can hold it, to three digits: 0.25, 12, 1,234, 340k, 1.2M; next to nothing is 0.

    >>> [short_number(value) for value in (0.25, -12, 1234, 340e3, 1.2e6, 1.7e-16)]
    ['0.25', '−12', '1,234', '340k', '1.2M', '0']
    """
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size <= abs(value) < math.inf:
            return typeset_number(value / min(size, 1e3 if unit == "k" else size)) + unit
    return typeset_number(value if abs(value) > 1e-12 else 0.0)


def plain_log_ticks(*each: Axis) -> None:
    """Label log axes 0.01, 1, 1,000, with numbers between where an axis spans little."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for axis in each:
        low, high = sorted(axis.get_view_interval())
        decades = math.log10(high / low)
        subs: tuple[float, ...] = (1, 2, 3, 4, 5, 6, 7, 8) if decades < 0.8 else (1, 2, 5) if decades < 2.2 else (1,)
        if decades < 0.25:
            subs = tuple(round(1 + k / 10, 1) for k in range(0, 90, 5 if decades > 0.1 else 1))
        axis.set_major_locator(LogLocator(10, subs=subs, numticks=14))
        axis.set_major_formatter(
            FuncFormatter(lambda value, _: (typeset_number if value < 1e6 else short_number)(value))
        )
        axis.set_minor_formatter(NullFormatter())
        axis.set_tick_params(which="minor", length=0)


def picture_format(path: str | PathLike[str]) -> str:
    """Return the suffix that says how a picture is to be written; refuse one that says nothing."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise SaveError(f"{path} cannot be drawn: its name must end in {', '.join(FORMATS)}")
    return suffix


def signed_bar(axes: Axes, place: int, length: float, begin: float = 0.0) -> None:
    """Draw a bar to the right in blue, to the left hatched in vermilion."""
    colour, hatch = (UP, "") if length >= 0 else (DOWN, "///")
    axes.barh(place, length, 0.62, left=begin, color=colour, hatch=hatch, edgecolor="white", linewidth=0)


def save(figure: Figure, path: str | PathLike[str]) -> None:
    """Write a figure as PNG, SVG or PDF, as the path's suffix says, whole or not at all."""
    suffix = picture_format(path)
    picture = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in a script that the font lacks
        figure.savefig(picture, format=suffix[1:], dpi=140, metadata=UNDATED[suffix])
    write(path, picture.getvalue())


def save_axes(axes: Axes, path: str | PathLike[str]) -> None:
    """Write the figure that axes are of."""
    whole = axes.get_figure(root=True)
    assert whole is not None  # ours were drawn on one
    save(whole, path)


def colour_map(*colours: Any) -> Any:
    """Return a colour map through some colours, evenly spread."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("selenite", colours)


def draw_colour_bar(bar: Axes, image: Any, size: float) -> None:
    """Draw the scale of an image's colours, with numbers of a size and no frame."""
    bar.figure.colorbar(image, cax=bar)
    bar.tick_params(labelsize=size, length=0, labelcolor=TICKS)
    bar.spines[:].set_visible(False)
