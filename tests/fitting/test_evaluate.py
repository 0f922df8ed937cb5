"""Honest fits: what they say does not depend on how the table is written down."""

from collections import Counter
from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from selenite.errors import OptionError
from selenite.estimators.tables import SeleniteRegressor
from selenite.fitting.evaluate import fit_and_evaluate
from selenite.fitting.out_of_fold import judged_again
from selenite.model import Data, Settings
from selenite.model.file import from_bytes
from selenite.model.rows import parts_of, rows_used
from selenite.stages import Stages
from selenite.table import Numbers, Table, Target, as_table
from selenite.table.grouping import grouping_of


@pytest.mark.parametrize("unit", [1e-200, 1e-24, 1e100])
def test_verdict_and_figures_do_not_depend_on_the_targets_unit(unit):
    rng = np.random.default_rng(0)
    x = rng.normal(size=120)
    y = x**2 + 0.1 * rng.normal(size=120)
    plain, moved = (
        fit_and_evaluate(
            Table(("x", "y"), (Numbers(x), Numbers(y * factor)), 120), "y", Settings(preset="fast", epochs=10)
        )
        for factor in (1, unit)
    )
    assert moved.verdict == plain.verdict
    assert plain.verdict.startswith("Verdict: better than a linear model")
    for one, other in zip(plain.figures["selenite"], moved.figures["selenite"], strict=True):
        assert other.high / (1 if one.name == "R2" else unit) == pytest.approx(one.high, rel=0.01)


@pytest.mark.parametrize("count", [2, 3, 5, 7, 20])
@pytest.mark.parametrize("column", ["groups", "time_column"])
def test_of_few_groups_or_moments_the_last_is_put_aside(column, count):
    one = Numbers(np.arange(300.0) % count)
    table, target = Table(("one", "y"), (one, one), 300), Target("y", "regression")
    grouping = grouping_of(table, one, **({"groups": None, "time_column": None} | {column: "one"}))
    [(fitting, judging)] = parts_of(table, target, Data(test_fraction=0.15), grouping)
    assert len(fitting) >= len(judging) > 0
    assert not set(one.values[fitting]) & set(one.values[judging])
    if column == "time_column":
        assert one.values[fitting].max() < one.values[judging].min()


def test_nothing_can_be_put_aside_of_one_group():
    table = Table(("one", "y"), (Numbers(np.ones(300)), Numbers(np.arange(300.0))), 300)
    with pytest.raises(OptionError, match="all rows are of 1 group, too few to put one aside"):
        fit_and_evaluate(table, "y", Settings(), groups="one")


def test_a_column_that_numbers_the_rows_is_set_aside_for_what_it_is():
    """Not because somebody had declared it, and also where a part of the rows has gaps in its numbers."""
    x = np.random.default_rng(0).normal(size=1200)
    table = as_table(pd.DataFrame({"row": np.arange(1200), "x": x, "y": x}))
    model = fit_and_evaluate(table, "y", Settings(epochs=1, members=1)).model
    assert [(column.kind, column.reason) for column in model.schema.columns] == [
        ("identifier", "numbers the rows, and the target does not go along with it"),
        ("number", ""),
    ]


class Heard(Stages):
    """Remembers what was expected, and which stages began and how far each came."""

    def __init__(self):
        self.expected, self.begun = [], {}

    def expect(self, *stages):
        self.expected = list(stages)

    def begin(self, stage):
        self.begun[stage] = []

    def done(self, share):
        self.begun[[*self.begun][-1]].append(share)


@pytest.mark.usefixtures("short_linear_models")
@pytest.mark.parametrize(("n", "folds"), [(100, 5), (1100, 1)])
@pytest.mark.parametrize(
    "settings", [Settings("fast", epochs=1, hidden=(2,)), Settings(members=3, hidden=(), epochs=1)]
)
def test_stages_are_told_in_the_order_expected(n, folds, settings):
    x = np.random.default_rng(0).normal(size=n)
    heard = Heard()
    fit_and_evaluate(Table(("x", "y"), (Numbers(x), Numbers(np.exp(x))), n), "y", settings, stages=heard)
    assert [*heard.begun] == ["preparing the rows", *(stage for stage in heard.expected if stage in heard.begun)]
    assert ("judging the model by folds" in heard.begun) == (folds == 5)
    assert ("fitting a linear model" in heard.begun) == (settings.hidden != ())
    assert [*heard.begun.values()][-1] in ([], [(k + 1) / folds for k in range(folds)])


def test_rounds_of_training_are_stages():
    x = np.random.default_rng(0).normal(size=1100)
    heard = Heard()
    table = Table(("x", "y"), (Numbers(x), Numbers(np.exp(3 * x))), 1100)
    fit_and_evaluate(table, "y", Settings(members=3, epochs=12, hidden=(16,)), stages=heard)
    assert [*heard.begun][1:4] == ["training", "is the logarithm better?", "training on the logarithm"]
    assert heard.expected == [*heard.begun][1:]


