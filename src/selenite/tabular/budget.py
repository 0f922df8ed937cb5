"""Keeping a time limit: how fast this machine trains this network, and what then fits into the time."""

from __future__ import annotations

import time
from dataclasses import replace
from math import inf

import numpy as np

from selenite import backend as backends
from selenite.arrays import NDArray
from selenite.nn import Network, Optimizer, initialize, start
from selenite.nn.random import SPLIT, permutation
from selenite.tabular.recipe import Plan
from selenite.training import Rows

ROWS_TO_WARM_UP, ROWS_TO_MEASURE = 1000, 20_000
FOR_TRAINING = 0.85  # of the time left; the rest is for the predictions that judge the members
FEWEST_EPOCHS, FEWEST_MEMBERS, FEWEST_ROWS = 12, 2, 1000


def fitted_to_time(
    plan: Plan, network: Network, rows: Rows, seconds_left: float, seed: int, verbs: backends.Backend
) -> tuple[Plan, NDArray[np.intp] | None, float]:
    """Return a plan, the rows to keep (None: all) that it trains in the seconds left, and how long it may take at most.

    Where the plan takes too long, first epochs are given up, then members, then rows.
    """
    if seconds_left == inf:
        return plan, None, inf
    begun = time.perf_counter()
    n = len(rows.X)
    cost = _seconds_an_epoch(plan, network, rows, verbs)  # of one member on all rows
    last = max(seconds_left - (time.perf_counter() - begun), 0.0) * FOR_TRAINING
    affordable = last / cost  # epochs of one member
    kept = None
    if plan.members * plan.epochs > affordable:
        members = int(np.clip(affordable // FEWEST_EPOCHS, min(FEWEST_MEMBERS, plan.members), plan.members))
        epochs = int(np.clip(affordable / members, min(FEWEST_EPOCHS, plan.epochs), plan.epochs))
        plan = replace(plan, members=members, epochs=epochs)
        share = affordable / (members * epochs)
        if share < 1:
            kept = np.sort(permutation(seed, n, SPLIT)[: max(int(share * n), min(FEWEST_ROWS, n))])
    return plan, kept, last


def _seconds_an_epoch(plan: Plan, network: Network, rows: Rows, verbs: backends.Backend) -> float:
    """Measure an epoch of as many members at once as will run at once, on some rows; return the time of one on all."""
    optimizer, members = Optimizer("adamw"), min(plan.members, backends.n_threads())
    parameters = np.array([initialize(network, seed=k, dtype=np.float32) for k in range(members)])
    states = [start(optimizer, one) for one in parameters]
    seconds = 0.0
    for n in (ROWS_TO_WARM_UP, ROWS_TO_MEASURE):
        some = rows.take(np.arange(min(n, len(rows.X))))
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
        seconds = (time.perf_counter() - begun) / members * len(rows.X) / len(some.X)
    return seconds
