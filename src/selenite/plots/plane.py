"""Pictures of the plane: what a network says of each point, what each hidden unit says, and how a layer bends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.explanation.units import LINES, bent_grid, n_hidden_units, trace_of
from selenite.nn import Network
from selenite.plots.style import CLASSES, GREY, INK, WRONG, canvas, figure, headline, label, plain_axes, say
from selenite.table import as_probabilities
from selenite.types import Array, Indices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 220
MOST_CLASSES_DRAWN = 10
MOST_UNITS_DRAWN = 16
COLOURS = CLASSES
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")


@dataclass(frozen=True)
class Plane:
    """Two inputs that vary, and where the others are held."""

    columns: tuple[int, int]
    held: Array  # (n_inputs,)
    x: Array  # (GRID,)
    y: Array  # (GRID,)
    names: tuple[str, str]
    others: str  # in words, "" where there are none

    def at(self, x: Array, y: Array) -> Array:
        """Return inputs at shares of both axes, (n, n_inputs)."""
        return self.points(*(axis[0] + share * (axis[-1] - axis[0]) for axis, share in ((self.x, x), (self.y, y))))

    def points(self, x: Array, y: Array) -> Array:
        """Return inputs with these two values, (n, n_inputs)."""
        rows = np.tile(self.held, (x.size, 1))
        rows[:, self.columns[0]], rows[:, self.columns[1]] = x.ravel(), y.ravel()
        return rows

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The ends of both axes, as matplotlib takes them."""
        return float(self.x[0]), float(self.x[-1]), float(self.y[0]), float(self.y[-1])

    @property
    def grid(self) -> tuple[Array, Array]:
        """Both inputs at every place, (GRID, GRID)."""
        x, y = np.meshgrid(self.x, self.y)
        return x, y


def plane_of(X: Array, columns: tuple[int, int] = (0, 1), names: Sequence[str] = (), at: Array | None = None) -> Plane:
    """Return the plane of two inputs around some rows; the other inputs are held at a row or at their medians."""
    n = X.shape[1] if X.ndim == 2 else 0
    if n < 2 or len(X) == 0 or len(set(columns)) != 2 or not all(0 <= column < n for column in columns):
        raise OptionError(
            f"a plane needs rows with two inputs or more, and two different columns of them; "
            f"X has shape {X.shape}, columns={tuple(columns)}"
        )
    ends = []
    for column in columns:
        low, high = float(X[:, column].min()), float(X[:, column].max())
        margin = 0.12 * (high - low) or 0.5
        ends.append(np.linspace(low - margin, high + margin, GRID).astype(X.dtype))
    held = np.median(X, axis=0) if at is None else np.asarray(at)
    known = [label(name, 24) for name in names] if len(names) == n else [f"x{i + 1}" for i in range(n)]
    others = [i for i in range(n) if i not in columns]
    where = "their medians" if at is None else "the row's values"
    words = f"; the other {len(others)} inputs held at {where}" if others else ""
    both = known[columns[0]], known[columns[1]]
    return Plane((columns[0], columns[1]), held.astype(X.dtype), ends[0], ends[1], both, words)


