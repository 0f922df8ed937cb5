"""The work itself: data, network, starting weights and order of rows, the same for every contender.

W1      the tutorial's 2-4-1 network without biases, 100 rows, full batch, ½ Σ error², float64; W1f32 in float32
W2      60,000 x 784, 19 % of it not zero, 784-128-10, batch 128, Adam, float32; W2dense the same without zeros
W3      20,000 x 20, 20-64-64-2, batch 256, Adam, float32; W3b32 with batch 32
W4      256 of the tutorial's networks, 2,000 epochs each, float64
W5      probabilities of a 20-64-64-2 network, float32: one row, 10,000 rows
W6      `selenite tutorial 2` from a cold start
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from selenite.nn import Network, initialize
from selenite.tutorial.data import load_part

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
PER_SECOND = {"us": 1e6, "ms": 1e3, "s": 1.0}
RATE = 0.5  # on the summed gradient, as in the article
N_NETWORKS, N_EPOCHS_MANY = 256, 2000


@dataclass(frozen=True)
class Problem:
    """What to train or to predict, and from where."""

    name: str
    network: Network
    X: np.ndarray  # (n, n_inputs)
    Y: np.ndarray  # (n, n_outputs)
    start: np.ndarray  # the parameters' flat vector; (K, n_parameters) for many networks
    batch_size: int
    order: np.ndarray  # (1, n): the rows of the epoch that is checked

    @property
    def dtype(self):
        return self.X.dtype

    @property
    def labels(self):
        return self.Y.argmax(axis=1)

    def layers(self, start=None):
        """Return [(weights, biases), ...] of the starting parameters, copies."""
        start = self.start if start is None else start
        biases = self.network.bias_vectors(start)
        return [
            (w.copy(), None if b is None else b.copy())
            for w, b in zip(self.network.weights(start), biases, strict=True)
        ]


@cache
def problem(name: str) -> Problem:
    """Return the problem of a workload."""
    if name in ("W1", "W1f32", "W4"):
        X, y = load_part(2)
        dtype = np.float32 if name == "W1f32" else np.float64
        network = Network((2, 4, 1), ("logistic", "logistic"), "squared_error", biases=False)
        draw = np.random.default_rng(0).random((N_NETWORKS, network.n_parameters)).astype(dtype)
        start = draw if name == "W4" else draw[0]
        n = len(X)
        return Problem(name, network, X.astype(dtype), y[:, None].astype(dtype), start, n, np.arange(n)[None])
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
    start = initialize(network, "he", seed=0).astype(np.float32)
    order = np.random.default_rng(1).permutation(len(X))[None]
    return Problem(name, network, X, Y, start, batch_size, order)


@cache
def _pictures(dense: bool):
    """Return 60,000 random pictures and the class that a random linear rule gives them."""
    stream = np.random.default_rng(0)
    X = stream.random((60_000, 784), dtype=np.float32)
    if not dense:
        X *= stream.random((60_000, 784), dtype=np.float32) < 0.19  # as many as in handwritten digits
    return X, (X @ stream.standard_normal((784, 10)).astype(np.float32)).argmax(axis=1)


@cache
def _table():
    """Return 20,000 rows of 20 numbers and two classes, curved in three of the columns."""
    stream = np.random.default_rng(0)
    X = stream.standard_normal((20_000, 20)).astype(np.float32)
    return X, (np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * X[:, 3] > 0).astype(int)


@cache
def expected(name: str, epochs: int):
    """Return what the reference, `selenite.nn` in float64, gives: the loss of each epoch, or the predictions."""
    from selenite.nn import predict

    work = problem(name)
    if name.startswith("W5"):
        return predict(work.network, work.start.astype(np.float64), work.X.astype(np.float64))
    if name == "W4":
        return np.array([_losses(work, start, epochs)[-1] for start in work.start[:4]])
    return _losses(work, work.start, epochs)


def _losses(work: Problem, begin: np.ndarray, epochs: int):
    """Return the loss of each epoch: the sum of the rows' where the batch is full, else the mean."""
    from selenite.nn import start, train

    parameters = begin.astype(np.float64)
    optimizer = optimizer_of(work)
    trained = train(
        work.network,
        parameters,
        optimizer,
        start(optimizer, parameters),
        work.X.astype(np.float64),
        work.Y.astype(np.float64),
        n_epochs=epochs,
        batch_size=work.batch_size,
        order=work.order.repeat(epochs, axis=0),
    )
    return trained.loss * (len(work.X) if work.batch_size == len(work.X) else 1)


def optimizer_of(work: Problem):
    """Return the article's gradient descent for full batches, else Adam with its usual numbers."""
    from selenite.nn import Optimizer

    return Optimizer("sgd", RATE * len(work.X)) if work.batch_size == len(work.X) else Optimizer("adam", 1e-3)
