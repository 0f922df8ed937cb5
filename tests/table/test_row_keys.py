"""Keys of rows: those of equal rows are equal, whatever they were read from, and no others."""

import numpy as np
import pandas as pd
import pytest

from selenite.table import as_table, encode, input_names, learn_schema, match, read_table
from selenite.table.known_rows import of_known_rows, row_keys
from selenite.table.schema import KnownRows, Schema

ROWS = pd.DataFrame(
    {
        "size": [1.5, 0.0, -0.0, np.nan, 1.5, 1.5],
        "colour": ["red", "blue", "blue", "red", "red", None],
        "on": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-03", "2024-01-01", "2024-01-01"]),
    }
)


def keys_of(frame, schema=None):
    table = as_table(frame)
    return row_keys(match(schema or learn_schema(table), table))


def test_equal_rows_have_equal_keys_and_others_have_not():
    keys = keys_of(ROWS)
    assert keys[0] == keys[4]
    assert keys[1] == keys[2]
    assert len(set(keys.tolist())) == 4


def test_what_a_table_is_read_from_does_not_matter(tmp_path):
    schema = learn_schema(as_table(ROWS))
    ROWS.to_csv(tmp_path / "rows.csv", index=False)
    ROWS.to_parquet(tmp_path / "rows.parquet")
    for file in ("rows.csv", "rows.parquet"):
        assert (row_keys(match(schema, read_table(tmp_path / file))) == keys_of(ROWS)).all()
    turned = ROWS[ROWS.columns[::-1]].assign(further=1)
    assert (keys_of(turned, schema) == keys_of(ROWS)).all()
    alone = [keys_of(ROWS.iloc[[k]], schema)[0] for k in range(len(ROWS))]
    assert (np.array(alone) == keys_of(ROWS)).all()


def test_key_of_a_row_by_hand():
    schema = learn_schema(as_table(pd.DataFrame({"x": [2.0, 3.0, 5.0]})))
    bits, word = int(np.float64(3).view(np.uint64)), 2**64 - 1
    x = (bits + 0x9E3779B97F4A7C15) & word  # splitmix64 of 0 and the number
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & word
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & word
    assert row_keys(match(schema, as_table(pd.DataFrame({"x": [3.0]})))).tolist() == [x ^ (x >> 31)]


def test_rows_are_told_what_their_equals_answered():
    table = as_table(ROWS)
    schema, keys = learn_schema(table), keys_of(ROWS)
    known = np.sort(keys[[0, 1]])
    values = np.where(known == keys[0], 0.5, -2.0).astype("<f4")
    known_rows = KnownRows(("mean",), known.astype("<u8").tobytes(), values.tobytes())
    expected = [[1, 1, 1, 0, 1, 0], [0.5, -2, -2, 0, 0.5, 0]]
    assert of_known_rows(known_rows, keys).tolist() == expected
    knowing = Schema(schema.columns, known_rows=known_rows)
    assert input_names(knowing)[-2:] == ("known row", "known row: mean")
    assert encode(knowing, table)[:, -2:].T.tolist() == expected
    np.testing.assert_array_equal(encode(knowing, table)[:, :-2], encode(schema, table))


@pytest.mark.parametrize("n", [0, 1])
def test_no_rows(n):
    known_rows = KnownRows(("mean",), b"", b"")
    assert of_known_rows(known_rows, keys_of(ROWS)[:n]).tolist() == [[0] * n, [0] * n]
