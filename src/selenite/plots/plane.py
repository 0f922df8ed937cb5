"""The plane of two inputs around some rows, and the rows as points in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from selenite.errors import OptionError
from selenite.palette import CLASSES
from selenite.plots.style import INK, label
from selenite.types import Array, Indices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 220
MOST_CLASSES_DRAWN = 10
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

    def around(self, more: str) -> Plane:
        """Return the plane in whose words the others are held at more than numbers."""
        return replace(self, others=f"; the other columns held at their medians{more}")

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


def class_names(classes: Sequence[str], k: int) -> list[str]:
    """Return what k classes are called in a picture: by their names where there are as many, else by number."""
    return [label(name, 20) for name in classes] if len(classes) == k else [f"class {i}" for i in range(k)]


def draw_points(axes: Axes, points: Array, y: Indices, names: Sequence[str]) -> None:
    """Draw rows as points, a colour and a shape a class."""
    for c, name in enumerate(names):
        of_class = points[y == c]
        axes.scatter(of_class[:, 0], of_class[:, 1], s=34 if len(points) < 500 else 12, color=COLOURS[c],
                     marker=MARKERS[c], edgecolor="white", linewidth=0.7 if len(points) < 500 else 0.3, zorder=4,
                     label=name)  # fmt: skip
    shown = axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=10.5, handletextpad=0.3,
                        labelcolor=INK, borderaxespad=0)  # fmt: skip
    for text in shown.get_texts():
        text.set_parse_math(False)
