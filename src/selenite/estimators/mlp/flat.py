"""The parameters in one piece, as selenite keeps them, and in many, as scikit-learn shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from selenite.nn import Network
from selenite.nn.initializers import require_room
from selenite.types import Array


def drawn(network: Network, stream: np.random.RandomState, dtype: Any) -> Array:
    """Return parameters as scikit-learn draws them: uniform within √(6 / (n_in + n_out)), 2 for logistic."""
    require_room(network, dtype)
    flat = np.empty(network.n_parameters, dtype)
    names = (*network.activations[:-1], *network.activations[-2:-1])  # the output's as the last hidden
    pairs = zip(network.weights(flat), network.bias_vectors(flat), strict=True)
    for l, (weights, biases) in enumerate(pairs):
        factor = 2.0 if names and names[l] == "logistic" else 6.0
        bound = np.sqrt(factor / sum(weights.shape))
        weights[:] = stream.uniform(-bound, bound, weights.shape)
        if biases is not None:
            biases[:] = stream.uniform(-bound, bound, biases.shape)
    return flat


class FlatParameters(BaseEstimator):  # type: ignore[misc]
    """An estimator with one flat vector, whose `coefs_` and `intercepts_` are views of it; who sets them is heard."""

    _network: Network
    _flat: Array

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Take up `coefs_` and `intercepts_`, whoever set them, and show them again in the end."""
        self._flat = self._packed()
        try:
            yield
        finally:
            self._show_parameters()

    def _show_parameters(self) -> None:
        """Make `coefs_` and `intercepts_` views of the flat vector."""
        self.coefs_ = self._network.weights(self._flat)
        self.intercepts_ = self._network.bias_vectors(self._flat)
        self._shown = (*self.coefs_, *self.intercepts_)

    def _packed(self) -> Array:
        """Return the flat vector, made anew if somebody has put other arrays into `coefs_` or `intercepts_`."""
        given = (*self.coefs_, *self.intercepts_)
        shown = self.__dict__.get("_shown", ())
        if len(shown) == len(given) and all(map(lambda a, b: a is b, given, shown)):
            flat: Array = self._flat
            return flat
        arrays: list[Any] = [array for pair in zip(self.coefs_, self.intercepts_, strict=True) for array in pair]
        return np.concatenate([np.ravel(array) for array in arrays])

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__().copy()
        if "_shown" in state:
            state["_flat"] = self._packed()
            del state["_shown"]
        return dict(state)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_flat" in state:
            self._show_parameters()
