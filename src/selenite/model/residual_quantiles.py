"""How far answers lie from predictions: residuals of rows that were not trained on, in groups of similar predictions.

A prediction's q-quantile is the prediction plus the q-quantile of its group's residuals. Where new rows are like the
old ones, an interval between two quantiles then covers as it says: split conformal prediction, group by group
(Vovk, Gammerman and Shafer 2005; Lei et al. 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.errors import OptionError
from selenite.types import Floats

LEAST_COVERAGE, MOST_COVERAGE = 0.01, 0.99
LEVELS = (0.005, 0.01, *(round(0.025 * k, 3) for k in range(1, 40)), 0.99, 0.995)


@dataclass(frozen=True)
class ResidualQuantiles:
    """Quantiles of the residuals, answer minus prediction, of each group of similar predictions."""

    edges: tuple[float, ...]  # between the groups, of the prediction, rising; one fewer than groups
    quantiles: tuple[tuple[float, ...], ...]  # a row a group, at `LEVELS`

    def quantile(self, prediction: Floats, level: float) -> Floats:
        """Return the level's quantile for each prediction, shape (n,)."""
        if not LEVELS[0] <= level <= LEVELS[-1]:
            raise OptionError(f"the quantile {level:g} must lie between {LEVELS[0]:g} and {LEVELS[-1]:g}")
        of_group = np.array([np.interp(level, LEVELS, row) for row in self.quantiles])
        shifted: Floats = prediction + of_group[np.searchsorted(self.edges, prediction, side="right")]
        return shifted


def require_coverage(coverage: float) -> None:
    """Refuse a share of the rows that no interval and no set is known for."""
    if not LEAST_COVERAGE <= coverage <= MOST_COVERAGE:
        raise OptionError(f"the coverage {coverage:g} must lie between {LEAST_COVERAGE:g} and {MOST_COVERAGE:g}")
