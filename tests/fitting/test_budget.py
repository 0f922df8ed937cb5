"""Time limits: what is given up for them, and that something is learnt in next to no time."""

from math import inf

import numpy as np
import pandas as pd
import pytest

from selenite import SeleniteClassifier, SeleniteRegressor
from selenite.fitting import budget
from selenite.fitting.budget import (
    FEWEST_ROWS,
    FEWEST_TO_JUDGE,
    fitted_to_time,
    rows_in_time,
    rows_to_calibrate_on,
)
from selenite.fitting.encoded import TrainingTable, encode_rows
from selenite.fitting.plan import Plan
from selenite.fitting.text_scores import learn_text_scores as learn
from selenite.model import Settings
from selenite.table import Target, as_column, as_table, encode, learn_schema
from selenite.training import TrainingRows

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20_000, 4))


def read(columns, rows):
    some = columns.take(rows)
    return encode(learn_schema(some), some, np.float32)


def test_as_many_rows_are_read_as_there_is_time_for():
    table = as_table(X)
    assert rows_in_time(table, inf, 0, read) == inf
    assert rows_in_time(table, 1e-6, 0, read) == FEWEST_ROWS
    assert rows_in_time(table, -1, 0, read) == FEWEST_ROWS
    assert rows_in_time(table, 1000, 0, read) >= 20_000
    assert rows_in_time(as_table(X[:300]), 1e-6, 0, read) == inf


def test_what_words_say_of_the_answers_counts_as_reading(monkeypatch):
    words, begun = np.array([f"w{k}" for k in range(50)]), []
    text = [" ".join(row) for row in words[RNG.integers(0, 50, (5_500, 6))]]
    monkeypatch.setattr(
        "selenite.fitting.encoded.learn_text_scores", lambda *given: begun.append(given) or learn(*given)
    )
    frame = pd.DataFrame({"text": text, "x": X[:5_500, 0]})
    given = TrainingTable(as_table(frame), as_column(X[:5_500, 0] > 0), "y", known={"text": "text"})
    encode_rows(given, Settings(), lambda: 1e-6)
    assert [given[1].n_rows for given in begun] == [1000, 1000, 5000, 1000, 5000, FEWEST_ROWS]


def test_unseen_rows_are_fewer_the_more_outputs_they_have():
    def most(n_classes, members=6, **chosen):
        target = Target("y", "classification", tuple(map(str, range(n_classes))))
        return rows_to_calibrate_on(Settings(**chosen), target, members)

    assert most(100) == inf
    assert most(2, time_limit=2) == pytest.approx(100 * most(100, time_limit=2))
    assert most(2, members=1, time_limit=2) == pytest.approx(6 * most(2, time_limit=2))
    assert most(100, time_limit=0.01) == FEWEST_TO_JUDGE


@pytest.mark.parametrize(
    ("seconds", "threads", "kept", "members", "epochs"),
    [
        (1000, 2, 20_000, 6, 60),  # six members on two threads: three rounds of 60 epochs, each a second
        (150, 2, 20_000, 6, 50),
        (36, 2, 20_000, 6, 12),
        (30, 2, 20_000, 4, 15),
        (30, 1, 20_000, 2, 15),
        (30, 6, 20_000, 6, 30),  # all at once
        (30, 16, 20_000, 6, 30),
        (6, 2, 10_000, 2, 12),
        (6, 6, 10_000, 6, 12),
        (0.6, 2, 1000, 2, 12),
        (0.3, 2, 1000, 2, 6),
    ],
)
def test_epochs_are_given_up_then_members_then_rows(seconds, threads, kept, members, epochs, monkeypatch):
    monkeypatch.setattr(budget, "seconds_an_epoch", lambda *_: 1.0)
    monkeypatch.setattr(budget, "_seconds_to_begin", lambda *_: 0.0)
    monkeypatch.setattr(budget, "FOR_TRAINING", 1.0)
    rows = TrainingRows(X.astype(np.float32), X[:, :1].astype(np.float32))
    wanted = Plan(6, (128, 64), 60, 32, 0.004, 20, 0.1, 0.02, "relu")
    monkeypatch.setattr("selenite.backend.n_threads", lambda: threads)
    chosen, drawn, last = fitted_to_time(wanted, None, rows, None, seconds + 0.001, None, len(X))
    assert (chosen.members, chosen.epochs) == (members, epochs)
    assert kept == 20_000 if drawn is None else kept == pytest.approx(drawn, rel=0.01)
    assert last == pytest.approx(seconds, abs=0.002)


