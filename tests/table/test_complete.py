"""`drop_missing` leaves out rows that lack a value, at once and in pieces, and says how many."""

import numpy as np
import pandas as pd
import pytest

from selenite.table import ReadOptions, open_pieces, read_table
from selenite.table.parted import joined

ASKED = ReadOptions(drop_missing=("y", "town"))


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=300).round(3), "town": rng.choice(["a", "b"], 300)})
    table["y"] = (2 * table["x"] + (table["town"] == "a")).where(rng.random(300) > 0.2)
    return table.assign(town=table["town"].where(rng.random(300) > 0.1))


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_rows_with_gaps_are_left_out(frame, tmp_path, suffix, monkeypatch):
    path = tmp_path / f"rows.{suffix}"
    {"csv": frame.to_csv, "json": lambda path, index: frame.to_json(path, orient="records")}.get(
        suffix, frame.to_parquet
    )(path, index=False)
    whole = frame.dropna(subset=["y", "town"])
    table = read_table(path, ASKED)
    np.testing.assert_allclose(table["y"].values, whole["y"])
    assert table.notices[-1] == f'{300 - len(whole)} of 300 rows lack "y", "town" and are left out'
    monkeypatch.setattr("selenite.table.limits.PIECE_ROWS", 64)
    pieces = open_pieces(path, ASKED)
    assert pieces.n_rows == len(whole)
    np.testing.assert_array_equal(joined(list(pieces))["y"].values, table["y"].values)
    assert pieces.findings[-1].message == table.notices[-1]
    assert read_table(path, ReadOptions(drop_missing=("x",))).n_rows == 300
