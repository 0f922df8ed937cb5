"""Predictions made once serve any part of their rows, to the last bit."""

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.model.predictions import predictions_of
from selenite.model.rows import rows_used
from selenite.table import as_table

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(90, 2))


@pytest.fixture(scope="module", params=["classes", "numbers"])
def fitted(request):
    """Return a model and the table that it was fitted on."""
    of_task, y = SeleniteRegressor, X[:, 0] * 3 + 1
    if request.param == "classes":
        of_task, y = SeleniteClassifier, np.array(["low", "middle", "high"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    table = as_table(pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": y}))
    estimator = of_task(preset="fast", max_iter=3, random_state=0)
    return estimator.fit(table.without("y"), table.only("y")).model_, table


def test_some_of_the_rows_are_as_if_predicted_alone(fitted):
    model, table = fitted
    rows, clusters = np.array([5, 3, 80, 41, 7, 8]), np.arange(90) // 2
    part = predictions_of(model, table, clusters).take(rows)
    alone = predictions_of(model, table.take(rows), clusters[rows])
    np.testing.assert_array_equal(part.prediction, alone.prediction)
    np.testing.assert_array_equal(part.answers, alone.answers)
    assert part.metrics() == alone.metrics()


def test_a_figure_that_is_undefined_is_told_only_where_all_are(fitted):
    predictions = predictions_of(*fitted)
    some = predictions.take(
        np.flatnonzero(predictions.answers == predictions.answers[0])
    )  # of one class, or one number
    told, every = ({one.name for one in found} for found in (some.metrics(), some.all_metrics()))
    assert ("area under ROC" in told, "area under ROC" in every) == (False, predictions.is_of_classes)


def test_the_mean_loss_is_the_metric_that_was_trained_for(fitted):
    predictions = predictions_of(*fitted)
    name = "log loss" if predictions.is_of_classes else "RMSE"
    [metric] = [one for one in predictions.metrics() if one.name == name]
    assert predictions.mean_loss() == pytest.approx(metric.value, rel=1e-6)
    if predictions.is_of_classes:
        assert predictions.confusion.sum() == 90
        assert np.trace(predictions.confusion) == (predictions.predicted == predictions.classes).sum()


def test_a_model_fitted_without_a_file_tells_of_no_rows(fitted):
    used = rows_used(*fitted)
    assert not used.fitted_on
    assert used.aside is None
