"""Schemas are learnt from all rows, and rows become the numbers that a hand calculation gives."""

import io
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from sklearn.preprocessing import QuantileTransformer

from selenite.errors import OptionError, SchemaError, TableError
from selenite.table import (
    Dates,
    Numbers,
    Schema,
    Table,
    Text,
    as_table,
    encode,
    input_columns,
    input_names,
    learn_schema,
    measured_inputs,
    n_inputs,
    outside,
    read_table,
)
from selenite.table.encode import ranked
from selenite.table.learn import LEVELS, SCORES, quantiles


def read(text, **options):
    return read_table(io.BytesIO(text.encode()), **options)


def kinds(text):
    return [column.kind for column in learn_schema(read(text)).columns]


@pytest.fixture
def mixed():
    random = np.random.default_rng(0)
    n = 200
    days = np.datetime64("2024-01-01", "us") + random.integers(0, 10**13 * 5, n).astype("timedelta64[us]")
    gap = np.where(random.random(n) < 0.1, np.nan, 0)
    columns = (
        Numbers(random.normal(50, 20, n) + gap),
        Text(random.integers(-1, 4, n).astype(np.int32), ("red", "green", "blue", "never")),
        Numbers((random.random(n) < 0.3).astype(float), "bool"),
        Dates(np.where(random.random(n) < 0.1, np.datetime64("NaT", "us"), days)),
        Text(random.integers(0, 2, n).astype(np.int32), ("M", "F")),
    )
    return Table(("age", "colour", "member", "joined", "sex"), columns, n)


def test_by_hand():
    table = read("age,sex,city,paid\n10,M,Rome,yes\n20,F,Oslo,no\n30,F,,no\n40,M,Oslo,yes\n,M,Kiel,yes\n")
    schema = learn_schema(table)
    assert input_names(schema) == (
        *("age", "age: rank", "age is missing", "sex = M"),
        *("city = Kiel", "city = Oslo", "city = Rome", "city is missing", "paid"),
    )
    assert input_columns(schema) == (0, 0, 0, 1, 2, 2, 2, 2, 3)
    assert measured_inputs(schema) == (1,)
    (scale,) = schema.columns[0].scales
    assert (scale.center, scale.width) == (25.0, 15.0)  # quartiles of 10, 20, 30, 40: 17.5, 25, 32.5
    soft = [z / math.sqrt(1 + (z / 3) ** 2) for z in (-1.0, -1 / 3, 1 / 3, 1.0)]
    expected = [
        [soft[0], 0, 1, 0, 0, 1, 0, 1],
        [soft[1], 0, -1, 0, 1, 0, 0, -1],
        [soft[2], 0, -1, 0, 0, 0, 1, -1],
        [soft[3], 0, 1, 0, 1, 0, 0, 1],
        [0, 1, 1, 1, 0, 0, 0, 1],
    ]
    X = encode(schema, table, np.float64)
    np.testing.assert_allclose(np.delete(X, 1, axis=1), expected, rtol=1e-15)
    scores = ndtri([1 / 3, 2 / 3])  # of the shares of 10, 20, 30, 40 that lie below 20 and 30
    np.testing.assert_allclose(X[:, 1], [-3, *scores, 3, 0], atol=0.02)
    assert encode(schema, table).dtype == np.float32


def test_ranks_are_the_normal_scores_of_the_training_rows():
    """The same as scikit-learn's quantile transformation: monotone, middle ranks where rows share a value."""
    rng = np.random.default_rng(0)
    values = np.concatenate([np.exp(3 * rng.normal(size=700)), np.zeros(300)])
    schema = learn_schema(Table(("x",), (Numbers(values),), 1000))
    rank = encode(schema, Table(("x",), (Numbers(values),), 1000), np.float64)[:, 1]
    theirs = QuantileTransformer(n_quantiles=1000, output_distribution="normal").fit_transform(values[:, None])[:, 0]
    np.testing.assert_allclose(rank[:700], np.clip(theirs[:700], -3, 3), atol=0.06)
    assert (np.diff(rank[np.argsort(values)]) >= 0).all()
    assert set(rank[700:]) == {rank[700]}
    assert rank[700] < rank[:700].min()
    far = encode(schema, Table(("x",), (Numbers(np.array([-1e300, np.nan, 1e300])),), 3), np.float64)
    assert far[:, 1].tolist()[1:] == [0, 3]
    assert far[0, 1] <= rank[700]


