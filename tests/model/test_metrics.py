"""Metrics beside scikit-learn's, intervals beside their formula or their promise."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    roc_curve,
    root_mean_squared_error,
)

from selenite.model import metrics
from selenite.model.metrics import evaluate_classes, evaluate_numbers


def by_name(metrics):
    return {metric.name: metric for metric in metrics}


def classes(n, n_classes, seed=0):
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(n_classes), rng.integers(n_classes, size=n - n_classes)])
    raw = rng.normal(size=(n, n_classes)) + 1.5 * np.eye(n_classes)[y]
    return np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True), y


@pytest.mark.parametrize("n_classes", [2, 4])
def test_class_metrics_are_scikit_learns(n_classes):
    probabilities, y = classes(300, n_classes)
    found = by_name(evaluate_classes(probabilities, y))
    assert found["accuracy"].value == accuracy_score(y, probabilities.argmax(axis=1))
    assert found["log loss"].value == pytest.approx(log_loss(y, probabilities))
    area = roc_auc_score(y, probabilities[:, 1] if n_classes == 2 else probabilities, multi_class="ovr")
    assert found["area under ROC"].value == pytest.approx(area)


def test_number_metrics_are_scikit_learns_also_far_from_zero():
    rng = np.random.default_rng(1)
    y = rng.normal(size=500) + 1e6
    prediction = y + rng.normal(size=500) * 0.3
    found = by_name(evaluate_numbers(prediction, y))
    assert found["R2"].value == pytest.approx(r2_score(y, prediction), rel=1e-9)
    assert found["RMSE"].value == pytest.approx(root_mean_squared_error(y, prediction))
    assert found["MAE"].value == pytest.approx(mean_absolute_error(y, prediction))


def test_values_without_intervals_are_the_same():
    rng = np.random.default_rng(1)
    y = rng.normal(size=500) * 1e200
    prediction = y + rng.normal(size=500) * 0.3e200
    found = by_name(evaluate_numbers(prediction, y))
    assert metrics.r2(prediction, y) == found["R2"].value
    assert np.isnan(metrics.r2(prediction, np.ones(500)))


def test_confusion_and_roc_curve_are_scikit_learns():
    probabilities, y = classes(300, 4)
    predicted = probabilities.argmax(axis=1)
    np.testing.assert_array_equal(metrics.confusion(predicted, y, 5)[:4, :4], confusion_matrix(y, predicted))
    assert metrics.accuracy(predicted, y) == accuracy_score(y, predicted)
    for score in (probabilities[:, 0], probabilities[:, 0].round(1)):
        found, theirs = metrics.roc_curve(score, y == 0), roc_curve(y == 0, score)[:2]
        assert set(zip(*found, strict=True)) <= set(zip(*theirs, strict=True))  # which may have one more on a line
        assert np.trapezoid(found[1], found[0]) == pytest.approx(roc_auc_score(y == 0, score))


@pytest.mark.parametrize("right", [0, 37, 50])
def test_accuracy_has_wilsons_interval(right):
    y = np.zeros(50, int)
    probabilities = np.where(np.arange(50)[:, None] < right, [[0.9, 0.1]], [[0.1, 0.9]])
    accuracy = by_name(evaluate_classes(probabilities, y))["accuracy"]
    interval = stats.binomtest(right, 50).proportion_ci(0.95, method="wilson")
    assert (accuracy.low, accuracy.high) == pytest.approx((interval.low, interval.high), abs=1e-4)


def test_delongs_interval_is_the_bootstraps():
    probabilities, y = classes(400, 2)
    area = by_name(evaluate_classes(probabilities, y))["area under ROC"]
    rng = np.random.default_rng(0)
    drawn = [roc_auc_score(y[rows], probabilities[rows, 1]) for rows in rng.integers(400, size=(600, 400))]
    assert (area.high - area.low) / 2 == pytest.approx(1.96 * np.std(drawn), rel=0.12)


def test_mean_intervals_hold_their_promise():
    """Of 200 samples whose mean absolute error is known, about 95 % have it in their interval."""
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(200):
        error = rng.exponential(size=150)
        metric = by_name(evaluate_numbers(error, np.zeros(150)))["MAE"]
        inside += metric.low <= 1.0 <= metric.high
    assert 180 <= inside <= 199


def test_a_class_that_does_not_occur_leaves_out_the_area():
    probabilities, y = classes(50, 3)
    found = by_name(evaluate_classes(probabilities, np.minimum(y, 1)))
    assert "area under ROC" not in found
    assert np.isfinite(found["log loss"].value)


@pytest.mark.parametrize("unit", [1e-300, 1e-160, 1e-24, 1e20, 1e160, 1e300])
def test_intervals_scale_with_the_targets_unit(unit):
    rng = np.random.default_rng(0)
    y = rng.normal(size=300)
    prediction = y + rng.normal(size=300) * 0.3
    plain, scaled = (by_name(evaluate_numbers(prediction * factor, y * factor)) for factor in (1, unit))
    for name, factor in (("R2", 1), ("RMSE", unit), ("MAE", unit)):
        expected = [getattr(plain[name], part) * factor for part in ("value", "low", "high")]
        found = [getattr(scaled[name], part) for part in ("value", "low", "high")]
        assert found == pytest.approx(expected, rel=1e-9, abs=0)


def test_wild_predictions_have_intervals():
    y = np.random.default_rng(0).normal(size=100)
    for metric in evaluate_numbers(y + 1e30, y):
        assert metric.low <= metric.value <= metric.high
