"""A small network learns a model's answers, and what it costs is judged on rows that it did not learn from."""

from dataclasses import replace

import numpy as np
import pytest

from selenite.fitting.distillation import EXCHANGED, Lesson, distil
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.model.file import from_bytes
from selenite.model.rows import rows_used
from selenite.splits.grouping import ALONE
from selenite.table import Numbers, Table
from selenite.table.cells import text_column

QUICK = Settings(members=2, hidden=(32,), epochs=12)


def table_of(n, seed=0, price=False):
    """Return rows of numbers, gaps and a category, and a class, or a price, that depends on them."""
    rng = np.random.default_rng(seed)
    x, size, town = rng.normal(size=n), rng.normal(size=n), rng.integers(0, 3, n)
    signal = x * (town - 1) + np.sin(2 * size)
    answer = Numbers(np.exp(signal + 0.2 * rng.normal(size=n)))
    if not price:
        answer = text_column(["no" if one < 0 else "yes" for one in signal + 0.5 * rng.normal(size=n)])
    columns = {
        "x": Numbers(np.where(rng.random(n) < 0.1, np.nan, x)),
        "size": Numbers(size),
        "town": text_column([f"t{k}" for k in town]),
        "y": answer,
    }
    return Table(tuple(columns), tuple(columns.values()), n, "rows")


@pytest.fixture(scope="module")
def large():
    """A table and its model, which put test rows aside."""
    table = table_of(1500)
    return table, fit_and_evaluate(table, "y", QUICK).model


@pytest.fixture(scope="module")
def distilled(large):
    return distil(large[1], large[0], (8,))


def test_the_network_answers_as_the_model_does_on_rows_that_neither_has_seen(large, distilled):
    new = table_of(2000, seed=1).without("y")
    of_model, own = (one.predict_proba(new)[:, 1].astype(float) for one in (large[1], distilled.model))
    assert np.abs(own - of_model).mean() < 0.06 < np.abs(of_model - of_model.mean()).mean() / 3
    assert distilled.model.network.layer_sizes[1:-1] == (8,)
    assert distilled.model.n_members == 1


def test_both_are_judged_on_the_models_test_rows(large, distilled):
    table, model = large
    aside = table.take(rows_used(model, table).aside)
    truth = [aside["y"].values[code] for code in aside["y"].codes]
    for name, one in (("selenite", distilled.model), ("original", model)):
        right = one.predict(aside.without("y")) == truth
        assert distilled.figures[name][0].value == right.mean()
    assert distilled.rows == f"the {aside.n_rows:,} test rows, which neither learned from"
    assert (rows_used(distilled.model, table).aside == rows_used(model, table).aside).all()
    assert "the original, which it was distilled from" in distilled.model.verdict
    said = str(distilled)
    assert said.startswith("distilled: one network 8-8-1, 193 parameters; the original: 2 times 8-32-1,")
    assert said.splitlines()[3].split() == ["distilled", "original", "commonest", "class"]


def test_its_file_is_that_of_any_model(distilled, tmp_path):
    header, parameters = from_bytes(distilled.model.to_bytes())
    assert (parameters == distilled.model.parameters).all()
    assert header.figures == distilled.model.figures


def test_the_same_seed_gives_the_same_network(large, distilled):
    assert distil(large[1], large[0], (8,)).model.to_bytes() == distilled.model.to_bytes()


def test_of_few_rows_each_judges_models_that_were_fitted_without_its_fold():
    table = table_of(60)
    model = fit_and_evaluate(table, "y", QUICK).model
    found = distil(model, table, (4,))
    stored = [figure.value for figure in model.figures if figure.model == "selenite"]
    assert [metric.value for metric in found.figures["original"]] == pytest.approx(stored)
    assert found.rows == "all 60 rows, each by models fitted without its fold"
    assert found.model.data.folds == model.data.folds
    assert found.model.data.training_rows == 60


def test_of_a_table_that_the_model_does_not_know_rows_are_put_aside(large):
    table = table_of(200, seed=2)
    found = distil(large[1], table, (4,))
    assert found.rows == "30 rows of 200, put aside from the distilled network"
    assert "may have learned from them" in found.remark
    assert len(rows_used(found.model, table).aside) == 30


@pytest.mark.parametrize("loss", ["auto", "quantile(0.9)", "poisson"])
def test_numbers_of_every_loss_and_scale(loss):
    table = table_of(1200, price=True)
    model = fit_and_evaluate(table, "y", replace(QUICK, members=3, loss=loss, epochs=20)).model
    assert model.target_transform == ("log" if loss == "auto" else "")
    found, new = distil(model, table, (16, 8)).model, table_of(2000, seed=1, price=True)
    ours, theirs = (np.log(np.maximum(one.predict(new.without("y")), 1e-2)) for one in (found, model))
    assert np.corrcoef(ours, theirs)[0, 1] > 0.97
    assert (found.network.loss, found.network.activations[-1]) == (model.network.loss, model.network.activations[-1])
    low, high = found.predict(new.without("y"), quantiles=(0.05, 0.95)).T
    assert 0.82 < ((low <= new["y"].values) & (new["y"].values <= high)).mean() < 0.97


def test_rows_that_are_made_have_the_cells_of_the_others():
    table = table_of(300)
    made = Lesson(table, ALONE, None).recombined(seed=0).features
    for name in ("size", "y"):
        before, after = (
            one[name].codes if name == "y" else one[name].values  # in the order of the rows
            for one in (table, made)
        )
        assert (np.sort(before) == np.sort(after)).all()
    moved = {name: np.flatnonzero(table[name].values != made[name].values) for name in ("x", "size")}
    assert len(moved["size"]) == EXCHANGED * 300
    assert set(moved["size"]) != set(moved["x"])
