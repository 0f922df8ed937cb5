"""What each word of a column of free text adds to a score of the answer: a ridge regression on its tf-idf weights.

The rows that it is learnt from get the scores of regressions that did not see them, fold by fold, as new rows do: else
the network would trust the scores of words that were learnt by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from selenite.splits.folds import folds
from selenite.splits.grouping import Grouping
from selenite.splits.split import first_drawn
from selenite.table import Column, Schema, Table, Target
from selenite.table.cells import as_text
from selenite.table.schema import Terms
from selenite.table.words import common_terms, count_terms, sort_of
from selenite.types import Array, Floats, Indices, Mask

N_FOLDS = 5
PENALTY = 1.0  # of the squares of what terms add
STEPS, NEAR = 30, 1e-3  # of conjugate gradients at most, and the share of the residual to end at
MOST_KEPT, MOST_BYTES = 2**15, 5 << 19  # terms of all columns of text, and what they take in a file
BYTES_OF_TERM, BYTES_OF_NUMBER = 7, 10  # its marks; a number as JSON
DECIMALS = 5
MOST_ROWS, MOST_CHARACTERS = 2**16, 2**24  # that words are learnt from, of a table that is read in pieces


@dataclass(frozen=True)
class TextScores:
    """The schema with what the terms of each text column add, and of each such column its rows' scores."""

    schema: Schema
    of_column: dict[int, Floats]  # by its number, (n_scores, n_rows)


def learn_text_scores(
    schema: Schema, table: Table, target: Target, Y: Array, grouping: Grouping, seed: int
) -> TextScores:
    """Return what the words of text columns say of the answers Y, (n_rows, n_outputs), scaled as the network's."""
    texts = [k for k, column in enumerate(schema.columns) if column.kind == "text"]
    columns, scores = list(schema.columns), dict[int, Floats]()
    if not texts:
        return TextScores(schema, {})
    fold = folds(len(Y), min(N_FOLDS, len(Y)), seed, grouping=grouping)
    for k in texts:
        column = table[columns[k].name]
        terms, scores[k] = _learn(column, target, Y.astype(np.float64), fold, len(texts))
        columns[k] = replace(columns[k], terms=terms)
    return TextScores(Schema(tuple(columns)), scores)


def rows_to_learn_from(table: Table, texts: Sequence[str], seed: int) -> Indices:
    """Return the first rows that a seed draws, rising: no more than words are learnt from in bounded memory."""
    order = first_drawn(table.n_rows, MOST_ROWS, seed)
    lengths = np.zeros(len(order))
    for text in (as_text(table[name]) for name in texts):
        lengths += np.array([*map(len, text.values), 0])[text.codes[order]]
    return np.sort(order[np.cumsum(lengths) <= MOST_CHARACTERS])


def _learn(column: Column, target: Target, Y: Floats, fold: Indices, n_columns: int) -> tuple[Terms, Floats]:
    """Return the terms of one column, and the scores of its rows by regressions that did not see them."""
    text = as_text(column)
    names, rarities = common_terms(text)
    there = text.codes >= 0
    used, which = np.unique(text.codes[there], return_inverse=True)
    counts = count_terms([text.values[code] for code in used], {name: k for k, name in enumerate(names)})
    weights = counts.weights(rarities, np.array([sort_of(name) == 2 for name in names], dtype=np.intp))
    Y, fold = Y[there], fold[there]
    X = _Sparse(counts.text, counts.term, weights, (len(used), len(names))).rows(which)
    sizes = np.array([len(name.encode()) for name in names], dtype=np.intp)
    sizes += BYTES_OF_TERM + BYTES_OF_NUMBER * (1 + Y.shape[1])
    out_of_fold = np.zeros((len(there), Y.shape[1]))
    for k in np.unique(fold):
        judged = fold == k
        added = _kept(_ridge(X, Y, ~judged), X, sizes, n_columns)
        out_of_fold[np.flatnonzero(there)[judged]] = (X @ added)[judged]
    added = _kept(_ridge(X, Y, np.full(len(Y), True)), X, sizes, n_columns)
    deviation = out_of_fold[there].std(axis=0) if there.any() else np.zeros(Y.shape[1])
    scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1.0), 0.0)
    kept = np.flatnonzero(added.any(axis=1))
    rounded = np.round(added[kept] * scale, DECIMALS)
    labels = ("score",) if Y.shape[1] == 1 else tuple(f"score of {one}" for one in names_of_outputs(target))
    terms = Terms(
        tuple(names[place] for place in kept),
        tuple(np.round(rarities[kept], DECIMALS).tolist()),
        labels,
        tuple(map(tuple, rounded.T.tolist())),
    )
    return terms, (out_of_fold * scale).T


def names_of_outputs(target: Target) -> tuple[str, ...]:
    """Return what each of several outputs is of: a class, or one of several targets."""
    return target.names if target.each else target.classes


@dataclass(frozen=True, eq=False)
class _Sparse:
    """A matrix by its entries that are not 0, which products add up in their order."""

    row: Indices
    column: Indices
    value: Floats
    shape: tuple[int, int]

    def rows(self, which: Indices) -> _Sparse:
        """Return some rows of a matrix whose entries stand row by row."""
        start = np.searchsorted(self.row, np.arange(self.shape[0] + 1))
        sizes = np.diff(start)[which]
        ends = np.cumsum(sizes)
        entry = np.arange(sizes.sum()) + np.repeat(start[which] - ends + sizes, sizes)
        row = np.repeat(np.arange(len(which)), sizes)
        return _Sparse(row, self.column[entry], self.value[entry], (len(which), self.shape[1]))

    @property
    def T(self) -> _Sparse:
        """Return the transpose."""
        return _Sparse(self.column, self.row, self.value, self.shape[::-1])

    def __matmul__(self, W: Floats) -> Floats:
        """Return the product with W, (n_columns, n_outputs)."""
        products = (np.bincount(self.row, self.value * w[self.column], self.shape[0]) for w in W.T)
        return np.stack(list(products), axis=1)


def _ridge(X: _Sparse, Y: Floats, rows: Mask) -> Floats:
    """Return W, (n_terms, n_outputs), where (XᵀX + penalty) W = Xᵀ(Y - mean) of these rows, by conjugate gradients."""
    chosen = rows[:, None]
    wanted = X.T @ (chosen * (Y - Y[rows].sum(axis=0) / max(rows.sum(), 1)))
    W, rest, way = np.zeros_like(wanted), wanted, wanted
    size = (wanted**2).sum(axis=0)
    enough = NEAR**2 * size
    for _ in range(STEPS):
        if (size <= enough).all():
            break
        turned = X.T @ (chosen * (X @ way)) + PENALTY * way
        length = size / np.maximum((way * turned).sum(axis=0), 1e-300)
        W += length * way
        rest = rest - length * turned
        before, size = size, (rest**2).sum(axis=0)
        way = rest + (size / np.maximum(before, 1e-300)) * way
    return np.asarray(W)


def _kept(added: Floats, X: _Sparse, sizes: Indices, n_columns: int) -> Floats:
    """Return what terms add with 0 for those that move the scores of rows least, where a file has no room for all.

    sizes: the bytes that each term takes, (n_terms,); of so many columns of text each has its share of the file.
    """
    moved = (added**2).sum(axis=1) * np.bincount(X.column, X.value**2, X.shape[1])
    order = np.argsort(-moved, kind="stable")[: MOST_KEPT // n_columns]
    order = order[np.cumsum(sizes[order]) <= MOST_BYTES // n_columns]
    kept = np.zeros_like(added)
    kept[order] = added[order]
    return kept
