"""Keeping a time limit: how fast this machine encodes a table and trains a network, and what fits into the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import ceil, inf

import numpy as np

from selenite import backend as backends
from selenite.fitting.plan import Plan
from selenite.model.settings import Settings
from selenite.nn import Network, Optimizer, TrainOptions, initialize, start
from selenite.nn.random import SPLIT, permutation
from selenite.table import Table, Target
from selenite.training import TrainingRows
from selenite.types import Array, Indices

ROWS_TO_READ, COLUMNS_TO_READ = (1000, 5000, 25_000), 50  # to see how long reading takes; the last if there is time
ROWS_TO_TRAIN = (200, 1000, 20_000, 100_000)  # to see how long training takes: ever more, as there is time for
ROWS_TO_JUDGE = 20_000  # to see how long judging takes
BYTES_A_SECOND = 5e8  # of inputs at the most: a large array takes memory that was not used before
FOR_READING = 0.25  # of the time left: learning the columns and encoding the rows; as much again for validation rows
FOR_MEASURING = 0.05  # of the time left
FOR_TRAINING = 0.85  # of the time left; the rest is for the predictions that judge the members
OUTPUTS_A_SECOND = 500_000  # of members, on rows that they were not trained on: what calibrates in a tenth of a second
BESIDE_BEGINNING = 5  # times what beginning a member takes, go by for it in all, its epochs left out
FEWEST_EPOCHS, FEWEST_MEMBERS, FEWEST_ROWS, FEWEST_TO_JUDGE = 12, 2, 1000, 100
LAST_EPOCHS = 3  # of the fewest rows, that are trained even where there is no time
SecondsLeft = Callable[[], float]


def countdown(limit: float | None, begun: float | None = None) -> SecondsLeft:
    """Return what tells how many seconds of a limit are left, from now or from a time.perf_counter() on."""
    begun = time.perf_counter() if begun is None else begun
    return lambda: inf if limit is None else limit - (time.perf_counter() - begun)


def rows_in_time(table: Table, seconds_left: float, seed: int, encoded: Callable[[Table, Indices], Array]) -> float:
    """Return how many rows can be learnt from and encoded in their part of the time, as some of them take.

    `encoded` learns from some rows of some columns, and gives their inputs.
    """
    few, some, more = ROWS_TO_READ
    if seconds_left == inf or table.n_rows <= some:
        return inf
    every = max(len(table.names) // COLUMNS_TO_READ, 1)
    part = replace(table, names=table.names[::every], columns=table.columns[::every])
    drawn = permutation(seed, table.n_rows, SPLIT)

    def seconds_for(n: int) -> float:
        begun = time.perf_counter()
        inputs = encoded(part, drawn[:n])
        seconds = max(time.perf_counter() - begun, inputs.nbytes / BYTES_A_SECOND)
        return seconds * len(table.names) / len(part.names)

    seconds_for(few)  # with what is done but once
    of_few, of_some = (float(t) for t in np.min([(seconds_for(few), seconds_for(some)) for _ in range(2)], axis=0))
    a_row = (of_some - of_few) / (some - few) if of_some > of_few else of_some / some  # a disturbed measurement
    if table.n_rows > more and a_row * more < FOR_MEASURING * seconds_left:  # memory beyond the caches is slower
        a_row = max((seconds_for(more) - of_some) / (more - some), a_row)
    return max(FOR_READING * seconds_left / a_row, FEWEST_ROWS)


def rows_to_calibrate_on(settings: Settings, target: Target, members: int) -> float:
    """Return how many rows there is time to judge and calibrate so many members by."""
    if settings.time_limit is None:
        return inf
    return max(OUTPUTS_A_SECOND * settings.time_limit / (members * target.n_outputs), FEWEST_TO_JUDGE)


def fitted_to_time(
    plan: Plan,
    network: Network,
    rows: TrainingRows,
    own: TrainingRows | None,
    seconds_left: float,
    verbs: backends.Backend,
    n: int,
) -> tuple[Plan, int | None, float]:
    """Return a plan, how many of n rows (None: all) it trains in the seconds left, and how long it may take at most.

    Where the plan takes too long, first epochs are given up, then members, then rows; a few epochs of a few rows are
    trained in any case. `rows` are some of them, or all; `own` the user's validation rows, which judge each epoch.
    """
    if seconds_left == inf:
        return plan, None, inf
    begun, at_once = time.perf_counter(), min(plan.members, backends.n_threads())
    cost = seconds_an_epoch(plan, network, rows, at_once, seconds_left, verbs)  # of as many members as train at once
    cost *= n / len(rows.X)
    if own is not None:
        cost += at_once * _seconds_to_judge(network, own, verbs)
    a_member = _seconds_to_begin(network, rows)
    last = max(seconds_left - (time.perf_counter() - begun), 0.0) * FOR_TRAINING
    if ceil(plan.members / at_once) * plan.epochs * cost + plan.members * a_member <= last:
        return plan, None, last
    fewest = min(FEWEST_EPOCHS, plan.epochs)
    fewest_members = max(min(FEWEST_MEMBERS, plan.members), at_once)
    rounds = last // (fewest * cost + at_once * a_member)
    members = int(np.clip(rounds * at_once, fewest_members, plan.members))
    affordable = (last - members * a_member) / (cost * ceil(members / at_once))
    epochs = int(np.clip(affordable, fewest, plan.epochs))
    kept = None
    if affordable < epochs:
        n_kept = max(int(affordable / epochs * n), min(FEWEST_ROWS, n))
        kept = None if n_kept == n else n_kept
        affordable *= n / n_kept
        if n_kept <= FEWEST_ROWS:
            last = inf if affordable < LAST_EPOCHS else last
            epochs = int(np.clip(affordable, min(LAST_EPOCHS, epochs), epochs))
    return replace(plan, members=members, epochs=epochs), kept, last


def _seconds_to_begin(network: Network, rows: TrainingRows) -> float:
    """Measure how long a member takes beside its epochs: parameters are drawn, rows put together, results collected."""
    every, seconds = np.arange(len(rows.X)), []
    for seed in range(3):
        begun = time.perf_counter()
        start(Optimizer("adamw"), initialize(network, seed=seed, dtype=np.float32))
        rows.take(every)
        seconds.append(time.perf_counter() - begun)
    return BESIDE_BEGINNING * min(seconds)


def seconds_an_epoch(
    plan: Plan, network: Network, rows: TrainingRows, members: int, seconds_left: float, verbs: backends.Backend
) -> float:
    """Measure an epoch of all members on some rows; return the time of one on all rows."""
    optimizer = Optimizer("adamw")
    parameters = np.array([initialize(network, seed=k, dtype=np.float32) for k in range(members)])
    states = [start(optimizer, one) for one in parameters]

    def seconds_a_row(n: int) -> float:
        some = rows.take(np.arange(min(n, len(rows.X))))
        epochs = max(n // len(some.X), 1)  # of few rows many, so that starting them does not count
        begun = time.perf_counter()
        verbs.train_many(
            network,
            parameters,
            [optimizer] * members,
            states,
            some.X,
            some.Y,
            TrainOptions(batch_size=plan.batch_size, dropout=0.1),
            n_epochs=epochs,
        )
        return (time.perf_counter() - begun) / (epochs * len(some.X))

    n = ROWS_TO_TRAIN[0]
    seconds_a_row(n)  # with what is done but once
    a_row = seconds_a_row(n)
    for most in ROWS_TO_TRAIN[1:]:
        more = min(int(FOR_MEASURING * max(seconds_left, 0.0) / a_row), most)
        if more > n:
            n, a_row = more, min(seconds_a_row(more) for _ in range(2))
    return a_row * len(rows.X)


def _seconds_to_judge(network: Network, own: TrainingRows, verbs: backends.Backend) -> float:
    """Measure the prediction of some validation rows; return the time of all."""
    some = own.X[:ROWS_TO_JUDGE]
    begun = time.perf_counter()
    verbs.predict(network, initialize(network, seed=0, dtype=np.float32), some)
    return (time.perf_counter() - begun) * len(own.X) / len(some)
