"""Columns made of others are told with what makes them; columns that only go along with each other are not."""

import numpy as np
import pytest

from selenite.table import Numbers, Table, Text
from selenite.table.audit import audit
from selenite.table.derived import derived

N = 300


def table_of(**columns):
    return Table(tuple(columns), tuple(Numbers(np.asarray(one, dtype=np.float64)) for one in columns.values()), N)


@pytest.fixture(scope="module")
def raw():
    rng = np.random.default_rng(5)
    return {
        "tenure": rng.integers(0, 73, N),
        "monthly": rng.uniform(18, 120, N).round(2),
        "celsius": rng.uniform(-9, 31, N).round(1),
        "born": rng.integers(1940, 2001, N),
        "kg": rng.uniform(40, 110, N).round(1),
        "casual": rng.poisson(30, N) + 1,
        "registered": rng.poisson(100, N),
        "x": rng.normal(size=N),
    }


MADE = {
    "total": (lambda raw: (raw["tenure"] * raw["monthly"]).round(2), '"tenure" × "monthly"'),
    "cnt": (lambda raw: raw["casual"] + raw["registered"], '"casual" + "registered"'),
    "left": (lambda raw: (raw["monthly"] - raw["celsius"]).round(1), '"monthly" - "celsius"'),
    "share": (lambda raw: (raw["registered"] / raw["casual"]).round(3), '"registered" / "casual"'),
    "fahrenheit": (lambda raw: (raw["celsius"] * 9 / 5 + 32).round(1), '1.8 × "celsius" + 32'),
    "age": (lambda raw: 2026 - raw["born"], '2,026 - "born"'),
    "pounds": (lambda raw: (raw["kg"] * 2.20462).round(1), '2.20462 × "kg"'),
    "half": (lambda raw: np.floor(raw["born"] / 2 + 0.5), '0.5 × "born"'),
    "twice": (lambda raw: 2 * raw["x"], '2 × "x"'),
    "single": (lambda raw: np.float32(raw["x"] * raw["kg"]), '"kg" × "x"'),
}


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_of_others_is_told(raw, name):
    make, text = MADE[name]
    values = np.asarray(make(raw), dtype=np.float64)
    values[::50] = np.nan  # gaps do not hide it
    (found,) = derived(table_of(**raw, **{name: values}))
    assert found.kind == "derived"
    assert found.message == f'column "{name}" is {text} in all rows. It can be left out with --drop {name}'
    values[7] += 1000  # a single row denies it
    assert list(derived(table_of(**raw, **{name: values}))) == []


def test_what_only_goes_along_is_not_told(raw):
    rng = np.random.default_rng(1)
    few = rng.integers(0, 10, (6, N))
    near = raw["kg"] * 2 + rng.normal(scale=0.2, size=N).round(1)
    either = 9 - few[0] + rng.integers(0, 2, N)  # 9.5 - few0 but for a rounding now up, now down
    zeros = np.where(rng.random(N) < 0.98, 0, few[1])
    columns = {f"few{i}": one for i, one in enumerate(few)} | {"near": near, "either": either, "zeros": zeros}
    assert list(derived(table_of(**raw, **columns))) == []


def test_the_parts_of_a_target_are_a_leak(raw):
    table = table_of(**raw, cnt=raw["casual"] + raw["registered"])
    words = '"cnt" is "casual" + "registered" in all rows. Would you know them beforehand? If not, leave them out with'
    found = [one for one in audit(table, "cnt") if one.kind == "leak"]
    assert [one.message for one in found] == [f"column {words} --drop casual,registered"]
    assert [one.kind for one in audit(table) if one.kind in ("leak", "derived")] == ["derived"]


def test_other_columns_and_few_rows_say_nothing():
    text = Text(np.arange(N, dtype=np.int32), tuple(map(str, range(N))))
    assert list(derived(Table(("t", "u"), (text, text), N))) == []
    few = np.arange(20.0)
    assert list(derived(Table(("a", "b"), (Numbers(few), Numbers(3 * few)), 20))) == []
