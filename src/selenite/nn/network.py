"""The description of a network, and its parameters as one flat vector.

The network (2, 4, 1) has two inputs, a hidden layer of 4 and one output. Layer l goes from `layer_sizes[l]` to
`layer_sizes[l + 1]` units: z = a_before @ weights[l] + biases[l], a = activation(z). The flat vector holds
weights[0], biases[0], weights[1], biases[1], ..., each row by row; `weights` and `biases` are views of it.
A network may have an embedding (see `embedding`), whose parameters come before those; the first layer then goes
from the embedding's features instead of the inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from selenite.errors import NetworkError
from selenite.nn.activations import ACTIVATIONS, ALIASES, OUTPUT_ONLY
from selenite.nn.embedding import Embedding, EmbeddingViews, embedding_views
from selenite.nn.losses import LOSSES, parse_loss
from selenite.types import Array


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron described: sizes, one activation per layer, the loss.

    Parameters
    ----------
    layer_sizes : tuple of int
        Units of each layer, the input and the output included: at least two numbers.
        Two numbers make a perceptron, without a hidden layer.
    activations : tuple of str
        One name per layer after the input, the output's included.
    loss : str
        A name of `LOSSES`, with its number in brackets if it has one: "quantile(0.9)".
    biases : bool
        Whether the layers have biases.
    embedding : Embedding, optional
        What happens to the inputs before the first layer.

    Raises
    ------
    NetworkError
        If the description makes no sense; the message says what would.

    Examples
    --------
    >>> network = Network((2, 4, 1), ("logistic", "logistic"), "squared_error")
    >>> network.n_parameters
    17
    >>> Network.of((10, 64, 3), hidden="relu", loss="log_loss").activations
    ('relu', 'softmax')
    """

    layer_sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str = "squared_error"
    biases: bool = True
    embedding: Embedding | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "layer_sizes", tuple(int(size) for size in self.layer_sizes))
        object.__setattr__(self, "activations", tuple(ALIASES.get(name, name) for name in self.activations))
        if len(self.layer_sizes) < 2 or min(self.layer_sizes) < 1:
            raise NetworkError(
                f"layer_sizes={self.layer_sizes} does not describe a network: give the number of inputs, "
                "of units in each hidden layer (if any) and of outputs, each at least 1, such as (2, 4, 1)"
            )
        if len(self.activations) != self.n_layers:
            raise NetworkError(
                f"{len(self.activations)} activations for {self.n_layers} layers: "
                f"layer_sizes={self.layer_sizes} needs one per layer after the input"
            )
        for position, name in enumerate(self.activations):
            if name not in ACTIVATIONS:
                raise NetworkError(f"there is no activation {name!r}; there are {', '.join(ACTIVATIONS)}")
            if name in OUTPUT_ONLY and position < self.n_layers - 1:
                raise NetworkError(f"{name} is for the output only; layer {position + 1} is hidden")
        try:
            loss, _ = parse_loss(self.loss)
        except ValueError as error:
            raise NetworkError(str(error)) from None
        output = self.activations[-1]
        if output not in LOSSES[loss].activations:
            fitting = [name for name in LOSSES if output in LOSSES[name].activations]
            raise NetworkError(
                f"the loss {loss} does not go with the output activation {output}: {loss} goes with "
                f"{', '.join(LOSSES[loss].activations)}; {output} goes with {', '.join(fitting)}"
            )
        if output == "softmax" and self.layer_sizes[-1] < 2:
            raise NetworkError("softmax needs at least 2 outputs; for one output take logistic")
        if self.embedding is not None:
            self.embedding.check(self.n_inputs)

    def __str__(self) -> str:
        """Return a table of the layers."""
        from selenite.nn.describe import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        from selenite.nn.describe import to_html

        return to_html(self)

    @classmethod
    def of(
        cls,
        layer_sizes: Sequence[int],
        hidden: str | Sequence[str] = "relu",
        loss: str = "squared_error",
        biases: bool = True,
        embedding: Embedding | None = None,
    ) -> Network:
        """Return a network with the usual activations: at the output what the loss asks for.

        `hidden` is that of all hidden layers, or names one for each.
        """
        sizes = tuple(layer_sizes)
        name = loss if loss in LOSSES else loss.partition("(")[0]
        if name not in LOSSES:
            raise NetworkError(f"there is no loss {loss!r}; there are {', '.join(LOSSES)}")
        output = LOSSES[name].activations[0]
        if output == "softmax" and sizes and sizes[-1] == 1:
            output = "logistic"
        between = (hidden,) * (len(sizes) - 2) if isinstance(hidden, str) else tuple(hidden)
        return cls(sizes, (*between, output), loss, biases, embedding)

    @property
    def has_own(self) -> bool:
        """Whether an activation or the loss is one of your own, which only NumPy computes."""
        return any(hasattr(name, "part") for name in (*self.activations, self.loss))

    @property
    def hidden_activation(self) -> str:
        """What the hidden layers' activation is, or of each where they differ: "relu", "tanh,relu"."""
        hidden = self.activations[:-1]
        return ",".join(hidden if len(set(hidden)) > 1 else hidden[:1])

    @property
    def n_layers(self) -> int:
        """How many layers have weights."""
        return len(self.layer_sizes) - 1

    @property
    def n_inputs(self) -> int:
        """How many numbers a row has."""
        return self.layer_sizes[0]

    @property
    def n_features(self) -> int:
        """How many numbers the first layer gets: the inputs, or what the embedding makes of them."""
        return self.n_inputs if self.embedding is None else self.embedding.n_features(self.n_inputs)

    @property
    def widths(self) -> tuple[int, ...]:
        """How many numbers each layer hands on: the features, then the units of each layer."""
        return (self.n_features, *self.layer_sizes[1:])

    def feature_names(self, inputs: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the first layer gets, by the names of the inputs: these, then the waves of some of them."""
        if self.embedding is None:
            return inputs
        components = range(1, self.embedding.n_components + 1)
        return (*inputs, *(f"{inputs[i]}, wave {k}" for i in self.embedding.periodic for k in components))

    @property
    def n_embedding(self) -> int:
        """How many parameters the embedding has, the first ones of the vector."""
        return 0 if self.embedding is None else self.embedding.n_parameters(self.n_inputs)

    @property
    def n_outputs(self) -> int:
        """How many numbers are predicted for a row."""
        return self.layer_sizes[-1]

    @property
    def n_parameters(self) -> int:
        """Length of the parameter vector."""
        return self.n_embedding + sum((n_in + self.biases) * n_out for _, n_in, n_out in self._layers())

    def output_alone(self, k: int, parameters: Array) -> tuple[Network, Array]:
        """Return the network that gives output k alone, and its parameters; of several networks, one a row, too."""
        sizes, start = (*self.layer_sizes[:-1], 1), self._layers()[-1][0]
        last = [*range(start + k, self.n_parameters, self.n_outputs)]  # its weights, and its bias below them
        return replace(self, layer_sizes=sizes), parameters[..., [*range(start), *last]]

    def embedding_alone(self, parameters: Array) -> tuple[Network, Array]:
        """Return the network that hands on what the embedding makes of the inputs, and its parameters."""
        n = self.n_features
        alone = Network((self.n_inputs, n), ("identity",), biases=False, embedding=self.embedding)
        return alone, np.concatenate([parameters[: self.n_embedding], np.eye(n, dtype=parameters.dtype).ravel()])

    def embedding_views(self, parameters: Array) -> EmbeddingViews | None:
        """Return the embedding's parameters as views of the vector; None without an embedding."""
        return None if self.embedding is None else embedding_views(self.embedding, self.n_inputs, parameters)

    def weights(self, parameters: Array) -> list[Array]:
        """Return the weights of each layer, shape (n_in, n_out), as views of the vector."""
        return [parameters[start : start + n_in * n_out].reshape(n_in, n_out) for start, n_in, n_out in self._layers()]

    def bias_vectors(self, parameters: Array) -> list[Array | None]:
        """Return the biases of each layer, shape (n_out,), as views of the vector; None where there are none."""
        return [
            parameters[start + n_in * n_out : start + (n_in + 1) * n_out] if self.biases else None
            for start, n_in, n_out in self._layers()
        ]

    def _layers(self) -> list[tuple[int, int, int]]:
        """Return (start in the vector, n_in, n_out) of each layer."""
        layers, start = [], self.n_embedding
        for n_in, n_out in pairwise(self.widths):
            layers.append((start, n_in, n_out))
            start += (n_in + self.biases) * n_out
        return layers
