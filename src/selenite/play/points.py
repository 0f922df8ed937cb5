"""The built-in sets of points, as tables: the tutorial's own, and those that show what a network can and cannot do.

The tutorial's are its files to the last digit; the others are drawn by the counter-based generator, so that a set with
the same rows, noise and seed is the same for ever.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selenite.errors import OptionError
from selenite.nn.random import bits, normal, uniform
from selenite.table import Numbers, Table
from selenite.tutorial import load_part
from selenite.types import Floats

POINTS = 11  # the purpose of these draws, among those of nn/random

# What can be made of two columns and given to the network beside them.
DERIVED: dict[str, Callable[[Floats, Floats], Floats]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1²": lambda x1, x2: x1 * x1,
    "x2²": lambda x1, x2: x2 * x2,
    "x1·x2": lambda x1, x2: x1 * x2,
    "sin x1": lambda x1, x2: np.sin(x1),
    "sin x2": lambda x1, x2: np.sin(x2),
}


def moons(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return two interleaving half circles; 100 rows with noise 0.10 and seed 0 are the tutorial's."""
    if (rows, noise, seed) == (100, 0.1, 0):
        return load_part(2)
    label = np.arange(rows) % 2
    angle = np.pi * (np.arange(rows) // 2) / max((rows - 1) // 2, 1)
    x = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    return np.column_stack([x, y]) + noise * _normal(rows, seed), label.astype(float)


def circle(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return a disc inside a ring."""
    label = np.arange(rows) % 2
    u = _uniform(rows, seed)
    radius, angle = np.where(label == 1, 0.5 * np.sqrt(u[:, 0]), 0.7 + 0.3 * u[:, 0]), 2 * np.pi * u[:, 1]
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return X + noise * _normal(rows, seed), label.astype(float)


def xor(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return four squares, the opposite ones alike: what a single perceptron cannot learn."""
    X = 2 * _uniform(rows, seed) - 1
    X += np.where(X > 0, 0.05, -0.05)
    label = (X[:, 0] > 0) != (X[:, 1] > 0)
    return X + noise * _normal(rows, seed), label.astype(float)


def gauss(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return two clouds that a straight line parts."""
    label = np.arange(rows) % 2
    centre = np.where(label == 1, 0.6, -0.6)[:, None]
    return centre + (0.15 + noise) * _normal(rows, seed), label.astype(float)


def spiral(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return two arms wound around each other."""
    label = np.arange(rows) % 2
    t = (np.arange(rows) // 2 + 0.5) / (rows / 2)
    angle = 3.5 * np.pi * t + np.pi * label
    X = t[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return X + 0.3 * noise * _normal(rows, seed), label.astype(float)


def clouds(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return the three clouds of the tutorial's part 3; with 2,000 rows all 2,100 of them."""
    X, label = load_part(3)
    if rows >= 2000:
        return X, label
    third = -(-rows // 3)
    kept = np.concatenate([np.arange(700 * k, 700 * k + third) for k in range(3)])[:rows]
    return X[kept], label[kept]


def people(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return the five people of the tutorial's part 1."""
    return load_part(1)


def plane(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return a number that rises evenly."""
    X = 2 * _uniform(rows, seed) - 1
    return X, X[:, 0] + X[:, 1] + noise * _normal(rows, seed)[:, 0]


def hills(rows: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Return a number with two hills and two hollows."""
    X = 2 * _uniform(rows, seed) - 1
    height = np.zeros(rows)
    for x, y, sign in ((0.5, 0.5, 1), (-0.5, -0.5, 1), (0.5, -0.5, -1), (-0.5, 0.5, -1)):
        height += sign * np.exp(-((X[:, 0] - x) ** 2 + (X[:, 1] - y) ** 2) / 0.1)
    return X, height + noise * _normal(rows, seed)[:, 0]


SETS: dict[str, tuple[str, Callable[[int, float, int], tuple[Floats, Floats]]]] = {
    "moons": ("two moons (part 2)", moons),
    "circle": ("disc in a ring", circle),
    "xor": ("exclusive or", xor),
    "gauss": ("two clouds", gauss),
    "spiral": ("two spirals", spiral),
    "clouds": ("three clouds (part 3)", clouds),
    "people": ("five people (part 1)", people),
    "plane": ("a plane (a number)", plane),
    "hills": ("hills (a number)", hills),
}
NUMBER_SETS = ("plane", "hills")
TARGETS = {"people": "diabetic", "plane": "y", "hills": "y"}


def make_table(name: str, rows: int = 100, noise: float = 0.1, seed: int = 0) -> Table:
    """Return a built-in set as a table, its target the last column.

    Parameters
    ----------
    name : str
        One of `SETS`.
    rows : int
        How many; of the people and the whole three clouds as many as there are.
    noise : float
        How far points are strewn; 0 for none.
    seed : int
        Of the draws; moons of 100 rows with noise 0.1 and seed 0 are the tutorial's.

    Returns
    -------
    Table

    Raises
    ------
    OptionError
        Where there is no such set.

    Examples
    --------
    >>> make_table("moons").names
    ('x1', 'x2', 'label')
    """
    if name not in SETS:
        raise OptionError(f"there is no set {name!r}; there are {', '.join(SETS)}")
    X, y = SETS[name][1](rows, noise, seed)
    names = ("smoking", "obesity", "exercise") if name == "people" else ("x1", "x2")
    return points_table(X, y, names, TARGETS.get(name, "label"), number=name in NUMBER_SETS, source=SETS[name][0])


def points_table(
    X: Floats, y: Floats, names: tuple[str, ...], target: str, *, number: bool = False, source: str = "drawn points"
) -> Table:
    """Return points as a table; labels are whole numbers unless the target is a number."""
    columns = [Numbers(np.ascontiguousarray(column)) for column in X.T]
    return Table(
        (*names, target),
        (*columns, Numbers(np.asarray(y, dtype=np.float64), "float" if number else "int")),
        len(X),
        source,
    )


def with_derived(table: Table, features: tuple[str, ...]) -> Table:
    """Return a table of x1, x2 (and a target) whose inputs are the features, made of x1 and x2."""
    unknown = [name for name in features if name not in DERIVED]
    if unknown or not features:
        raise OptionError(f"inputs can be {', '.join(DERIVED)}; at least one")
    x1, x2 = table["x1"], table["x2"]
    assert isinstance(x1, Numbers)
    assert isinstance(x2, Numbers)
    made = tuple(Numbers(DERIVED[name](x1.values, x2.values)) for name in features)
    rest = [i for i, name in enumerate(table.names) if name not in ("x1", "x2")]
    names = (*features, *(table.names[i] for i in rest))
    return Table(names, (*made, *(table.columns[i] for i in rest)), table.n_rows, table.source)


def _uniform(rows: int, seed: int) -> Floats:
    return uniform(bits(seed, POINTS, 0, np.arange(rows)[:, None], np.arange(2)))


def _normal(rows: int, seed: int) -> Floats:
    return normal(bits(seed, POINTS, 1, np.arange(rows)[:, None], np.arange(2)))
