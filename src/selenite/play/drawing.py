"""Points drawn by hand: added, moved, taken away; enough of them can be learnt from."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError
from selenite.play.link import MOST_DRAWN_BY_HAND
from selenite.play.points import points_table
from selenite.play.problem import Problem
from selenite.table import Numbers, Table

MOST_UNDONE = 100
TOO_FEW = "Draw at least 4 points of at least 2 classes."
Point = tuple[float, float, int]


def points_of_problem(problem: Problem) -> list[Point] | None:
    """Return the points of a problem, if they are two numbers with classes and not too many to draw on."""
    if not (problem.derived and problem.n_classes and problem.table.n_rows <= MOST_DRAWN_BY_HAND):
        return None
    places = []
    for name in ("x1", "x2"):
        column = problem.table[name]
        assert isinstance(column, Numbers)
        places.append(column.values.round(3).tolist())
    return list(zip(*places, problem.codes.tolist(), strict=True))


class Drawing:
    """The points that are drawn now, and those before and after each change, to undo and redo it."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.before: list[list[Point]] = []  # to undo, the last at the end
        self.after: list[list[Point]] = []  # to redo

    def change(self, points: list[Point], goes_on: bool = False) -> None:
        """Change the points; what goes on with a drag is undone with it."""
        if not goes_on:
            self.before = [*self.before, self.points][-MOST_UNDONE:]
            self.after = []
        self.points = points

    def go_back(self, forth: bool = False) -> None:
        """Undo the last change, or redo what was undone."""
        taken, given = (self.after, self.before) if forth else (self.before, self.after)
        if not taken:
            raise OptionError(f"there is no drawing to {'redo' if forth else 'undo'}")
        given.append(self.points)
        self.points = taken.pop()


def enough(points: list[Point]) -> bool:
    """Tell whether points can be learnt from."""
    return len(points) >= 4 and len({point[2] for point in points}) >= 2


def table_of_points(points: list[Point]) -> Table:
    """Return points as a table."""
    X = np.array([point[:2] for point in points]).reshape(-1, 2)
    return points_table(X, np.array([point[2] for point in points]), ("x1", "x2"), "label")
