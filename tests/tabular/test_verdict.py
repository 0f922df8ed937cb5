"""The verdict judges by the loss that was trained; its figures are scikit-learn's, its guesses the best constants."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    mean_poisson_deviance,
)
from sklearn.utils.class_weight import compute_sample_weight

from selenite.table import as_table
from selenite.tabular.again import judged_again
from selenite.tabular.honest import Columns, fit_honestly, rows_put_aside

QUICK = {"preset": "fast", "max_iter": 12, "hidden_layer_sizes": (16,)}


def numbers(unit=1.0, n=500):
    """Return a table of skewed numbers whose spread grows with x."""
    random = np.random.default_rng(0)
    x = random.uniform(0, 2, n)
    return as_table(pd.DataFrame({"x": x, "y": unit * (0.5 + x * random.exponential(size=n))}))


def rare(n=1500):
    """Return a table of two classes, of which one has a tenth of the rows."""
    random = np.random.default_rng(0)
    x = random.normal(size=n)
    y = np.where(random.random(n) < 1 / (1 + np.exp(3 - 1.5 * x)), "yes", "no")
    return as_table(pd.DataFrame({"x": x, "w": random.integers(0, 3, n), "y": y}))


def fitted(table, settings, **more):
    """Return the outcome, the answers trained on, and those put aside with what is predicted for them."""
    outcome = fit_honestly(table, "y", QUICK | settings, test_fraction=0.3, **more)
    aside = rows_put_aside(outcome.model, table)
    rest = np.setdiff1d(np.arange(table.n_rows), aside)
    y = table["y"]
    if outcome.model.target.task == "classification":
        answers, predict = np.array(y.values)[y.codes], outcome.model.predict_proba
    else:
        answers, predict = y.values, outcome.model.predict
    return outcome, answers[rest], answers[aside], predict(table.take(aside)), rest


def value(outcome, of, metric):
    return next(one.value for one in outcome.figures[of] if one.name == metric)


def huber(y, p, threshold):
    gap = np.abs(y - p)
    return np.mean(np.where(gap <= threshold, gap**2 / 2, threshold * (gap - threshold / 2)))


LOSSES = {
    "quantile(0.9)": ("0.9-quantile", "quantile(0.9)", lambda y, p, width: mean_pinball_loss(y, p, alpha=0.9)),
    "quantile": ("median", "quantile", lambda y, p, width: mean_pinball_loss(y, p, alpha=0.5)),
    "absolute_error": ("median", "MAE", lambda y, p, width: mean_absolute_error(y, p)),
    "poisson": ("mean", "poisson", lambda y, p, width: mean_poisson_deviance(y, p) / 2),
    "huber(0.7)": ("best constant", "huber(0.7)", lambda y, p, width: huber(y, p, 0.7 * width) / width),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_numbers_are_judged_by_the_loss_that_was_trained(loss):
    guess, metric, of = LOSSES[loss]
    outcome, known, y, prediction, _ = fitted(numbers(), {"loss": loss})
    width = outcome.model.target.width
    assert value(outcome, "selenite", metric) == pytest.approx(of(y, prediction, width), rel=1e-6)
    in_range = {"bounds": (known.min(), known.max()), "options": {"xatol": 1e-10}}
    best = minimize_scalar(lambda c: of(known, np.full(len(known), c), width), **in_range).x
    naive = of(y, np.full(len(y), best), width)
    assert list(outcome.figures) == ["selenite", "linear", guess]
    assert value(outcome, guess, metric) == pytest.approx(naive, rel=3e-3)
    assert outcome.verdict.startswith(f"Verdict by {metric}: ")


@pytest.mark.parametrize("unit", [1e-200, 1e100])
@pytest.mark.parametrize("loss", ["quantile(0.9)", "huber", "poisson"])
def test_losses_are_in_the_targets_unit(loss, unit):
    plain, moved = (fitted(numbers(factor), {"loss": loss})[0] for factor in (1, unit))
    assert moved.verdict == plain.verdict
    for name in plain.figures:
        assert value(moved, name, loss) / unit == pytest.approx(value(plain, name, loss), rel=0.01)


def test_a_high_quantile_is_not_worse_than_the_mean():
    """Judged by squared error, it was: a quantile of 0.9 is far above most answers."""
    outcome = fit_honestly(numbers(1500), "y", QUICK | {"loss": "quantile(0.9)", "hidden_layer_sizes": ()})
    assert outcome.verdict == "Verdict by quantile(0.9): better than always giving the 0.9-quantile."
    random = np.random.default_rng(0)
    noise = as_table(pd.DataFrame({"x": random.normal(size=300), "y": random.exponential(size=300)}))
    verdict = fit_honestly(noise, "y", QUICK | {"loss": "quantile(0.9)"}).verdict
    assert "than always giving the 0.9-quantile" in verdict


def test_classes_count_by_their_weights():
    outcome, known, y, probabilities, _ = fitted(rare(), {"class_weight": "balanced"})
    share = np.mean(known == "yes")
    weight = np.where(y == "yes", 0.5 / share, 0.5 / (1 - share))
    expected = log_loss(y == "yes", probabilities[:, 1], sample_weight=weight)
    assert value(outcome, "selenite", "weighted log loss") == pytest.approx(expected, rel=1e-6)
    assert value(outcome, "weighted shares", "weighted log loss") == pytest.approx(np.log(2))
    assert outcome.verdict == (
        "Verdict by weighted log loss: as good as a linear model, within chance. "
        "Keep the linear one if simplicity matters: --hidden ''."
    )
    linear = fit_honestly(rare(), "y", QUICK | {"class_weight": {"no": 1, "yes": 5}, "hidden_layer_sizes": ()})
    assert linear.verdict == "Verdict by weighted log loss: better than always giving the classes' weighted shares."


def test_weighted_shares_are_those_of_the_rows_that_count():
    weights = {"no": 1.0, "yes": 4.0}
    table = rare()
    outcome, known, y, _, rest = fitted(table, {"class_weight": weights}, columns=Columns(weight="w"))
    known = known[table["w"].values[rest] > 0]
    share = np.average(known == "yes", weights=compute_sample_weight(weights, known))
    expected = log_loss(y == "yes", np.full(len(y), share))
    assert value(outcome, "weighted shares", "log loss") == pytest.approx(expected, rel=1e-6)


def test_squared_errors_of_classes_are_briers():
    outcome, known, y, probabilities, _ = fitted(rare(), {"loss": "squared_error"})
    expected = brier_score_loss(y == "yes", probabilities[:, 1])
    assert value(outcome, "selenite", "squared_error") == pytest.approx(expected, rel=1e-6)
    naive = brier_score_loss(y == "yes", np.full(len(y), np.mean(known == "yes")))
    assert value(outcome, "majority", "squared_error") == pytest.approx(naive)
    assert outcome.verdict.startswith("Verdict by squared_error: ")


@pytest.mark.parametrize("loss", ["quantile(0.9)", "huber", "poisson", "absolute_error"])
def test_models_fitted_again_by_folds_have_the_figures_stored(loss):
    table = numbers(n=200)
    model = fit_honestly(table, "y", QUICK | {"loss": loss, "max_iter": 4}).model
    assert model.data.folds
    judged = judged_again(model, table)
    assert judged.as_stored
    assert [one.name for one in judged.metrics(model)] == [
        one.metric for one in model.figures if one.model == "selenite"
    ]


def test_figures_by_class_weights_are_those_stored_where_rows_were_put_aside():
    outcome, *_ = fitted(rare(), {"class_weight": "balanced"})
    assert judged_again(outcome.model, rare()).as_stored


def test_the_usual_verdict_names_no_measure():
    assert fitted(numbers(), {})[0].verdict.startswith("Verdict: ")
    assert list(fitted(rare(), {"hidden_layer_sizes": ()})[0].figures) == ["selenite", "majority"]
