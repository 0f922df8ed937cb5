"""Frames and arrays of others become tables, or are refused by name."""

import datetime
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from selenite.errors import SchemaError, TableError
from selenite.table import (
    Dates,
    Numbers,
    ReadOptions,
    Schema,
    Table,
    Text,
    as_column,
    as_table,
    encode,
    learn_schema,
    read_table,
)
from selenite.table.match import category_codes

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
        (np.ones((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\) while a minimum of 1 is required\."),
        (np.ones((2, 2)) * 1j, ValueError, "Complex data not supported"),
        (np.array([[1j, "a"]], dtype=object), ValueError, "Complex data not supported"),
        (np.array([[1.0, 2], [3, np.inf]]), TableError, 'row 2: column "x1" holds infinity'),
        (np.array([[{"foo": "bar"}]], dtype=object), TypeError, "argument must be .* string.* number"),
        (np.array([[1], ["a"]], dtype=object), TypeError, '"x0" mixes int and str: argument must be'),
        (np.array([[b"x"]]), TableError, '"x0" has type'),
        ([[1, 2], [3]], TableError, "different lengths"),
        (pl.DataFrame({"a": [[1]]}), TableError, '"a" has type List'),
        (pl.DataFrame({"a": [b"x"]}), TableError, '"a" has type Binary'),
        (pl.DataFrame({"a": [1]}).lazy(), TypeError, r"call \.collect\(\)"),
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


def test_sparse_matrices_are_taken_if_their_zeros_fit_into_memory():
    from scipy import sparse

    X = np.diag([1.0, 2.0, np.nan])
    for make in (sparse.csr_array, sparse.coo_matrix, sparse.csc_matrix):
        table = as_table(make(X), ("a", "b", "c"))
        assert table.names == ("a", "b", "c")
        np.testing.assert_array_equal([column.values for column in table.columns], X.T)
    with pytest.raises(
        TableError, match=r"sparse matrix of 1,000,000 columns has 10,000,000 rows, which need at least"
    ):
        as_table(sparse.csr_array((10_000_000, 1_000_000)))
    with pytest.raises(TypeError, match=r"y: .*dense data is required: pass y\.toarray\(\)"):
        as_column(sparse.csr_array(X), "y")


LARGE = [2**53 + 1, 2**53, 2**53 + 1, 2**63 - 1]


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame({"a": LARGE}),
        pd.DataFrame({"a": LARGE}, dtype="Int64"),
        pd.DataFrame({"a": LARGE}, dtype="uint64"),
        pd.DataFrame({"a": LARGE}, dtype=object),
        pl.DataFrame({"a": LARGE}),
        pl.DataFrame({"a": pl.Series(LARGE, dtype=pl.UInt64)}),
        pa.table({"a": LARGE}),
        pa.table({"a": pa.array(LARGE, pa.uint64())}),
    ],
    ids=["int64", "Int64", "uint64", "object", "polars", "polars uint64", "arrow", "arrow uint64"],
)
def test_whole_numbers_beyond_two_to_53_keep_their_digits(X):
    table = as_table(X)
    assert texts_of(table["a"].written) == [str(value) for value in LARGE]
    (known,) = learn_schema(table, {"a": "category"}).columns
    assert known.categories == tuple(map(str, sorted(set(LARGE))))
    again = as_table(pl.DataFrame({"a": [*LARGE, 2**53 + 2]}))["a"]
    assert category_codes(known, again).tolist() == [1, 0, 1, 2, 3]


def test_gaps_among_large_whole_numbers_stay():
    for X in (pd.DataFrame({"a": [2**60 + 1, None]}, dtype="Int64"), pa.table({"a": [2**60 + 1, None]})):
        column = as_table(X)["a"]
        assert column.missing().tolist() == [False, True]
        assert texts_of(column.written) == [str(2**60 + 1), None]
    array = as_table(np.array([[2**60 + 1, 1], [2**60, 2]]))
    assert texts_of(array["x0"].written) == [str(2**60 + 1), str(2**60)]
    assert array["x1"].written is None


SECONDS = [3600.0, None, 90_061.5, -1.0]
DURATIONS = [None if value is None else datetime.timedelta(seconds=value) for value in SECONDS]


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame({"a": pd.to_timedelta(SECONDS, unit="s")}),
        pd.DataFrame({"a": pd.Series(DURATIONS, dtype=object)}),
        pd.DataFrame({"a": pd.Series([*map(np.timedelta64, DURATIONS)], dtype=object)}),
        pd.DataFrame({"a": pd.Series([pd.Timedelta(DURATIONS[0]), pd.NaT, *DURATIONS[2:]], dtype=object)}),
        pd.DataFrame({"a": DURATIONS}).convert_dtypes(dtype_backend="pyarrow"),
        pl.DataFrame({"a": DURATIONS}),
        *(pa.table({"a": pa.array(DURATIONS, pa.duration(unit))}) for unit in ("ms", "us", "ns")),
    ],
)
def test_a_duration_is_a_number_of_seconds(X):
    column = as_table(X)["a"]
    assert (type(column), column.type) == (Numbers, "float")
    np.testing.assert_array_equal(column.values, [3600, np.nan, 90_061.5, -1])


def test_durations_of_arrays_and_targets():
    days = np.array([1, "NaT", 3], dtype="m8[D]")
    np.testing.assert_array_equal(as_column(days).values, [86_400, np.nan, 259_200])
    np.testing.assert_array_equal(as_table(days[:, None])["x0"].values, [86_400, np.nan, 259_200])
    np.testing.assert_array_equal(as_column(pd.Series(days)).values, [86_400, np.nan, 259_200])


