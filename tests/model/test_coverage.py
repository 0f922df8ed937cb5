"""Intervals and sets of classes: how often they hold the answer of rows that nothing was learnt from."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.metrics import mean_pinball_loss

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.cli import group
from selenite.errors import ModelFileError, OptionError
from selenite.fitting.class_sets import learn_truth_quantiles
from selenite.fitting.out_of_fold import judged_again
from selenite.model.class_sets import class_sets
from selenite.model.residual_quantiles import LEVELS
from selenite.model.sound import check_truth_quantiles
from selenite.table import read_table

DATA = Path(__file__).parent.parent / "data"
PIMA = DATA / "pima_diabetes.csv"


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("n", [20, 100, 1000])
@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_sets_hold_the_class_of_new_rows_as_often_as_asked(n, coverage):
    """The probabilities are wrong, twice as sure as they should be: sets cover all the same."""
    random, held = np.random.default_rng(n), []
    for _ in range(200):
        z = random.normal(scale=0.7, size=(n + 50, 4))
        y = (z + random.gumbel(size=z.shape)).argmax(axis=1)
        p = softmax(2 * z)
        learnt = learn_truth_quantiles(p[np.arange(n), y[:n]])
        held.append(class_sets(p[n:], learnt, coverage)[np.arange(50), y[n:]].mean())
    assert coverage - 0.012 < np.mean(held) < coverage + 1 / n + 0.025


def test_what_few_rows_cannot_tell_is_every_class():
    learnt = learn_truth_quantiles(np.array([0.9, 0.8, 0.95]))
    assert class_sets(np.array([[0.999, 0.001]]), learnt, 0.9).all()
    assert class_sets(np.array([[0.5, 0.3, 0.2]]), learnt, 0.5).tolist() == [[True, False, False]]  # never empty


def test_between_two_levels_the_set_that_covers_more_is_taken():
    probabilities = softmax(np.random.default_rng(0).normal(size=(500, 3)))
    learnt = learn_truth_quantiles(probabilities[:, 0])
    larger, asked = (class_sets(probabilities, learnt, coverage) for coverage in (0.9, 0.89))
    assert (larger == asked).all()
    sizes = [class_sets(probabilities, learnt, coverage).sum() for coverage in (0.3, 0.6, 0.9, 0.95, 0.99)]
    assert sizes == sorted(sizes)


def test_a_row_of_weight_2_counts_as_two():
    random = np.random.default_rng(1)
    p, weight = random.random(4000), random.integers(1, 4, 4000)
    p **= weight  # so that it matters
    weighted, many, plain = (
        learn_truth_quantiles(p, weight.astype(float)),
        learn_truth_quantiles(np.repeat(p, weight)),
        learn_truth_quantiles(p),
    )
    middle = LEVELS.index(0.5)
    assert weighted[middle] == pytest.approx(many[middle], abs=0.01)
    assert abs(plain[middle] - many[middle]) > 0.03


def halves(seed):
    """Return the rows of a table of diabetes to learn from and those to judge by."""
    table = read_table(PIMA)
    order = np.random.default_rng(seed).permutation(table.n_rows)
    return table.take(order[:468]), table.take(order[468:])


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_a_real_table_of_classes(coverage):
    held, n = 0, 0
    for seed in (0, 1):
        learning, judging = halves(seed)
        model = SeleniteClassifier(random_state=seed).fit(learning.without("target"), learning["target"].values)
        sets = model.predict_set(judging.without("target"), coverage=coverage)
        held += sets[np.arange(judging.n_rows), judging["target"].values.astype(int)].sum()
        n += judging.n_rows
    sd = np.sqrt(coverage * (1 - coverage) * (1 / n + 1 / 400))  # of rows judged, and of those that thresholds are of
    assert held / n > coverage - 3 * sd


def test_a_real_table_of_numbers():
    held, n = 0, 0
    for seed in (0, 1):
        learning, judging = halves(seed)
        model = SeleniteRegressor(random_state=seed).fit(learning.without("age"), learning["age"].values)
        low, high = model.predict_interval(judging.without("age"), coverage=0.8).T
        y = judging["age"].values
        held += ((low <= y) & (y <= high)).sum()
        n += judging.n_rows
    assert abs(held / n - 0.8) < 3 * np.sqrt(0.16 * (1 / n + 1 / 400))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Return files of models of a class and of a number of the table of diabetes, judged by folds."""
    folder = tmp_path_factory.mktemp("models")
    for target in ("target", "age"):
        path = folder / f"{target}.selenite"
        arguments = ["fit", str(PIMA), "--target", target, "--members", "1", "--epochs", "8", "-o", str(path), "-q"]
        assert CliRunner().invoke(group, arguments, catch_exceptions=False).exit_code == 0
    return folder


