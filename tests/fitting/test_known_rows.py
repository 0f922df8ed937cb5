"""Known rows: learnt where equal rows answer alike beyond what columns tell, told by rows of other folds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

import selenite
from selenite import SeleniteClassifier, SeleniteRegressor, explain, load
from selenite.errors import ModelFileError, OptionError
from selenite.explanation.columns import partial_dependence, permutation_importance
from selenite.fitting.distillation import distil
from selenite.fitting.target_statistics import Rows
from selenite.model.rows import parts_of
from selenite.model.sound import check_known_rows
from selenite.play.files import Files
from selenite.play.opened import Sent, encoded, open_model
from selenite.splits.grouping import Grouping
from selenite.table import as_table
from selenite.table.schema import KnownRows


def recurring(n=1200, n_different=250, seed=0, known=True):
    """Return rows that recur, and answers that go by the row, beyond what its columns tell, or by a column."""
    random = np.random.default_rng(seed)
    different = pd.DataFrame(
        {
            "a": random.integers(0, 40, n_different),
            "b": random.choice(list("uvwxyz"), n_different),
            "c": random.normal(size=n_different).round(2),
        }
    )
    of_row = random.normal(size=n_different) if known else different["c"].to_numpy()
    which = random.integers(0, n_different, n)
    return different.iloc[which].reset_index(drop=True), of_row[which] + 0.5 * random.normal(size=n)


@pytest.fixture(scope="module")
def fitted():
    X, y = recurring()
    return SeleniteClassifier(random_state=0, max_iter=30).fit(X[:800], y[:800] > 0)


def test_what_recurs_is_known(fitted):
    X, y = recurring()
    known_rows = fitted.model_.schema.known_rows
    assert known_rows.names == ("share of true",)
    assert len(known_rows.key_array) == len(X[:800].drop_duplicates())
    loss = log_loss(y[800:] > 0, fitted.predict_proba(X[800:]))
    assert loss < 0.85 * log_loss(y[800:] > 0, np.full(400, (y[:800] > 0).mean()))
    regressor = SeleniteRegressor(random_state=0, max_iter=30).fit(X[:800], y[:800])
    assert regressor.score(X[800:], y[800:]) > 0.5


@pytest.mark.parametrize("what", ["columns tell it", "no row recurs", "answers are shuffled"])
def test_where_it_does_not_pay_no_row_is_known(what):
    X, y = recurring(known=what != "columns tell it", n_different=100_000 if what == "no row recurs" else 250)
    if what == "answers are shuffled":
        y = np.random.default_rng(1).permutation(y)
    model = SeleniteClassifier(random_state=0, max_iter=30).fit(X, y > 0).model_
    assert not model.schema.known_rows.names


@pytest.mark.parametrize(
    "options", [{"loss": "huber"}, {"hidden_layer_sizes": ()}, {"monotone": {"c": 1}}, {"known_rows": False}]
)
def test_where_it_does_not_serve_no_row_is_known(options):
    X, y = recurring()
    model = SeleniteRegressor(random_state=0, max_iter=5, **options).fit(X, y).model_
    assert not model.schema.known_rows.names


def test_known_rows_is_of_a_model_that_goes_on(fitted):
    X, y = recurring()
    with pytest.raises(OptionError, match="known_rows=False does not go with init_model"):
        SeleniteClassifier(known_rows=False).fit(X, y > 0, init_model=fitted)


@pytest.mark.parametrize("folds", [None, 3])
def test_the_report_tells_how_many_rows_judged_equal_one_of_training(folds):
    X, y = recurring()
    table = X.assign(y=y > 0)
    model = selenite.fit(table, "y", folds=folds, members=2, epochs=30).model
    parts = parts_of(as_table(table), model.target, model.data, Grouping())
    values = pd.Series(list(X.itertuples(index=False)))
    n = sum(values[judging].isin(set(values[training])).sum() for training, judging in parts)
    page = selenite.report(model, table).html
    assert f"never saw them, but {n:,} of them equal a training row, whose answer the model knows;" in page


def test_a_distilled_network_knows_no_row(fitted):
    X, y = recurring()
    found = distil(fitted.model_, as_table(X.assign(target=y > 0)), (8,))
    assert not found.model.schema.known_rows.names
    assert "the original: 6 times 12-128-64-1, 63,486, which knows the rows" in " ".join(str(found).split())
    assert found.model.network.n_inputs == fitted.model_.network.n_inputs - 2
    again = found.model.predict(X[800:]) == fitted.predict(X[800:])
    assert again.mean() > 0.75


def test_means_of_other_folds_by_hand():
    random = np.random.default_rng(0)
    key, fold, y, weight = (
        random.integers(0, 9, 60),
        random.integers(0, 4, 60),
        random.normal(size=60),
        random.random(60),
    )
    rows = Rows.of(y[:, None], weight, fold)
    sums, counts = rows.of_others(key)
    _, of_rows = rows.means(key, prior=2.0)
    for row in range(60):
        others = fold != fold[row]
        same = others & (key == key[row])
        mean = np.average(y[others], weights=weight[others])
        np.testing.assert_allclose(counts[row], weight[same].sum(), atol=1e-12)
        np.testing.assert_allclose(sums[row, 0], weight[same] @ y[same], atol=1e-12)
        np.testing.assert_allclose(
            of_rows[row, 0], weight[same] @ (y[same] - mean) / (weight[same].sum() + 2), atol=1e-12
        )


def test_file_keeps_it(fitted, tmp_path):
    X, _ = recurring(seed=0)
    fitted.save(tmp_path / "m.selenite")
    again = load(tmp_path / "m.selenite")
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))


@pytest.mark.parametrize(
    "broken",
    [
        {"keys": b"1234567"},
        {"keys": b"\2" + b"\0" * 7 + b"\1" + b"\0" * 7},
        {"values": b""},
        {"values": np.float32(np.nan).tobytes() * 2},
        {"names": ()},
        {"names": ("mean", "mean")},
    ],
)
def test_broken_known_rows_are_refused(broken):
    sound = KnownRows(("mean",), np.array([1, 2], "<u8").tobytes(), np.zeros(2, "<f4").tobytes())
    check_known_rows(sound)
    with pytest.raises(ModelFileError, match="known rows"):
        check_known_rows(replace(sound, **broken))


@pytest.mark.parametrize(("method", "gap"), [("exact", 1e-9), ("sampled", 1e-9), ("gradients", 2e-3)])
def test_contributions_of_columns_add_up(fitted, method, gap):
    X, _ = recurring()
    found = explain(fitted, X[:3], background=X[:50], method=method)
    assert found.columns == ("a", "b", "c")
    assert np.abs(found.gap).max() < gap
    np.testing.assert_allclose(found.prediction, fitted.predict_proba(X[:3])[:, 1], atol=1e-6)


def test_changed_cells_make_another_row(fitted):
    X, y = recurring()
    table = as_table(X.assign(target=y > 0))
    for found in permutation_importance(fitted, table):  # a row with another's cell is not known
        assert found.mean > 0.01
    [found] = partial_dependence(fitted, X[:200], ["c"], index=1)
    by_hand = [
        fitted.predict_proba(X[:200].assign(c=float(label)))[:, 1].mean()
        for label in (found.labels[0], found.labels[50])
    ]
    np.testing.assert_allclose([found.means[0], found.means[50]], by_hand, atol=1e-6)


def test_the_page_encodes_rows_with_other_values_as_predict_does(fitted):
    X, _ = recurring()
    files, table = Files(), as_table(X[:5])
    found = open_model(files, fitted.model_, "m.selenite", table)
    assert found["of_features"][len(found["inputs"]) - 2 :][:2] == ["", ""]  # of all columns
    rows, names = np.array([0, 3, 3], np.int32), ("u", "no such")
    texts = Sent("b", "text", codes=np.array([0, 1, -1]), texts=names)
    inputs = encoded(files, found["file"], rows, (texts, Sent("c", "number", values=np.array([1.25]))))
    by_hand = X.iloc[[0, 3, 3]].assign(b=["u", "no such", None], c=1.25)
    np.testing.assert_array_equal(inputs.astype(np.float32), fitted.model_.encode(as_table(by_hand)))
    np.testing.assert_array_equal(encoded(files, found["file"], np.arange(5), ()).astype(np.float32), found["X"])
    for wrong in (
        {"rows": np.array([5])},
        {"columns": (Sent("c", "number", values=np.zeros(2)),)},
        {"columns": (Sent("b", "text", codes=np.array([2]), texts=names),)},
    ):
        with pytest.raises(OptionError):
            encoded(files, found["file"], **{"rows": rows, "columns": ()} | wrong)
