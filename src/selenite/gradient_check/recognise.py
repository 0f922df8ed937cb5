"""Which network a user's parameters and functions are: layout, activations, loss; told from what they compute.

Each way to read the parameters as layers is tried until the user's own forward, or without one the user's loss, comes
out the same at several sets of parameters. What is not recognised is still checked, by finite differences alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product

import numpy as np

from selenite.gradient_check.layers import FUNCTIONS, USER_LOSSES, Layers, loss_sum
from selenite.nn import Network
from selenite.nn.activations import ACTIVATIONS, OUTPUT_ONLY
from selenite.types import AnyArray, Array, Indices

LIKELY = ("logistic", "tanh", "relu", "leaky_relu", "elu", "softplus")  # tried in any mixture of layers
HIDDEN = (*LIKELY, *(name for name in FUNCTIONS if name not in (*LIKELY, *OUTPUT_ONLY)))
OUTPUT = ("logistic", "identity", "softmax", "tanh", "relu", "softplus", "leaky_relu")
MOST_READINGS = 300
MOST_OUTPUTS = 10  # of a network whose parameters are one flat vector
MOST_COMBINATIONS = 400


@dataclass(frozen=True)
class Reading:
    """A way to read the parameters, joined to one vector, as layers: where in it each weight and bias is."""

    weights: tuple[Indices, ...]  # (n_in, n_out) each
    biases: tuple[Indices | None, ...]

    def layers(
        self,
        vector: Array,
        activations: tuple[str, ...],
        loss: str = "squared_error",
        scale: float = 1.0,
        penalty: float = 0.0,
    ) -> Layers:
        """Return the layers with numbers."""
        return Layers(
            tuple(vector[index] for index in self.weights),
            tuple(None if index is None else vector[index] for index in self.biases),
            activations,
            loss,
            scale,
            penalty,
        )

    def joined(self, weights: list[Array], biases: list[Array | None], size: int) -> Array:
        """Return gradients in the user's order."""
        vector = np.zeros(size)
        for index, values in zip((*self.weights, *self.biases), (*weights, *biases), strict=True):
            if index is not None and values is not None:
                vector[index] = values
        return vector


@dataclass(frozen=True)
class Recognised:
    """A network that computes what the user's does."""

    reading: Reading
    activations: tuple[str, ...]
    loss: str  # of USER_LOSSES
    scale: float  # the user's loss is this times the sum, plus
    penalty: float  # this times the sum of the squares of
    penalised: str  # "weights" or "all"
    X: Array  # (n, n_inputs), whatever the user's layout
    Y: Array  # (n, n_outputs)

    def layers(self, vector: Array) -> Layers:
        return self.reading.layers(vector, self.activations, self.loss, self.scale, self.penalty)

    @property
    def sizes(self) -> tuple[int, ...]:
        return (self.reading.weights[0].shape[0], *(index.shape[1] for index in self.reading.weights))

    @property
    def network(self) -> Network | None:
        """Return the network as `selenite.nn` describes it, None where it has no such loss or biases."""
        kinds = {index is None for index in self.reading.biases}
        if (
            len(kinds) > 1
            or not ACTIVATIONS.keys() >= {*self.activations}
            or self.loss == "signed_error"
            or (self.loss, self.activations[-1]) == ("squared_error", "softmax")
        ):
            return None
        return Network(self.sizes, self.activations, self.loss, biases=kinds == {False})

    def penalty_gradient(self, vector: Array) -> Array:
        """Return the gradient of the penalty in the user's loss."""
        gradient = np.zeros(len(vector))
        if self.penalty:
            which = (
                self.reading.weights if self.penalised == "weights" else (*self.reading.weights, *self.reading.biases)
            )
            for index in which:
                if index is not None:
                    gradient[index] = 2 * self.penalty * vector[index]
        return gradient

    def describe_loss(self) -> str:
        """Return the user's loss in a few words."""
        n, k = self.Y.shape
        words = {"squared_error": "error²", "log_loss": "cross-entropy", "signed_error": "signed error"}
        word = words.get(self.loss, "|error|")
        penalty = f" + {self.penalty:.3g} Σ {self.penalised}²" if self.penalty else ""
        scale = self.scale * (0.5 if self.loss == "squared_error" else 1)
        for value, text in (
            (1, "Σ {}"), (0.5, "½ Σ {}"), (1 / n, "mean of {} over rows"), (0.5 / n, "½ mean of {} over rows"),
            (1 / (n * k), "mean of {}"), (0.5 / (n * k), "½ mean of {}"),
        ):  # fmt: skip
            if abs(scale / value - 1) < 1e-3:
                text = text.removesuffix(" over rows") if k == 1 else text
                return text.format(word) + penalty
        return f"{scale:.4g} Σ {word}{penalty}"


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


