"""Looks inside: a layer's weights and values as a table of numbers, the plane as it bends it, a place's answer."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any

import msgspec
import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.explanation.units import LINES, bent_grid, n_hidden_units, trace_of
from selenite.play.layers import importances, layer_names
from selenite.play.messages import Layer, Place, Unit
from selenite.play.picture import OUTPUT_SIZE
from selenite.play.plane import Axis, inputs_at
from selenite.play.workbench import Workbench
from selenite.table import as_numbers, as_probabilities
from selenite.types import Array, Floats

STEPS = 61  # places along each line of the grid that is bent
EDGE = 0.04  # of the picture beyond what is drawn


@np.errstate(all="ignore")
def weights_of_layer(bench: Workbench, layer: Layer) -> dict[str, Any]:
    """Return the weights of a layer, what each adds in the followed row, and the values on both sides of them.

    Layers are counted from 0, the first that has weights. Arrays are float32 in base 64, row by row.
    """
    session, followed = bench.session, bench.followed
    network, problem = session.network, session.problem
    if layer >= network.n_layers:
        raise OptionError(f"there is no layer {layer + 1}; the network has {network.n_layers}")
    seen = backend.get().trace(network, session.parameters, problem.X[[followed]], problem.Y[[followed]])
    weights = network.weights(session.parameters)[layer]
    biases = network.bias_vectors(session.parameters)[layer]
    adds = weights * seen.a[layer][0][:, None]
    return {
        "layer": layer,
        "activation": network.activations[layer],
        "below": layer_names(session, layer),
        "units": layer_names(session, layer + 1),
        "weights": _encoded(weights),
        "adds": _encoded(adds),
        "biases": None if biases is None else _encoded(biases),
        "before": _encoded(seen.a[layer][0]),
        "z": _encoded(seen.z[layer][0]),
        "after": _encoded(seen.a[layer + 1][0]),
        "largest": {
            "weights": _largest(weights),
            "adds": _largest(adds),
            "biases": _largest(biases),
            "before": _largest(seen.a[layer]),
            "after": _largest(seen.a[layer + 1]),
        },
    }


@np.errstate(all="ignore")
def bent_plane(
    bench: Workbench, layer: Annotated[int, msgspec.Meta(ge=1, le=10)], units: tuple[Unit, Unit] | None = None
) -> dict[str, Any]:
    """Return the grid of the plane and the rows drawn on it, in the space of two units of a hidden layer.

    Hidden layers are counted from 1. Without units they are those that count most. Places are shares of the picture,
    from its lower left corner.
    """
    session, view = bench.session, bench.view
    network = session.network
    n_units, names = n_hidden_units(network, layer), layer_names(session, layer)
    if n_units < 2:
        raise OptionError(f"hidden layer {layer} has one unit; a plane needs two")
    if units is None:
        first, second = np.sort(np.argsort(-importances(session)[layer], kind="stable")[:2]).tolist()
        units = first, second
    if units[0] == units[1] or max(units) >= n_units:
        raise OptionError(f"choose two different units from 1 to {n_units} of hidden layer {layer}")

    def inputs(first: Floats, second: Floats) -> Array:
        return inputs_at(session.problem, view.axes, (first, second), view.row)

    parameters, two_axes = session.parameters, view.axes[1] is not None
    grid = bent_grid(network, parameters, layer, units, inputs, STEPS, two_axes=two_axes)
    seen = trace_of(network, parameters, session.problem.X[view.points])
    points = seen.a[layer][:, list(units)].astype(np.float64)
    every = np.concatenate([grid.reshape(-1, 2), points])
    known = every[np.isfinite(every).all(axis=1)]
    known = known if len(known) else np.zeros((1, 2))
    low, high = known.min(axis=0), known.max(axis=0)
    edge = np.where(high > low, EDGE * (high - low), 0.5)
    low, high = low - edge, high + edge
    return {
        "layer": layer,
        "units": units,
        "names": names,
        "lines": _shares(grid, low, high),
        "upright": LINES if two_axes else 0,  # so many of the lines hold the first axis, the others the second
        "points": _shares(points, low, high),
        "low": low.tolist(),
        "high": high.tolist(),
    }


def answer_at(bench: Workbench, x: Place, y: Place) -> dict[str, Any]:
    """Return the network's answer at a place of the plane."""
    session, view = bench.session, bench.view
    column, row = (
        min(int(x * OUTPUT_SIZE), OUTPUT_SIZE - 1),
        min(int((1 - y) * OUTPUT_SIZE), OUTPUT_SIZE - 1),
    )
    output = session.answer(view.output_inputs[[row * OUTPUT_SIZE + column]])
    target = session.problem.target
    where = {axis.name: _value_at(axis, share) for axis, share in zip(view.axes, (x, y), strict=True) if axis}
    if target.classes:
        return {
            "where": where,
            "shares": dict(zip(target.classes, as_probabilities(output.astype(np.float64))[0].tolist(), strict=True)),
        }
    return {"where": where, "number": float(as_numbers(target, output[:, 0])[0])}


def _value_at(axis: Axis, share: float) -> float | str:
    value = axis.low + share * (axis.high - axis.low)
    return axis.labels[min(max(round(value), 0), len(axis.labels) - 1)] if axis.labels else value


def _shares(values: Floats, low: Floats, high: Floats) -> Any:
    return np.nan_to_num((values - low) / (high - low)).round(4).tolist()


def _largest(values: Array | None) -> float:
    return 0.0 if values is None else float(np.nan_to_num(np.abs(values)).max(initial=0.0))


def _encoded(values: Array) -> str:
    return b64encode(np.nan_to_num(values).astype("<f4").tobytes()).decode()
