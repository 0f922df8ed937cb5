"""What scikit-learn's users have asked for: each option against an independent account of what it means."""

import re
import signal
import warnings
from contextlib import suppress
from copy import deepcopy
from io import BytesIO

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.feature_selection import SelectFromModel
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.estimator_checks import parametrize_with_checks

import selenite
from selenite import MLPClassifier, MLPRegressor
from selenite.estimators.mlp import FitWarning
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.training import Callback

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X_iris, y_iris = load_iris(return_X_y=True)
X_iris = scale(X_iris)
X_diabetes, y_diabetes = load_diabetes(return_X_y=True)
X_diabetes, y_diabetes = scale(X_diabetes), scale(y_diabetes)


def unpickled(model):
    """Return the model as another process would get it."""
    with BytesIO() as file:
        joblib.dump(model, file)
        file.seek(0)
        return joblib.load(file)


SHORT = {"hidden_layer_sizes": (8,), "max_iter": 15, "random_state": 0}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([MLPClassifier(max_iter=20), MLPRegressor(max_iter=20)])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_class_weights_are_weights_of_rows():
    weights = {0: 1.0, 1: 3.0, 2: 0.5}
    by_class = MLPClassifier(**SHORT, class_weight=weights).fit(X_iris, y_iris)
    by_row = MLPClassifier(**SHORT).fit(X_iris, y_iris, np.array([weights[label] for label in y_iris]))
    np.testing.assert_array_equal(by_class.coefs_[0], by_row.coefs_[0])
    with pytest.raises(ValueError, match="not supported for partial_fit"):
        MLPClassifier(class_weight="balanced").partial_fit(X_iris, y_iris, classes=[0, 1, 2])


def test_balanced_classes_find_the_rare_one():
    X = np.r_[np.random.default_rng(0).normal(size=(380, 2)), np.random.default_rng(1).normal(1.2, 1, size=(20, 2))]
    y = np.repeat([0, 1], [380, 20])
    found = [
        MLPClassifier(random_state=0, class_weight=weight).fit(X, y).predict(X)[y == 1].mean()
        for weight in (None, "balanced")
    ]
    assert found[1] > found[0] + 0.3


def test_a_list_of_activations_is_one_a_layer():
    """A network of identities but for one tanh is linear in that layer's activations."""
    model = MLPRegressor(hidden_layer_sizes=(5, 4), activation=["tanh", "identity"], max_iter=3, random_state=0)
    model.fit(X_diabetes, y_diabetes)
    hidden = np.tanh(X_diabetes @ model.coefs_[0] + model.intercepts_[0])
    np.testing.assert_allclose(model.transform(X_diabetes, layer=0), hidden, rtol=1e-12)
    last = hidden @ model.coefs_[1] + model.intercepts_[1]
    np.testing.assert_allclose(model.transform(X_diabetes), last, rtol=1e-12)
    np.testing.assert_allclose(
        model.predict(X_diabetes), (last @ model.coefs_[2] + model.intercepts_[2])[:, 0], rtol=1e-9
    )
    with pytest.raises(ValueError, match="there are 2 hidden layers"):
        model.transform(X_diabetes, layer=2)
    with pytest.raises(ValueError, match="names 1 layers; there are 2 hidden"):
        clone(model).set_params(activation=["relu"]).fit(X_diabetes, y_diabetes)


@pytest.mark.parametrize("activation", [name for name in HIDDEN_ACTIVATIONS if name != "identity"])
def test_every_activation_of_nn_trains(activation):
    model = MLPClassifier(**SHORT | {"max_iter": 60}, activation=activation, learning_rate_init=0.02).fit(
        X_iris, y_iris
    )
    assert model.score(X_iris, y_iris) > 0.9


