"""Frames and arrays of others become tables, or are refused by name."""

import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from selenite.errors import TableError
from selenite.table import (
    Dates,
    Numbers,
    ReadOptions,
    Table,
    Text,
    as_column,
    as_table,
    encode,
    learn_schema,
    read_table,
)

ROWS = {
    "i": [3, 1, 2, 5],
    "f": [1.5, None, 2.0, -1.0],
    "s": ["a", None, "b", "c"],
    "b": [True, False, True, True],
    "d": [datetime.datetime(2026, 1, 1), None, datetime.datetime(2026, 3, 4, 5), datetime.datetime(2025, 1, 1)],
}


def test_the_same_values_give_the_same_bits(tmp_path):
    frame = pd.DataFrame(ROWS)
    frame.to_csv(tmp_path / "x.csv", index=False)
    frame.to_parquet(tmp_path / "x.parquet")
    nullable = frame.convert_dtypes()
    categorical = frame.astype({"s": "category"})
    tables = [as_table(x) for x in (frame, nullable, categorical, pl.DataFrame(ROWS), pa.table(ROWS))]
    tables += [read_table(tmp_path / "x.csv"), read_table(tmp_path / "x.parquet")]
    schema = learn_schema(tables[0])
    first = encode(schema, tables[0], np.float64)
    for table in tables:
        assert learn_schema(table) == schema
        assert encode(schema, table, np.float64).tobytes() == first.tobytes()


@pytest.mark.parametrize(
    "awkward",
    [
        np.asfortranarray,
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: X[::-1].copy()[::-1],
        lambda X: X.astype(">f8"),
        lambda X: pa.table({f"x{i}": X[:, i] for i in range(3)}),
        lambda X: pl.DataFrame(X, schema=["x0", "x1", "x2"]),
        lambda X: pd.DataFrame(X, columns=["x0", "x1", "x2"]),
        lambda X: X.astype(object),
        lambda X: X.tolist(),
    ],
)
def test_awkward_arrays_equal_a_plain_copy_and_stay_unchanged(awkward):
    X = np.random.default_rng(0).normal(size=(20, 3))
    given = awkward(X)
    before = X.tobytes()
    if isinstance(given, np.ndarray):
        given.setflags(write=False)
    table = as_table(given)
    assert table.names == ("x0", "x1", "x2")
    for i in range(3):
        assert table[f"x{i}"].values.tobytes() == np.ascontiguousarray(X[:, i]).tobytes()
    assert X.tobytes() == before


def texts_of(column):
    return [None if code < 0 else column.values[code] for code in column.codes]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([10, None, 2, 10], ["10", None, "2", "10"]),
        ([2**60 + 1, 2**60, None, 2**60], ["1152921504606846977", "1152921504606846976", None, "1152921504606846976"]),
        ([0.5, 7.0, None, 0.5], ["0.5", "7", None, "0.5"]),
        ([1, 0, None, 1], ["1", "0", None, "1"]),
    ],
    ids=["ints", "large", "floats", "two"],
)
def test_numbers_of_a_categorical_column_are_names(values, texts, ordered):
    categories = sorted({value for value in values if value is not None})
    frame = pd.DataFrame({"a": pd.Categorical(values, categories, ordered=ordered)})
    for table in (frame, pa.table({"a": pa.array(values).dictionary_encode()}), pa.Table.from_pandas(frame)):
        assert texts_of(as_table(table)["a"]) == texts
    numbers = frame.astype({"a": "Int64" if isinstance(values[0], int) else float})
    assert isinstance(as_table(numbers)["a"], Numbers)


def test_two_truth_values_of_a_categorical_column_remain():
    frame = pd.DataFrame({"a": pd.Categorical([True, None, False])})
    for table in (frame, pa.table({"a": pa.array([True, None, False]).dictionary_encode()})):
        assert as_table(table)["a"].type == "bool"
        np.testing.assert_array_equal(as_table(table)["a"].values, [1, np.nan, 0])


