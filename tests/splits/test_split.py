"""The split: every row once, each class in its share, the same rows for the same seed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selenite.errors import OptionError
from selenite.nn.random import EXPLAIN, SPLIT
from selenite.splits.grouping import Grouping
from selenite.splits.split import drawn_rows, parts, split


@settings(deadline=None)
@given(n=st.integers(2, 300), fraction=st.floats(0.01, 0.99), seed=st.integers(0, 9))
def test_each_row_is_in_one_part(n, fraction, seed):
    kept, held_out = split(n, fraction, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, held_out])), np.arange(n))
    assert len(kept) > 0
    assert len(held_out) == min(max(round(n * fraction), 1), n - 1)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=200), st.sampled_from([0.15, 0.25, 0.5]))
def test_each_class_is_held_out_in_its_share(labels, fraction):
    classes = np.array(labels)
    kept, held_out = split(len(classes), fraction, 1, classes)
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, held_out])), np.arange(len(classes)))
    for label in set(labels):
        size = (classes == label).sum()
        assert (classes[held_out] == label).sum() == pytest.approx(size * fraction, abs=1.01)
        assert (classes[kept] == label).any()


def test_seed_names_the_rows():
    np.testing.assert_array_equal(split(50, 0.2, 3)[1], split(50, 0.2, 3)[1])
    assert (split(50, 0.2, 3)[1] != split(50, 0.2, 4)[1]).any()


def test_copies_are_on_one_side():
    copies = np.repeat(np.arange(60), 3)
    kept, held_out = split(180, 0.25, 0, classes=copies % 2, grouping=Grouping(copies=copies))
    assert not set(copies[kept]) & set(copies[held_out])
    assert len(held_out) in (42, 45, 48)  # a quarter of each class, rounded
    assert sorted([*kept, *held_out]) == list(range(180))


def test_whole_groups_or_the_latest_rows_are_put_aside():
    groups = np.random.default_rng(0).integers(0, 40, 300)
    kept, aside = split(300, 0.25, 0, grouping=Grouping(groups=groups))
    assert not set(groups[kept]) & set(groups[aside])
    assert 40 <= len(aside) <= 110
    times = np.random.default_rng(1).permutation(300).astype(float)
    kept, aside = split(300, 0.25, 0, grouping=Grouping(times=times))
    assert times[kept].max() < times[aside].min()
    assert len(aside) == 75


@pytest.mark.parametrize(("grouping", "what"), [("groups", "group"), ("times", "moment")])
def test_one_group_cannot_be_split(grouping, what):
    with pytest.raises(OptionError, match=f"all rows are of 1 {what}, too few to put one aside"):
        split(30, 0.2, 0, grouping=Grouping(**{grouping: np.zeros(30)}))


def test_parts_are_one_split_or_folds_that_judge_each_row_once():
    assert [[len(rows) for rows in part] for part in parts(50, 0, 0.2, 3)] == [[40, 10]]
    judged = [aside for _, aside in parts(50, 5, 0.2, 3)]
    assert sorted(np.concatenate(judged).tolist()) == list(range(50))
    assert all(len(np.intersect1d(*part)) == 0 for part in parts(50, 5, 0.2, 3))


def test_rows_that_stand_for_all_are_drawn_by_the_seed():
    for most in (100, math.inf):
        np.testing.assert_array_equal(drawn_rows(100, most, 0, SPLIT), np.arange(100))
    rows = drawn_rows(100, 30.5, 0, SPLIT)
    assert len(set(rows)) == 30
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(rows, drawn_rows(100, 30, 0, SPLIT))
    assert set(rows) != set(drawn_rows(100, 30, 1, SPLIT)) != set(drawn_rows(100, 30, 1, EXPLAIN))