def test_a_million_members_are_no_more_than_there_is_time_to_begin(monkeypatch):
    """Each costs something before its first epoch, however short that is."""
    monkeypatch.setattr(budget, "seconds_an_epoch", lambda *_: 1e-5)
    monkeypatch.setattr(budget, "_seconds_to_begin", lambda *_: 1e-3)
    monkeypatch.setattr("selenite.backend.n_threads", lambda: 2)
    rows = TrainingRows(X[:60].astype(np.float32), X[:60, :1].astype(np.float32))
    chosen, drawn, last = fitted_to_time(
        Plan(10**6, (4,), 2, 32, 0.004, 20, 0.1, 0.02, "relu"), None, rows, None, 2.0, None, 60
    )
    assert drawn is None
    assert chosen.epochs == 2
    assert 0.9 < chosen.members * (1e-3 + 2 * 1e-5 / 2) / last <= 1


def test_a_disturbed_measurement_does_not_make_a_row_free(monkeypatch):
    """Where few rows took longer than more, another process had the processor."""
    clock = iter(np.cumsum([0, 9, 0, 9, 0, 1, 0, 9, 0, 1]))  # of each measurement its beginning and its end
    monkeypatch.setattr("selenite.fitting.budget.time.perf_counter", lambda: float(next(clock)))
    assert rows_in_time(as_table(X), 4.0, 0, read) == 5000  # a quarter of the time, at 5,000 rows a second


@pytest.mark.parametrize(("max_iter", "expected"), [(60, 3), (2, 2)])
def test_a_few_epochs_of_the_fewest_rows_are_trained_whatever_the_clock_says(max_iter, expected, monkeypatch):
    monkeypatch.setattr(budget, "seconds_an_epoch", lambda *_: 1.0)
    monkeypatch.setattr(budget, "_seconds_to_begin", lambda *_: 0.0)
    rows = TrainingRows(X.astype(np.float32), X[:, :1].astype(np.float32))
    plan = Plan(6, (128, 64), max_iter, 32, 0.004, 20, 0.1, 0.02, "relu")
    chosen, drawn, last = fitted_to_time(plan, None, rows, None, 0.01, None, len(X))
    assert (chosen.members, chosen.epochs, drawn, last) == (2, expected, FEWEST_ROWS, inf)
    *_, last = fitted_to_time(plan, None, rows, None, 40.0, None, len(X))
    assert last < 40


def test_what_a_column_is_all_rows_tell():
    """However few of them are read in the time."""
    n = len(X)
    rare = np.arange(n) == 7
    table = pd.DataFrame(
        {
            "row": np.arange(n),
            "x": X[:, 0],
            "rare": rare.astype(int),
            "declared": np.where(rare, "yes", "no"),
            "city": [f"city {i % 5000}" for i in range(n)],
        }
    )
    kinds = {"declared": "yes/no"}
    with pytest.warns(UserWarning, match='column "row" is set aside'):
        plain, limited = (
            SeleniteRegressor(time_limit=limit, max_iter=1, members=1, kinds=kinds).fit(table, X[:, 0])
            for limit in (None, 0.001)
        )
    assert limited.model_.data.training_rows < n
    assert [c.kind for c in limited.model_.schema.columns] == ["identifier", "number", "yes/no", "yes/no", "category"]
    assert [(c.kind, c.reason) for c in limited.model_.schema.columns] == [
        (c.kind, c.reason) for c in plain.model_.schema.columns
    ]
    assert limited.score(table, X[:, 0]) > 0


def test_something_is_learnt_in_next_to_no_time():
    """Weights and groups go with the rows that are kept."""
    chosen = dict(sample_weight=np.where(X[:, 0] > 0, 1.0, 2.0), groups=np.arange(20_000) % 50)
    regressor = SeleniteRegressor(time_limit=0.001).fit(X, X[:, 0], **chosen)
    assert regressor.model_.data.training_rows == FEWEST_ROWS
    assert min(regressor.model_.recipe.best_epochs) >= 1
    assert regressor.stopped_by_ in ("epochs", "patience")
    assert regressor.score(X, X[:, 0]) > 0.5


def test_own_validation_rows_count_in_the_time():
    y = np.arange(20_000) % 50
    classifier = SeleniteClassifier(time_limit=0.5).fit(X[:2000], y[:2000], validation_set=(X, y))
    assert FEWEST_TO_JUDGE <= classifier.model_.data.validation_rows < 1000
    regressor = SeleniteRegressor(time_limit=0.3).fit(X[:2000], X[:2000, 0], validation_set=(X, X[:, 0]))
    assert regressor.model_.data.validation_rows == 20_000
    unlimited = SeleniteClassifier(max_iter=1, members=1).fit(X[:2000], y[:2000], validation_set=(X, y))
    assert unlimited.model_.data.validation_rows == 20_000


def test_a_limit_that_is_not_reached_changes_nothing():
    plain, limited = (SeleniteRegressor(max_iter=2, time_limit=limit).fit(X, X[:, 0]) for limit in (None, 1000))
    np.testing.assert_array_equal(plain.model_.parameters, limited.model_.parameters)
