"""The estimators: scikit-learn's own checks, raw tables of every maker, the same numbers from each."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError, SchemaError, SeleniteError
from selenite.training import Callback


@parametrize_with_checks([SeleniteClassifier(), SeleniteRegressor()])
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
        (SeleniteRegressor(kinds={"y": "number"}), np.arange(30.0), "no column"),
    ],
)
def test_options_that_do_not_fit_are_refused(estimator, y, message):
    with pytest.raises(SeleniteError, match=message):
        estimator.fit(RNG.normal(size=(30, 2)), y)


def test_a_table_without_anything_to_learn_from_is_refused():
    with pytest.raises(OptionError, match="no column of .* can be learnt from: 'x0' is set aside"):
        SeleniteRegressor().fit(np.ones((30, 1)), np.arange(30.0))
