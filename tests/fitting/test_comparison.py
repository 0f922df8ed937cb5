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

from selenite.fitting.comparison import verdict
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.out_of_fold import judged_again
from selenite.model import Settings
from selenite.model.metrics import USUAL_OF_CLASSES, class_metrics, evaluate_numbers
from selenite.model.rows import rows_used
from selenite.table import as_table

pytestmark = pytest.mark.usefixtures("short_linear_models")

QUICK = {"preset": "fast", "epochs": 12, "hidden": (16,)}


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
    outcome = fit_and_evaluate(table, "y", Settings(**QUICK | settings), test_fraction=0.3, **more)
    aside = rows_used(outcome.model, table).aside
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
    outcome = fit_and_evaluate(numbers(1500), "y", Settings(**QUICK | {"loss": "quantile(0.9)", "hidden": ()}))
    assert outcome.verdict == "Verdict by quantile(0.9): better than always giving the 0.9-quantile."
    random = np.random.default_rng(0)
    noise = as_table(pd.DataFrame({"x": random.normal(size=300), "y": random.exponential(size=300)}))
    verdict = fit_and_evaluate(noise, "y", Settings(**QUICK | {"loss": "quantile(0.9)"})).verdict
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
        "Keep the linear one if simplicity matters: --hidden ''. "
        "By accuracy it is worse than always giving the commonest class by weight: 0.791 beside 0.904."
    )
    linear = fit_and_evaluate(rare(), "y", Settings(**QUICK | {"class_weight": {"no": 1, "yes": 5}, "hidden": ()}))
    assert linear.verdict == "Verdict by weighted log loss: better than always giving the commonest class by weight."


def test_weighted_shares_are_those_of_the_rows_that_count():
    weights = {"no": 1.0, "yes": 4.0}
    table = rare()
    outcome, known, y, _, rest = fitted(table, {"class_weight": weights}, weights="w")
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
    model = fit_and_evaluate(table, "y", Settings(**QUICK | {"loss": loss, "epochs": 4})).model
    assert model.data.folds
    judged = judged_again(model, table)
    assert judged.as_stored
    assert [one.name for one in judged.metrics()] == [one.metric for one in model.figures if one.model == "selenite"]


def test_figures_by_class_weights_are_those_stored_where_rows_were_put_aside():
    outcome, *_ = fitted(rare(), {"class_weight": "balanced"})
    assert judged_again(outcome.model, rare()).as_stored


def test_the_usual_verdict_names_no_measure():
    assert fitted(numbers(), {})[0].verdict.startswith("Verdict: ")
    assert list(fitted(rare(), {"hidden": ()})[0].figures) == ["selenite", "majority"]


TAILS = {
    "normal": lambda random, n: random.normal(size=n),
    "t": lambda random, n: random.standard_t(2, n),
    "prices": lambda random, n: np.exp(1.5 * random.normal(size=n)) * random.choice([-1, 1], n),
}


CLAIMS = {  # what a verdict says of selenite beside a guess and a linear model
    ": worse than always": {"naive": -1},
    ": not better than always": {"naive": 0},
    ": better than always": {"naive": 1},
    ": better than a linear model": {"naive": 1, "linear": 1},
    ": a linear model is better": {"naive": 1, "linear": -1},
    ": as good as a linear model": {"naive": 1, "linear": 0},
}


