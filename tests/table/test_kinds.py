"""Columns that number or name the rows are learnt from where the answers say so, and not where the file is sorted."""

import numpy as np
import pytest

from selenite.table import Numbers, Table, Text, answers_of, as_column, as_table, learn_schema
from selenite.table.kinds import answers_go_along, looks_like_identifier, numbers_rows

N = 200
DAY = np.arange(1, N + 1)


def kind_of(column, answers, name="day", others=True, **more):
    """Return what a column is, beside another, and why."""
    rng = np.random.default_rng(0)
    n = len(answers)
    columns = {name: column} | ({"x": Numbers(rng.normal(size=n))} if others else {})
    table = Table(tuple(columns), tuple(columns.values()), n)
    found = learn_schema(table, answers=answers_of(as_column(answers), **more)).columns[0]
    return found.kind, found.reason


def counted(n=N, first=1, type="int"):
    return Numbers(np.arange(first, first + n, dtype=float), type)


def noise(size=N, seed=1):
    return np.random.default_rng(seed).normal(size=size)


GOING_ALONG = {
    "a line": 100 + 2 * DAY + 30 * (noise() > 0) + 3 * noise(seed=2),
    "a line down": -0.01 * DAY + noise(),
    "a line without noise": 2.0 * DAY,
    "a line with a little noise, which rises throughout": 3.0 * DAY + 0.1 * noise(),
    "a curve without noise": np.exp(DAY / 50),
    "a hill": -((DAY - 100.0) ** 2) / 2000 + 0.5 * noise(),
    "two seasons": np.sin(DAY / 16) + 0.5 * noise(),
    "counts that add up": np.cumsum(np.random.default_rng(3).poisson(20, N)).astype(float),
    "a class that grows likelier": np.where(noise() < DAY / 50 - 2, "late", "early"),
    "classes that follow each other, mixed": np.array(["a", "b", "c"])[
        np.clip((DAY + 20 * noise()) // 67, 0, 2).astype(int)
    ],
}
NOT = {
    "chance": noise(),
    "classes by chance": np.where(noise() > 1, "yes", "no"),
    "sorted numbers": np.sort(noise()),
    "sorted numbers, down": np.sort(noise())[::-1].copy(),
    "sorted whole numbers": np.sort(np.random.default_rng(0).integers(0, 90, N)).astype(float) + 0.5,
    "sorted prices": np.sort(np.exp(noise())),
    "a block for each class": np.repeat(["b", "a", "c", "d"], N // 4),
    "a block for each of two": np.repeat(["b", "a"], [30, N - 30]),
}  # fmt: skip


@pytest.mark.parametrize("type", ["int", "float"])
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("case", [*GOING_ALONG])
def test_what_the_answers_go_along_with_is_learnt(case, first, type):
    assert kind_of(counted(first=first, type=type), GOING_ALONG[case]) == ("number", "")


@pytest.mark.parametrize("case", [*NOT])
def test_file_order_alone_is_not_learnt(case):
    kind, reason = kind_of(counted(), NOT[case])
    assert kind == "identifier"
    in_order = "sorted" in case or "block" in case
    assert reason == (
        "numbers the rows, which stand in the order of the target"
        if in_order
        else "numbers the rows, and the target does not go along with it"
    )


def test_chance_is_seldom_taken_for_more():
    """3.5 standard errors: in fewer than 1 of 200 orders, whatever the answers."""
    rng = np.random.default_rng(0)
    for answers in (rng.normal(size=60), rng.integers(0, 2, 60) == 1, np.arange(60) < 4, rng.integers(0, 9, 60) + 0.0):
        taken = sum(kind_of(counted(60), rng.permutation(answers))[0] == "number" for _ in range(600))
        assert taken <= 3


def test_where_nothing_else_is_there_it_is_learnt():
    for answers in (NOT["chance"], NOT["sorted numbers"], NOT["a block for each class"]):
        assert kind_of(counted(), answers, others=False) == ("number", "")
    assert kind_of(counted(), noise(), name="id", others=False)[0] == "identifier"


def test_names_and_the_user_decide():
    going_along = GOING_ALONG["a line"]
    for name in ("id", "customer_id", "CustomerId", "order_no", "Kunden-Nr.", "index", "", "Unnamed: 0"):
        assert looks_like_identifier(name)
        assert kind_of(counted(), going_along, name=name)[0] == "identifier"
    assert kind_of(Numbers(np.random.default_rng(0).permutation(N) + 5.0), going_along, name="id")[0] == "identifier"
    assert kind_of(Numbers(noise()), going_along, name="id")[0] == "number"  # no whole numbers
    table = Table(("day", "x"), (counted(), Numbers(noise())), N)
    answers = answers_of(as_column(NOT["chance"]))
    kinds = [c.kind for c in learn_schema(table, {"day": "number", "x": "identifier"}, answers=answers).columns]
    assert kinds == ["number", "identifier"]


@pytest.mark.parametrize("array", [DAY, DAY + 0.0, DAY.astype(np.int32), DAY.astype(np.float32)], ids=lambda a: a.dtype)
def test_whole_numbers_of_any_type_are_alike(array):
    X = as_table(np.column_stack([array, array[::-1] % 7]))
    for answers in (GOING_ALONG["a line"], NOT["chance"]):
        as_int = learn_schema(as_table(np.column_stack([DAY, DAY[::-1] % 7])), answers=answers_of(as_column(answers)))
        assert learn_schema(X, answers=answers_of(as_column(answers))) == as_int


def test_counting_is_from_0_or_1_by_1_without_gaps():
    assert numbers_rows(counted())
    assert numbers_rows(counted(first=0))
    assert not numbers_rows(counted(first=2))
    assert not numbers_rows(counted(19))
    assert not numbers_rows(Numbers(np.where(DAY == 7, np.nan, DAY)))
    assert not numbers_rows(Text(np.arange(N, dtype=np.int32), tuple(map(str, DAY))))


def test_text_that_is_nearly_always_different_is_learnt_where_it_says_more_than_chance():
    """A coupon: half of the rows have one that recurs, the others each its own."""
    rng = np.random.default_rng(0)
    n = 400
    texts = np.where(np.arange(n) % 2 == 0, rng.choice(["SPRING", "FRIEND", "NONE"], n), [f"u{i}" for i in range(n)])
    coupon = as_column(texts)
    effect = np.select([texts == "SPRING", texts == "FRIEND"], [3.0, -2.0], 0.0)
    for answers in (effect + rng.normal(size=n), np.where(effect + rng.normal(size=n) > 0, "buys", "leaves")):
        assert kind_of(coupon, answers, name="coupon") == ("category", "")
        mixed = rng.permutation(answers)
        assert kind_of(coupon, mixed, name="coupon")[0] == "identifier"
    groups = rng.integers(-1, 100, n)
    taken = sum(answers_go_along(groups, rng.normal(size=n)) for _ in range(300))
    assert taken <= 1
    taken = sum(answers_go_along(groups, rng.integers(0, 3, n).astype(np.intp)) for _ in range(300))
    assert taken <= 1
