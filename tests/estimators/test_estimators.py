"""The estimators: scikit-learn's own checks, raw tables of every maker, the same numbers from each."""

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.utils.estimator_checks import parametrize_with_checks

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError, SchemaError, SeleniteError
from selenite.table import ReadOptions, as_table, read_table
from selenite.table.grouping import grouping_of
from selenite.training import Callback

WHY = "Weights are exact in the loss, but a row that counts twice is not two rows in a shuffled minibatch."


def not_equivalent(estimator):
    return dict.fromkeys((f"check_sample_weight_equivalence_on_{kind}_data" for kind in ("dense", "sparse")), WHY)


@parametrize_with_checks([SeleniteClassifier(), SeleniteRegressor()], expected_failed_checks=not_equivalent)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


RNG = np.random.default_rng(0)
N = 300
RAW = {
    "age": np.where(RNG.random(N) < 0.1, np.nan, RNG.integers(18, 80, N).astype(float)),
    "city": RNG.choice(["Oslo", "Rome", "Bern"], N).tolist(),
    "member": (RNG.random(N) < 0.5).tolist(),
    "joined": [np.datetime64("2020-01-01") + int(d) for d in RNG.integers(0, 900, N)],
}
ANSWER = np.where((np.array(RAW["city"]) == "Rome") ^ np.array(RAW["member"]), "stays", "leaves")


def frames():
    columns = RAW | {"joined": np.array(RAW["joined"], dtype="datetime64[us]")}
    frame = pd.DataFrame(columns)
    yield "pandas", frame
    yield "polars", pl.DataFrame({**columns, "age": frame["age"].to_numpy()})
    yield "arrow", pa.table({name: pa.array(list(values)) for name, values in columns.items()})


@pytest.mark.parametrize(("maker", "frame"), list(frames()), ids=lambda value: value if isinstance(value, str) else "")
def test_raw_frames_are_learnt_and_give_the_same_bits(maker, frame):
    classifier = SeleniteClassifier(max_iter=40).fit(frame, ANSWER)
    assert (classifier.predict(frame) == ANSWER).mean() > 0.95
    assert classifier.classes_.tolist() == ["leaves", "stays"]
    probabilities = classifier.predict_proba(frame)
    np.testing.assert_array_equal(classifier.predict_log_proba(frame), np.log(probabilities))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    reference = SeleniteClassifier(max_iter=40).fit(next(frames())[1], ANSWER)
    np.testing.assert_array_equal(classifier.model_.parameters, reference.model_.parameters)


def test_real_data_is_learnt_well():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    assert cross_val_score(SeleniteClassifier(), X, y, cv=3).mean() > 0.95
    X, y = load_diabetes(return_X_y=True)
    assert cross_val_score(SeleniteRegressor(), X, y, cv=3).mean() > 0.4


def test_the_same_seed_gives_the_same_file(tmp_path):
    X, y = load_iris(return_X_y=True)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        np.random.seed(seed * 7)  # noqa: NPY002 - the global generator must not matter
        SeleniteClassifier(max_iter=5, random_state=seed).fit(X, y).save(tmp_path / name)
    contents = [(tmp_path / name).read_bytes() for name in "abc"]
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


def test_a_saved_model_predicts_the_same(tmp_path):
    X, y = load_iris(return_X_y=True, as_frame=True)
    classifier = SeleniteClassifier(max_iter=10).fit(X, y)
    classifier.save(tmp_path / "iris.selenite")
    model = selenite.load(tmp_path / "iris.selenite")
    np.testing.assert_array_equal(model.predict(X), classifier.predict(X))
    np.testing.assert_array_equal(model.predict_proba(X), classifier.predict_proba(X))
    assert model.predict(X).dtype == y.dtype
    shuffled = X[X.columns[::-1]].assign(more=1.0)
    np.testing.assert_array_equal(model.predict(shuffled), classifier.predict(X))
    with pytest.raises(SchemaError, match="missing"):
        model.predict(X.drop(columns=X.columns[0]))


def test_pickle_clone_pipeline_and_search():
    X, y = load_iris(return_X_y=True)
    classifier = SeleniteClassifier(max_iter=5)
    again = pickle.loads(pickle.dumps(clone(classifier).fit(X, y)))  # noqa: S301
    np.testing.assert_array_equal(again.predict(X), classifier.fit(X, y).predict(X))
    search = GridSearchCV(make_pipeline(FunctionTransformer(), classifier), {"seleniteclassifier__dropout": [0.0, 0.1]})
    assert search.fit(X, y).best_score_ > 0.3


def test_your_own_validation_set_is_used():
    X, y = load_iris(return_X_y=True)
    odd, even = np.arange(150) % 2 == 1, np.arange(150) % 2 == 0
    classifier = SeleniteClassifier(max_iter=30).fit(X[even], y[even], validation_set=(X[odd], y[odd]))
    assert classifier.model_.data.training_rows == 75
    assert classifier.model_.data.validation_rows == 75
    assert classifier.best_epoch_ == classifier.history_.validation_loss.argmin() + 1


def test_members_hold_out_different_rows_and_every_row_trains_some():
    X, y = load_breast_cancer(return_X_y=True)
    seen = []

    class Watching(Callback):
        def begin(self, network, epochs):
            seen.append(network)

    classifier = SeleniteClassifier(max_iter=3).fit(X, y, callbacks=[Watching()])
    model = classifier.model_
    assert model.parameters.shape == (6, model.network.n_parameters)
    assert len({member.tobytes() for member in model.parameters}) == 6
    assert model.data.training_rows == 569
    assert 60 < model.data.validation_rows < 80
    members = [replace(model, parameters=member) for member in model.parameters]
    mean = np.mean([member.predict_proba(X) for member in members], axis=0)
    np.testing.assert_allclose(model.predict_proba(X), mean, atol=1e-6)
    assert [network.embedding.periodic for network in seen] == [tuple(range(1, 60, 2))]


def test_presets_and_members():
    X, y = load_iris(return_X_y=True)
    shapes = {}
    for preset in ("fast", "balanced", "best"):
        model = SeleniteClassifier(preset=preset, max_iter=2).fit(X, y).model_
        shapes[preset] = (len(model.parameters), model.network.layer_sizes[1:-1])
    assert shapes == {"fast": (1, (128, 64)), "balanced": (6, (128, 64)), "best": (16, (128, 64))}
    assert len(SeleniteClassifier(members=2, max_iter=2).fit(X, y).model_.parameters) == 2
    with pytest.raises(OptionError, match="no preset 'quick'; there are fast, balanced, best"):
        SeleniteClassifier(preset="quick").fit(X, y)
    with pytest.raises(OptionError, match="time_limit=0 must be a number of seconds above 0"):
        SeleniteClassifier(time_limit=0).fit(X, y)


