"""The embedding of the inputs: what happens to them before the first layer.

Some inputs are numbers whose fine steps matter. Such an x stays, and beside it come mixtures of waves,

    u_f = cos(2π (x w_f + b_f)),   e_k = Σ_f u_f A_kf + c_k      (periodic embedding: Gorishniy et al. 2022)

with trainable frequencies w, phases b (in turns), mixing A and offsets c of its own. Then each feature, that is each
input and each e, is multiplied by a factor of its own: a soft choice of features (Holzmüller et al. 2024).

In the flat vector its parameters come first: for each periodic input w, b, A (row by row) and c; then the factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from selenite.errors import NetworkError
from selenite.types import Array

MOST_COMPONENTS = 4


@dataclass(frozen=True)
class Embedding:
    """The embedding described: which inputs become waves, of how many frequencies, mixed into how many components.

    Parameters
    ----------
    periodic : tuple of int
        The inputs that become waves, from 0 and rising. Every feature has its factor, whether it is periodic or not.
    n_frequencies : int
        Waves of each periodic input.
    n_components : int
        Mixtures of these waves that the first layer gets beside the input, 1 to 4.

    Raises
    ------
    NetworkError
        If a number is out of range; `Network` raises it for inputs that are not there.

    Examples
    --------
    >>> embedding = Embedding(periodic=(0, 2), n_frequencies=8, n_components=2)
    >>> embedding.n_features(3), embedding.n_parameters(3)  # 3 inputs and 2 mixtures of each wave; with 7 factors
    (7, 75)
    """

    periodic: tuple[int, ...] = ()
    n_frequencies: int = 16
    n_components: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "periodic", tuple(int(i) for i in self.periodic))
        if not 1 <= self.n_components <= MOST_COMPONENTS or self.n_frequencies < 1:
            raise NetworkError(
                f"n_frequencies={self.n_frequencies} and n_components={self.n_components}: give at least 1 frequency "
                f"and 1 to {MOST_COMPONENTS} components"
            )

    def check(self, n_inputs: int) -> None:
        """Refuse periodic inputs that are not there or not in order."""
        if any(not 0 <= i < n_inputs for i in self.periodic) or list(self.periodic) != sorted(set(self.periodic)):
            raise NetworkError(
                f"periodic={self.periodic} must name different inputs in rising order, from 0 to {n_inputs - 1}"
            )

    def n_features(self, n_inputs: int) -> int:
        """Return how many numbers the first layer gets."""
        return n_inputs + self.n_components * len(self.periodic)

    def n_periodic_parameters(self) -> int:
        """Return how many parameters make the waves."""
        return len(self.periodic) * ((2 + self.n_components) * self.n_frequencies + self.n_components)

    def n_parameters(self, n_inputs: int) -> int:
        """Return how many parameters the embedding has."""
        return self.n_periodic_parameters() + self.n_features(n_inputs)


class EmbeddingViews(NamedTuple):
    """The embedding's parameters as views of the flat vector."""

    frequencies: Array  # w, (n_periodic, n_frequencies)
    phases: Array  # b, as w
    mixing: Array  # A, (n_periodic, n_components, n_frequencies)
    offsets: Array  # c, (n_periodic, n_components)
    factors: Array  # (n_features,)


def embedding_views(embedding: Embedding, n_inputs: int, parameters: Array) -> EmbeddingViews:
    """Return the embedding's parameters as views of the flat vector."""
    n_periodic, f, k = len(embedding.periodic), embedding.n_frequencies, embedding.n_components
    end = embedding.n_periodic_parameters()
    table = parameters[:end].reshape(n_periodic, (2 + k) * f + k)
    return EmbeddingViews(
        table[:, :f],
        table[:, f : 2 * f],
        np.lib.stride_tricks.as_strided(
            table[:, 2 * f :], (n_periodic, k, f), (table.strides[0], f * table.itemsize, table.itemsize)
        ),
        table[:, (2 + k) * f :],
        parameters[end : end + embedding.n_features(n_inputs)],
    )


def _turns(embedding: Embedding, views: EmbeddingViews, X: Array) -> Array:
    """Return x w + b without its whole turns, (n, n_periodic, n_frequencies)."""
    t: Array = X[:, list(embedding.periodic), None] * views.frequencies + views.phases
    t -= np.round(t)
    return t


def plain_features(embedding: Embedding, views: EmbeddingViews, X: Array) -> Array:
    """Return the inputs and the components of their waves, before the factors: (n, n_features)."""
    u = np.cos(X.dtype.type(2 * np.pi) * _turns(embedding, views, X))
    e = np.einsum("npf,pkf->npk", u, views.mixing) + views.offsets
    return np.hstack([X, e.reshape(len(X), -1)])


def embedding_gradient(
    embedding: Embedding, views: EmbeddingViews, gradient: EmbeddingViews, X: Array, delta: Array
) -> None:
    """Write the gradient of the embedding's parameters from the features' delta, (n, n_features)."""
    plain = plain_features(embedding, views, X)
    np.einsum("ni,ni->i", delta, plain, out=gradient.factors)
    turn, d_e = X.dtype.type(2 * np.pi), _component_delta(embedding, views, X.shape[1], delta)
    t = _turns(embedding, views, X)
    d_t = -turn * np.sin(turn * t) * np.einsum("npk,pkf->npf", d_e, views.mixing)
    gradient.frequencies[:] = np.einsum("npf,np->pf", d_t, X[:, list(embedding.periodic)])
    gradient.phases[:] = d_t.sum(axis=0)
    gradient.mixing[:] = np.einsum("npk,npf->pkf", d_e, np.cos(turn * t))
    gradient.offsets[:] = d_e.sum(axis=0)


def embedding_input_gradient(embedding: Embedding, views: EmbeddingViews, X: Array, delta: Array) -> Array:
    """Return the derivative with respect to each input from the features' delta, (n, n_inputs)."""
    n_inputs = X.shape[1]
    slope: Array = delta[:, :n_inputs] * views.factors[:n_inputs]
    turn, d_e = X.dtype.type(2 * np.pi), _component_delta(embedding, views, n_inputs, delta)
    d_t = -turn * np.sin(turn * _turns(embedding, views, X)) * np.einsum("npk,pkf->npf", d_e, views.mixing)
    slope[:, list(embedding.periodic)] += np.einsum("npf,pf->np", d_t, views.frequencies)
    return slope


def _component_delta(embedding: Embedding, views: EmbeddingViews, n_inputs: int, delta: Array) -> Array:
    """Return the delta of each component e, (n, n_periodic, n_components)."""
    d_e: Array = delta[:, n_inputs:] * views.factors[n_inputs:]
    return d_e.reshape(len(delta), len(embedding.periodic), embedding.n_components)