def predicted(folder, target, *options):
    arguments = ["predict", str(folder / f"{target}.selenite"), str(PIMA), "--json", "-q", *options]
    done = CliRunner().invoke(group, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_predict_adds_quantiles_and_an_interval(fitted):
    rows = predicted(fitted, "age", "--quantiles", ".95,.05,.5", "--coverage", ".9")
    assert list(rows[0]) == ["prediction", "quantile 0.05", "quantile 0.5", "quantile 0.95", "low", "high", "outside"]
    model, table = selenite.load(fitted / "age.selenite"), read_table(PIMA)
    asked = model.predict(table, quantiles=(0.05, 0.5, 0.95))
    found = np.array([[row[f"quantile {level}"] for level in (0.05, 0.5, 0.95)] for row in rows])
    np.testing.assert_array_equal(found, asked)
    assert (np.diff(found, axis=1) >= 0).all()
    np.testing.assert_allclose([[row["low"], row["high"]] for row in rows], asked[:, [0, 2]])


def test_predict_says_of_each_class_whether_it_may_be(fitted):
    rows = predicted(fitted, "target", "--coverage", ".8")
    model = selenite.load(fitted / "target.selenite")
    sets = model.predict_set(read_table(PIMA), coverage=0.8)
    assert [[row["may be 0"] == "yes", row["may be 1"] == "yes"] for row in rows] == sets.tolist()


@pytest.mark.parametrize("target", ["target", "age"])
def test_score_and_the_folds_measure_coverage(fitted, target):
    done = CliRunner().invoke(group, ["score", str(fitted / f"{target}.selenite"), str(PIMA), "--json"])
    found = json.loads(done.stdout)["scores"]["all_rows"]["coverage"]
    assert found["low"] <= found["value"] <= found["high"]
    judged = judged_again(selenite.load(fitted / f"{target}.selenite"), read_table(PIMA))
    share, n = judged.coverage().inside.value, len(judged.rows)
    assert share == judged.covered.inside.mean()
    assert share > 0.9 - 3 * np.sqrt(0.09 * (1 / n + 1 / 150))  # each fold's, by thresholds of some of the other rows
    assert "90 %" in str(judged.coverage())


def test_score_measures_quantiles(fitted):
    arguments = ["score", str(fitted / "age.selenite"), str(PIMA), "--json"]
    told = [CliRunner().invoke(group, arguments + more).stdout for more in ([], ["--quantiles", ".9,.5"])]
    ends, asked = (json.loads(one)["scores"]["all_rows"]["metrics"] for one in told)
    assert list(ends)[3:] == ["pinball(0.05)", "pinball(0.95)"]
    assert list(asked)[3:] == ["pinball(0.5)", "pinball(0.9)"]
    model, table = selenite.load(fitted / "age.selenite"), read_table(PIMA)
    for level in (0.5, 0.9):
        quantile = model.predict(table.without("age"), quantiles=(level,))[:, 0]
        found = asked[f"pinball({level})"]
        assert found["value"] == pytest.approx(mean_pinball_loss(table["age"].values, quantile, alpha=level))
        assert found["low"] < found["value"] < found["high"]
    assert (
        selenite.score(model, table, quantiles=(0.5,)).metrics["pinball(0.5)"].value == asked["pinball(0.5)"]["value"]
    )
    assert "pinball(0.95)" in selenite.report(model, table).html
    with pytest.raises(OptionError, match="quantiles are of numbers"):
        selenite.score(fitted / "target.selenite", table, quantiles=(0.5,))


def test_what_has_no_intervals_or_sets_says_why(fitted):
    old = selenite.load(DATA / "classes_format2.selenite")
    with pytest.raises(OptionError, match="before selenite kept"):
        old.class_set(np.eye(2), 0.9)
    number, classes = (selenite.load(fitted / f"{target}.selenite") for target in ("age", "target"))
    with pytest.raises(OptionError, match="only numbers have intervals"):
        classes.predict_interval(read_table(PIMA))
    with pytest.raises(OptionError, match="is a number"):
        number.predict_set(read_table(PIMA))
    for coverage in (0.0, 1.0, np.nan):
        with pytest.raises(OptionError, match="between 0.01 and 0.99"):
            number.predict_interval(read_table(PIMA), coverage=coverage)
    path = str(fitted / "age.selenite")
    for quantiles in (".1,x", ".1,.1", "0", ""):
        done = CliRunner().invoke(group, ["predict", path, str(PIMA), "--quantiles", quantiles])
        assert done.exit_code != 0
    with pytest.raises(ModelFileError, match="right classes"):
        check_truth_quantiles((0.5, 0.4))
