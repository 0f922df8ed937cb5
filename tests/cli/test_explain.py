"""`selenite explain` as a user calls it."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.table import ReadOptions, read_table


@pytest.fixture
def fitted(fitted_to_people, people, tmp_path):
    shutil.copy(fitted_to_people("--epochs", "10", "--members", "2"), tmp_path / "m.selenite")
    return people


def test_a_row_and_its_columns_add_up_to_the_prediction(run, fitted):
    found = json.loads(run("explain", "m.selenite", fitted, "--row", 7, "--json").output)
    table = read_table(str(fitted), ReadOptions())
    prediction = selenite.load("m.selenite").predict_proba(table)[6, 1]
    assert found["quantity"] == "probability of yes"
    assert found["prediction"] == pytest.approx(prediction, abs=1e-6)
    total = found["base"] + sum(column["attribution"] for column in found["columns"])
    assert total == pytest.approx(found["prediction"], abs=1e-9)
    cells = fitted.read_text().splitlines()[7].split(",")
    assert [(column["name"], column["value"]) for column in found["columns"]] == list(
        zip(("age", "pets", "garden"), cells[1:4], strict=True)
    )


@pytest.mark.parametrize("method", ["exact", "sampled", "gradients"])
@pytest.mark.parametrize("baseline", ["rows", "medians"])
def test_the_text_says_what_was_done_against_what(run, fitted, method, baseline):
    output = run("explain", "m.selenite", fitted, "--row", 7, "--method", method, "--baseline", baseline).output
    assert "row 7 (line 8): probability of yes is" in output
    assert ("Adds up to the prediction ✓" in output) == (method != "gradients")
    output = " ".join(output.split())
    assert ("100 rows drawn from 200" if baseline == "rows" else "the training medians") in output
    assert ("95 % interval" in output) == (method == "sampled")
    other = run("explain", "m.selenite", fitted, "--row", 7, "--method", method, "--class", "no", "--json").output
    assert json.loads(other)["quantity"] == "probability of no"


def test_a_table_says_which_columns_matter(run, fitted):
    output = run("explain", "m.selenite", fitted).output
    assert "log loss, shuffled" in output
    assert "all 200 rows, which the model was fitted on" in output
    assert "were all rows to have the same value" in output
    found = {one["name"]: one for one in json.loads(run("explain", "m.selenite", fitted, "--json").output)["columns"]}
    assert found["pets"]["permutation_importance"] > found["age"]["permutation_importance"]
    assert found["garden"]["mean_absolute_attribution"] > found["age"]["mean_absolute_attribution"]
    fitted.write_text("\n".join(line.rpartition(",")[0] for line in fitted.read_text().splitlines()) + "\n")
    assert "The table lacks the answers" in run("explain", "m.selenite", fitted).output


def test_the_text_has_both_rush_hours(run):
    """Of 24 hours six are shown: ends, extremes, and the morning peak, which is far off the line from 5 to 17."""
    rng = np.random.default_rng(0)
    hour = rng.integers(0, 24, 1500)
    rides = (50 + 200 * (hour == 8) + 300 * (hour == 17) - 40 * (hour == 4) + rng.normal(size=1500)).round(2)
    frame = pd.DataFrame({"hour": hour, "noise": rng.normal(size=1500).round(2), "rides": rides})
    frame.to_csv("rides.csv", index=False)
    run("fit", "rides.csv", "--target", "rides", "-o", "r.selenite", "-q", "--epochs", 40, "--members", 1)
    shown = re.search(r"    hour  (.*)", run("explain", "r.selenite", "rides.csv").output)[1]
    means = {int(one): float(mean) for one, mean in re.findall(r"(\d+): ([\d.]+)", shown)}
    assert {0, 4, 8, 17, 23} < set(means)
    model = selenite.load("r.selenite")
    for one in (8, 17):
        assert means[one] == pytest.approx(model.predict(frame.assign(hour=one)).mean(), rel=0.02)


def test_what_cannot_be_is_refused(run, fitted):
    assert "has 200 rows" in run("explain", "m.selenite", fitted, "--row", 201, code=2).output
    assert 'there is no class "maybe"' in run("explain", "m.selenite", fitted, "--class", "maybe", code=2).output
    run("explain", "m.selenite", "nowhere.csv", code=3)
    Path("one.csv").write_text("\n".join(fitted.read_text().splitlines()[:2]) + "\n")
    for row in ([], ["--row", 1]):
        said = run("explain", "m.selenite", "one.csv", *row, code=2).output
        assert "one.csv has 1 row" in said
        assert "add --baseline medians" in said
        said = run("explain", "m.selenite", "one.csv", *row, "--baseline", "medians").output
        assert "the training medians" in " ".join(said.split())


def test_what_was_said_can_be_drawn(run, fitted, tmp_path):
    pytest.importorskip("matplotlib")
    run("explain", "m.selenite", fitted, "--row", 7, "--method", "sampled", "--plot", "row.png")
    run("explain", "m.selenite", fitted, "--json", "--plot", "table.svg")
    assert Path("row.png").read_bytes()[:4] == b"\x89PNG"
    assert Path("table.svg").read_text(encoding="utf-8").count("<path") > 100
    assert "must end in" in run("explain", "m.selenite", fitted, "--plot", "row.doc", code=74).output


@pytest.mark.parametrize("unit", [1e-30, 1e-3, 1e9, 1e30])
def test_numbers_of_any_unit_can_be_read_back_and_add_up(run, unit):
    random = np.random.default_rng(0)
    a, b = random.uniform(size=(2, 120))
    pd.DataFrame({"a": a, "b": b, "y": (2 * a + b) * unit}).to_csv("table.csv", index=False)
    run("fit", "table.csv", "--target", "y", "-o", "m.selenite", "-q", "--epochs", 10, "--members", 2)
    one = run("explain", "m.selenite", "table.csv", "--row", 7).output
    read = [
        float(text.replace(",", "")) for text in re.findall(r"  ([+-]?[\d.,]+(?:e[+-]\d+)?)(?:  [+-]+)?$", one, re.M)
    ]
    base, *added, together = read
    assert len(added) == 2
    assert sum(added) == pytest.approx(together, abs=0.005 * unit)
    said = float(re.search(r"y is (\S+) by", one)[1].replace(",", ""))
    assert base + together == pytest.approx(said, abs=0.005 * unit)
    assert said == pytest.approx(
        float(selenite.load("m.selenite").predict(read_table("table.csv", ReadOptions()))[6]), rel=0.005
    )
    whole = run("explain", "m.selenite", "table.csv").output.splitlines()
    ends = {len(line.rstrip(" #")) for line in whole[2:5]}
    assert len(ends) == 1, whole
    size = float(whole[3].split()[1].replace(",", ""))
    known = json.loads(run("explain", "m.selenite", "table.csv", "--json").output)["columns"]
    assert size == pytest.approx(max(one["mean_absolute_attribution"] for one in known), rel=0.005)
