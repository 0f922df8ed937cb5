"""`--drop-missing` of a file's columns: the rows that lack the answer are left out, and predicted."""

import json

import numpy as np
import pandas as pd
import pytest

import selenite


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=300).round(3), "town": rng.choice(["a", "b"], 300)})
    return table.assign(y=(2 * table["x"] + (table["town"] == "a")).where(rng.random(300) > 0.2))


def test_all_commands_know_the_rows_again_and_predict_takes_them_all(frame, run):
    frame.to_csv("rows.csv", index=False)
    assert "--drop-missing y leaves them out." in " ".join(
        run("fit", "rows.csv", "--target", "y", code=3).output.split()
    )
    assert 'no column "z"' in run("fit", "rows.csv", "--target", "y", "--drop-missing", "z", code=2).output
    options = ("--target", "y", "--drop-missing", "y", "--hidden", 4, "--members", 1, "--epochs", 2)
    n = int(frame["y"].notna().sum())
    assert json.loads(run("fit", "rows.csv", *options, "--json").stdout)["rows"]["training"] == n
    scored = json.loads(run("score", "rows.selenite", "rows.csv", "--json").stdout)
    assert scored["scores"]["all_rows"]["rows"] == n
    assert "of these rows" not in selenite.report("rows.selenite", "rows.csv").html
    assert "--drop-missing y" in selenite.report("rows.selenite", "rows.csv").html
    run("predict", "rows.selenite", "rows.csv", "-o", "found.csv")
    assert len(pd.read_csv("found.csv")) == 300
