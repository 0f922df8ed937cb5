"""Keeping a time limit: how fast this machine encodes a table and trains a network, and what fits into the time."""

from __future__ import annotations

import time
from dataclasses import replace
from math import inf

import numpy as np

from selenite import backend as backends
from selenite.arrays import NDArray
from selenite.nn import Network, Optimizer, initialize, start
from selenite.nn.random import SPLIT, permutation
from selenite.table import Table, Target, encode, learn_schema
from selenite.tabular.recipe import Plan, Settings
from selenite.training import Rows

ROWS_TO_TRY, COLUMNS_TO_TRY = (1000, 1000, 5000), 50  # of a table; the first rows pay for what is done but once
ROWS_TO_WARM_UP, ROWS_TO_MEASURE = 1000, 20_000
FOR_READING = 0.25  # of the limit: learning the columns and encoding the rows; as much again for validation rows
FOR_MEASURING = 0.05  # of the time left
FOR_TRAINING = 0.85  # of the time left; the rest is for the predictions that judge the members
OUTPUTS_A_SECOND = 500_000  # of the user's validation rows, by all members: what calibrates in a tenth of a second
FEWEST_EPOCHS, FEWEST_MEMBERS, FEWEST_ROWS = 12, 2, 1000
LAST_EPOCHS = 3  # that are trained even where there is no time


def rows_in_time(table: Table, settings: Settings) -> int:
    """Return how many rows are learnt from and encoded in their part of the time, as some of them take to be."""
    if settings.time_limit is None or table.n_rows <= ROWS_TO_TRY[-1]:
        return table.n_rows
    every = max(len(table.names) // COLUMNS_TO_TRY, 1)
    few = replace(table, names=table.names[::every], columns=table.columns[::every])
    drawn, seconds = permutation(settings.seed, table.n_rows, SPLIT), []
    for n in ROWS_TO_TRY:
        begun = time.perf_counter()
        some = few.take(drawn[:n])
        encode(learn_schema(some), some, np.float32)
        seconds.append(time.perf_counter() - begun)
    a_row = (
        max(seconds[-1] - seconds[-2], 1e-9) / (ROWS_TO_TRY[-1] - ROWS_TO_TRY[-2]) * len(table.names) / len(few.names)
    )
    return max(int(FOR_READING * settings.time_limit / a_row), FEWEST_ROWS)


def validation_rows_in_time(settings: Settings, plan: Plan, target: Target) -> float:
    """Return of how many rows all members' outputs are judged and calibrated in their part of the time."""
    if settings.time_limit is None:
        return inf
    outputs = plan.members * (len(target.classes) if len(target.classes) > 2 else 1)
    return max(OUTPUTS_A_SECOND * settings.time_limit / outputs, FEWEST_ROWS)


def some_of(n: int, most: float, seed: int) -> NDArray[np.intp] | None:
    """Return the numbers of at most so many of n rows, drawn by chance, in their order; None for all."""
    return None if n <= most else np.sort(permutation(seed, n, SPLIT)[: int(most)])


def fitted_to_time(
    plan: Plan,
    network: Network,
    rows: Rows,
    seconds_left: float,
    seed: int,
    verbs: backends.Backend,
    own: Rows | None = None,
) -> tuple[Plan, NDArray[np.intp] | None, float]:
    """Return a plan, the rows to keep (None: all) that it trains in the seconds left, and how long it may take at most.

    Where the plan takes too long, first epochs are given up, then members, then rows; a few epochs of a few rows are
    trained at any rate. `own` are the user's validation rows, which judge each epoch.
    """
    if seconds_left == inf:
        return plan, None, inf
    begun = time.perf_counter()
    n = len(rows.X)
    cost = _seconds_an_epoch(plan, network, rows, seconds_left, verbs)  # of one member on all rows
    if own is not None:
        cost += _seconds_to_judge(network, own, verbs)
    last = max(seconds_left - (time.perf_counter() - begun), 0.0) * FOR_TRAINING
    affordable = last / cost  # epochs of one member
    kept = None
    if plan.members * plan.epochs > affordable:
        members = int(np.clip(affordable // FEWEST_EPOCHS, min(FEWEST_MEMBERS, plan.members), plan.members))
        epochs = int(np.clip(affordable / members, min(FEWEST_EPOCHS, plan.epochs), plan.epochs))
        share = affordable / (members * epochs)
        if share < 1:
            n_kept = max(int(share * n), min(FEWEST_ROWS, n))
            kept = some_of(n, n_kept, seed)
            epochs = int(np.clip(affordable * n / (n_kept * members), min(LAST_EPOCHS, epochs), epochs))
            last = inf if epochs <= LAST_EPOCHS else last
        plan = replace(plan, members=members, epochs=epochs)
    return plan, kept, last


def _seconds_an_epoch(plan: Plan, network: Network, rows: Rows, seconds_left: float, verbs: backends.Backend) -> float:
    """Measure an epoch of as many members at once as will run at once, on some rows; return the time of one on all."""
    optimizer, members = Optimizer("adamw"), min(plan.members, backends.n_threads())
    parameters = np.array([initialize(network, seed=k, dtype=np.float32) for k in range(members)])
    states = [start(optimizer, one) for one in parameters]

    def measured(n: int) -> float:
        some = rows.take(np.arange(n))
        begun = time.perf_counter()
        verbs.train_many(
            network,
            parameters,
            [optimizer] * members,
            states,
            some.X,
            some.Y,
            n_epochs=1,
            batch_size=plan.batch_size,
            dropout=0.1,
        )
        return time.perf_counter() - begun

    n = min(ROWS_TO_WARM_UP, len(rows.X))
    seconds = measured(n)
    more = min(int(n * FOR_MEASURING * max(seconds_left, 0.0) / seconds), ROWS_TO_MEASURE, len(rows.X))
    if more >= n:
        n, seconds = more, measured(more)
    return seconds / members * len(rows.X) / n


def _seconds_to_judge(network: Network, own: Rows, verbs: backends.Backend) -> float:
    """Measure the prediction of some validation rows; return the time of all."""
    some = own.X[:ROWS_TO_MEASURE]
    begun = time.perf_counter()
    verbs.predict(network, initialize(network, seed=0, dtype=np.float32), some)
    return (time.perf_counter() - begun) * len(own.X) / len(some)
