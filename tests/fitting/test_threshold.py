"""A threshold is chosen as its rule says, by rows that are not reported on, and decides wherever a class is named."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import recall_score

import selenite
from selenite.errors import OptionError
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.out_of_fold import judged_again
from selenite.fitting.threshold import best_threshold
from selenite.model import Settings
from selenite.model.threshold import threshold_rule
from selenite.table import Numbers, Table, as_column

pytestmark = pytest.mark.usefixtures("short_linear_models")


def table_of(n, share, seed=0, shuffled=False):
    """Return a table whose rare class "yes" depends on x, or on nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    score = x + rng.normal(size=n)
    y = score > np.quantile(score, 1 - share)
    y = rng.permutation(y) if shuffled else y
    return Table(("x", "y"), (Numbers(x), as_column(np.where(y, "yes", "no"))), n, "rows")


@pytest.mark.parametrize("asked", ["f1", "cost:5:1", "cost:1:3", "recall>=0.9", "recall>=1"])
def test_no_other_threshold_is_better(asked):
    rng, rule = np.random.default_rng(0), threshold_rule(asked)
    for n in (5, 60, 300):
        probability, y = rng.random(n).round(2), np.append(True, rng.random(n - 1) < 0.3)

        def worth(threshold, p=probability, y=y):
            predicted = p >= threshold
            hits, alarms, missed = (predicted & y).sum(), (predicted & ~y).sum(), (y & ~predicted).sum()
            if rule.costs:
                return -rule.costs[0] * missed - rule.costs[1] * alarms
            if rule.recall:
                return -alarms if hits >= rule.recall * y.sum() else -np.inf
            return hits / (hits + (alarms + missed) / 2)

        found = worth(best_threshold(rule, probability, y))
        assert found >= max(worth(threshold) for threshold in np.linspace(0, 1, 201)) - 1e-12


@pytest.mark.parametrize("asked", ["f2", "recall>=1.5", "recall>=0", "cost:0:1", "cost:5", "1.2", "0", ""])
def test_what_is_no_rule_is_refused(asked):
    with pytest.raises(OptionError, match="must be f1"):
        Settings(threshold=asked)


def test_it_is_for_two_classes():
    X = np.arange(60.0)[:, None]
    with pytest.raises(OptionError, match="has 3"):
        selenite.SeleniteClassifier(threshold="f1").fit(X, np.arange(60) % 3)
    with pytest.raises(OptionError, match="holds numbers"):
        fit_and_evaluate(table_of(60, 0.5), "x", Settings(threshold="f1", epochs=1))


def test_the_classifier_decides_by_it_and_its_file_keeps_it(tmp_path):
    table = table_of(600, 0.15)
    X, y = table["x"].values[:, None], np.array(table["y"].values)[table["y"].codes]
    usual = selenite.SeleniteClassifier(members=2, max_iter=5).fit(X, y)
    chosen = selenite.SeleniteClassifier(members=2, max_iter=5, threshold="recall>=0.9").fit(X, y)
    threshold = chosen.model_.threshold
    assert 0 < threshold < 0.5
    np.testing.assert_array_equal(chosen.predict_proba(X), usual.predict_proba(X))
    np.testing.assert_array_equal(chosen.predict(X) == "yes", chosen.predict_proba(X)[:, 1] >= threshold)
    assert recall_score(y == "yes", chosen.predict(X) == "yes") > 0.8
    chosen.save(tmp_path / "m")
    loaded = selenite.load(tmp_path / "m")
    assert (loaded.threshold, loaded.settings.threshold) == (threshold, "recall>=0.9")
    usual.save(tmp_path / "usual")
    assert b"threshold" not in (tmp_path / "usual").read_bytes()
    given = selenite.SeleniteClassifier(members=1, max_iter=2, threshold=0.25).fit(X, y)
    assert given.model_.threshold == 0.25


def test_shuffled_answers_gain_nothing_where_the_figures_are_reported():
    """Each fold's model chooses by its own training rows: precision is the share of the class, whatever is chosen."""
    for seed in range(3):
        table = table_of(400, 0.3, seed, shuffled=True)
        settings = Settings("fast", epochs=10, threshold="f1", seed=seed)
        figures = {one.name: one for one in fit_and_evaluate(table, "y", settings).figures["selenite"]}
        assert figures["precision"].low < 0.3 < figures["precision"].high
        assert figures["area under ROC"].low < 0.5 < figures["area under ROC"].high


def test_figures_of_folds_are_decided_by_the_thresholds_of_the_folds():
    table = table_of(300, 0.2)
    fit = fit_and_evaluate(table, "y", Settings("fast", epochs=10, threshold="recall>=0.9"))
    judged = judged_again(fit.model, table)
    assert judged.as_stored
    by_saved = replace(judged, decided=None)
    assert (judged.predicted != by_saved.predicted).any()
    assert {one.name: one.value for one in judged.metrics()} == pytest.approx(
        {one.name: one.value for one in fit.figures["selenite"]}
    )


def test_where_no_rows_are_held_out_a_rule_is_refused():
    X = np.random.default_rng(0).normal(size=(30, 1))
    classifier = selenite.SeleniteClassifier(members=1, threshold="f1")
    with pytest.raises(OptionError, match="threshold such as 0.3"):
        classifier.partial_fit(X, X[:, 0] > 0, classes=[False, True])
