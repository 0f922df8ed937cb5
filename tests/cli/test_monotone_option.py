"""`fit --monotone income=+`: kept, told in the report, and refused where it cannot be."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.table import as_table

QUICK = ("--target", "price", "--hidden", "8", "--members", 2, "--epochs", 4)


def test_it_is_kept_and_told_and_written_into_the_command_of_the_report(run, sales):
    told = run("fit", "sales.csv", *QUICK, "--monotone", "age=+").output
    assert 'monotone: never falls as "age" rises' in told
    model = selenite.load("sales.selenite")
    assert model.settings.monotone == {"age": 1}
    columns = {
        "age": np.arange(10.0, 95),
        "town": ["Rome"] * 85,
        "since": pd.to_datetime(["2020-01-01"] * 85),
        "kind": ["a"] * 85,
    }
    assert (np.diff(model.predict(as_table(pd.DataFrame(columns)))) >= 0).all()
    run("report", "sales.selenite", "sales.csv")
    assert "--monotone age=+ -o" in Path("sales.html").read_text()
    refused = run("fit", "sales.csv", "--from", "sales.selenite", "-o", "b.selenite", "--monotone", "age=-", code=2)
    assert "--monotone does not go with --from" in refused.output


def test_python_gives_the_same_bytes(run, sales):
    run("fit", "sales.csv", *QUICK, "--monotone", "age=-", "-q")
    found = selenite.fit("sales.csv", "price", hidden=8, members=2, epochs=4, monotone={"age": -1})
    assert found.model.to_bytes() == Path("sales.selenite").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--monotone", "age"), "must be written NAME=+ or NAME=-"),
        (("--monotone", "age=up"), "must be written NAME=+ or NAME=-"),
        (("--monotone", "age=+", "--monotone", "age=-"), "says + and - of"),
        (("--monotone", "aeg=+"), 'did you mean "age"'),
        (("--monotone", "town=+"), "of kind category"),
        (("--monotone", "price=+"), "is the target"),
        (("--monotone", "age=+", "--drop", "age"), 'no column "age"'),
        (("--monotone", "age=+", "--activation", "gelu"), "the activation gelu falls somewhere"),
    ],
)
def test_what_cannot_be_is_refused(run, sales, options, said):
    output = run("fit", "sales.csv", *QUICK, *options, code=2).output
    assert said in " ".join(output.split())


def test_its_cost_is_that_of_the_same_fit_without_it(run, sales):
    options = (*QUICK, "--test-fraction", 0.3, "--json")
    free = json.loads(run("fit", "sales.csv", *options, "-o", "free.selenite").stdout)
    found = json.loads(run("fit", "sales.csv", *options, "--monotone", "age=-").stdout)
    assert found["test"]["free"] == free["test"]["selenite"]
    with_them, without = (found["test"][name]["RMSE"]["value"] for name in ("selenite", "free"))
    assert f"With monotone columns the RMSE is {with_them:.1f}, without {without:.1f}" in found["verdict"]
    told = " ".join(run("score", "sales.selenite", "sales.csv").output.split())
    assert f'never rises as "age" rises; when it was fitted, the RMSE was {with_them:.1f}, and' in told
    stored = {(one.model, one.metric): one.value for one in selenite.load("sales.selenite").figures}
    assert stored["free", "RMSE"] == without
