"""Copies of rows are told from rows that are equal by chance."""

import numpy as np
import pandas as pd
import pytest

from selenite.table import as_table
from selenite.table.audit import audit
from selenite.table.repeats import find_repeats


def repeats(frame):
    table = as_table(frame)
    return find_repeats(table.without("y"), table["y"])


def measured(random, n=40):
    return pd.DataFrame({"x": random.normal(size=n), "z": random.normal(size=n), "y": random.choice(["p", "q"], n)})


def grid(random, columns, values, n):
    return pd.DataFrame({f"c{k}": random.integers(0, values, n) for k in range(columns)})


def shops(random):
    """Return prices in a few steps by kind of shop, of which many are equal though nobody copied them."""
    frame = grid(random, 2, 12, 2000)
    frame["kind"] = random.choice(["small", "large", "market"], 2000)
    return frame


@pytest.mark.parametrize("times", [2, 5])
def test_copies_are_found_in_any_order_and_beside_a_column_that_numbers_the_rows(times):
    random = np.random.default_rng(0)
    frame = pd.concat([measured(random)] * times).sample(frac=1, random_state=1)
    frame["id"], frame["name"] = range(len(frame)), [f"row {k}" for k in range(len(frame))]
    found = repeats(frame)
    assert found.are_copies
    assert (found.n_different, found.n_repeated) == (40, 40 * (times - 1))
    _, expected = np.unique(frame["x"], return_inverse=True)
    assert len(set(zip(found.of, expected, strict=True))) == 40


def test_copies_of_some_rows_with_gaps_dates_and_text():
    random = np.random.default_rng(1)
    frame = measured(random, 300)
    frame.loc[::7, "x"] = np.nan
    frame["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 100, 300), "D")
    frame["city"] = random.choice(["A", "B", None], 300)
    found = repeats(pd.concat([frame, frame.iloc[:30]]))
    assert found.are_copies
    assert found.n_repeated == 30


def test_a_single_column_measured_finely_is_copied_one_in_steps_recurs():
    random = np.random.default_rng(2)
    x = random.normal(size=50)
    frame = pd.DataFrame({"x": x, "y": x > 0})
    assert repeats(pd.concat([frame] * 4)).are_copies
    age = random.integers(18, 90, 400)
    assert not repeats(pd.DataFrame({"age": age, "y": age > 40})).are_copies


def doubled(frame):
    return pd.concat([frame, frame])


def labelled(random, frame):
    return frame.assign(y=random.choice(["p", "q"], len(frame)))


WHOLE = {  # tables of few values, of which the half recurs by chance: it is the counts, all even, that tell
    "whole numbers": lambda random: grid(random, 3, 10, 100),
    "ages": lambda random: grid(random, 1, 100, 100),
    "thirty answers": lambda random: grid(random, 30, 2, 200),
    "text": lambda random: pd.DataFrame({"said": [f"sentence {k}" for k in range(100)]}),
    "text and a category": lambda random: grid(random, 2, 8, 100).astype(str),
    "dates": lambda random: pd.DataFrame({"day": pd.Timestamp("2026-01-01") + pd.to_timedelta(range(60), "D")}),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_table_repeated_is_found_though_its_rows_are_equal_by_chance_too(name):
    random = np.random.default_rng(6)
    frame = labelled(random, WHOLE[name](random))
    assert repeats(doubled(frame)).are_copies
    assert not repeats(frame).are_copies


def test_columns_of_names_and_times_do_not_hide_copies_though_some_are_missing():
    frame = doubled(measured(np.random.default_rng(7), 100)).sample(frac=1, random_state=1)
    names = [f"u{k}" if k % 20 else None for k in range(200)]
    times = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(200) * 7 % 200, "h")
    assert repeats(frame.assign(name=names, exported=times)).n_repeated == 100


def answered_alike(random, n=3000):
    """Return what people answered to eight questions, on a scale from 1 to 5, each by one opinion."""
    opinion = random.normal(size=n)
    answers = [3 + 1.3 * opinion + 0.3 * random.normal(size=n) for _ in range(8)]
    return pd.DataFrame(answers).T.round().clip(1, 5).add_prefix("q")


def places(random, n=1000):
    """Return cities, few of them common, with their states and countries."""
    city = np.minimum(random.zipf(1.5, n), 60)
    return pd.DataFrame({"city": city, "state": city % 12, "country": city % 4}).astype(str)


def words(random, n=2000):
    """Return how often words occur in texts of which many have none of them."""
    return pd.DataFrame(random.poisson(0.05, (n, 20)) * (random.random((n, 1)) < 0.6)).add_prefix("w")


def kinds_of_mushrooms(random, n=3000):
    """Return columns that all follow from one of 40 kinds, but for one value in twenty."""
    values = random.integers(0, 4, (40, 22))[random.integers(0, 40, n)]
    return pd.DataFrame(np.where(random.random(values.shape) < 0.05, 0, values)).add_prefix("a")


def indicators(random, n=2000):
    """Return an indicator of each value: two of them change at once, one never does."""
    return pd.get_dummies(pd.DataFrame(random.integers(0, 3, (n, 6))).astype(str)).astype(int)


DEPENDENT = {
    "answers alike": answered_alike,
    "places": places,
    "words": words,
    "kinds": kinds_of_mushrooms,
    "indicators": indicators,
}


@pytest.mark.parametrize("name", DEPENDENT)
def test_columns_that_go_together_make_equal_rows_but_no_copies(name):
    """Of independent columns so many equal rows would be no chance; the answer follows from the columns."""
    frame = DEPENDENT[name](np.random.default_rng(8))
    found = repeats(frame.assign(y=frame.iloc[:, 0].astype("category").cat.codes > 0))
    assert found.n_repeated > len(frame) / 3
    assert found.same_answers
    assert not found.are_copies


NATURAL = {
    "exclusive or": lambda random: grid(random, 2, 2, 200).assign(y=lambda f: f.c0 ^ f.c1),
    "parity of five": lambda random: grid(random, 5, 2, 1000).assign(y=lambda f: f.sum(axis=1) % 2),
    "a full factorial, drawn again": lambda random: grid(random, 6, 4, 5000).assign(y=lambda f: f.c0 > f.c1),
    "few categories, noise": lambda random: grid(random, 3, 3, 2000).assign(y=random.random(2000) < 0.3),
    "prices in steps": lambda random: shops(random).assign(y=lambda f: f.c0 > f.c1),
    "all different": lambda random: measured(random, 500),
}


@pytest.mark.parametrize("name", NATURAL)
def test_rows_that_are_equal_by_chance_are_no_copies(name):
    found = repeats(NATURAL[name](np.random.default_rng(3)))
    assert not found.are_copies
    assert not found.beyond_chance


def test_measured_again_with_other_answers_is_told_apart_from_copies():
    random = np.random.default_rng(4)
    frame = pd.concat([measured(random, 60)] * 5)
    frame["y"] = random.normal(size=300)
    found = repeats(frame)
    assert found.beyond_chance
    assert not found.are_copies
    (message,) = [one.message for one in audit(as_table(frame), "y") if one.kind == "repeats"]
    assert message.startswith("240 of 300 rows repeat others in every column but the answer")
    assert "--groups" in message


def test_the_audit_counts_copies_and_does_not_take_them_for_a_leak():
    """Of random labels x alone would tell every held-out row, if its copies were among those learnt from."""
    random = np.random.default_rng(5)
    frame = pd.concat([measured(random, 60)] * 5)
    findings = audit(as_table(frame), "y")
    assert [one.kind for one in findings] == ["repeats"]
    assert findings[0].message.startswith("240 of 300 rows repeat others in every column")
