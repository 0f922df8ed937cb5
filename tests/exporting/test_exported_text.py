"""Free text in exports: words, pairs and pieces are counted as the model counts them, whatever the script."""

import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from selenite.errors import OptionError
from selenite.exporting import export
from selenite.exporting.characters import characters
from selenite.exporting.odd_texts import odd_texts
from selenite.exporting.proof import proof_table
from selenite.exporting.proved import WRITERS
from selenite.model import Model
from selenite.nn import Network
from selenite.table import ColumnSchema, Schema, Target
from selenite.table.cells import text_column
from selenite.table.schema import Scale, Terms
from selenite.table.table import Numbers, Table
from selenite.table.words import pieces_of, words_of
from test_exporting import TOOLS, differences, to  # noqa: F401  the fixture, where the tool is here

TOLD = (
    "good wine",
    "naïve ŉ fine",
    "STRASSE Straße ΣΊΣΥΦΟΣ σίσυφος",
    "日本 日本語",
    "हिन्दी में",
    "don't !! :-)",
    "𝒜𝔟 𐐀",
    "👩‍👩‍👧",
)


def terms_of(texts, scores=("score",)):
    """Return all terms of some texts, each adding a number drawn at random."""
    names = set()
    for text in map(str.casefold, texts):
        words = words_of(text)
        names |= {*words, *map(" ".join, pairwise(words))}.union(*map(pieces_of, text.split()))
    names = sorted(names)
    rng = np.random.default_rng(len(names))
    added = rng.normal(size=(len(scores), len(names)))
    return Terms(tuple(names), tuple(rng.uniform(1, 9, len(names)).tolist()), scores, tuple(map(tuple, added.tolist())))


def model_of_text(texts=TOLD, dtype=np.float64, classes=()):
    """Return a model of two columns of text and a number, with random weights."""
    scores = tuple(f"score of {one}" for one in classes) if len(classes) > 2 else ("score",)
    said = ColumnSchema("said", "text", terms=terms_of(texts, scores), missing=True)
    int_ = ColumnSchema("int", "text", terms=terms_of(["int the 'class' of \"REAL\" */", *texts[:2]], scores))
    age = ColumnSchema("age", "number", scales=(Scale(40.0, 10.0),), minimum=10.0, maximum=90.0)
    schema = Schema((said, age, int_))
    target = Target("y", "classification" if classes else "regression", tuple(classes))
    output, loss = ("softmax", "log_loss") if len(classes) > 2 else ("identity", "squared_error")
    network = Network((2 * len(scores) + 2, 5, target.n_outputs), ("tanh", output), loss)
    return Model(network, np.random.default_rng(0).uniform(-1, 1, network.n_parameters).astype(dtype), schema, target)


def rows_of_texts(texts, others=("int", None)):
    n = len(texts)
    columns = (
        text_column(texts),
        Numbers(np.linspace(5, 95, n)),
        text_column([others[k % len(others)] for k in range(n)]),
    )
    return Table(("said", "age", "int"), columns, n, "rows")


def test_texts_of_all_scripts_are_answered_as_the_model_answers_them(to, tmp_path):  # noqa: F811
    """In single precision; characters, below, in double."""
    if not WRITERS[to].reads_text:
        return
    model = model_of_text(dtype=np.float32, classes=("a", "b", "c"))
    assert export(model, to, tmp_path, name="it").difference <= 1e-6
    texts = [
        *odd_texts(["good", "naïve", "日本"]),
        *TOLD,
        *(text.upper() for text in TOLD),
        "\n".join(TOLD * 200),
        None,
    ]
    assert differences(to, tmp_path, model, rows_of_texts(texts)) <= 1e-6


def test_each_character_is_a_letter_a_blank_or_a_border_as_it_is_in_python(to, tmp_path):  # noqa: F811
    if not WRITERS[to].reads_text:
        return
    known = characters()
    moved = [code for first, last, step, _ in known.folds for code in range(first, last + 1, step)]
    moved += [one[0] for one in known.long_folds]
    near = {code + by for code in (*known.words, *known.blanks, *moved) for by in (-1, 0, 1)}
    signs = [chr(code) for code in sorted(near) if 0 < code <= sys.maxunicode and not 0xD800 <= code < 0xE000]
    model = model_of_text(["good wine", *(chr(code).casefold() for code in moved)])
    export(model, to, tmp_path, name="it")
    assert differences(to, tmp_path, model, rows_of_texts([f"good{sign}wine {sign}ood" for sign in signs])) <= 1e-12


def test_the_proof_holds_texts_that_are_odd():
    table = proof_table(model_of_text())
    texts = [*table["said"].values]
    assert table.n_rows >= 64
    assert max(map(len, texts)) >= 10_000
    for mark in ("\n", '"', "\u0301", "😀", "日", "\xa0", "ς"):
        assert any(mark in text for text in texts)
    assert table["said"].missing().any()


def test_tables_of_characters_are_what_python_says_of_each():
    known = characters()
    for ends, holds in ((known.words, lambda one: one.isalnum() or one == "_"), (known.blanks, str.isspace)):
        codes = {code for first, over in zip(ends[::2], ends[1::2], strict=True) for code in range(first, over)}
        assert codes == {code for code in range(sys.maxunicode + 1) if holds(chr(code))}
    becomes = {code: chr(code + by) for first, last, step, by in known.folds for code in range(first, last + 1, step)}
    becomes |= {one: "".join(map(chr, others)) for one, *others in known.long_folds}
    assert becomes == {
        code: one.casefold() for code, one in enumerate(map(chr, range(sys.maxunicode + 1))) if one != one.casefold()
    }


@pytest.mark.parametrize("how", [{"to": "onnx"}, {"to": "c", "integer": True}])
def test_what_cannot_read_words_names_the_column_and_what_can(how, tmp_path):
    with pytest.raises(
        OptionError, match=r'"said" is free text, whose words .* cannot read .* export it to c, js, html'
    ):
        export(model_of_text(), path=tmp_path, **how)
    assert not list(tmp_path.iterdir())


def test_a_text_without_a_known_word_is_told(tmp_path):
    model = model_of_text()
    export(model, "python", tmp_path, name="it")
    found = {}
    exec((tmp_path / "it.py").read_text(), found)
    row = {"said": "nothing of it", "age": 40.0, "int": None}
    assert found["outside"](row) == ["said: has no word that training saw", "int: missing, never missing in training"]
    assert found["outside"](row | {"said": 7, "int": "INT"}) == ["said: has no word that training saw"]


def test_a_model_that_knows_no_term_is_exported(to, tmp_path):  # noqa: F811
    if not WRITERS[to].reads_text:
        return
    model = model_of_text()
    said, *others = model.schema.columns
    model = replace(model, schema=Schema((replace(said, terms=Terms((), (), ("score",), ((),))), *others)))
    export(model, to, tmp_path, name="it")
    assert differences(to, tmp_path, model, rows_of_texts([*TOLD, None])) <= 1e-12
