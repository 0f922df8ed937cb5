"""What a network says of each point of the plane of two inputs: its classes, and the borders between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.model.threshold import decided
from selenite.nn import Network
from selenite.palette import WRONG
from selenite.plots.drawn import Drawn, drawn
from selenite.plots.plane import COLOURS, GRID, MOST_CLASSES_DRAWN, Plane, class_names, draw_points
from selenite.plots.style import INK, canvas, plain_axes, say
from selenite.table import as_probabilities
from selenite.types import Array, Indices

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_surface(
    network: Any,
    parameters: Any = None,
    X: Any = None,
    y: Any = None,
    *,
    columns: tuple[int | str, int | str] = (0, 1),
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
    network : Network; or Model or fitted estimator
        With the output logistic or softmax. After a model or estimator come X and y at once, without parameters: rows
        of its table and their classes. The plane is then one of columns that are numbers, rows with gaps in them are
        left out, and an ensemble answers as a whole.
    parameters : array of shape (n_parameters,) or (n_members, n_parameters)
    X, y : arrays of shape (n, n_inputs) and (n,)
        Rows, and the class of each, from 0.
    columns : pair of int, or of a model's columns the names
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
    seen = drawn(network, parameters, X, y, columns, names, classes)
    y = np.asarray(seen.answers).ravel().astype(np.intp)
    k = _n_classes(seen.network, y, len(seen.points))
    plane = seen.plane(at)
    shares = _shares(seen, seen.encode(plane.points(*plane.grid))).reshape(GRID, GRID, k)
    predicted = decided(_shares(seen, seen.inputs), seen.threshold)
    points = seen.points[:, plane.columns]
    with canvas(axes, 7.6, 5.9) as axes:
        extent = plane.extent
        axes.imshow(_mixed(shares), origin="lower", extent=extent, aspect="auto", interpolation="bilinear", zorder=0)
        _draw_borders(axes, plane, shares, seen.threshold or 0.5)
        draw_points(axes, points, y, class_names(seen.classes, k))
        wrong = predicted != y
        ringed = points[wrong]
        axes.scatter(ringed[:, 0], ringed[:, 1], s=120, facecolor="none", edgecolor=WRONG, linewidth=1.7, zorder=5)
        axes.set(xlim=extent[:2], ylim=extent[2:])
        plain_axes(axes, *plane.names)
        finding = f"{wrong.sum():,} of {len(y):,} rows are taken for another class" if wrong.any() else (
            f"All {len(y):,} rows lie on their side of the line")  # fmt: skip
        rings = "; mistakes ringed" if wrong.any() else ""
        say(axes, finding, f"The stronger the colour, the surer the answer{plane.others}{rings}")
    return axes


def _n_classes(network: Network, y: Indices, n_rows: int) -> int:
    """Return how many classes the network tells apart; refuse it, or y, where there is no surface to draw."""
    k = max(network.n_outputs, 2)
    if k > MOST_CLASSES_DRAWN or network.activations[-1] not in ("logistic", "softmax"):
        raise OptionError(
            f"a surface of classes is for 2 to {MOST_CLASSES_DRAWN} of them, with the output logistic or softmax; "
            f"this network has {network.n_outputs} outputs, {network.activations[-1]}"
        )
    if len(y) != n_rows or (len(y) and not 0 <= y.min() <= y.max() < k):
        raise OptionError(f"y must have a class from 0 to {k - 1} for each of {n_rows} rows")
    return k


def _draw_borders(axes: Axes, plane: Plane, shares: Array, threshold: float) -> None:
    """Draw where the answer changes: one line of two classes, of more the edge of each one's region."""
    k = shares.shape[-1]
    if k == 2:
        axes.contour(*plane.grid, shares[:, :, 1], levels=[threshold], colors=[INK], linewidths=1.8)
        return
    top = np.sort(shares, axis=2)
    for c in range(k):
        margin = shares[:, :, c] - np.where(shares.argmax(axis=2) == c, top[:, :, -2], top[:, :, -1])
        if margin.min() < 0 < margin.max():
            axes.contour(*plane.grid, margin, levels=[0], colors=[INK], linewidths=1.1)


def _shares(seen: Drawn, inputs: Array) -> Array:
    """Return the probability of each class, (n, k)."""
    output = backend.get().predict(seen.network, seen.parameters, inputs)
    return as_probabilities(np.asarray(output, dtype=np.float64))


def _mixed(shares: Array) -> Array:
    """Return the classes' colours, the winner's the stronger the surer it is; white where all are alike."""
    from matplotlib.colors import to_rgb

    k = shares.shape[-1]
    colours = np.array([to_rgb(colour) for colour in COLOURS[:k]])
    sure = (shares.max(axis=-1, keepdims=True) - 1 / k) / (1 - 1 / k)
    mixed: Array = 1 - 0.5 * (0.16 + 0.84 * sure) * (1 - colours[shares.argmax(axis=-1)])
    return mixed
