"""Rows that training knew as inputs of the network: learnt where equal rows answer alike beyond what columns tell.

In many tables rows recur: measures are coarse, or the same thing is asked twice. Where its equals were trained on, what
they answered says more of a row than any network of its columns. The rows that it is learnt from get the answers of
equal rows in other folds, as new rows do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.calibration import Unseen, mean_answers
from selenite.fitting.encoded import Encoded
from selenite.fitting.target_statistics import N_FOLDS, Rows, names_of_statistics, to_unit_deviation
from selenite.nn import Network
from selenite.splits.folds import folds
from selenite.splits.grouping import Grouping
from selenite.table.known_rows import row_keys
from selenite.table.match import match
from selenite.table.repeats import Hashes
from selenite.table.schema import KnownRows
from selenite.types import Array, Floats, Indices

FEWEST_SHARE = 0.05  # of rows that have an equal
LIKELIER = 5.0  # by so much has the logarithm of the answers' likelihood to grow
PRIORS: list[float] = np.geomspace(0.5, 50, 21).tolist()  # rows that the network's answer may count as
MOST_BYTES, BYTES_OF_KEY, BYTES_OF_NUMBER = 4 << 20, 11, 6  # of a file; in base64


@dataclass(frozen=True)
class Equals:
    """What equal rows of other folds answered."""

    keys: Hashes  # of the different rows, rising
    key: Indices  # (n,) which of these each row is
    rows: Rows
    sums: Floats  # (n, n_outputs)
    counts: Floats  # (n,)


def equal_rows(encoded: Encoded, seed: int) -> Equals | None:
    """Return what equal rows of other folds, drawn by the seed, answered; None where they are few or may not be known.

    Copies may be in other folds, but not rows of one group, or of near moments.
    """
    if encoded.features is None or not _may_be_known(encoded):
        return None
    keys, key = np.unique(row_keys(match(encoded.schema, encoded.features)), return_inverse=True)
    grouping = Grouping(encoded.grouping.groups, encoded.grouping.times)
    fold = folds(len(key), min(N_FOLDS, len(key)), seed, grouping=grouping)
    rows = Rows.of(encoded.rows.Y, encoded.rows.weight, fold)
    equals = Equals(keys, key, rows, *rows.of_others(key))
    return equals if np.mean(equals.counts > 0) >= FEWEST_SHARE else None


def with_known_rows(
    encoded: Encoded, equals: Equals, network: Network, unseen: Unseen, seen: Indices
) -> Encoded | None:
    """Return the rows with inputs for what their equals answered, or None where that does not pay.

    Parameters
    ----------
    encoded : Encoded
        Of n rows.
    equals : Equals
        Of these rows.
    network : Network
        Of the members that were trained on them without those inputs.
    unseen : Unseen
        What these give for rows that they were not trained on.
    seen : array of int of shape (n_unseen,)
        Which rows these are.
    """
    prior, likelier = _best_prior(network, unseen, equals.sums[seen], equals.counts[seen])
    n_bytes = len(equals.keys) * (BYTES_OF_KEY + BYTES_OF_NUMBER * network.n_outputs)
    if likelier < LIKELIER or n_bytes > MOST_BYTES:
        return None
    of_keys, of_rows = equals.rows.means(equals.key, prior)
    known = equals.counts > 0
    scale = to_unit_deviation(of_rows[known])
    names = names_of_statistics(encoded.target)
    told = KnownRows(names, equals.keys.astype("<u8").tobytes(), (of_keys * scale).astype("<f4").tobytes())
    X: Array = np.column_stack([encoded.rows.X, known, of_rows * scale]).astype(encoded.rows.X.dtype)
    return encoded.with_inputs(replace(encoded.schema, known_rows=told), X)


def _may_be_known(encoded: Encoded) -> bool:
    """Tell whether a mean of what equal rows answered says what is asked, and may be said."""
    free = all(column.kind != "text" and not column.monotone for column in encoded.schema.columns)
    return free and encoded.loss in ("log_loss", "squared_error") and not encoded.target.each


def _best_prior(network: Network, unseen: Unseen, sums: Floats, counts: Floats) -> tuple[float, float]:
    """Return as how many equal rows the network's answer counts, by the likelihood of the answers, and its gain."""
    there, answered = counts > 0, mean_answers(network, unseen)
    own, sums, counts = answered[there], sums[there], counts[there, None]
    Y = unseen.rows.Y[there].astype(np.float64)
    weight = np.ones(len(Y)) if unseen.rows.weight is None else unseen.rows.weight[there].astype(np.float64)
    variance = 1.0
    if network.loss == "squared_error":
        squares = (answered - unseen.rows.Y) ** 2
        variance = float(np.average(squares.mean(axis=1), weights=unseen.rows.weight)) or 1.0

    def log_likelihood(answers: Floats) -> float:
        if network.loss == "squared_error":
            return -float(weight @ ((answers - Y) ** 2).sum(axis=1)) / (2 * variance)
        of_truth = Y * answers + (1 - Y) * (1 - answers) if Y.shape[1] == 1 else Y * answers
        return float(weight @ np.log(np.maximum(of_truth.sum(axis=1), 1e-12)))

    likelihoods = [log_likelihood((sums + prior * own) / (counts + prior)) for prior in PRIORS]
    best = int(np.argmax(likelihoods))
    return PRIORS[best], likelihoods[best] - log_likelihood(own)
