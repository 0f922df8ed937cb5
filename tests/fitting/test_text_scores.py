"""What words add: scikit-learn's ridge regression, rows scored by regressions that did not see them, and no leak."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_union

from selenite import SeleniteClassifier, SeleniteRegressor, load
from selenite.errors import ModelFileError, OptionError
from selenite.explanation.columns import partial_dependence, word_effects
from selenite.fitting import text_scores
from selenite.fitting.text_scores import learn_text_scores
from selenite.model.sound import check_column
from selenite.splits.grouping import ALONE, Grouping
from selenite.table import ColumnSchema, Target, as_table, encode, learn_schema
from selenite.table.schema import Terms

NUMBER = Target("y", "regression")
ADDS = {"fine": 2.0, "good": 1.0, "plain": 0.0, "poor": -1.0, "awful": -2.0}


def reviews(n, seed=0):
    """Return texts of five words and more, and the sum of what their words add, with some noise."""
    random = np.random.default_rng(seed)
    words, fillers = list(ADDS), ["wine", "table", "evening", "bottle", "people", "music", "place"]
    texts, answers = [], np.empty(n)
    for i in range(n):
        own = random.choice(words, 2)
        texts.append(" ".join(["the", *random.permutation([*own, *random.choice(fillers, 4)])]) + f" {i}")
        answers[i] = sum(ADDS[word] for word in own)
    return texts, answers + 0.3 * random.normal(size=n)


def learnt(texts, Y, grouping=ALONE, target=NUMBER):
    table = as_table([[text] for text in texts], ["review"])
    Y = np.asarray(Y, dtype=np.float64).reshape(len(texts), -1)
    return table, learn_text_scores(learn_schema(table, {"review": "text"}), table, target, Y, grouping, 0)


def test_what_terms_add_is_a_ridge_regression(monkeypatch):
    monkeypatch.setattr(text_scores, "NEAR", 1e-10)
    monkeypatch.setattr(text_scores, "STEPS", 1000)
    texts, answers = reviews(300)
    table, found = learnt(texts, answers)
    shared = {"sublinear_tf": True, "min_df": 2}
    terms = make_union(
        TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), **shared),
    )
    X = terms.fit_transform(texts)
    ridge = Ridge(alpha=1.0, fit_intercept=False, tol=1e-12).fit(X, answers - answers.mean())
    of_all = encode(found.schema, table, np.float64)[:, 0]
    expected = ridge.predict(X)
    np.testing.assert_allclose(of_all / of_all.std(), expected / expected.std(), atol=2e-4)  # of five decimals


@pytest.mark.parametrize("present", [0, 1, 2])
def test_where_hardly_a_row_has_text_nothing_is_learnt_from_it(present):
    """Each fold's regression may have no row at all."""
    texts = np.array(["a word of it"] * present + [None] * (20 - present), dtype=object)
    grouping = Grouping(np.minimum(np.arange(20) // 2, 10))  # both texts in one fold
    table = as_table([[text] for text in texts], ["review"])
    Y = np.arange(20.0)[:, None]
    found = learn_text_scores(learn_schema(table, {"review": "text"}), table, NUMBER, Y, grouping, 0)
    assert not np.any(found.of_column[0])
    assert np.isfinite(found.schema.columns[0].terms.added).all()


def test_rows_have_the_scores_of_regressions_that_did_not_see_them():
    texts, _ = reviews(400)
    answers = np.random.default_rng(1).normal(size=400)  # that no word tells
    table, found = learnt(texts, answers)
    by_all = encode(found.schema, table, np.float64)[:, 0]
    assert np.corrcoef(by_all, answers)[0, 1] > 0.5  # learnt by heart
    assert abs(np.corrcoef(found.of_column[0][0], answers)[0, 1]) < 0.15
    assert found.of_column[0].std() == pytest.approx(1)


def test_copies_of_a_row_are_in_one_fold():
    texts, _ = reviews(200)
    answers = np.random.default_rng(1).normal(size=200)
    _, found = learnt(texts * 2, np.tile(answers, 2), Grouping(copies=np.tile(np.arange(200), 2)))
    assert abs(np.corrcoef(found.of_column[0][0], np.tile(answers, 2))[0, 1]) < 0.2


def test_a_file_holds_the_terms_that_move_most(monkeypatch):
    monkeypatch.setattr(text_scores, "MOST_KEPT", 12)
    texts, answers = reviews(300)
    _, found = learnt(texts, answers)
    names = found.schema.columns[0].terms.names
    assert len(names) == 12
    assert {"fine", "awful"} <= set(names)


def test_classes_have_a_score_each():
    texts, answers = reviews(300)
    classes = np.digitize(answers, [-1, 1])
    target = Target("y", "classification", classes=("low", "middle", "high"))
    _, found = learnt(texts, np.eye(3)[classes], target=target)
    assert found.schema.columns[0].terms.scores == ("score of low", "score of middle", "score of high")
    scores = found.of_column[0]
    assert (scores[:, classes == 2].mean(axis=1).argmax(), scores[:, classes == 0].mean(axis=1).argmax()) == (2, 0)


@pytest.fixture(scope="module")
def fitted():
    texts, answers = reviews(600)
    rows = [[text, len(text)] for text in texts]
    return SeleniteRegressor(preset="fast", random_state=0).fit(rows, answers), rows, answers


def test_a_fit_learns_words_and_predicts_from_them(fitted, tmp_path):
    regressor, _, _ = fitted
    texts, answers = reviews(200, seed=5)
    rows = [[text, len(text)] for text in texts]
    predicted = regressor.predict(rows)
    assert np.mean((predicted - answers) ** 2) < 0.1 * np.var(answers)
    regressor.model_.save(tmp_path / "m.selenite")
    again = load(tmp_path / "m.selenite")
    assert again.schema == regressor.model_.schema
    np.testing.assert_array_equal(again.predict(rows), predicted)


def test_words_that_move_predictions_are_named(fitted):
    regressor, rows, _ = fitted
    effects = {one.word: one.effect for one in word_effects(regressor, rows)}
    assert effects["fine"] > effects["good"] > 0 > effects["poor"] > effects["awful"]
    alone = word_effects(regressor, [["the fine evening of poor music", 30]])
    before, after = (
        regressor.predict([[text, 30]])[0] for text in ("the fine evening of poor music", "the evening of poor music")
    )
    fine = next(one for one in alone if one.word == "fine")
    assert (fine.n_rows, fine.effect) == (1, pytest.approx(before - after, rel=1e-4))


def test_dependences_name_the_column_of_text(fitted):
    regressor, rows, _ = fitted
    with pytest.raises(OptionError, match=r'column "x0" is free text, of which no value can be tried'):
        partial_dependence(regressor, rows, ["x0"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scores": ("score", "2")}, "scores of column"),
        ({"names": ("a", "a")}, "a term or a score twice"),
        ({"rarities": (1.0,)}, "another number of rarities"),
        ({"rarities": (1.0, 1e9)}, "as rare as none can be"),
        ({"added": ((1.0, 1e9),)}, "more than a score can hold"),
        ({"added": ((1.0,),)}, "add another number of numbers"),
    ],
)
def test_terms_that_make_no_sense_are_refused(change, told):
    terms = Terms(("a", "b"), (1.0, 2.0), ("score",), ((0.5, 1.0),))
    check_column(ColumnSchema("x", "text", terms=terms))
    with pytest.raises(ModelFileError, match=told):
        check_column(ColumnSchema("x", "text", terms=replace(terms, **change)))


def test_only_columns_of_text_have_terms():
    for column in (ColumnSchema("x", "text"), ColumnSchema("x", "identifier", terms=Terms((), (), ("score",), ((),)))):
        with pytest.raises(ModelFileError, match="has no terms, or those of text"):
            check_column(column)


def test_more_rows_are_learnt_from_by_the_words_of_the_first(fitted):
    texts, answers = reviews(400)
    labels = np.where(answers > 0, "up", "down")
    rows = [[text] for text in texts]
    classifier = SeleniteClassifier(preset="fast", random_state=0)
    for part in (slice(0, 200), slice(200, 400)) * 6:
        classifier.partial_fit(rows[part], labels[part], classes=["up", "down"])
    assert classifier.model_.schema.columns[0].terms is not None
    assert classifier.score(rows, labels) > 0.8