def test_a_column_of_cases_gets_an_indicator_for_each():
    rng = np.random.default_rng(0)
    gain = np.where(rng.random(2000) < 0.9, 0.0, 100.0 * rng.integers(1, 36, 2000))
    plain = np.where(rng.random(2000) < 0.9, 0.0, rng.normal(size=2000))  # as many zeros, but every other value differs
    table = Table(("gain", "plain"), (Numbers(gain), Numbers(plain)), 2000)
    schema = learn_schema(table)
    frequent_values = schema.columns[0].frequent_values
    assert set(frequent_values) <= set(gain)
    assert len(frequent_values) > 20
    assert schema.columns[1].frequent_values == ()
    X = encode(schema, table)
    at = input_names(schema).index("gain = 700")
    np.testing.assert_array_equal(X[:, at], gain == 700)
    assert measured_inputs(schema) == (1, len(frequent_values) + 3)


def test_pictures_and_wide_tables_of_text_have_no_more_inputs_than_help():
    """With an indicator for each grey, nets of 3,000 pictures err a fifth more, in three times the time."""
    rng = np.random.default_rng(0)
    grey = np.where(rng.random((1000, 200)) < 0.6, 0.0, rng.integers(1, 60, (1000, 200)))
    columns = tuple(Numbers(column, "int") for column in grey.T)
    assert n_inputs(learn_schema(Table(tuple(f"x{i}" for i in range(200)), columns, 1000))) == 400
    few = Table(("x0", "x1"), columns[:2], 1000)
    assert all(column.frequent_values for column in learn_schema(few).columns)
    texts = tuple(Text(rng.integers(0, 250, 1000).astype(np.int32), tuple(map(str, range(250)))) for _ in range(400))
    for n_columns, at_most in ((10, 2560), (40, 40 * 103), (400, 400 * 21)):
        names = tuple(f"x{i}" for i in range(n_columns))
        assert n_inputs(learn_schema(Table(names, texts[:n_columns], 1000))) <= at_most


def test_dates_by_hand():
    table = read("d\n2026-01-01\n2026-01-08T06:00\n2026-07-02T06:00\n")
    schema = learn_schema(table)
    assert input_names(schema) == tuple(f"d: {part}" for part in ("time", "year_sin", "year_cos", "day_sin", "day_cos"))
    X = encode(schema, table, np.float64)  # all are Thursdays: no week
    np.testing.assert_allclose(X[:, 3:], [[0, 1], [1, 0], [1, 0]], atol=1e-15)
    np.testing.assert_allclose(X[2, 1:3], [np.sin(2 * np.pi * 182 / 366), np.cos(2 * np.pi * 182 / 366)])


def test_kinds():
    rows = range(60)
    assert kinds("id,n\n" + "".join(f"{i + 1},{i * i % 17}\n" for i in rows)) == ["identifier", "number"]
    assert (
        kinds("customer_id,CustomerId\n" + "".join(f"{i * 7919 % 997},{-i * i}\n" for i in rows)) == ["identifier"] * 2
    )
    assert kinds("rank,id\n" + "".join(f"{60 - i},{i % 50}\n" for i in rows)) == ["number"] * 2
    assert kinds("x,y\n" + "".join(f"{i}.0,{i}.5\n" for i in rows)) == ["identifier", "number"]
    assert kinds("name,c\n" + "".join(f"p{i},{'uvw'[i % 3]}\n" for i in rows)) == ["identifier", "category"]
    assert kinds("a,b\n" + "5,\n" * 30) == ["constant", "constant"]
    assert kinds("a\n5\n\n5\n") == ["number"]  # the gap tells something
    assert kinds("a,b,c,d,e\n0,no,Y,true,F\n1,yes,n,false,T\n") == ["yes/no"] * 5
    assert kinds("a,b\n1,2026-01-01\n2,2026-01-02\n") == ["number", "date"]
    (reason,) = {c.reason for c in learn_schema(read("id\n" + "".join(f"{i}\n" for i in range(7043)))).columns}
    assert reason == "7,043 different values in 7,043 rows, would only be learnt by heart"


