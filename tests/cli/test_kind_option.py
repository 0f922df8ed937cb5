"""`--kind` says what a column is; a column that counts is told about; what leaves the only value seen is flagged."""

import json

import numpy as np
import pytest

import selenite
from selenite.cli.columns import directions_of, kinds_of
from selenite.fitting.out_of_fold import judged_again
from selenite.table import read_table

QUICK = ("--preset", "fast", "--epochs", 4)


@pytest.fixture
def trend(tmp_path):
    """Sales of 60 days: 100 + 2 day + 30 promo + noise; `zip` are digits, `a=b` a number."""
    rng = np.random.default_rng(0)
    lines = ["day,promo,zip,a=b,machine,volt,empty,sales"]
    for day in range(1, 61):
        promo, zip = rng.integers(0, 2), rng.choice(["00501", "0501", "501"])
        sales = 100 + 2 * day + 30 * promo + 3 * rng.normal()
        lines.append(f"{day},{promo},{zip},{rng.integers(1, 9)},A,230,,{sales:.1f}")
    path = tmp_path / "trend.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def columns_of(path):
    return {column.name: column for column in selenite.load(path).schema.columns}


def test_a_day_that_counts_is_learnt_and_said(run, trend):
    told = run("fit", trend, "--target", "sales", *QUICK).output
    assert 'Column "day" numbers the rows and is learnt from' in told
    assert "add --drop day" in told
    assert columns_of("trend.selenite")["day"].kind == "number"
    table = read_table(trend)
    assert judged_again(selenite.load("trend.selenite"), table).as_stored
    told = run("fit", trend, "--target", "sales", *QUICK, "--kind", "day=identifier").output
    assert "numbers the rows" not in told
    assert columns_of("trend.selenite")["day"].reason == "declared as identifier"
    assert judged_again(selenite.load("trend.selenite"), table).as_stored
    run("fit", trend, "--target", "promo", *QUICK, "--time-column", "day", "-q")
    assert columns_of("trend.selenite")["day"].kind == "number"


def test_the_option_that_keeps_a_column_is_named_and_works(run, trend):
    told = " ".join(run("fit", trend, "--target", "promo", *QUICK).output.split())
    reason = "numbers the rows, and the target does not go along with it"
    assert f'Column "day" is set aside: {reason}. To learn from it, add --kind day=number' in told
    assert columns_of("trend.selenite")["day"].reason == reason
    assert "add --kind day=number" in run("inspect", trend).output
    run("fit", trend, "--target", "promo", *QUICK, "-q", "--kind", "day=number")
    assert columns_of("trend.selenite")["day"].kind == "number"


def test_groups_are_not_declared_by_anybody(run, trend):
    run("fit", trend, "--target", "sales", *QUICK, "--groups", "day", "-q")
    assert columns_of("trend.selenite")["day"].reason == "says which rows belong together"


def test_a_category_keeps_its_digits(run, trend, tmp_path):
    kinds = ("--kind", "zip=category", "--kind", "a=b=category")
    shown = json.loads(run("inspect", trend, *kinds, "--json").stdout)["columns"]
    assert {column["name"]: column["kind"] for column in shown}["a=b"] == "category"
    run("fit", trend, "--target", "sales", *QUICK, "-q", *kinds)
    columns = columns_of("trend.selenite")
    assert columns["zip"].categories == ("00501", "0501", "501")
    assert columns["a=b"].kind == "category"
    rows = "day,promo,zip,a=b\n1,0,501,1\n1,0,00501,1\n1,0,0501,1\n1,0,1501,1\n"
    found = run("predict", "trend.selenite", "-", "--json", "-q", stdin=rows).stdout.splitlines()
    found = [json.loads(line) for line in found]
    assert len({row["prediction"] for row in found}) == 4
    assert [row["outside"] for row in found] == ["", "", "", 'zip category "1501" never seen']


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("day", "must be written NAME=KIND; kinds are number, category"),
        ("day=nmber", "must be written NAME=KIND; kinds are number, category"),
        ("dya=number", 'no column "dya"; did you mean "day"?'),
        ("machine=number", 'column "machine" cannot be of kind number: it holds text such as "A"'),
        ("zip=yes/no", 'column "zip" cannot be of kind yes/no'),
        ("sales=number", "--target names that column, which is not learnt from; what it is, --task says"),
    ],
)
def test_misuse_is_named(run, trend, given, named):
    assert named in run("fit", trend, "--target", "sales", "--kind", given, code=2).output
    if "cannot" not in named or given.startswith("machine"):
        assert named in run("inspect", trend, "--target", "sales", "--kind", given, code=2).output
    assert not list(trend.parent.glob("*.selenite"))


