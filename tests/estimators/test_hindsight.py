"""What is asked of an estimator beside its predictions: frames, importances, findings, threads, a line of progress."""

import io
import pickle
import re
import sys
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.feature_selection import RFE, SelectFromModel

import selenite
from selenite import MLPClassifier, MLPRegressor, SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError
from selenite.explanation.columns import permutation_importance
from selenite.fitting.diagnosis import MOST_ROWS_KEPT
from selenite.table import as_table

RNG = np.random.default_rng(0)
N = 300
X = pd.DataFrame(
    {"a": RNG.normal(size=N), "b": RNG.normal(size=N), "pet": RNG.choice(["cat", "dog"], N), "one": np.ones(N)},
    index=np.arange(N) + 1000,
)
SIDE = pd.Series(np.where(X["a"] + 0.5 * (X["pet"] == "dog") > 0, "up", "down"), name="side")
QUICK = {"members": 1, "max_iter": 10}


@pytest.fixture(scope="module")
def classifier():
    return SeleniteClassifier(**QUICK).fit(X, SIDE)


def test_importances_are_shares_of_what_shuffling_costs(classifier):
    found = classifier.feature_importances_
    assert found is classifier.feature_importances_  # computed once
    assert found.argmax() == 0
    assert found[3] == 0  # a constant is not learnt from
    assert found.sum() == pytest.approx(1)
    rows = as_table(X.assign(side=SIDE.to_numpy()))  # all of them: fewer than are kept
    growth = [max(one.mean, 0) for one in permutation_importance(classifier, rows, repeats=5)]
    assert found[:3] == pytest.approx(np.array(growth) / sum(growth), rel=1e-9)


def test_few_rows_are_kept_and_none_are_written(classifier):
    many = RNG.normal(size=(3000, 2))
    fitted = SeleniteRegressor(**QUICK).fit(many, many[:, 0])
    assert fitted._rows_kept[0].n_rows == MOST_ROWS_KEPT
    assert fitted.model_.to_bytes() == pickle.loads(pickle.dumps(fitted)).model_.to_bytes()  # noqa: S301
    assert fitted.feature_importances_[0] > 0.99


def test_columns_are_selected_by_their_importances():
    chosen = SelectFromModel(SeleniteClassifier(**QUICK)).fit(X, SIDE)
    assert chosen.get_feature_names_out().tolist() == ["a"]
    left = RFE(SeleniteClassifier(**QUICK), n_features_to_select=1).fit(X[["b", "a"]], SIDE)
    assert left.support_.tolist() == [False, True]


def test_inputs_are_named(classifier):
    names = classifier.get_feature_names_out()
    assert len(names) == classifier.model_.network.n_inputs
    assert {"a", "pet = dog"} <= set(names)


