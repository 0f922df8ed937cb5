"""Monotone columns: what is asked holds for every pair of rows, in the model, its file and its export."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite.errors import OptionError
from selenite.fitting.distillation import distil
from selenite.fitting.large import look_over
from selenite.model import Settings
from selenite.table import as_table as table_of
from selenite.table import pieces_of
from selenite.tuning import Search, tune

SMALL = {"hidden_layer_sizes": (16, 8), "members": 2, "max_iter": 15}
DIRECTIONS = {"income": 1, "age": -1}


def as_table(columns):
    return table_of(pd.DataFrame(columns))


def drawn(n, seed=0):
    """Return rows whose income pays in waves, whose age costs; some ages are missing, many incomes are 0."""
    rng = np.random.default_rng(seed)
    income = np.where(rng.random(n) < 0.3, 0.0, rng.gamma(2, 20, n).round(1))
    age = np.where(rng.random(n) < 0.1, np.nan, rng.integers(18, 90, n))
    town = rng.choice(["Rome", "Oslo", "Bonn"], n)
    y = (
        0.03 * income
        + np.sin(income / 4)
        - 0.02 * np.nan_to_num(age, nan=40)
        + (town == "Oslo")
        + 0.3 * rng.normal(size=n)
    )
    return {"income": income, "age": age, "town": town, "size": rng.normal(size=n)}, y


def wrong_way(predict, name, direction, n_rows=1000, n_values=46):
    """Return by how much a prediction goes the wrong way at the most: 46 values of a row make 1,035 pairs."""
    columns, _ = drawn(n_rows, seed=7)
    values = np.sort(np.random.default_rng(3).normal(40, 60, (n_rows, n_values)), axis=1)
    rows = {each: np.repeat(column, n_values) for each, column in columns.items()} | {name: values.ravel()}
    found = predict(as_table(rows)).reshape(n_rows, n_values)
    below = np.maximum.accumulate(direction * found, axis=1)  # the greatest of all smaller values
    return float((below[:, :-1] - direction * found[:, 1:]).max())


@pytest.fixture(scope="module")
def regressor():
    X, y = drawn(600)
    return selenite.SeleniteRegressor(**SMALL, monotone=DIRECTIONS).fit(as_table(X), y)


def test_of_a_million_random_pairs_none_goes_the_wrong_way(regressor):
    assert wrong_way(regressor.predict, "income", 1) < 1e-6
    assert wrong_way(regressor.predict, "age", -1) < 1e-6
    X, y = drawn(600)
    free = selenite.SeleniteRegressor(**SMALL).fit(as_table(X), y)
    assert wrong_way(free.predict, "income", 1) > 0.1
    new, y = drawn(2000, seed=1)
    assert regressor.score(as_table(new), y) > 0.5


@pytest.mark.parametrize(
    "settings", [{"hidden_layer_sizes": ()}, {"activation": ["tanh", "softplus"]}, {"loss": "log_loss"}]
)
def test_so_does_the_probability_of_the_second_class(settings):
    X, y = drawn(400)
    happy = np.where(y > 0.5, "yes", "no")
    classifier = selenite.SeleniteClassifier(**SMALL | settings, monotone=DIRECTIONS).fit(as_table(X), happy)
    for name, direction in DIRECTIONS.items():
        assert wrong_way(lambda rows: classifier.predict_proba(rows)[:, 1], name, direction, 200) < 1e-6


def test_so_do_numbers_whose_logarithm_is_learnt_and_networks_made_of_the_model(regressor, tmp_path):
    X, y = drawn(400)
    shop = selenite.SeleniteRegressor(**SMALL, monotone=DIRECTIONS).fit(as_table(X), np.exp(2 * y))
    assert shop.model_.target_transform == "log"
    assert wrong_way(shop.predict, "income", 1, 200) < 1e-4
    pupil = distil(regressor.model_, as_table({**X, "target": y}), (6,)).model
    assert wrong_way(pupil.predict, "age", -1, 200) < 1e-6
    again = selenite.SeleniteRegressor(**SMALL).fit(as_table(drawn(200, 5)[0]), drawn(200, 5)[1], init_model=regressor)
    assert again.model_.parameters.tobytes() != regressor.model_.parameters.tobytes()
    assert wrong_way(again.predict, "income", 1, 200) < 1e-6


def test_an_export_gives_the_same(regressor, tmp_path):
    columns, _ = drawn(40, seed=2)
    [file, *_] = selenite.export(regressor.model_, "python", tmp_path, name="it").files
    spec = importlib.util.spec_from_file_location("it", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = [dict(zip(columns, map(as_cell, row), strict=True)) for row in zip(*columns.values(), strict=True)]
    np.testing.assert_allclose([module.predict(row) for row in rows], regressor.predict(as_table(columns)), rtol=1e-6)


def as_cell(value):
    return str(value) if isinstance(value, str) else None if np.isnan(value) else float(value)


def test_the_file_keeps_which_and_no_other_file_changes(regressor, tmp_path):
    regressor.save(tmp_path / "m.selenite")
    known = selenite.load(tmp_path / "m.selenite")
    assert known.settings.monotone == DIRECTIONS
    assert {column.name: column.monotone for column in known.schema.columns if column.monotone} == DIRECTIONS
    X, y = drawn(60)
    plain = selenite.SeleniteRegressor((4,), members=1, max_iter=1).fit(as_table(X), y)
    assert b"monotone" not in plain.model_.to_bytes()


@pytest.mark.parametrize(
    ("monotone", "said"),
    [
        ({"incme": 1}, 'no column "incme".*did you mean "income"'),
        ({"town": 1}, '"town" is of kind category.*--kind'),
        ({"income": 2}, '"income" 2: give 1'),
    ],
)
def test_what_cannot_be_is_refused(monotone, said):
    X, y = drawn(60)
    with pytest.raises(OptionError, match=said):
        selenite.SeleniteRegressor(**SMALL, monotone=monotone).fit(as_table(X), y)


def test_so_is_what_cannot_hold_it():
    X, y = drawn(60)
    table = as_table(X)
    with pytest.raises(OptionError, match="activation swish falls somewhere.*take logistic, tanh, relu, "):
        selenite.SeleniteRegressor((8,), ["swish"], monotone=DIRECTIONS).fit(table, y)
    with pytest.raises(OptionError, match="two classes, and .* has 3"):
        selenite.SeleniteClassifier(**SMALL, monotone=DIRECTIONS).fit(table, ["a", "b", "c"] * 20)
    with pytest.raises(OptionError, match="one target, and there are several"):
        selenite.SeleniteRegressor(**SMALL, monotone=DIRECTIONS).fit(table, np.stack([y, y], axis=1))
    with pytest.raises(OptionError, match="needs all rows in memory, at most 262,144; .* has 60"):
        look_over(pieces_of({**X, "y": y}), "y", Settings(monotone=DIRECTIONS))
    with pytest.raises(OptionError, match="tune tries activations"):
        tune(as_table({**X, "y": y}), "y", Settings(monotone=DIRECTIONS), Search(1))
    with pytest.raises(OptionError, match="partial_fit does not keep"):
        selenite.SeleniteRegressor(**SMALL, monotone=DIRECTIONS).partial_fit(table, y)
