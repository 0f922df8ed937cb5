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
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError, SchemaError, SeleniteError
from selenite.training import Callback
from witness import Witness


def not_equivalent(estimator):
    """Weights are exact in the loss, but a row that counts twice is not two rows in a shuffled minibatch."""
    return {"check_sample_weight_equivalence_on_dense_data": not_equivalent.__doc__}


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
    assert [network.front.periodic for network in seen] == [tuple(range(1, 60, 2))]


def test_presets_and_members():
    X, y = load_iris(return_X_y=True)
    shapes = {}
    for preset in ("fast", "balanced", "best"):
        model = SeleniteClassifier(preset=preset, max_iter=2).fit(X, y).model_
        shapes[preset] = (len(model.parameters), model.network.layer_sizes[1:-1])
    assert shapes == {"fast": (1, (128, 64)), "balanced": (6, (128, 64)), "best": (16, (256, 128))}
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
        self.heard.append(network.layer_sizes[1:-1])

    def epoch(self, progress):
        return progress.epoch == 9 and self.heard[-1] in self.ending


def much_to_learn():
    X = np.random.default_rng(0).uniform(-2, 2, size=(400, 3))
    return X, np.sin(3 * X[:, 0]) * X[:, 1]


def test_networks_that_still_get_better_are_followed_by_wider_ones():
    X, y = much_to_learn()
    listening = Listening()
    regressor = SeleniteRegressor().fit(X, y, callbacks=[listening])
    assert listening.heard == [(128, 64), (256, 128)]
    typed = SeleniteRegressor((256, 128)).fit(X, y)
    np.testing.assert_array_equal(regressor.model_.parameters, typed.model_.parameters)
    many = np.random.default_rng(0).normal(size=(400, 26))  # 52 inputs
    assert SeleniteRegressor().fit(many, many.sum(axis=1)).model_.network.layer_sizes[1:-1] == (256, 64)
    y = RNG.normal(size=400)  # nothing to learn
    nothing = SeleniteRegressor().fit(X, y, callbacks=[listening]).model_
    assert nothing.network.layer_sizes[1:-1] == (128, 64)


@pytest.mark.parametrize(
    "chosen",
    [dict(hidden_layer_sizes=(128, 64)), dict(max_iter=60), dict(preset="fast")],
    ids=["hidden_layer_sizes", "max_iter", "preset"],
)
def test_what_was_chosen_is_not_widened(chosen):
    X, y = much_to_learn()
    listening = Listening()
    SeleniteRegressor(**chosen).fit(X, y, callbacks=[listening])
    assert listening.heard == [(128, 64)]


def test_wider_networks_that_were_stopped_do_not_count():
    X, y = much_to_learn()
    stopped = SeleniteRegressor().fit(X, y, callbacks=[listening := Listening([(256, 128)])])
    assert listening.heard == [(128, 64), (256, 128)]
    usual = SeleniteRegressor((128, 64)).fit(X, y)
    np.testing.assert_array_equal(stopped.model_.parameters, usual.model_.parameters)
    assert stopped.stopped_by_ == "callback"
    SeleniteRegressor().fit(X, y, callbacks=[listening := Listening([(128, 64)])])
    assert listening.heard == [(128, 64)]


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
    regressor = SeleniteRegressor(max_iter=3).fit(X, X["x"] * 2)
    assert [column.kind for column in regressor.model_.schema.columns] == ["identifier", "number"]


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
        (SeleniteRegressor(learning_rate_init=-1), np.arange(30.0), "learning_rate=-1"),
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
def test_a_recorded_member_gives_every_epoch_again(backend):
    witness, options = Witness(), dict(members=1, max_iter=9, hidden_layer_sizes=(8,), backend=backend)
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
