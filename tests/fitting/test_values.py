"""Numbers of few values: `best` gives each value an indicator where rows that were held out say that it is a case."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.fitting.calibration import Unseen, held_out_loss
from selenite.fitting.values import with_values
from selenite.nn import Network
from selenite.table import input_names
from selenite.training import TrainingRows


def wards(n=900, cases=True, seed=0):
    """Return patients of 40 wards, whose answer goes by the number of the ward as a case, or as a measure."""
    random = np.random.default_rng(seed)
    ward, age = random.integers(1, 41, n), random.normal(size=n)
    of_ward = np.random.default_rng(5).choice([-2.0, 2.0], 41) if cases else np.linspace(-2, 2, 41)
    answer = of_ward[ward] + 0.5 * age + random.logistic(size=n) > 0
    return pd.DataFrame({"ward": np.where(random.random(n) < 0.05, np.nan, ward), "age": age}), answer


def of_best(X, y):
    return SeleniteClassifier(preset="best", members=6, max_iter=20, hidden_layer_sizes=(32,), random_state=0).fit(X, y)


def test_numbers_that_are_cases_have_an_indicator_for_each():
    X, y = wards()
    found = of_best(X, y)
    assert found.model_.schema.columns[0].frequent_values == tuple(range(1, 41))
    names = input_names(found.model_.schema)
    assert names[:3] == ("ward", "ward: rank", "ward = 1")
    assert names[41:44] == ("ward = 40", "ward is missing", "age")
    usual = SeleniteClassifier(members=6, max_iter=20, hidden_layer_sizes=(32,), random_state=0).fit(X, y)
    assert not usual.model_.schema.columns[0].frequent_values
    new, truth = wards(seed=1)
    assert log_loss(truth, found.predict_proba(new)) < 0.97 * log_loss(truth, usual.predict_proba(new))


def test_measures_have_none():
    assert not of_best(*wards(cases=False)).model_.schema.columns[0].frequent_values


def test_rows_that_are_trained_on_are_encoded_as_new_ones_are():
    X, y = wards()
    heard = {}

    def keep(encoded):
        heard["encoded"] = with_values(encoded)
        return heard["encoded"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("selenite.fitting.retraining.with_values", keep)
        model = of_best(X, y).model_
    np.testing.assert_array_equal(heard["encoded"].rows.X, model.encode(X))


def test_held_out_loss_by_hand():
    z = np.array([[[2.0], [np.nan], [-1.0]], [[0.5], [1.0], [np.nan]]])
    rows = TrainingRows(np.zeros((3, 1)), np.array([[1.0], [0.0], [0.5]]), None)
    of_number = held_out_loss(Network((1, 1), ("identity",)), Unseen(z, rows))
    assert of_number == pytest.approx(((1.25 - 1) ** 2 + (1 - 0) ** 2 + (-1 - 0.5) ** 2) / 3)


def test_regressor_and_options_of_ones_own():
    X, _ = wards()
    y = np.where(X["ward"] % 3 == 0, 1.0, -1.0) + 0.3 * X["age"]
    best = SeleniteRegressor(preset="best", members=6, max_iter=20, hidden_layer_sizes=(32,), random_state=0).fit(X, y)
    assert len(best.model_.schema.columns[0].frequent_values) == 40
    linear = SeleniteRegressor(preset="best", members=6, max_iter=5, hidden_layer_sizes=(), random_state=0).fit(X, y)
    assert not linear.model_.schema.columns[0].frequent_values
