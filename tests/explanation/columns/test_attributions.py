"""Attributions against hand calculation, enumeration of all orders, the shap package, and finite differences."""

import importlib
import os
import warnings
from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.errors import OptionError
from selenite.explanation.columns import explain
from selenite.explanation.columns.quantity import Quantity
from selenite.explanation.columns.shapley import exact_shapley, sampled_shapley

RNG = np.random.default_rng(3)
X = RNG.normal(size=(160, 5))
SCORE = X[:, 0] * X[:, 1] + X[:, 2] - X[:, 3] * X[:, 4] * X[:, 0]
FEW = dict(max_iter=8, members=2, hidden_layer_sizes=(16, 8), random_state=0)
CLASSES = {2: np.where(SCORE > 0, "yes", "no"), 3: np.array(["a", "b", "c"])[np.digitize(SCORE, [-0.5, 0.5])]}


@pytest.fixture(scope="module")
def models():
    """One model of each task: a number, two classes, three classes."""
    return {
        "number": SeleniteRegressor(**FEW).fit(X, 50 + 10 * SCORE).model_,
        "two": SeleniteClassifier(**FEW).fit(X, CLASSES[2]).model_,
        "three": SeleniteClassifier(**FEW).fit(X, CLASSES[3]).model_,
    }


def predicted(model, index):
    """Return the explained number as a function of raw rows."""
    if model.target.task == "regression":
        return lambda rows: model.predict(rows)
    return lambda rows: model.predict_proba(rows)[:, index].astype(np.float64)


def by_enumeration(function, row, background):
    """Return Shapley values as the mean gain over all orders, the definition itself."""
    m = len(row)
    worth = {}

    def v(coalition):
        if coalition not in worth:
            mixed = background.copy()
            mixed[:, sorted(coalition)] = row[sorted(coalition)]
            worth[coalition] = function(mixed).mean()
        return worth[coalition]

    total, orders = np.zeros(m), list(permutations(range(m)))
    for order in orders:
        for place, column in enumerate(order):
            before = frozenset(order[:place])
            total[column] += v(before | {column}) - v(before)
    return total / len(orders)


@pytest.mark.parametrize(("task", "index"), [("number", 0), ("two", 1), ("two", 0), ("three", 2)])
def test_exact_values_are_the_mean_gain_over_all_orders(models, task, index):
    model = models[task]
    label = None if task == "number" else model.target.classes[index]
    found = explain(model, X[:3], background=X[:30], label=label)
    assert found.method == "exact"
    for i in range(3):
        truth = by_enumeration(predicted(model, index), X[i], X[:30])
        np.testing.assert_allclose(found.values[i], truth, atol=1e-6 * (10 if task == "number" else 1))
    assert np.abs(found.gap).max() < 1e-5
    np.testing.assert_allclose(found.prediction, predicted(model, index)(X[:3]), rtol=1e-6)


def test_exact_values_by_hand():
    """f = x0 + x1 x2 at (1, 1, 1) against (0, 0, 0): the product's gain of 1 is shared by two."""
    found = exact_shapley(lambda x: x[:, 0] + x[:, 1] * x[:, 2], np.ones(3), np.zeros((1, 3)), np.arange(3))
    np.testing.assert_allclose(found, [1, 0.5, 0.5])


def test_orders_and_their_reverses_are_exact_where_two_columns_work_together():
    rows, background = RNG.normal(size=(2, 18)), RNG.normal(size=(40, 18))
    pairs = RNG.normal(size=(18, 18))
    values, errors = sampled_shapley(
        lambda x: np.einsum("ni,ij,nj->n", x, pairs, x), rows, background, np.arange(18), seed=0
    )
    both = pairs + pairs.T
    gap = rows[0] - background
    by_hand = (gap * (background @ both + 0.5 * gap @ both)).mean(axis=0)  # of a quadratic form
    np.testing.assert_allclose(values[0], by_hand, atol=1e-10)
    assert errors.max() < 1e-10


