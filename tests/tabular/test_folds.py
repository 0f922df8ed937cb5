"""Folds: equal, stratified, groups whole, stretches of time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selenite.tabular.folds import folds


@given(n=st.integers(16, 300), n_folds=st.integers(2, 16), seed=st.integers(0, 99), n_classes=st.integers(1, 5))
def test_folds_are_equal_and_hold_each_class_in_its_share(n, n_folds, seed, n_classes):
    classes = np.random.default_rng(seed).integers(n_classes, size=n)
    fold = folds(n, n_folds, seed, classes=classes)
    assert np.ptp(np.bincount(fold, minlength=n_folds)) <= 1
    for one in range(n_classes):
        assert np.ptp(np.bincount(fold[classes == one], minlength=n_folds)) <= 1
    np.testing.assert_array_equal(fold, folds(n, n_folds, seed, classes=classes))


@given(sizes=st.lists(st.integers(1, 20), min_size=8, max_size=40), n_folds=st.integers(2, 8), seed=st.integers(0, 99))
def test_groups_stay_whole_and_folds_about_equal(sizes, n_folds, seed):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    fold = folds(len(groups), n_folds, seed, groups=groups)
    assert all(len(set(fold[groups == one])) == 1 for one in range(len(sizes)))
    assert np.ptp(np.bincount(fold, minlength=n_folds)) <= max(sizes)


@pytest.mark.parametrize("n_folds", [2, 5, 16])
def test_a_fold_is_a_stretch_of_time(n_folds):
    times = np.random.default_rng(0).integers(0, 100, 500).astype(float)  # many rows of a moment
    fold = folds(500, n_folds, 0, times=times)
    in_order = fold[np.argsort(times, kind="stable")]
    assert (np.diff(in_order) >= 0).all()
    assert all(len(set(fold[times == moment])) == 1 for moment in set(times))
    assert set(fold) == set(range(n_folds))