class Listening(Callback):
    """Notes which networks are trained, and ends the training of some."""

    every_epoch = True

    def __init__(self, ending=()):
        self.ending, self.heard = ending, []

    def begin(self, network, epochs):
        self.heard.append((*network.layer_sizes[1:-1], network.activations[0]))

    def epoch(self, progress):
        return progress.epoch == 9 and self.heard[-1] in self.ending


def much_to_learn():
    X = np.random.default_rng(0).uniform(-2, 2, size=(250, 3))
    return X, np.sin(3 * X[:, 0]) * X[:, 1]


USUAL, WIDER = (128, 64, "relu"), (256, 128, "relu")


def test_networks_that_still_get_better_are_followed_by_wider_ones_trained_for_longer():
    X, y = much_to_learn()
    listening = Listening()
    regressor = SeleniteRegressor().fit(X, y, callbacks=[listening])
    assert listening.heard == [USUAL, WIDER]
    assert (regressor.model_.recipe.epochs, regressor.model_.recipe.patience) == (120, 40)
    typed = SeleniteRegressor((256, 128), max_iter=120, n_iter_no_change=40).fit(X, y)
    np.testing.assert_array_equal(regressor.model_.parameters, typed.model_.parameters)
    many = np.random.default_rng(0).normal(size=(250, 26))  # 52 inputs
    assert SeleniteRegressor().fit(many, many.sum(axis=1)).model_.network.layer_sizes[1:-1] == (256, 64)
    y = RNG.normal(size=250)  # nothing to learn
    nothing = SeleniteRegressor().fit(X, y, callbacks=[listening]).model_
    assert listening.heard[2:] == [USUAL]
    assert nothing.recipe.epochs == 60


@pytest.mark.parametrize(
    ("epochs", "members", "rows", "expected"),
    [
        (70, 6, None, (70, WIDER)),
        (60, 6, None, (60, WIDER)),
        (59, 6, None, USUAL),
        (70, 4, None, USUAL),
        (70, 6, 200, USUAL),
    ],
)
def test_wider_networks_have_as_many_epochs_as_there_is_time_for(epochs, members, rows, expected, monkeypatch):
    """But no fewer than the usual ones, nor fewer members, nor rows."""

    def in_time(plan, *_):
        return replace(plan, epochs=epochs, members=members), rows, 1000.0

    monkeypatch.setattr("selenite.fitting.retraining.fitted_to_time", in_time)
    model = SeleniteRegressor().fit(*much_to_learn()).model_
    trained = (*model.network.layer_sizes[1:-1], model.network.activations[0])
    assert ((model.recipe.epochs, trained) if trained == WIDER else trained) == expected


@pytest.mark.parametrize(
    ("asked", "units"),
    [({}, ("relu", "silu")), (dict(activation="tanh"), ("tanh", "tanh")), (dict(monotone={"x3": 1}), ("relu", "relu"))],
    ids=["", "activation", "monotone"],
)
def test_the_best_preset_trains_smooth_units_unless_asked_for_others(asked, units):
    X, y = much_to_learn()
    table = pd.DataFrame(X, columns=["x1", "x2", "x3"])
    model = SeleniteRegressor(preset="best", members=2, **asked).fit(table, y, callbacks=[listening := Listening()])
    assert listening.heard == [(128, 64, units[0]), (256, 128, units[1])]
    assert model.model_.recipe.epochs == 180


def test_a_number_is_the_size_of_one_hidden_layer():
    X, y = RNG.normal(size=(100, 3)), RNG.normal(size=100)
    one, same = (SeleniteRegressor(hidden_layer_sizes=sizes, max_iter=2, members=1) for sizes in (np.int64(8), (8,)))
    assert one.fit(X, y).model_.to_bytes() == same.fit(X, y).model_.to_bytes()
    assert one.model_.network.layer_sizes[1:-1] == (8,)


@pytest.mark.parametrize(
    "chosen",
    [dict(hidden_layer_sizes=(128, 64)), dict(max_iter=60), dict(preset="fast")],
    ids=["hidden_layer_sizes", "max_iter", "preset"],
)
def test_what_was_chosen_is_not_widened(chosen):
    X, y = much_to_learn()
    listening = Listening()
    SeleniteRegressor(**chosen).fit(X, y, callbacks=[listening])
    assert listening.heard == [USUAL]


def test_wider_networks_that_were_stopped_do_not_count():
    X, y = much_to_learn()
    stopped = SeleniteRegressor().fit(X, y, callbacks=[listening := Listening([WIDER])])
    assert listening.heard == [USUAL, WIDER]
    usual = SeleniteRegressor((128, 64)).fit(X, y)
    np.testing.assert_array_equal(stopped.model_.parameters, usual.model_.parameters)
    assert stopped.stopped_by_ == "callback"
    SeleniteRegressor().fit(X, y, callbacks=[listening := Listening([USUAL])])
    assert listening.heard == [USUAL]


