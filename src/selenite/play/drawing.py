"""Points drawn by hand: added, moved, taken away; enough of them can be learnt from."""

from __future__ import annotations

import numpy as np

from selenite.errors import OptionError
from selenite.play import messages as m
from selenite.play.plane import PLANE
from selenite.play.points import points_table
from selenite.play.problem import Problem
from selenite.table import Numbers, Table

MOST_DRAWN, MOST_UNDONE = 500, 100
TOO_FEW = "Draw at least 4 points of at least 2 classes."
Point = tuple[float, float, int]


def points_of_problem(problem: Problem) -> list[Point] | None:
    """Return the points of a problem, if they are two numbers with classes and not too many to draw on."""
    if not (problem.derived and problem.n_classes and problem.table.n_rows <= MOST_DRAWN):
        return None
    places = []
    for name in ("x1", "x2"):
        column = problem.table[name]
        assert isinstance(column, Numbers)
        places.append(column.values.round(3).tolist())
    return list(zip(*places, problem.codes.tolist(), strict=True))


def drawn(points: list[Point], message: m.Draw) -> list[Point]:
    """Return the points as a message changes them."""
    place = (
        round(PLANE[0].low + message.x * (PLANE[0].high - PLANE[0].low), 3),
        round(PLANE[1].low + message.y * (PLANE[1].high - PLANE[1].low), 3),
    )
    if message.do == "clear":
        return []
    if message.do == "add":
        if len(points) >= MOST_DRAWN:
            raise OptionError(f"there are {MOST_DRAWN} points; take some away, or open a file")
        return [*points, (*place, message.of_class)]
    if message.do in ("move", "remove"):
        if message.index >= len(points):
            raise OptionError(f"there is no point {message.index + 1}; there are {len(points)}")
        before, after = points[: message.index], points[message.index + 1 :]
        return [*before, *after] if message.do == "remove" else [*before, (*place, points[message.index][2]), *after]
    return points


class Drawing:
    """The points that are drawn now, and those before and after each change, to undo and redo it."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.before: list[list[Point]] = []  # to undo, the last at the end
        self.after: list[list[Point]] = []  # to redo

    def change(self, message: m.Draw) -> None:
        """Change the points; what goes on with a drag is undone with it."""
        now = self.points
        if message.do in ("undo", "redo"):
            taken, given = (self.before, self.after) if message.do == "undo" else (self.after, self.before)
            if not taken:
                raise OptionError(f"there is no drawing to {message.do}")
            self.points = taken.pop()
            given.append(now)
            return
        self.points = drawn(now, message)
        if message.do != "begin" and not message.goes_on:
            self.before = [*self.before, now][-MOST_UNDONE:]
            self.after = []


def enough(points: list[Point]) -> bool:
    """Tell whether points can be learnt from."""
    return len(points) >= 4 and len({point[2] for point in points}) >= 2


def table_of(points: list[Point]) -> Table:
    """Return points as a table."""
    X = np.array([point[:2] for point in points]).reshape(-1, 2)
    return points_table(X, np.array([point[2] for point in points]), ("x1", "x2"), "label")
