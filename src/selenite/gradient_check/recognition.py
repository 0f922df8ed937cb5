"""Which network a user's parameters and functions are: layout, activations, loss; told from what they compute.

Each way to read the parameters as layers is tried until the user's own forward, or without one the user's loss, comes
out the same at several sets of parameters. What is not recognised is still checked, by finite differences alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from selenite.errors import NetworkError
from selenite.gradient_check.layers import FUNCTIONS, USER_LOSSES, Layers, loss_sum
from selenite.gradient_check.layouts import Layout, layouts
from selenite.gradient_check.sampling import joined
from selenite.gradient_check.user_network import UserNetwork
from selenite.nn import ACTIVATIONS, Network
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.types import AnyArray, Array

MIXED = ("logistic", "tanh", "relu", "leaky_relu", "elu", "softplus")  # tried in any order, an activation a layer
HIDDEN = (
    *MIXED,
    *(name for name in HIDDEN_ACTIVATIONS if name not in (*MIXED, "identity")),
    "identity",
    *(name for name in FUNCTIONS if name not in ACTIVATIONS),
)
OUTPUT = ("logistic", "identity", "softmax", "tanh", "relu", "softplus", "leaky_relu")
MOST_LAYOUTS = 300
MOST_COMBINATIONS = 400  # of activations, for one layout,
MOST_TRIALS = 5000  # and for all


@dataclass(frozen=True)
class Recognised:
    """A network that computes what the user's does."""

    layout: Layout
    activations: tuple[str, ...]
    X: Array  # (n, n_inputs), whatever the user's layout
    Y: Array  # (n, n_outputs)
    loss: str = "squared_error"  # of USER_LOSSES
    scale: float = 1.0  # the user's loss is this times the sum, plus
    penalty: float = 0.0  # this times the sum of the squares of
    penalised: str = "weights"  # these, or "all"

    def layers(self, vector: Array) -> Layers:
        """Return the layers with numbers, from all parameters joined."""
        return Layers(
            tuple(vector[index] for index in self.layout.weights),
            tuple(None if index is None else vector[index] for index in self.layout.biases),
            self.activations,
            self.loss,
            self.scale,
            self.penalty,
        )

    @property
    def network(self) -> Network | None:
        """The network as `selenite.nn` describes it, None where it has no such loss or biases."""
        kinds = {index is None for index in self.layout.biases}
        if len(kinds) > 1:
            return None
        try:
            return Network(self.layout.sizes, self.activations, self.loss, biases=kinds == {False})
        except NetworkError:
            return None

    def loss_at(self, arrays: list[Array]) -> float:
        """Return the loss, without a penalty."""
        z, a = self.layers(joined(arrays)).forward(self.X)
        return self.scale * loss_sum(self.loss, self.Y, z[-1], a[-1], self.activations[-1])

    def penalty_gradient(self, vector: Array) -> Array:
        """Return the gradient of the penalty in the user's loss."""
        if self.penalised == "all":
            return 2 * self.penalty * vector
        gradient = np.zeros(len(vector))
        for index in self.layout.weights:
            gradient[index] = 2 * self.penalty * vector[index]
        return gradient

    def has_relu_at_zero(self, arrays: list[Array]) -> bool:
        """Return whether a unit's activation is exactly 0 where it is of ReLU's kind."""
        _, a = self.layers(joined(arrays)).forward(self.X)
        return any("relu" in name and (one == 0).any() for name, one in zip(self.activations, a[1:], strict=True))

    def in_words(self) -> str:
        """Return sizes, activations and loss in a few words."""
        n, k = self.Y.shape
        words = {"squared_error": "error²", "log_loss": "cross-entropy", "signed_error": "signed error"}
        word = words.get(self.loss, "|error|")
        scale = self.scale * (0.5 if self.loss == "squared_error" else 1)
        over_rows = "" if k == 1 else " over rows"
        scales = {
            f"Σ {word}": 1, f"½ Σ {word}": 0.5, f"mean of {word}{over_rows}": 1 / n,
            f"½ mean of {word}{over_rows}": 0.5 / n, f"mean of {word}": 1 / (n * k), f"½ mean of {word}": 0.5 / (n * k),
        }  # fmt: skip
        close = (text for text, value in scales.items() if abs(scale / value - 1) < 1e-3)
        loss = next(close, f"{scale:.4g} Σ {word}")
        penalty = f" + {self.penalty:.3g} Σ {self.penalised}²" if self.penalty else ""
        return f"{'-'.join(map(str, self.layout.sizes))}, {', '.join(self.activations)}, loss {loss}{penalty}"


