"""What predicting is, from a raw row to the answer, as plain data: what every exported model is written from.

Columns become inputs as `selenite.table.encode` says; the inputs go through the embedding and the layers of each
member; the mean of the members' outputs is the answer. What can be multiplied out beforehand is, in double precision:
the factors of the embedding are a part of the first layer here.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import msgspec
import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.model.residual_quantiles import LEVELS, ResidualQuantiles
from selenite.nn import Network
from selenite.nn.embedding import embedding_views
from selenite.table import input_names
from selenite.table.classes import ClassType
from selenite.table.encode import is_pair
from selenite.table.learn import SCORES
from selenite.table.schema import ColumnSchema, Kind, Scale, Schema, Statistics, Target, Task, Terms
from selenite.types import Array, Indices


def sum_block(n_in: int) -> int:
    """Return how many of a layer's inputs the kernel sums by themselves, before it adds the sums of these blocks."""
    return 128 if n_in > 256 else n_in


class PlannedColumn(msgspec.Struct, frozen=True):
    """A column of the raw row, and how it becomes inputs: what `ColumnSchema` says, and at which place."""

    name: str
    kind: Kind
    at: int  # its first input
    n_inputs: int
    center: float | None  # of numbers and dates; None of numbers that are taken as they are
    width: float | None  # 0 silences
    rank_quantiles: tuple[float, ...]
    frequent_values: tuple[float, ...]
    parts: tuple[str, ...]  # of a date
    categories: tuple[str, ...]
    rare: bool
    missing: bool
    zoned: bool | None
    minimum: float | None
    maximum: float | None
    terms: Terms | None = None  # of free text
    statistics: list[list[float]] | None = None  # (n_categories, n_names): inputs in place of indicators

    @property
    def is_written(self) -> bool:
        """Whether its values are texts."""
        return bool(self.categories) or self.terms is not None

    @property
    def is_pair(self) -> bool:
        """Whether it is one input, -1 or +1, between two categories."""
        return is_pair(_schema_of(self))


SAID_ALIKE = (  # by the schema and by the plan
    "name", "kind", "rank_quantiles", "frequent_values", "parts", "categories", "rare", "missing", "zoned",
    "minimum", "maximum", "terms",
)  # fmt: skip
_NO_TERMS = Terms((), (), (), ())


class PlannedCrossing(msgspec.Struct, frozen=True):
    """The statistics of pairs of categories of two columns: inputs that are 0 of a pair that is not told."""

    first: int  # the place of a column
    second: int
    at: int  # the first input
    n_inputs: int
    keys: list[int]  # rising: code of the first × categories of the second + code of the second
    values: list[list[float]]  # (n_keys, n_inputs)


class PlannedKnownRows(msgspec.Struct, frozen=True):
    """What rows of training answered: inputs that are 0 of a row that is equal to none of them."""

    at: int  # the first input, 1 of a known row
    keys: list[str]  # 16 hexadecimal digits each, rising: see `selenite.table.known_rows`
    values: list[list[float]]  # (n_keys, n_inputs - 1)


class Layer(msgspec.Struct, frozen=True):
    """z = a_before @ weights + biases, a = activation(z)."""

    activation: str
    weights: list[list[float]]  # (n_in, n_out)
    biases: list[float]  # (n_out,), zeros where there are none


class Waves(msgspec.Struct, frozen=True):
    """Of one input, x: Σ_f cos(2π (x frequency_f + phase_f)) mixing_kf + offset_k of each component k."""

    frequencies: list[float]
    phases: list[float]
    mixing: list[list[float]]  # (n_components, n_frequencies)
    offsets: list[float]


class Member(msgspec.Struct, frozen=True):
    """One network of an ensemble."""

    waves: list[Waves]  # one for each of the plan's periodic inputs
    layers: list[Layer]


class Quantiles(msgspec.Struct, frozen=True):
    """How far answers lie from predicted numbers: a row of `values` at `levels` for each group between `edges`."""

    levels: list[float]
    edges: list[float]
    values: list[list[float]]


