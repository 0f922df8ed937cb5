"""Tables of very many rows: the same model from memory, from Parquet, from a folder and from text.

A tenth of what are many rows elsewhere are many here; `tests/estimators/test_sources.py` has as many as it takes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from selenite.errors import OptionError, TableError
from selenite.fitting import text_scores
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.evaluate_large import fit_and_evaluate_large
from selenite.fitting.large import LargeTable, look_over
from selenite.model import Settings
from selenite.model.judged import judged
from selenite.model.reading import KnownPieces
from selenite.model.rows import rows_used
from selenite.nn.random import SPLIT, permutation
from selenite.splits.split import first_drawn
from selenite.table import Limits, encode, open_pieces, read_table
from selenite.table.limits import LARGE
from selenite.table.parted import Parted
from selenite.table.table import Numbers, Table, Text, days_of

N, CHOOSING = 28_000, 3_277
SMALL = Settings("fast", members=2, hidden=(4,), epochs=1)


@pytest.fixture(scope="module", autouse=True)
def a_tenth_is_many():
    """Let tables of a tenth of the rows be taken for large, in pieces, blocks and windows of a tenth."""
    tenths = {
        "LARGE": (26_214, "fitting.evaluate fitting.large fitting.plan model.judged table.fingerprint"),
        "CHOOSING": (CHOOSING, "fitting.large"),
        "ROWS_OF_A_WINDOW": (6_553, "fitting.windows fitting.foreseen"),
        "BLOCK_ROWS": (6_553, "model.summed table.fingerprint table.moments table.share"),
        "PIECE_ROWS": (1_638, "table.parquet table.parted table.pieces table.batches"),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, (value, modules) in tenths.items():
            for module in modules.split():
                patch.setattr(import_module(f"selenite.{module}"), name, value)
        yield


@cache
def arrow() -> pa.Table:
    """Numbers with gaps, categories, a rare one, days, two answers and a number to predict."""
    g = np.random.default_rng(0)
    x, length = np.round(g.normal(size=N), 3), np.round(g.exponential(size=N), 3)
    colour = np.array(["red", "blue", "green", "black"])[g.integers(0, 4, N)]
    colour[N // 2] = "ochre"
    length[N // 3] = 99.5
    day = np.datetime64("2024-01-01") + g.integers(0, 500, N)
    score = np.sin(2 * x) + length * (colour == "red") + 0.3 * g.normal(size=N)
    return pa.table(
        {
            "x": pa.array(x, mask=g.random(N) < 0.05),
            "length": length,
            "colour": pa.array(colour, mask=g.random(N) < 0.02),
            "day": pa.array(day),
            "row": np.arange(1, N + 1),
            "price": np.round(np.exp(score), 3),
            "bought": np.where(score > 0.5, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> dict[str, Path]:
    """Return the table as one file of Parquet, as a folder of several, and as text."""
    folder = tmp_path_factory.mktemp("large")
    parquet.write_table(arrow(), folder / "one.parquet", row_group_size=5_003)
    csv.write_csv(arrow(), folder / "one.csv")
    (folder / "many").mkdir()
    cuts = [0, 7_777, 7_777, 20_000, N]
    for k, (begin, end) in enumerate(pairwise(cuts)):
        part = arrow().slice(begin, end - begin)
        part = part.select(part.column_names[::-1]) if k == 2 else part
        parquet.write_table(part, folder / "many" / f"{k}.parquet", row_group_size=3_000)
    return {"parquet": folder / "one.parquet", "csv": folder / "one.csv", "folder": folder / "many"}


def large(path: Path, target: str = "bought", **options: object) -> LargeTable:
    return look_over(open_pieces(path), target, SMALL, **options)


@pytest.fixture(scope="module")
def looked_over(sources) -> LargeTable:
    return large(sources["parquet"])


def test_the_model_is_the_same_from_memory_parquet_folder_and_text(sources):
    """Of classes; the test below has a number."""
    models = {"memory": fit_and_evaluate(read_table(sources["parquet"]), "bought", SMALL).model}
    for name, path in sources.items():
        models[name] = fit_and_evaluate_large(large(path), SMALL).model
    assert len({model.to_bytes() for model in models.values()}) == 1
    table = read_table(sources["csv"])
    used = rows_used(models["csv"], table)
    assert used.aside is not None
    assert used.aside.tolist() == np.sort(permutation(0, N, SPLIT)[:4_200]).tolist()


@pytest.mark.parametrize("option", ["groups", "time_column"])
def test_whole_groups_and_the_latest_rows_judge_wherever_the_rows_come_from(option, sources):
    """Days are groups, or say when; score finds the rows that judge again, in memory and in pieces."""
    memory = fit_and_evaluate(read_table(sources["parquet"]), "price", SMALL, **{option: "day"}).model
    looked = large(sources["folder"], "price", **{option: "day"})
    model = fit_and_evaluate_large(looked, SMALL).model
    assert model.to_bytes() == memory.to_bytes()
    table = read_table(sources["csv"])
    days, aside = table["day"].values, rows_used(model, table).aside
    assert aside is not None
    assert 4_100 < len(aside) == model.data.test_rows <= 4_200
    assert aside.tolist() == looked.aside.judging.tolist()
    judging, others = np.unique(days[aside]), np.unique(np.delete(days, aside))
    assert len(np.intersect1d(judging, others)) == 0
    assert len(np.intersect1d(days[looked.aside.choosing], judging)) == 0
    assert (judging.min() > others.max()) == (option == "time_column")
    assert (next(c for c in model.schema.columns if c.name == "day").kind == "identifier") == (option == "groups")
    [found] = judged(model, KnownPieces(model, sources["folder"], model.read, Limits(), {}), lambda share: None)
    assert found.test_rows is not None
    assert (found.test_rows.clusters is not None) == (option == "groups")
    [rmse] = [figure for figure in model.figures if (figure.model, figure.metric) == ("selenite", "RMSE")]
    [again] = [metric for metric in found.test_rows.metrics() if metric.name == "RMSE"]
    assert (again.value, again.low, again.high) == pytest.approx((rmse.value, rmse.low, rmse.high), rel=1e-4)


def test_a_large_table_is_learnt(sources):
    fit = fit_and_evaluate_large(large(sources["parquet"]), replace(SMALL, epochs=4))
    figures = {name: {metric.name: metric.value for metric in found} for name, found in fit.figures.items()}
    assert figures["selenite"]["log loss"] < 0.8 * figures["linear"]["log loss"] < figures["majority"]["log loss"]
    assert "better than a linear model" in fit.verdict
    assert fit.model.data.training_rows == N - 4_200


def test_what_all_rows_tell_is_exact(looked_over):
    """A category, a largest number and gaps that the rows drawn need not show."""
    schema = {column.name: column for column in looked_over.schema.columns}
    counts = looked_over.census.columns["colour"].counts
    assert counts == {v["values"]: v["counts"] for v in arrow()["colour"].drop_null().value_counts().to_pylist()}
    assert schema["colour"].categories == ("black", "blue", "green", "ochre", "red")
    assert schema["length"].maximum == 99.5
    assert schema["length"].missing is False
    assert schema["x"].missing is True
    assert schema["row"].kind == "identifier"
    days = days_of(arrow()["day"].to_numpy().astype("datetime64[us]"))
    assert (schema["day"].minimum, schema["day"].maximum) == (days.min(), days.max())


def test_quantiles_are_within_the_error_told(looked_over):
    values = np.sort(arrow()["length"].to_numpy())
    length = next(column for column in looked_over.schema.columns if column.name == "length")
    levels = np.array([0.158655, 0.5, 0.841345])  # of -1, 0 and 1
    at = np.searchsorted(values, np.array(length.rank_quantiles)[[21, 32, 43]], side="right") / N
    assert np.abs(at - levels)[1] < looked_over.census.rank_error < 0.0124  # 0.004 of ten times the rows


def test_mean_and_deviation_are_those_of_all_rows(sources):
    price = arrow()["price"].to_numpy()
    target = large(sources["folder"], "price").target
    assert (target.center, target.width) == pytest.approx((price.mean(), price.std()), rel=1e-12)


def test_each_row_is_trained_on_once_and_none_that_judges(looked_over):
    encoded = looked_over.encode(SMALL)
    windows = encoded.windows.windows(lambda Y: Y, n_own=len(encoded.rows.X))
    stored = np.concatenate([windows.load(k).X for k in range(len(windows.sizes))])
    table = whole(looked_over)
    X = encode(looked_over.schema, table, np.float32)
    order = first_drawn(N, 4_200 + CHOOSING, 0)
    np.testing.assert_array_equal(encoded.rows.X, X[np.sort(order[4_200:])])
    expected = np.delete(X, order, axis=0)
    assert len(stored) == len(expected) == encoded.windows.n_rows
    np.testing.assert_array_equal(stored[np.lexsort(stored.T)], expected[np.lexsort(expected.T)])


def whole(looked_over: LargeTable):
    from selenite.table.parted import joined

    return joined(list(looked_over.pieces))


def test_the_rows_drawn_first_need_no_permutation():
    for n, count in ((600_000, 1000), (LARGE + 1, LARGE), (5, 9)):
        assert first_drawn(n, count, 3).tolist() == permutation(3, n, SPLIT)[:count].tolist()


def test_rows_that_weigh_nothing_are_not_trained_on(tmp_path):
    table = arrow().append_column("weight", pa.array(np.where(np.arange(N) % 3 == 0, 0.0, 2.5)))
    parquet.write_table(table, tmp_path / "t.parquet")
    encoded = large(tmp_path / "t.parquet", weights="weight").encode(SMALL)
    kept = N - (N + 2) // 3
    assert 0.8 * kept < encoded.n_rows < kept
    np.testing.assert_allclose(encoded.rows.weight, N / kept, rtol=1e-6)
    few = table.set_column(table.num_columns - 1, "weight", pa.array((np.arange(N) < 900).astype(float)))
    parquet.write_table(few, tmp_path / "few.parquet")
    with pytest.raises(OptionError, match="the weights leave .* of 28,000 rows to learn from"):
        large(tmp_path / "few.parquet", weights="weight").encode(SMALL)


def test_what_cannot_be_fitted_is_said(sources, tmp_path, monkeypatch):
    gap = arrow()["bought"].to_pylist()
    gap[20_000] = None
    parquet.write_table(arrow().set_column(6, "bought", pa.array(gap)), tmp_path / "gap.parquet")
    with pytest.raises(TableError, match=r'"bought", is missing in 1 of 28,000 rows, first in row 20,001'):
        large(tmp_path / "gap.parquet")
    aside = replace(SMALL, kinds=dict.fromkeys(("x", "length", "colour", "day", "row", "price"), "identifier"))
    with pytest.raises(OptionError, match="no column of .* can be learnt from.*Say what one is"):
        _ = look_over(open_pieces(sources["parquet"]), "bought", aside).schema
    with pytest.raises(OptionError, match="class weights are for classes"):
        large(sources["parquet"], "price").encode(replace(SMALL, class_weight="balanced"))
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 1000}))
    with pytest.raises(OptionError, match="GB on the disk while the model is fitted.*TMPDIR"):
        large(sources["parquet"]).encode(SMALL)


OF_TEXT = replace(SMALL, kinds={"note": "text"})


def reviews(n=20_000, y_is_told=True):
    """Return a table of texts whose words tell the answer, or nothing of it."""
    random = np.random.default_rng(0)
    adds = {"fine": 2.0, "good": 1.0, "poor": -1.0, "awful": -2.0}
    words = random.choice([*adds, "wine", "table", "evening", "music"], (5000, 5))
    texts = [f"the {' '.join(row)} {k}" for k, row in enumerate(words.tolist())]
    told = np.array([sum(adds.get(word, 0.0) for word in row) for row in words.tolist()])
    codes = random.integers(0, len(texts), n).astype(np.int32)
    y = random.normal(size=n) + (told[codes] if y_is_told else 0.0)
    return Table(("note", "x", "y"), (Text(codes, tuple(texts)), Numbers(random.normal(size=n)), Numbers(y)), n)


def test_words_are_learnt_from_a_part_of_so_many_rows_and_of_none_that_judge_or_choose(tmp_path, monkeypatch):
    monkeypatch.setattr(text_scores, "MOST_ROWS", 4000)
    table = reviews()
    looked = look_over(Parted(table), "y", OF_TEXT)
    numbers = looked.words.numbers
    assert len(numbers) == 4000
    assert not np.isin(numbers, [*looked.aside.judging, *looked.aside.choosing]).any()
    assert {"fine", "awful"} <= set(looked.schema.columns[0].terms.names)
    notes = np.array(table["note"].values)[table["note"].codes]
    parquet.write_table(
        pa.table({"note": notes, **{name: table[name].values for name in "xy"}}), tmp_path / "t.parquet"
    )
    in_pieces = look_over(open_pieces(tmp_path / "t.parquet"), "y", OF_TEXT)
    assert in_pieces.schema == looked.schema
    model = fit_and_evaluate_large(in_pieces, OF_TEXT).model
    told, y = model.predict(table.take(looked.aside.judging)), table["y"].values[looked.aside.judging]
    assert np.mean((told - y) ** 2) < 0.4 * np.var(y)


def test_rows_that_words_are_learnt_from_have_scores_without_them(monkeypatch):
    monkeypatch.setattr(text_scores, "MOST_ROWS", 4000)
    table = reviews(y_is_told=False)
    looked = look_over(Parted(table), "y", OF_TEXT)
    own, y = looked.words.numbers, table["y"].values
    of_own = encode(looked.schema, table.take(own), np.float32)
    assert np.corrcoef(of_own[:, 0], y[own])[0, 1] > 0.3  # learnt by heart
    looked.words.put(of_own, own)
    assert abs(np.corrcoef(of_own[:, 0], y[own])[0, 1]) < 0.1


def test_long_texts_are_learnt_from_in_fewer_rows(monkeypatch):
    table = reviews(80_000)
    lengths = np.array(list(map(len, table["note"].values)))[table["note"].codes]
    rows = text_scores.rows_to_learn_from(table, ["note"], 0)
    assert len(rows) == text_scores.MOST_ROWS
    monkeypatch.setattr(text_scores, "MOST_CHARACTERS", 100_000)
    rows = text_scores.rows_to_learn_from(table, ["note"], 0)
    assert 99_900 < lengths[rows].sum() <= 100_000