def test_losses_predict_what_they_are_for():
    """The mean, the median and a quantile of a skewed number, by linear models on nothing."""
    y = np.random.default_rng(0).exponential(size=2001)
    X = np.zeros((len(y), 1))
    options = {"hidden_layer_sizes": (), "learning_rate_init": 0.05, "max_iter": 400, "batch_size": len(y)}
    options |= {"tol": 0, "n_iter_no_change": 1000}
    for loss, wanted in (
        ("squared_error", y.mean()),
        ("absolute_error", np.median(y)),
        ("quantile(0.9)", np.quantile(y, 0.9)),
        ("poisson", y.mean()),
    ):
        model = MLPRegressor(loss, **options, random_state=0).fit(X, y)
        assert model.predict(X[:1])[0] == pytest.approx(wanted, rel=0.06), loss
    with pytest.raises(ValueError, match="'loss' parameter of MLPClassifier must be a str among"):
        MLPClassifier(loss="poisson").fit(X_iris, y_iris)


def test_a_validation_set_of_ones_own():
    """Its loss is that of the predictions, and with early stopping it decides."""
    X, y, X_aside, y_aside = X_iris[::2], y_iris[::2], X_iris[1::2], y_iris[1::2]
    model = MLPClassifier(**SHORT).fit(X, y, validation_set=(X_aside, y_aside))
    assert len(model.validation_loss_curve_) == len(model.loss_curve_)
    p = model.predict_proba(X_aside)[np.arange(len(y_aside)), y_aside]
    assert model.validation_loss_curve_[-1] == pytest.approx(-np.log(p).mean())
    np.testing.assert_array_equal(model.coefs_[0], MLPClassifier(**SHORT).fit(X, y).coefs_[0])
    stopping = MLPClassifier(**SHORT | {"max_iter": 200}, early_stopping=True, learning_rate_init=0.02)
    stopping.fit(X, y, validation_set=(X_aside, y_aside))
    assert stopping.best_validation_score_ == max(stopping.validation_scores_)
    assert stopping.best_validation_score_ == pytest.approx(stopping.score(X_aside, y_aside))
    with pytest.raises(ValueError, match=r"classes that training has not: \[7\]"):
        MLPClassifier(**SHORT).fit(X, y, validation_set=(X_aside, np.full(len(y_aside), 7)))


def test_dropout_is_off_when_predicting_and_repeats_with_its_seed():
    one, two, without = (MLPClassifier(**SHORT, dropout=rate).fit(X_iris, y_iris) for rate in (0.5, 0.5, 0.0))
    np.testing.assert_array_equal(one.coefs_[0], two.coefs_[0])
    assert not np.allclose(one.coefs_[0], without.coefs_[0])
    np.testing.assert_array_equal(one.predict_proba(X_iris), one.predict_proba(X_iris))


def test_adamw_decays_weights_and_not_biases():
    plain = MLPRegressor(**SHORT, solver="adamw", weight_decay=0.0, alpha=0).fit(X_diabetes, y_diabetes)
    adam = MLPRegressor(**SHORT, solver="adam", alpha=0).fit(X_diabetes, y_diabetes)
    np.testing.assert_allclose(plain.coefs_[0], adam.coefs_[0], rtol=1e-12)
    decayed = MLPRegressor(**SHORT, solver="adamw", weight_decay=20.0, alpha=0).fit(X_diabetes, y_diabetes)
    assert np.abs(decayed.coefs_[0]).sum() < np.abs(plain.coefs_[0]).sum()


def test_restarts_keep_the_best():
    one = MLPClassifier(**SHORT).fit(X_iris, y_iris)
    many = MLPClassifier(**SHORT, restarts=6).fit(X_iris, y_iris)
    assert many.restart_losses_.shape == (6,)
    assert many.best_loss_ == many.restart_losses_.min()
    assert many.restart_losses_.min() < one.best_loss_
    aside = MLPClassifier(**SHORT, restarts=4).fit(
        X_iris[::2], y_iris[::2], validation_set=(X_iris[1::2], y_iris[1::2])
    )
    p = aside.predict_proba(X_iris[1::2])[np.arange(75), y_iris[1::2]]
    assert -np.log(p).mean() == pytest.approx(aside.restart_losses_.min())
    with pytest.raises(ValueError, match="not with partial_fit, warm_start"):
        MLPClassifier(**SHORT, restarts=2, solver="lbfgs").fit(X_iris, y_iris)