def test_a_time_is_the_seconds_since_midnight():
    clock = [datetime.time(1, 2, 3, 500_000), None, datetime.time(23, 59)]
    for X in (
        pd.DataFrame({"a": clock}),
        pl.DataFrame({"a": clock}),
        pa.table({"a": pa.array(clock, pa.time64("us"))}),
        pa.table({"a": pa.array(clock, pa.time32("ms"))}),
    ):
        np.testing.assert_array_equal(as_table(X)["a"].values, [3723.5, np.nan, 86_340])


def test_a_period_is_its_first_moment():
    periods = pd.PeriodIndex(["2026-03", None, "2025-12"], freq="M")
    expected = np.array(["2026-03-01", "NaT", "2025-12-01"], dtype="datetime64[us]")
    for X in (pd.DataFrame({"a": periods}), pd.DataFrame({"a": pd.Series(periods, dtype=object)})):
        column = as_table(X)["a"]
        np.testing.assert_array_equal(column.values, expected)
        assert column.zoned is False
    np.testing.assert_array_equal(as_column(pd.Series(periods)).values, expected)


def test_sparse_columns_are_their_numbers():
    for values, type in (([0, 2, 0], "int"), ([0.0, np.nan, 1.5], "float"), ([False, True, False], "bool")):
        frame = pd.DataFrame({"a": pd.arrays.SparseArray(values), "b": [1, 2, 3]})
        column = as_table(frame)["a"]
        assert column.type == type
        np.testing.assert_array_equal(column.values, np.array(values, dtype=float))


@pytest.mark.parametrize(
    "X",
    [
        np.ones((0, 2)),
        np.ones((0, 2), dtype=object),
        pd.DataFrame({"x0": [], "x1": []}),
        pd.DataFrame({"x0": [1], "x1": ["a"]})[:0],
        pl.DataFrame({"x0": [1], "x1": ["a"]})[:0],
        pa.table({"x0": [1], "x1": ["a"]})[:0],
        pd.DataFrame({"x0": pd.Categorical([]), "x1": pd.to_datetime([])}),
        pd.DataFrame({"x0": pd.to_timedelta([]), "x1": pd.arrays.SparseArray([])}),
    ],
)
def test_a_table_may_have_no_rows(X):
    table = as_table(X)
    assert (table.names, table.n_rows) == (("x0", "x1"), 0)
    with pytest.raises(TableError, match=r"has no rows\. Found array with 0 sample\(s\) \(shape=\(0, 2\)\)"):
        table.require_rows()


AWARE = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=5)))


def test_moments_know_whether_they_had_a_zone():
    naive = AWARE.replace(tzinfo=None)
    for moments, zoned in (([AWARE, None], True), ([naive, None], False)):
        for X in (
            pd.DataFrame({"a": pd.Series(moments, dtype=object)}),
            pd.DataFrame({"a": pd.to_datetime(moments)}),
            pl.DataFrame({"a": moments}),
            pa.table({"a": moments}),
        ):
            column = as_table(X)["a"]
            assert column.zoned is zoned
            assert column.values[0] == np.datetime64("2026-01-01T07:00" if zoned else "2026-01-01T12:00")
            assert learn_schema(as_table(X)).columns[0].zoned is zoned
    with pytest.raises(TableError, match=r'row 1: column "a" holds a moment without a zone, and one with .* row 3'):
        as_table(pd.DataFrame({"a": pd.Series([naive, None, AWARE], dtype=object)}))


def test_training_and_prediction_agree_on_zones():
    naive = pd.DataFrame({"a": pd.to_datetime(["2026-01-01 12:00", "2026-01-02 12:00"])})
    aware = naive.assign(a=naive["a"].dt.tz_localize("Europe/Berlin"))
    for trained, given, words in ((naive, aware, "without a zone in training"), (aware, naive, "with a zone in trai")):
        schema = learn_schema(as_table(trained))
        encode(schema, as_table(trained))
        with pytest.raises(SchemaError, match=f'row 1: column "a" held times {words}'):
            encode(schema, as_table(given))
        before = Schema(tuple(replace(column, zoned=None) for column in schema.columns))  # of an older file
        encode(before, as_table(given))
    encode(learn_schema(as_table(aware)), as_table(aware.assign(a=aware["a"].dt.tz_convert("UTC"))))


@pytest.mark.parametrize(
    ("column", "written", "words"),
    [
        ([1.5, 2.0], ["42", None], r'held numbers in training, but here text such as "42"\. .*pandas\.to_numeric'),
        (pd.to_datetime(["2026-01-01", "2026-01-02"]), ["2026-01-03", "2026-01-04"], r"pandas\.to_datetime"),
        ([1.5, 2.0], ["42", "many"], r'row 2: .* but here "many"\. Correct it, or leave it empty'),
    ],
    ids=["numbers", "dates", "words"],
)
def test_text_where_numbers_were_is_to_be_converted(column, written, words):
    schema = learn_schema(as_table(pd.DataFrame({"a": column})))
    for X in (pd.DataFrame({"a": written}), pl.DataFrame({"a": written})):
        with pytest.raises(SchemaError, match=words):
            encode(schema, as_table(X))


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
    before = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) if isinstance(value, datetime.date) else 1
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
