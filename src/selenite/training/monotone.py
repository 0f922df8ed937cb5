"""Networks whose output never falls as some inputs rise, or never rises: the signs of their weights see to it.

Of each feature and each unit d says how it goes with these inputs: +1 it never falls as they rise, -1 it never rises,
0 it does not know them. A weight w from i to j then keeps

    d_i d_j w ≥ 0   where neither is 0;     w = 0   where d_j alone is 0;     any sign where d_i is 0

so that what a unit adds up goes with these inputs as its d says, and an activation that never falls keeps that (Daniels
and Velikova 2010). Hidden units are of all three kinds: of one kind alone, relu would make convex functions only (Runje
and Shankaranarayana 2023), and units that do not know these inputs are free to learn all else. After every few steps
each parameter goes to the nearest that keeps this: projected gradient descent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil
from typing import Any

import numpy as np

from selenite.backend import Backend
from selenite.nn import EarlyStopping, Epochs, Network, Optimizer, OptimizerState, TrainOptions
from selenite.nn.epoch import own_rows
from selenite.nn.shards import shuffled
from selenite.training.rows import TrainingRows, seed_within, train_each
from selenite.types import Array, Indices

KINDS_OF_UNITS = (1, -1, 0, 0)  # d of the hidden units, in turns
STEPS_AT_ONCE = 16  # between two projections


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest that each parameter may be, (n_parameters,): one is 0 or both, where not infinite."""

    least: Array
    greatest: Array

    @classmethod
    def of(cls, network: Network, directions: Sequence[int]) -> Bounds:
        """Return the bounds that make the output go as each input's direction says: +1, -1, or 0 for free.

        >>> bounds = Bounds.of(Network((2, 1), ("identity",)), (1, 0))
        >>> bounds.least.tolist(), bounds.greatest.tolist()  # of two weights and a bias
        ([0.0, -inf, -inf], [inf, inf, inf])
        """
        least, greatest = (np.full(network.n_parameters, end, dtype=np.float32) for end in (-np.inf, np.inf))
        d = np.zeros(network.n_features)
        d[: network.n_inputs] = directions
        if (embedding := network.embedding_views(least)) is not None:
            embedding.factors[d != 0] = 0.0
        layers = zip(network.layer_sizes[1:], network.weights(least), network.weights(greatest), strict=True)
        for layer, (n_units, lowest, highest) in enumerate(layers, start=1):
            of_units = np.ones(1) if layer == network.n_layers else np.resize(KINDS_OF_UNITS, n_units)
            sign, cut = np.outer(d, of_units), np.outer(d != 0, of_units == 0)
            lowest[(sign > 0) | cut] = 0.0
            highest[(sign < 0) | cut] = 0.0
            d = of_units
        return cls(least, greatest)

    def project(self, parameters: Array) -> None:
        """Write into the parameters the nearest that keep the bounds."""
        np.clip(parameters, self.least, self.greatest, out=parameters)

    def reflect(self, parameters: Array) -> None:
        """Turn the sign of what is out of bounds, so that a random start stays as large as it was."""
        parameters[(parameters < self.least) | (parameters > self.greatest)] *= -1
        self.project(parameters)

    def kept_by(self, backend: Backend) -> Backend:
        """Return the backend that trains within the bounds."""
        return replace(backend, train_many=partial(_train_many, self, backend))


