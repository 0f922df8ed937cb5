"""Figures from sums beside those of all rows at once."""

import numpy as np
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.model.predictions import Predictions, predictions_of
from selenite.model.ranking import area_between, area_under_roc, average_precision, precision_between
from selenite.model.summed import JointMoments, Summed
from selenite.table import as_table


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def fitted(estimator, y):
    return estimator(members=1, max_iter=1, hidden_layer_sizes=()).fit(np.arange(len(y))[:, None], y).model_


def summed(predictions):
    """Return the metrics of predictions that come in bits, and of all at once."""
    found = Summed(predictions.model)
    for rows in np.split(np.arange(predictions.n_rows), np.cumsum([7, 100, 1, 500])):
        found.add(predictions.take(rows))
    return found.all_metrics(), predictions.all_metrics()


def assert_near(found, expected, rel):
    assert [one.name for one in found] == [one.name for one in expected]
    for one, other in zip(found, expected, strict=True):
        for end in ("value", "low", "high"):
            given, wanted = getattr(one, end), getattr(other, end)
            assert given == (None if wanted is None else pytest.approx(wanted, rel=rel, nan_ok=True)), (one.name, end)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("selenite.model.summed.BLOCK_ROWS", 300)
    monkeypatch.setattr("selenite.model.ranking.AT_ONCE", 100)


@pytest.mark.parametrize(("center", "width", "rel"), [(0, 1, 1e-11), (1e6, 1, 1e-5), (0, 1e200, 1e-11), (0, 0, 1e-11)])
def test_figures_of_numbers(center, width, rel, rng):
    model = fitted(SeleniteRegressor, np.arange(100.0))
    answers = center + width * rng.exponential(size=2_000)
    predictions = Predictions(model, answers + (width or 1) * rng.normal(size=2_000), answers)
    assert_near(*summed(predictions), rel)


def test_the_pinball_loss_of_quantiles(rng):
    y = rng.normal(size=700)
    model = fitted(SeleniteRegressor, y)
    table = as_table(np.column_stack([np.arange(700.0) % 13, y]), ["x0", "target"])
    predictions = predictions_of(model, table, quantiles=(0.1, 0.8))
    assert [one.name for one in predictions.all_metrics()][3:] == ["pinball(0.1)", "pinball(0.8)"]
    assert_near(*summed(predictions), 1e-11)


@pytest.mark.parametrize("loss", ["absolute_error", "quantile(0.9)", "huber(1.5)"])
def test_the_loss_asked_for(loss, rng):
    y = rng.normal(size=100)
    model = fitted(lambda **kwargs: SeleniteRegressor(loss=loss, **kwargs), y)
    answers = rng.normal(size=900)
    assert_near(*summed(Predictions(model, answers + rng.normal(size=900), answers)), 1e-11)


@pytest.mark.parametrize("n_classes", [2, 5])
def test_figures_of_classes(n_classes, rng):
    model = fitted(SeleniteClassifier, np.arange(200) % n_classes)
    y = rng.integers(n_classes, size=2_000)
    p = rng.dirichlet(np.ones(n_classes), size=2_000) + 0.3 * np.eye(n_classes)[y]
    predictions = Predictions(model, p / p.sum(axis=1, keepdims=True), y.astype(float))
    assert_near(*summed(predictions), 1e-6)
    without = predictions.take(np.flatnonzero(y > 0))  # no area under a curve
    assert_near(*summed(without), 1e-11)


def test_the_area_between_is_that_of_all_rows(rng):
    score, positive = rng.normal(size=1_000).round(1), rng.random(1_000) < 0.3
    assert area_between(score[positive], score[~positive]) == pytest.approx(area_under_roc(score, positive))
    for one in (score, np.zeros(1_000), positive + score / 100):
        found = precision_between(one[positive], one[~positive])
        assert found == pytest.approx(average_precision(one, positive), rel=1e-9)


def test_joint_moments_are_those_of_all_rows(rng):
    values = rng.exponential(size=(500, 3)) @ rng.normal(size=(3, 3)) + 5
    moments = JointMoments(3)
    for part in np.split(values, [1, 30, 333]):
        moments.add(part)
    apart = values - values.mean(axis=0)
    np.testing.assert_allclose(moments.mean, values.mean(axis=0))
    np.testing.assert_allclose(moments.second, apart.T @ apart)
    np.testing.assert_allclose(moments.third, np.einsum("ni,nj,nk->ijk", apart, apart, apart), rtol=1e-9, atol=1e-9)
