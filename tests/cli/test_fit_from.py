"""`selenite fit NEW --from MODEL`: its words, its JSON, the page's command, and what it refuses."""

import importlib
import json
import shutil

import pytest
from pyarrow import csv, parquet

import selenite


@pytest.fixture
def old(run, people, tmp_path, tmp_path_factory):
    """A model of the people's first 120 rows, and a file of the others; somebody is older than all before."""
    head, *lines = people.read_text().splitlines()
    lines[-1] = "1199,140,cat,yes,no"
    (tmp_path / "old.csv").write_text("\n".join([head, *lines[:120]]))
    (tmp_path / "new.csv").write_text("\n".join([head, *lines[120:]]))
    once = tmp_path_factory.getbasetemp() / "old.selenite"
    if not once.exists():
        run("fit", "old.csv", "--target", "happy", "--preset", "fast", "--epochs", 5, "-q", "-o", once)
    shutil.copy(once, tmp_path / "old.selenite")
    return "old.selenite"


def test_it_goes_on_with_new_rows(run, old, tmp_path):
    said = " ".join(run("fit", "new.csv", "--from", old, "--seed", 1).stdout.split())
    for part in (
        "new.csv 80 rows; old.selenite goes on: happy, 1 network of 128,64, fitted on 120 rows",
        "note: age now reaches 140, was",
        "note: judged on new rows alone; selenite score new.selenite OLD tells of the old",
        "12 test rows (seed 1)",
        "before",
    ):
        assert part in said
    model = selenite.load("new.selenite")
    assert len(model.data.continues) == 64
    told = json.loads(run("fit", "new.csv", "--from", old, "--seed", 1, "--json", "-o", "n").stdout)
    assert told["from"] == "old.selenite"
    assert told["drift"][0].startswith("age now reaches 140")
    assert set(told["test"]) == {"selenite", "before", "majority"}
    assert (tmp_path / "n").read_bytes() == (tmp_path / "new.selenite").read_bytes()
    run("report", "new.selenite", "new.csv")
    page = (tmp_path / "new.html").read_text()
    assert "selenite fit new.csv --from OLD.selenite --seed 1 --test-fraction 0.15 -o new.selenite" in page
    assert "the model it continues" in page


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--preset", "fast"), 2, "--preset does not go with --from"),
        (("--hidden", "8"), 2, "--hidden does not go with --from"),
        (("--target", "age"), 2, 'old.selenite predicts "happy"; leave --target out'),
        (("-o", "old.selenite"), 2, "old.selenite cannot be written over old.selenite, which is read"),
    ],
)
def test_what_the_model_has_already_is_refused(run, old, arguments, code, message):
    assert message in run("fit", "new.csv", "--from", old, *arguments, code=code).stderr


def test_new_rows_may_lie_in_a_folder(run, old, tmp_path):
    rows = csv.read_csv("new.csv")
    (tmp_path / "more").mkdir()
    for part in range(2):
        parquet.write_table(rows.slice(40 * part, 40), tmp_path / "more" / f"{part}.parquet")
    parquet.write_table(rows, "all.parquet")
    for source in ("more", "all.parquet"):
        run("fit", source, "--from", old, "-q", "-o", f"{source}.selenite")
    assert (tmp_path / "more.selenite").read_bytes() == (tmp_path / "all.parquet.selenite").read_bytes()


def test_very_many_new_rows_are_read_in_pieces(run, old, tmp_path, monkeypatch):
    of = {"cli.streaming": "LARGE", "cli.continuing": "LARGE", "fitting.large": "LARGE", "table.fingerprint": "LARGE"}
    for module, name in (*of.items(), ("fitting.large", "CHOOSING"), ("fitting.large", "FEWEST_COUNTING")):
        monkeypatch.setattr(importlib.import_module(f"selenite.{module}"), name, 40 if name == "LARGE" else 20)
    said = " ".join(run("fit", "new.csv", "--from", old, "--stream", "--seed", 1).stdout.split())
    for part in (
        "new.csv 80 rows; old.selenite goes on: happy, 1 network of 128,64, fitted on 120 rows",
        "plan: 2 passes over the table: the first, 0 s, told what is new in its columns; the next encodes its rows",
        "note: age now reaches 140, was",
        "12 test rows (seed 1)",
        "before",
    ):
        assert part in said
    assert "bounded" not in said
    content = (tmp_path / "new.selenite").read_bytes()
    assert selenite.load("new.selenite").data.drawn_alike
    told = run("fit", "new.csv", "--from", old, "--seed", 1, "--json", "-o", "n").stdout  # at once
    assert json.loads(told)["drift"][0].startswith("age now reaches 140")
    assert (tmp_path / "n").read_bytes() == content


def test_other_rows_are_refused(run, old, people, tmp_path):
    text = (tmp_path / "new.csv").read_text()
    (tmp_path / "named.csv").write_text(text.replace("pets", "animals"))
    assert 'column "pets" is missing in named.csv' in run("fit", "named.csv", "--from", old, code=4).stderr
    (tmp_path / "maybe.csv").write_text(text.replace(",yes\n", ",maybe\n", 1))
    told = run("fit", "maybe.csv", "--from", old, code=4).stderr
    assert 'class "maybe" of column "happy" is unknown to the model, which knows "no", "yes"' in told
    assert "is the table that the model was fitted on" in run("fit", "old.csv", "--from", old, "-o", "x", code=2).stderr
    assert "new.csv is not a model that can be read" in run("fit", "new.csv", "--from", "new.csv", code=5).stderr