def test_sampled_values_lie_within_their_errors(models):
    gone = {}
    for seed in range(6):
        for task, model in models.items():
            exact = explain(model, X[:6], background=X[:30], method="exact", seed=seed)
            sampled = explain(model, X[:6], background=X[:30], method="sampled", seed=seed)
            np.testing.assert_allclose(sampled.gap, 0, atol=1e-9)
            gone.setdefault(task, []).append((sampled.values - exact.values) / np.maximum(sampled.errors, 1e-12))
    for ratios in gone.values():
        assert 0.8 < np.std(ratios) < 1.2
        assert (np.abs(ratios) < 1.96).mean() > 0.9


def test_more_background_rows_than_orders_and_fewer(models):
    for background in (X[:1], X[:7], X):
        kwargs = dict(background=background) if len(background) > 1 else dict(background="medians")
        found = explain(models["two"], X[:2], method="sampled", **kwargs)
        assert np.isfinite(found.errors).all()
        assert (found.errors > 0).any()
        np.testing.assert_allclose(found.gap, 0, atol=1e-9)


@pytest.mark.parametrize(("task", "index"), [("number", 0), ("two", 1), ("two", 0), ("three", 1)])
def test_the_gradient_of_the_mean_of_members_is_that_of_finite_differences(models, task, index):
    model = replace(models[task], parameters=models[task].parameters.astype(np.float64))
    quantity = Quantity(model, index)
    inputs = model.encode(X[:4]).astype(np.float64)
    slope, h = quantity.gradient(inputs), 1e-6
    for i in range(inputs.shape[1]):
        step = np.zeros(inputs.shape[1])
        step[i] = h
        differences = (quantity.precise_value(inputs + step) - quantity.precise_value(inputs - step)) / (2 * h)
        np.testing.assert_allclose(slope[:, i], differences, atol=1e-5 * quantity.unit)


@pytest.mark.parametrize("background", ["medians", X[:10]], ids=["medians", "rows"])
@pytest.mark.parametrize("task", ["number", "two", "three"])
def test_integrated_gradients_add_up(models, task, background):
    found = explain(models[task], X[:5], background=background, method="gradients")
    assert np.abs(found.gap).max() < 1e-3 * models[task].target.width


def test_integrated_gradients_of_a_linear_model_are_its_shapley_values():
    model = SeleniteRegressor(hidden_layer_sizes=(), max_iter=20, random_state=0).fit(X, X @ np.arange(5.0)).model_
    gradients = explain(model, X[:4], background=X[:20], method="gradients")
    shapley = explain(model, X[:4], background=X[:20], method="exact")
    np.testing.assert_allclose(gradients.values, shapley.values, atol=1e-4)


def test_columns_are_the_users_whatever_they_hold():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "id": np.arange(1000, 1160),
            "size": np.where(RNG.random(160) < 0.1, np.nan, X[:, 0]),
            "kind": np.array(["x", "y", "z"])[RNG.integers(3, size=160)],
            "when": pandas.to_datetime("2024-01-01") + pandas.to_timedelta(RNG.integers(400, size=160), unit="D"),
        }
    )
    answers = frame["size"].fillna(0) + (frame["kind"] == "x")
    model = SeleniteRegressor(**FEW).fit(frame, answers).model_
    found = explain(model, frame.head(3), background=frame)
    assert found.columns == ("size", "kind", "when")
    np.testing.assert_allclose(found.gap, 0, atol=1e-5)

    def function(choice):
        mixed = frame.copy()
        for name in choice:
            mixed[name] = frame[name].iloc[0]
        return model.predict(mixed).mean()

    found = explain(model, frame.head(1), background=frame.head(100))
    frame = frame.head(100)
    gains = []
    for order in permutations(found.columns):
        for place, name in enumerate(order):
            if name == "kind":
                gains.append(function(order[: place + 1]) - function(order[:place]))
    assert found.values[0, 1] == pytest.approx(np.mean(gains), abs=1e-5)
    changed = explain(model, frame.head(1), background="medians", method="gradients")
    assert abs(changed.gap[0]) < 1e-3 * model.target.width