def test_callbacks_are_told_and_may_end_training():
    class Three(Callback):
        every_epoch = True

        def epoch(self, progress):
            return progress.epoch == 3

    assert MLPClassifier(**SHORT).fit(X_iris, y_iris, callbacks=[Three()]).n_iter_ == 3


@pytest.mark.parametrize(
    "options", [{}, {"restarts": 3}, {"solver": "lbfgs"}, {"solver": "lm"}, {"early_stopping": True}], ids=str
)
def test_callbacks_are_told_alike_whoever_trains(options):
    class Two(Callback):
        every_epoch = True

        def __init__(self):
            self.told = []

        def begin(self, network, epochs):
            self.told.append(("begin", network.layer_sizes, epochs))

        def epoch(self, progress):
            self.told.append((progress.epoch, progress.epochs))
            return progress.epoch == 2

        def end(self, training):
            self.told.append((training.ended, len(training.history)))

    two = Two()
    model = MLPRegressor(**SHORT, **options).fit(X_diabetes, y_diabetes, callbacks=[two])
    assert two.told == [("begin", (10, 8, 1), 15), (1, 15), (2, 15), ("callback", 2)]
    assert model.n_iter_ == 2


def test_verbose_names_what_stopped_training(capsys):
    """Rows of one's own are for the curve; they decide only with early stopping."""
    stops = SHORT | {"tol": 10.0, "n_iter_no_change": 2, "verbose": True}
    for early, what in ((False, "Training loss"), (True, "Validation score")):
        model = MLPRegressor(**stops, early_stopping=early)
        model.fit(X_diabetes, y_diabetes, validation_set=(X_diabetes[:50], y_diabetes[:50]))
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == f"Iteration 1, loss = {model.loss_curve_[0]:.8f}"
        assert lines[-1] == f"{what} did not improve more than tol=10.000000 for 2 consecutive epochs. Stopping."


class Press(Callback):
    every_epoch = True

    def epoch(self, progress):
        if progress.epoch == 4:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("options", [{}, {"restarts": 3}, {"solver": "lbfgs", "alpha": 0}])
def test_ctrl_c_keeps_what_was_learnt(options):
    model = MLPClassifier(random_state=0, max_iter=1000, **options)
    with pytest.warns(UserWarning, match=r"Training interrupted by user\.") as told:
        model.fit(X_iris, y_iris, callbacks=[Press()])
    assert len(told) == 1
    assert model.n_iter_ in (4, 5)


def test_after_partial_fit_there_is_nothing_to_diagnose():
    assert MLPRegressor(**SHORT).partial_fit(X_diabetes, y_diabetes).diagnose() == []


def test_dtype_and_threads():
    model = MLPClassifier(**SHORT, dtype="float32", n_threads=1).fit(X_iris, y_iris)
    assert model.coefs_[0].dtype == np.float32
    with pytest.raises(ValueError, match="'n_threads' parameter"):
        MLPClassifier(n_threads=0).fit(X_iris, y_iris)


