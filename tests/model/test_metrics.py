"""Metrics beside scikit-learn's, intervals beside their formula or their promise."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    matthews_corrcoef,
    mean_absolute_error,
    mean_pinball_loss,
    precision_recall_curve,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    roc_curve,
    root_mean_squared_error,
)

from selenite.model import metrics, ranking
from selenite.model.confusion import confusion
from selenite.model.metrics import class_metrics, evaluate_numbers


def by_name(metrics):
    return {metric.name: metric for metric in metrics}


def classes(n, n_classes, seed=0):
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(n_classes), rng.integers(n_classes, size=n - n_classes)])
    raw = rng.normal(size=(n, n_classes)) + 1.5 * np.eye(n_classes)[y]
    return np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True), y


def scikit_learns(name, p, y, weight):
    """Return what scikit-learn says of probabilities, and whether it warns or refuses."""
    two, said = p.shape[1] == 2, {"sample_weight": weight}
    classes, score, mean = list(range(p.shape[1])), p[:, 1] if two else p, "binary" if two else "macro"
    one_hot = y if two else np.eye(p.shape[1])[y]
    calls = {
        "accuracy": lambda: accuracy_score(y, p.argmax(axis=1), **said),
        "balanced_accuracy": lambda: balanced_accuracy_score(y, p.argmax(axis=1), **said),
        "precision": lambda: precision_score(y, p.argmax(axis=1), average=mean, **said),
        "recall": lambda: recall_score(y, p.argmax(axis=1), average=mean, **said),
        "f1": lambda: f1_score(y, p.argmax(axis=1), average=mean, **said),
        "mcc": lambda: matthews_corrcoef(y, p.argmax(axis=1), **said),
        "roc_auc": lambda: roc_auc_score(y, score, multi_class="ovr", labels=None if two else classes, **said),
        "average_precision": lambda: average_precision_score(one_hot, score, **said),
        "log_loss": lambda: log_loss(y, p, labels=classes, **said),
        "brier": lambda: brier_score_loss(y, score, labels=classes, **said),
    }
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            return calls[name](), bool(told)
        except ValueError:
            return np.nan, True


def awkward_answers():
    """Yield probabilities, classes and weights: random, tied, of one class only, none predicted, all right."""
    rng = np.random.default_rng(5)
    for n_classes, n in ((2, 7), (2, 200), (3, 9), (5, 150)):
        p, y, weight = rng.dirichlet(np.ones(n_classes), n), rng.integers(n_classes, size=n), rng.uniform(0.1, 2, n)
        tied = (np.round(p, 1) + 0.01) / (np.round(p, 1) + 0.01).sum(axis=1, keepdims=True)
        right = 0.5 * np.eye(n_classes)[y] + 0.5 / n_classes
        yield from ((one, y, by) for one in (p, tied, right, np.tile(p[:1], (n, 1))) for by in (None, weight))
        yield from ((p, np.full(n, k), None) for k in range(n_classes))
        never = np.tile(0.9 * np.eye(1, n_classes) + 0.1 / n_classes, (n, 1))  # another class than the first
        yield from ((never, one, None) for one in (y, np.zeros(n, int)))


@pytest.mark.parametrize("name", metrics.CLASS_METRICS)
def test_class_metrics_are_scikit_learns(name):
    undefined = 0
    for p, y, weight in awkward_answers():
        [metric] = class_metrics(p, y, sample_weight=weight, names=[name])
        expected, warned = scikit_learns(name, p, y, weight)
        if metric.reason:
            assert warned
            assert np.isnan(metric.value)
            undefined += 1
        else:
            assert metric.value == pytest.approx(expected, abs=1e-12)
            assert metric.low <= metric.value + 1e-12
            assert metric.value <= metric.high + 1e-12
    assert (undefined > 0) == (name in ("precision", "recall", "f1", "roc_auc", "average_precision"))


def test_what_is_undefined_says_why():
    found = by_name(class_metrics(np.tile([0.9, 0.1], (8, 1)), np.zeros(8, int), classes=["no", "yes"]))
    reasons = {name: metric.reason for name, metric in found.items() if metric.reason}
    assert reasons == {
        "precision": "no row is predicted yes",
        "recall": "no row is yes",
        "F1": "no row is yes, nor predicted yes",
        "area under ROC": "no row is yes",
        "average precision": "no row is yes",
    }


def test_average_precision_has_the_bootstraps_interval():
    probabilities, y = classes(400, 2)
    [found] = class_metrics(probabilities, y, names=["average_precision"])
    rng = np.random.default_rng(0)
    drawn = [average_precision_score(y[rows], probabilities[rows, 1]) for rows in rng.integers(400, size=(400, 400))]
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.012)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("constant", [False, True])
def test_number_metrics_are_scikit_learns_also_of_one_answer(weighted, constant):
    rng = np.random.default_rng(4)
    y = np.full(40, 3.5) if constant else rng.normal(size=40)
    weight = rng.uniform(0.1, 2, 40) if weighted else None
    for prediction in (rng.normal(size=40), y):
        found = by_name(evaluate_numbers(prediction, y, sample_weight=weight))
        assert found["R2"].value == pytest.approx(r2_score(y, prediction, sample_weight=weight), abs=1e-12)
        error = root_mean_squared_error(y, prediction, sample_weight=weight)
        assert found["RMSE"].value == pytest.approx(error, abs=1e-12)
        error = mean_absolute_error(y, prediction, sample_weight=weight)
        assert found["MAE"].value == pytest.approx(error, abs=1e-12)
        for quantile in (0.1, 0.5, 0.9):
            error = mean_pinball_loss(y, prediction, alpha=quantile, sample_weight=weight)
            found_error = metrics.pinball(prediction, y, quantile, sample_weight=weight).value
            assert found_error == pytest.approx(error, abs=1e-12)
    [alone, *_] = evaluate_numbers(np.ones(1), np.ones(1))
    assert np.isnan(alone.value)
    assert alone.reason == "1 row has no variance"


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
    assert metrics.r2(prediction, np.ones(500)) == 0
    assert metrics.r2(np.ones(500), np.ones(500)) == 1


def test_confusion_and_roc_curve_are_scikit_learns():
    probabilities, y = classes(300, 4)
    predicted = probabilities.argmax(axis=1)
    np.testing.assert_array_equal(confusion(predicted, y, 5)[:4, :4], confusion_matrix(y, predicted))
    assert metrics.accuracy(predicted, y) == accuracy_score(y, predicted)
    for score in (probabilities[:, 0], probabilities[:, 0].round(1)):
        found, theirs = ranking.roc_curve(score, y == 0), roc_curve(y == 0, score)[:2]
        assert set(zip(*found, strict=True)) <= set(zip(*theirs, strict=True))  # which may have one more on a line
        assert np.trapezoid(found[1], found[0]) == pytest.approx(roc_auc_score(y == 0, score))


def test_precision_by_recall_is_scikit_learns():
    score = np.random.default_rng(3).normal(size=200).round(1)
    positive = np.random.default_rng(4).random(200) < 0.3
    precision, recall, _ = precision_recall_curve(positive, score)
    found = ranking.precision_recall_curve(score, positive)
    theirs = list(zip(recall[::-1][1:], precision[::-1][1:], strict=True))  # which begins with a point of no threshold
    assert np.allclose(list(zip(*found, strict=True))[: len(theirs)], theirs)
    rows, share = ranking.gain_curve(score, positive)
    assert (rows[0], share[0], rows[-1], share[-1]) == (0, 0, 1, 1)
    assert share[-2] * positive.sum() == positive[score > score.min()].sum()


@pytest.mark.parametrize("right", [0, 37, 50])
def test_accuracy_has_wilsons_interval(right):
    y = np.zeros(50, int)
    probabilities = np.where(np.arange(50)[:, None] < right, [[0.9, 0.1]], [[0.1, 0.9]])
    accuracy = by_name(class_metrics(probabilities, y))["accuracy"]
    interval = stats.binomtest(right, 50).proportion_ci(0.95, method="wilson")
    assert (accuracy.low, accuracy.high) == pytest.approx((interval.low, interval.high), abs=1e-4)


def test_delongs_interval_is_the_bootstraps():
    probabilities, y = classes(400, 2)
    area = by_name(class_metrics(probabilities, y))["area under ROC"]
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


def test_a_class_that_does_not_occur_has_no_area():
    probabilities, y = classes(50, 3)
    found = by_name(class_metrics(probabilities, np.minimum(y, 1)))
    assert found["area under ROC"].reason == "no row is class 2"
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


def test_figures_do_not_depend_on_the_number_of_blas_threads():
    """BLAS adds up long vectors in as many parts as it has threads, and a model file holds all digits."""
    code = """
import numpy as np
from selenite.model.metrics import class_metrics, evaluate_numbers
rng = np.random.default_rng(0)
p, y = rng.dirichlet(np.ones(3), 40_000), rng.integers(3, size=40_000)
print(class_metrics(p, y), class_metrics(p[:, :2] + 1e-9, y % 2), evaluate_numbers(p[:, 0], p[:, 1] + y))
"""
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(said) == 1