@dataclass(frozen=True)
class Observed:
    """What the user's functions gave at several vectors of all parameters."""

    vectors: list[Array]
    predictions: list[Array] | None  # None: there is no forward
    losses: list[float]
    precision: float  # of the user's arithmetic

    def same(self, predictions: list[Array]) -> bool:
        """Tell whether other predictions are these, but for rounding; without a forward all are."""
        return self.predictions is None or all(
            np.abs(p - q).max() <= 1e3 * self.precision * max(np.abs(q).max(initial=0.0), 1e-3)
            for p, q in zip(predictions, self.predictions, strict=True)
        )


def recognise(network: UserNetwork, samples: list[list[Array]], precision: float) -> Recognised | None:
    """Return the network, wherever in what forward returns its prediction is; None if it is not known.

    Samples are parameters at which the user's functions are called; `precision` is that of the user's arithmetic.
    """
    vectors = [joined(arrays) for arrays in samples]
    for place in (places := network.prediction_places()):
        network.prediction_at = place
        given: list[Array] = [p.astype(np.float64) for p in map(network.forward, samples) if p is not None]
        losses = [network.loss(arrays) for arrays in samples]  # which may be of that prediction
        observed = Observed(vectors, given if len(given) == len(samples) else None, losses, precision)
        trials = 0
        for layout, X, Y in _readings(network):
            hidden = _hidden(len(layout.weights) - 1)
            trials += len(hidden)
            if trials > MOST_TRIALS:
                break
            if found := _with_layout(layout, hidden, observed, X, Y):
                return found
    network.prediction_at = places[0]
    return None


def _readings(network: UserNetwork) -> Iterator[tuple[Layout, Array, list[Array]]]:
    """Yield layouts with the inputs, a row an example, and with what the targets may be."""
    X: Array = network.X.astype(np.float64)
    if X.ndim not in (1, 2):
        return
    for inputs in (X[None, :], X[:, None]) if X.ndim == 1 else (X, X.T):
        fitting = (
            (layout, inputs, Y)
            for layout in layouts([array.shape for array in network.start], inputs.shape[1])
            if (Y := _targets(network.y, len(inputs), layout.sizes[-1]))
        )
        yield from islice(fitting, MOST_LAYOUTS)


def _targets(y: AnyArray, n: int, k: int) -> list[Array]:
    """Return what the targets may be, (n, k): as they are, -1 as 0, classes by number, from 0 or 1, as 0 and 1."""
    shaped = _shaped(y, n, k)
    if shaped is not None:
        signs = bool(np.isin(shaped, (-1, 1)).all())
        return [shaped, (shaped + 1) / 2] if signs else [shaped]
    numbers = y.ravel()
    if y.size != n or k == 1 or not np.isin(numbers, np.arange(k + 1)).all():
        return []
    labels = numbers.astype(int)
    ways = [(labels - 1) % k, labels % k]  # from 1; from 0, or with the last class as 0
    return [np.eye(k)[way] for way in (ways if labels.max() == k else ways[::-1])]


def _shaped(values: AnyArray, n: int, k: int) -> Array | None:
    """Return targets or predictions with one row for each example, (n, k); None if their number does not fit."""
    if values.size != n * k:
        return None
    if values.ndim == 2 and values.shape != (n, k) and values.shape == (k, n):
        values = values.T
    return np.asarray(values, dtype=np.float64).reshape(n, k)