def draw_surface(
    network: Network,
    parameters: Array,
    X: Array,
    y: Indices,
    *,
    columns: tuple[int, int] = (0, 1),
    names: Sequence[str] = (),
    classes: Sequence[str] = (),
    at: Array | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw what a network says of each point of the plane of two inputs, for 2 to 10 classes.

    The colour is the class, its strength the probability, the line where the answer changes. The rows are drawn in it,
    those that are taken for another class ringed.

    Parameters
    ----------
    network : Network
        With the output logistic or softmax.
    parameters : array of shape (n_parameters,) or (n_members, n_parameters)
    X, y : arrays of shape (n, n_inputs) and (n,)
        Rows, and the class of each, from 0.
    columns : pair of int
        Which inputs span the plane.
    names, classes : sequences of str
        What the inputs and the classes are called.
    at : array of shape (n_inputs,), optional
        What the other inputs are; their means unless given.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If the network predicts no class, or y does not fit; or matplotlib is missing.

    Examples
    --------
    >>> from selenite.nn import initialize
    >>> X, y = np.array([[0.0, 0], [1, 1]]), np.array([0, 1])
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> axes = draw_surface(network, initialize(network), X, y)
    """
    k = max(network.n_outputs, 2)
    y = np.asarray(y).ravel().astype(np.intp)
    if k > MOST_CLASSES_DRAWN or network.activations[-1] not in ("logistic", "softmax"):
        raise OptionError(
            f"a surface of classes is for 2 to {MOST_CLASSES_DRAWN} of them, with the output logistic or softmax; "
            f"this network has {network.n_outputs} outputs, {network.activations[-1]}"
        )
    if len(y) != len(X) or (len(y) and not 0 <= y.min() <= y.max() < k):
        raise OptionError(f"y must have a class from 0 to {k - 1} for each of {len(X)} rows")
    plane = plane_of(X, columns, names, at)
    shares = _shares(network, parameters, plane.points(*plane.grid)).reshape(GRID, GRID, k)
    predicted = _shares(network, parameters, X).argmax(axis=1)
    known = [label(name, 20) for name in classes] if len(classes) == k else [f"class {i}" for i in range(k)]
    with canvas(axes, 7.6, 5.9) as axes:
        extent = plane.extent
        axes.imshow(_mixed(shares), origin="lower", extent=extent, aspect="auto", interpolation="bilinear", zorder=0)
        x1, x2 = plane.grid
        top = np.sort(shares, axis=2)
        if k == 2:
            axes.contour(x1, x2, shares[:, :, 1], levels=[0.5], colors=[INK], linewidths=1.8)
        else:
            for c in range(k):
                rest = np.where(shares.argmax(axis=2) == c, top[:, :, -2], top[:, :, -1])
                margin = shares[:, :, c] - rest
                if margin.min() < 0 < margin.max():
                    axes.contour(x1, x2, margin, levels=[0], colors=[INK], linewidths=1.1)
        draw_points(axes, X[:, columns], y, known)
        wrong = predicted != y
        ringed = X[wrong][:, columns]
        axes.scatter(ringed[:, 0], ringed[:, 1], s=120, facecolor="none", edgecolor=WRONG, linewidth=1.7, zorder=5)
        axes.set(xlim=extent[:2], ylim=extent[2:])
        plain_axes(axes, *plane.names)
        finding = f"{wrong.sum():,} of {len(y):,} rows are taken for another class" if wrong.any() else (
            f"All {len(y):,} rows lie on their side of the line")  # fmt: skip
        rings = "; mistakes ringed" if wrong.any() else ""
        say(axes, finding, f"The stronger the colour, the surer the answer{plane.others}{rings}")
    return axes


def draw_points(axes: Axes, points: Array, y: Indices, names: Sequence[str], legend: bool = True) -> None:
    """Draw rows as points, a colour and a shape a class."""
    for c, name in enumerate(names):
        of_class = points[y == c]
        axes.scatter(of_class[:, 0], of_class[:, 1], s=34 if len(points) < 500 else 12, color=COLOURS[c],
                     marker=MARKERS[c], edgecolor="white", linewidth=0.7 if len(points) < 500 else 0.3, zorder=4,
                     label=name)  # fmt: skip
    if legend:
        shown = axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=10.5, handletextpad=0.3,
                            labelcolor=INK, borderaxespad=0)  # fmt: skip
        for text in shown.get_texts():
            text.set_parse_math(False)


def draw_units(
    network: Network,
    parameters: Array,
    X: Array,
    y: Indices | None = None,
    *,
    layer: int = 1,
    columns: tuple[int, int] = (0, 1),
    names: Sequence[str] = (),
    at: Array | None = None,
) -> list[Axes]:
    """Draw the activation of each unit of a hidden layer (1 is the first) over the plane of two inputs.

    The dashed line is where the unit's sum z is 0.

    Parameters
    ----------
    network : Network
    parameters : array of shape (n_parameters,) or (n_members, n_parameters); the first member is drawn
    X, y : arrays of shape (n, n_inputs) and (n,), y optional
        Rows, and the class of each, from 0: its colour.
    layer : int
        Which hidden layer, from 1; the first 16 of its units are drawn.
    columns : pair of int
        Which inputs span the plane.
    names : sequence of str
        What the inputs are called.
    at : array of shape (n_inputs,), optional
        What the other inputs are; their means unless given.

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
    >>> from selenite.nn import initialize
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> len(draw_units(network, initialize(network), np.array([[0.0, 0], [1, 1]])))
    4
    """
    n_hidden_units(network, layer)
    parameters = parameters if parameters.ndim == 1 else parameters[0]
    plane = plane_of(X, columns, names, at)
    seen = trace_of(network, parameters, plane.points(*plane.grid))
    z, a = seen.z[layer - 1], seen.a[layer]
    n = min(a.shape[1], MOST_UNITS_DRAWN)
    across = n if n <= 3 else 2 if n == 4 else 3 if n <= 9 else 4
    down = -(-n // across)
    low, high = float(a[:, :n].min()), float(a[:, :n].max())
    if low < 0:
        low, high = -max(-low, high), max(-low, high)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    with figure(max(2.9 * across + 1.1, 6.6), 2.5 * down + 1.3) as picture:
        kind = "line" if layer == 1 and network.embedding is None else "curve"
        more = f" (the first {n} of {a.shape[1]})" if a.shape[1] > n else ""
        finding = f"Each unit of hidden layer {layer}{more} cuts the plane by a {kind}"
        headline(
            picture, finding, f"Colour: its activation ({network.activations[layer - 1]}); dashed: z = 0{plane.others}"
        )
        height = picture.get_size_inches()[1]
        places = picture.add_gridspec(
            down, across, left=0.06, right=0.9, top=1 - 1.15 / height, bottom=0.5 / height, hspace=0.28, wspace=0.12
        )
        all_axes: list[Axes] = []
        for unit in range(n):
            axes = picture.add_subplot(places[unit // across, unit % across])
            shown = _draw_unit(axes, plane, z[:, unit], a[:, unit], (low, high))
            if y is not None:
                _draw_dots(axes, X[:, columns], np.asarray(y).ravel().astype(int))
            axes.set(xlim=(plane.x[0], plane.x[-1]), ylim=(plane.y[0], plane.y[-1]))
            axes.set_title(f"unit {unit + 1}", loc="left", size=11, color=INK, pad=4)
            plain_axes(axes, plane.names[0] if unit >= n - across else "", plane.names[1] if unit % across == 0 else "")
            axes.set(xticks=[], yticks=[])
            all_axes.append(axes)
        bar = picture.add_axes((0.92, 0.5 / height, 0.013, min(2.0 / height, 0.6)))
        picture.colorbar(shown, cax=bar)
        bar.tick_params(labelsize=9, length=0, labelcolor="#555b63")
        bar.spines[:].set_visible(False)
    return all_axes


def _draw_unit(axes: Axes, plane: Plane, z: Array, a: Array, ends: tuple[float, float]) -> Any:
    """Draw a unit's activation over the plane, and the line where its z is 0; return the image."""
    sums = z.reshape(GRID, GRID)
    if sums.min() < 0 < sums.max():
        axes.contour(*plane.grid, sums, levels=[0], colors=[INK], linewidths=1.4, linestyles=[(0, (4, 3))])
    return axes.imshow(a.reshape(GRID, GRID), origin="lower", vmin=ends[0], vmax=ends[1], aspect="auto",
                       extent=plane.extent, cmap=_shades(ends[0] < 0))  # fmt: skip


def _draw_dots(axes: Axes, points: Array, y: Indices) -> None:
    """Draw rows as small points, a colour and a shape a class."""
    for c in np.unique(y):
        own, which = points[y == c], int(c) % MOST_CLASSES_DRAWN
        axes.scatter(own[:, 0], own[:, 1], s=18, color=COLOURS[which], marker=MARKERS[which], edgecolor="white",
                     linewidth=0.6)  # fmt: skip


def draw_bent_plane(
    network: Network,
    parameters: Array,
    X: Array,
    y: Indices,
    *,
    layer: int = 1,
    units: tuple[int, int] | None = None,
    columns: tuple[int, int] = (0, 1),
    classes: Sequence[str] = (),
    at: Array | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw the plane of two inputs as a hidden layer bends it: its grid and the rows, in the space of two units.

    Parameters
    ----------
    network : Network
    parameters : array of shape (n_parameters,) or (n_members, n_parameters); the first member is drawn
    X, y : arrays of shape (n, n_inputs) and (n,)
        Rows, and the class of each, from 0: its colour.
    layer : int
        Which hidden layer, from 1.
    units : pair of int, optional
        From 0; unless given the two, of the first 16, over whose space the plane is spread the most.
    columns : pair of int
        Which inputs span the plane.
    classes : sequence of str
        What the classes are called.
    at : array of shape (n_inputs,), optional
        What the other inputs are; their means unless given.
    axes : matplotlib axes, optional
        Where to draw; those of a new figure unless given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    OptionError
        If there is no such layer or unit, or matplotlib is missing.

    Examples
    --------
    >>> from selenite.nn import initialize
    >>> network = Network((2, 4, 1), ("tanh", "logistic"), "log_loss")
    >>> axes = draw_bent_plane(network, initialize(network), np.array([[0.0, 0], [1, 1]]), np.array([0, 1]))
    """
    n_units = n_hidden_units(network, layer)
    parameters = parameters if parameters.ndim == 1 else parameters[0]
    plane = plane_of(X, columns, (), at)
    if n_units < 2:
        raise OptionError(f"hidden layer {layer} has one unit; a plane needs two")
    if units is None:
        grid = plane.points(*(axis[::5, ::5] for axis in plane.grid))
        units = _widest(trace_of(network, parameters, grid).a[layer])
    if len(set(units)) != 2 or not all(0 <= unit < n_units for unit in units):
        raise OptionError(f"units={tuple(units)} must be two different ones from 0 to {n_units - 1}")

    y = np.asarray(y).ravel().astype(np.intp)
    k = max(int(y.max()) + 1 if len(y) else 1, 1)
    known = [label(name, 20) for name in classes] if len(classes) == k else [f"class {i}" for i in range(k)]
    if k > MOST_CLASSES_DRAWN:
        raise OptionError(f"y has {k} classes; up to {MOST_CLASSES_DRAWN} can be told apart")
    with canvas(axes, 7.6, 6.2) as axes:
        for i, line in enumerate(bent_grid(network, parameters, layer, units, plane.at, GRID)):
            look: dict[str, Any] = {"color": GREY, "linestyle": "solid" if i < LINES else (0, (5, 2.5))}
            name = {0: f"equal {plane.names[0]}", LINES: f"equal {plane.names[1]}"}.get(i)
            axes.plot(line[:, 0], line[:, 1], linewidth=0.8, alpha=0.8, zorder=1, label=name, **look)
        draw_points(axes, trace_of(network, parameters, X).a[layer][:, list(units)], y, known)
        first, second = (f"unit {unit + 1} of hidden layer {layer}" for unit in units)
        plain_axes(axes, first, second)
        say(axes, f"So hidden layer {layer} bends the plane: what a line parts here is parted",
            f"The grid of {plane.names[0]} and {plane.names[1]} as two units see it{plane.others}")  # fmt: skip
    return axes


def _widest(a: Array) -> tuple[int, int]:
    """Return the two units in whose space points fill the most cells of a grid: the picture that shows most."""
    spans = np.maximum(a.max(axis=0) - a.min(axis=0), 1e-300)
    cells = np.minimum((20 * (a - a.min(axis=0)) / spans).astype(int), 19)
    pairs = list(combinations(range(min(a.shape[1], MOST_UNITS_DRAWN)), 2))
    return max(pairs, key=lambda pair: len(np.unique(20 * cells[:, pair[0]] + cells[:, pair[1]])))


def _shares(network: Network, parameters: Array, X: Array) -> Array:
    """Return the probability of each class, (n, k)."""
    return as_probabilities(np.asarray(backend.get().predict(network, parameters, X), dtype=np.float64))


def _mixed(shares: Array) -> Array:
    """Return the classes' colours, the winner's the stronger the surer it is; white where all are alike."""
    from matplotlib.colors import to_rgb

    k = shares.shape[-1]
    colours = np.array([to_rgb(colour) for colour in COLOURS[:k]])
    sure = (shares.max(axis=-1, keepdims=True) - 1 / k) / (1 - 1 / k)
    mixed: Array = 1 - 0.5 * (0.16 + 0.84 * sure) * (1 - colours[shares.argmax(axis=-1)])
    return mixed


def _shades(signed: bool) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    ends = ["#d98a5b", "#f3d3bd", "#fafafa", "#c3def1", "#5b9fcf"] if signed else ["#fafafa", "#c3def1", "#5b9fcf"]
    return LinearSegmentedColormap.from_list("shades", ends)
