"""What differs between the files of two models: each part of their headers, and the weights layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from selenite.model import Model
from selenite.model.parts import Figure
from selenite.nn import Network
from selenite.nn.describe import rows as layer_rows
from selenite.table import ColumnSchema, input_names
from selenite.table.cells import date_text
from selenite.types import Floats

Section = Literal["columns", "target", "network", "settings", "recipe", "data", "reading", "quantiles", "figures"]


@dataclass(frozen=True)
class Change:
    """One thing that is not the same in both models."""

    section: Section
    of: str  # the column, or whose figure it is; "" elsewhere
    what: str
    a: Any  # None where A has none
    b: Any


@dataclass(frozen=True)
class LayerDifference:
    """How far the numbers of one layer, its weights and biases in all networks, lie apart."""

    layer: str
    shape: str
    size: int  # how many numbers
    largest: float
    root_mean_square: float


def changes(a: Model, b: Model) -> Iterator[Change]:
    """Yield everything but the parameters that is not the same in both models."""
    yield from _columns(a, b)
    yield from _fields("target", a.target, b.target)
    yield from _fields("network", a.network, b.network)
    yield from _unequal("network", "", "networks", a.n_members, b.n_members)
    yield from _unequal("network", "", "precision", a.parameters.dtype.name, b.parameters.dtype.name)
    yield from _fields("settings", a.settings, b.settings)
    yield from _fields("recipe", a.recipe, b.recipe)
    yield from _fields("data", a.data, b.data)
    yield from _fields("reading", a.read, b.read)
    yield from _fields("quantiles", a.residual_quantiles, b.residual_quantiles)
    yield from _unequal("quantiles", "", "probability of the right class", a.truth_quantiles, b.truth_quantiles)
    yield from _unequal("target", "", "threshold", a.threshold, b.threshold)
    figures_a, figures_b = _figures(a), _figures(b)
    for model, metric in {**figures_a, **figures_b}:
        yield from _unequal("figures", model, metric, figures_a.get((model, metric)), figures_b.get((model, metric)))
    spreads = ({one.metric: one.values for one in side.over_seeds} for side in (a, b))
    yield from _unequal("figures", "", "over seeds", *spreads)
    yield from _unequal("figures", "", "verdict", a.verdict, b.verdict)


def weights(a: Model, b: Model) -> tuple[LayerDifference, ...] | None:
    """Return how far the layers lie apart; None where inputs, layers or classes are not the same."""
    if _layout(a) != _layout(b):
        return None
    network = a.network
    members = np.atleast_2d(b.parameters.astype(np.float64) - a.parameters)
    numbers: list[list[Floats]] = [[member[: network.n_embedding] for member in members]] if network.embedding else []
    for l in range(network.n_layers):
        of_layer = [part for member in members for part in _layer(network, member, l)]
        numbers.append(of_layer)
    found = []
    for (layer, shape, *_), parts in zip(layer_rows(network), numbers, strict=True):
        apart = np.concatenate([part.ravel() for part in parts])
        largest = float(np.abs(apart).max(initial=0.0))
        root_mean_square = largest * float(np.sqrt(np.mean((apart / largest) ** 2))) if largest else 0.0
        found.append(LayerDifference(layer, shape, apart.size, largest, root_mean_square))
    return tuple(found)


def weights_differ(layers: Sequence[LayerDifference] | None) -> bool:
    """Tell whether any weight differs, or all do as they cannot be compared."""
    return layers is None or any(layer.largest for layer in layers)


def _columns(a: Model, b: Model) -> Iterator[Change]:
    of_a, of_b = ({column.name: column for column in model.schema.columns} for model in (a, b))
    for name in {**of_a, **of_b}:
        if name in of_a and name in of_b:
            yield from _column(of_a[name], of_b[name])
        else:
            kinds = (columns[name].kind if name in columns else None for columns in (of_a, of_b))
            yield Change("columns", name, "kind", *kinds)
    orders = ([name for name in model.schema.names if name in of_a and name in of_b] for model in (a, b))
    yield from _unequal("columns", "", "order", *orders)


def _column(a: ColumnSchema, b: ColumnSchema) -> Iterator[Change]:
    for change in _fields("columns", a, b, a.name):
        if change.what not in ("minimum", "maximum"):
            yield change
    yield from _unequal("columns", a.name, "range", _range(a), _range(b))


def _range(column: ColumnSchema) -> tuple[float | str | None, ...]:
    """Return the least and the largest value of training, dates as text."""
    ends = (column.minimum, column.maximum)
    if column.kind != "date":
        return ends
    return tuple(None if end is None else date_text(np.datetime64(round(end * 86_400), "s")) for end in ends)


def _fields(section: Section, a: Any, b: Any, of: str = "") -> Iterator[Change]:
    """Yield the fields of a dataclass that differ; where one model lacks the whole, that."""
    if a is None or b is None:
        yield from _unequal(section, of, "kept", a is not None, b is not None)
        return
    for field in fields(a):
        yield from _unequal(section, of, field.name.replace("_", " "), getattr(a, field.name), getattr(b, field.name))


def _unequal(section: Section, of: str, what: str, a: Any, b: Any) -> Iterator[Change]:
    if a != b:
        yield Change(section, of, what, a, b)


def _figures(model: Model) -> dict[tuple[str, str], Figure]:
    return {(figure.model, figure.metric): figure for figure in model.figures}


def _layout(model: Model) -> tuple[Any, ...]:
    """Return what must be the same for two parameters at one place to have one meaning."""
    network = model.network
    same = (network.layer_sizes, network.activations, network.biases, network.embedding)
    return (*same, model.n_members, input_names(model.schema), model.target.classes)


def _layer(network: Network, member: Floats, layer: int) -> list[Floats]:
    """Return the weights and biases of a layer of one network."""
    weights, biases = network.weights(member)[layer], network.bias_vectors(member)[layer]
    return [part.astype(np.float64) for part in (weights, biases) if part is not None]
