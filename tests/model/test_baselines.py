"""The best constant has the least loss, for every loss of numbers."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from selenite.model.baselines import best_constant
from selenite.nn.losses import LOSSES, parse_loss

OF_NUMBERS = [name for name, loss in LOSSES.items() if "regression" in loss.tasks]


@pytest.mark.parametrize("loss", [*OF_NUMBERS, "quantile(0.9)", "huber(0.2)", "huber(1e9)"])
@pytest.mark.parametrize("n", [1, 2, 41, 200])
def test_no_constant_loses_less(loss, n):
    y = np.random.default_rng(n).exponential(size=n).round(2) + 0.1
    name, number = parse_loss(loss)

    def lost(constant):
        p = np.full((n, 1), constant)
        return LOSSES[name].value(y[:, None], p, p, "identity", number).mean()

    found = best_constant(loss, y)
    assert y.min() <= found <= y.max()
    least = minimize_scalar(lost, bounds=(y.min(), y.max()), method="bounded", options={"xatol": 1e-9})
    assert lost(found) <= least.fun + 1e-12


def test_the_corner_of_huber_is_in_the_unit_asked_for():
    y = np.array([0.0, 1.0, 5.0, 30.0])
    assert best_constant("huber(2)", y, width=3.0) == pytest.approx(best_constant("huber(6)", y))
    assert best_constant("huber(1e-9)", y + 1) == pytest.approx(np.clip(best_constant("huber(1e-9)", y + 1), 2, 6))