def test_kinds_by_the_user():
    table = read("zip,name\n1,a\n2,b\n3,c\n")
    schema = learn_schema(table, {"zip": "category", "name": "identifier"})
    assert schema.columns[0].categories == ("1", "2", "3")
    assert input_names(schema) == ("zip = 1", "zip = 2", "zip = 3")
    for kinds in ({"zap": "number"}, {"name": "number"}, {"zip": "date"}, {"name": "yes/no"}, {"zip": "wrong"}):
        with pytest.raises(OptionError):
            learn_schema(table, kinds)


def test_rare_categories_share_a_code_which_unseen_ones_join():
    table = read("c\n" + "".join(f"k{i:02}\n" * (1 + 9 * (i < 22)) for i in range(24)))
    (column,) = learn_schema(table).columns
    assert column.rare
    assert len(column.categories) == 22
    X = encode(learn_schema(table), read("c\nk23\nnew\nk00\n"))
    assert X.argmax(axis=1).tolist() == [22, 22, 0]
    many = Text(np.repeat(np.arange(600, dtype=np.int32), 3), tuple(f"k{i:03}" for i in range(600)))
    assert len(learn_schema(Table(("c",), (many,), 1800)).columns[0].categories) == 255


def test_a_row_alone_equals_the_row_in_the_batch(mixed):
    schema = learn_schema(mixed)
    for dtype in (np.float32, np.float64):
        X = encode(schema, mixed, dtype)
        for i in range(mixed.n_rows):
            assert encode(schema, mixed.take(np.array([i])), dtype).tobytes() == X[i].tobytes()


def test_order_of_rows_and_columns_and_further_columns_do_not_matter(mixed):
    schema, X = learn_schema(mixed), encode(learn_schema(mixed), mixed)
    order = np.random.default_rng(1).permutation(mixed.n_rows)
    assert learn_schema(mixed.take(order)) == schema
    turned = Table((*mixed.names[::-1], "extra"), (*mixed.columns[::-1], mixed.columns[0]), mixed.n_rows)
    assert encode(schema, turned).tobytes() == X.tobytes()


def test_the_table_is_not_written_to(mixed):
    for column in mixed.columns:
        (column.codes if isinstance(column, Text) else column.values).setflags(write=False)
    outside(learn_schema(mixed), mixed)
    encode(learn_schema(mixed), mixed)


def test_extreme_numbers_stay_finite():
    values = np.array([1e308, -1e308, 5e-324, -0.0, 1e300, 0, 1, 2])
    for column in (values, np.r_[np.zeros(9), 1e300], np.r_[np.zeros(9), 5e-324]):
        table = Table(("a",), (Numbers(column),), len(column))
        X = encode(learn_schema(table), table)
        assert np.isfinite(X).all()
        assert np.abs(X).max() <= 3


def test_missing_and_renamed_columns():
    schema = learn_schema(read("monthly,plan\n18,a\n119,b\n50,c\n"))
    with pytest.raises(SchemaError) as error:
        encode(schema, read("monthly_charges,plan\n20,a\n60,b\n"))
    assert str(error.value) == (
        'column "monthly" is missing in the stream. It has "monthly_charges": same kind of values (20–60). '
        "Add --rename monthly_charges=monthly"
    )
    with pytest.raises(SchemaError, match='"plan" is missing .* It has "monthly", "other"'):
        encode(schema, read("monthly,other\n20,2026-01-01\n"))


def test_wrong_types_are_refused_with_their_line():
    schema = learn_schema(read("n,d\n1,2026-01-01\n2,2026-01-02\n4,2026-01-03\n"))
    with pytest.raises(SchemaError, match='line 3: column "n" held numbers in training, but here "x"'):
        encode(schema, read("n,d\n1,2026-01-01\nx,2026-01-01\n"))
    with pytest.raises(SchemaError, match='line 2: column "d" held dates in training, but here 7'):
        encode(schema, read("n,d\n1,7\n"))
    assert encode(schema, read("n,d\n,\n")).tolist() == [[0.0] * 7]