def test_a_time_limit_makes_the_training_smaller():
    """Twenty thousand rows would take seconds; in half a second there is a model all the same, and a good one."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 5))
    y = X[:, 0] * X[:, 1] + 0.1 * rng.normal(size=20_000)
    regressor = SeleniteRegressor(time_limit=0.5).fit(X, y)
    recipe = regressor.model_.recipe
    assert recipe.epochs * len(recipe.best_epochs) < 360
    assert regressor.score(X, y) > 0.5


def test_weights_count():
    """Rows of weight 0 are as if they were not there; heavy rows pull the prediction."""
    X = np.zeros((200, 1))
    X[:, 0] = np.arange(200) % 10
    y = np.where(np.arange(200) < 100, 0.0, 1.0)
    heavy = np.where(y == 1, 9.0, 1.0)
    assert SeleniteRegressor(max_iter=30).fit(X, y, heavy).predict(X).mean() == pytest.approx(0.9, abs=0.05)
    kept = np.arange(200) % 3 > 0
    some = SeleniteRegressor(max_iter=3).fit(X[kept], y[kept])
    zeroed = SeleniteRegressor(max_iter=3).fit(X, y, kept.astype(float))
    np.testing.assert_array_equal(some.predict(X), zeroed.predict(X))
    X, labels = RNG.normal(size=(400, 1)), np.where(np.arange(400) % 8 == 0, "rare", "usual")  # X says nothing
    plain = SeleniteClassifier(max_iter=30).fit(X, labels).predict_proba(X)[:, 0].mean()
    balanced = SeleniteClassifier(max_iter=30, class_weight="balanced").fit(X, labels).predict_proba(X)[:, 0].mean()
    assert plain == pytest.approx(1 / 8, abs=0.05)
    assert balanced == pytest.approx(0.5, abs=0.1)
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        SeleniteRegressor().fit(X[:200], y, -heavy)


@pytest.mark.parametrize(("size", "weight"), [(1e6, 1e-6), (1e6, 1e-9)])
def test_a_row_of_nearly_no_weight_is_nearly_not_there(size, weight):
    X = np.random.default_rng(0).normal(size=(300, 3))
    y, weights = X[:, 0].copy(), np.ones(300)
    y[:3], weights[:3] = size, weight
    assert SeleniteRegressor().fit(X, y, weights).score(X[3:], y[3:]) > 0.9


@pytest.mark.parametrize("exponent", [-1060, 1020])
def test_weights_have_no_unit(exponent):
    X = np.random.default_rng(0).normal(size=(200, 3))
    weight = np.where(X[:, 1] > 0, 8.0, 1.0)
    for estimator, y in ((SeleniteRegressor(max_iter=3), X[:, 0]), (SeleniteClassifier(max_iter=3), X[:, 0] > 0)):
        expected = estimator.fit(X, y, weight).model_.parameters
        found = estimator.fit(X, y, np.ldexp(weight, exponent)).model_.parameters
        np.testing.assert_array_equal(found, expected)


def test_groups_and_times():
    rng = np.random.default_rng(0)
    person = np.repeat([f"p{i}" for i in range(40)], 5)
    frame = pd.DataFrame({"person": person, "x": rng.normal(size=200), "day": np.arange(200) % 50})
    y = rng.normal(size=200)
    by_name = SeleniteRegressor(max_iter=3).fit(frame, y, groups="person")
    assert [column.kind for column in by_name.model_.schema.columns] == ["identifier", "number", "number"]
    by_values = SeleniteRegressor(max_iter=3).fit(frame.drop(columns="person"), y, groups=person)
    np.testing.assert_array_equal(by_name.predict(frame), by_values.predict(frame.drop(columns="person")))
    timed = SeleniteRegressor(max_iter=3).fit(frame, y, time_column="day").model_
    assert timed.data.validation_rows in range(16, 36)
    for wrong, message in (
        (dict(groups="person", time_column="day"), "cannot be held out by both"),
        (dict(groups=[1, 2]), "groups has 2 values; it needs one a row: 200"),
        (dict(time_column="person"), "holds text, not dates or numbers"),
        (dict(groups=["one"] * 200), "too few"),
    ):
        with pytest.raises(OptionError, match=message):
            SeleniteRegressor(max_iter=3).fit(frame, y, **wrong)


def test_quantiles_cover_what_they_say():
    """Noise grows with the prediction: intervals of 80 % cover 80 % of new rows, and of each half of them."""
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 3, size=(6000, 1))
    y = X[:, 0] ** 2 * (1 + 0.3 * rng.normal(size=6000))
    regressor = SeleniteRegressor(max_iter=15).fit(X[:3000], y[:3000])
    low, middle, high = regressor.predict(X[3000:], quantiles=(0.1, 0.5, 0.9)).T
    inside = (low <= y[3000:]) & (y[3000:] <= high)
    assert inside.mean() == pytest.approx(0.8, abs=0.04)
    for half in (X[3000:, 0] < 1.5, X[3000:, 0] >= 1.5):
        assert inside[half].mean() == pytest.approx(0.8, abs=0.08)
    assert (middle <= high).all()
    assert (high - low)[X[3000:, 0] > 2.5].mean() > 5 * (high - low)[X[3000:, 0] < 0.5].mean()
    with pytest.raises(OptionError, match="quantile 1 must lie between"):
        regressor.predict(X, quantiles=[1.0])
    for wrong in (0.5, [], [[0.05, 0.95]]):
        with pytest.raises(OptionError, match=r"must be a sequence of levels, such as \(0.05, 0.95\)"):
            regressor.predict(X, quantiles=wrong)
    with pytest.raises(OptionError, match="only numbers have quantiles"):
        SeleniteClassifier(max_iter=2).fit(X[:100], y[:100] > 1).model_.predict(X, quantiles=[0.5])


@pytest.mark.parametrize("loss", ["poisson", "absolute_error"])
def test_quantiles_of_counts_cover_what_they_say(loss):
    """Held-out residuals are those of what is predicted, whatever the output's activation."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(3000, 2))
    y = rng.poisson(np.exp(1.5 + X[:, 0]))
    regressor = SeleniteRegressor(loss=loss, max_iter=20).fit(X[:2000], y[:2000])
    low, high = regressor.predict(X[2000:], quantiles=(0.05, 0.95)).T
    assert np.mean((low <= y[2000:]) & (y[2000:] <= high)) == pytest.approx(0.9, abs=0.04)


