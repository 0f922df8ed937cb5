"""Statistics of categories of many values, and of pairs of them: by hand, as scikit-learn's, and without leaking."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.preprocessing import TargetEncoder

from selenite import SeleniteClassifier, SeleniteRegressor, explain, inspect, load
from selenite.errors import ModelFileError
from selenite.explanation.columns import partial_dependence, permutation_importance
from selenite.explanation.columns.parts import put_together, take_apart
from selenite.fitting import target_statistics
from selenite.fitting.outcome import statistics_text
from selenite.fitting.target_statistics import N_FOLDS, PRIOR, learn_statistics
from selenite.model.sound import check_column, check_crossings
from selenite.splits.folds import folds
from selenite.splits.grouping import ALONE, Grouping
from selenite.table import Numbers, Table, Target, as_table, encode, input_columns, input_names, learn_schema, n_inputs
from selenite.table.cells import text_column
from selenite.table.schema import Crossings, Schema

NUMBER, YES_NO = Target("y", "regression"), Target("y", "classification", classes=("no", "yes"))


def rows(n=3000, sizes=(300, 40, 5), seed=0):
    """Return categories by the hyperbola, and the code of each."""
    random = np.random.default_rng(seed)
    codes = [np.minimum((size ** random.random(n)).astype(int) - 1, size - 1) for size in sizes]
    columns = [text_column([f"{'abc'[k]}{code}" for code in of_column]) for k, of_column in enumerate(codes)]
    return Table(("many", "some", "few"), tuple(columns), n), codes


def learnt(table, y, target=NUMBER, weight=None, grouping=ALONE):
    Y = np.asarray(y, dtype=np.float32).reshape(len(y), -1)
    return learn_statistics(learn_schema(table), table, target, Y, weight, grouping, 0)


def test_each_row_is_told_by_the_rows_of_other_folds_and_new_rows_by_all():
    table, (many, some, _) = rows()
    y = np.random.default_rng(1).normal(size=3000).astype(np.float32).astype(float)
    weight = np.random.default_rng(2).random(3000).astype(np.float32)
    found = learnt(table, y, weight=weight)
    fold, of_all = folds(3000, N_FOLDS, 0), encode(found.schema, table, np.float64)
    names = input_names(found.schema)
    assert [name for name in names if "few" not in name] == ["many: mean", "some: mean", "many × some: mean"]
    keys = {"many": many, "some": some, "many × some": many * 1000 + some}
    of_rows = dict(zip(keys, (found.of_column[0][0], found.of_column[1][0], found.of_pairs[0]), strict=True))
    for name, key in keys.items():
        by_hand = np.zeros((2, 3000))
        for row in range(3000):
            if (key == key[row]).sum() < 2:
                continue
            for which, others in enumerate((np.full(3000, True), fold != fold[row])):
                same, mean = others & (key == key[row]), np.average(y[others], weights=weight[others])
                by_hand[which, row] = (weight[same] @ (y[same] - mean)) / (weight[same].sum() + PRIOR)
        scale = by_hand[1].std()
        np.testing.assert_allclose(of_rows[name], by_hand[1] / scale, atol=1e-5)
        np.testing.assert_allclose(of_all[:, names.index(f"{name}: mean")], by_hand[0] / scale, atol=1e-5)


def test_statistics_of_one_column_are_those_of_scikit_learn():
    table, (many, _, _) = rows()
    y = np.random.default_rng(1).random(3000) < 1 / (1 + many % 7)
    found = learnt(table, y, YES_NO)
    encoder = TargetEncoder(smooth=float(PRIOR), target_type="continuous").fit(many[:, None], y.astype(float))
    often = np.bincount(many)[many] >= 2
    expected = encoder.transform(many[:, None])[often, 0] - y.mean()
    ours = encode(found.schema, table, np.float64)[often, 0]
    np.testing.assert_allclose(ours / ours.std(), expected / expected.std(), atol=1e-5)


def test_answers_of_chance_are_not_learnt_by_heart():
    table, _ = rows(sizes=(1000, 300, 30))
    y = np.random.default_rng(1).random(3000) < 0.3
    found = learnt(table, y, YES_NO)
    by_all = encode(found.schema, table, np.float64)[:, -1]
    assert np.corrcoef(by_all, y)[0, 1] > 0.3
    for one in (*found.of_column.values(), found.of_pairs):
        assert abs(np.corrcoef(one[0], y)[0, 1]) < 0.08
    classifier = SeleniteClassifier(preset="fast", random_state=0).fit(table.take(np.arange(2000)), y[:2000])
    given = classifier.predict_proba(table.take(np.arange(2000, 3000)))[:, 1]
    assert abs(np.corrcoef(given, y[2000:])[0, 1]) < 0.1
    assert given.std() < 0.15


def test_groups_and_copies_tell_nothing_of_their_own_rows():
    table, _ = rows(1000, sizes=(800, 40, 5))
    y = np.random.default_rng(1).normal(size=1000)
    twice = table.take(np.tile(np.arange(1000), 2))
    for grouping in (Grouping(groups=np.tile(np.arange(1000), 2)), Grouping(copies=np.tile(np.arange(1000), 2))):
        found = learnt(twice, np.tile(y, 2), grouping=grouping)
        assert abs(np.corrcoef(found.of_column[0][0], np.tile(y, 2))[0, 1]) < 0.12
    assert np.corrcoef(learnt(twice, np.tile(y, 2)).of_column[0][0], np.tile(y, 2))[0, 1] > 0.12


def test_gaps_and_what_was_not_seen_are_zero():
    table, _ = rows()
    y = np.random.default_rng(1).normal(size=3000)
    found = learnt(table, y)
    new = as_table([["a0", "b0", "c0"], ["never", "b0", "c0"], ["a0", "never", "c0"]], ["many", "some", "few"])
    inputs = encode(found.schema, new)
    assert (inputs != 0)[:, [0, 1, -1]].tolist() == [[True] * 3, [False, True, False], [True, False, False]]


def test_only_a_column_of_more_categories_than_indicators_tell_apart_asks_for_them():
    table, _ = rows(sizes=(255, 100, 30))
    found = learnt(table, np.arange(3000.0))
    assert found.schema.crossings.columns == ()
    assert not found.of_column
    assert n_inputs(found.schema) > 100


def test_classes_and_several_targets_have_a_statistic_each():
    table, (many, _, _) = rows()
    target = Target("y", "classification", classes=("low", "middle", "high"))
    found = learnt(table, np.eye(3)[many % 3], target)
    assert found.schema.columns[0].statistics.names == ("share of low", "share of middle", "share of high")
    often = np.bincount(many)[many] > 50
    assert (found.of_column[0].argmax(axis=0) == many % 3)[often].all()
    several = Target("a, b", "regression", each=(Target("a", "regression"), Target("b", "regression")))
    names = learnt(table, np.column_stack([many, many]), several).schema.crossings.names
    assert names == ("mean of a", "mean of b")


def test_a_file_holds_what_most_rows_have(monkeypatch):
    table, _ = rows()
    monkeypatch.setattr(target_statistics, "MOST_BYTES_OF_PAIRS", 17 * 20)
    monkeypatch.setattr(target_statistics, "MOST_TOLD", 2 * 50)
    found = learnt(table, np.random.default_rng(1).normal(size=3000)).schema
    assert len(found.crossings.key_array) == 20
    assert len(found.columns[0].categories) == 50
    assert {f"a{code}" for code in range(10)} <= set(found.columns[0].categories)


@pytest.fixture(scope="module")
def fitted():
    table, (many, some, _) = rows(4000)
    answers = (many % 5) + 3.0 * ((many + some) % 2)
    regressor = SeleniteRegressor(preset="fast", random_state=0).fit(table, answers)
    return regressor, table, answers


def test_a_fit_learns_pairs_and_a_file_keeps_them(fitted, tmp_path):
    regressor, _, _ = fitted
    new, (many, some, _) = rows(1000, seed=9)
    truth = (many % 5) + 3.0 * ((many + some) % 2)
    assert np.mean((regressor.predict(new) - truth) ** 2) < 0.4 * np.var(truth)
    regressor.model_.save(tmp_path / "m.selenite")
    again = load(tmp_path / "m.selenite")
    assert again.schema == regressor.model_.schema
    np.testing.assert_array_equal(again.predict(new), regressor.predict(new))
    alone = [again.predict(new.take(np.array([row])))[0] for row in range(5)]
    np.testing.assert_array_equal(alone, regressor.predict(new)[:5])


def test_contributions_mix_pairs_by_their_columns(fitted):
    regressor, table, _ = fitted
    model, some = regressor.model_, table.take(np.arange(30))
    parts = take_apart(model, some)
    np.testing.assert_array_equal(put_together(model.schema, parts), model.encode(some))
    found = explain(regressor, some, background=table)
    assert found.columns == ("many", "some", "few")
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), regressor.predict(some), atol=1e-4)
    two = table.take(np.array([0, 1]))
    by_hand = explain(regressor, two, background=table.take(np.array([2, 3])), method="exact")

    def worth(row, inside):
        mixed = []
        for other in (2, 3):
            cells = [column.take(np.array([row if k in inside else other])) for k, column in enumerate(table.columns)]
            mixed.append(regressor.predict(Table(table.names, tuple(cells), 1))[0])
        return np.mean(mixed)

    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    for row in range(2):
        of_first = [
            worth(row, {*order[: order.index(0)], 0}) - worth(row, set(order[: order.index(0)])) for order in orders
        ]
        assert by_hand.values[row, 0] == pytest.approx(np.mean(of_first), abs=1e-4)
    slopes = explain(regressor, two, background=table, method="gradients")
    np.testing.assert_allclose(slopes.base + slopes.values.sum(axis=1), regressor.predict(two), atol=0.02)


def test_dependence_and_importance_change_pairs_too(fitted):
    regressor, table, answers = fitted
    [found] = partial_dependence(regressor, table, ["some"])
    place = table.names.index("some")
    for label, mean in list(zip(found.labels, found.means, strict=True))[:3]:
        columns = [*table.columns]
        columns[place] = text_column([label] * table.n_rows)
        assert regressor.predict(Table(table.names, tuple(columns), table.n_rows)).mean() == pytest.approx(mean, 1e-4)
    whole = Table((*table.names, "y"), (*table.columns, Numbers(answers)), table.n_rows)
    model = regressor.model_
    model = replace(model, target=replace(model.target, name="y"))
    many, some, few = permutation_importance(model, whole, repeats=2)
    assert many.mean > some.mean > few.mean


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": ((0, 0),)}, "not there"),
        ({"columns": ((0, 9),)}, "not there"),
        ({"columns": ((0, 2),)}, "other statistics"),
        ({"names": ("other",)}, "other statistics"),
        ({"keys": np.array([5, 3]).tobytes()}, "do not rise"),
        ({"keys": np.array([0, 10**6]).tobytes()}, "categories that are not there"),
        ({"keys": b"123"}, "broken"),
        ({"values": b""}, "another number"),
        ({"values": np.array([0, np.nan], "<f4").tobytes()}, "larger"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(change, told):
    table, _ = rows()
    schema = learnt(table, np.random.default_rng(1).normal(size=3000)).schema
    some = {"keys": np.array([1, 2]).tobytes(), "values": np.zeros(2, "<f4").tobytes()}
    crossings = schema.crossings
    sound = Crossings(**{"columns": crossings.columns, "names": crossings.names, **some})
    check_crossings(Schema(schema.columns, sound))
    check_column(schema.columns[0])
    with pytest.raises(ModelFileError, match=told):
        check_crossings(Schema(schema.columns, replace(sound, **change)))


def test_inputs_belong_to_columns():
    table, _ = rows()
    schema = learnt(table, np.random.default_rng(1).normal(size=3000)).schema
    assert input_columns(schema) == (0, 1, *[2] * 4, 0)


def test_what_is_told_by_means_is_said(fitted):
    table, _ = rows()
    whole = Table((*table.names, "y"), (*table.columns, Numbers(np.arange(3000.0))), 3000)
    text = " ".join(str(inspect(whole, target="y")).split())
    assert text.count("more, told by their mean answers") == 2
    schema = fitted[0].model_.schema
    assert statistics_text(schema, 4000) == (
        '"many", "some" by the mean answers of their categories, and of 1 pair of them'
    )
    plain = learn_schema(table)
    assert statistics_text(plain, 4000) == ""
    assert statistics_text(plain, 300_000).startswith('"many" by indicators of the commonest; ')
