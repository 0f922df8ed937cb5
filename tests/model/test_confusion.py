"""What the confusion matrix tells has slopes that are right, and intervals that cover as they say."""

import numpy as np
import pytest

from selenite.model.confusion import Counts, f1, mcc, precision, recall, with_interval
from selenite.model.metrics import class_metrics

FIGURES = {"precision": precision, "recall": recall, "f1": f1, "mcc": mcc}


@pytest.mark.parametrize("name", FIGURES)
def test_slopes_are_finite_differences(name):
    figure, rng, h = FIGURES[name], np.random.default_rng(0), 1e-6
    counts = [rng.uniform(5, 9, 4), *rng.uniform(10, 20, (2, 4))]
    judged = np.array([True, True, False, True]) if name != "mcc" else np.ones(4, bool)
    _, slopes = figure(Counts(*counts, judged))
    for k, slope in enumerate(slopes):
        for i in range(4):
            ends = []
            for step in (-h, h):
                moved = [one.copy() for one in counts]
                moved[k][i] += step
                ends.append(figure(Counts(*moved, judged))[0])
            assert slope[i] == pytest.approx((ends[1] - ends[0]) / (2 * h), abs=1e-8)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(("n", "rare", "hit", "false"), [(60, 0.5, 0.8, 0.2), (100, 0.1, 0.6, 0.05)])
def test_intervals_cover_as_they_say(name, n, rare, hit, false):
    """Of 300 samples of two classes, one of them rare."""
    shares = np.array([[(1 - rare) * (1 - false), (1 - rare) * false], [rare * (1 - hit), rare * hit]])
    figure, judged = FIGURES[name], np.array([name == "mcc", True])
    true, rng, inside = figure(Counts.of(shares, judged))[0], np.random.default_rng(1), 0
    for _ in range(300):
        matrix = rng.multinomial(n, shares.ravel()).reshape(2, 2).astype(float)
        _, low, high = with_interval(figure, matrix, judged)
        inside += low <= true <= high
    assert 0.91 <= inside / 300 <= 0.99


def test_no_mistake_at_all_is_no_certainty():
    for figure in FIGURES.values():
        value, low, high = with_interval(figure, 20 * np.eye(2), np.array([True, True]))
        assert (value, high) == pytest.approx((1, 1))
        assert 0.6 < low < 0.98


@pytest.mark.parametrize("name", ["f1", "mcc", "balanced_accuracy"])
def test_rows_that_belong_together_count_as_one(name):
    rng = np.random.default_rng(2)
    y, p = rng.integers(2, size=100), rng.dirichlet([1, 1], 100)
    [alone] = class_metrics(p, y, names=[name])
    groups = np.repeat(np.arange(100), 4)
    [together] = class_metrics(np.repeat(p, 4, axis=0), np.repeat(y, 4), clusters=groups, names=[name])
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high), abs=0.02)
