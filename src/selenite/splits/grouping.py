"""Which rows stay on one side of every split: else near-copies of a row judge a network that was trained on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.types import Floats, Indices


@dataclass(frozen=True)
class Grouping:
    """Rows of one group, neighbours in time, or copies of one row; at most one of the three is given."""

    groups: Indices | None = None  # (n,) rows of one number are of one group
    times: Floats | None = None  # (n,) when each row was made
    copies: Indices | None = None  # (n,) rows of one number are copies of each other

    @property
    def clusters(self) -> Indices | None:
        """The number of the group, or of the row copied, that each row counts as one draw with (n,)."""
        return self.copies if self.groups is None else self.groups

    def first_rows(self, n_rows: int) -> Indices:
        """Return the rows without the copies of others: all `n_rows` where there are no copies."""
        return np.arange(n_rows) if self.copies is None else different_rows(self.copies)[0]

    def take(self, rows: Indices) -> Grouping:
        """Return the grouping of some of the rows."""
        return Grouping(**{name: None if one is None else one[rows] for name, one in vars(self).items()})


ALONE = Grouping()  # no row belongs to another


def different_rows(copies: Indices) -> tuple[Indices, Indices]:
    """Return the first row of each number, by the numbers' order, and which of these each row (n,) is.

    >>> [one.tolist() for one in different_rows(np.array([7, 3, 7]))]
    [[1, 0], [1, 0, 1]]
    """
    _, first, which = np.unique(copies, return_index=True, return_inverse=True)
    return first, which
