"""Odd sources of very many rows: the model of the same rows in memory, or an error that names what is wrong."""

import importlib
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from selenite.errors import SchemaError, TableError
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.evaluate_large import fit_and_evaluate_large
from selenite.fitting.large import look_over
from selenite.model import Settings
from selenite.model.rows import rows_used
from selenite.table import open_pieces, read_table
from selenite.tuning import search

N = 5_003
SMALL = Settings("fast", members=1, hidden=(4,), epochs=2)


@pytest.fixture(autouse=True)
def few_are_very_many(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("fitting.large.LARGE", 900),
        ("fitting.large.MOST_JUDGING", 300),
        ("fitting.large.CHOOSING", 200),
        ("fitting.large.FEWEST_COUNTING", 10),
        ("fitting.windows.ROWS_OF_A_WINDOW", 1_000),
        ("fitting.evaluate.LARGE", 900),
        ("table.fingerprint.LARGE", 900),
        ("tuning.search.LARGE", 900),
    ):
        module, _, of_it = name.rpartition(".")
        monkeypatch.setattr(importlib.import_module(f"selenite.{module}"), of_it, value)


@pytest.fixture
def whole():
    """Rows in which the second of three parts lacks a class, and the last has a category of its own."""
    rng = np.random.default_rng(0)
    y, pet = rng.choice(["a", "b", "c"], N), rng.choice(["cat", "dog"], N).astype(object)
    y[2_000:4_000][y[2_000:4_000] == "c"] = "a"
    pet[-20:] = "axolotl"
    return pa.table({"x": rng.normal(size=N), "pet": pet, "y": y})


@pytest.fixture
def folder(whole):
    """Return a folder with empty files, an empty row group, columns in another order and a last batch of one row."""
    path = Path("rows")
    path.mkdir()
    parquet.write_table(whole.slice(0, 0), path / "0.parquet")
    with parquet.ParquetWriter(path / "1.parquet", whole.schema) as writer:
        for begin, n in ((0, 0), (0, 777), (777, 0), (777, 1_223)):
            writer.write_table(whole.slice(begin, n))
    second = whole.slice(2_000, 2_000).select(["y", "x", "pet"])
    parquet.write_table(second, path / "2.parquet", row_group_size=101)
    parquet.write_table(whole.slice(4_000), path / "3.parquet", row_group_size=1_002)
    parquet.write_table(whole.slice(0, 0), path / "4.parquet")
    return path


def in_pieces(path):
    return look_over(open_pieces(path), "y", SMALL)


def test_the_model_is_that_of_the_rows_in_memory(whole, folder):
    parquet.write_table(whole, "rows.parquet")
    csv.write_csv(whole, "rows.csv")
    expected = fit_and_evaluate(read_table("rows.parquet"), "y", SMALL).model
    for path in (folder, Path("rows.csv")):
        assert fit_and_evaluate_large(in_pieces(path), SMALL).model.to_bytes() == expected.to_bytes()
    assert expected.target.classes == ("a", "b", "c")
    [pet] = [column for column in expected.schema.columns if column.name == "pet"]
    assert pet.categories == ("axolotl", "cat", "dog")


def replaced(path):
    shutil.copy(path / "2.parquet", path / "3.parquet")


def shortened(path):
    (path / "2.parquet").write_bytes((path / "2.parquet").read_bytes()[:9_000])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: (path / "3.parquet").unlink(), "3.parquet is gone, though it was there before"),
        (replaced, "rows was changed while it was read: begin anew"),
        (shortened, "2.parquet is not a Parquet file, or a damaged one"),
    ],
)
def test_what_changes_during_a_fit_is_named(change, words, folder):
    large = in_pieces(folder)
    change(folder)
    with pytest.raises(TableError, match=words):
        fit_and_evaluate_large(large, SMALL)


def test_a_file_with_other_columns_is_named(whole, folder):
    parquet.write_table(whole.drop_columns("pet"), folder / "2.parquet")
    with pytest.raises((TableError, SchemaError), match=r"2\.parquet.*pet|pet.*2\.parquet"):
        in_pieces(folder)


def test_a_search_puts_aside_the_rows_that_judge_in_the_end(whole, folder, monkeypatch):
    learnt_from, of_trials = [], search._parts_of_trials

    def noted(table, target, settings, data, training, grouping):
        learnt_from.append(table["x"].values[training])
        return of_trials(table, target, settings, data, training, grouping)

    monkeypatch.setattr(search, "_parts_of_trials", noted)
    settings, few = Settings("fast"), search.Search(2)
    in_memory, of_folder = (
        search.tune(rows, "x", settings, few).fit.model
        for rows in (read_table(folder / "3.parquet"), look_over(open_pieces(folder / "3.parquet"), "x", settings))
    )
    assert in_memory.to_bytes() == of_folder.to_bytes()
    table = read_table(folder / "3.parquet")
    aside = rows_used(in_memory, table).aside
    assert aside is not None
    assert len(aside) == 150
    assert len(learnt_from[0]) > 400
    assert len(np.setdiff1d(learnt_from[0], np.delete(table["x"].values, aside))) == 0