def recognise(shapes: list[tuple[int, ...]], observed: Observed, X: AnyArray, y: AnyArray) -> Recognised | None:
    """Return the network behind what was observed, if it is known."""
    for inputs in _layouts(X):
        fitting = (
            (reading, Y)
            for reading in _readings(shapes, inputs.shape[1])
            if (Y := _targets(y, len(inputs), reading.weights[-1].shape[1]))
        )
        for reading, Y in islice(fitting, MOST_READINGS):
            here = observed
            if observed.predictions is not None:
                shaped = [p for one in observed.predictions if (p := _shaped(one, *Y[0].shape)) is not None]
                if len(shaped) < len(observed.predictions):
                    continue
                here = replace(observed, predictions=shaped)
            found = _activations(reading, here, inputs, Y)
            if found is not None:
                return found
    return None


def _layouts(X: AnyArray) -> Iterator[Array]:
    """Yield the inputs with a row an example."""
    if X.ndim == 1:
        yield X.astype(np.float64)[None, :]
        yield X.astype(np.float64)[:, None]
    elif X.ndim == 2:
        yield X.astype(np.float64)
        yield X.astype(np.float64).T


def _shaped(values: AnyArray, n: int, k: int) -> Array | None:
    """Return targets or predictions with one row for each example, (n, k); None if their number does not fit."""
    if values.size != n * k:
        return None
    if values.ndim == 2 and values.shape != (n, k) and values.shape == (k, n):
        values = values.T
    return np.asarray(values, dtype=np.float64).reshape(n, k)


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


def _readings(shapes: list[tuple[int, ...]], n_inputs: int) -> Iterator[Reading]:
    """Yield the ways to read arrays of these shapes as layers, the likeliest first."""
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    arrays = [np.arange(starts[i], starts[i + 1]).reshape(shape) for i, shape in enumerate(shapes)]
    if len(arrays) == 1 and arrays[0].ndim == 1:
        yield from _splits(arrays[0], n_inputs)
    yield from _chains(arrays, n_inputs)


def _splits(vector: Indices, n_inputs: int) -> Iterator[Reading]:
    """Yield the ways to cut a flat vector into layers.

    Each with its biases after, before or among its weights, or all weights first; matrices by rows or by columns.
    """
    if len(vector) == n_inputs + 1:
        yield Reading((vector[1:, None],), (vector[:1],))
    for sizes, biased in _sizes(len(vector), n_inputs):
        shapes = list(pairwise(sizes))
        parts = [(layer, of_biases) for layer in range(len(shapes)) for of_biases in range(1 + biased)]
        orders = [parts, sorted(parts, key=lambda part: part[1]), sorted(parts, key=lambda part: (part[0], -part[1]))]
        for order in orders if biased else [parts]:
            lengths = [shapes[layer][1] * (1 if of_biases else shapes[layer][0]) for layer, of_biases in order]
            cut = dict(zip(order, np.split(vector, np.cumsum(lengths)[:-1]), strict=True))
            biases = tuple(cut.get((layer, 1)) for layer in range(len(shapes)))
            yield Reading(tuple(cut[layer, 0].reshape(shape) for layer, shape in enumerate(shapes)), biases)
            yield Reading(tuple(cut[layer, 0].reshape(shape[::-1]).T for layer, shape in enumerate(shapes)), biases)
        if biased:  # each unit's bias beside its weights: a column of its layer's matrix, the first or the last
            cuts = np.split(vector, np.cumsum([(n_in + 1) * n_out for n_in, n_out in shapes])[:-1])
            blocks = [cut.reshape(shape[1], shape[0] + 1) for cut, shape in zip(cuts, shapes, strict=True)]
            yield Reading(tuple(block[:, 1:].T for block in blocks), tuple(block[:, 0] for block in blocks))
            yield Reading(tuple(block[:, :-1].T for block in blocks), tuple(block[:, -1] for block in blocks))


