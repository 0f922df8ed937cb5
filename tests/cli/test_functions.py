"""The commands as functions: the same words, figures and bytes as on the command line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.errors import OptionError, SchemaError, TableError
from selenite.table import ReadOptions
from selenite.text import json_text

QUICK = {"preset": "fast", "epochs": 3, "hidden": (8,)}
OPTIONS = ("--preset", "fast", "--epochs", 3, "--hidden", 8)


def plainly(found):
    """Return what an object says of itself, through JSON, but for how long it took."""
    data = json.loads(json_text(found.to_dict()))
    data.pop("seconds", None)
    return data


def printed(result):
    """Return the JSON object that a command printed, likewise."""
    data = json.loads(result.stdout)
    data.pop("seconds", None)
    return data


@pytest.mark.parametrize("target", [None, "happy"])
def test_inspect_is_the_command(run, people, target):
    options = ("--target", target) if target else ()
    found = selenite.inspect(str(people), target)
    assert plainly(found) == printed(run("inspect", people, *options, "--json"))
    assert run("inspect", people, *options).stdout.startswith(f"{found}\n")
    assert "<td" in found._repr_html_()
    assert repr(found) == f"<Inspection of {people}: 200 rows, 5 columns>"


def test_fit_is_the_command_to_the_byte(run, people):
    said = run("fit", people, "--target", "happy", *OPTIONS, "-o", "there.selenite").stdout
    found = selenite.fit(str(people), target="happy", output="here.selenite", **QUICK)
    assert Path("here.selenite").read_bytes() == Path("there.selenite").read_bytes()
    assert all(line in said for line in str(found).split("\n") if "training:" not in line)  # which says how long
    asked = run("fit", people, "--target", "happy", *OPTIONS, "-o", "here.selenite", "--json")
    assert plainly(found) == printed(asked)
    assert repr(found).startswith("<Fit of happy on 200 rows never used: accuracy ")
    assert found.verdict in found._repr_html_()
    assert not Path("people.selenite").exists()  # nothing is saved unless asked


def test_a_frame_gives_the_model_that_the_file_gives(people):
    of_file = selenite.fit(people, "happy", **QUICK)
    of_frame = selenite.fit(pd.read_csv(people), "happy", **QUICK)
    assert (of_file.model.parameters == of_frame.model.parameters).all()
    assert of_frame.to_dict()["file"] is None
    assert of_frame.to_dict()["model"] is None


def test_score_is_the_command(run, people):
    fitted = selenite.fit(people, "happy", output="m.selenite", test_fraction=0.3, **QUICK)
    found = selenite.score("m.selenite", str(people))
    assert plainly(found) == printed(run("score", "m.selenite", people, "--json"))
    assert run("score", "m.selenite", people).stdout.endswith(f"{found}\n")
    assert list(found.parts) == ["test rows", "all rows"]
    assert found.metrics["accuracy"].value == fitted.figures["selenite"][0].value
    again = selenite.score(fitted.model, pd.read_csv(people))
    assert again.metrics["log loss"].value == pytest.approx(found.metrics["log loss"].value, rel=1e-6)
    assert "Confusion matrix" in found._repr_html_()
    assert repr(found).startswith(f"<Score of happy on {fitted.model.data.test_rows} test rows: accuracy ")


def test_report_is_the_command(run, people):
    selenite.fit(people, "happy", output="m.selenite", test_fraction=0.3, **QUICK)
    said = run("report", "m.selenite", people, "-o", "page.html", "--json")
    found = selenite.report("m.selenite", str(people), output="page.html")
    assert plainly(found) == printed(said)
    assert Path("page.html").read_text() == found.html
    assert found._repr_html_().startswith("<iframe")
    assert repr(found).endswith(" kB: page.html>")


def test_layers_and_kinds_are_told_as_elsewhere(people):
    found = selenite.fit(
        people, "happy", hidden=[6, 4], activation=["tanh", "relu"], epochs=2, members=1, kinds={"age": "category"}
    )
    assert found.model.network.activations[:2] == ("tanh", "relu")
    assert {column.name: column.kind for column in found.model.schema.columns}["age"] == "category"


def test_columns_are_left_out_as_elsewhere(run, people):
    run("fit", people, "--target", "happy", "--only", "pets,garden", *OPTIONS, "-o", "a.selenite", "-q")
    of_file = selenite.fit(people, "happy", only=["pets", "garden"], **QUICK)
    assert of_file.model.to_bytes() == Path("a.selenite").read_bytes()
    assert next(column.name for column in selenite.inspect(people, "happy", drop=["id"]).columns) == "age"
    with pytest.raises(OptionError, match="agee"):
        selenite.fit(people, "happy", drop=["agee"], **QUICK)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda file: selenite.fit(file, "happy", epoch=3), OptionError, 'did you mean "epochs"'),
        (lambda file: selenite.fit(file, "hapy"), OptionError, 'did you mean "happy"'),
        (lambda file: selenite.fit(file, "happy", groups="team"), OptionError, "team"),
        (lambda file: selenite.inspect(file, "hapy"), OptionError, "hapy"),
        (lambda file: selenite.inspect("nowhere.csv"), TableError, "there is no file"),
        (lambda file: selenite.score(7, file), OptionError, "int is no model"),
        (lambda file: selenite.score(fitted(), file), (OptionError, SchemaError), "target"),
    ],
)
def test_misuse_is_told(people, call, error, said):
    with pytest.raises(error, match=said):
        call(people)


def fitted():
    X = np.random.default_rng(0).normal(size=(60, 2))
    return selenite.SeleniteRegressor(members=1, max_iter=1).fit(X, X[:, 0])


def test_how_a_file_is_written_is_told(tmp_path):
    path = tmp_path / "semicolons.csv"
    path.write_text("a;b\n" + "".join(f"{i},5;{i % 3}\n" for i in range(30)))
    found = selenite.inspect(path, read=ReadOptions(separator=";", decimal=","))
    assert [column.name for column in found.columns] == ["a", "b"]
    assert found.columns[0].kind == "number"
