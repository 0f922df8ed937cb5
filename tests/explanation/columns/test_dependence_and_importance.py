"""Permutation importance and partial dependence against the definitions, written out."""

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError
from selenite.explanation.columns import partial_dependence, permutation_importance
from selenite.table import Dates, Numbers, Table, Text, as_table

N = 200
RNG = np.random.default_rng(0)
SIZE, KIND = RNG.normal(size=N), RNG.integers(3, size=N)
TABLE = Table(
    ("id", "size", "kind", "when", "noise", "price"),
    (
        Numbers(np.arange(N, dtype=float), "int"),
        Numbers(np.where(np.arange(N) % 11 == 0, np.nan, SIZE)),
        Text(KIND.astype(np.int32), ("<b>", "y", "z")),
        Dates(np.datetime64("2024-01-01", "us") + RNG.integers(300, size=N) * np.timedelta64(1, "D")),
        Numbers(RNG.normal(size=N)),
        Numbers(100 + 10 * SIZE + 20 * (KIND == 0)),
    ),
    N,
)


@pytest.fixture(scope="module")
def model():
    table = TABLE.without("price")
    return SeleniteRegressor(max_iter=20, members=2, random_state=0).fit(table, TABLE.only("price")).model_


def test_importance_is_the_growth_of_the_error_where_a_column_is_shuffled(model):
    found = {one.column: one for one in permutation_importance(model, TABLE)}
    assert list(found) == ["size", "kind", "when", "noise"]
    answers = TABLE["price"].values

    def error(table):
        return np.sqrt(np.mean((model.predict(table) - answers) ** 2))

    by_hand = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(N)
        columns = list(TABLE.columns)
        columns[1] = columns[1].take(order)
        by_hand.append(error(Table(TABLE.names, tuple(columns), N)) - error(TABLE))
    assert found["size"].mean == pytest.approx(np.mean(by_hand), rel=0.1)
    assert found["size"].deviation == pytest.approx(np.std(by_hand), rel=1)
    assert found["kind"].mean > 5 * abs(found["noise"].mean)
    assert found == {one.column: one for one in permutation_importance(model, TABLE)}


@pytest.mark.parametrize("column", ["size", "kind", "when"])
def test_dependence_is_the_mean_prediction_of_rows_all_given_one_value(model, column):
    [found] = partial_dependence(model, TABLE, [column])
    position = TABLE.names.index(column)
    for k in (0, len(found.labels) - 1):
        columns = list(TABLE.columns)
        given = columns[position]
        columns[position] = {
            "size": lambda k=k: Numbers(np.full(N, found.places[k])),
            "kind": lambda k=k, given=given: Text(
                np.full(N, given.values.index(found.labels[k]), np.int32), given.values
            ),
            "when": lambda k=k: Dates(np.full(N, np.datetime64(found.labels[k], "us"))),
        }[column]()
        by_hand = model.predict(Table(TABLE.names, tuple(columns), N)).mean()
        assert found.means[k] == pytest.approx(by_hand, abs=1e-4)


def test_every_one_of_few_numbers_is_tried_and_no_common_one_of_many_is_left_out():
    """Rush hours at 8 and 17 stand out of their neighbours; of many values, one that 1 % of the rows share is tried."""
    rng = np.random.default_rng(0)
    hour = rng.integers(0, 24, 2000).astype(float)
    minute = np.where(rng.random(2000) < 0.015, 480.0, rng.integers(0, 1440, 2000))
    table = Table(("hour", "minute"), (Numbers(hour, "int"), Numbers(minute, "int")), 2000)
    count = 50 + 200 * np.isin(hour, (8, 17)) + rng.normal(size=2000)
    model = SeleniteRegressor(max_iter=30, members=2).fit(table, count).model_
    found, many = partial_dependence(model, table, ["hour", "minute"])
    assert found.labels == tuple(map(str, range(24)))
    assert set(np.argsort(found.means)[-2:]) == {8, 17}
    for rush in (8, 17):
        all_then = Table(table.names, (Numbers(np.full(2000, float(rush)), "int"), table["minute"]), 2000)
        assert found.means[rush] == pytest.approx(model.predict(all_then).mean(), rel=1e-6)
    assert 480.0 in many.places
    assert np.quantile(minute, 0.02) <= many.places[0] < many.places[-1] <= np.quantile(minute, 0.98)
    assert 90 < len(many.places) <= 101
    years = Table(("hour", "minute"), (Numbers(hour + 123_456, "int"), Numbers(minute)), 2000)
    assert partial_dependence(model, years, ["hour"])[0].labels[:2] == ("123456", "123457")


def test_dependence_of_a_class_is_of_its_probability():
    table = TABLE.without("price").without("kind")
    model = SeleniteClassifier(max_iter=4, members=1, random_state=0).fit(table, TABLE.only("kind")).model_
    of_each = [partial_dependence(model, table, ["size"], index=index)[0].means for index in range(3)]
    np.testing.assert_allclose(np.sum(of_each, axis=0), 1, atol=1e-6)
    assert len(permutation_importance(model, TABLE)) == 3


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("xyzzy", 'the table has no column "xyzzy"; it has "id", "size"'),
        ("sise", 'has no column "sise"; did you mean "size"'),
        ("id", 'column "id" is no input of the model; it has "size", "kind", "when", "noise"'),
        ("price", 'column "price" is no input of the model; it has "size"'),
    ],
)
def test_a_column_that_is_no_input_has_no_dependence(model, column, message):
    with pytest.raises(OptionError, match=message):
        partial_dependence(model, TABLE, ["noise", column])


def test_estimators_and_frames_are_taken():
    frame = pd.DataFrame({"size": SIZE, "noise": RNG.normal(size=N)})
    answers = pd.Series(np.where(SIZE > 0, "big", "small"), name="what")
    classifier = SeleniteClassifier(max_iter=10, members=2).fit(frame, answers)
    first = permutation_importance(classifier, frame.assign(what=answers))
    assert first == permutation_importance(classifier.model_, as_table(frame.assign(what=answers)))
    assert first[0].mean > first[1].mean
    [curve] = partial_dependence(classifier, frame, ["size"], index=0)
    assert [curve] == partial_dependence(classifier.model_, as_table(frame), ["size"], index=0)
    assert curve.means[-1] > 0.8
    with pytest.raises(OptionError, match="index=2 is none of the 2 classes, which count from 0"):
        partial_dependence(classifier, frame, ["size"], index=2)
    with pytest.raises(OptionError, match=r"columns='size' is a text; it takes a list of columns, such as \['size'\]"):
        partial_dependence(classifier, frame, "size")
    with pytest.raises(OptionError, match="is no model"):
        partial_dependence(frame, frame, ["size"])