class Plan(msgspec.Struct, frozen=True):
    """What predicting is."""

    target: str
    classes: list[str]  # in the order of the probabilities; none of a number
    class_type: ClassType
    center: float  # of a number: answer = center + width × output
    width: float
    columns: list[PlannedColumn]
    n_inputs: int
    scores: list[float]  # standard normal, of the rank quantiles
    periodic: list[int]  # the inputs that have waves
    members: list[Member]
    quantiles: Quantiles | None
    is_single: bool  # whether selenite itself computes in single precision
    threshold: float | None = None  # of two classes, if the second is predicted from another probability on
    crossings: list[PlannedCrossing] = []
    known_rows: PlannedKnownRows | None = None

    @property
    def n_outputs(self) -> int:
        """How many outputs the network has: one a class, but one for a number and for two classes."""
        return len(self.classes) if len(self.classes) > 2 else 1

    @property
    def row(self) -> Plan:
        """The plan without its networks and what only they need: what a row is, and what an answer means."""
        columns = [
            msgspec.structs.replace(
                one, terms=one.terms and _NO_TERMS, statistics=None if one.statistics is None else []
            )
            for one in self.columns
        ]
        return msgspec.structs.replace(self, columns=columns, members=[], crossings=[], known_rows=None)

    @property
    def reads_text(self) -> bool:
        """Whether a column is free text."""
        return any(column.terms is not None for column in self.columns)

    @property
    def layer_sizes(self) -> list[int]:
        """Units of each layer, the features of the first included."""
        layers = self.members[0].layers
        return [len(layers[0].weights), *(len(layer.biases) for layer in layers)]


def plan_of(model: Model) -> Plan:
    """Return what predicting with a model is.

    Parameters
    ----------
    model : Model
        Of any task, of one network or several.

    Returns
    -------
    Plan
        Plain data, which JSON can hold.

    Examples
    --------
    >>> import numpy as np, selenite
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> plan = plan_of(selenite.SeleniteClassifier(members=1, max_iter=5).fit(X, X[:, 0] > 0).model_)
    >>> plan.classes, [column.name for column in plan.columns], len(plan.members)
    (['false', 'true'], ['x0', 'x1'], 1)
    """
    if model.network.has_own:
        raise OptionError(
            "an export is written in other languages, and this network has an activation or a loss of your own"
        )
    target, network = model.target, model.network
    residuals = model.residual_quantiles
    return Plan(
        target=target.name,
        classes=list(target.classes),
        class_type=target.class_type,
        center=target.center,
        width=target.width,
        columns=list(_columns(model.schema, model.parameters)),
        n_inputs=network.n_inputs,
        scores=SCORES.tolist(),
        periodic=list(network.embedding.periodic) if network.embedding else [],
        members=[_member(model, parameters) for parameters in np.atleast_2d(model.parameters)],
        quantiles=None if residuals is None else _quantiles(residuals),
        is_single=model.parameters.dtype == np.float32,
        threshold=model.threshold,
        crossings=_crossings(model.schema, model.parameters),
        known_rows=_known_rows(model.schema, model.parameters),
    )


def without_network(plan: Plan) -> Model:
    """Return what a plan says of columns and target as a model that has no network of its own.

    Tables are read, matched and shown as by the model that the plan was made of; it cannot predict.
    """
    task: Task = "classification" if plan.classes else "regression"
    target = Target(plan.target, task, tuple(plan.classes), plan.class_type, plan.center, plan.width)
    output, loss = (
        ("logistic" if plan.n_outputs == 1 else "softmax", "log_loss")
        if plan.classes
        else ("identity", "squared_error")
    )
    network = Network((plan.n_inputs, plan.n_outputs), (output,), loss)
    schema = Schema(tuple(map(_schema_of, plan.columns)))
    return Model(network, np.zeros(network.n_parameters), schema, target, threshold=plan.threshold)


def _schema_of(column: PlannedColumn) -> ColumnSchema:
    scales = () if column.center is None or column.width is None else (Scale(column.center, column.width),)
    statistics = None if column.statistics is None else _statistics_of(column.statistics)
    alike: Any = {name: getattr(column, name) for name in SAID_ALIKE}
    return ColumnSchema(**alike, scales=scales, statistics=statistics)