def test_kinds_are_the_estimators():
    x = np.random.default_rng(0).normal(size=1200)
    table = as_table(pd.DataFrame({"row": np.arange(1200), "x": x, "y": x}))
    settings = Settings(epochs=1, members=1, kinds={"row": "number"})
    assert [column.kind for column in fit_and_evaluate(table, "y", settings).model.schema.columns] == [
        "number",
        "number",
    ]


def test_a_linear_model_has_the_time_that_is_left():
    x = np.random.default_rng(0).normal(size=(300, 2))
    table = as_table(pd.DataFrame({"x": x[:, 0], "z": x[:, 1], "y": np.sin(3 * x[:, 0])}))
    for limit in (None, 60):
        outcome = fit_and_evaluate(table, "y", Settings(epochs=40, preset="fast", time_limit=limit))
        assert outcome.verdict == "Verdict: better than a linear model; the hidden layers are worth having."


def test_a_guess_does_not_know_the_answers_of_rows_that_weigh_nothing():
    """As little as the model does, so that it is not better for knowing them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=1200)
    y = np.array(["a", "b", "c"])[np.digitize(x, [-0.5, 0.5])]
    table = as_table(pd.DataFrame({"x": x, "w": (y != "c") * 1.0, "y": y}))
    outcome = fit_and_evaluate(table, "y", Settings(epochs=10, preset="fast"), weights="w")
    naive = {metric.name: metric.value for metric in outcome.figures["majority"]}
    ours = {metric.name: metric.value for metric in outcome.figures["selenite"]}
    assert ours["log loss"] < naive["log loss"]
    assert "Do not use this model" not in outcome.verdict


@pytest.mark.usefixtures("short_linear_models")
def test_class_weights_of_any_size_judge_alike():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1200)
    table = as_table(pd.DataFrame({"x": x, "y": np.where(x + rng.normal(size=1200) > 1, "yes", "no")}))
    verdicts = {
        fit_and_evaluate(table, "y", Settings("fast", epochs=5, class_weight={"no": size, "yes": 3 * size})).verdict
        for size in (1e-12, 1.0, 1e9)
    }
    assert len(verdicts) == 1


@pytest.mark.usefixtures("short_linear_models")
@pytest.mark.parametrize(("n", "limit"), [(200, None), (1200, None), (6000, 1.0)])
def test_whole_table_and_parts_decide_alike_what_counts(n, limit):
    """A part of 1, 2, 3, ... has gaps, or is shorter, or is drawn for want of time."""
    rng = np.random.default_rng(0)
    day, x = np.arange(n), rng.normal(size=n)
    frame = pd.DataFrame({"day": day, "x": x, "trend": 0.01 * day + x, "sorted": np.sort(x)})
    for answer, kind in (("trend", "number"), ("sorted", "identifier")):
        table = as_table(frame[["day", "x", answer]])
        outcome = fit_and_evaluate(table, answer, Settings(epochs=2, preset="fast", time_limit=limit))
        assert outcome.model.schema.columns[0].kind == kind
        assert outcome.model.network.n_inputs == 2 * (1 + (kind == "number"))
        assert judged_again(outcome.model, table).as_stored in (True, None)
        regressor = SeleniteRegressor(preset="fast", max_iter=2, time_limit=limit)
        with pytest.warns(UserWarning, match="numbers the rows") as told:
            regressor.fit(frame[["day", "x"]], frame[answer])
        assert regressor.model_.schema.columns[0].kind == kind
        advice = "kinds={'day': 'number'}" if kind == "identifier" else "drop=['day']"
        assert advice in str(told[0].message)


def random_labels(n):
    random = np.random.default_rng(0)
    return pd.DataFrame({"x": random.normal(size=n), "z": random.normal(size=n), "y": random.choice(["p", "q"], n)})


@pytest.mark.usefixtures("short_linear_models")
@pytest.mark.parametrize(("n", "times"), [(40, 5), (700, 2)])
def test_copies_do_not_let_random_labels_be_learnt(n, times):
    once = random_labels(n)
    table = as_table(pd.concat([once] * times))
    outcome = fit_and_evaluate(table, "y", Settings(preset="fast"))
    assert outcome.model.data.copied_rows == n * (times - 1)
    assert outcome.verdict.startswith(("Verdict: not better than always", "Verdict: worse than always"))
    found = {metric.name: metric for metric in outcome.figures["selenite"]}
    assert found["accuracy"].low < 0.5 < found["accuracy"].high
    alone = {
        metric.name: metric
        for metric in fit_and_evaluate(as_table(once), "y", Settings(preset="fast")).figures["selenite"]
    }
    widths = [one["accuracy"].high - one["accuracy"].low for one in (found, alone)]
    assert widths[0] == pytest.approx(widths[1], rel=0.1)  # copies do not make the figures surer
    if outcome.model.data.folds:
        assert judged_again(outcome.model, table).as_stored
    else:
        aside = rows_used(outcome.model, table).aside
        assert not set(table["x"].values[aside]) & set(np.delete(table["x"].values, aside))


def test_rows_equal_by_chance_are_judged_as_before():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.integers(0, 2, (400, 2)), columns=["a", "b"])
    frame["y"] = np.where(frame.a ^ frame.b, "odd", "even")
    outcome = fit_and_evaluate(as_table(frame), "y", Settings(preset="fast", epochs=60))
    assert outcome.model.data.copied_rows == 0
    assert outcome.verdict == "Verdict: better than a linear model; the hidden layers are worth having."


def prices(seed, n=150):
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, n))
    return as_table(pd.DataFrame({"x": x, "z": z, "price": np.exp(1.2 * x + 0.8 * z + 0.1 * random.normal(size=n))}))


@pytest.mark.parametrize("seed", range(5))
def test_prices_with_a_long_tail_are_told_to_be_learnt(seed):
    """A normal interval of the gap of squared errors said "not better than the mean" of a third of such tables."""
    outcome = fit_and_evaluate(prices(seed), "price", Settings(preset="balanced", members=2))
    r2 = {name: next(one for one in figures if one.name == "R2") for name, figures in outcome.figures.items()}
    assert r2["selenite"].low > r2["mean"].high
    assert outcome.verdict.startswith("Verdict: better than a linear model; the hidden layers are worth having.")


@pytest.mark.usefixtures("short_linear_models")
def test_the_file_keeps_the_verdict_and_the_copies_and_nothing_new_where_there_are_none():
    once = random_labels(60)
    copied, alone = (
        fit_and_evaluate(as_table(frame), "y", Settings(preset="fast")).model for frame in (pd.concat([once] * 2), once)
    )
    assert (copied.data.copied_rows, alone.data.copied_rows) == (60, 0)
    for model, written in ((copied, True), (alone, False), (replace(alone, verdict=""), False)):
        content = model.to_bytes()
        assert (b"copied_rows" in content) == written  # so that files of before are as they were
        assert (b"verdict" in content) == bool(model.verdict)
        again, _ = from_bytes(content)
        assert (again.data, again.verdict) == (model.data, model.verdict)


@pytest.mark.usefixtures("short_linear_models")
@pytest.mark.parametrize(("n", "sets"), [(200, 6), (1200, 1)])
@pytest.mark.parametrize("of_classes", [True, False])
def test_schema_and_target_are_learnt_and_rows_encoded_once_for_both_contenders(monkeypatch, n, sets, of_classes):
    """Of the table and each of its five parts; of one that is split once, its columns' kinds are learnt beforehand."""
    called = []

    def counted(name, function):
        return lambda *args, **kwargs: called.append(name) or function(*args, **kwargs)

    for module in ("fitting.evaluate", "fitting.encoded", "model.model"):
        for name in ("learn_schema", "learn_target", "encode"):
            home = import_module(f"selenite.{module}")
            if hasattr(home, name):
                monkeypatch.setattr(home, name, counted(name, getattr(home, name)))
    x, z = np.random.default_rng(0).normal(size=(2, n))
    table = as_table(pd.DataFrame({"x": x, "z": z, "y": np.where(x * z > 0, "a", "b") if of_classes else x * z}))
    outcome = fit_and_evaluate(table, "y", Settings("fast", epochs=2))
    assert list(outcome.figures) == ["selenite", "linear", "majority" if of_classes else "mean"]
    learnt = max(sets, 2)
    assert Counter(called) == {"learn_schema": learnt, "learn_target": learnt, "encode": sets + max(sets - 1, 1)}


def test_what_went_badly_in_training_is_told():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    table = as_table(pd.DataFrame(X, columns=["a", "b", "c"]).assign(y=X[:, 0] - X[:, 1]))
    good = fit_and_evaluate(table, "y", Settings(hidden=(8,), members=1), test_fraction=0.2)
    assert good.findings == ()
    bad = fit_and_evaluate(
        table, "y", Settings(hidden=(8,), members=2, activation="tanh", learning_rate=20.0, epochs=3), test_fraction=0.2
    )
    assert "saturated units" in [finding.name for finding in bad.findings]
    assert "8 of the 8 units of hidden layer 1 stand at a limit of tanh" in " ".join(str(bad).split())
    assert [found["name"] for found in bad.to_dict()["findings"]] == [finding.name for finding in bad.findings]