def test_quantiles_cover_rows_by_their_weight():
    """Noise is of two sizes; nine tenths of the weight lie on the rows of the small one."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 3))
    y = X[:, 0] + rng.normal(size=4000) * np.where(X[:, 1] > 0, 2, 0.1)
    weight = np.where(X[:, 1] > 0, 1, 9)
    regressor = SeleniteRegressor(max_iter=20).fit(X[:2000], y[:2000], weight[:2000])
    low, high = regressor.predict(X[2000:], quantiles=(0.05, 0.95)).T
    inside = (low <= y[2000:]) & (y[2000:] <= high)
    assert np.average(inside, weights=weight[2000:]) == pytest.approx(0.9, abs=0.03)


def test_quantiles_of_few_rows_cover_what_they_say():
    """Members choose their epochs by the rows whose residuals these are; intervals of 90 % cover 90 % all the same."""
    covered = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X = rng.uniform(-2, 2, size=(1040, 2))
        y = X[:, 0] + rng.normal(size=1040)
        regressor = SeleniteRegressor(random_state=seed).fit(X[:40], y[:40])
        low, high = regressor.predict(X[40:], quantiles=(0.05, 0.95)).T
        covered.append(np.mean((low <= y[40:]) & (y[40:] <= high)))
    assert np.mean(covered) == pytest.approx(0.9, abs=0.04)


def test_probabilities_are_calibrated():
    """Labels drawn with known probabilities: what is said to be 80 % is."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 3))
    y = rng.random(4000) < 1 / (1 + np.exp(-2 * X[:, 0] * X[:, 1]))
    p = SeleniteClassifier().fit(X[:2000], y[:2000]).predict_proba(X[2000:])[:, 1]
    bins = np.digitize(p, np.linspace(0, 1, 11)[1:-1])
    gaps = [abs(p[bins == b].mean() - y[2000:][bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    assert sum(gaps) < 0.05


def test_callbacks_are_told():
    class Stop(Callback):
        every_epoch = True

        def epoch(self, progress):
            return progress.epoch == 4

    X, y = load_iris(return_X_y=True)
    classifier = SeleniteClassifier().fit(X, y, callbacks=[Stop()])
    assert (classifier.n_iter_, classifier.stopped_by_) == (4, "callback")


def test_a_counter_is_set_aside_though_the_split_leaves_gaps_in_it():
    X = pd.DataFrame({"n": np.arange(1, 201), "x": RNG.normal(size=200)})
    with pytest.warns(UserWarning, match=r"To learn from it, give kinds={'n': 'number'}"):
        regressor = SeleniteRegressor(max_iter=3).fit(X, X["x"] * 2)
    assert [column.kind for column in regressor.model_.schema.columns] == ["identifier", "number"]


@pytest.mark.parametrize(("first", "last"), [(1, 499), (0, 100), (1, 20)])
def test_whole_numbers_that_count_are_learnt_as_floats_are(first, last):
    x = np.arange(first, last + 1)
    of_whole, of_floats = (SeleniteRegressor(preset="fast").fit(X, x + 1.0) for X in (x[:, None], x[:, None] + 0.0))
    assert of_whole.model_.to_bytes() == of_floats.model_.to_bytes()
    assert of_whole.score(x[:, None], x + 1.0) > 0.9


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber(1.5)", "quantile(0.9)", "poisson"])
def test_every_loss_for_numbers_fits(loss):
    X = RNG.uniform(-1, 1, (400, 1))
    y = np.exp(1 + X[:, 0]) * RNG.uniform(0.8, 1.2, 400)
    prediction = SeleniteRegressor(loss=loss, max_iter=60).fit(X, y).predict(X)
    if loss == "quantile(0.9)":
        assert (y <= prediction).mean() == pytest.approx(0.9, abs=0.08)
    else:
        assert 1 - ((prediction - y) ** 2).mean() / y.var() > 0.85


@pytest.mark.parametrize(("n", "given", "rate"), [(1999, None, 0.008), (2000, None, 0.004), (2000, 0.01, 0.01)])
def test_the_rate_follows_the_rows_unless_given(n, given, rate):
    X = RNG.normal(size=(n, 2))
    regressor = SeleniteRegressor(members=1, max_iter=1, learning_rate_init=given).fit(X, X[:, 0])
    assert regressor.model_.recipe.learning_rate == rate
    assert max(regressor.history_.learning_rate) <= rate


@pytest.mark.parametrize(
    ("estimator", "y", "message"),
    [
        (SeleniteClassifier(loss="poisson"), [0, 1, 2] * 10, "poisson does not go with 3 classes; take log_loss"),
        (SeleniteClassifier(loss="hinge"), [0, 1] * 15, "no loss 'hinge'"),
        (SeleniteRegressor(loss="log_loss"), np.arange(30.0), "log_loss is for classes"),
        (SeleniteRegressor(loss="poisson"), np.arange(30.0) - 5, "0 or more; 'target' has -5"),
        (SeleniteRegressor(activation="rely"), np.arange(30.0), "no activation 'rely'"),
        (SeleniteRegressor(hidden_layer_sizes=(0,)), np.arange(30.0), "at least 1"),
        (SeleniteRegressor(learning_rate_init=-1), np.arange(30.0), "learning_rate_init=-1"),
        (SeleniteRegressor(hidden_layer_sizes=(2.5,)), np.arange(30.0), "whole numbers"),
        (SeleniteRegressor(random_state=-1), np.arange(30.0), "the seed -1"),
        (SeleniteRegressor(random_state=2**64), np.arange(30.0), "the seed 18446744073709551616"),
        (SeleniteRegressor(kinds={"y": "number"}), np.arange(30.0), "no column"),
    ],
)
def test_options_that_do_not_fit_are_refused(estimator, y, message):
    with pytest.raises(SeleniteError, match=message):
        estimator.fit(RNG.normal(size=(30, 2)), y)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_iter": 0},
        {"max_iter": 2.0},
        {"members": 0},
        {"members": 1.5},
        {"batch_size": 0},
        {"batch_size": "all"},
        {"dropout": 1.0},
        {"dropout": float("nan")},
        {"weight_decay": -1},
        {"n_iter_no_change": -1},
        {"hidden_layer_sizes": "32"},
        {"time_limit": "5"},
        {"loss": None},
        {"activation": None},
        {"learning_rate_init": "0.1"},
        {"kinds": ["number"]},
        {"shards": 0},
    ],
)
def test_values_out_of_range_are_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"The '{name}' parameter of SeleniteRegressor must be"):
        SeleniteRegressor(**wrong).fit(RNG.normal(size=(30, 2)), np.arange(30.0))


@pytest.mark.parametrize("option", ["groups", "time_column"])
def test_a_column_that_is_not_there_is_named(option):
    with pytest.raises(OptionError, match=r'has no column "persn"; did you mean "person"'):
        SeleniteRegressor().fit(pd.DataFrame({"person": range(30), "x": range(30)}), range(30), **{option: "persn"})


def test_shards_are_powers_of_two_and_kept_in_the_file(tmp_path):
    X = RNG.normal(size=(60, 2))
    with pytest.raises(OptionError, match=r"shards=3 must be a power of two, from 1 to 1024"):
        SeleniteRegressor(shards=3).fit(X, X[:, 0])
    options = dict(members=1, max_iter=2, hidden_layer_sizes=(4,))
    for shards in (None, 4):
        SeleniteRegressor(**options, shards=shards).fit(X, X[:, 0]).save(tmp_path / "m")
        assert selenite.load(tmp_path / "m").settings.shards == shards
        assert (b"shards" in (tmp_path / "m").read_bytes()) == (shards is not None)


def test_numbers_of_numpy_are_saved(tmp_path):
    regressor = SeleniteRegressor(learning_rate_init=np.float32(0.01), max_iter=np.int64(2), dropout=np.float32(0.1))
    regressor.fit(RNG.normal(size=(30, 2)), np.arange(30.0)).save(tmp_path / "m")
    assert selenite.load(tmp_path / "m").recipe.epochs == 2


@pytest.mark.parametrize("levels", [0.5, ()])
def test_quantiles_are_a_sequence(levels):
    X = RNG.normal(size=(30, 1))
    with pytest.raises(OptionError, match="must be a sequence of levels"):
        SeleniteRegressor(max_iter=2).fit(X, X[:, 0]).predict(X, quantiles=levels)


def test_one_row_tells_no_quantiles():
    X = RNG.normal(size=(30, 1))
    regressor = SeleniteRegressor(max_iter=2).fit(X[1:], X[1:, 0], validation_set=(X[:1], X[:1, 0]))
    with pytest.raises(OptionError, match="knows no quantiles"):
        regressor.predict(X, quantiles=(0.1, 0.9))


def test_a_table_without_anything_to_learn_from_is_refused():
    with pytest.raises(OptionError, match="no column of .* can be learnt from: 'x0' is set aside"):
        SeleniteRegressor().fit(np.ones((30, 1)), np.arange(30.0))


