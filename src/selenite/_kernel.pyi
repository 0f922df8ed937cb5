"""What kernel/module.cpp offers; `selenite.backend.kernel` gives it the signatures of `selenite.nn`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from selenite.nn.early_stopping import EarlyStopping
from selenite.nn.optimizers import Optimizer, OptimizerState
from selenite.types import Array, NDArray

Curve = NDArray[np.float64]

LEVELS: tuple[str, ...]  # the instruction sets that this machine has, the best first
LEVEL: str  # the one in use
ACTIVATIONS: tuple[str, ...]
LOSSES: tuple[str, ...]
OPTIMIZERS: tuple[str, ...]
SCHEDULES: tuple[str, ...]

class Described:
    @property
    def n_parameters(self) -> int: ...

def describe(
    layer_sizes: Sequence[int],
    activations: Sequence[str],
    loss: str,
    loss_parameter: float,
    biases: bool,
    periodic: Sequence[int] | None,
    n_frequencies: int,
    n_components: int,
) -> Described: ...
def predict(network: Described, parameters: Array, X: Array, n_threads: int) -> Array: ...
def loss_and_gradient(
    network: Described,
    parameters: Array,
    X: Array,
    Y: Array,
    sample_weight: Array | None,
    l1: float,
    l2: float,
    n_threads: int,
) -> tuple[float, Array]: ...
def input_gradient(network: Described, parameters: Array, X: Array, output: int) -> Array: ...
def jacobian(network: Described, parameters: Array, X: Array) -> Array: ...
def trace(
    network: Described, parameters: Array, X: Array, Y: Array
) -> tuple[list[Array], list[Array], list[Array], Array]: ...
def train_float64(
    network: Described,
    parameters: list[Array],
    optimizers: list[Optimizer],
    rates: list[tuple[float, ...]],
    states: list[OptimizerState],
    X: list[Array],
    Y: list[Array],
    sample_weight: list[Array | None],
    early_stoppings: list[EarlyStopping | None],
    seeds: list[int],
    n_epochs: int,
    total_epochs: float,
    batch_size: int,
    order: NDArray[np.int64] | None,
    l1: float,
    l2: float,
    dropout: float,
    stop: Callable[[], bool] | None,
    n_threads: int,
    shards: tuple[int, int, int] = (1, 0, 1),
    trade: Callable[[int, NDArray[np.uint8], NDArray[np.uint8]], None] | None = None,
) -> list[tuple[Curve, Curve, Curve, Curve, int, str]]: ...

train_float32: Any = train_float64
