"""Shapley values of columns: a fair split of the difference between a row's prediction and the background's mean.

A coalition S of columns is worth v(S) = the mean prediction of rows that have the explained row's values in S and a
background row's in the others (interventional: Lundberg and Lee 2017; Janzing et al. 2020). A column's value is its
gain v(S and it) - v(S), averaged over all orders in which the columns can join.

Exact: all 2^M coalitions. Sampled: for each background row a random order, followed forwards and backwards. The mean of
the two is exact wherever no more than two columns work together, so little is left to chance; how much, a second order
tells that every fourth background row gets.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from selenite.nn.random import EXPLAIN, bits
from selenite.stages import Done, nobody
from selenite.types import Array, Floats, Indices

MOST_COLUMNS_EXACT = 15  # whose coalitions are all looked at
FEWEST_PAIRS = 125  # of an order and its reverse, in all; of 100 background rows and more, 1.25 a row
ROWS_AT_ONCE = 65_536
Value = Callable[[Array], Floats]


def exact_shapley(value: Value, row: Array, background: Array, column_of: Indices) -> Floats:
    """Return the Shapley value of each column, (n_columns,).

    row: (n_inputs,); background: (n, n_inputs); column_of: the column of each input, 0 to n_columns - 1.

    >>> ones = lambda inputs: inputs[:, 0] * inputs[:, 1]
    >>> exact_shapley(ones, np.ones(2), np.zeros((1, 2)), np.arange(2)).tolist()
    [0.5, 0.5]
    """
    m = int(column_of.max(initial=-1)) + 1
    inside = (np.arange(2**m)[:, None] >> np.arange(m)) & 1 == 1  # (coalitions, columns)
    worth = np.empty(2**m)
    step = max(1, ROWS_AT_ONCE // len(background))
    for at in range(0, 2**m, step):
        masks = inside[at : at + step][:, None, column_of]
        mixed = np.where(masks, row, background)  # (coalitions, background rows, inputs)
        worth[at : at + step] = value(mixed.reshape(-1, len(row))).reshape(mixed.shape[:2]).mean(axis=1)
    # Of the m! orders, (s - 1)! (m - s)! let a column complete a coalition of s, s! (m - s - 1)! let it join one of s.
    orders = factorial(m)
    completing = np.array([0.0] + [factorial(s - 1) * factorial(m - s) / orders for s in range(1, m + 1)])
    joining = np.append(completing[1:], 0.0)
    size = inside.sum(axis=1)
    found: Floats = (completing[size] * worth) @ inside - (joining[size] * worth) @ ~inside
    return found


def sampled_shapley(
    value: Value, rows: Array, background: Array, column_of: Indices, seed: int, done: Done = nobody
) -> tuple[Floats, Floats]:
    """Return an estimate of the Shapley value of each column in each row, and its standard error: (n_rows, n_columns).

    The estimates add up exactly: those of each order do.
    """
    m, n = int(column_of.max(initial=-1)) + 1, len(background)
    repeats = pairs_of_rows(n)
    total, within = np.zeros((len(rows), m)), np.zeros((len(rows), m))
    first, last = value(background), value(rows)
    step = max(1, ROWS_AT_ONCE // (2 * int(repeats.max()) * m))
    for at in range(0, n, step):
        counts = repeats[at : at + step]
        begins = np.cumsum(counts) - counts
        start = np.repeat(np.arange(at, at + len(counts)), counts)  # the background row of each pair
        orders = orders_of_pairs(seed, start, np.arange(len(start)) - np.repeat(begins, counts), m)
        place = np.argsort(orders, axis=-1)
        inside = (place[..., None, :] < np.arange(1, m)[:, None])[..., column_of]  # (pairs, 2, steps, inputs)
        worth = np.empty((*orders.shape[:-1], m + 1))
        worth[..., 0] = first[start, None]
        for i, row in enumerate(rows):
            mixed = np.where(inside, row, background[start, None, None])
            worth[..., 1:-1] = value(mixed.reshape(-1, rows.shape[1])).reshape(mixed.shape[:-1])
            worth[..., -1] = last[i]
            gains = np.empty(orders.shape)
            np.put_along_axis(gains, orders, np.diff(worth), axis=-1)
            of_pairs = gains.mean(axis=1)  # (pairs, columns)
            means = np.add.reduceat(of_pairs, begins) / counts[:, None]
            total[i] += means.sum(axis=0)
            within[i] += ((of_pairs - np.repeat(means, counts, axis=0)) ** 2).sum(axis=0)
            done((at + len(counts) * (i + 1) / len(rows)) / n)
    variance_of_one = within / (repeats - 1).sum()
    return total / n, np.sqrt(variance_of_one * (1 / repeats).sum()) / n


def pairs_of_rows(n: int) -> Indices:
    """Return how many pairs of an order and its reverse each of n background rows gets."""
    pairs = max(FEWEST_PAIRS, n + -(-n // 4))
    return np.asarray(pairs // n + (np.arange(n) * (pairs % n) % n < pairs % n))


def orders_of_pairs(seed: int, row: Indices, repeat: Indices, m: int) -> Indices:
    """Return random orders of the columns, each followed by its reverse: (pairs, 2, m)."""
    random = bits(seed, EXPLAIN, row[:, None], repeat[:, None], np.arange(m))
    forwards = np.argsort(random, axis=-1, kind="stable")
    return np.stack([forwards, forwards[:, ::-1]], axis=1)