def test_a_fit_that_went_badly_is_diagnosed():
    numbers = X[["a", "b"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        diverged = SeleniteRegressor((8,), members=2, max_iter=3, learning_rate_init=1e6).fit(numbers, X["a"])
    finding = diverged.diagnose()[0]
    assert finding.name == "diverged"
    assert "in 2 of 2 networks" in finding.evidence
    assert "smaller learning rate" in finding.remedy
    short = SeleniteRegressor((8,), members=1, max_iter=2, learning_rate_init=1e-4).fit(numbers, X["a"])
    assert "not converged" in [one.name for one in short.diagnose()]
    well = SeleniteRegressor(preset="fast").fit(numbers, X["a"])
    assert well.diagnose() == []
    assert SeleniteRegressor(members=1).partial_fit(numbers, X["a"]).diagnose() == []


def test_frames_of_pandas_and_polars(classifier):
    asked = clone(classifier.set_output(predict="pandas")).fit(X, SIDE)  # a clone keeps what was asked
    classifier.set_output(predict="default")
    labels, shares = asked.predict(X[:3]), asked.predict_proba(X[:3])
    assert isinstance(labels, pd.Series)
    assert (labels.name, labels.index.tolist()) == ("side", [1000, 1001, 1002])
    assert (shares.columns.tolist(), shares.index.tolist()) == (["down", "up"], [1000, 1001, 1002])
    assert (shares.to_numpy() == classifier.predict_proba(X[:3])).all()
    assert (np.exp(asked.predict_log_proba(X[:3])) - shares).abs().max(axis=None) < 1e-6
    assert asked.score(X, SIDE) == classifier.score(X, SIDE)
    asked.set_output(predict="polars")
    assert asked.predict(X[:3]).equals(pl.Series("side", labels.tolist()))
    assert asked.predict_proba(X[:3]).columns == ["down", "up"]
    regressor = SeleniteRegressor(**QUICK).fit(X, X["a"]).set_output(predict="pandas")
    assert regressor.predict(X[:2], quantiles=(0.1, 0.9)).columns.tolist() == [0.1, 0.9]
    with pytest.raises(OptionError, match="default, pandas, polars"):
        asked.set_output(predict="arrow")
    with pytest.raises(OptionError, match="does not transform"):
        asked.set_output(transform="pandas")


@pytest.mark.filterwarnings("ignore::selenite.estimators.mlp.FitWarning")
def test_the_other_estimators_give_frames_too():
    numbers = X[["a", "b"]]
    classes = MLPClassifier((3,), max_iter=3, random_state=0).fit(numbers, SIDE)
    classes.set_output(transform="pandas", predict="pandas")
    assert classes.predict_proba(numbers[:2]).columns.tolist() == ["down", "up"]
    assert classes.transform(numbers[:2]).index.tolist() == [1000, 1001]
    both = (
        MLPRegressor(hidden_layer_sizes=(3,), max_iter=3, random_state=0)
        .fit(numbers, numbers)
        .set_output(predict="polars")
    )
    assert both.predict(numbers[:2]).shape == (2, 2)


def test_threads_change_nothing_and_no_threads_are_refused():
    models = {
        SeleniteClassifier(members=2, max_iter=3, n_jobs=n).fit(X, SIDE).model_.to_bytes() for n in (None, 1, 2, -1, -2)
    }
    assert len(models) == 1
    with pytest.raises(ValueError, match="n_jobs"):
        SeleniteClassifier(n_jobs=0).fit(X, SIDE)


def test_sparse_input_is_taken():
    dense = (RNG.random((N, 3)) < 0.3) * RNG.normal(size=(N, 3))
    y = dense[:, 0] > 0
    a, b = (SeleniteClassifier(**QUICK).fit(one, y) for one in (dense, csr_array(dense)))
    assert (a.model_.parameters == b.model_.parameters).all()
    assert (b.predict(csr_array(dense)) == a.predict(dense)).all()


class OutStream(io.StringIO):
    """A stream as a notebook's is: no terminal, but a line can be drawn again."""

    __module__ = "ipykernel.iostream"


def test_verbose_draws_one_line_in_a_notebook_and_says_how_it_ended(monkeypatch, capsys):
    stream = OutStream()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr("selenite.progress.SECONDS_BETWEEN", 0.0)
    SeleniteClassifier((64, 64), members=2, max_iter=200, n_iter_no_change=200, verbose=True).fit(X, SIDE)
    drawn, ended = stream.getvalue().rsplit("\r", 1)
    assert re.search(r"epoch \d+ of 200", drawn)
    assert "\n" not in drawn
    assert ended.startswith("SeleniteClassifier: 2 networks of 64,64, 200 epochs run, epoch")
    assert capsys.readouterr().err == ""


def test_verbose_off_a_terminal_writes_a_few_lines(capsys):
    SeleniteClassifier(**QUICK, verbose=True).fit(X, SIDE)
    told = capsys.readouterr()
    assert 1 <= len(told.err.splitlines()) <= 10
    assert told.out.startswith("SeleniteClassifier: ")
    SeleniteClassifier(**QUICK).fit(X, SIDE)
    assert capsys.readouterr() == ("", "")


def test_every_estimator_is_explained():
    numbers = X[["a", "b"]]
    perceptron = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", random_state=0, max_iter=500).fit(
        numbers, X["a"]
    )
    assert selenite.explain(perceptron, numbers[:5], background=numbers).importance.argmax() == 0
