"""Which words of free text move a prediction: by how much it changes where a word is left out of the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.explanation.columns.quantity import Quantity, explained_classes
from selenite.model import Model
from selenite.model.loading import model_of
from selenite.table import Table, Text, as_table
from selenite.table.cells import as_text, text_column
from selenite.table.schema import ColumnSchema, Terms
from selenite.table.words import WORD, count_terms, sort_of
from selenite.types import Floats, Indices

MOST_WORDS, MOST_ROWS = 12, 40  # that are left out, and rows with each


@dataclass(frozen=True)
class WordEffect:
    """What a word adds to predictions: with it less without it, in the mean of some rows that hold it."""

    column: str
    word: str
    effect: float
    n_rows: int


def word_effects(model: Any, table: Any, *, label: Any = None) -> list[WordEffect]:
    """Return what words of free text add to the predictions of rows, the largest first.

    Of each column the 12 words that move its scores most are left out, in up to 40 rows with each.

    Parameters
    ----------
    model : Model or estimator
        A fitted one.
    table : table
        The rows, as `predict` takes them.
    label : optional
        The class whose probability is looked at; the second of two, or the predicted one, unless it is given.

    Returns
    -------
    list of WordEffect
        In the target's unit, or shares of a probability; none where the model has no column of free text.

    Examples
    --------
    >>> import selenite
    >>> wines = [[f"a {word} wine of {year}"] for year in range(1900, 2000) for word in ("fine", "poor")]
    >>> regressor = selenite.SeleniteRegressor(preset="fast", kinds={"x0": "text"}).fit(wines, [1.0, -1.0] * 100)
    >>> [(one.word, one.effect > 0) for one in word_effects(regressor, wines)[:2]]
    [('poor', False), ('fine', True)]
    """
    model = model_of(model)
    table = as_table(table, model.schema.names)
    columns = [column for column in model.schema.columns if column.terms is not None]
    if not columns:
        return []
    classes = explained_classes(model, model.encode(table), label)
    found = [effect for column in columns for effect in _effects(model, table, column, classes)]
    return sorted(found, key=lambda one: -abs(one.effect))


def _effects(model: Model, table: Table, column: ColumnSchema, classes: Indices) -> list[WordEffect]:
    """Return the effects of the words of one column."""
    assert column.terms is not None
    text = as_text(table[column.name])
    words = _that_move_most(column.terms, text)
    holding = [_rows_with(word, text)[:MOST_ROWS] for word in words]
    rows = np.concatenate([*holding, np.array([], dtype=np.intp)])
    if not len(rows):
        return []
    shorter = [
        _without(word, text.values[text.codes[row]]) for word, some in zip(words, holding, strict=True) for row in some
    ]
    whole = table.take(rows)
    place = table.names.index(column.name)
    columns = (*whole.columns[:place], text_column(shorter), *whole.columns[place + 1 :])
    changes = _predictions(model, whole, classes[rows]) - _predictions(
        model, replace(whole, columns=columns), classes[rows]
    )
    ends = np.cumsum([len(some) for some in holding])
    parts = zip(words, np.split(changes, ends[:-1]), strict=True)
    return [WordEffect(column.name, word, float(part.mean()), len(part)) for word, part in parts]


def _that_move_most(terms: Terms, text: Text) -> list[str]:
    """Return the words of texts that add most to their scores, all texts together."""
    used = np.unique(text.codes[text.codes >= 0])
    counts = count_terms([text.values[code] for code in used.tolist()], terms.place_of)
    weights = counts.weights(terms.rarity_array, terms.are_pieces)
    added = np.abs(terms.added_array).sum(axis=0)
    moved = np.bincount(counts.term, weights * added[counts.term], minlength=len(terms.names))
    order = np.argsort(-moved, kind="stable")
    words = (terms.names[place] for place in order[: np.count_nonzero(moved)].tolist())
    return [word for word in words if sort_of(word) == 0][:MOST_WORDS]


def _rows_with(word: str, text: Text) -> Indices:
    """Return the rows that hold a word."""
    having = np.array([*(word in WORD.findall(one.casefold()) for one in text.values), False])
    return np.flatnonzero(having[text.codes])


def _without(word: str, text: str) -> str:
    """Return a text without a word."""
    return WORD.sub(lambda found: "" if found[0] == word else found[0], text.casefold())


def _predictions(model: Model, table: Table, classes: Indices) -> Floats:
    """Return the predicted number, or the probability of each row's class."""
    inputs, found = model.encode(table), np.empty(table.n_rows)
    for index in np.unique(classes).tolist():
        found[classes == index] = Quantity(model, index).value(inputs[classes == index])
    return found