def test_a_column_that_the_model_ignores_gets_nothing(models):
    model = models["two"]
    parameters = model.parameters.copy()
    for member in parameters:
        factors = model.network.embedding_views(member).factors
        columns = np.array(selenite.table.input_columns(model.schema))
        features = np.concatenate([columns, np.repeat(columns[list(model.network.embedding.periodic)], 2)])
        factors[features == 4] = 0
    found = explain(replace(model, parameters=parameters), X[:4], background=X[:20])
    assert np.abs(found.values[:, 4]).max() < 1e-7
    assert np.abs(found.values[:, :4]).max() > 1e-3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(method="guess"), "no method 'guess'; there are auto"),
        (dict(label="maybe"), 'no class "maybe"; there are "no", "yes"'),
        (dict(background="means"), "must be a table, or 'medians'"),
        (dict(background=X[:1]), "1 row to compare with"),
    ],
)
def test_what_makes_no_sense_is_refused(models, change, message):
    with pytest.raises(OptionError, match=message):
        explain(models["two"], X[:3], **change)


def test_other_refusals(models):
    with pytest.raises(OptionError, match="is a number: it has no class"):
        explain(models["number"], X[:3], background=X, label="yes")
    with pytest.raises(OptionError, match="is no model"):
        explain("m.selenite", X)
    wide = RNG.normal(size=(60, 16))
    model = SeleniteRegressor(**FEW).fit(wide, wide[:, 0]).model_
    with pytest.raises(OptionError, match="at most 15 columns"):
        explain(model, wide[:1], background=wide, method="exact")
    assert explain(model, wide[:1], background=wide).method == "sampled"


def test_the_same_seed_gives_the_same_values_and_each_row_alone_too(models):
    both = explain(models["three"], X[:2], background=X, method="sampled")
    alone = explain(models["three"], X[1:2], background=X, method="sampled")
    np.testing.assert_array_equal(both.values[1], alone.values[0])
    assert both.quantities[0].startswith("probability of ")


# With the shap package, which must be there where CI is set


@pytest.fixture(scope="module")
def shap():
    with warnings.catch_warnings(action="ignore"):
        if os.environ.get("CI"):
            return importlib.import_module("shap")
        return pytest.importorskip("shap")


def of_every_coalition(shap, function, rows):
    """Return shap's values against 25 rows, exact as no coalition is left out; its `Exact` is compiled for seconds."""
    explainer = shap.KernelExplainer(function, X[:25])
    values = explainer.shap_values(rows, nsamples=2**5, silent=True, l1_reg=False)
    return SimpleNamespace(values=values, base_values=explainer.expected_value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("task", "index"), [("number", 0), ("two", 1), ("three", 1)])
def test_exact_values_are_those_of_shap(models, shap, task, index):
    model = models[task]
    unit = model.target.width
    label = None if task == "number" else model.target.classes[index]
    function = predicted(model, index)
    ours = explain(model, X[:4], background=X[:25], label=label)
    theirs = of_every_coalition(shap, function, X[:4])
    np.testing.assert_allclose(ours.values, theirs.values, atol=1e-6 * unit)
    np.testing.assert_allclose(ours.base, theirs.base_values, atol=1e-6 * unit)


@pytest.mark.filterwarnings("ignore")
def test_sampled_values_agree_with_shap_within_their_errors(models, shap):
    model = models["two"]
    theirs = of_every_coalition(shap, predicted(model, 1), X[:10])
    ours = explain(model, X[:10], background=X[:25], method="sampled")
    assert (np.abs(ours.values - theirs.values) < 1.96 * ours.errors + 1e-6).mean() > 0.9


@pytest.mark.parametrize("type", [bool, int, float, str])
@pytest.mark.parametrize("index", [0, 1])
def test_a_class_may_be_given_as_it_is_predicted(type, index):
    y = np.where(SCORE > 0, type(1), type(0))
    classifier = SeleniteClassifier(**FEW).fit(X, y)
    label = classifier.classes_[index]
    expected = classifier.predict_proba(X[:3])[:, index]
    text = classifier.model_.target.classes[index]
    for given in (label, label.item(), text):
        found = explain(classifier, X[:3], background=X, label=given)
        np.testing.assert_allclose(found.prediction, expected, atol=1e-6)
        assert set(found.quantities) == {f"probability of {text}"}
    with pytest.raises(OptionError, match='no class "2"; there are'):
        explain(classifier, X[:3], background=X, label=2)
