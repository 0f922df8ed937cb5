"""A metric chooses the epoch that is best by it, judges, and is kept; what it cannot do is refused in words."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import average_precision_score, mean_absolute_error

import selenite
from selenite import backend
from selenite.errors import OptionError
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.large import look_over
from selenite.model import Settings
from selenite.table import Numbers, Table, as_column
from selenite.table.parted import Parted

pytestmark = pytest.mark.usefixtures("short_linear_models")


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    return X, X[:, 0] * X[:, 1] + rng.normal(size=500)


def by_epoch(estimator, X, measure):
    """Return a measure of the outputs for some rows after each epoch."""
    model, history = estimator.model_, estimator.history_
    inputs = model.encode(X)
    each = (history.at(epoch).astype(np.float32) for epoch in range(1, len(history.loss) + 1))
    return [measure(backend.get().predict(model.network, parameters, inputs)[:, 0]) for parameters in each]


def test_the_epoch_is_the_best_of_classes_by_it(rows):
    X, y = rows[0], rows[1] > 0.8
    classifier = selenite.SeleniteClassifier(members=1, max_iter=25, metric="average_precision", n_iter_no_change=30)
    classifier.fit(X[:300], y[:300], validation_set=(X[300:], y[300:]), record=True)
    found = by_epoch(classifier, X[300:], lambda p: average_precision_score(y[300:], p))
    assert found[classifier.best_epoch_ - 1] == pytest.approx(max(found), abs=1e-12)
    assert classifier.model_.settings.metric == "average_precision"


def test_the_epoch_is_the_best_of_numbers_by_it(rows):
    X, y = rows
    regressor = selenite.SeleniteRegressor(members=1, max_iter=25, metric="mae", n_iter_no_change=30)
    regressor.fit(X[:300], y[:300], validation_set=(X[300:], y[300:]), record=True)
    target = regressor.model_.target
    found = by_epoch(
        regressor, X[300:], lambda z: mean_absolute_error(y[300:], target.center + target.width * z.astype(np.float64))
    )
    assert found[regressor.best_epoch_ - 1] == pytest.approx(min(found), rel=1e-5)


def table_of(X, answers):
    return Table(("a", "b", "c", "y"), (*map(Numbers, X.T.copy()), as_column(answers)), len(X), "rows")


def test_the_verdict_is_by_it_and_the_file_has_its_figure(rows):
    table = table_of(rows[0], np.where(rows[1] > 0.8, "yes", "no"))
    fit = fit_and_evaluate(table, "y", Settings("fast", epochs=8, metric="balanced_accuracy"))
    assert fit.verdict.startswith("Verdict by balanced accuracy:")
    assert "balanced accuracy" in {figure.metric for figure in fit.model.figures if figure.model == "selenite"}


def nearly_right(y, prediction):
    return np.mean(abs(y - prediction) < 0.5)


def test_a_function_chooses_the_epoch_and_stands_in_the_file_by_its_name(rows, tmp_path):
    X, y = rows
    regressor = selenite.SeleniteRegressor(members=1, max_iter=25, metric=nearly_right, n_iter_no_change=30)
    regressor.fit(X[:300], y[:300], validation_set=(X[300:], y[300:]), record=True)
    target = regressor.model_.target
    found = by_epoch(regressor, X[300:], lambda z: nearly_right(y[300:], target.center + target.width * z))
    assert found[regressor.best_epoch_ - 1] == pytest.approx(max(found))
    assert clone(regressor).metric is nearly_right
    regressor.save(tmp_path / "m.selenite")
    assert selenite.load(tmp_path / "m.selenite").settings.metric == "nearly_right"


def test_a_function_gets_classes_and_probabilities_and_judges(rows, tmp_path):
    table = table_of(rows[0], np.where(rows[1] > 0.8, "yes", "no"))
    given = []

    def average(y, prediction):
        given.append((y.dtype.kind, set(y.tolist()), prediction.shape[1], len(y) == len(prediction)))
        hits = y[np.argsort(-prediction[:, 1])]  # quicker than scikit-learn's: it is asked of a thousand resamples
        return np.mean((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits == 1])

    found = selenite.fit(table, "y", preset="fast", epochs=8, metric=average)
    assert set(map(repr, given)) == {repr(("i", {0, 1}, 2, True))}
    assert found.verdict.startswith("Verdict by average:")
    ours = {metric.name: metric for metric in found.figures["selenite"]}["average"]
    assert ours.higher_is_better
    assert ours.low < ours.value < ours.high
    score = selenite.score(found.model, table)
    assert score.metrics["average"].value == pytest.approx(score.metrics["average precision"].value)
    found.model.save(tmp_path / "m.selenite")
    loaded = selenite.load(tmp_path / "m.selenite")
    assert "average" not in selenite.score(loaded, table).metrics
    assert "chosen by average, a function, which no file holds" in selenite.report(loaded, table).html


def test_what_is_no_metric_is_refused(rows):
    X, y = rows

    def f1(y, prediction):
        return 0.0

    for metric, words in ((f1, "by the name of one of ours"), (lambda y, p: "high", "must give a number, not str")):
        with pytest.raises(OptionError, match=words):
            selenite.SeleniteRegressor(metric=metric, max_iter=2).fit(X, y)
    with pytest.raises(OptionError, match="a function of y and the prediction"):
        selenite.fit(table_of(X, y), "y", metric=3)


def test_what_it_cannot_do_is_refused(rows):
    X, y = rows
    with pytest.raises(OptionError, match="no metric r2 of classes; there are accuracy"):
        selenite.SeleniteClassifier(metric="r2").fit(X, y > 0)
    with pytest.raises(OptionError, match="no metric f1 of a number; there are r2, rmse, mae"):
        selenite.SeleniteRegressor(metric="f1").fit(X, y)
    with pytest.raises(OptionError, match="there are several"):
        selenite.SeleniteRegressor(metric="r2").fit(X, np.column_stack([y, y**2]))
    with pytest.raises(OptionError, match="no epoch for a metric to choose"):
        selenite.SeleniteRegressor(metric="r2").partial_fit(X, y)
    settings = Settings(metric="f1")
    large = look_over(Parted(table_of(X, np.where(y > 0, "yes", "no"))), "y", settings)
    with pytest.raises(OptionError, match="leave metric out"):
        large.encode(settings, None)
