"""Starting values of the parameters.

    uniform   U(0, 1)                   what the tutorial does
    normal    N(0, 1)
    glorot    U(±√(6 / (n_in + n_out))) keeps the variance both ways (Glorot and Bengio 2010)
    he        N(0, 2 / n_in)            for relu and its kin (He et al. 2015)
    lecun     N(0, 1 / n_in)            for selu and tanh (LeCun et al. 1998)

Biases start as the weights do with uniform and normal, at zero otherwise. An embedding starts with frequencies
N(0, 0.3²), phases U(±½), mixing and offsets U(±1/√n_frequencies) and factors 1, whatever the initializer.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from selenite.errors import NetworkError
from selenite.memory import require_memory
from selenite.nn.network import Network
from selenite.nn.random import EMBEDDING, INITIALIZE, bits, normal, uniform
from selenite.types import Array, DTypeLike

FREQUENCY_DEVIATION = 0.3
TRAINED_COPIES = 5  # of the parameters: these, their gradient, two means of it, the best so far
DRAWN_COPIES = 2  # these, and the bits that they are drawn from
INITIALIZERS = ("uniform", "normal", "glorot", "he", "lecun")


def initialize(network: Network, initializer: str = "glorot", seed: int = 0, dtype: DTypeLike = np.float64) -> Array:
    """Return a new parameter vector.

    Parameters
    ----------
    network : Network
    initializer : str
        A name of `INITIALIZERS`: "uniform", "normal", "glorot", "he" or "lecun"; their formulas stand above.
    seed : int
        What is drawn is a hash of the seed and the parameter's place: the same on every machine.
    dtype : dtype
        float64 or float32; drawn in float64, then rounded.

    Returns
    -------
    array of shape (n_parameters,)

    Raises
    ------
    NetworkError
        If there is no such initializer.
    MemoryError
        If the parameters need more memory than is free.

    Examples
    --------
    >>> initialize(Network((1, 2), ("identity",)), "uniform", seed=1).round(4)
    array([0.7571, 0.7653, 0.4905, 0.7906])
    """
    if initializer not in INITIALIZERS:
        raise NetworkError(f"there is no initializer {initializer!r}; there are {', '.join(INITIALIZERS)}")
    require_room(network, np.float64, copies=DRAWN_COPIES)
    parameters = np.zeros(network.n_parameters)
    _start_embedding(network, parameters, seed)
    pairs = zip(network.weights(parameters), network.bias_vectors(parameters), strict=True)
    for layer, (weights, biases) in enumerate(pairs):
        n_in, n_out = weights.shape
        h = bits(seed, INITIALIZE, layer, np.arange((n_in + 1) * n_out, dtype=np.uint64))
        if initializer == "uniform":
            drawn = uniform(h)
        elif initializer == "glorot":
            drawn = (2 * uniform(h) - 1) * sqrt(6 / (n_in + n_out))
        else:
            drawn = normal(h) * {"normal": 1.0, "he": sqrt(2 / n_in), "lecun": sqrt(1 / n_in)}[initializer]
        weights[:] = drawn[: n_in * n_out].reshape(n_in, n_out)
        if biases is not None and initializer in ("uniform", "normal"):
            biases[:] = drawn[n_in * n_out :]
    return parameters.astype(dtype)


def require_room(network: Network, dtype: DTypeLike, copies: int = TRAINED_COPIES, networks: int = 1) -> None:
    """Raise if the networks' parameters, by default in training, need more memory than is free."""
    sizes = "-".join(map(str, network.layer_sizes))
    require_memory(
        networks * copies * network.n_parameters * np.dtype(dtype).itemsize,
        f"training {sizes}, {network.n_parameters:,} parameters{f', {networks:,} times' if networks > 1 else ''},",
        "Take smaller layers or fewer networks",
    )


def _start_embedding(network: Network, parameters: Array, seed: int) -> None:
    """Write the embedding's starting values, if there is an embedding."""
    views = network.embedding_views(parameters)
    if network.embedding is None or views is None:
        return
    drawn = [bits(seed, EMBEDDING, part, np.arange(view.size, dtype=np.uint64)) for part, view in enumerate(views[:4])]
    bound = 1 / sqrt(network.embedding.n_frequencies)
    views.frequencies[:] = FREQUENCY_DEVIATION * normal(drawn[0]).reshape(views.frequencies.shape)
    views.phases[:] = uniform(drawn[1]).reshape(views.phases.shape) - 0.5
    views.mixing[:] = bound * (2 * uniform(drawn[2]) - 1).reshape(views.mixing.shape)
    views.offsets[:] = bound * (2 * uniform(drawn[3]) - 1).reshape(views.offsets.shape)
    views.factors[:] = 1
