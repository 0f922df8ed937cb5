"""Numbers that stand for missing and texts spelled in several ways are told; honest columns are left alone."""

import numpy as np
import pytest

from selenite.table import Dates, Numbers, Table, as_column, as_table, learn_schema
from selenite.table.audit import audit
from selenite.table.suspects import sentinels, suspects, suspects_of_target


@pytest.fixture
def random():
    return np.random.default_rng(3)


def told(column, name="a", **more):
    table = as_table(column) if hasattr(column, "columns") else Table((name,), (column,), len(column.missing()))
    (known,) = learn_schema(table).columns
    return [(one.kind, one.message) for one in suspects(known, table.columns[0], **more)]


def found(values):
    return [(value, count) for value, count, _ in sentinels(Numbers(values))]


@pytest.mark.parametrize(
    "value", [-999.0, 9999, -9999, 999, 99999, -1, -99, 1e20, -1e30, 2**31 - 1, -32768, 8888, -999.25, 999.9, 99999999]
)
def test_a_repeated_number_far_from_all_others_is_told(value, random):
    values = random.uniform(1000 if value == -1 else 0, 1010 if value == -1 else 50, 200)
    values[:7] = value
    assert found(values) == [(value, 7)]
    ((kind, message),) = told(Numbers(values))
    assert kind == "sentinel"
    assert "in 7 rows, far from all others" in message
    assert any(f"add --missing {text}" in message for text in (f"{value:g}", str(value)))
    assert "make it NaN" in told(Numbers(values), in_python=True)[0][1]


def test_several_are_told():
    values = np.array([-9999.0, -9999, 999, 999, 999, 1, 2, 3, 4, 5.5, np.nan])
    assert found(values) == [(-9999, 2), (999, 3)]
    assert found(np.array([98.0, 99, 99, 98, 1, 2, 3, 4])) == [(98, 2), (99, 2)]


@pytest.mark.parametrize(
    "values",
    [
        [-1, -1, 0, 1, 2, 3, 100],
        [*range(-5, 3), *range(-5, 3)],
        [999, 999, 5, 800, 300, 1200],
        [999, 1, 2, 3, 4],  # once
        [9999, 9999, 1, 10, 100, 6000],  # a long tail
        [500, 500, 1, 2, 3],  # no number that people choose for it
        [99, 99, 1, 1, 2, 2],  # too few others to be far from
        [-1, -1, 1, 1, -1, 1],
        [99, 99, 97, 85, 60, 70],
        [0.99, 0.99, 0.1, 0.2, 0.3],
        [-1, -1, *range(12), *range(12)],  # floors of a house
        [-1, -1, -2, *range(12), *range(12)],
        [-1, *range(18, 60)],  # once
        [-10, -10, *range(18, 60)],
    ],
)
def test_other_numbers_are_not(values):
    assert found(np.array(values, dtype=float)) == []


@pytest.mark.parametrize(
    "values",
    [
        [-1, -1, *range(18, 60)],  # ages
        [-1] * 9 + [*range(1, 400)],  # the commonest
        [-9, -9, -8, -8, -7, -7, *range(100)],
        [-99, -99, *range(0, 9000, 70)],
    ],
)
def test_the_only_numbers_below_zero_are_told(values):
    values = np.array(values, dtype=float)
    below = np.unique(values[values < 0])
    assert [value for value, _ in found(values)] == below.tolist()
    ((_, message),) = told(Numbers(values))
    assert "with no others below 0" in message
    assert message.endswith("for missing, add " + " ".join(f"--missing {value:.0f}" for value in below))


@pytest.mark.parametrize("day", ["1900-01-01", "1970-01-01", "9999-12-31", "0001-01-01"])
def test_dates_that_stand_for_missing_are_told(day):
    days = np.arange("2024-01-01", "2024-06-01", dtype="datetime64[D]").astype("datetime64[us]")
    days[[3, 70]] = np.datetime64(day)
    ((kind, message),) = told(Dates(days))
    assert kind == "sentinel"
    assert f"holds {day} in 2 rows, far from all others. If that stands for missing, add --missing {day}" in message
    assert "make it NaT" in told(Dates(days), in_python=True)[0][1]
    days[3] = days[4]
    assert told(Dates(days)) == []


def test_a_target_is_told_to_leave_rows_out():
    column = Numbers(np.array([-999.0, -999, 1, 2, 3, 4, 5]))
    (finding,) = suspects_of_target(column, "y", is_number=True)
    assert finding.message.endswith(
        "-999 in 2 rows, far from all others. If that stands for missing, leave these rows out"
    )


def test_a_table_and_its_target_are_told_of_once(random):
    x = random.normal(size=200).round(3)
    y = 2 * x
    x[:5], y[5:9] = -999, 9999
    table = Table(("x", "y"), (Numbers(x), Numbers(y)), 200)
    found = [(finding.kind, finding.column) for finding in audit(table, "y") if finding.kind == "sentinel"]
    assert found == [("sentinel", "x"), ("sentinel", "y")]


ALIKE = [
    (["yes"] * 3 + ["Yes"], '"yes" (3), "Yes" (1) differ by case only'),
    (["yes"] * 3 + [" yes", "yes\u00a0"], "differ by blanks only"),
    (["New York", "New  York", "new york"], "differ by case and blanks only"),
    (["caf\u00e9", "cafe\u0301", "cafe\u0301"], "differ by how Unicode composes a letter only"),
    (["caf\u00e9", "Cafe\u0301 "], "differ by case and blanks and how Unicode composes a letter only"),
    (["zero\u200bwidth", "zerowidth"], "differ by how Unicode composes a letter only"),
]


@pytest.mark.parametrize(("texts", "words"), ALIKE)
def test_texts_that_look_alike_are_told(texts, words):
    column = as_column([*texts, "no", "no", "other"])
    ((kind, message),) = told(column)
    assert kind == "spelling"
    assert words in message
    assert "each is a category of its own" in message
    table = Table(("x", "y"), (Numbers(np.arange(len(column.codes)) % 3 + 0.5), column), len(column.codes))
    messages = [finding.message for finding in audit(table, "y") if finding.kind == "spelling"]
    assert len(messages) == 1
    assert "each is a class of its own" in messages[0]


def test_texts_that_differ_are_not():
    assert told(as_column(["a", "b", "ab", "a-b", "a", "b"])) == []
    assert told(as_column(["yes", "no", "yes"])) == []


def test_digits_that_a_double_does_not_hold_are_told():
    column = as_column([2**60 + i // 3 for i in range(30)])
    ((kind, message),) = told(column)
    assert kind == "rounded"
    assert "beyond 2^53, which lose digits" in message
    assert "add --kind a=category" in message
    assert "give kinds={'a': 'category'}" in told(column, in_python=True)[0][1]
    assert told(as_column([2**60] * 30)) == []  # one number, whatever its digits
    assert told(as_column([2**53 - 1, 1, 2])) == []
