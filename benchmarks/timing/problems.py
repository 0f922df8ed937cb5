"""The work itself: data, network, starting weights and order of rows, the same for every contender.

W1      the tutorial's 2-4-1 network without biases, 100 rows, full batch, ½ Σ error², float64; W1f32 in float32
W2      60,000 x 784, 19 % of it not zero, 784-128-10, batch 128, Adam, float32; W2dense the same without zeros
W3      20,000 x 20, 20-64-64-2, batch 256, Adam, float32; W3b32 with batch 32
W4      256 of the tutorial's networks, 2,000 epochs each, float64
W5      probabilities of a 20-64-64-2 network, float32: one row, 10,000 rows
W6      `selenite tutorial 2` from a cold start
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from selenite.nn import Network, Optimizer, TrainOptions, initialize, predict, start, train
from selenite.tutorial.data import load_part
from selenite.types import Array, NDArray

UNITS = {
    "W1": "us_per_epoch",
    "W1f32": "us_per_epoch",
    "W2": "s_per_epoch",
    "W2dense": "s_per_epoch",
    "W3": "ms_per_epoch",
    "W3b32": "ms_per_epoch",
    "W4": "us_per_network_epoch",
    "W5_1row": "us_per_call",
    "W5_10000rows": "us_per_call",
    "W6": "s_of_cpu",
}
RATE = 0.5  # on the summed gradient, as in the article
N_NETWORKS, N_EPOCHS_MANY = 256, 2000
BATCHES_CHECKED = 20.5  # the last one short


@dataclass(frozen=True)
class Problem:
    """What to train or to predict, and from where."""

    name: str
    network: Network
    X: Array  # (n, n_inputs)
    Y: Array  # (n, n_outputs)
    begin: Array  # the parameters' flat vector; (K, n_parameters) for many networks
    batch_size: int

    @property
    def dtype(self) -> np.dtype[np.floating]:
        return self.X.dtype

    @property
    def full_batch(self) -> bool:
        return self.batch_size == len(self.X)

    @cached_property
    def labels(self) -> NDArray[np.intp]:
        """The class of each row."""
        return self.Y.argmax(axis=1) if self.Y.shape[1] > 1 else self.Y[:, 0].astype(np.intp)

    @property
    def piece(self) -> Problem:
        """The first rows, enough to check a contender on; all of them where the batch is full."""
        n = len(self.X) if self.full_batch else int(BATCHES_CHECKED * self.batch_size)
        return replace(self, X=self.X[:n], Y=self.Y[:n])

    @property
    def in_order(self) -> NDArray[np.intp]:
        """The rows as they stand, as an epoch's order, shape (1, n)."""
        return np.arange(len(self.X))[None]

    def layers(self, begin: Array | None = None) -> list[tuple[Array, Array]]:
        """Return [(weights, biases), ...] of the parameters from which training begins, as copies; empty where none."""
        begin = (self.begin if begin is None else begin).copy()
        biases = [begin[:0] if b is None else b for b in self.network.bias_vectors(begin)]
        return list(zip(self.network.weights(begin), biases, strict=True))


@cache
def problem(name: str) -> Problem:
    """Return the problem of a workload."""
    if name in ("W1", "W1f32", "W4", "W6"):
        moons, y = load_part(2)
        dtype = np.float32 if name == "W1f32" else np.float64
        network = Network((2, 4, 1), ("logistic", "logistic"), "squared_error", biases=False)
        drawn: Any = np.random.default_rng(0).random((N_NETWORKS, network.n_parameters)).astype(dtype)
        begin = drawn if name == "W4" else drawn[0]
        return Problem(name, network, moons.astype(dtype), y[:, None].astype(dtype), begin, len(y))
    sizes: tuple[int, ...]
    if name.startswith("W2"):
        X, labels = _pictures(name == "W2dense")
        sizes, batch_size = (784, 128, 10), 128
    else:
        X, labels = _table()
        sizes, batch_size = (20, 64, 64, 2), 32 if name == "W3b32" else 256
        if name.startswith("W5"):
            n = 1 if name == "W5_1row" else 10_000
            X, labels = np.ascontiguousarray(X[:n]), labels[:n]
    network = Network.of(sizes, "relu", "log_loss")
    Y = np.eye(sizes[-1], dtype=np.float32)[labels]
    return Problem(name, network, X, Y, initialize(network, "he", seed=0, dtype=np.float32), batch_size)


def _pictures(dense: bool) -> tuple[Array, NDArray[np.intp]]:
    """Return 60,000 random pictures and the class that a random linear rule gives them."""
    stream = np.random.default_rng(0)
    X = stream.random((60_000, 784), dtype=np.float32)
    if not dense:
        X *= stream.random((60_000, 784), dtype=np.float32) < 0.19  # as many as in handwritten digits
    rule = stream.standard_normal((784, 10)).astype(np.float32)
    return X, ((X - X.mean(axis=0)) @ rule).argmax(axis=1)


def _table() -> tuple[Array, NDArray[np.intp]]:
    """Return 20,000 rows of 20 numbers and two classes, curved in three of the columns."""
    stream = np.random.default_rng(0)
    X = stream.standard_normal((20_000, 20)).astype(np.float32)
    return X, (np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * X[:, 3] > 0).astype(np.intp)


def expected(work: Problem, epochs: int = 1) -> NDArray[np.float64]:
    """Return what the reference, `selenite.nn` in float64, gives: the predictions, or the loss of each epoch.

    The loss is the rows' sum where the batch is full, as in the article, else their mean. Of many networks:
    the last of each.
    """
    X, Y = work.X.astype(np.float64), work.Y.astype(np.float64)
    if work.name.startswith("W5"):
        return np.asarray(predict(work.network, work.begin.astype(np.float64), X), dtype=np.float64)
    if work.begin.ndim == 2:
        return np.array([expected(replace(work, begin=one), epochs)[-1] for one in work.begin])
    parameters, optimizer = work.begin.astype(np.float64), optimizer_of(work)
    order = work.in_order.repeat(epochs, axis=0)
    state = start(optimizer, parameters)
    options = TrainOptions(batch_size=work.batch_size)
    trained = train(work.network, parameters, optimizer, state, X, Y, options, n_epochs=epochs, order=order)
    return trained.loss * scale_of(work)


def scale_of(work: Problem) -> int:
    """Return what the mean loss is multiplied with."""
    return len(work.X) if work.full_batch else 1


def optimizer_of(work: Problem) -> Optimizer:
    """Return the article's gradient descent for full batches, else Adam with its usual numbers."""
    return Optimizer("sgd", RATE * len(work.X)) if work.full_batch else Optimizer("adam", 1e-3)