def test_nullable_and_other_types():
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], "Int64"),
            "b": pd.array([True, None], "boolean"),
            "k": pd.Categorical([1, 2]),
            "e": [Decimal("1.5"), None],
            "z": pd.to_datetime(["2026-01-01", None]).tz_localize("Europe/Berlin"),
            "n": [None, None],
            7: [1, 2],
        }
    )
    table = as_table(frame)
    assert table.names[-1] == "7"
    np.testing.assert_array_equal(table["i"].values, [1, np.nan])
    assert (table["i"].type, table["b"].type) == ("int", "bool")
    assert texts_of(table["k"]) == ["1", "2"]
    assert table["e"].values[0] == 1.5
    assert table["z"].values[0] == np.datetime64("2025-12-31T23:00")
    assert table["n"].missing().all()
    polars = as_table(pl.DataFrame({"n": [None, None], "e": pl.Series(["x", "y"], dtype=pl.Enum(["x", "y"]))}))
    assert isinstance(polars["e"], Text)
    assert polars["n"].missing().all()


def test_a_table_is_returned_as_it_is():
    table = Table(("a",), (Numbers(np.ones(2)),), 2)
    assert as_table(table) is table


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.ones(3), ValueError, r"Reshape your data either using array.reshape\(-1, 1\)"),
        (np.ones((2, 2, 2)), ValueError, r"Found array with dim 3\. .* expected <= 2"),
        (np.ones((0, 3)), ValueError, r"0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1 is required\."),
        (np.ones((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\) while a minimum of 1 is required\."),
        (np.ones((2, 2)) * 1j, ValueError, "Complex data not supported"),
        (np.array([[1j, "a"]], dtype=object), ValueError, "Complex data not supported"),
        (np.array([[1.0, 2], [3, np.inf]]), TableError, 'row 2: column "x1" holds infinity'),
        (np.array([[{"foo": "bar"}]], dtype=object), TypeError, "argument must be .* string.* number"),
        (np.array([[1], ["a"]], dtype=object), TypeError, '"x0" mixes int and str: argument must be'),
        (np.array([[1]], dtype="m8[D]"), TableError, '"x0" has type timedelta'),
        (np.array([[b"x"]]), TableError, '"x0" has type'),
        ([[1, 2], [3]], TableError, "different lengths"),
        (pl.DataFrame({"a": [[1]]}), TableError, '"a" has type List'),
        (pl.DataFrame({"a": [b"x"]}), TableError, '"a" has type Binary'),
        (pl.DataFrame({"a": [1]}).lazy(), TypeError, r"call \.collect\(\)"),
        (pd.DataFrame({"a": pd.to_timedelta([1])}), TableError, '"a" has type timedelta'),
        (pd.DataFrame({"a": [1, "x"]}), TypeError, '"a" mixes int and str'),
        (pd.DataFrame({"a": [1j]}), ValueError, "Complex data not supported"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), TableError, 'columns 1 and 2 are both called "a"'),
        (pd.DataFrame({"a": [1, -np.inf]}), TableError, 'row 2: column "a" holds -infinity'),
        (pa.table({"a": [[1]]}), TableError, '"a" has type list'),
    ],
)
def test_what_is_no_table_is_refused_by_name(X, error, message):
    with pytest.raises(error, match=message):
        as_table(X)


def test_sparse_matrices_are_refused():
    from scipy import sparse

    for X in (sparse.eye(3), sparse.csr_array(np.eye(3))):
        with pytest.raises(TypeError, match=r"sparse.*dense data is required"):
            as_table(X)


def test_big_integers_are_noticed():
    assert "2^53" in as_table(pl.DataFrame({"a": pl.Series([2**63], dtype=pl.UInt64)})).notices[0]
    assert "2^53" in as_table(np.array([[2**60]])).notices[0]


def test_columns():
    for y in ([1, 2], (1, 2), np.array([1, 2]), pd.Series([1, 2]), pl.Series([1, 2]), pa.chunked_array([[1, 2]])):
        column = as_column(y)
        assert isinstance(column, Numbers)
        assert column.type == "int"
    assert isinstance(as_column(["a", "b"]), Text)
    assert isinstance(as_column(np.array(["2026-01-01"], "M8[D]")), Dates)
    for frame in (pd.DataFrame({"a": [1, 2]}, dtype="Int64"), pl.DataFrame({"a": [1, 2]})):
        assert as_column(frame).type == "int"
    assert as_column(pd.Series([1, 2], dtype="category")).type == "int"  # as a target it may be a number
    assert as_column(pd.Series(["a", None], dtype="category")).missing().tolist() == [False, True]
    with pytest.raises(TypeError, match="mixes int and str"):
        as_column([1, "a"])
    with pytest.raises(TableError, match="1-D"):
        as_column(np.ones((2, 2)))
    with pytest.raises(TableError, match="infinity"):
        as_column([1.0, np.inf])