def contradictions(text, figures):
    """Return by which figures, whose intervals do not even meet, a verdict says otherwise without naming them."""
    (claims,) = [claims for words, claims in CLAIMS.items() if words in text]
    wrong = []
    for rival, claim in claims.items():
        for ours, theirs in zip(figures["selenite"], figures[rival], strict=True):
            higher = 1 if ours.name in ("accuracy", "area under ROC", "R2") else -1
            apart = higher * ((ours.low > theirs.high) - (ours.high < theirs.low))
            told = f"By {ours.name} it is {'better' if apart > 0 else 'worse'} than" in text
            if apart not in (0, claim) and not told:
                wrong.append((ours, theirs, text))
    return wrong


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("tail", TAILS)
def test_no_verdict_contradicts_the_figures_of_numbers(tail, seed):
    random = np.random.default_rng(seed)
    n = int(random.choice([20, 60, 200]))
    y = TAILS[tail](random, n)
    found = {
        "selenite": y + 10 ** random.uniform(-2, 1) * TAILS[tail](random, n) * (np.abs(y) if seed % 2 else 1),
        "linear": y + 10 ** random.uniform(-2, 1) * TAILS[tail](random, n),
        "naive": np.full(n, y.mean()),
    }
    figures = {name: evaluate_numbers(prediction, y) for name, prediction in found.items()}
    losses = {name: (prediction - y) ** 2 for name, prediction in found.items()}
    assert contradictions(verdict(losses, figures, "the mean", "RMSE"), figures) == []


@pytest.mark.parametrize("seed", range(60))
def test_no_verdict_contradicts_the_figures_of_classes(seed):
    """Sure of itself and wrong at times, a model may have the higher accuracy and the higher log loss."""
    random = np.random.default_rng(seed)
    n = int(random.choice([20, 60, 400]))
    y = (random.random(n) < random.uniform(0.2, 0.8)).astype(np.intp)
    y[:2] = 0, 1
    found = {"naive": np.tile([1 - y.mean(), y.mean()], (n, 1))}
    for name in ("selenite", "linear"):
        right = random.random(n) < random.uniform(0.3, 1.0)
        p = np.where(right == y, random.uniform(0.5, 1), random.uniform(0, 0.5)) * 0.9998 + 1e-4
        found[name] = np.column_stack([1 - p, p])
    figures = {name: class_metrics(p, y, names=USUAL_OF_CLASSES) for name, p in found.items()}
    losses = {name: -np.log(p[np.arange(n), y]) for name, p in found.items()}
    assert contradictions(verdict(losses, figures, "the commonest class", "log loss"), figures) == []


ASKED = [
    *({"loss": loss} for loss in ("absolute_error", "huber", "poisson", "quantile(0.1)", "quantile(0.9)")),
    *({"class_weight": "balanced"}, {"loss": "squared_error"}, {"loss": "squared_error", "class_weight": "balanced"}),
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_no_verdict_by_another_loss_contradicts_the_figures(asked):
    """A verdict by classes' weights, say, beside an accuracy that is the worse for them."""
    random, of_classes = np.random.default_rng(10), asked.get("loss") == "squared_error" or "class_weight" in asked
    for n in (100, 300):
        x = pd.DataFrame(random.normal(size=(n, 3)))
        y = random.poisson(np.exp(0.5 + 0.9 * x[0] - 0.5 * x[1])).astype(float)
        table = as_table(x.add_prefix("x").assign(y=np.where(y > 2, "much", "little") if of_classes else y))
        task = "classification" if of_classes else "regression"
        outcome = fit_and_evaluate(table, "y", Settings(**QUICK | asked, task=task))
        figures = dict(zip(("selenite", "linear", "naive"), outcome.figures.values(), strict=True))
        assert contradictions(outcome.verdict, figures) == []


def test_what_another_figure_says_is_told():
    y = np.arange(200) % 2
    sure = np.where(np.arange(200) % 10 == 0, 1e-9, 1 - 1e-9)  # right nine times of ten, and then sure of it
    p = np.where(y == 1, sure, 1 - sure)
    found = {"selenite": np.column_stack([1 - p, p]), "naive": np.full((200, 2), 0.5)}
    figures = {name: class_metrics(p, y, names=USUAL_OF_CLASSES) for name, p in found.items()}
    losses = {name: -np.log(p[np.arange(200), y]) for name, p in found.items()}
    text = verdict(losses, figures, "the commonest class", "log loss")
    assert text.startswith("Verdict by log loss: worse than always giving the commonest class. Do not use this model.")
    assert " By accuracy it is better than always giving the commonest class: 0.900 beside 0.500." in text