def _sizes(length: int, d: int) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Yield layer sizes that have this number of parameters, with biases or without, of up to two hidden layers."""
    for k in range(1, MOST_OUTPUTS + 1):
        if (d + 1) * k == length:
            yield (d, k), True
        for h in range(1, length):
            if (d + 1) * h + (h + 1) * k == length:
                yield (d, h, k), True
            if (d + k) * h == length:
                yield (d, h, k), False
    for k, h in product(range(1, MOST_OUTPUTS + 1), range(1, length)):
        g, rest = divmod(length - (d + 1) * h - k, h + 1 + k)
        if g > 0 and not rest:
            yield (d, h, g, k), True


def _chains(arrays: list[Indices], n_inputs: int) -> Iterator[Reading]:
    """Yield the ways to put arrays one after the other, each with the width that the one before has."""

    def go_on(
        width: int, left: tuple[int, ...], weights: list[Indices], biases: list[Indices | None]
    ) -> Iterator[Reading]:
        if not left:
            yield Reading(tuple(weights), tuple(biases))
            return
        for i in left:
            rest = tuple(j for j in left if j != i)
            for matrix, own in _as_weights(arrays[i], width):
                out = matrix.shape[1]
                if own is not None:
                    yield from go_on(out, rest, [*weights, matrix], [*biases, own])
                    continue
                for j in rest:
                    if arrays[j].size == out and (arrays[j].ndim < 2 or 1 in arrays[j].shape):
                        after = tuple(m for m in rest if m != j)
                        yield from go_on(out, after, [*weights, matrix], [*biases, arrays[j].ravel()])
                yield from go_on(out, rest, [*weights, matrix], [*biases, None])

    yield from go_on(n_inputs, tuple(range(len(arrays))), [], [])


def _as_weights(array: Indices, width: int) -> Iterator[tuple[Indices, Indices | None]]:
    """Yield an array as weights of a layer of `width` inputs, (n_in, n_out), and the biases that it holds as well."""
    if array.ndim < 2:
        if array.size == width:
            yield array.reshape(width, 1), None
        if width == 1 and array.size > 1:
            yield array.reshape(1, -1), None
        if array.size == width + 1:
            yield array.ravel()[:width].reshape(width, 1), array.ravel()[width:]
            yield array.ravel()[1:].reshape(width, 1), array.ravel()[:1]
    elif array.ndim == 2:
        for matrix in (array, array.T):
            if matrix.shape[0] == width:
                yield matrix, None
        for matrix in (array, array.T):
            if matrix.shape[0] == width + 1:  # a row of biases, for an input that is always 1
                yield matrix[:-1], matrix[-1]
                yield matrix[1:], matrix[0]


def _activations(reading: Reading, observed: Observed, X: Array, Y: list[Array]) -> Recognised | None:
    """Return the network if there are activations, and a loss, with which this reading gives the user's numbers."""
    n_outputs = Y[0].shape[1]
    n_hidden = len(reading.weights) - 1
    alike = [(name,) * n_hidden for name in HIDDEN] if n_hidden else [()]
    mixed = product(LIKELY, repeat=n_hidden) if n_hidden > 1 else []
    for hidden in islice(dict.fromkeys([*alike, *mixed]), MOST_COMBINATIONS):
        raw = [reading.layers(vector, (*hidden, "identity")).forward(X)[0][-1] for vector in observed.vectors]
        for output in OUTPUT:
            if output == "softmax" and n_outputs == 1:
                continue
            prediction = [FUNCTIONS[output].value(z) for z in raw]
            if not observed.same(prediction):
                continue
            # A forward that gives the raw output leaves softmax or the logistic function to the loss.
            raw_is_given = output == "identity" and observed.predictions is not None
            for name in (output, "softmax", "logistic") if raw_is_given else (output,):
                if name == "softmax" and n_outputs == 1:
                    continue
                shown = [FUNCTIONS[name].value(z) for z in raw]
                for targets in Y:
                    loss = _loss(reading, observed, raw, shown, targets, name)
                    if loss is not None:
                        return Recognised(reading, (*hidden, name), *loss, X, targets)
    return None


def _loss(
    reading: Reading, observed: Observed, raw: list[Array], predictions: list[Array], Y: Array, activation: str
) -> tuple[str, float, float, str] | None:
    """Return (name, scale, penalty, what is penalised) of the loss that gives the user's numbers at all vectors."""
    values, vectors = np.array(observed.losses), observed.vectors
    squares = {
        "weights": np.array([sum(float((v[i] ** 2).sum()) for i in reading.weights) for v in vectors]),
        "all": np.array([float((v**2).sum()) for v in vectors]),
    }
    for name in USER_LOSSES:
        if name == "log_loss" and activation not in ("softmax", "logistic"):
            continue
        with np.errstate(all="ignore"):
            sums = np.array([loss_sum(name, Y, z, p, activation) for z, p in zip(raw, predictions, strict=True)])
        if not np.isfinite(sums).all() or not sums.any():
            continue
        tolerance = (
            max(1e4 * observed.precision, 1e-6) * np.abs(values).max()
        )  # a clipped logarithm may stand in the loss
        scale = float(sums @ values / (sums @ sums))
        if np.abs(scale * sums - values).max() <= tolerance:
            return name, scale, 0.0, ""
        for penalised, square in squares.items():
            table = np.column_stack([sums, square])
            (scale, penalty), *_ = np.linalg.lstsq(table, values, rcond=None)
            off = np.abs(table @ [scale, penalty] - values).max()
            if scale > 0 and (penalty * square).min() > 10 * tolerance and off <= tolerance:
                return name, float(scale), float(penalty), penalised
    return None
