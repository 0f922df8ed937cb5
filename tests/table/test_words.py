"""Free text as scores: terms and weights are those of scikit-learn's vectorizers; and which columns are free text."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from selenite.table import as_column, encode, learn_schema, outside
from selenite.table.cells import text_column
from selenite.table.kinds import is_free_text
from selenite.table.schema import ColumnSchema, Schema, Terms
from selenite.table.table import Table
from selenite.table.words import common_terms, count_terms, sort_of

TEXTS = [
    "The wine was good, the service was not good!",
    "not good :-( ... the wine was THIN",
    "Ein guter Wein; die Größe (1,5 l) stimmt!!",
    "größe und preis: ein guter wein",
    "a a a",
    "...",
]


def dense(counts, weights, n_terms):
    """Return the weights as a matrix."""
    X = np.zeros((len(counts.start) - 1, n_terms))
    X[counts.text, counts.term] = weights
    return X


def test_terms_and_weights_are_those_of_scikit_learn():
    names, rarities = common_terms(text_column(TEXTS))
    counts = count_terms(TEXTS, {name: place for place, name in enumerate(names)})
    sorts = np.array([sort_of(name) for name in names])
    X = dense(counts, counts.weights(rarities, (sorts == 2).astype(np.intp)), len(names))
    shared = {"sublinear_tf": True, "min_df": 2}
    words = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), **shared)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), **shared)
    for vectorizer, own, mark in ((words, sorts < 2, ""), (pieces, sorts == 2, "-")):
        expected = vectorizer.fit_transform(map(str.casefold, TEXTS)).toarray()
        places = [names.index(mark + name) for name in vectorizer.get_feature_names_out()]
        assert sorted(places) == np.flatnonzero(own).tolist()
        np.testing.assert_allclose(X[:, places], expected, atol=1e-12)


def text_schema(missing=False):
    """Return a schema whose text has two scores."""
    terms = Terms(("bad", "good"), (1.0, 1.0), ("score of n", "score of y"), ((1.0, 0.0), (-1.0, 2.0)))
    return Schema((ColumnSchema("review", "text", missing=missing, terms=terms),))


def test_scores_add_up_what_the_terms_of_a_row_add():
    table = Table(("review",), (as_column(["good good", None, "Bad, good", "else"]),), 4)
    half = np.sqrt(0.5)
    expected = [[0, 2, 0], [0, 0, 1], [half, half, 0], [0, 0, 0]]
    np.testing.assert_allclose(encode(text_schema(missing=True), table, np.float64), expected, atol=1e-15)


def test_a_row_alone_has_the_same_bits_as_among_others():
    texts = text_column([f"{a} {b}" for a in TEXTS for b in TEXTS])
    names, rarities = common_terms(texts)
    added = tuple(np.random.default_rng(0).normal(size=len(names)))
    terms = Terms(tuple(names), tuple(rarities.tolist()), ("score",), (added,))
    schema, table = Schema((ColumnSchema("t", "text", terms=terms),)), Table(("t",), (texts,), 36)
    together = encode(schema, table)
    assert all((encode(schema, table.take(np.array([row])))[0] == together[row]).all() for row in range(36))


def test_a_text_without_a_known_word_is_outside():
    table = Table(("review",), (as_column(["good", "unheard of", "42"]),), 3)
    [way] = outside(text_schema(), table)
    assert (way.what, way.rows.tolist()) == ("has no word that training saw", [False, True, True])


def test_numbers_in_place_of_text_are_read_as_text():
    table = Table(("review",), (as_column([1.0, 2.0]),), 2)
    assert encode(text_schema(), table).tolist() == [[0, 0], [0, 0]]


def sentences(n, of="the {} bottle of number {} was opened"):
    return [of.format("green" if i % 2 else "brown", i) for i in range(n)]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (sentences(200), "text"),
        (sentences(99), "identifier"),  # too few
        (sentences(20) * 10, "category"),  # they recur
        ([f"https://example.org/a/b/c?page={i}" for i in range(200)], "identifier"),
        ([f"C:\\users\\me\\file {i}.txt" for i in range(200)], "identifier"),
        ([f"{i} 17 4 22 9" for i in range(200)], "identifier"),
        ([f"Mon Nov {i} 11:29:06 2026" for i in range(200)], "identifier"),
        ([f"first{i} last{i}" for i in range(200)], "identifier"),
    ],
)
def test_what_free_text_is(texts, kind):
    table = Table(("x",), (as_column(texts),), len(texts))
    assert learn_schema(table).columns[0].kind == kind
    assert is_free_text(table["x"]) == (kind == "text")
