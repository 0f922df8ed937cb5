"""Honest fits: what they say does not depend on how the table is written down."""

import numpy as np
import pytest

from selenite.table import Numbers, Table
from selenite.tabular.honest import fit_honestly


@pytest.mark.parametrize("unit", [1e-200, 1e-24, 1e100])
def test_verdict_and_figures_do_not_depend_on_the_targets_unit(unit):
    rng = np.random.default_rng(0)
    x = rng.normal(size=120)
    y = x**2 + 0.1 * rng.normal(size=120)
    plain, moved = (
        fit_honestly(Table(("x", "y"), (Numbers(x), Numbers(y * factor)), 120), "y", {"preset": "fast", "max_iter": 10})
        for factor in (1, unit)
    )
    assert moved.verdict == plain.verdict
    assert plain.verdict.startswith("Verdict: better than a linear model")
    for one, other in zip(plain.figures["selenite"], moved.figures["selenite"], strict=True):
        assert other.high / (1 if one.name == "R2" else unit) == pytest.approx(one.high, rel=0.01)