def test_truth_values_are_no_measured_numbers():
    schema = learn_schema(read("n,share\n18,0\n72,0.5\n20,1\n"))
    with pytest.raises(SchemaError, match='line 2: column "n" held numbers in training, but here true'):
        encode(schema, read("n,share\ntrue,0\n"))
    with pytest.raises(SchemaError, match='row 2: column "share" held numbers in training, but here false'):
        encode(schema, as_table(pd.DataFrame({"n": [18, 72], "share": [None, False]}, dtype=object)))
    declared = learn_schema(read("b,c\ntrue,true\nfalse,\n"), {"b": "number", "c": "number"})
    assert np.array_equal(encode(declared, read("b,c\ntrue,\n")), encode(declared, read("b,c\n1,\n")))


def test_categories_that_look_like_numbers_in_a_new_file():
    schema = learn_schema(read("c,zip,f,b\n1,01234,0.5,True\n2,90210,x,False\n3+,10115,1.0,maybe\n"))
    X = encode(schema, read("c,zip,f,b\n2,90210,0.5,true\n1,10115,1,False\n"))
    names = np.array(input_names(schema))
    assert [names[row == 1].tolist() for row in X] == [
        ["c = 2", "zip = 90210", "f = 0.5", "b = True"],
        ["c = 1", "zip = 10115", "f = 1.0", "b = False"],
    ]


def test_yes_and_no_in_other_spellings():
    schema = learn_schema(read("a,b\nyes,0\nno,1\n"))
    np.testing.assert_array_equal(encode(schema, read("a,b\nYES,true\nNo,false\nhm,\n")), [[1, 1], [-1, -1], [0, 0]])


def test_outside():
    schema = learn_schema(read("n,c,d\n18,a,2026-01-01\n72,b,2026-02-01\n20,c,2026-01-05\n"))
    found = outside(schema, read("n,c,d\n80,a,2026-01-02\n10,weekly,2027-01-02\n,b,\n20,c,2025-12-31\n"))
    assert [(o.column, o.what, np.flatnonzero(o.rows).tolist()) for o in found] == [
        ("n", "missing, never missing in training", [2]),
        ("n", "below 18 (the least seen)", [1]),
        ("n", "above 72 (the most seen)", [0]),
        ("c", 'category "weekly" never seen', [1]),
        ("d", "missing, never missing in training", [2]),
        ("d", "before 2026-01-01 (the earliest seen)", [3]),
        ("d", "after 2026-02-01 (the latest seen)", [1]),
    ]
    assert outside(schema, read("n,c,d\n18,a,2026-01-01\n")) == []


