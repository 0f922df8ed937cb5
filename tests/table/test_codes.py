"""Whole numbers that are codes are told with the option that has them learnt from as such; sizes are not."""

import numpy as np
import pytest

from selenite.table import Numbers, Table, as_column, read_table
from selenite.table.audit import audit

N = 3000


def told(name, values, answers, kinds=None):
    table = Table((name, "y"), (Numbers(values.astype(float), "int"), as_column(answers)), len(values))
    return [one for one in audit(table, "y", kinds=kinds) if one.kind == "codes"]


def random_codes(seed, n_different=120):
    """Return codes of rows, and what each adds to the answer, in no order."""
    random = np.random.default_rng(seed)
    names = random.choice(90_000, n_different, replace=False) + 10_000
    of_rows = random.integers(0, n_different, N)
    return names[of_rows], random.normal(size=n_different)[of_rows], random


def test_codes_far_apart_are_told_with_the_option():
    values, adds, random = random_codes(0)
    answers = adds + random.normal(size=N)
    [found] = told("place", values, answers)
    assert found.message == (
        'column "place" holds whole numbers that seem to be codes: each tells of "y", and their order does not. '
        "If they are, add --kind place=category"
    )
    assert told("place", values, np.where(answers > 0, "no", "yes"))
    assert not told("place", values, answers, kinds={"place": "number"})


@pytest.mark.parametrize(("name", "is_told"), [("shop_id", True), ("ZipCode", True), ("codename", False), ("x", False)])
def test_codes_in_a_row_are_told_by_their_name(name, is_told):
    _, adds, random = random_codes(1, 40)
    values = np.unique(adds, return_inverse=True)[1]
    shuffled = random.permutation(40)[values]
    assert bool(told(name, shuffled + 1, adds + random.normal(size=N))) == is_told


def test_sizes_are_not_told():
    random = np.random.default_rng(2)
    amounts = np.round(np.exp(random.normal(6, 1, 300)))[random.integers(0, 300, N)]  # that recur
    for answers in (np.log(amounts), np.sin(np.log(amounts)), (amounts > 400) * 1.0, 0 * amounts):
        assert not told("pay_id", amounts, answers + 0.3 * random.normal(size=N))


def test_days_and_amounts_beside_mostly_zeros_are_not_told():
    random = np.random.default_rng(3)
    days = np.datetime64("2015-01-01") + np.arange(3200)
    of_rows = random.integers(0, len(days), 4 * N)
    written = np.array([str(day).replace("-", "") for day in days]).astype(int)[of_rows]
    assert not told("day", written, (of_rows % 7) + random.normal(size=4 * N))
    values, adds, random = random_codes(4)
    rare = random.random(N) < 0.3
    assert not told("gain", np.where(rare, values, 0), np.where(rare, 3 * adds, 0.0))


def test_real_sizes_are_not_told():
    table = read_table("tests/data/pima_diabetes.csv")
    assert not [one for one in audit(table, "target") if one.kind == "codes"]
