"""The audit finds what misleads, and stays quiet about honest tables."""

import numpy as np
import pytest

from selenite.table import Numbers, Table, Text
from selenite.table.audit import audit, target_candidates


def text(values):
    values = np.asarray(values)
    different, codes = np.unique(values, return_inverse=True)
    return Text(codes.astype(np.int32), tuple(str(v) for v in different))


def table(**columns):
    made = tuple(c if isinstance(c, Text | Numbers) else Numbers(np.asarray(c, dtype=float)) for c in columns.values())
    return Table(tuple(columns), made, len(made[0].missing()))


def found(*arguments):
    return {(finding.kind, finding.column) for finding in audit(*arguments)}


@pytest.fixture
def random():
    return np.random.default_rng(7)


def test_an_iris_like_table_raises_no_alarm(random):
    kind = np.repeat([0, 1, 2], 50)
    petal = np.array([1.46, 4.26, 5.55])[kind] + random.normal(0, [0.17, 0.47, 0.55][1], 150)
    width = np.array([0.25, 1.33, 2.03])[kind] + random.normal(0, 0.2, 150)
    flowers = table(petal=petal.round(1), width=width.round(1), target=text(np.array(["a", "b", "c"])[kind]))
    assert found(flowers, "target") == set()


def test_leaks_of_classes(random):
    y = random.integers(0, 2, 400)
    leaky = table(
        copy=text(np.where(y, "won", "lost")),
        score=y * 10 + random.random(400),
        noise=random.normal(size=400),
        name=text([f"p{i}" for i in range(400)]),  # learnable by heart only: no leak
        y=y,
    )
    assert {c for kind, c in found(leaky, "y") if kind == "leak"} == {"copy", "score"}


def test_a_rare_class_is_no_leak(random):
    y = random.random(1000) < 0.005
    rare = table(x=random.normal(size=1000), y=text(np.where(y, "yes", "no")))
    assert found(rare, "y") == {("imbalance", "y")}
    message = audit(rare, "y")[0].message
    assert '"yes"' in message
    assert "of 1,000 rows" in message


def test_leaks_of_numbers(random):
    y = random.random(300) * 10
    group = random.integers(0, 5, 300)
    leaky = table(exp=np.exp(y), near=y + random.normal(0, 1, 300), twice=2 * y, group=text(group), y=y)
    assert {c for kind, c in found(leaky, "y") if kind == "leak"} == {"exp", "twice"}
    grouped = table(group=text(group), other=random.normal(size=300), y=group * 1.5 + 0.1)
    assert ("leak", "group") in found(grouped, "y")


def test_identifiers_constants_duplicates_and_few_rows(random):
    x = random.normal(size=50)
    odd = table(id=Numbers(np.arange(50.0), "int"), one=np.ones(50), x=x, again=x, y=random.normal(size=50))
    assert found(odd, "y") == {("identifier", "id"), ("constant", "one"), ("duplicate", "again"), ("few rows", "")}
    codes = random.integers(0, 2, 200).astype(np.int32)
    twins = table(
        a=Text(codes, ("u", "v")), b=Text(1 - codes, ("v", "u")), c=Text(1 - codes, ("u", "v")), y=codes + 0.5
    )
    assert ("duplicate", "b") in found(twins, "y")
    assert ("duplicate", "c") not in found(twins, "y")


def test_target_candidates(random):
    x = random.normal(size=200)
    yes = text(np.where(x > 0, "yes", "no"))
    assert target_candidates(table(price=x, member=yes, last=x)) == ("price", "last", "member")
    assert target_candidates(table(y=x, price=x))[0] == "price"
    assert ("target?", "") in found(table(a=x, b=x + 1))


def test_a_target_with_gaps_or_one_value_is_left_to_learn_target(random):
    x = random.normal(size=200)
    assert found(table(x=x, y=np.ones(200)), "y") == set()
    assert found(table(x=x, y=np.where(x > 0, np.nan, x**2)), "y") >= {("leak", "x")}


def test_one_number_in_two_spellings_is_told():
    y = Numbers(np.array([1.0, 1.0, 2.0] * 50), "float", text(np.array(["1", "1.0", "2"] * 50)))
    findings = [finding for finding in audit(table(x=np.arange(150) % 7, y=y), "y") if finding.kind == "spelling"]
    assert "one number in two spellings, " in findings[0].message
    assert {"1", "1.0"} == set(findings[0].message.split('"')[3:7:2])


def test_every_finding_of_a_column_names_the_option_that_answers_it(random):
    """And what is set aside already is no leak, however well it tells the classes of a sorted file."""
    y = np.repeat(["u", "v"], 60)
    row, half = Numbers(np.arange(120.0), "int"), random.normal(size=120)
    names = text(np.array([f"n{i}" for i in range(120)]))
    odd = table(row=row, half=half, twice=half, again=text(y), names=names, y=text(y))
    told = {(one.kind, one.column): one.message for one in audit(odd, "y")}
    assert set(told) == {("identifier", "row"), ("identifier", "names"), ("duplicate", "twice"), ("leak", "again")}
    assert told["identifier", "row"].endswith("To learn from it, add --kind row=number")
    assert told["identifier", "names"].endswith("To learn from it, add --kind names=category")
    assert told["duplicate", "twice"].endswith("leave it out with --drop twice")
    assert told["leak", "again"].endswith("If not, leave it out with --drop again")
    declared = {"row": "identifier", "twice": "number", "again": "identifier"}
    assert {one.kind for one in audit(odd, "y", kinds=declared)} == {"identifier", "duplicate"}
    trend = table(row=row, half=half, y=np.arange(120) + 9 * half)
    (only,) = audit(trend, "y")
    assert (only.kind, only.column) == ("numbers rows", "row")
    assert only.message.endswith("If it only counts them, add --drop row")
