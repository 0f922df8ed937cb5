"""The temperature, beside the lowest cost of all that there are."""

import numpy as np
import pytest
from scipy.special import log_softmax

from selenite.nn import Network
from selenite.tabular.calibration import DOUBT, TEMPERATURES, USUAL, USUAL_OF_SMOOTHED, Unseen, best_temperature
from selenite.training import Rows


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
    found = best_temperature(network, Unseen(raw, Rows(np.zeros((400, 3)), Y)))
    assert found == TEMPERATURES[int(np.argmin(costs))]
    if sharpness in (0.4, 1.0, 2.3):
        assert found == pytest.approx(sharpness, rel=0.2)