def test_a_saved_model_predicts_the_same(tmp_path):
    table = pd.DataFrame(X_iris, columns=["a", "b", "c", "d"])
    names = np.array(["setosa", "versicolor", "virginica"])[y_iris]
    classifier = MLPClassifier(**SHORT).fit(table, names)
    classifier.save(tmp_path / "iris.selenite")
    loaded = selenite.load(tmp_path / "iris.selenite")
    np.testing.assert_allclose(
        loaded.predict_proba(table[["d", "c", "b", "a"]]), classifier.predict_proba(table), rtol=1e-12
    )
    np.testing.assert_array_equal(loaded.predict(table), classifier.predict(table))
    with pytest.raises(selenite.errors.SchemaError, match="row 1: .*b.* is missing"):
        loaded.predict(table.assign(b=np.nan))
    regressor = MLPRegressor(**SHORT).fit(X_diabetes, y_diabetes)
    regressor.save(tmp_path / "diabetes.selenite")
    loaded = selenite.load(tmp_path / "diabetes.selenite")
    np.testing.assert_allclose(loaded.predict(X_diabetes), regressor.predict(X_diabetes), rtol=1e-12)
    X, Y = make_multilabel_classification(60, random_state=0)
    with pytest.raises(ValueError, match="several labels a row"):
        MLPClassifier(**SHORT).fit(X, Y).save(tmp_path / "labels.selenite")


def test_pickles_go_on_training():
    model = MLPClassifier(**SHORT).fit(X_iris, y_iris)
    other = unpickled(model)
    np.testing.assert_array_equal(other.predict_proba(X_iris), model.predict_proba(X_iris))
    for one in (model, other):
        one.partial_fit(X_iris, y_iris)
    np.testing.assert_array_equal(other.coefs_[0], model.coefs_[0])
    assert other.loss_curve_ == model.loss_curve_


def test_weights_set_by_hand_count():
    model = MLPRegressor(**SHORT).fit(X_diabetes, y_diabetes)
    model.coefs_ = [np.zeros_like(w) for w in model.coefs_]
    model.intercepts_[-1][:] = 7
    np.testing.assert_array_equal(model.predict(X_diabetes[:3]), [7, 7, 7])
    np.testing.assert_array_equal(deepcopy(model).predict(X_diabetes[:3]), [7, 7, 7])


def test_in_pipelines_searches_and_frames():
    X = pl.DataFrame(X_diabetes, schema=[f"c{i}" for i in range(10)])
    pipeline = make_pipeline(StandardScaler(), MLPRegressor(**SHORT)).set_output(transform="pandas")
    search = GridSearchCV(pipeline, {"mlpregressor__alpha": [1e-4, 1.0]}, cv=2).fit(X, y_diabetes)
    assert search.best_params_["mlpregressor__alpha"] in (1e-4, 1.0)
    hidden = search.best_estimator_[-1].transform(search.best_estimator_[0].transform(X))
    assert list(hidden.columns[:2]) == ["mlpregressor0", "mlpregressor1"]
    scores = cross_validate(MLPClassifier(**SHORT), X_iris, y_iris, cv=3, params={"sample_weight": np.ones(150)})
    assert len(scores["test_score"]) == 3
    joblib.hash(MLPClassifier(**SHORT).fit(X_iris, y_iris))


def test_sparse_rows_are_the_same_rows():
    X = np.where(X_iris > 0.5, X_iris, 0)
    dense, sparse = MLPClassifier(**SHORT).fit(X, y_iris), MLPClassifier(**SHORT).fit(csr_array(X), y_iris)
    np.testing.assert_array_equal(dense.coefs_[0], sparse.coefs_[0])
    np.testing.assert_array_equal(dense.predict_proba(X), sparse.predict_proba(csr_array(X)))


def test_levenberg_marquardt():
    X, y = load_breast_cancer(return_X_y=True)
    X = scale(X)[:, :5]
    model = MLPClassifier((3,), solver="lm", loss="squared_error", activation="logistic", alpha=0.1, random_state=0)
    model.fit(X, y)
    adam = MLPClassifier((3,), loss="squared_error", activation="logistic", alpha=0.1, random_state=0).fit(X, y)
    assert model.loss_ < adam.loss_
    assert model.n_iter_ < 100
    with pytest.raises(ValueError, match="solver='lm' minimises squared errors"):
        MLPClassifier(solver="lm").fit(X, y)


def test_divergence_is_explained():
    X, y = X_diabetes * 1e150, y_diabetes
    with pytest.raises(ValueError, match=r"non-finite parameter weights.*In detail: training diverged in epoch 1"):
        MLPRegressor(activation="identity", max_iter=5, random_state=0).fit(X, y * 1e150)


