"""Rows in pieces of others: one type a column, named errors, the same rows each time."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pytest
from pyarrow import parquet

from selenite.errors import TableError
from selenite.table import Dates, Numbers, Text, as_table, pieces_of
from selenite.table.limits import PIECE_ROWS
from selenite.table.parted import joined


def together(*pieces):
    return joined(list(pieces_of(pieces)))


def test_a_column_has_one_type_in_all_pieces():
    day = datetime.datetime(2026, 1, 31)
    found = together(
        {"n": [1, 2], "f": [1, 2], "t": [None, None], "d": [None, None], "b": [True, None], "gaps": [None, None]},
        {"d": [day], "n": [None], "f": [0.5], "t": ["a"], "b": [False], "gaps": [None]},
        {"n": [3], "f": [7], "t": ["b"], "d": [None], "b": [None], "gaps": [None]},
    )
    whole = as_table(
        pd.DataFrame(
            {
                "n": pd.array([1, 2, None, 3], "Int64"),
                "f": [1, 2, 0.5, 7],
                "t": [None, None, "a", "b"],
                "d": pd.to_datetime([None, None, day, None]),
                "b": pd.array([True, None, False, None], "boolean"),
                "gaps": [None] * 4,
            }
        )
    )
    assert found.names == whole.names
    for name in whole.names:
        ours, theirs = found[name], whole[name]
        assert type(ours) is type(theirs), name
        if isinstance(ours, Text) and isinstance(theirs, Text):
            assert (ours.codes.tolist(), ours.values) == (theirs.codes.tolist(), theirs.values)
            continue
        np.testing.assert_array_equal(ours.values, theirs.values)
        if isinstance(ours, Numbers) and isinstance(theirs, Numbers):
            assert ours.type == theirs.type, name
        if isinstance(ours, Dates) and isinstance(theirs, Dates):
            assert ours.zoned == theirs.zoned


def test_large_whole_numbers_keep_their_digits_over_pieces():
    found = together({"n": [1]}, {"n": [2**60 + 1]})
    assert found["n"].written.values == ("1", str(2**60 + 1))


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([{"x": [1.0]}, {"x": ["a"]}], r'piece 2: column "x" holds text, but in piece 1 numbers'),
        ([{"x": [None]}, {"x": [True]}, {"x": [1]}], r'piece 3: column "x" holds numbers, but in piece 2 truth values'),
        ([{"x": [1]}, {"y": [1]}], r'piece 2 has no column "x", which the first piece has'),
        ([{"x": [1]}, {"x": [1], "y": [1]}], r'piece 2 has a column "y", which the first piece has not'),
        ([{"x": [1]}, {"x": [np.inf]}], 'piece 2: x, row 1: column "x" holds infinity'),
        ([{"x": [1], "y": [1, 2]}], 'piece 1: the columns must be as long as each other.*"x" 1, "y" 2'),
        ([{"x": []}, {"x": []}], "the iterable has no rows"),
    ],
)
def test_pieces_that_do_not_go_together_are_named(pieces, error):
    with pytest.raises(TableError, match=error):
        pieces_of(pieces)


def test_a_piece_that_is_no_table_is_named():
    with pytest.raises(TypeError, match="piece 2: .*mixes"):
        pieces_of([{"x": [1]}, {"x": ["a", 1]}])


def test_pieces_are_bounded_and_say_where_their_rows_are():
    pieces = list(pieces_of([{"x": np.arange(40_000)}, {"x": []}, {"x": np.arange(5)}]))
    assert max(piece.n_rows for piece in pieces) == PIECE_ROWS
    assert pieces[-1].place(0) == "row 40,001"
    assert joined(pieces)["x"].values.tolist() == [*range(40_000), *range(5)]


def test_rows_that_change_are_noticed():
    class Changing:
        parts = ([1, 2], [3])

        def __iter__(self):
            for part in self.parts:
                yield {"x": part}

    for parts in ([[1, 2]], [[1, 2], [3], [4]], [["a", "b"], ["c"]], [[1, 2], [0.5]]):
        rows = Changing()
        pieces = pieces_of(rows)
        rows.parts = parts
        with pytest.raises(TableError, match="the iterable gave other rows when gone over again"):
            list(pieces)


def test_a_reader_is_read_once_and_given_many_times(tmp_path):
    words = pa.array(["a", None, "b"] * 10_000).dictionary_encode()
    whole = pa.table({"t": words, "n": np.arange(30_000)})
    reader = pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches(7_000))
    pieces = pieces_of(reader)
    for _ in range(2):
        found = joined(list(pieces))
        assert found["n"].values.tolist() == list(range(30_000))
        assert found["t"].codes[:3].tolist() == [0, -1, 1]
    assert (pieces.n_rows, pieces.declared) == (30_000, ["t"])


def test_a_dataset_keeps_the_order_of_its_files(tmp_path):
    for k in range(5):
        csv = "n,t\n" + "".join(f"{k * 1000 + i},{'' if k else 'a'}\n" for i in range(1000))
        (tmp_path / f"{k}.csv").write_text(csv)
    pieces = pieces_of(pyarrow.dataset.dataset(tmp_path, format="csv"))
    assert joined(list(pieces))["n"].values.tolist() == list(range(5000))


def test_what_was_read_of_a_parquet_dataset_is_not_kept(tmp_path):
    whole = pa.table({name: np.random.default_rng(0).normal(size=400_000) for name in "abcd"})
    parquet.write_table(whole, tmp_path / "t.parquet", row_group_size=20_000)
    before = pa.total_allocated_bytes()
    dataset = pyarrow.dataset.dataset(tmp_path / "t.parquet")
    held = [pa.total_allocated_bytes() - before for _ in pieces_of(dataset)]
    assert held[-1] < whole.nbytes / 4
