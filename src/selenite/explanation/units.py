"""What units do: their values, and how a hidden layer bends the plane of two inputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import Network, Trace
from selenite.types import Array, Floats

LINES = 21  # of the grid that is bent, each way


def trace_of(network: Network, parameters: Array, inputs: Array) -> Trace:
    """Return every z and activation of rows whose answers do not matter."""
    return backend.get().trace(network, parameters, inputs, np.zeros((len(inputs), network.n_outputs), inputs.dtype))


def n_hidden_units(network: Network, layer: int) -> int:
    """Return how many units a hidden layer has, the first being 1; raise where there is none."""
    if not 1 <= layer < network.n_layers:
        hidden = network.n_layers - 1
        counted = ", counted from 1" if hidden else ""
        raise OptionError(f"there is no hidden layer {layer}; the network has {hidden or 'none'}{counted}")
    return network.layer_sizes[layer]


def bent_grid(
    network: Network,
    parameters: Array,
    layer: int,
    units: tuple[int, int],
    inputs_at: Callable[[Floats, Floats], Array],
    n_steps: int,
) -> Floats:
    """Return where two units of a hidden layer put the lines of the plane's grid, (n_lines, n_steps, 2).

    `inputs_at` gives the network's inputs at places of the plane, each a share of an axis. The first 21 lines hold the
    first axis, the others the second.
    """
    fixed = np.repeat(np.linspace(0, 1, LINES), n_steps)
    along = np.tile(np.linspace(0, 1, n_steps), LINES)
    places = np.concatenate([fixed, along]), np.concatenate([along, fixed])
    a = trace_of(network, parameters, inputs_at(*places)).a[layer]
    return a[:, list(units)].astype(np.float64).reshape(-1, n_steps, 2)
