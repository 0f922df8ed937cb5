"""The spread of numbers: quantiles of residuals, group by group."""

import numpy as np
import pytest
from scipy.special import ndtr, stdtrit

from selenite.errors import OptionError
from selenite.fitting.residual_quantiles import MOST_GROUPS, learn_residual_quantiles, student_quantiles
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles


def test_quantiles_are_ranks_among_n_plus_one():
    """Of 99 residuals 0, 1, ..., 98 the 90th of 100 places is 89."""
    spread = learn_residual_quantiles(np.full(99, 7.0), 7 + np.random.default_rng(0).permutation(99))
    np.testing.assert_allclose(spread.quantile(np.array([7.0, 0.0]), 0.9), [96, 89])
    assert spread.edges == ()


def test_each_group_of_predictions_has_its_own():
    rng = np.random.default_rng(0)
    prediction = rng.uniform(0, 10, 4000)
    spread = learn_residual_quantiles(prediction, prediction + prediction * rng.normal(size=4000))
    assert len(spread.quantiles) == MOST_GROUPS
    assert list(spread.edges) == sorted(spread.edges)
    wide, narrow = spread.quantile(np.array([9.5, 0.5]), 0.9) - [9.5, 0.5]
    assert wide == pytest.approx(9.5 * 1.28, rel=0.15)
    assert narrow == pytest.approx(0.5 * 1.28, rel=0.25)


def test_coverage_on_new_rows():
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(200):
        spread = learn_residual_quantiles(np.zeros(60), rng.standard_t(3, size=60))
        low, high = (spread.quantile(np.zeros(1), level)[0] for level in (0.05, 0.95))
        new = rng.standard_t(3, size=100)
        covered.append(np.mean((low <= new) & (new <= high)))
    assert np.mean(covered) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("freedom", [1, 1.3, 2, 2.5, 7, 30.7, 198])
def test_quantiles_of_students_t_are_scipys(freedom):
    np.testing.assert_allclose(
        student_quantiles(np.array(LEVELS), freedom), stdtrit(freedom, LEVELS), rtol=2e-12, atol=1e-15
    )


@pytest.mark.parametrize("n", [2, 3, 5, 10, 30])
def test_few_normal_residuals_cover_what_they_say(n):
    rng, covered = np.random.default_rng(n), []
    for _ in range(500):
        spread = learn_residual_quantiles(np.zeros(n), rng.normal(3, 2, size=n))
        low, high = (spread.quantile(np.zeros(1), level)[0] for level in (0.05, 0.95))
        covered.append(ndtr((high - 3) / 2) - ndtr((low - 3) / 2))  # of all new residuals
    assert np.mean(covered) == pytest.approx(0.9, abs=0.02) if n > 18 else np.mean(covered) >= 0.88


def test_a_row_of_weight_3_counts_as_three():
    rng = np.random.default_rng(0)
    residuals, weight = rng.normal(size=3000), rng.integers(1, 6, 3000)
    residuals *= weight  # so that it matters
    many = learn_residual_quantiles(np.zeros(weight.sum()), np.repeat(residuals, weight))
    weighted = learn_residual_quantiles(np.zeros(3000), residuals, weight.astype(float))
    plain = learn_residual_quantiles(np.zeros(3000), residuals)
    for level in (0.05, 0.5, 0.9):
        low, high, other = (float(one.quantile(np.zeros(1), level)[0]) for one in (weighted, many, plain))
        assert low == pytest.approx(high, abs=0.05)
        assert level == 0.5 or abs(other - high) > 0.5
    alike = learn_residual_quantiles(np.zeros(3000), residuals, np.full(3000, 7.0))
    np.testing.assert_allclose(alike.quantiles, plain.quantiles)


def test_quantiles_are_numpys_where_all_weigh_alike():
    residuals = np.random.default_rng(0).normal(size=499)
    (row,) = learn_residual_quantiles(np.zeros(499), residuals).quantiles
    np.testing.assert_allclose(row, np.quantile(residuals, LEVELS, method="weibull"), rtol=1e-12)


@pytest.mark.parametrize("residuals", [[1.0, 1.0], [0.0, 5.0], [-1.0, 0.0, 1e6], np.arange(25.0), np.arange(150.0)])
def test_quantiles_rise_however_few(residuals):
    (row,) = learn_residual_quantiles(np.zeros(len(residuals)), np.array(residuals)).quantiles
    assert (np.diff(row) >= 0).all()
    assert np.isfinite(row).all()


def test_equal_predictions_make_fewer_groups():
    prediction = np.repeat([1.0, 2.0], 500)
    spread = learn_residual_quantiles(prediction, prediction + np.tile(np.arange(500.0), 2))
    assert len(spread.quantiles) == len(spread.edges) + 1 <= 2
    assert all(len(row) == len(LEVELS) for row in spread.quantiles)


def test_levels_beyond_the_ends_are_refused():
    spread = ResidualQuantiles((), (LEVELS,))
    for level in (0.001, 0.999, -1):
        with pytest.raises(OptionError, match=r"must lie between 0.005 and 0.995"):
            spread.quantile(np.zeros(1), level)
