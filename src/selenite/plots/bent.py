"""How a hidden layer bends the plane of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.units import LINES, bent_grid, n_hidden_units, trace_of
from selenite.plots.drawn import Drawn, drawn
from selenite.plots.plane import GRID, MOST_CLASSES_DRAWN, Plane, class_names, draw_points
from selenite.plots.style import GREY, canvas, plain_axes, say
from selenite.plots.units import MOST_UNITS_DRAWN
from selenite.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_bent_plane(
    network: Any,
    parameters: Any = None,
    X: Any = None,
    y: Any = None,
    *,
    layer: int = 1,
    units: tuple[int, int] | None = None,
    columns: tuple[int | str, int | str] = (0, 1),
    classes: Sequence[str] = (),
    at: Array | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw the plane of two inputs as a hidden layer bends it: its grid and the rows, in the space of two units.

    Parameters
    ----------
    network, parameters, X, y, columns, classes, at, axes
        As `draw_surface` takes them; of an ensemble the first network is drawn.
    layer : int
        Which hidden layer, from 1.
    units : pair of int, optional
        From 0; unless given the two, of the first 16, over whose space the plane is spread the most.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If there is no such layer or unit, or matplotlib is missing.

    Examples
    --------
    >>> from selenite.nn import Network, initialize
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> axes = draw_bent_plane(network, initialize(network), np.array([[0.0, 0], [1, 1]]), np.array([0, 1]))
    """
    seen = drawn(network, parameters, X, y, columns, (), classes)
    network, parameters, y = seen.network, seen.first, seen.answers
    plane = seen.plane(at)
    units = _checked(units, seen, layer, plane)
    y = np.asarray(y).ravel().astype(np.intp)
    k = max(int(y.max()) + 1 if len(y) else 1, 1)
    if k > MOST_CLASSES_DRAWN:
        raise OptionError(f"y has {k} classes; up to {MOST_CLASSES_DRAWN} can be told apart")
    with canvas(axes, 7.6, 6.2) as axes:
        lines = bent_grid(network, parameters, layer, units, lambda x, y: seen.encode(plane.at(x, y)), GRID)
        for i, line in enumerate(lines):
            look: dict[str, Any] = {"color": GREY, "linestyle": "solid" if i < LINES else (0, (5, 2.5))}
            name = {0: f"equal {plane.names[0]}", LINES: f"equal {plane.names[1]}"}.get(i)
            axes.plot(line[:, 0], line[:, 1], linewidth=0.8, alpha=0.8, zorder=1, label=name, **look)
        draw_points(
            axes, trace_of(network, parameters, seen.inputs).a[layer][:, list(units)], y, class_names(seen.classes, k)
        )
        first, second = (f"unit {unit + 1} of hidden layer {layer}" for unit in units)
        plain_axes(axes, first, second)
        say(axes, f"So hidden layer {layer} bends the plane: what a line parts here is parted",
            f"The grid of {plane.names[0]} and {plane.names[1]} as two units see it{plane.others}")  # fmt: skip
    return axes


def _checked(units: tuple[int, int] | None, seen: Drawn, layer: int, plane: Plane) -> tuple[int, int]:
    """Return the two units asked for, or those that show most; refuse what the layer does not have."""
    n_units = n_hidden_units(seen.network, layer)
    if n_units < 2:
        raise OptionError(f"hidden layer {layer} has one unit; a plane needs two")
    if units is None:
        grid = plane.points(*(axis[::5, ::5] for axis in plane.grid))
        units = _widest(trace_of(seen.network, seen.first, seen.encode(grid)).a[layer])
    if len(set(units)) != 2 or not all(0 <= unit < n_units for unit in units):
        raise OptionError(f"units={tuple(units)} must be two different ones from 0 to {n_units - 1}")
    return units


def _widest(a: Array) -> tuple[int, int]:
    """Return the two units in whose space points fill the most cells of a grid: the picture that shows most."""
    spans = np.maximum(a.max(axis=0) - a.min(axis=0), 1e-300)
    cells = np.minimum((20 * (a - a.min(axis=0)) / spans).astype(int), 19)
    pairs = list(combinations(range(min(a.shape[1], MOST_UNITS_DRAWN)), 2))
    return max(pairs, key=lambda pair: len(np.unique(20 * cells[:, pair[0]] + cells[:, pair[1]])))
