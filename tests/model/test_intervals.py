"""Intervals cover as they say, for long tails too; those of scikit-learn's and SciPy's figures are theirs."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from selenite.model.intervals import jackknife, jackknife_interval, ratio_interval, share_interval
from selenite.model.ranking import area_under_roc

LOSSES = {  # how rows lose, the mean, and the least share of intervals that have to contain it
    "squares of normal errors": (lambda random, n: random.normal(size=n) ** 2, 1.0, 0.91),
    "log losses": (lambda random, n: -np.log(random.beta(4, 1, n)), 0.25, 0.91),
    "a long tail": (lambda random, n: np.exp(random.normal(size=n)), np.exp(0.5), 0.89),
    "squares of prices": (lambda random, n: np.exp(1.5 * random.normal(size=n)), np.exp(1.125), 0.86),
}


@pytest.mark.parametrize("n", [30, 150])
@pytest.mark.parametrize("how", LOSSES)
def test_intervals_cover_as_they_say(how, n):
    """Of 400 samples; a percentile bootstrap's cover 75 to 92 % of the last, a normal one's as much."""
    draw, mean, least = LOSSES[how]
    random = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        low, high = ratio_interval(draw(random, n), np.ones(n))
        inside += low <= mean <= high
    assert least <= inside / 400 <= 0.99


def test_two_equal_models_are_told_apart_no_more_often_than_chance_says():
    """By 300 pairs of models whose errors share a heavy-tailed part (Student's t with 3 degrees)."""
    random = np.random.default_rng(2)
    apart = 0
    for _ in range(300):
        shared = random.standard_t(3, 100)
        ours, theirs = ((shared + 0.3 * random.normal(size=100)) ** 2 for _ in range(2))
        low, high = ratio_interval(ours, theirs)
        apart += high < 1 or low > 1
    assert apart / 300 < 0.11


def test_a_better_model_of_prices_is_told():
    """One row makes most of the squared errors; nearly every row is nearer all the same."""
    random, told = np.random.default_rng(3), 0
    for _ in range(100):
        price = np.exp(1.2 * random.normal(size=150))
        _, high = ratio_interval((0.15 * price * random.normal(size=150)) ** 2, (price - np.exp(0.72)) ** 2)
        told += high < 1
    assert told >= 97  # a normal interval of the difference tells 75


def test_the_interval_of_normal_means_is_the_t_tests():
    values = 10 + np.random.default_rng(4).normal(size=200)
    expected = stats.t.interval(0.95, 199, values.mean(), stats.sem(values))
    assert ratio_interval(values, np.ones(200)) == pytest.approx(expected, abs=0.02)


def test_losses_below_zero_have_intervals():
    values = np.random.default_rng(5).normal(size=200)
    expected = stats.t.interval(0.95, 199, values.mean(), stats.sem(values))
    assert ratio_interval(values, np.ones(200)) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("unit", [1e-300, 1e-30, 1e200])
def test_intervals_scale_with_the_unit(unit):
    values = np.random.default_rng(7).exponential(size=60)
    plain = ratio_interval(values, np.ones(60))
    assert ratio_interval(values * unit, np.ones(60)) == pytest.approx(tuple(unit * end for end in plain), rel=1e-12)


def test_rows_that_belong_together_count_as_one():
    random = np.random.default_rng(8)
    losses, right, score = random.exponential(size=80), random.random(80) < 0.7, random.normal(size=80)
    groups = np.repeat(np.arange(80) + 5, 4)  # numbers need not begin at 0
    assert ratio_interval(np.repeat(losses, 4), np.ones(320), groups) == pytest.approx(
        ratio_interval(losses, np.ones(80)), rel=1e-9
    )
    assert share_interval(np.repeat(right, 4), groups) == pytest.approx(share_interval(right), rel=1e-9)
    four_times = area_under_roc(np.repeat(score, 4), np.repeat(right, 4), groups)
    assert four_times == pytest.approx(area_under_roc(score, right), abs=0.01)


def test_no_error_at_all_and_none_to_compare_with():
    assert ratio_interval(np.zeros(30), np.ones(30)) == (0, 0)
    assert ratio_interval(np.ones(30), np.zeros(30)) == (-np.inf, np.inf)
    assert ratio_interval(np.ones(1), np.ones(1)) == (-np.inf, np.inf)
    assert ratio_interval(np.full(30, np.inf), np.ones(30)) == (-np.inf, np.inf)
    low, high = ratio_interval(np.eye(1, 30)[0], np.ones(30))  # one row of 30 loses all
    assert 0 <= low < 1 / 30 < high < 1


def test_the_area_is_scikit_learns_with_ties():
    random = np.random.default_rng(9)
    positive = random.random(300) < 0.3
    score = np.round(random.normal(size=300) + positive, 1)
    area, low, high = area_under_roc(score, positive)
    assert area == pytest.approx(roc_auc_score(positive, score), abs=1e-14)
    assert low < area < high


def test_the_jackknife_of_a_mean_is_its_standard_error_and_of_an_area_delongs():
    rng = np.random.default_rng(0)
    values = rng.exponential(size=50)  # a block each
    low, high = jackknife_interval(values.mean(), jackknife(lambda rows: values[rows].mean(), 50))
    half = 1.96 * values.std(ddof=1) / np.sqrt(50)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half))
    y, score = rng.integers(0, 2, 5000), rng.normal(size=5000)
    score += y
    without = jackknife(lambda rows: roc_auc_score(y[rows], score[rows]), len(y), strata=y)
    value, low, high = area_under_roc(score, y == 1)
    assert jackknife_interval(value, without) == pytest.approx((low, high), abs=0.006)


def test_the_jackknife_leaves_groups_whole_and_no_class_out():
    clusters, y = np.repeat(np.arange(7), 9), np.r_[1, np.zeros(62, dtype=int)]
    kept = []
    jackknife(lambda rows: kept.append(rows) or 0.0, 63, clusters)
    assert [len(rows) for rows in kept] == 7 * [54]
    assert [len(np.unique(clusters[rows])) for rows in kept] == 7 * [6]
    assert len(jackknife(lambda rows: 0.0, 63, strata=y)) == 49
    assert jackknife_interval(1.0, np.array([1.0])) == (-np.inf, np.inf)
