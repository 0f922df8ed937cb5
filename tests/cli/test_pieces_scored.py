"""`selenite score` in pieces: the figures are those of the table in memory, but for rounding."""

import importlib
import json
from dataclasses import replace

import numpy as np
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor, load
from selenite.model.parts import Data
from selenite.table import fingerprint, read_table
from selenite.table.fingerprint import digits_of_pieces

pyarrow = pytest.importorskip("pyarrow")
from pyarrow import csv, parquet  # noqa: E402

N = 2_500


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(3)
    x = rng.normal(size=N)
    return pyarrow.table(
        {
            "x": x,
            "pet": pyarrow.array(rng.choice(["cat", "dog", "none"], N)),
            "size": (x + rng.normal(size=N)).round(3),
            "happy": pyarrow.array(np.where(x + rng.normal(size=N) > 0, "yes", "no")),
            "kind": pyarrow.array(np.array(["a", "b", "c"])[(x > -0.5).astype(int) + (x > 0.5)]),
        }
    )


@pytest.fixture(scope="module")
def models(rows, tmp_path_factory):
    """Return models of two classes, three classes and a number."""
    folder, table = tmp_path_factory.mktemp("models"), rows.select(["x", "pet"]).slice(0, 300)
    for target in ("happy", "kind", "size"):
        estimator = (SeleniteRegressor if target == "size" else SeleniteClassifier)(members=1, max_iter=5)
        estimator.fit(table, rows[target].slice(0, 300).to_numpy()).save(folder / f"{target}.selenite")
        model = load(folder / f"{target}.selenite")
        replace(model, target=replace(model.target, name=target)).save(folder / f"{target}.selenite")
    return folder


@pytest.fixture
def in_pieces(rows, tmp_path, monkeypatch):
    """Write the rows, in many pieces; call to have all of them in memory again."""
    for path, value in (
        ("table.decode.BLOCK_BYTES", 1 << 12),
        ("table.parse.BLOCK_BYTES", 1 << 12),
        ("table.pieces.PIECE_ROWS", 300),
        ("table.parquet.PIECE_ROWS", 300),
        ("table.fingerprint.LARGE", 1_000),
        ("model.judged.LARGE", 1_000),
        ("model.judged.MOST_DRAWN", 500),
        ("model.summed.BLOCK_ROWS", 700),
    ):
        module, _, name = path.rpartition(".")
        monkeypatch.setattr(importlib.import_module(f"selenite.{module}"), name, value)
    csv.write_csv(rows, tmp_path / "t.csv")
    parquet.write_table(rows, tmp_path / "t.parquet", row_group_size=1_000)
    return lambda: monkeypatch.setattr("selenite.model.judged.LARGE", 1 << 20)


def by_columns(table):
    """Return the digits that a table of very many rows had before blocks of its rows had theirs."""
    return digits_of_pieces([table], one_block=True)


def scored(run, in_pieces, *arguments):
    """Return what score says of pieces, which is what it says of the table in memory; to nearly all digits."""
    said, as_json = run("score", *arguments).output, json.loads(run("score", *arguments, "--json").output)
    in_pieces()
    assert run("score", *arguments).output == said
    in_memory = json.loads(run("score", *arguments, "--json").output)
    for part, score in as_json["scores"].items():
        for name, metric in score["metrics"].items():
            for end, value in metric.items():
                wanted = in_memory["scores"][part]["metrics"][name][end]
                assert value == (wanted and pytest.approx(wanted, rel=1e-6 if "ROC" in name else 1e-11)), (name, end)
            in_memory["scores"][part]["metrics"][name] = metric
    assert as_json == in_memory
    return said


@pytest.mark.parametrize("target", ["happy", "kind", "size"])
@pytest.mark.parametrize("source", ["t.csv", "t.parquet"])
def test_the_figures_are_those_in_memory(run, models, in_pieces, target, source):
    text = scored(run, in_pieces, models / f"{target}.selenite", source)
    assert text.startswith(f"{source}   2,500 rows; {target} by ")
    assert ("RMSE" if target == "size" else "log loss") in text


@pytest.mark.parametrize(("drawn_alike", "digits_of"), [(True, fingerprint), (False, fingerprint), (True, by_columns)])
def test_the_table_fitted_on_is_known_again(run, models, in_pieces, tmp_path, drawn_alike, digits_of):
    model = load(models / "happy.selenite")
    data = Data(
        training_rows=N - 375,
        test_rows=375,
        test_fraction=0.15,
        split_seed=7,
        drawn_alike=drawn_alike,
        fingerprint=digits_of(read_table("t.csv")),
    )
    replace(model, data=data).save("m.selenite")
    text = scored(run, in_pieces, "m.selenite", "t.csv")
    assert "test rows (375)" in text
    assert "the table that the model was fitted on" in text


def test_text_and_parquet_give_the_same_digits(run, models, in_pieces):
    for target in ("happy", "size"):
        text, parquet = (
            json.loads(run("score", models / f"{target}.selenite", source, "--json").output)
            for source in ("t.csv", "t.parquet")
        )
        assert text["scores"] == parquet["scores"]


def test_what_was_fitted_when_texts_were_known_at_once_is_known_again(run, models, in_pieces, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(importlib.import_module("selenite.table.fingerprint"), "LARGE", N)
        digits = fingerprint(read_table("t.csv"))
    assert digits != fingerprint(read_table("t.csv"))
    model = load(models / "happy.selenite")
    data = Data(training_rows=N - 375, test_rows=375, test_fraction=0.15, split_seed=7, fingerprint=digits)
    replace(model, data=data).save("m.selenite")
    for source in ("t.csv", "t.parquet"):
        assert "test rows (375)" in run("score", "m.selenite", source).output


def test_a_picture_shows_rows_drawn_of_very_many(run, models, in_pieces):
    said = run("score", models / "size.selenite", "t.parquet", "--plot", "p.png").output
    assert said.endswith("p.png shows 500 rows that were drawn of all.\n")


def test_answers_that_are_none_are_told_by_their_place(run, models, in_pieces, rows, tmp_path):
    with (tmp_path / "t.csv").open("a") as file:
        file.write('1,"cat",1,,"a"\n')
    for target, words in (
        ("happy", 'column "happy", is missing, first in line 2,502'),
        ("kind", 'line 2,503: class "z" of column "kind" is unknown'),
    ):
        error = run("score", models / f"{target}.selenite", "t.csv", code=4).stderr
        assert words in error
        with (tmp_path / "t.csv").open("a") as file:
            file.write('1,"cat",1,"no","z"\n')
    answers = pyarrow.array([None if i == N - 1 else "no" for i in range(N)])
    parquet.write_table(rows.set_column(3, "happy", answers), tmp_path / "t.parquet")
    error = run("score", models / "happy.selenite", "t.parquet", code=4).stderr
    assert "is missing, first in row 2,500" in error


def test_the_confusion_counts_all_rows(run, models, in_pieces):
    found = json.loads(run("score", models / "kind.selenite", "t.parquet", "--json").stdout)
    assert np.sum(found["confusion_matrix"]) == N
