"""Folds: equal, stratified, groups whole, stretches of time; and what members hold out of few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selenite.errors import OptionError
from selenite.fitting.members import rows_held_out
from selenite.splits.folds import folds
from selenite.splits.grouping import Grouping
from selenite.table import Target
from selenite.training import TrainingRows


@settings(deadline=None)
@given(n=st.integers(16, 300), n_folds=st.integers(2, 16), seed=st.integers(0, 99), n_classes=st.integers(1, 5))
def test_folds_are_equal_and_hold_each_class_in_its_share(n, n_folds, seed, n_classes):
    classes = np.random.default_rng(seed).integers(n_classes, size=n)
    fold = folds(n, n_folds, seed, classes=classes)
    assert np.ptp(np.bincount(fold, minlength=n_folds)) <= 1
    for one in range(n_classes):
        assert np.ptp(np.bincount(fold[classes == one], minlength=n_folds)) <= 1
    np.testing.assert_array_equal(fold, folds(n, n_folds, seed, classes=classes))


@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 20), min_size=8, max_size=40), n_folds=st.integers(2, 8), seed=st.integers(0, 99))
def test_groups_stay_whole_and_folds_about_equal(sizes, n_folds, seed):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    fold = folds(len(groups), n_folds, seed, grouping=Grouping(groups=groups))
    assert all(len(set(fold[groups == one])) == 1 for one in range(len(sizes)))
    assert np.ptp(np.bincount(fold, minlength=n_folds)) <= max(sizes)


@pytest.mark.parametrize("n_folds", [2, 5, 16])
def test_a_fold_is_a_stretch_of_time(n_folds):
    times = np.random.default_rng(0).integers(0, 100, 500).astype(float)  # many rows of a moment
    fold = folds(500, n_folds, 0, grouping=Grouping(times=times))
    in_order = fold[np.argsort(times, kind="stable")]
    assert (np.diff(in_order) >= 0).all()
    assert all(len(set(fold[times == moment])) == 1 for moment in set(times))
    assert set(fold) == set(range(n_folds))


@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 200), min_size=2, max_size=20), n_folds=st.integers(2, 16))
def test_of_few_groups_or_moments_no_fold_is_empty(sizes, n_folds):
    one = np.repeat(np.arange(len(sizes)), sizes)
    for grouping in (Grouping(groups=one), Grouping(times=one)):
        fold = folds(len(one), n_folds, 0, grouping=grouping)
        assert set(fold) == set(range(fold.max() + 1))
        assert 2 <= fold.max() + 1 <= n_folds


@pytest.mark.parametrize("what", ["groups", "times"])
@pytest.mark.parametrize("count", range(2, 16))
def test_members_hold_out_some_of_few_groups_or_moments(what, count):
    """They go round all, each holds out whole ones and trains on half of the rows at least; the latest come first."""
    one = np.arange(300) % count
    rows, target = TrainingRows(np.zeros((300, 1)), np.zeros((300, 1))), Target("y", "regression")
    held_out = rows_held_out(rows, 16, 0, target, Grouping(**{what: one}))
    assert held_out.any(axis=1).all()
    assert held_out.any(axis=0).all()
    assert held_out.mean(axis=1).max() <= 0.5
    for member in held_out:
        assert not set(one[member]) & set(one[~member])
    if what == "times":
        assert held_out[0][one == count - 1].all()
        assert held_out[1][one == count - 2].all()


def test_a_late_moment_of_many_rows_is_held_out_first():
    times = np.minimum(np.arange(300), 210)
    rows, target = TrainingRows(np.zeros((300, 1)), np.zeros((300, 1))), Target("y", "regression")
    held_out = rows_held_out(rows, 6, 0, target, Grouping(times=times))
    assert held_out.any(axis=1).all()
    assert held_out[0][210:].all()
    assert held_out[0].sum() < 150


@pytest.mark.parametrize("what", ["group", "moment"])
def test_one_group_or_moment_is_too_few(what):
    rows, target = TrainingRows(np.zeros((300, 1)), np.zeros((300, 1))), Target("y", "regression")
    grouping = Grouping(**{"groups" if what == "group" else "times": np.zeros(300)})
    with pytest.raises(OptionError, match=f"the 300 rows to learn from are of 1 {what}, .* more {what}s"):
        rows_held_out(rows, 6, 0, target, grouping)


@pytest.mark.parametrize("n_folds", [2, 5, 16])
def test_copies_are_in_one_fold_and_each_fold_has_its_share_of_different_rows(n_folds):
    random = np.random.default_rng(0)
    copies = np.append(np.arange(160), random.integers(0, 160, 300))
    classes = (copies % 4 == 0).astype(np.intp)
    fold = folds(460, n_folds, 3, classes=classes, grouping=Grouping(copies=copies))
    assert all(len(set(fold[copies == one])) == 1 for one in range(160))
    different = fold[:160]
    assert np.ptp(np.bincount(different, minlength=n_folds)) <= 1
    assert np.ptp(np.bincount(different[classes[:160] == 1], minlength=n_folds)) <= 1
    np.testing.assert_array_equal(
        folds(160, n_folds, 3, grouping=Grouping(copies=np.arange(160))), folds(160, n_folds, 3)
    )


def test_no_member_trains_on_copies_of_rows_that_it_holds_out():
    copies = np.repeat(np.arange(50), 4)
    rows = TrainingRows(np.zeros((200, 1), np.float32), np.zeros((200, 1), np.float32), None)
    held_out = rows_held_out(rows, 6, 0, Target("y", "regression"), Grouping(copies=copies))
    for mask in held_out:
        assert not set(copies[mask]) & set(copies[~mask])
        assert 0 < len(set(copies[mask])) <= 8