@dataclass(eq=False)
class _Learner:
    """One network that is trained within bounds, a few steps at once, and what its epochs gave."""

    parameters: Array
    optimizer: Optimizer
    state: OptimizerState
    rows: TrainingRows
    seed: int
    rule: EarlyStopping | None
    curves: list[tuple[float, float, float]] = field(default_factory=list)  # loss, norm and rate of each epoch
    validation: list[float] = field(default_factory=list)
    ended: str = ""
    parts: list[Indices] = field(default_factory=list)  # of the epoch's rows, in order
    found: list[Epochs] = field(default_factory=list)  # of each part
    before: tuple[Array, OptimizerState] = field(init=False)  # the epoch

    def begin(self, options: TrainOptions, order: Indices | None) -> None:
        """Begin an epoch, in the order handed in or another."""
        n, self.before = len(self.rows.X), (self.parameters.copy(), self.state.copy())
        if order is None:
            order = shuffled(options.shards, self.seed, n, self.state.epochs)
        at_once = STEPS_AT_ONCE * (options.batch_size or n)
        self.parts, self.found = [order[at : at + at_once] for at in range(0, n, at_once)], []

    @property
    def goes_on(self) -> bool:
        """Tell whether the epoch has another part."""
        return not self.ended and len(self.found) < len(self.parts)

    def share_of_steps(self, options: TrainOptions) -> float:
        """Return the next part's share of the steps of the epoch."""
        n, n_part = len(self.rows.X), len(self.parts[len(self.found)])
        size = options.batch_size or n
        return ceil(n_part / size) / ceil(n / size)

    def note(self, found: Epochs) -> None:
        """Note what a part gave; where it diverged, it is as if the epoch had not begun."""
        self.state.epochs, self.ended = self.before[1].epochs, found.ended
        if not found.ended:
            self.found.append(found)
        if found.ended == "diverged":
            self.parameters[:] = self.before[0]
            vars(self.state).update(vars(self.before[1]))

    def end(self, network: Network, backend: Backend) -> None:
        """End the epoch, and ask whether to go on."""
        self.state.epochs += 1
        n_rows = [len(part) for part in self.parts]
        loss = np.average([one.loss[0] for one in self.found], weights=n_rows)
        square = np.average([one.gradient_norm[0] ** 2 for one in self.found], weights=n_rows)
        self.curves.append((float(loss), float(square) ** 0.5, float(self.found[-1].rate[0])))
        rule = self.rule
        if rule is None:
            return
        if rule.X is not None:
            loss, _ = backend.loss_and_gradient(
                network, self.parameters, rule.X, rule.Y, sample_weight=rule.sample_weight
            )
            self.validation.append(float(loss))
        if rule.ends(float(loss), self.parameters, self.optimizer, self.state):
            self.ended = "stalled"

    def epochs(self) -> Epochs:
        """Return what the epochs gave."""
        loss, norm, rate = np.array(self.curves).reshape(-1, 3).T
        return Epochs(loss, np.array(self.validation), norm, rate, self.ended)


def _train_many(
    bounds: Bounds,
    backend: Backend,
    network: Network,
    parameters: Sequence[Array],
    optimizers: Sequence[Optimizer],
    states: Sequence[OptimizerState],
    X: Array | Sequence[Array],
    Y: Array | Sequence[Array],
    options: TrainOptions = TrainOptions(),
    *,
    n_epochs: int,
    seeds: Sequence[int] | None = None,
    order: Indices | None = None,
    sample_weight: Array | Sequence[Array] | None = None,
    early_stoppings: Sequence[EarlyStopping | None] | None = None,
    **told: Any,
) -> list[Epochs]:
    """Train networks as the backend does, but project their parameters after every few steps."""
    n = len(parameters)
    rows, rules = own_rows(X, Y, sample_weight, n), [None] * n if early_stoppings is None else early_stoppings
    of_each = [TrainingRows(*one) for one in (rows if len(rows) > 1 else rows * n)]
    learners = list(map(_Learner, parameters, optimizers, states, of_each, seeds or range(n), rules))
    options = replace(options, total_epochs=options.total_epochs or n_epochs)
    for epoch in range(n_epochs):
        going = [one for one in learners if not one.ended]
        for one in going:
            one.begin(options, None if order is None else order[epoch])
        while training := [one for one in going if one.goes_on]:
            share = training[0].share_of_steps(options)  # of which the schedule is told: the same for all side by side
            side_by_side = [one for one in training if one.share_of_steps(options) == share]
            _train_on_next_part(bounds, backend, network, side_by_side, options, share, told)
        for one in going:
            if not one.ended:
                one.end(network, backend)
    return [one.epochs() for one in learners]


def _train_on_next_part(
    bounds: Bounds,
    backend: Backend,
    network: Network,
    learners: Sequence[_Learner],
    options: TrainOptions,
    share: float,
    told: dict[str, Any],
) -> None:
    """Train some networks, side by side, on the next part of each one's rows, a share of an epoch's steps."""
    rows = [one.rows.take(one.parts[len(one.found)]) for one in learners]
    options = replace(options, total_epochs=(options.total_epochs or 1) / share)
    seeds = [seed_within(one.seed, len(one.found)) for one in learners]
    found = train_each(backend, network, learners, rows, options, n_epochs=1, seeds=seeds, **told)
    for one, epochs in zip(learners, found, strict=True):
        bounds.project(one.parameters)
        one.note(epochs)