@pytest.mark.parametrize("backend", ["kernel", "numpy"])
def test_a_recorded_member_gives_every_epoch_again(backend, witness):
    options = dict(members=1, max_iter=9, hidden_layer_sizes=(8,), backend=backend)
    X, y = load_diabetes(return_X_y=True)
    weight = np.random.default_rng(0).random(len(y))
    regressor = SeleniteRegressor(**options).fit(X, y, weight, record=True, callbacks=[witness])
    for epoch, parameters in enumerate(witness.seen, 1):
        np.testing.assert_array_equal(regressor.history_.at(epoch), parameters)
    np.testing.assert_array_equal(regressor.history_.at(regressor.best_epoch_), regressor.model_.parameters.ravel())
    with pytest.raises(OptionError, match="not recorded"):
        SeleniteRegressor(**options).fit(X, y).history_.at(1)


def test_each_recorded_member_ends_at_what_the_model_has_before_its_temperature():
    X, y = load_iris(return_X_y=True)
    classifier = SeleniteClassifier(members=3, max_iter=8).fit(X, y, record=True)
    plain = SeleniteClassifier(members=3, max_iter=8).fit(X, y)
    np.testing.assert_array_equal(classifier.model_.parameters, plain.model_.parameters)
    again = pickle.loads(pickle.dumps(classifier))  # noqa: S301
    network, temperature = classifier.model_.network, np.float32(classifier.model_.recipe.temperature)
    for k, training in enumerate(again.trainings_):
        recorded = training.history.at(training.best_epoch)
        np.testing.assert_array_equal(recorded, training.parameters)
        hot, cooled = network.weights(recorded), network.weights(classifier.model_.parameters[k])
        np.testing.assert_array_equal(hot[0], cooled[0])
        np.testing.assert_allclose(hot[-1] / temperature, cooled[-1], rtol=1e-6)


@pytest.mark.parametrize(
    "as_gapped",
    [
        pd.Series,
        lambda y: pd.Series(y, dtype="string"),
        lambda y: pd.Series(y, dtype="category"),
        pl.Series,
        list,
        lambda y: np.array(y, dtype=object),
    ],
)
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a", None, "b"], "is missing in 20 of 60 rows, first in row 2"),
        ([1, None, 2], "is missing in 20 of 60 rows, first in row 2|Input y contains NaN"),  # scikit-learn's own words
    ],
    ids=["text", "numbers"],
)
def test_gaps_of_a_target_are_counted(as_gapped, values, message):
    X, y = np.arange(60.0)[:, None], as_gapped(values * 20)
    for weight in (None, "balanced"):
        with pytest.raises(ValueError, match=message):
            SeleniteClassifier(class_weight=weight).fit(X, y)


@pytest.mark.parametrize("name", ["name", "price", 7])
def test_a_target_is_called_as_its_column(name):
    X, y = np.arange(60.0)[:, None], np.arange(60.0)
    given = [pd.DataFrame({name: y}), pl.DataFrame({str(name): y}), pd.Series(y, name=name), pl.Series(str(name), y)]
    for column in given:
        with warnings.catch_warnings(action="ignore", category=DataConversionWarning):
            model = SeleniteRegressor(preset="fast", max_iter=1).fit(X, column).model_
        assert model.target.name == str(name)


def a_line(n=120):
    X = np.random.default_rng(0).normal(size=(n, 3))
    return X, X @ [1.0, -2.0, 0.5]


@pytest.mark.parametrize("failure", ["gap", "target", "validation_set", "callback", "interrupt"])
def test_a_fit_that_fails_leaves_the_old_model(failure):
    class Failing(Callback):
        def begin(self, network, epochs):
            raise KeyboardInterrupt if failure == "interrupt" else ZeroDivisionError

    X, y = a_line()
    regressor = SeleniteRegressor(members=1, max_iter=2).fit(pd.DataFrame(X, columns=list("abc")), y)
    before, frame = vars(regressor).copy(), pd.DataFrame(X, columns=list("abc"))
    expected, wide = regressor.predict(frame), np.c_[X, X]
    wrong = {
        "gap": dict(y=np.where(y > 0, y, np.nan)),
        "target": dict(y=y[:5]),
        "validation_set": dict(y=y, validation_set=(X, y)),
    }.get(failure, dict(y=y, callbacks=[Failing()]))
    with pytest.raises((ValueError, ZeroDivisionError, KeyboardInterrupt)):
        regressor.fit(wide, **wrong)
    assert vars(regressor) == before
    np.testing.assert_array_equal(regressor.predict(frame), expected)
    regressor.fit(wide, y)
    assert (regressor.n_features_in_, hasattr(regressor, "feature_names_in_")) == (6, False)
    unfitted = SeleniteRegressor()
    with pytest.raises(ValueError, match="NaN"):
        unfitted.fit(X, np.full(len(y), np.nan))
    assert not hasattr(unfitted, "n_features_in_")


@pytest.mark.parametrize("named", ["array", "integers", "letters"])
@pytest.mark.filterwarnings("ignore:X (does not have valid|has) feature names:UserWarning")
def test_columns_without_names_go_by_position(named):
    X, y = a_line()
    given = {
        "array": X,
        "list": X.tolist(),
        "integers": pd.DataFrame(X),
        "shifted": pd.DataFrame(X, columns=[2, 1, 0]),
        "letters": pd.DataFrame(X, columns=list("abc")),
    }
    regressor = SeleniteRegressor(members=1, max_iter=6).fit(given[named], y, validation_set=(X, y))
    expected = regressor.predict(given[named])
    for other in given.values():
        np.testing.assert_array_equal(regressor.predict(other), expected)
    assert regressor.score(X, y) == regressor.score(given["letters"], y)


