"""A model that goes on with very many new rows: the same from memory, a folder and text, by its own columns."""

import importlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from selenite.errors import OptionError, SchemaError
from selenite.fitting.continuing import settings_to_continue
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.evaluate_continued import continue_and_evaluate, continue_and_evaluate_large
from selenite.fitting.large import look_over
from selenite.model import Settings
from selenite.model.reading import KnownPieces
from selenite.model.rows import rows_used
from selenite.table import Limits, read_table

N = 3_000
SMALL = Settings("fast", members=2, hidden=(16,), epochs=10)


@pytest.fixture(autouse=True)
def few_are_very_many(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("fitting.large.LARGE", 900),
        ("fitting.large.MOST_JUDGING", 300),
        ("fitting.large.CHOOSING", 200),
        ("fitting.large.FEWEST_COUNTING", 10),
        ("fitting.windows.ROWS_OF_A_WINDOW", 1_000),
        ("fitting.evaluate_continued.LARGE", 900),
        ("table.fingerprint.LARGE", 900),
    ):
        module, _, of_it = name.rpartition(".")
        monkeypatch.setattr(importlib.import_module(f"selenite.{module}"), of_it, value)


def rows(n, seed, most):
    """Return rows whose answers depend on x, a pet, and a number that reaches so far."""
    rng = np.random.default_rng(seed)
    x, pet, age = rng.normal(size=n), rng.choice(["cat", "dog"], n), rng.uniform(18, most, n).round(1)
    price = np.exp(x + (pet == "cat") + age / 100).round(4)
    return pa.table({"x": x, "pet": pet, "age": age, "price": price, "happy": np.where(price > 3, "yes", "no")})


@pytest.fixture(params=["price", "happy"])
def old(request):
    """Return a model of 600 rows, all below 60 years of age."""
    parquet.write_table(rows(600, 0, 60), "old.parquet")
    table = read_table("old.parquet").without("happy" if request.param == "price" else "price")
    return fit_and_evaluate(table, request.param, SMALL).model


@pytest.fixture
def new():
    """Write new rows, up to 90 years of age, as a file, a folder and text."""
    table = rows(N, 1, 90)
    parquet.write_table(table, "new.parquet")
    csv.write_csv(table, "new.csv")
    Path("new").mkdir()
    for part in range(3):
        some = table.slice(1_000 * part, 1_000)
        parquet.write_table(some.select(some.column_names[::-1]) if part else some, f"new/{part}.parquet")
    return table


def in_pieces(old, source):
    settings = settings_to_continue(old, seed=1, epochs=10)
    pieces = KnownPieces(old, source, old.read, Limits(), {})
    large = look_over(pieces, old.target.name, settings, model=old)
    return continue_and_evaluate_large(large, old, settings)


def test_it_is_the_same_from_memory_a_folder_and_text(old, new):
    table = read_table("new.parquet")
    fit, notes = continue_and_evaluate(table, old, settings_to_continue(old, seed=1, epochs=10))
    for source in ("new", "new.csv"):
        again, told = in_pieces(old, source)
        assert again.model.to_bytes() == fit.model.to_bytes()
        assert told == notes
    assert any(note.startswith("age now reaches 9") for note in notes)
    assert fit.model.schema.columns[2].maximum == new["age"].to_numpy().max()
    assert fit.model.schema.columns[2].scales == old.schema.columns[2].scales
    assert fit.model.data.continues
    loss = {
        name: next(one.value for one in figures if one.name in ("log loss", "RMSE"))
        for name, figures in fit.figures.items()
    }
    assert loss["selenite"] < 0.9 * loss["before"]
    aside = rows_used(fit.model, table).aside
    assert aside is not None
    assert len(aside) == 300
    assert fit.model.data.training_rows == N - 300


def test_rows_that_the_model_cannot_go_on_with_are_named(old, new):
    table = new.to_pydict()
    table["happy"][2_500], table["price"][2_500] = "maybe", -1.0
    csv.write_csv(pa.table(table), "odd.csv")
    words = "maybe" if old.target.name == "happy" else "learnt the logarithm" if old.target_transform else ""
    if words:
        with pytest.raises((SchemaError, OptionError), match=words):
            in_pieces(old, "odd.csv")
    parquet.write_table(pa.table(table).slice(0, 2_000), "again.parquet")
    made, _ = in_pieces(old, "again.parquet")
    with pytest.raises(OptionError, match="is the table that the model was fitted on"):
        in_pieces(made.model, "again.parquet")
