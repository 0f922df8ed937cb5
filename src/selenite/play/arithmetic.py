"""What the kernel of this machine computes for the page: of opened models, and where an epoch takes the page too long.

The verbs are those of `selenite.backend`; arrays come flat and are returned so.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any

import msgspec
import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import EarlyStopping, Network, Optimizer, OptimizerState, TrainOptions
from selenite.play.files import Count, Files
from selenite.types import Array

MOST_VALUES_TRACED = 1 << 24  # of all rows and units

Penalty = Annotated[float, msgspec.Meta(ge=0)]


def predict(files: Files, network: Network, parameters: Array, X: Array) -> Array:
    """Return the prediction of each row."""
    checked(network, parameters)
    return backend.get().predict(network, parameters, rows_of(X, network.n_inputs, parameters))


def trace(files: Files, network: Network, parameters: Array, X: Array, Y: Array) -> dict[str, Any]:
    """Return every z, a and delta of some rows, their losses, and the features that an embedding makes of them."""
    checked(network, parameters)
    X, Y = pairs_of(network, parameters, X, Y)
    if len(X) * sum(network.widths) > MOST_VALUES_TRACED:
        raise OptionError(f"{len(X):,} rows are too many to see every number of them in this network")
    found = backend.get().trace(network, parameters, X, Y)
    features = None if network.embedding is None else found.a[0]
    return {"features": features, "z": found.z, "a": found.a[1:], "delta": found.delta, "losses": found.losses}


def train(
    files: Files,
    network: Network,
    parameters: Array,
    optimizer: Optimizer,
    state: OptimizerState,
    X: Array,
    Y: Array,
    n_epochs: Annotated[int, msgspec.Meta(ge=1, le=100_000)],
    total_epochs: Annotated[int, msgspec.Meta(ge=1, le=1 << 40)],
    batch_size: Count = 0,  # 0: all rows
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)] = 0,
    l1: Penalty = 0.0,
    l2: Penalty = 0.0,
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0,
    watched_X: Array | None = None,  # rows whose loss is told after each epoch
    watched_Y: Array | None = None,
) -> dict[str, Any]:
    """Return what some epochs gave: the parameters and the state after them, and the curves."""
    checked(network, parameters)
    X, Y = pairs_of(network, parameters, X, Y)
    if not len(X):
        raise OptionError("there are no rows to train on")
    n_second = 0 if optimizer.name == "sgd" else network.n_parameters
    sizes = state.first.size, state.second.size
    if sizes != (network.n_parameters, n_second) or min(state.steps, state.epochs) < 0:
        raise OptionError("the optimizer remembers another network")
    parameters = parameters.copy()
    memory = replace(state, first=state.first.copy(), second=state.second.copy())
    aside = EarlyStopping()
    if watched_X is not None and watched_Y is not None:
        aside = EarlyStopping(*pairs_of(network, parameters, watched_X, watched_Y))
    options = TrainOptions(batch_size or None, total_epochs, l1, l2, dropout)
    done = backend.get().train(
        network, parameters, optimizer, memory, X, Y, options, n_epochs=n_epochs, seed=seed, early_stopping=aside
    )
    return {"parameters": parameters, "state": asdict(memory), **asdict(done)}


def checked(network: Network, parameters: Array) -> None:
    """Refuse parameters that are not this network's."""
    if parameters.size != network.n_parameters or parameters.dtype.kind != "f":
        raise OptionError(f"the network has {network.n_parameters:,} parameters, and {parameters.size:,} came")


def rows_of(values: Array, width: int, like: Array) -> Array:
    """Return numbers as rows, of the parameters' precision."""
    if values.size % width:
        raise OptionError(f"{values.size:,} numbers came, which are no rows of {width:,}")
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values.reshape(-1, width), like.dtype)


def pairs_of(network: Network, parameters: Array, X: Array, Y: Array) -> tuple[Array, Array]:
    """Return the inputs and the answers of the same rows."""
    inputs, answers = rows_of(X, network.n_inputs, parameters), rows_of(Y, network.n_outputs, parameters)
    if len(inputs) != len(answers):
        raise OptionError(f"inputs of {len(inputs):,} rows came, and answers of {len(answers):,}")
    return inputs, answers