def _hidden(n_layers: int) -> list[tuple[str, ...]]:
    """Return the activations of hidden layers that are tried: the same in all, and mixed."""
    if n_layers == 0:
        return [()]
    mixed = product(MIXED, repeat=n_layers) if n_layers > 1 else ()
    tried = dict.fromkeys([*((name,) * n_layers for name in HIDDEN), *islice(mixed, MOST_COMBINATIONS)])
    return [*islice(tried, MOST_COMBINATIONS)]


def _with_layout(
    layout: Layout, hidden: list[tuple[str, ...]], observed: Observed, X: Array, Y: list[Array]
) -> Recognised | None:
    """Return the network if there are activations, and a loss, with which this layout gives the user's numbers."""
    n, k = Y[0].shape
    if observed.predictions is not None:
        shaped = [p for one in observed.predictions if (p := _shaped(one, n, k)) is not None]
        if len(shaped) < len(observed.predictions):
            return None
        observed = replace(observed, predictions=shaped)
    outputs = [name for name in OUTPUT if k > 1 or name != "softmax"]
    squares = {
        "weights": np.array([sum(float((v[i] ** 2).sum()) for i in layout.weights) for v in observed.vectors]),
        "all": np.array([float((v**2).sum()) for v in observed.vectors]),
    }
    for names in hidden:
        linear = Recognised(layout, (*names, "identity"), X, Y[0])
        raw = [linear.layers(vector).forward(X)[0][-1] for vector in observed.vectors]
        for output in outputs:
            if not observed.same([FUNCTIONS[output].value(z) for z in raw]):
                continue
            # A forward that gives the raw output leaves softmax or the logistic function to the loss.
            raw_is_given = output == "identity" and observed.predictions is not None
            for name in (output, *(("softmax",) if k > 1 else ()), "logistic") if raw_is_given else (output,):
                for targets in Y:
                    candidate = replace(linear, activations=(*names, name), Y=targets)
                    if found := _with_loss(candidate, observed, raw, squares):
                        return found
    return None


def _with_loss(
    candidate: Recognised, observed: Observed, raw: list[Array], squares: dict[str, Array]
) -> Recognised | None:
    """Return a network with the loss that gives the user's numbers at all vectors, None if there is none.

    `squares` are the sums, one a vector, of the squares that a penalty may be of.
    """
    values, activation = np.array(observed.losses), candidate.activations[-1]
    # As exact as a clipped logarithm in the loss lets it be.
    tolerance = max(1e4 * observed.precision, 1e-6) * np.abs(values).max()
    predictions = [FUNCTIONS[activation].value(z) for z in raw]
    for name in USER_LOSSES:
        if name == "log_loss" and activation not in ("softmax", "logistic"):
            continue
        pairs = zip(raw, predictions, strict=True)
        with np.errstate(all="ignore"):
            sums = np.array([loss_sum(name, candidate.Y, z, p, activation) for z, p in pairs])
        if not np.isfinite(sums).all() or not sums.any():
            continue
        scale = float(sums @ values / (sums @ sums))
        if np.abs(scale * sums - values).max() <= tolerance:
            return replace(candidate, loss=name, scale=scale)
        for penalised, square in squares.items():
            with np.errstate(all="ignore"):  # least squares, by what of the penalty is perpendicular to the sums
                across = square - (square @ sums) / (sums @ sums) * sums
                penalty = (across @ values) / (across @ across)
                scale = (values - penalty * square) @ sums / (sums @ sums)
                off = np.abs(scale * sums + penalty * square - values).max()
            if scale > 0 and (penalty * square).min() > 10 * tolerance and off <= tolerance:
                return replace(candidate, loss=name, scale=float(scale), penalty=float(penalty), penalised=penalised)
    return None
