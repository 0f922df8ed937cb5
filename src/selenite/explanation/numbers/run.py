"""A run: what the backend computes for the rows at hand with one member's parameters, once it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from selenite.errors import OptionError
from selenite.explanation.numbers import article, probe
from selenite.explanation.numbers.address import Address
from selenite.explanation.numbers.expansion import Expansion, Factor, Pattern, Term, checked
from selenite.explanation.numbers.subject import Subject
from selenite.nn import OptimizerState, Trace, TrainOptions, start
from selenite.nn.embedding import EmbeddingViews
from selenite.nn.optimizers import group_rates
from selenite.types import Array

OF_ALL_MEMBERS = ("probability", "prediction", "input")


class Step(NamedTuple):
    """One step of the optimizer on all rows at hand."""

    parameters: Array  # after it
    before: OptimizerState
    after: OptimizerState
    rate: float


class Run:
    """One member on the rows at hand."""

    def __init__(self, subject: Subject, member: int, *, alone: bool = False) -> None:
        self.subject, self.member, self.alone = subject, member, alone  # alone: a row of several
        self.network, self.verbs = subject.network, subject.verbs
        self.parameters: Array = np.ascontiguousarray(subject.members[member])
        self.X = subject.X
        self.weights, self.biases = self.network.weights(self.parameters), self.network.bias_vectors(self.parameters)
        self.slopes = cache(self._slopes)
        self.activation_gradients = cache(self._activation_gradients)
        self.only: Callable[[int], Run] = cache(lambda row: Run(subject.only([row]), member, alone=True))

    # ---------------------------------------------------------------- what the backend computes

    @cached_property
    def trace(self) -> Trace:
        """Every z, a, delta and loss; deltas and losses mean nothing where the answers are not known."""
        shape = len(self.X), self.network.n_outputs
        Y = np.zeros(shape, self.X.dtype) if self.subject.Y is None else self.subject.Y
        seen: Trace = self.verbs.trace(self.network, self.parameters, self.X, Y)
        return seen

    @cached_property
    def mean_loss_and_gradient(self) -> tuple[float, Array]:
        """The mean loss of the rows with its penalties, and its gradient."""
        found: tuple[float, Array] = self.verbs.loss_and_gradient(
            self.network, self.parameters, self.X, self.Y, l1=self.subject.l1, l2=self.subject.l2
        )
        return found

    @property
    def loss(self) -> float:
        """The mean loss of the rows, or their sum."""
        return self.mean_loss_and_gradient[0] * self.factor

    @cached_property
    def gradient(self) -> Array:
        """The gradient of `loss`."""
        return self.mean_loss_and_gradient[1] * self.parameters.dtype.type(self.factor)

    @property
    def factor(self) -> int:
        """By what a mean over the rows is multiplied: their number where sums are wanted."""
        return len(self.X) if self.subject.summed else 1

    @cached_property
    def step(self) -> Step:
        """One step of the optimizer on all rows at hand."""
        given, parameters = self.subject.optimizer, self.parameters.copy()
        optimizer = replace(given, learning_rate=given.learning_rate * self.factor)  # the backend takes means
        before = start(optimizer, parameters) if self.subject.state is None else deepcopy(self.subject.state)
        if before.first.shape != parameters.shape:
            raise OptionError(
                f"the optimizer's state is of {before.first.size:,} parameters, the network has {parameters.size:,}"
            )
        after = deepcopy(before)
        epochs = self.verbs.train(
            self.network,
            parameters,
            optimizer,
            after,
            self.X,
            self.Y,
            TrainOptions(l1=self.subject.l1, l2=self.subject.l2),
            n_epochs=1,
        )
        if not len(epochs.loss):
            raise OptionError("the loss or the gradient of these rows is not finite: there is no step to explain")
        rate = given.learning_rate if self.factor > 1 else float(epochs.rate[0])
        return Step(parameters, before, after, rate)

    def _slopes(self, layer: int) -> Array:
        """Return da/dz of a layer, counted from 1."""
        seen = self.trace
        return probe.slopes(self.verbs, self.network.activations[layer - 1], seen.z[layer - 1], seen.a[layer])

    def _activation_gradients(self, layer: int) -> Array:
        """Return dloss/da of a hidden layer, or of the features: layer 0."""
        return probe.activation_gradients(self.verbs, self.network, self.parameters, self.trace.a[layer], self.Y, layer)

    @cached_property
    def plain_features(self) -> Array:
        """The features before their factors."""
        return probe.plain_features(self.verbs, self.network, self.parameters, self.X)

    def wave(self, place: int, frequency: int, row: int) -> Factor:
        """Return a wave of a periodic input as a factor."""
        value = self.waves(place, frequency)[row]
        return self.factor_at(Address("wave", index=(place, frequency)), value, row)

    def waves(self, place: int, frequency: int) -> Array:
        """Return the waves of one frequency of one periodic input, (n_rows,)."""
        embedding, views = self.embedding
        x = self.X[:, embedding[place]]
        return probe.waves(
            self.verbs, x, float(views.frequencies[place, frequency]), float(views.phases[place, frequency])
        )

    @property
    def embedding(self) -> tuple[tuple[int, ...], EmbeddingViews]:
        """Which inputs are periodic, and the embedding's parameters."""
        views = self.network.embedding_views(self.parameters)
        if self.network.embedding is None or views is None:
            raise OptionError("this network has no embedding: its first layer gets the inputs as they are")
        return self.network.embedding.periodic, views

    @property
    def delta(self) -> list[Array]:
        """The delta of each layer, refused where there are no answers."""
        self._require_answers()
        return self.trace.delta

    @property
    def losses(self) -> Array:
        """The loss of each row, refused where there are no answers."""
        self._require_answers()
        return self.trace.losses

    @property
    def Y(self) -> Array:
        """The answers, which all that goes backward needs."""
        return self._require_answers()

    def _require_answers(self) -> Array:
        if self.subject.Y is None:
            name = "y" if self.subject.target is None else f"y, or a table with the column {self.subject.target.name!r}"
            raise OptionError(f"losses, gradients and updates compare with answers, and none are given: give {name}")
        return self.subject.Y

    def share(self, address: Address) -> float:
        """Return a parameter's share of the learning rate."""
        rates = group_rates(self.subject.optimizer, self.network)
        if address.part == "embedding":
            return rates[1] if address.kind == "factors" else rates[0]
        return rates[2 * self.layer(address.part) + (address.kind == "biases")]

    # ---------------------------------------------------------------- how its numbers are called

    def layer(self, part: str) -> int:
        """Return a layer's number, from 1."""
        return self.subject.layers.index(part) + 1

    def unit(self, layer: int, unit: int, attribute: str, row: int) -> Address:
        """Return the address of a unit of a layer, counted from 1, in a row at hand."""
        return self.here(Address(self.subject.layers[layer - 1], "unit", (unit,), attribute=attribute), row)

    def here(self, address: Address, row: int | None = None) -> Address:
        """Return the address with this member and a row, where there are several."""
        subject = self.subject
        plain_parameter = address.is_parameter and not address.attribute
        if self.alone and not plain_parameter:
            row = 0
        several = subject.n_rows > 1 or self.alone or (address.part == "loss" and subject.penalised)
        number = subject.row_numbers[row] if row is not None and several else None
        member = self.member + 1 if len(subject.members) > 1 and address.part not in OF_ALL_MEMBERS else None
        return replace(address, row=number, member=member)

    def of_vector(self, vector: Array, address: Address) -> float:
        """Return one parameter's entry of a vector as long as the parameters."""
        view: Array | None
        if address.part == "embedding":
            views = self.network.embedding_views(vector)
            view = None if views is None else getattr(views, address.kind)
        else:
            layer = self.layer(address.part) - 1
            of_kind = self.network.weights if address.kind == "weights" else self.network.bias_vectors
            view = of_kind(vector)[layer]
        if view is None:
            what = "embedding" if address.part == "embedding" else "biases"
            raise OptionError(f"there is no {address}: this network has no {what}")
        if any(not 0 <= i < n for i, n in zip(address.index, view.shape, strict=True)):
            upto = ",".join(map(str, view.shape))
            raise OptionError(f"there is no {address}: the last is [{upto}] and the first is 1 in each place")
        return float(view[address.index])

    # ---------------------------------------------------------------- pieces of expansions

    def factor_at(self, address: Address, value: float, row: int | None = None, scale: float = 0.0) -> Factor:
        """Return a number that has an address as a factor."""
        here = str(self.here(address, row))
        alias, equation = article.name_of(self.subject, address)
        given = (address.is_parameter and not address.attribute) or (
            address.part == "input" and self.subject.schema is None
        )
        return Factor(float(value), here, here, not given, alias, equation, float(scale))

    def of_unit(self, layer: int, unit: int, attribute: str, row: int) -> Factor:
        """Return z, a, slope or delta of a unit as a factor; layers are counted from 1."""
        if attribute == "z":
            values = self.trace.z[layer - 1]
        elif attribute == "a":
            values = self.trace.a[layer]
        else:
            values = self.delta[layer - 1] if attribute == "delta" else self.slopes(layer)
        return self.factor_at(self.unit(layer, unit, attribute, row), values[row, unit], row)

    def weight(self, layer: int, i: int, unit: int) -> Factor:
        """Return the weight that leads from place i below to a unit of a layer, counted from 1."""
        return self.parameter(Address(self.subject.layers[layer - 1], "weights", (i, unit)))

    def of_first(self, i: int, row: int) -> Factor:
        """Return what the first layer gets: an input, or with an embedding a feature."""
        part = "input" if self.network.embedding is None else "feature"
        return self.factor_at(Address(part, name=self.subject.feature_names[i]), self.trace.a[0][row, i], row)

    def parameter(self, address: Address) -> Factor:
        """Return a parameter as a factor."""
        plain = address.at("")
        return self.factor_at(plain, self.of_vector(self.parameters, plain))

    def expansion(
        self,
        address: Address,
        value: float,
        formula: Pattern,
        terms: list[Term],
        row: int | None = None,
        note: str = "",
        scale: float = 0.0,
    ) -> Expansion:
        """Return an expansion, checked against the backend's value."""
        alias, equation = article.name_of(self.subject, address)
        return Expansion(
            str(self.here(address, row)),
            float(value),
            formula,
            tuple(terms),
            checked(float(value), terms, self.parameters.dtype, self.verbs.name, scale) if terms else None,
            self.parameters.dtype.name,
            alias,
            equation,
            note,
        )