def test_names_that_are_known_are_kept_to():
    X, y = a_line()
    frame = pd.DataFrame(X, columns=list("abc"))
    regressor = SeleniteRegressor(members=1, max_iter=2).fit(frame, y)
    with pytest.warns(UserWarning, match="X does not have valid feature names, but SeleniteRegressor was fitted with"):
        regressor.predict(X)
    for other in (frame[["b", "a", "c"]], frame.rename(columns={"a": "d"}), pl.DataFrame(frame)[["c", "b", "a"]]):
        with pytest.raises(ValueError, match="feature names should match"):
            regressor.predict(other)
    with (
        pytest.warns(UserWarning, match="X does not have valid feature names"),
        pytest.raises(ValueError, match="X has 2 features, but SeleniteRegressor is expecting 3"),
    ):
        regressor.predict(X[:, :2])
    expected = regressor.predict(frame)
    table = as_table(frame[["c", "a", "b"]].assign(more=1.0))  # whose columns go by name
    np.testing.assert_array_equal(regressor.predict(table), expected)
    by_table = SeleniteRegressor(members=1, max_iter=2).fit(as_table(frame), y)
    np.testing.assert_array_equal(by_table.predict(frame), expected)
    np.testing.assert_array_equal(by_table.predict(table), expected)
    with pytest.raises(ValueError, match="feature names should match"):
        by_table.predict(frame[["b", "a", "c"]])


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("scale", [1, 0.5], ids=["ints", "floats"])
def test_a_categorical_column_of_numbers_is_learnt_as_text_would_be(tmp_path, scale, ordered):
    rng = np.random.default_rng(0)
    area = rng.integers(0, 40, 800) * scale
    y = rng.normal(size=40)[(area / scale).astype(int)]
    frame = pd.DataFrame({"area": pd.Categorical(area, ordered=ordered), "x": rng.normal(size=800)})
    texts = frame.assign(area=[f"{value:g}" for value in area])
    regressor = SeleniteRegressor(preset="fast").fit(frame, y)
    named = SeleniteRegressor(preset="fast", kinds={"area": "category"}).fit(texts, y)
    np.testing.assert_array_equal(regressor.model_.parameters, named.model_.parameters)
    assert regressor.score(frame, y) > 0.9
    expected = named.predict(texts)
    regressor.save(tmp_path / "m")
    texts.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    model = selenite.load(tmp_path / "m")
    plain = frame.assign(area=area)
    for same in (frame, plain, plain.astype({"area": float}), texts, pl.DataFrame(plain), pa.Table.from_pandas(frame)):
        np.testing.assert_array_equal(regressor.predict(same), expected)
        np.testing.assert_array_equal(model.predict(same), expected)
    for name in ("t.csv", "t.parquet"):
        np.testing.assert_array_equal(model.predict(read_table(str(tmp_path / name), ReadOptions())), expected)


def types_of_targets():
    for name, values in {"bool": [True, False], "int": [3, 7], "str": ["a", "b"]}.items():
        plain = np.array(values)[np.arange(60) % 2]
        yield name, plain, pd.Series(plain, dtype="category")
        yield name, plain, pd.Series(pd.Categorical(plain, ordered=True))
        yield name, plain, pd.Categorical(plain)
        yield name, plain, pd.Series(plain).convert_dtypes()
        yield name, plain, pd.Series(plain).convert_dtypes().array
        yield name, plain, pd.Series(plain).convert_dtypes(dtype_backend="pyarrow")
        yield name, plain, pl.Series(plain)


@pytest.mark.parametrize(("name", "plain", "y"), list(types_of_targets()))
def test_a_target_keeps_its_type_whatever_holds_it(name, plain, y):
    X = np.arange(60.0)[:, None] % 2
    options = dict(preset="fast", max_iter=8, class_weight={plain[0]: 1, plain[1]: 2})
    expected = SeleniteClassifier(**options).fit(X, plain)
    classifier = SeleniteClassifier(**options).fit(X, y)
    assert classifier.classes_.dtype == expected.classes_.dtype
    assert classifier.classes_.tolist() == sorted(set(plain.tolist()))
    np.testing.assert_array_equal(classifier.predict(X), plain)
    np.testing.assert_array_equal(classifier.model_.parameters, expected.model_.parameters)
    if isinstance(y, pd.Series):
        with pytest.warns(DataConversionWarning):
            of_frame = SeleniteClassifier(**options).fit(X, y.to_frame())
        assert of_frame.classes_.dtype == expected.classes_.dtype


@pytest.mark.parametrize("name", ["members", "batch_size", "max_iter", "n_iter_no_change"])
def test_counts_that_no_computer_counts_are_refused_by_name(name):
    X, y = a_line()
    with pytest.raises(ValueError, match=f"The '{name}' parameter of SeleniteRegressor must be .* in the range"):
        SeleniteRegressor(**{name: 10**30}).fit(X, y)


def test_a_kind_that_is_none_is_refused_by_name():
    X, y = a_line()
    for kind, word in ((None, "None"), (["number"], r"\['number'\]"), (3, "3")):
        with pytest.raises(OptionError, match=f'column "x0" cannot be "{word}"; kinds are number'):
            SeleniteRegressor(kinds={"x0": kind}).fit(X, y)


def test_an_empty_batch_gives_an_empty_result(tmp_path):
    X = pd.DataFrame(RAW)
    classifier = SeleniteClassifier(preset="fast", max_iter=2).fit(X, ANSWER)
    regressor = SeleniteRegressor(preset="fast", max_iter=2).fit(X, np.arange(N) * 1.5)
    classifier.save(tmp_path / "c.selenite")
    regressor.save(tmp_path / "r.selenite")
    of_classes, of_numbers = selenite.load(tmp_path / "c.selenite"), selenite.load(tmp_path / "r.selenite")
    for none in (X[:0], pl.from_pandas(X)[:0], pa.Table.from_pandas(X)[:0]):
        for model in (classifier, of_classes):
            assert model.predict(none).shape == (0,)
            assert model.predict(none).dtype == classifier.predict(X).dtype
            assert model.predict_proba(none).shape == (0, 2)
        for model in (regressor, of_numbers):
            assert model.predict(none).shape == (0,)
            assert model.predict(none).dtype == np.float64
            assert model.predict(none, quantiles=(0.1, 0.5, 0.9)).shape == (0, 3)
        assert of_classes.outside(none) == []
    with pytest.raises(SchemaError, match='"joined" is missing'):
        of_classes.predict(X[:0].drop(columns="joined"))
    for estimator in (SeleniteClassifier(), SeleniteRegressor()):
        with pytest.raises(ValueError, match=r"Found array with 0 sample\(s\)"):
            estimator.fit(X[:0], ANSWER[:0])


def test_sparse_matrices_work_in_a_pipeline():
    X = pd.DataFrame({"c": list("abcdefghij") * 8})
    y = X["c"] < "d"
    pipeline = make_pipeline(OneHotEncoder(), SeleniteClassifier(preset="fast")).fit(X, y)
    assert pipeline.score(X, y) == 1.0
    dense = make_pipeline(OneHotEncoder(sparse_output=False), SeleniteClassifier(preset="fast")).fit(X, y)
    np.testing.assert_array_equal(pipeline.predict_proba(X), dense.predict_proba(X))


def test_suspicious_values_are_warned_of():
    X, y = a_line()
    frame = pd.DataFrame(X, columns=list("abc")).assign(word=np.resize(["yes", "yes ", "no"], len(X)))
    frame.loc[:5, "a"] = -999.0
    sentinel = r'"a" holds -999 in 6 rows, far from all others\. If that stands for missing, make it NaN'
    spelling = r'"yes" \(40\), "yes " \(40\) differ by blanks only'
    with pytest.warns(UserWarning, match=sentinel), pytest.warns(UserWarning, match=spelling):
        SeleniteRegressor(members=1, max_iter=1).fit(frame, y)


