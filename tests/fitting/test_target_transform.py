"""Networks of the target's logarithm: where they are taken, and that they are models as any other."""

import numpy as np
import pandas as pd
import pytest

import selenite
from selenite import SeleniteRegressor
from selenite.fitting.budget import countdown
from selenite.fitting.calibration import Unseen
from selenite.fitting.encoded import TrainingTable, encode_rows
from selenite.fitting.ensemble import fit_model
from selenite.fitting.members import Members
from selenite.fitting.out_of_fold import judged_again
from selenite.fitting.target_transform import Logarithms
from selenite.nn import Network, predict
from selenite.table import as_column, as_table
from selenite.training import Callback, TrainingRows


def products(n=900, noise=0.05, seed=0):
    """Return numbers that are products of what their columns say, over three orders of magnitude."""
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, size=(n, 3))
    return X, 1000 * np.exp(2 * X[:, 0] + 1.5 * X[:, 1] - X[:, 2] + noise * random.normal(size=n))


@pytest.fixture(scope="module")
def fitted():
    X, y = products()
    return X, y, SeleniteRegressor(random_state=0, max_iter=60).fit(X[:600], y[:600])


def test_products_are_learned_by_their_logarithm(fitted):
    """New rows are predicted without bias, and better than the sum that numbers themselves are to a network."""
    X, y, regressor = fitted
    model, prediction = regressor.model_, regressor.predict(X[600:])
    assert (model.target_transform, model.network.activations[-1], model.n_members) == ("log", "exp", 6)
    assert "learned by its logarithm" in str(model)
    assert prediction.min() > 0
    assert prediction.mean() == pytest.approx(y[600:].mean(), rel=0.05)
    assert np.std(np.log(prediction / y[600:])) < 0.1  # 0.05 is noise
    low, high = regressor.predict(X[600:], quantiles=(0.05, 0.95)).T
    assert np.mean((low <= y[600:]) & (y[600:] <= high)) == pytest.approx(0.9, abs=0.08)


def test_they_are_a_model_as_any_other(fitted, tmp_path):
    """One file; a prediction is the mean of the members' exponentials, by hand; columns add up to it."""
    X, _, regressor = fitted
    model = regressor.model_
    model.save(tmp_path / "products.selenite")
    loaded = selenite.load(tmp_path / "products.selenite")
    np.testing.assert_array_equal(loaded.predict(X[600:]), regressor.predict(X[600:]))
    raw = Network(model.network.layer_sizes, ("relu", "relu", "identity"), embedding=model.network.embedding)
    rows = model.encode(X[600:605]).astype(float)
    outputs = [predict(raw, member, rows)[:, 0] for member in model.parameters.astype(float)]
    by_hand = model.target.width * np.exp(outputs).mean(axis=0)
    np.testing.assert_allclose(loaded.predict(X[600:605]), by_hand, rtol=1e-5)
    explained = selenite.explain(model, X[600:601], background="medians")
    assert explained.base[0] + explained.values[0].sum() == pytest.approx(by_hand[0], rel=1e-4)


def test_judged_again_they_give_the_same(fitted):
    X, y, regressor = fitted
    given, asked = TrainingTable(as_table(X[:600]), as_column(y[:600]), "target"), regressor.model_.settings
    again = fit_model(encode_rows(given, asked, countdown(None)), asked, countdown(None))
    np.testing.assert_array_equal(again.model.parameters, regressor.model_.parameters)
    table = pd.DataFrame(X[600:], columns=["x0", "x1", "x2"]).assign(target=y[600:])
    judged = judged_again(regressor.model_, as_table(table))
    assert len(judged.rows) == 300


def test_sums_are_learned_as_they_are():
    """Skewed, positive numbers whose noise does not grow with them."""
    random = np.random.default_rng(0)
    X = random.uniform(-1, 1, size=(600, 3))
    y = 20 + 8 * X[:, 0] ** 3 + 4 * (X[:, 1] > 0.6) + random.normal(size=600)
    assert SeleniteRegressor().fit(X, y).model_.target_transform == ""


@pytest.mark.parametrize(
    ("options", "change"),
    [
        ({}, lambda y: y - 100),
        ({"loss": "huber(1)"}, None),
        ({"hidden_layer_sizes": ()}, None),
    ],
    ids=["negative numbers", "another loss", "linear"],
)
def test_numbers_stay_where_logarithms_are_not_there_or_not_asked_for(options, change):
    X, y = products(300)
    model = SeleniteRegressor(**options, max_iter=12).fit(X, y if change is None else change(y)).model_
    assert (model.target_transform, model.network.activations[-1]) == ("", "identity")


