"""What each unit of a hidden layer says of the plane of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.explanation.units import n_hidden_units, trace_of
from selenite.plots.drawn import drawn
from selenite.plots.plane import COLOURS, GRID, MARKERS, MOST_CLASSES_DRAWN, Plane
from selenite.plots.style import INK, colour_map, draw_colour_bar, figure, headline, plain_axes
from selenite.types import Array, Indices

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_UNITS_DRAWN = 16
SHADES = ("#d98a5b", "#f3d3bd", "#fafafa", "#c3def1", "#5b9fcf")  # from the least to the most, through 0


def draw_units(
    network: Any,
    parameters: Any = None,
    X: Any = None,
    y: Any = None,
    *,
    layer: int = 1,
    columns: tuple[int | str, int | str] = (0, 1),
    names: Sequence[str] = (),
    at: Array | None = None,
) -> list[Axes]:
    """Draw the activation of each unit of a hidden layer (1 is the first) over the plane of two inputs.

    The dashed line is where the unit's sum z is 0.

    Parameters
    ----------
    network, parameters, X, y, columns, names, at
        As `draw_surface` takes them, y optional; of an ensemble the first network is drawn.
    layer : int
        Which hidden layer, from 1; the first 16 of its units are drawn.

    Returns
    -------
    list of matplotlib axes
        One for each unit, of one figure.

    Raises
    ------
    OptionError
        If there is no such layer, or matplotlib is missing.

    Examples
    --------
    >>> from selenite.nn import Network, initialize
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> len(draw_units(network, initialize(network), np.array([[0.0, 0], [1, 1]])))
    4
    """
    shown = drawn(network, parameters, X, y, columns, names)
    network, y = shown.network, shown.answers
    n_hidden_units(network, layer)
    plane = shown.plane(at)
    points = shown.points[:, plane.columns]
    seen = trace_of(network, shown.first, shown.encode(plane.points(*plane.grid)))
    z, a, n = seen.z[layer - 1], seen.a[layer], min(seen.a[layer].shape[1], MOST_UNITS_DRAWN)
    down, across = _rows_and_columns(n)
    ends = _ends(a[:, :n])
    with figure(max(2.9 * across + 1.1, 6.6), 2.5 * down + 1.3) as picture:
        more = f" (the first {n} of {a.shape[1]})" if a.shape[1] > n else ""
        kind = "line" if layer == 1 and network.embedding is None else "curve"
        lead = f"Colour: its activation ({network.activations[layer - 1]}); dashed: z = 0{plane.others}"
        headline(picture, f"Each unit of hidden layer {layer}{more} cuts the plane by a {kind}", lead)
        places = _places(picture, down, across)
        all_axes: list[Axes] = []
        for unit in range(n):
            axes = picture.add_subplot(places[unit // across, unit % across])
            image = _draw_unit(axes, plane, z[:, unit], a[:, unit], ends)
            _draw_dots(axes, points, y)
            axes.set_title(f"unit {unit + 1}", loc="left", size=11, color=INK, pad=4)
            plain_axes(axes, plane.names[0] if unit >= n - across else "", plane.names[1] if unit % across == 0 else "")
            axes.set(xlim=plane.extent[:2], ylim=plane.extent[2:], xticks=[], yticks=[])
            all_axes.append(axes)
        draw_colour_bar(_beside(picture), image, 9)
    return all_axes


def _rows_and_columns(n: int) -> tuple[int, int]:
    across = n if n <= 3 else 2 if n == 4 else 3 if n <= 9 else 4
    return -(-n // across), across


def _ends(a: Array) -> tuple[float, float]:
    """Return the ends of the scale of colours: as far on both sides of 0 where there are negative activations."""
    low, high = float(a.min()), float(a.max())
    if low < 0:
        low, high = -max(-low, high), max(-low, high)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _places(picture: Figure, down: int, across: int) -> Any:
    """Return a grid of places for the units, below the headline and beside the colour bar."""
    height = picture.get_size_inches()[1]
    return picture.add_gridspec(
        down, across, left=0.06, right=0.9, top=1 - 1.15 / height, bottom=0.5 / height, hspace=0.28, wspace=0.12
    )


def _beside(picture: Figure) -> Axes:
    """Return a place for the colour bar, at the right edge."""
    height = picture.get_size_inches()[1]
    return picture.add_axes((0.92, 0.5 / height, 0.013, min(2.0 / height, 0.6)))


def _draw_unit(axes: Axes, plane: Plane, z: Array, a: Array, ends: tuple[float, float]) -> Any:
    """Draw a unit's activation over the plane, and the line where its z is 0; return the image."""
    sums = z.reshape(GRID, GRID)
    if sums.min() < 0 < sums.max():
        axes.contour(*plane.grid, sums, levels=[0], colors=[INK], linewidths=1.4, linestyles=[(0, (4, 3))])
    return axes.imshow(a.reshape(GRID, GRID), origin="lower", vmin=ends[0], vmax=ends[1], aspect="auto",
                       extent=plane.extent, cmap=colour_map(*SHADES[0 if ends[0] < 0 else 2 :]))  # fmt: skip


def _draw_dots(axes: Axes, points: Array, y: Indices | None) -> None:
    """Draw rows as small points, a colour and a shape a class; nothing of rows without classes."""
    y = np.empty(0, dtype=int) if y is None else np.asarray(y).ravel().astype(int)
    for c in np.unique(y):
        own, which = points[y == c], int(c) % MOST_CLASSES_DRAWN
        axes.scatter(own[:, 0], own[:, 1], s=18, color=COLOURS[which], marker=MARKERS[which], edgecolor="white",
                     linewidth=0.6)  # fmt: skip