@pytest.mark.parametrize(
    ("value", "what"),
    [
        pytest.param(10**400, "a number beyond", id="10**400"),
        pytest.param(10**5000, "a number beyond", id="more digits than Python prints"),
        pytest.param(Fraction(-(10**400)), "a number beyond", id="fraction"),
        (Decimal("sNaN"), "a signaling NaN"),
        (
            datetime.datetime(9999, 12, 31, 23, tzinfo=datetime.timezone(datetime.timedelta(hours=-5))),
            "a moment outside",
        ),
        (datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5))), "a moment outside"),
    ],
)
def test_what_no_column_can_hold_is_refused_by_column_and_row(value, what):
    message = f'row 3: column "a" holds {what}.*Correct it, or make it missing'
    before = datetime.date(2026, 1, 1) if isinstance(value, datetime.date) else 1
    cells = [before, None, value]
    for X in (
        pd.DataFrame({"a": pd.Series(cells, dtype=object)}),
        pl.DataFrame({"a": pl.Series(cells, dtype=pl.Object)}),
    ):
        with pytest.raises(TableError, match=message):
            as_table(X)
    with pytest.raises(TableError, match=message):
        as_column(cells, "a")
    with pytest.raises(TableError, match=message.replace('"a"', '"x0"')):
        as_table([[cell] for cell in cells])
    assert as_column([before, Decimal("NaN") if before == 1 else None]).missing().tolist() == [False, True]


@pytest.mark.parametrize("year", [12_000, 300_000])  # microseconds hold the one, not the other
@pytest.mark.parametrize("unit", ["s", "ms"])
def test_moments_outside_of_the_calendar_are_refused_wherever_they_come_from(tmp_path, year, unit):
    days = np.array(["2026-01-01", f"{year}-01-01", "NaT"], dtype="datetime64[D]")
    moments = days.astype(f"datetime64[{unit}]")
    arrow = pa.table({"a": pa.array(moments)})
    pq.write_table(arrow, tmp_path / "t.parquet")
    polars = (pl.from_arrow(arrow),) if unit == "ms" else ()  # which has no seconds
    for X in (
        pd.DataFrame({"a": moments}),
        pd.DataFrame({"a": pd.Series(list(moments), dtype=object)}),
        arrow,
        *polars,
    ):
        with pytest.raises(TableError, match='row 2: column "a" holds a moment outside of the years 1 to 9999'):
            as_table(X)
    with pytest.raises(TableError, match='t.parquet, row 2: column "a" holds a moment outside'):
        read_table(str(tmp_path / "t.parquet"), ReadOptions())
    for array in (moments, days):
        with pytest.raises(TableError, match="row 2: .* holds a moment outside"):
            as_column(array, "a")
        assert as_column(array[[0, 2]], "a").values.astype(str).tolist() == ["2026-01-01T00:00:00.000000", "NaT"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_of_any_unit_are_the_same(unit):
    moments = np.array(["2026-03-01T12:34:56", "NaT", "1969-12-31T23:59:59"], dtype=f"datetime64[{unit}]")
    expected = moments.astype("datetime64[us]")
    for X in (pd.DataFrame({"a": moments}), pa.table({"a": pa.array(moments)})):
        np.testing.assert_array_equal(as_table(X)["a"].values, expected)
    days = pa.array([datetime.date(2026, 3, 1), None, datetime.date(1, 1, 1)])
    for type in (pa.date32(), pa.date64()):
        dates = as_table(pa.table({"a": days.cast(type)}))["a"].values
        assert dates.astype("datetime64[D]").astype(str).tolist() == ["2026-03-01", "NaT", "0001-01-01"]
