"""TabArena's protocol, the ratings, and the page of the kept results."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

import bags
import elo
import tabarena
import tabarena_page


def test_the_page_is_what_the_command_makes_of_the_kept_results():
    assert tabarena_page.PAGE.read_text() == tabarena_page.page()


def test_errors_are_those_of_tabarena():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 50)
    y = rng.integers(3, size=50)
    assert tabarena.error("multiclass", y, p) == pytest.approx(log_loss(y, p))
    two = p[:, :2] / p[:, :2].sum(axis=1, keepdims=True)
    assert tabarena.error("binary", y % 2, two) == pytest.approx(1 - roc_auc_score(y % 2, two[:, 1]))
    assert tabarena.error("regression", np.array([0.0, 0.0]), np.array([3.0, 4.0])) == pytest.approx(12.5**0.5)


def test_a_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    """Of a table of two classes one fold is measured, then the two others alone."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=90), "colour": rng.choice(["red", "blue"], 90)})
    table["y"] = np.where(table.x + (table.colour == "red") > 0.5, "yes", "no")
    table.to_parquet(tmp_path / "toy.parquet")
    entry = {
        "name": "toy",
        "file": "toy.parquet",
        "target": "y",
        "task": "binary",
        "categorical": ["colour"],
        "rows": 90,
    }
    (tmp_path / "datasets.json").write_text(json.dumps([entry]))
    output = tmp_path / "results.jsonl"
    for folds in ("1", "0,1,2"):
        command = ["tabarena.py", str(tmp_path), "--learners", "selenite, fast, declared", "--folds", folds]
        monkeypatch.setattr(sys, "argv", [*command, "-o", str(output)])
        tabarena.main()
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert [row["fold"] for row in rows] == [1, 0, 2]
    assert all((row["rows"], row["metric"]) == (60, "1 - AUC") for row in rows)
    assert all(row["error"] < 0.2 for row in rows)


def test_ratings_make_the_wins_likeliest():
    """Of two learners the odds are the wins; of several the expected wins are those counted, in each draw's sum."""
    won = np.array([[0.0, 30.0], [10.0, 0.0]])
    assert elo.ratings(won, 1) == pytest.approx([1000 + 400 * np.log10(3), 1000], abs=0.01)
    errors = np.random.default_rng(0).normal(size=(6, 40)) + np.linspace(0, 1, 6)[:, None]
    won = elo.wins(errors)
    rated = elo.ratings(won.sum(axis=2), 5)
    expected = 1 / (1 + 10 ** ((rated[None] - rated[:, None]) / 400))
    assert (40 * (expected.sum(axis=1) - 0.5)) == pytest.approx(won.sum(axis=(1, 2)), abs=1e-3)
    middle, low, high = elo.intervals(won, 5, draws=20)
    assert middle == pytest.approx(rated)
    assert np.all(low[:5] < middle[:5])
    assert np.all(middle[:5] < high[:5])


def test_boosting_waits_longer_the_later_its_best_tree():
    assert [bags.patience(best, 5000) for best in (0, 900, 2000)] == [300, 300, 620]
    assert [bags.patience(0, rows) for rows in (100_000, 1_000_000)] == [30, 20]
    watch = bags.Watch(1_000_000)
    assert not any(watch.is_over(tree, 1 / (tree + 1)) for tree in range(10))
    assert [watch.is_over(tree, 1.0) for tree in (31, 32)] == [False, True]
    assert watch.best == 9


def test_a_bag_is_the_mean_of_models_that_have_not_seen_an_eighth_each():
    X, y, seen = pd.DataFrame({"x": np.arange(80.0)}), np.arange(80.0), []

    def fit(X, y, X_val, y_val):
        assert not set(X.x) & set(X_val.x)
        assert len(X_val) == 10
        seen.extend(X_val.x)
        return lambda X_test: np.full(len(X_test), y.mean())

    predict = bags.bag(fit, X, y, "regression")
    assert sorted(seen) == list(range(80))
    assert predict(X) == pytest.approx(np.full(80, y.mean()))