def test_a_fit_that_went_badly_says_so():
    X, y = load_breast_cancer(return_X_y=True)
    X = np.c_[X, 1e6 * np.random.default_rng(0).normal(size=len(X))]
    with pytest.warns(FitWarning) as told:
        model = MLPClassifier((4,), activation="tanh", random_state=0).fit(X, y)
    assert issubclass(FitWarning, ConvergenceWarning)
    assert told[0].filename == __file__
    findings = model.diagnose()
    assert "unscaled inputs" in [finding.name for finding in findings]
    assert all(str(finding) in str(told[0].message) for finding in findings)


def test_a_fit_that_went_well_says_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = MLPClassifier(max_iter=2000, random_state=0).fit(X_iris, y_iris)
    assert model.diagnose() == []


RECORDED = {
    "batches": {},
    "in order": {"shuffle": False, "batch_size": 32},
    "full batch": {"batch_size": 10_000},
    "dropout": {"dropout": 0.2, "solver": "adamw", "dtype": "float32"},
    "adaptive": {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.02, "n_iter_no_change": 1, "max_iter": 30},
    "inverse scaling": {"solver": "sgd", "learning_rate": "invscaling"},
    "early stopping": {"early_stopping": True},
}


@pytest.mark.filterwarnings("ignore:Got `batch_size`")
@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_fit_gives_every_epoch_again(name, witness):
    model = MLPClassifier(**SHORT | RECORDED[name]).fit(X_iris, y_iris, record=True, callbacks=[witness])
    free = unpickled(MLPClassifier(**SHORT | RECORDED[name]).fit(X_iris, y_iris, record=True))
    assert len(witness.seen) == model.n_iter_ == free.n_iter_
    for one in (model, free):
        for epoch, parameters in enumerate(witness.seen, 1):
            np.testing.assert_array_equal(one.history_.at(epoch), parameters)


def test_a_recorded_fit_draws_no_more_than_another():
    streams = [np.random.RandomState(0) for _ in range(2)]
    for stream, record in zip(streams, (True, False), strict=True):
        model = MLPRegressor(**SHORT | {"random_state": stream}).fit(X_diabetes, y_diabetes, record=record)
        assert hasattr(model, "history_") == record
        if record:
            model.history_.at(7)
    assert streams[0].random() == streams[1].random()


def test_a_fit_that_goes_on_is_recorded_from_its_own_beginning(witness):
    model = MLPRegressor(**SHORT, warm_start=True).fit(X_diabetes, y_diabetes)
    begun = np.concatenate([*map(np.ravel, model.coefs_)])
    model.fit(X_diabetes, y_diabetes, record=True, callbacks=[witness])
    start = model._network.weights(model.history_.at(0))
    np.testing.assert_array_equal(np.concatenate([*map(np.ravel, start)]), begun)
    np.testing.assert_array_equal(model.history_.at(4), witness.seen[3])
    assert not hasattr(model.fit(X_diabetes, y_diabetes), "history_")


@pytest.mark.parametrize("solver", ["lbfgs", "lm"])
def test_what_has_no_epochs_cannot_be_recorded(solver):
    with pytest.raises(ValueError, match=f"solver='{solver}' has none of; it goes with sgd, adam, adamw"):
        MLPRegressor(hidden_layer_sizes=(4,), solver=solver).fit(X_diabetes, y_diabetes, record=True)


def test_a_rate_that_follows_a_score_cannot_be_replayed():
    rates = MLPClassifier((4,), solver="sgd", learning_rate="adaptive", early_stopping=True)
    with pytest.raises(ValueError, match="only where the training loss decides"):
        rates.fit(X_iris, y_iris, record=True)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("other", [(5,), (8, 8), ()])