@pytest.mark.parametrize("dtype", ["int64", "Int64", "category"])
def test_classes_beyond_two_to_53_keep_their_digits(dtype):
    y = pd.Series(2**60 + np.arange(60) % 2, dtype=dtype)
    X = np.arange(60.0)[:, None] % 2
    classifier = SeleniteClassifier(preset="fast", max_iter=30).fit(X, y)
    assert classifier.classes_.tolist() == [2**60, 2**60 + 1]
    assert classifier.predict(X).tolist() == y.tolist()


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 1: 1.0}])
@pytest.mark.parametrize("light", [0.0, 1e-60])
def test_classes_are_weighed_by_the_rows_that_are_there(class_weight, light):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), (np.arange(300) % 3 == 0).astype(int)
    there = rng.random(300) < np.where(y == 1, 0.9, 0.4)
    expected = SeleniteClassifier(max_iter=3, class_weight=class_weight).fit(X[there], y[there])
    weighed = SeleniteClassifier(max_iter=3, class_weight=class_weight).fit(X, y, np.where(there, 1.0, light))
    np.testing.assert_array_equal(weighed.predict_proba(X), expected.predict_proba(X))


def test_rows_that_weigh_nothing_beside_others_are_not_there():
    X, y = a_line(400)
    age = np.linspace(0, 3650, 400)
    weight = np.exp(-age / 7)
    fading = SeleniteRegressor(max_iter=10).fit(X, y, weight)  # a divergence would be a warning
    there = weight >= weight.max() * np.finfo(np.float32).tiny
    assert fading.model_.data.training_rows == there.sum() < 100
    alone = SeleniteRegressor(max_iter=10).fit(X[there], y[there], weight[there])
    np.testing.assert_array_equal(fading.predict(X), alone.predict(X))
    weight = np.ones(400)
    weight[7] = 1e50
    with pytest.raises(
        OptionError, match=r"leaves 1 row to learn from: 399 weigh nothing beside its 1e\+50; at least 2"
    ):
        SeleniteRegressor().fit(X, y, weight)
    weight[:2] = 1e50
    assert SeleniteRegressor(max_iter=2).fit(X, y, weight).model_.data.training_rows == 3
    with pytest.raises(ValueError, match="zero"):
        SeleniteRegressor().fit(X, y, np.zeros(400))


ANSWERS = as_table(np.arange(300.0)[:, None]).columns[0]


def large_groups():
    numbers = 2**60 + np.arange(300) // 3
    yield numbers
    yield numbers.tolist()
    yield pd.Series(numbers)
    yield pd.DataFrame({"g": numbers})
    yield pd.Series(numbers).convert_dtypes()
    yield pd.Series(numbers, dtype="category")
    yield pl.Series(numbers)
    yield pa.chunked_array([numbers])


@pytest.mark.parametrize("groups", list(large_groups()), ids=lambda groups: type(groups).__name__)
def test_large_groups_are_told_apart_by_all_their_digits(groups):
    found = grouping_of(as_table(np.zeros((300, 1))), ANSWERS, groups, None).groups
    assert len(set(found.tolist())) == 100
    np.testing.assert_array_equal(np.unique(found, return_inverse=True)[1], np.arange(300) // 3)


def test_large_groups_may_have_gaps_and_come_from_a_file(tmp_path):
    numbers = [2**60, 2**60 + 1, None, 2**60, None]
    found = grouping_of(as_table(np.zeros((5, 1))), ANSWERS, pd.Series(numbers, dtype="Int64"), None).groups
    assert found[0] == found[3]
    assert len(set(found.tolist())) == 4
    (tmp_path / "t.csv").write_text("id,x\n" + "".join(f"{2**60 + i // 3},{i}\n" for i in range(30)))
    table = read_table(str(tmp_path / "t.csv"), ReadOptions())
    assert len(set(grouping_of(table, ANSWERS, "id", None).groups.tolist())) == 10


def test_digits_that_are_lost_are_warned_of():
    X, y = a_line()
    frame = pd.DataFrame(X, columns=list("abc")).assign(code=2**60 + np.arange(len(X)) // 3)
    with pytest.warns(UserWarning, match=r'column "code" holds whole numbers beyond 2\^53, which lose digits'):
        SeleniteRegressor(members=1, max_iter=1).fit(frame, y)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (np.zeros((30, 2)), r"groups must be 1-D, one value a row; it has shape \(30, 2\)"),
        ([1, "a"] * 15, 'column "groups" mixes int and str'),
        (0, "groups=0 must be the name of a column, as text, or a value for each row"),
    ],
    ids=["shape", "mixed", "number"],
)
def test_groups_that_do_not_fit_are_called_groups(groups, message):
    with pytest.raises((ValueError, TypeError), match=message):
        SeleniteRegressor().fit(RNG.normal(size=(30, 2)), np.arange(30.0), groups=groups)


def test_names_of_columns_are_text():
    frame = pd.DataFrame(RNG.normal(size=(30, 2)))
    with pytest.raises(OptionError, match='has no column 0: names are text; it has "0", "1"|did you mean "0"'):
        SeleniteRegressor(kinds={0: "number"}).fit(frame, np.arange(30.0))
    with pytest.raises(OptionError, match="names are text"):
        SeleniteRegressor().fit(frame, np.arange(30.0), time_column=0)


