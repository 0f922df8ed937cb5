"""The tutorial's networks before their first step, by name: data, weights as the articles draw them, learning rate.

Losses and gradients are sums over the rows, as in the articles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import Network, Optimizer, start
from selenite.tutorial.data import load_part
from selenite.types import Floats

NAMES = {
    "1": "part 1: the perceptron on five people, corrected",
    "2": "part 2: 2-4-1 without biases, as printed",
    "2-biases": "part 2: 2-4-1 with biases",
    "2-perceptron": "part 2: the perceptron, corrected",
    "3": "part 3: 2-4-3 softmax, as printed",
}
COLUMNS = {"1": ("smoking", "obesity", "exercise")}


@dataclass(frozen=True)
class Lesson:
    """One of the tutorial's networks, its data, and the rate for a gradient that is a sum."""

    name: str
    network: Network
    parameters: Floats
    X: Floats
    Y: Floats  # (n, n_outputs)
    rate: float

    @property
    def optimizer(self) -> Optimizer:
        """Gradient descent on the mean, which selenite takes, with the article's rate for the sum."""
        return Optimizer("sgd", self.rate * len(self.X))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return what the articles call the inputs."""
        return COLUMNS.get(self.name, ("x1", "x2"))


def lesson(name: str, epoch: int = 0) -> Lesson:
    """Return a network of the tutorial after some epochs.

    >>> lesson("2").network.layer_sizes, lesson("2").parameters[:2].round(4).tolist()
    ((2, 4, 1), [0.7885, 0.0568])
    """
    if name not in NAMES:
        raise OptionError(f"the tutorial has no network {name!r}; it has {', '.join(NAMES)}")
    begun = _begun(name)
    if epoch < 0:
        raise OptionError(f"epoch={epoch} must be at least 0, which is before the first step")
    if epoch == 0:
        return begun
    parameters = begun.parameters.copy()
    state = start(begun.optimizer, parameters)
    backend.get().train(begun.network, parameters, begun.optimizer, state, begun.X, begun.Y, n_epochs=epoch)
    return replace(begun, parameters=parameters)


def perceptron_start(part: int) -> tuple[Floats, float]:
    """Return the weights and the bias of the perceptron of part 1 or 2: the first numbers of seed 42."""
    stream = np.random.RandomState(42)
    return stream.rand(3 if part == 1 else 2), stream.rand()


def network_start() -> tuple[Floats, Floats]:
    """Return the article's weights: drawn from the stream of seed 0 after the moons' own draws."""
    stream = np.random.RandomState(0)
    stream.shuffle(np.arange(100))
    stream.normal(size=(100, 2))
    return stream.rand(8), stream.rand(4)


def _begun(name: str) -> Lesson:
    """Return a network before its first step."""
    X, y = load_part(int(name[0]))
    if name in ("1", "2-perceptron"):
        network = Network((X.shape[1], 1), ("logistic",), "squared_error")
        return Lesson(
            name, network, np.append(*perceptron_start(int(name[0]))), X, y[:, None], 0.05 if name == "1" else 0.5
        )
    if name == "3":
        network = Network((2, 4, 3), ("logistic", "softmax"), "log_loss")
        return Lesson(name, network, _softmax_start(len(X)), X, np.eye(3)[y.astype(int)], 0.001)
    hidden, output = network_start()
    biases = name == "2-biases"
    parts = [hidden, np.zeros(4), output, np.zeros(1)] if biases else [hidden, output]
    network = Network((2, 4, 1), ("logistic", "logistic"), "squared_error", biases)
    return Lesson(name, network, np.concatenate(parts), X, y[:, None], 0.5)


def _softmax_start(n: int) -> Floats:
    stream = np.random.RandomState(42)
    stream.randn(n, 2)  # the clouds' own draws come first
    hidden, hidden_bias = stream.rand(2, 4), stream.randn(4)
    output, output_bias = stream.rand(4, 3), stream.randn(3)
    return np.concatenate([hidden.ravel(), hidden_bias, output.ravel(), output_bias])
