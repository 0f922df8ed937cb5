"""Linear models, networks without hidden layers: as good as scikit-learn's, and so a fair baseline of the verdict."""

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.fitting import contenders
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.plan import LINEAR_STEPS, plan
from selenite.model import Settings
from selenite.table import Numbers, Table
from selenite.training import Callback

COEFFICIENTS = np.array([3, -1, 0.5, 0, 2])


@pytest.mark.parametrize("n", [30, 100, 3000])
def test_numbers_are_predicted_as_by_least_squares(n):
    random = np.random.default_rng(n)
    X, new = random.normal(size=(n, 5)), random.normal(size=(1000, 5))
    y = X @ COEFFICIENTS + 0.3 * random.normal(size=n)
    theirs = LinearRegression().fit(X, y).score(new, new @ COEFFICIENTS)
    assert SeleniteRegressor(hidden_layer_sizes=()).fit(X, y).score(new, new @ COEFFICIENTS) > theirs - 0.03


@pytest.mark.parametrize("n", [60, 200, 3000])
def test_classes_are_predicted_as_by_logistic_regression(n):
    random = np.random.default_rng(n)
    X = random.normal(size=(n + 2000, 3))
    y = random.random(len(X)) < 1 / (1 + np.exp(-X @ COEFFICIENTS[:3]))
    ours, theirs = (
        log_loss(y[n:], model.fit(X[:n], y[:n]).predict_proba(X[n:]))
        for model in (SeleniteClassifier(hidden_layer_sizes=()), LogisticRegression())
    )
    assert ours < theirs + 0.06


@pytest.mark.parametrize("seed", range(3))
def test_hidden_layers_are_not_said_to_be_worth_having_where_all_is_linear(seed):
    random = np.random.default_rng(seed)
    X = random.normal(size=(40, 5))
    y = X @ COEFFICIENTS + 0.3 * random.normal(size=40)
    table = Table((*"abcde", "y"), tuple(map(Numbers, (*X.T, y))), 40)
    outcome = fit_and_evaluate(table, "y", Settings(epochs=30))
    assert "linear" in outcome.verdict
    assert "worth having" not in outcome.verdict
    assert next(one for one in outcome.figures["linear"] if one.name == "R2").value > 0.95


def test_hidden_layers_are_not_said_to_be_worth_having_beside_a_linear_model_cut_short(monkeypatch):
    monkeypatch.setattr(contenders, "FOR_LINEAR", 1e-9)
    x = np.random.default_rng(0).uniform(-2, 2, 3000)
    table = Table(("x", "y"), (Numbers(x), Numbers(x**2)), 3000)
    quick = Settings("fast", hidden=(16,), epochs=12)
    beside = {limit: fit_and_evaluate(table, "y", replace(quick, time_limit=limit)).verdict for limit in (1000, None)}
    assert beside == {
        1000: "Verdict: better than a linear model that had too little time to finish.",
        None: "Verdict: better than a linear model; the hidden layers are worth having.",
    }


def test_an_estimator_knows_whether_time_cut_it_short():
    X = np.random.default_rng(0).normal(size=(3000, 2))
    for limit, cut_short in ((1e-6, True), (1000, False), (None, False)):
        model = SeleniteRegressor((), members=2, max_iter=50, time_limit=limit).fit(X, X[:, 0])
        assert model.cut_short_ == cut_short


@pytest.mark.parametrize("n", [20, 100, 2000, 100_000])
def test_there_are_enough_steps_and_patience_for_them(n):
    linear, usual = plan(Settings(hidden=()), n), plan(Settings(), n)
    assert linear.epochs * n / linear.batch_size >= LINEAR_STEPS
    assert linear.patience / linear.epochs == usual.patience / usual.epochs
    assert plan(Settings(hidden=(), epochs=7), n).epochs == 7


class EndsAtOnce(Callback):
    """Ends the training it is told of, and interrupts what comes a little later, as Ctrl-C does."""

    def epoch(self, progress):
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        return True


def test_interrupted_judging_leaves_a_model_without_figures():
    random = np.random.default_rng(0)
    x = random.normal(size=900)
    table = Table(("x", "y"), (Numbers(x), Numbers(x**2)), 900)
    long = Settings(epochs=100_000, patience=100_000, hidden=(64,))
    outcome = fit_and_evaluate(table, "y", long, callbacks=[EndsAtOnce()])
    assert outcome.interrupted
    assert outcome.figures == {}
    assert outcome.verdict == "Verdict: none, judging the model was interrupted."
    assert outcome.model.recipe.ended == "callback"


def test_an_interrupted_fit_says_so():
    x = np.random.default_rng(0).normal(size=(900, 1))
    regressor = SeleniteRegressor(hidden_layer_sizes=(64,), max_iter=100_000, n_iter_no_change=100_000)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        regressor.fit(x, x[:, 0] ** 2)
    assert regressor.stopped_by_ == "interrupt"
