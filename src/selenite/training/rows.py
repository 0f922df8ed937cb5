"""Rows to train on: in memory, or more than are held there at once, window by window; some for each network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from selenite.backend import Backend
from selenite.nn import Epochs, Network, Optimizer, OptimizerState, TrainOptions
from selenite.nn.random import WINDOW, bits, permutation
from selenite.types import AnyArray, Array, Indices


@dataclass(frozen=True)
class TrainingRows:
    """Rows to train on: inputs, targets, weights."""

    X: Array  # (n, n_inputs)
    Y: Array  # (n, n_outputs)
    weight: Array | None = None  # (n,)

    def take(self, rows: AnyArray) -> TrainingRows:
        """Return some of the rows, by number or by mask."""
        return TrainingRows(self.X[rows], self.Y[rows], None if self.weight is None else self.weight[rows])


@dataclass(frozen=True)
class Windows:
    """Rows of which one window at a time is held in memory; each epoch takes the windows in another order.

    The rows that a run has in memory of its own are one window more, and each window's rows are shuffled by themselves:
    the order depends on the seeds and the epoch alone, not on where rows come from or how much memory there is.

    Parameters
    ----------
    sizes : tuple of int
        How many rows each window has.
    load : callable
        Returns the rows of a window, by its number.
    n_own : int
        The most rows that a run has of its own: of all runs, so that each has the schedule that it has beside others.
    seed : int
        Of the windows' order.
    """

    sizes: tuple[int, ...]
    load: Callable[[int], TrainingRows]
    n_own: int
    seed: int = 0

    def order(self, epoch: int) -> Indices:
        """Return the windows in the order of an epoch; the last number stands for a run's own rows."""
        return permutation(self.seed, len(self.sizes) + 1, WINDOW, epoch)

    def steps(self, batch_size: int) -> int:
        """Return how many steps an epoch has: a batch lies within a window."""
        return sum(-(-size // batch_size) for size in (*self.sizes, self.n_own))


def seed_within(seed: int, window: int) -> int:
    """Return the seed of a run for one of the windows: of the order of its rows, and of dropout."""
    return int(bits(seed, WINDOW, window) >> np.uint64(1))


class Learner(Protocol):
    """A network in training, of a description that it shares with others."""

    parameters: Array
    optimizer: Optimizer
    state: OptimizerState


def train_each(
    backend: Backend,
    network: Network,
    learners: Sequence[Learner],
    rows: Sequence[TrainingRows],
    options: TrainOptions,
    **how: Any,
) -> list[Epochs]:
    """Train networks of one description side by side, each on rows of its own, as `Backend.train_many` does."""
    return backend.train_many(
        network,
        [one.parameters for one in learners],
        [one.optimizer for one in learners],
        [one.state for one in learners],
        [one.X for one in rows],
        [one.Y for one in rows],
        options,
        sample_weight=None if rows[0].weight is None else [one.weight for one in rows],
        **how,
    )
