"""The search: its candidates, its table of trials, and that it never looks at test rows."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

import selenite
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.model import Settings
from selenite.model.own_metric import OwnMetric
from selenite.model.rows import rows_used
from selenite.table import as_table
from selenite.tuning import Search, tune
from selenite.tuning.candidates import candidates

pytestmark = pytest.mark.usefixtures("short_linear_models")

RNG = np.random.default_rng(3)
X = RNG.normal(size=(300, 2))
SETTINGS = Settings("fast", epochs=6, seed=5)


def table_of(answers, source="memory"):
    return replace(as_table(np.column_stack([X, answers]), ["a", "b", "y"]), source=source)


CLASSES = table_of(X[:, 0] * X[:, 1] > 0)


def test_the_recipe_comes_first_and_nothing_comes_twice():
    first, *others = islice(candidates(SETTINGS, 300), 60)
    assert first == SETTINGS
    assert all(one not in others[:k] for k, one in enumerate(others))
    assert list(islice(candidates(SETTINGS, 300), 10)) == [first, *others[:9]]
    assert list(islice(candidates(replace(SETTINGS, seed=6), 300), 10))[1:] != others[:9]


@pytest.mark.parametrize("answers", [X[:, 0] * X[:, 1] > 0, np.exp(X[:, 0])], ids=["classes", "number"])
def test_the_table_of_trials_is_the_same_for_two_workers(answers, tmp_path):
    table = table_of(answers)
    one, two = (tune(table, "y", SETTINGS, Search(5, jobs=jobs)) for jobs in (1, 2))
    assert len(one.trials) == 5
    assert one.trials == two.trials
    assert one.fit.model.to_bytes() == two.fit.model.to_bytes()
    one.fit.model.save(tmp_path / "m")
    assert selenite.load(tmp_path / "m").recipe.trials == one.trials


def test_fewer_trials_are_the_first_of_more():
    few, more = (tune(CLASSES, "y", SETTINGS, Search(n)).trials for n in (2, 4))
    assert [trial.loss for trial in few] == [trial.loss for trial in more[:2]]


def test_answers_of_test_rows_do_not_matter_to_the_trials():
    answers = np.exp(X[:, 0])
    table = table_of(answers)
    tuned = tune(table, "y", SETTINGS, Search(3))
    aside = rows_used(tuned.fit.model, table).aside
    assert len(aside) == tuned.fit.model.data.test_rows == 45
    answers[aside] = answers[aside[::-1]]
    assert tune(table_of(answers), "y", SETTINGS, Search(3)).trials == tuned.trials


def test_where_nothing_is_clearly_better_the_fit_is_that_of_the_recipe():
    table = table_of(RNG.random(300) < 0.5)
    tuned = tune(table, "y", SETTINGS, Search(3))
    assert (tuned.chosen, tuned.fit.model.settings) == (0, SETTINGS)
    assert "The recipe is kept" in tuned.verdict
    usual = fit_and_evaluate(table, "y", SETTINGS, test_fraction=0.15).model
    np.testing.assert_array_equal(usual.parameters, tuned.fit.model.parameters)
    assert usual.figures == tuned.fit.model.figures


def test_few_rows_and_a_class_of_one():
    answers = np.where(np.arange(300) < 1, 2, X[:, 0] > 0)[:40]
    table = replace(as_table(np.column_stack([X[:40], answers]), ["a", "b", "y"]), source="memory")
    tuned = tune(table, "y", SETTINGS, Search(2))
    assert tuned.fit.model.target.classes == ("0.0", "1.0", "2.0")
    assert all(np.isfinite(trial.loss) for trial in tuned.trials)


def test_clearly_better_settings_are_taken():
    poor = replace(SETTINGS, learning_rate=1e-6)
    tuned = tune(CLASSES, "y", poor, Search(4))
    assert tuned.chosen > 0
    assert tuned.trials[tuned.chosen].high < 1
    assert "clearly better" in tuned.verdict
    assert tuned.fit.model.settings.learning_rate == tuned.trials[tuned.chosen].learning_rate != 1e-6


def accuracy_of(y, prediction):
    return (prediction.argmax(axis=1) == y).mean()


@pytest.mark.parametrize("metric", ["accuracy", OwnMetric(accuracy_of), "log_loss"])
def test_a_metric_judges_the_trials(metric, tmp_path):
    poor = replace(SETTINGS, learning_rate=1e-6, metric=metric)
    tuned = tune(CLASSES, "y", poor, Search(4))
    scores = [trial.score for trial in tuned.trials]
    best = scores.index(min(scores) if metric == "log_loss" else max(scores))
    assert tuned.chosen == best > 0
    taken = tuned.trials[best]
    ends = (taken.low, taken.high) if metric != "log_loss" else (-taken.high, -taken.low)
    assert 0 < ends[0] < abs(taken.score - scores[0]) < ends[1]
    assert f"{taken.score:.4g} beside {scores[0]:.4g}" in tuned.verdict
    if metric == "log_loss":
        assert scores == pytest.approx([trial.loss for trial in tuned.trials])
    tuned.fit.model.save(tmp_path / "m")
    assert selenite.load(tmp_path / "m").recipe.trials == tuned.trials


def test_a_limit_of_time_decides_only_how_many_are_tried():
    timed = tune(CLASSES, "y", SETTINGS, Search(seconds=0.5)).trials
    exact = tune(CLASSES, "y", SETTINGS, Search(len(timed)))
    assert timed == exact.trials
