"""What is explained: one number a row, the probability of a class or the predicted number, and its slopes.

An ensemble predicts the mean of its members, so the slope of a probability is the mean of the members' slopes: for
member m with raw outputs z_m, dp/dx = mean over m of Σ_j (dp/dz_j)(dz_j/dx), and dz_j/dx is `input_gradient`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selenite import backend as backends
from selenite.errors import OptionError
from selenite.model import Model
from selenite.nn import ACTIVATIONS, Network
from selenite.table import as_numbers, as_probabilities, class_labels
from selenite.text import listed, nearest, shown
from selenite.types import Array, Floats, Indices


@dataclass(frozen=True, eq=False)
class Quantity:
    """The probability of a class, or the predicted number, as a function of the encoded inputs."""

    model: Model
    index: int = 0  # of the class
    raw: Network = field(init=False)  # the same network without its output activation: it gives z
    members: Floats = field(init=False)  # (n_members, n_parameters)

    def __post_init__(self) -> None:
        network, parameters = self.model.network, self.model.parameters
        raw = replace(network, activations=(*network.activations[:-1], "identity"), loss="squared_error")
        object.__setattr__(self, "raw", raw)
        object.__setattr__(self, "members", np.atleast_2d(parameters).astype(np.float64))

    @property
    def name(self) -> str:
        """What the number is called: "probability of yes", or the target's name."""
        target = self.model.target
        return target.name if target.task == "regression" else f"probability of {target.classes[self.index]}"

    @property
    def unit(self) -> float:
        """What one is of the network's output: 1 of a probability, the target's width of a number."""
        return self.model.target.width if self.model.target.task == "regression" else 1.0

    def value(self, inputs: Array) -> Floats:
        """Return the number of each row as the model predicts it, shape (n,)."""
        return self._meant(self.model.output(inputs))

    def precise_value(self, inputs: Floats) -> Floats:
        """Return the number of each row, computed in double precision."""
        return self._meant(backends.get().predict(self.model.network, self.members, inputs))

    def gradient(self, inputs: Floats) -> Floats:
        """Return the slope of the number with respect to each input, in the model's precision: shape (n, n_inputs)."""
        members = np.atleast_2d(self.model.parameters)
        rows = inputs.astype(members.dtype)
        with ThreadPoolExecutor(min(backends.n_threads(), len(members))) as threads:
            slope = sum(threads.map(lambda member: self._slope(member, rows), members), np.zeros(inputs.shape))
        is_complement = len(self.model.target.classes) == 2 and self.model.network.n_outputs == 1 and self.index == 0
        return np.asarray(slope * (-1.0 if is_complement else self.unit) / len(members))

    def _slope(self, member: Array, inputs: Array) -> Array:
        """Return the slope of one member's output, before scaling."""
        verbs, network = backends.get(), self.model.network
        output = self.index if network.n_outputs > 1 else 0  # the one that tells the number
        z = verbs.predict(self.raw, member, inputs)
        a = ACTIVATIONS[network.activations[-1]].value(z)
        if network.activations[-1] != "softmax":
            steepness = ACTIVATIONS[network.activations[-1]].derivative(z, a)[:, [output]]
            return np.asarray(steepness * verbs.input_gradient(network, member, inputs, output))
        share = -a[:, [output]] * a  # dp_k/dz_j = p_k (1 if j is k else 0) - p_k p_j
        share[:, output] += a[:, output]
        return np.asarray(
            sum(share[:, [j]] * verbs.input_gradient(network, member, inputs, j) for j in range(network.n_outputs))
        )

    def _meant(self, output: Array) -> Floats:
        """Return what the network's output means, as float64."""
        if self.model.target.task == "regression":
            return as_numbers(self.model.target, output[:, 0])
        return as_probabilities(output.astype(np.float64))[:, self.index]


def explained_classes(model: Model, inputs: Any, label: Any) -> Indices:
    """Return the index of the class that is explained in each row; zeros for a number."""
    target, n = model.target, len(inputs)
    if target.task == "regression":
        if label is not None:
            raise OptionError(f"{shown(target.name)} is a number: it has no class {shown(str(label))}")
        return np.zeros(n, dtype=np.intp)
    if label is not None:
        values = zip(class_labels(target).tolist(), target.classes, strict=True)
        found = [index for index, (value, text) in enumerate(values) if label == value or str(label) == text]
        if not found:
            near = nearest(str(label), target.classes)
            instead = f"did you mean {shown(near)}?" if near is not None else f"there are {listed(target.classes)}"
            raise OptionError(f"there is no class {shown(str(label))}; {instead}")
        return np.full(n, found[0], dtype=np.intp)
    if len(target.classes) == 2:
        return np.ones(n, dtype=np.intp)
    predicted: Indices = model.output(inputs).argmax(axis=1)
    return predicted