@pytest.mark.parametrize("options", [{"preset": "fast"}, {"members": 1}, {"members": 2}], ids=str)
def test_one_or_two_networks_try_them_where_numbers_become_negative(options):
    X, y = products()
    regressor = SeleniteRegressor(**options).fit(X[:600], y[:600])
    assert (regressor.model_.target_transform, len(regressor.trainings_)) == ("log", options.get("members", 1))
    prediction = regressor.predict(X)
    assert prediction.min() > 0
    assert np.std(np.log(prediction[600:] / y[600:])) < 0.25
    heights = SeleniteRegressor(**options, max_iter=12).fit(X, y + 20_000)  # no prediction is below 0: nothing to try
    assert heights.model_.target_transform == ""


def test_one_network_is_trained_once_where_no_prediction_is_below_0(monkeypatch):
    """The trial costs as much again, so that few pay it; and what is tried is what is kept."""
    trained = []
    train = Members.train
    monkeypatch.setattr(Members, "train", lambda self, *rest: trained.append(self.logarithms) or train(self, *rest))
    X, y = products(300)
    SeleniteRegressor(preset="fast", max_iter=12).fit(X, y + 20_000)
    assert trained == [None]
    SeleniteRegressor(preset="fast").fit(X, y)
    assert [logarithms is None for logarithms in trained] == [True, True, False]


def test_without_time_for_them_numbers_stay():
    X, y = products(20_000)
    assert SeleniteRegressor(time_limit=0.3).fit(X, y).model_.target_transform == ""


def test_validation_rows_are_judged_by_logarithms_or_keep_numbers_from_them():
    X, y = products()
    own = X[600:], y[600:]
    assert SeleniteRegressor(max_iter=30).fit(X[:600], y[:600], validation_set=own).model_.target_transform == "log"
    own = X[600:], np.where(np.arange(300) == 7, 0.0, y[600:])
    assert SeleniteRegressor(max_iter=30).fit(X[:600], y[:600], validation_set=own).model_.target_transform == ""


def test_rows_of_little_weight_have_little_say():
    """Of rows that are no products at all, a third of the table: the others decide, and what they say is unbiased."""
    X, y = products()
    heavy = np.arange(900) < 600
    y = np.where(heavy, y, np.random.default_rng(1).uniform(1, 20_000, size=900))
    regressor = SeleniteRegressor(max_iter=30).fit(X, y, np.where(heavy, 1.0, 1e-6))
    assert regressor.model_.target_transform == "log"
    assert regressor.predict(X[heavy]).mean() == pytest.approx(y[heavy].mean(), rel=0.05)


def test_who_ends_the_trial_gets_the_first_networks(monkeypatch):
    class Stop(Callback):
        trainings = 0

        def begin(self, network, epochs):
            self.trainings += 1

        def epoch(self, progress):
            return self.trainings == 2

    X, y = products(400)
    stop = Stop()
    regressor = SeleniteRegressor(max_iter=12).fit(X, y, callbacks=[stop])
    assert (stop.trainings, regressor.stopped_by_, regressor.model_.target_transform) == (2, "callback", "")
    assert regressor.model_.recipe.epochs_run == 12
    monkeypatch.setattr("selenite.fitting.retraining.LOGARITHMS_PAY", 0)  # they never do
    first = SeleniteRegressor(max_iter=12).fit(X, y)
    assert first.n_iter_ == 12
    np.testing.assert_array_equal(regressor.model_.parameters, first.model_.parameters)


def test_the_factor_makes_up_for_the_mean_of_logarithms():
    """Of two rows by hand: e⁰ and e² have the mean 4.19, answers of mean 8.39 ask for twice as much."""
    logarithms = Logarithms(center=0.0, width=2.0)
    answers = np.log([2.0, 2 * np.e**2])[:, None] / 2
    unseen = Unseen(np.array([[[0.0], [1.0]]]), TrainingRows(np.zeros((2, 1)), answers))
    back = logarithms.turned_back(unseen)
    np.testing.assert_allclose(back.raw_outputs[0, :, 0], [2, 2 * np.e**2])
    assert back.mean_absolute_error() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(logarithms.answers(np.array([1.0, np.e]))[:, 0], [0, 0.5])


@pytest.mark.parametrize(
    ("numbers", "there"),
    [
        ([1, 2, 4, 80], True),
        ([0, 1, 9], False),
        ([5, 5], False),
        ([1e-20, 1, 1e20], False),
        ([1e140, 3e140, 1e145], True),
    ],
)
def test_logarithms_are_there_for_positive_skewed_numbers(numbers, there):
    assert (Logarithms.of(np.array(numbers, dtype=float)) is not None) == there


def test_logarithms_are_not_tried_of_numbers_skewed_downwards():
    assert Logarithms.of(10 - products()[1] / products()[1].max()) is None


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e150])
def test_the_unit_of_numbers_only_moves_their_logarithms(unit):
    _, y = products()
    plain, moved = Logarithms.of(y), Logarithms.of(y * unit)
    assert (moved.center, moved.width) == pytest.approx((plain.center + np.log(unit), plain.width))
