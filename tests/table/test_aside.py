"""Which rows of very many are put aside, beside what all rows at once tell."""

from dataclasses import replace

import numpy as np
import pandas
import pytest

from selenite.errors import OptionError
from selenite.nn.random import SPLIT, bits
from selenite.table import Dates, Numbers, as_table
from selenite.table.aside import keys_by, put_aside
from selenite.table.share import Share
from selenite.table.table import Table

N = 3_000


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    shop = rng.zipf(1.5, N) % 500
    return as_table(
        pandas.DataFrame(
            {
                "shop": [f"s{k}" for k in shop],
                "number": shop.astype(float),
                "when": rng.integers(0, 400, N).astype(float),
            }
        )
    )


def pieces(table, *cuts):
    return [table.take(rows) for rows in np.split(np.arange(table.n_rows), cuts)]


def by_all_rows(keys, hashes, n_judging, n_choosing):
    """Return the rows to judge and to choose by, found by counting all at once."""
    parts, different = [], list(np.unique(keys))
    for most, fewest in ((n_judging, 1), (n_choosing, 2)):
        rows, n_keys = np.empty(0, np.intp), 0
        while most:
            of_key = np.flatnonzero(keys == different[0])
            if len(rows) + len(of_key) > most and n_keys >= fewest:
                break
            different.pop(0)
            rows, n_keys = np.append(rows, of_key), n_keys + 1
        parts.append(sorted(rows[np.argsort(hashes[rows])][:most].tolist()))
    return parts


@pytest.mark.parametrize("column", ["shop", "number", "when"])
@pytest.mark.parametrize("most", [(300, 200), (20, 10), (1, 1), (0, 100), (300, 0)])
def test_whole_groups_or_the_latest_rows(rows, column, most):
    keys = keys_by(None, column, 5) if column == "when" else keys_by(column, None, 5)
    of_all = keys.of(rows, np.arange(N))
    expected = by_all_rows(of_all, bits(5, SPLIT, np.arange(N)), *most)
    for cuts in ((), (1, 2, 700, 701, 2_000), range(100, N, 100)):
        found = put_aside(Share(pieces(rows, *cuts)), keys, *most)
        assert [found.judging.tolist(), found.choosing.tolist()] == expected
        aside = np.union1d(*expected)
        assert found.is_aside(of_all)[aside.astype(int)].all()
        assert found.is_aside(of_all).sum() == len(aside) + found.n_left
        assert not len(found.judging) or found.judges(of_all)[found.judging].all()
        assert not found.judges(of_all)[found.choosing].any()
    if column == "when" and most[0]:
        assert (
            rows["when"].values[found.judging].min()
            > np.delete(rows["when"].values, np.flatnonzero(found.judges(of_all))).max()
        )


def test_of_one_large_group_some_rows_are_drawn():
    table = as_table(pandas.DataFrame({"g": ["a"] * 400 + ["b"] * 400 + ["c"] * 200 + ["d"] * 200}))
    found = put_aside(Share([table]), keys_by("g", None, 0), 100, 50)
    assert (len(found.judging), len(found.choosing)) == (100, 50)
    left = ~found.is_aside(keys_by("g", None, 0).of(table, np.arange(1200)))
    assert found.n_left == 1200 - left.sum() - 150
    assert len({*table["g"].codes[left]}) == 1


def test_few_groups_or_moments_are_refused():
    table = as_table(pandas.DataFrame({"g": ["a", "b"] * 50, "t": [1.0, 2.0] * 50}))
    with pytest.raises(
        OptionError,
        match='all rows are of 2 groups by "g", too few to put some aside and learn from others: at least 4 are',
    ):
        put_aside(Share([table]), keys_by("g", None, 0), 10, 10)
    with pytest.raises(OptionError, match='all rows are of 2 moments by "t"'):
        put_aside(Share([table]), keys_by(None, "t", 0), 10, 10)
    with pytest.raises(OptionError, match="groups or time_column"):
        keys_by("g", "t", 0)


def test_a_group_is_the_same_wherever_its_pieces_come_from():
    """In a piece with numbers too large for a double they are compared as they are written, in another by value."""
    keys, numbers = keys_by("g", None, 0), np.arange(3)
    small = Table(("g",), (Numbers(np.array([1.0, 2.0, -0.0])),), 3)
    large = as_table(pandas.DataFrame({"g": [1, 2**53 + 1, 2**53 + 2]}))
    assert large["g"].written is not None
    of_small, of_large = keys.of(small, numbers), keys.of(large, numbers)
    assert of_small[0] == of_large[0]
    assert len(set(of_large.tolist())) == 3
    assert keys.of(as_table(pandas.DataFrame({"g": [0.0]})), numbers[:1])[0] == of_small[2]
    gaps = Table(("g",), (Numbers(np.full(3, np.nan)),), 3)
    assert len(set(keys.of(gaps, numbers).tolist())) == 3
    days = Table(("g",), (Dates(np.array(["2026-01-31", "NaT", "2026-01-31"], "datetime64[us]")),), 3)
    of_days = keys.of(days, numbers)
    assert of_days[0] == of_days[2] != of_days[1]
    assert (keys.of(replace(days, names=("g",)), numbers + 9)[[0, 2]] == of_days[[0, 2]]).all()
