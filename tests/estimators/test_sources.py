"""`fit` of sources of rows: the same model from a frame, a dataset, a reader, files and whatever gives pieces."""

from __future__ import annotations

import pickle
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pytest
from pyarrow import csv, parquet

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError, TableError
from selenite.table import open_pieces, read_table
from selenite.table.limits import LARGE

MANY = LARGE + 8_000
SMALL = {"hidden_layer_sizes": (4,), "members": 2, "max_iter": 1}


@cache
def table(n: int) -> pa.Table:
    """Numbers with gaps, categories, and two columns to predict."""
    g = np.random.default_rng(0)
    x, colour = np.round(g.normal(size=n), 2), np.array(["red", "blue", "green"])[g.integers(0, 3, n)]
    y = np.round(np.sin(2 * x) + (colour == "red") + 0.1 * g.normal(size=n), 2)
    return pa.table(
        {
            "x": pa.array(x, mask=g.random(n) < 0.05),
            "price": y,
            "colour": colour,
            "weight": g.integers(0, 3, n),
            "sold": np.where(y > 0.5, "yes", "no"),
        }
    )


class Halves:
    """The rows as frames of three makers, the columns in another order in some, one piece empty."""

    def __init__(self, whole: pa.Table) -> None:
        self.whole = whole

    def __iter__(self):
        n = self.whole.num_rows
        yield self.whole.slice(0, n // 2).to_pandas()
        yield self.whole.slice(0, 0).to_pandas()
        rest = self.whole.select(self.whole.column_names[::-1]).slice(n // 2)
        yield pl.from_arrow(rest.slice(0, 1_000))
        yield from rest.slice(1_000).to_batches()


def sources(whole: pa.Table):
    yield "dataset", pyarrow.dataset.dataset(whole.to_batches(50_000))
    yield "reader", pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches(50_000))
    yield "iterable", Halves(whole)


def file_of(estimator, folder) -> bytes:
    estimator.save(folder / "m")
    return (folder / "m").read_bytes()


def test_many_rows_make_the_same_model_from_every_source(tmp_path):
    whole = table(MANY).select(["x", "price", "colour"])
    frame = whole.to_pandas()
    expected = file_of(SeleniteRegressor(**SMALL).fit(frame.drop(columns="price"), frame["price"]), tmp_path)
    for name, source in sources(whole):
        assert file_of(SeleniteRegressor(**SMALL).fit(source, "price"), tmp_path) == expected, name


@pytest.fixture
def few_are_many(monkeypatch):
    """Take 4,000 rows for very many, which the test above has."""
    monkeypatch.setattr("selenite.estimators.tables.base.LARGE", 3_000)
    for name, value in (("LARGE", 3_000), ("CHOOSING", 600), ("FEWEST_COUNTING", 10)):
        monkeypatch.setattr(f"selenite.fitting.large.{name}", value)
    return 4_000


def test_weights_validation_rows_and_a_record_of_many_rows(few_are_many, tmp_path):
    whole = table(few_are_many).select(["x", "colour", "weight", "sold"])
    frame, own = whole.to_pandas(), table(500).to_pandas()
    own = own[["x", "colour"]], own["sold"]
    classifier = SeleniteClassifier(**SMALL, class_weight={"yes": 2.0})
    options = {"validation_set": own, "record": True}
    classifier.fit(frame[["x", "colour"]], frame["sold"], frame["weight"], **options)
    expected = file_of(classifier, tmp_path)
    data = classifier.model_.data
    assert data.training_rows == np.count_nonzero(frame["weight"])
    assert data.validation_rows == 500
    assert classifier.best_epoch_ == 1
    hidden = slice(0, -5)  # the temperature divides the output layer
    np.testing.assert_array_equal(classifier.history_.at(1)[hidden], classifier.model_.parameters[0][hidden])
    with pytest.raises(TypeError, match="keeps them on the disk, and cannot be pickled: leave out record=True"):
        pickle.dumps(classifier)
    assert classifier.predict(own[0]).tolist().count("yes") > 0
    classifier.fit(pyarrow.dataset.dataset(whole), "sold", "weight", **options)
    assert file_of(classifier, tmp_path) == expected
    assert classifier.feature_names_in_.tolist() == ["x", "colour"]
    frame = frame.rename(columns={"x": "sold", "sold": "y"})  # a column has the target's name
    clash = SeleniteClassifier(hidden_layer_sizes=(4,), members=1, max_iter=1).fit(
        frame[["sold", "colour"]], frame["y"].rename("sold")
    )
    assert (clash.model_.target.name, clash.model_.schema.columns[0].name) == ("sold", "sold")
    with pytest.raises(OptionError, match="groups needs all rows in memory, and the dataset has 4,000"):
        classifier.fit(pyarrow.dataset.dataset(whole), "sold", groups=np.arange(few_are_many))


def test_groups_of_many_rows_make_the_same_model_from_a_frame_and_a_dataset(few_are_many):
    whole = table(few_are_many).select(["x", "colour", "sold", "weight"])
    whole = whole.append_column("shop", pa.array(np.random.default_rng(1).integers(0, 999, few_are_many)))
    frame, models = whole.to_pandas(), []
    for X, y in ((pyarrow.dataset.dataset(whole), "sold"), (frame.drop(columns="sold"), frame["sold"])):
        models.append(SeleniteClassifier(**SMALL).fit(X, y, groups="shop").model_)
    assert (models[0].parameters == models[1].parameters).all()
    assert next(one for one in models[0].schema.columns if one.name == "shop").kind == "identifier"


def test_few_rows_are_fitted_as_any_table(tmp_path):
    whole = table(3_000)
    csv.write_csv(whole, tmp_path / "t.csv")
    parquet.write_table(whole, tmp_path / "t.parquet")
    frame = whole.to_pandas()
    frame["colour"] = frame["colour"].astype("category")
    X, y = frame.drop(columns=["sold", "weight"]), frame["sold"]
    expected = file_of(SeleniteClassifier(**SMALL).fit(X, y, frame["weight"]), tmp_path)
    others = {
        "text": str(tmp_path / "t.csv"),
        "table": read_table(tmp_path / "t.csv"),
        "pieces": open_pieces(tmp_path / "t.parquet"),
        "frame": frame,
        "mapping": {name: frame[name].to_numpy() for name in frame},
        "categories": [frame[:1_000], frame[1_000:]],
        **dict(sources(whole)),
    }
    for name, source in others.items():
        fitted = SeleniteClassifier(**SMALL).fit(source, "sold", "weight")
        assert file_of(fitted, tmp_path) == expected, name
        np.testing.assert_array_equal(fitted.predict(X), fitted.predict(whole.select(X.columns.tolist())))


def test_what_cannot_be_a_source_is_said():
    frame = table(100).to_pandas()
    fit = SeleniteClassifier(**SMALL).fit
    with pytest.raises(TypeError, match="generator gives its rows once.* give a list of frames, a pyarrow Dataset"):
        fit((frame for _ in range(2)), "sold")
    with pytest.raises(TypeError, match="cannot be taken from int: give a table, a path"):
        fit(3, "sold")
    with pytest.raises(OptionError, match='the iterable has no column "solid".*sold'):
        fit([frame], "solid")
    with pytest.raises(OptionError, match="sample_weight must name a column where the target does"):
        fit([frame], "sold", np.ones(100))
    with pytest.raises(TableError, match="the iterable has no rows"):
        fit([], "sold")
    with pytest.raises(OptionError, match='the iterable has no column to learn from beside "sold"'):
        fit([frame[["sold", "weight"]]], "sold", "weight")
    with pytest.raises(TableError, match="no file"):
        fit("nowhere.csv", "sold")


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_a_fit_that_fails_leaves_the_estimator_as_it_was():
    frame = table(300).to_pandas()
    classifier = SeleniteClassifier(**SMALL).fit(frame[["x"]], frame["sold"])
    with pytest.raises(TableError, match="piece 2"):
        classifier.fit([frame, frame.drop(columns="x")], "sold")
    assert classifier.feature_names_in_.tolist() == ["x"]
