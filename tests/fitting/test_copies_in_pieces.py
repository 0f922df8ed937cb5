"""Rows that repeat others among very many: counted in little memory, told where they would make figures too good."""

from collections import Counter

import numpy as np
import pytest

from selenite.fitting import twins
from selenite.fitting.twins import Twins, findings_of, hashes_of


@pytest.fixture
def rows():
    """Return 9,000 rows of which the last third repeats some of the others with their answers, in any order."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6_000, 3)).astype(np.float32), rng.integers(0, 3, 6_000).astype(float)
    order = rng.permutation(9_000)
    again = rng.integers(0, 4_000, 3_000)
    return np.concatenate([X, X[again]])[order], np.concatenate([y, y[again]])[order]


def told(X, answers, judging, n_pieces=9, n_parts=1):
    """Return what is told of rows in pieces, of which several count a part each."""
    found = []
    for part in np.array_split(np.arange(len(X)), n_parts):
        counting = Twins(hashes_of(X[judging]), answers[judging])
        for piece in np.array_split(part, n_pieces):
            counting.add(X[piece], answers[piece], ~np.isin(piece, judging))
        found.append(counting)
    return findings_of(found)


@pytest.mark.parametrize("n_parts", [1, 2, 5])
@pytest.mark.parametrize("most", [1 << 18, 700])
def test_copies_are_counted_and_told(rows, most, n_parts, monkeypatch):
    monkeypatch.setattr(twins, "MOST_HASHES", most)
    X, y = rows
    judging = np.arange(0, 9_000, 7)
    learnt = {row.tobytes() for row in np.delete(X, judging, axis=0)}
    n_twins = sum(row.tobytes() in learnt for row in X[judging])
    n_different = len(Counter(row.tobytes() for row in X))
    [finding] = told(X, y, judging, n_parts=n_parts)
    share, words = finding.evidence.split(" of 9,000 rows repeat others")
    assert share.startswith("about ") == (most == 700)
    assert float(share.removeprefix("about ")[:-1]) == pytest.approx(
        100 * (1 - n_different / 9_000), abs=5 if most == 700 else 0.06
    )
    assert f"and {n_twins:,} of {len(judging):,} test rows repeat rows that were learnt from" in words


def test_rows_that_are_equal_by_chance_or_not_at_all_are_not_told(rows):
    rng, (X, y) = np.random.default_rng(1), rows
    judging = np.arange(0, 6_000, 7)
    assert told(rng.normal(size=X.shape).astype(np.float32), y, judging) == ()
    assert told(rng.integers(0, 5, X.shape).astype(np.float32), y, judging) == ()  # with any answer
    assert told(X, np.zeros(len(X)), judging) == ()  # which any two rows have in common
