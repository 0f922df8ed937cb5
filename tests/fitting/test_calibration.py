"""The temperature, beside the lowest cost of all that there are; the spread, beside errors that are known."""

import numpy as np
import pytest
from scipy.special import log_softmax

from selenite.fitting.calibration import (
    DOUBT,
    OPTIMISM,
    TEMPERATURES,
    USUAL,
    USUAL_OF_SMOOTHED,
    Unseen,
    best_temperature,
    calibrate,
)
from selenite.nn import Network
from selenite.table import Target
from selenite.training import TrainingRows


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("sharpness", [0.01, 0.4, 1.0, 2.3, 30.0])
def test_the_temperature_costs_least(n_classes, sharpness):
    random = np.random.default_rng(n_classes)
    exact = random.normal(scale=1.5, size=(400, n_classes))
    answers = (exact + random.gumbel(size=exact.shape)).argmax(axis=1)  # drawn by the softmax of `exact`
    scores, usual = sharpness * exact, USUAL_OF_SMOOTHED
    if n_classes == 2:
        raw, Y, usual = (scores[:, 1] - scores[:, 0])[None, :, None], answers[:, None], USUAL
        network = Network.of((3, 5, 1), "relu", "log_loss")
    else:
        raw, Y = scores[None], np.eye(n_classes)[answers]
        network = Network.of((3, 5, n_classes), "relu", "log_loss")
    costs = [
        -log_softmax(scores / t, axis=1)[np.arange(400), answers].mean() + DOUBT / 400 * np.log(t / usual) ** 2
        for t in TEMPERATURES
    ]
    found = best_temperature(network, Unseen(raw, TrainingRows(np.zeros((400, 3)), Y)))
    assert found == TEMPERATURES[int(np.argmin(costs))]
    if sharpness in (0.4, 1.0, 2.3):
        assert found == pytest.approx(sharpness, rel=0.2)


def spread_of(raw, Y):
    """Return what the spread of six members gives at 0.05 and 0.95 for the predictions 3 + 2 · (-5 to 5)."""
    network, target = Network.of((1, 4, 1), "relu", "squared_error"), Target("y", "regression", center=3.0, width=2.0)
    spread = calibrate(
        network, np.zeros((6, 0)), target, Unseen(raw, TrainingRows(np.zeros((len(Y), 1)), Y))
    ).residual_quantiles
    predictions = 3 + 2 * np.linspace(-5, 5, 100)
    return [spread.quantile(predictions, level) for level in (0.05, 0.95)]


@pytest.mark.parametrize(("of_several", "variance"), [(0.5, 1 + 4 / 6), (0.0, 1 + 4)])
def test_the_spread_is_that_of_the_mean_of_all_members(of_several, variance):
    """All members miss noise of variance 1, each errs by one of 4: the mean of six by a sixth of it, if rows tell."""
    random = np.random.default_rng(0)
    signal = random.uniform(-50, 50, size=(200_000, 1))
    raw = signal + 2 * random.normal(size=(2, 200_000, 1))
    raw[1, int(of_several * 200_000) :] = np.nan
    low, high = spread_of(raw, signal + random.normal(size=signal.shape))
    assert np.mean(high - low) / 2 == pytest.approx(2 * 1.645 * np.sqrt(variance), rel=0.02)


def test_few_residuals_are_made_larger():
    """Half of 199 equal rows have an answer of 1, half of -1: the quantiles are these, times √(1 + 10 / 199)."""
    Y = np.where(np.arange(199) % 2, 1.0, -1.0)[:, None]
    low, high = spread_of(np.zeros((1, 199, 1)), Y)
    np.testing.assert_allclose(high - low, 2 * 2 * np.sqrt(1 + OPTIMISM / 199), rtol=1e-12)