def _statistics_of(statistics: list[list[float]]) -> Statistics:
    n_names = len(statistics[0]) if statistics else 1
    return Statistics(("",) * n_names, np.array(statistics, dtype="<f4").tobytes())


def _columns(schema: Schema, stored: Array) -> Iterator[PlannedColumn]:
    """Yield the columns that become inputs."""
    at = 0
    for column in schema.inputs:
        n_inputs = len(input_names(Schema((column,))))
        yield _column(column, at, n_inputs, stored)
        at += n_inputs


def _column(column: ColumnSchema, at: int, n_inputs: int, stored: Array) -> PlannedColumn:
    center, width = (column.scales[0].center, column.scales[0].width) if column.scales else (None, None)
    statistics = None if column.statistics is None else _numbers(column.statistics.array, stored)
    alike: Any = {name: getattr(column, name) for name in SAID_ALIKE}
    return PlannedColumn(**alike, at=at, n_inputs=n_inputs, center=center, width=width, statistics=statistics)


def _crossings(schema: Schema, stored: Array) -> list[PlannedCrossing]:
    """Return the pairs of categories, each with its keys counted from 0."""
    at, n_inputs = len(input_names(Schema(schema.columns))), len(schema.crossings.names)
    found = list[PlannedCrossing]()
    for i, (pair, keys, values) in enumerate(told_pairs(schema)):
        first, second = (schema.inputs.index(schema.columns[k]) for k in pair)
        statistics = _numbers(values, stored)
        found.append(PlannedCrossing(first, second, at + i * n_inputs, n_inputs, keys.tolist(), statistics))
    return found


def told_pairs(schema: Schema) -> Iterator[tuple[tuple[int, int], Indices, Array]]:
    """Yield each pair of columns that are crossed: keys of the pairs of categories that are told, and their statistics.

    A key is code of the first × categories of the second + code of the second.
    """
    crossings, begin = schema.crossings, 0
    for pair in crossings.columns:
        end = begin + prod(len(schema.columns[k].categories) for k in pair)
        own = slice(*np.searchsorted(crossings.key_array, [begin, end]).tolist())
        yield pair, crossings.key_array[own] - begin, crossings.value_array[own]
        begin = end


def _known_rows(schema: Schema, stored: Array) -> PlannedKnownRows | None:
    known = schema.known_rows
    if not known.names:
        return None
    at = len(input_names(Schema(schema.columns, schema.crossings)))
    return PlannedKnownRows(
        at, [f"{key:016x}" for key in known.key_array.tolist()], _numbers(known.value_array, stored)
    )


def _quantiles(residuals: ResidualQuantiles) -> Quantiles:
    return Quantiles(list(LEVELS), list(residuals.edges), [list(row) for row in residuals.quantiles])


def _member(model: Model, stored: Array) -> Member:
    """Return one network, the embedding's factors multiplied into its first layer."""
    network, embedding, parameters = model.network, model.network.embedding, stored.astype(np.float64)
    weights, biases = list(network.weights(parameters)), network.bias_vectors(parameters)
    waves: list[Waves] = []
    if embedding is not None:
        views = embedding_views(embedding, network.n_inputs, parameters)
        weights[0] = weights[0] * views.factors[:, None]
        waves = [
            Waves(*(_numbers(one, stored) for one in of_input))
            for of_input in zip(views.frequencies, views.phases, views.mixing, views.offsets, strict=True)
        ]
    layers = [
        Layer(activation, _numbers(w, stored), _numbers(np.zeros(w.shape[1]) if b is None else b, stored))
        for activation, w, b in zip(network.activations, weights, biases, strict=True)
    ]
    return Member(waves, layers)


def _numbers(values: Array, stored: Array) -> Any:
    """Return an array as lists; where the model is in single precision, in the nine digits that tell them apart."""
    if stored.dtype == np.float64:
        return values.tolist()
    return np.array([float(f"{value:.9g}") for value in values.ravel().tolist()]).reshape(values.shape).tolist()
