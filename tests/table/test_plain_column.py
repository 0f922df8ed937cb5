"""A short plain column is read as `infer_by_patterns` would read it, or left to that."""

import random

import numpy as np
import pyarrow
import pytest

from selenite.errors import TableError
from selenite.table import Numbers, ReadOptions, Text, read_table
from selenite.table.distinct import DistinctTexts
from selenite.table.infer import MOST_PLAIN_ROWS, infer_by_patterns, plain_column

CELLS = [
    *("", "", "0", "1", "-1", "12", "-0", "+1", "007", "00", "1.0", "2.0", "0.5", "-0.5", "-0.0", ".5", "5.", "1e5"),
    *("9007199254740991", "9007199254740992", "1e400", "1" * 400, "0." + "1" * 400, " 1", "1 ", "1,5", "1_0", "١"),
    *("NA", "na", "Na", "N/A", "n/a", "NaN", "nan", "-nan", "NULL", "Null", "NaT", "<NA>", "#N/A", "inf", "Infinity"),
    *("true", "True", "TRUE", "false", "yes", "no", "Yes ", " yes", "a", "é", "e\u0301", "a b", "a\nb", "1\n2", "x1"),
    *("Oslo", "São Paulo", "-", "?", "_", "a_", "$", "12%", "\u00a0a", "a\u2028b", "a.", "10:30", "May", "∞", "NA "),
    *("null\u2003", "2026-01-02", "-inf", "0x1", "1E3"),
]  # fmt: skip


def as_read(cells):
    """Return the column that the patterns read, None where they have something to say of it."""
    try:
        texts = DistinctTexts(cells, "a", 0, ReadOptions(), lambda row: f"row {row}", None)
        column, remarks, *_ = infer_by_patterns(texts)
    except TableError:
        return None
    return None if remarks else column


def test_plain_columns_are_read_as_the_patterns_read_them():
    rng, read = random.Random(0), 0
    for trial in range(3000):
        among = (
            rng.sample(CELLS, rng.choice([1, 2, 3])) if trial % 2 else [f"{rng.gauss(0, 9):.{rng.randrange(4)}f}", ""]
        )
        cells = pyarrow.chunked_array([[rng.choice(among) for _ in range(rng.randrange(1, 9))]], pyarrow.string())
        plain = plain_column(cells, ReadOptions())
        if plain is None:
            continue
        read += 1
        expected = as_read(cells)
        assert type(plain) is type(expected), cells
        if isinstance(plain, Numbers):
            np.testing.assert_array_equal(plain.values, expected.values)
            assert (plain.type, plain.written) == (expected.type, expected.written), cells
        else:
            assert (plain.codes.tolist(), plain.values) == (expected.codes.tolist(), expected.values)
            assert plain.codes.dtype == expected.codes.dtype
    assert read > 500


@pytest.mark.parametrize(
    "cells", [["1", "-2", ""], ["0.5", "1", "-12.25"], ["yes", "no", ""], ["Oslo", "São Paulo", "Bo-Ås"]]
)
def test_what_is_usual_is_plain(cells):
    assert isinstance(plain_column(pyarrow.chunked_array([cells]), ReadOptions()), Numbers | Text)
    assert plain_column(pyarrow.chunked_array([cells * MOST_PLAIN_ROWS]), ReadOptions()) is None
    for given in ({"decimal": ","}, {"thousands": ","}, {"strip": "$"}, {"missing": ("no",)}):
        assert plain_column(pyarrow.chunked_array([cells]), ReadOptions(**given)) is None


def test_many_plain_columns_are_read_without_a_pattern_each(tmp_path, monkeypatch):
    path = tmp_path / "wide.csv"
    rows = [
        ",".join(f"c{i}" for i in range(3000)),
        *(",".join(str(row * i % 7) for i in range(3000)) for row in range(20)),
    ]
    path.write_text("\n".join(rows) + "\n")
    monkeypatch.setattr("selenite.table.infer.infer_by_patterns", None)
    table = read_table(path)
    np.testing.assert_array_equal(table["c2999"].values, [row * 2999 % 7 for row in range(20)])