def test_two_kinds_and_columns_with_a_task(run, trend):
    fit = ("fit", trend, "--target", "sales")
    told = run(*fit, "--kind", "day=number", "--kind", "day=identifier", code=2).output
    assert '"day" is number and identifier; keep one of them' in told
    for option in ("--groups", "--weights"):
        told = run(*fit, option, "zip", "--kind", "zip=category", code=2).output
        assert f"{option} names that column, which is not learnt from" in told


def test_another_value_than_the_only_one_is_flagged(run, trend, tmp_path):
    run("fit", trend, "--target", "sales", *QUICK, "-q", "--kind", "day=number")
    rows = (
        "day,promo,zip,a=b,machine,volt,empty\n1,0,501,1,A,230,\n1,0,501,1,B,110,\n1,0,501,1,,230.0,x\n1,0,501,1,A,0,\n"
    )
    reasons = [
        "",
        'machine is "B", always "A" in training; volt is "110", always "230" in training',
        "machine missing, never missing in training; empty has a value, always missing in training",
        'volt is "0", always "230" in training',
    ]
    told = run("predict", "trend.selenite", "-", "--json", stdin=rows)
    assert [json.loads(line)["outside"] for line in told.stdout.splitlines()] == reasons
    assert "3 rows flagged as outside what training saw" in told.stderr
    assert "3 of 4 rows lie outside" in run("predict", "trend.selenite", "-", "--strict", stdin=rows, code=6).stderr
    without = "day,promo,zip,a=b\n1,0,501,1\n"  # a column that says nothing need not be there
    assert run("predict", "trend.selenite", "-", "--strict", stdin=without).exit_code == 0


def test_ratings_are_classes_with_a_word_of_how_they_are_not(run, tmp_path):
    rng = np.random.default_rng(0)
    lines = [f"{x:.3f},{1 + int(4.99 * x)},{int(x > 0.5)},{[1, 2, 5, 9][int(4 * x)]}" for x in rng.random(120)]
    (tmp_path / "t.csv").write_text("\n".join(["x,stars,bought,score", *lines]) + "\n")
    words = (
        '"stars" holds 5 different numbers, 1 to 5, which are taken for classes. If they measure or rate, add --task'
    )
    for told in (
        run("inspect", "t.csv", "--target", "stars").output,
        run("fit", "t.csv", "--target", "stars", *QUICK).output,
    ):
        assert f"{words} regression" in " ".join(" ".join(told.splitlines()[:5]).split())
    assert "--task" not in run("fit", "t.csv", "--target", "stars", *QUICK, "--task", "regression").output
    assert "--task" not in run("fit", "t.csv", "--target", "bought", *QUICK).output
    told = run("inspect", "t.csv", "--target", "score").output
    assert "is taken for a number. If they name classes, add --task classification" in " ".join(told.split())


def test_a_wrong_name_is_answered_with_the_nearest_or_the_likely_ones(run, tmp_path):
    rng = np.random.default_rng(0)
    names = [f"a{i}" for i in range(1, 25)] + ["price"]
    lines = [",".join(str(value) for value in row) for row in rng.integers(0, 9, (30, len(names)))]
    (tmp_path / "t.csv").write_text("\n".join([",".join(names), *lines]) + "\n")
    for command in ("inspect", "fit"):
        told = run(command, "t.csv", "--target", "classs", code=2).stderr
        assert 'no column "classs"; likely "price"; it has "a1", "a2"' in told
        assert '"a20" and 5 more' in told
        assert 'did you mean "price"?' in run(command, "t.csv", "--target", " PRICE", code=2).stderr
    for option in ("--groups", "--weights", "--time-column"):
        assert 'did you mean "a24"?' in run("fit", "t.csv", "--target", "price", option, "A24", code=2).stderr
    run("fit", "t.csv", "--target", "price", "--task", "regression", *QUICK, "-q")
    for rename in ("prize=a1", "b=prcie"):
        told = run("predict", "t.selenite", "t.csv", "--rename", rename, code=2).stderr
        assert 'did you mean "price"?' in told


def test_commas_part_columns_and_may_be_in_a_name():
    assert kinds_of(("a=category,b,c=number", "d=yes/no")) == {"a": "category", "b,c": "number", "d": "yes/no"}
    assert directions_of(("a=+,b,c=-", "d=+")) == {"a": 1, "b,c": -1, "d": 1}
