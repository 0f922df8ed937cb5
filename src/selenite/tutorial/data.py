"""The three data sets of the tutorial, small files beside this module."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO

import numpy as np

from selenite.types import Floats


def load_part(part: int) -> tuple[Floats, Floats]:
    """Return the inputs (n, columns) and the labels (n,) of part 1, 2 or 3.

    >>> X, y = load_part(2)
    >>> X.shape, int(y.sum())
    ((100, 2), 50)
    """
    text = files("selenite.tutorial").joinpath(f"data/part{part}.csv").read_text(encoding="ascii")
    table = np.loadtxt(StringIO(text), delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1]