def test_other_layers_after_a_fit_are_refused_by_name(solver, other):
    model = MLPClassifier(**SHORT, solver=solver, warm_start=True).fit(X_iris, y_iris)
    before = model.predict_proba(X_iris)
    message = rf"changed from \(8,\) to {re.escape(repr(other))} after a fit; warm_start=True .* warm_start=False"
    with pytest.raises(ValueError, match=message):
        model.set_params(hidden_layer_sizes=other).fit(X_iris, y_iris)
    np.testing.assert_array_equal(model.predict_proba(X_iris), before)
    model.set_params(warm_start=False).fit(X_iris, y_iris)
    assert [weights.shape[1] for weights in model.coefs_[:-1]] == list(other)


def test_what_partial_fit_cannot_go_on_with_is_refused_by_name():
    model = MLPRegressor(**SHORT).partial_fit(X_diabetes, y_diabetes)
    with pytest.raises(ValueError, match=r"y has 2 outputs, but partial_fit goes on .* of 1\."):
        model.partial_fit(X_diabetes, np.column_stack([y_diabetes, y_diabetes]))
    with pytest.raises(ValueError, match=r"changed from \(8,\) to \(3,\) after a fit; partial_fit goes on"):
        model.set_params(hidden_layer_sizes=3).partial_fit(X_diabetes, y_diabetes)


@pytest.mark.parametrize(("before", "after"), [("sgd", "adam"), ("adam", "sgd"), ("sgd", "adamw")])
def test_another_solver_goes_on_from_its_own_beginning(before, after):
    model = MLPRegressor(**SHORT, solver=before).partial_fit(X_diabetes, y_diabetes)
    model.set_params(solver=after).partial_fit(X_diabetes, y_diabetes)
    warm = MLPRegressor(**SHORT | {"max_iter": 1}, solver=before, warm_start=True).fit(X_diabetes, y_diabetes)
    warm.set_params(solver=after).fit(X_diabetes, y_diabetes)
    assert model.loss_ == pytest.approx(warm.loss_)
    assert model._optimizer.optimizer.name == after
    assert np.isfinite(model.coefs_[0]).all()


@pytest.mark.parametrize("options", [{}, {"solver": "sgd"}, {"solver": "lbfgs"}, {"early_stopping": True}])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_no_warning_of_numpys_comes_through_where_inputs_are_too_large(kind, options):
    X = X_iris.copy()
    X[:2, 0] = 1.7e308
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with suppress(ValueError):  # the refusal itself
            kind(**SHORT, **options).fit(X, y_iris)


def test_numbers_that_float32_does_not_hold_are_refused():
    X, large = X_iris.copy(), y_iris * 1e39
    X[3, 1] = -1e39
    with pytest.raises(ValueError, match=r"X has values of up to 1e\+39, beyond what float32 holds, 3.4e\+38"):
        MLPClassifier(dtype="float32").fit(X, y_iris)
    with pytest.raises(ValueError, match=r"y has values of up to 2e\+39"):
        MLPRegressor(dtype="float32").fit(X_iris, large)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_features_that_matter_are_told_by_shuffling(solver):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1200, 4))
    y = X[:, 1] * 2 + X[:, 3]
    options = {"hidden_layer_sizes": (8,), "solver": solver, "max_iter": 60, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        regressor = MLPRegressor(**options).fit(X, y)
        classifier = MLPClassifier(**options).fit(X, y > 0)
    for estimator, score in ((regressor, "neg_mean_squared_error"), (classifier, "neg_log_loss")):
        found = estimator.feature_importances_
        answers = y if estimator is regressor else y > 0
        theirs = permutation_importance(estimator, X, answers, scoring=score, n_repeats=5, random_state=0)
        expected = np.maximum(theirs.importances_mean, 0)
        np.testing.assert_allclose(found, expected / expected.sum(), atol=0.05)
        assert SelectFromModel(estimator, prefit=True, threshold=0.1).get_support().tolist() == [
            False,
            True,
            False,
            True,
        ]
    with pytest.raises(NotFittedError):
        MLPRegressor().feature_importances_  # noqa: B018