def heard(fit, *args, **kwargs):
    """Return what fitting warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(*args, **kwargs)
    return [str(warning.message) for warning in caught]


def test_columns_that_may_be_meant_otherwise_are_told():
    """Those set aside that no name tells to be identifiers, and text that is numbers or dates; not what is declared."""
    rng, n = np.random.default_rng(0), 200
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    frame = pd.DataFrame(
        {
            "t": np.arange(n),
            "id": np.arange(n) + 7,
            "when": days.strftime("%Y-%m-%d"),
            "size": np.where(rng.random(n) < 0.1, "?", rng.integers(0, 60, n).astype(str)),
            "ticket": [f"A/{i % 150}" for i in rng.permutation(n)],
            "zip": [f"{i:05}" for i in rng.integers(0, 40, n) * 2511],
            "colour": rng.choice(["red", "green", "12"], n),
            "customer_id": (rng.permutation(n) + 5000).astype(str),
            "x": rng.normal(size=n),
        }
    )
    few = dict(max_iter=1, members=1)
    by_heart = "200 different {} in 200 rows, would only be learnt by heart"
    assert heard(SeleniteRegressor(**few).fit, frame, frame["x"]) == [
        'column "t" is set aside: numbers the rows, and the target does not go along with it. To learn from it, give '
        "kinds={'t': 'number'}",
        f'column "when" is set aside: {by_heart.format("texts")}; most of it looks like dates: convert it '
        "to such, or give kinds={'when': 'category'}",
        'column "size" is text; most of it looks like numbers: convert it to such, or give '
        "kinds={'size': 'category'}",
        f'column "ticket" is set aside: {by_heart.format("texts").replace("200", "150", 1)}. To learn from it, give '
        "kinds={'ticket': 'category'}",
    ]
    meant = frame.assign(when=days, size=pd.to_numeric(frame["size"], errors="coerce"))
    meant["ticket"] = meant["ticket"].astype("category")
    regressor = SeleniteRegressor(**few, kinds={"t": "number"})
    assert heard(regressor.fit, meant, frame["x"]) == []
    kinds = {column.name: column.kind for column in regressor.model_.schema.columns}
    assert (kinds["t"], kinds["when"], kinds["size"], kinds["ticket"]) == ("number", "date", "number", "category")
    assert heard(SeleniteRegressor(**few).fit, as_table(frame), frame["x"]) == []  # whoever reads a Table tells
    assert len(heard(SeleniteRegressor(**few).fit, pl.from_pandas(frame), frame["x"])) == 4


@pytest.mark.parametrize("maker", [lambda frame: frame, pl.from_pandas, pa.Table.from_pandas], ids=["pd", "pl", "pa"])
def test_many_categories_are_such_where_a_frame_declares_them(maker):
    """But not where no two rows have the same; and dates stay dates."""
    rng, n = np.random.default_rng(0), 300
    towns = pd.Categorical([f"town {i}" for i in rng.integers(0, 400, n)])
    frame = pd.DataFrame({"town": towns, "x": rng.normal(size=n)})
    regressor = SeleniteRegressor(max_iter=1, members=1).fit(maker(frame), frame["x"])
    assert [column.kind for column in regressor.model_.schema.columns] == ["category", "number"]
    frame["town"] = pd.Categorical([f"town {i}" for i in range(n)])
    assert 'column "town" is set aside' in heard(regressor.fit, maker(frame), frame["x"])[0]
    frame["town"] = pd.Categorical(pd.date_range("2020-01-01", periods=n))
    if maker(frame) is frame:
        kinds = [column.kind for column in regressor.fit(frame, frame["x"]).model_.schema.columns]
        assert kinds == ["date", "number"]


ROWS = np.random.default_rng(1).normal(size=(300, 4))


@pytest.mark.parametrize("how", ["sample_weight", "class_weight"])
def test_a_class_that_weighs_nothing_is_a_class(how):
    """As scikit-learn's ensembles expect, which look columns of predict_proba up by the classes of all rows."""
    y = np.array(["u", "v", "w"])[np.digitize(ROWS[:, 0], [-0.5, 0.5])]
    kept = y != "u"
    classifier = SeleniteClassifier(members=2, max_iter=20, class_weight={0: 0, 1: 1, 2: 1})  # as voting numbers them
    weight = None
    if how == "sample_weight":
        classifier.set_params(class_weight=None)
        weight = kept.astype(float)
    voting = VotingClassifier([("a", classifier), ("b", clone(classifier))], voting="soft").fit(
        ROWS, y, sample_weight=weight
    )
    assert voting.score(ROWS[kept], y[kept]) > 0.9
    one = voting.estimators_[0]
    assert len(one.classes_) == 3
    assert one.predict_proba(ROWS)[:, 0].max() < 0.1


@pytest.mark.parametrize("loss", ["poisson", "squared_error"])
def test_quantiles_of_what_is_never_negative_are_not(loss):
    """Counts, and positive numbers whose logarithm is learnt."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2))
    y = rng.poisson(np.exp(X[:, 0])).astype(float)
    if loss == "squared_error":
        y = np.exp(2 * X[:, 0] + rng.normal(size=600))
    regressor = SeleniteRegressor(loss=loss).fit(X, y)
    assert regressor.model_.target_transform == ("log" if loss == "squared_error" else "")
    low, high = regressor.predict(X, quantiles=(0.05, 0.95)).T
    assert low.min() == 0
    assert ((low <= y) & (y <= high)).mean() > 0.85


def test_bins_are_categories():
    frame = pd.DataFrame({"a": ROWS[:, 0], "bin": pd.cut(ROWS[:, 0], 4)})
    named = frame.assign(bin=frame["bin"].astype(str))
    regressor = SeleniteRegressor(max_iter=2, members=1).fit(frame, ROWS[:, 0])
    assert regressor.model_.schema.columns[1].categories == tuple(sorted(set(named["bin"])))
    np.testing.assert_array_equal(regressor.predict(named), regressor.predict(frame))


def test_a_loaded_model_takes_columns_without_names(tmp_path):
    """In a loaded model and in explain, as in an estimator; an array, and a frame that pandas has numbered."""
    named = pd.DataFrame(ROWS, columns=[f"column {i}" for i in range(ROWS.shape[1])])
    for fitted_on in (named, ROWS, pd.DataFrame(ROWS)):
        regressor = SeleniteRegressor(max_iter=2, members=1).fit(fitted_on, ROWS[:, 0])
        expected = regressor.predict(fitted_on)
        regressor.save(tmp_path / "m")
        model = selenite.load(tmp_path / "m")
        for nameless in (ROWS, pd.DataFrame(ROWS), ROWS.tolist()):
            np.testing.assert_array_equal(model.predict(nameless), expected)
        explained = selenite.explain(regressor, ROWS[:2], background=ROWS)
        np.testing.assert_allclose(explained.base + explained.values.sum(axis=1), expected[:2], atol=1e-5)
    years = pd.DataFrame(ROWS, columns=[2019, 2020, 2021, 2022])  # numbers that are names
    by_year = SeleniteRegressor(max_iter=2, members=1).fit(years, ROWS[:, 0]).model_
    np.testing.assert_array_equal(by_year.predict(years[[2022, 2019, 2021, 2020]]), by_year.predict(years))
    with pytest.raises(SchemaError, match='"2019" is missing'):
        by_year.predict(pd.DataFrame(ROWS, columns=[1, 2, 3, 4]))
    turned = pd.DataFrame(ROWS)[[3, 2, 1, 0]]
    np.testing.assert_array_equal(model.predict(turned), expected)
    with pytest.raises(SeleniteError, match=r"the array has 1 columns without names, and . are expected: \"0\""):
        model.predict(ROWS[:, :1])


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"class_weight": "foo"}, "The 'class_weight' parameter of SeleniteClassifier must be"),
        ({"class_weight": {0: -1, 1: 1}}, r"class_weight=\{0: -1, 1: 1\} must hold numbers from 0 on"),
        ({"learning_rate_init": 0}, "learning_rate_init=0 must be a number above 0"),
    ],
)
def test_settings_are_refused_by_their_names(chosen, words):
    with pytest.raises(ValueError, match=words):
        SeleniteClassifier(**chosen).fit(ROWS, ROWS[:, 0] > 0)


def test_validation_rows_are_a_pair():
    with pytest.raises(OptionError, match=r"validation_set must be a pair \(X, y\), not ndarray"):
        SeleniteRegressor().fit(ROWS, ROWS[:, 0], validation_set=ROWS)