cells = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["", "NA", "yes", "no", "true", "1,5", "12%", "2026-01-02", "a\nb", '"', "é", " x ", "\x1b[0m"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_whatever_is_written_is_read_or_refused_by_name(rows):
    import csv

    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([[f"c{i}" for i in range(len(rows[0]))], *rows])
    try:
        table = read(file.getvalue())
    except ValueError as error:
        assert isinstance(error, TableError)  # noqa: PT017
        return
    assert table.n_rows == len(rows)
    for j, column in enumerate(table.columns):
        if isinstance(column, Text):
            texts = np.array([*column.values, ""], dtype=object)[column.codes]
            for text, row in zip(texts, rows, strict=True):
                assert text in {row[j], ""}
        elif isinstance(column, Numbers) and column.type != "bool":
            for value, row in zip(column.values, rows, strict=True):
                assert np.isnan(value) or value == float(row[j])
    X = encode(learn_schema(table), table)
    assert np.isfinite(X).all()
    assert all("never seen" not in found.what for found in outside(learn_schema(table), table))


def test_ranks_of_numbers_very_close_together_are_theirs_in_wider_units():
    rng = np.random.default_rng(0)
    alone = rng.normal(size=100)
    among = np.concatenate([rng.normal(size=50), np.arange(50) * 1e-312])
    for values, wider in ((alone * 1e-310, alone), (among, np.where(np.abs(among) < 1e-300, among * 1e305, among))):
        X, expected = (
            encode(learn_schema(table), table, np.float64)
            for table in (Table(("x",), (Numbers(x),), 100) for x in (values, wider))
        )
        np.testing.assert_allclose(X, expected, atol=1e-4)
    beyond = np.concatenate([[-1e308, 1e308], np.arange(98) * 1e-312])
    table = Table(("x",), (Numbers(beyond),), 100)
    X = encode(learn_schema(table), table, np.float64)
    assert (np.diff(X[2:, 1]) > 0).all()
    assert X[0, 1] < X[2, 1]
    assert X[1, 1] > X[-1, 1]


def test_whole_numbers_that_a_double_rounds_to_one_are_not_said_to_be_one():
    for start, reason in (
        (2**60, "one value only in the digits that a double holds, which rounds whole numbers beyond 2^53"),
        (5, ""),
    ):
        (column,) = learn_schema(as_table(pd.DataFrame({"b": start + np.arange(60) * 2}))).columns
        assert column.reason == reason
    assert learn_schema(as_table(pd.DataFrame({"b": [7] * 60}))).columns[0].reason == "one value only"


def test_quantiles_of_sorted_numbers_are_those_of_numpy():
    rng = np.random.default_rng(0)
    for trial in range(300):
        n = int(rng.integers(1, 90))
        values = np.sort([rng.standard_normal(n) * 1e300, rng.integers(-3, 3, n) * 1.0, rng.random(n)][trial % 3]) / 4
        for levels in (LEVELS, np.array([0, 0.25, 0.5, 0.75, 1])):
            np.testing.assert_array_equal(quantiles(values, levels), np.quantile(values, levels))


def test_another_value_than_the_only_one_is_outside():
    """Whatever its type and spelling; a schema of before that did not keep the value tells nothing."""
    schema = learn_schema(read("m,v,d,e,x\nA,230,2026-01-01,,1\nA,230.0,2026-01-01,,2\nA,230,2026-01-01,,3\n"))
    assert [column.kind for column in schema.columns] == ["constant"] * 4 + ["number"]
    table = read("m,v,d,e,x\nA,2.3e2,2026-01-01,,1\nB,110,2026-01-02,7,2\n,,,,3\nA,230,2026-01-01,,3\n")
    found = {(one.column, one.what): one.rows.tolist() for one in outside(schema, table)}
    second, third = [False, True, False, False], [False, False, True, False]
    assert found == {
        ("m", 'is "B", always "A" in training'): second,
        ("v", 'is "110", always "230" in training'): second,
        ("d", 'is "2026-01-02", always "2026-01-01" in training'): second,
        ("e", "has a value, always missing in training"): second,
        **{(name, "missing, never missing in training"): third for name in "mvd"},
    }
    before = Schema(tuple(replace(column, categories=(), missing=False) for column in schema.columns[:4]))
    assert outside(before, table) == []
    many = read("m\n" + "".join(f"n{i}\n" for i in range(30)))
    ways = outside(Schema(schema.columns[:1]), many)
    assert (len(ways), ways[-1].what) == (21, '10 further values, always "A" in training')
    huge = learn_schema(Table(("id",), (Numbers(np.full(9, 2.0**60), "int"),), 9))  # they only round to one
    assert huge.columns[0].categories == ()
    assert learn_schema(table, {"x": "constant"}).columns[4].categories == ()


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1.0, 1e308])
def test_ranks_lie_on_straight_lines_however_close_or_far_apart_the_quantiles(scale):
    rng = np.random.default_rng(0)
    quantiles = np.sort(rng.integers(-170, 170, len(SCORES))) / (100 if scale > 1 else 1) * scale
    x = rng.choice(quantiles, 40) + rng.integers(-3, 4, 40) / (100 if scale > 1 else 1) * scale
    at, scores = [Fraction(one) for one in quantiles.tolist()], [Fraction(one) for one in SCORES.tolist()]

    def exact(value):
        if not at[0] <= value <= at[-1]:
            return scores[0] if value < at[0] else scores[-1]
        equal = [score for one, score in zip(at, scores, strict=True) if one == value]
        if equal:
            return (equal[0] + equal[-1]) / 2
        low = max(k for k, one in enumerate(at) if one < value)
        return scores[low] + (scores[low + 1] - scores[low]) * (value - at[low]) / (at[low + 1] - at[low])

    found = ranked(x, tuple(quantiles.tolist()))
    np.testing.assert_allclose(found, [float(exact(Fraction(one))) for one in x.tolist()], atol=1e-13)
