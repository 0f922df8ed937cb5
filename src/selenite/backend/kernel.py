"""The verbs by the C++ kernel: the same mathematics and signatures as `selenite.nn`, compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any

import numpy as np

from selenite import _kernel, nn
from selenite.backend.threads import n_threads
from selenite.errors import OptionError
from selenite.nn.backprop import Trace, check_elementwise
from selenite.nn.early_stopping import EarlyStopping
from selenite.nn.epoch import Epochs, TrainOptions, one_each, own_rows
from selenite.nn.losses import parse_loss
from selenite.nn.network import Network
from selenite.nn.optimizers import Optimizer, OptimizerState, group_rates
from selenite.nn.shards import Exchange, check_shards
from selenite.types import Array, Indices


@lru_cache(256)
def _described(network: Network) -> _kernel.Described:
    """Return the network as the kernel knows it."""
    loss, parameter = parse_loss(network.loss)
    embedding = network.embedding
    return _kernel.describe(
        network.layer_sizes,
        network.activations,
        loss,
        parameter,
        network.biases,
        None if embedding is None else embedding.periodic,
        1 if embedding is None else embedding.n_frequencies,
        1 if embedding is None else embedding.n_components,
    )


_latest: tuple[Network | None, Any] = None, None  # the network asked for last, and as the kernel knows it


def _handle(network: Network) -> _kernel.Described:
    """Return the network as the kernel knows it; the same network again is not even looked up."""
    global _latest
    asked, known = _latest
    if asked is not network:
        known = _described(network)
        _latest = network, known
    return known  # type: ignore[no-any-return]


def _or_numpy(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Let NumPy do what the kernel cannot: it knows no activation and no loss of one's own."""

    @wraps(verb)
    def chosen(network: Network, *arguments: Any, **named: Any) -> Any:
        return (getattr(nn, verb.__name__) if network.has_own else verb)(network, *arguments, **named)

    return chosen


def predict(network: Network, parameters: Array, X: Array) -> Array:
    """Return the prediction of each row, shape (n, n_outputs); with a row of parameters a member, their mean."""
    threads = n_threads() if len(X) > 1 else 1
    asked, known = (
        _latest  # of a single row in a loop Python's part is a third of the time: it does no more than needed
    )
    if asked is not network:
        if network.has_own:
            return nn.predict(network, parameters, X)
        known = _handle(network)
    try:
        return _kernel.predict(known, parameters, X, threads)
    except TypeError:  # arrays that do not lie as the kernel takes them
        parameters, X = _arrays(parameters, parameters, X)
        return _kernel.predict(known, parameters, X, threads)


@_or_numpy
def loss_and_gradient(
    network: Network,
    parameters: Array,
    X: Array,
    Y: Array,
    *,
    sample_weight: Array | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
) -> tuple[float, Array]:
    """Return the mean loss of the rows and its gradient, as long as the parameters."""
    parameters, X, Y, sample_weight = _arrays(parameters, parameters, X, Y, sample_weight)
    return _kernel.loss_and_gradient(_handle(network), parameters, X, Y, sample_weight, l1, l2, n_threads())


@_or_numpy
def input_gradient(network: Network, parameters: Array, X: Array, output: int = 0) -> Array:
    """Return the derivative of one raw output with respect to each input, for each row: shape (n, n_inputs)."""
    parameters, X = _arrays(parameters, parameters, X)
    return _kernel.input_gradient(_handle(network), parameters, X, output % network.n_outputs)


@_or_numpy
def jacobian(network: Network, parameters: Array, X: Array) -> Array:
    """Return the derivative of each prediction with respect to each parameter, shape (n, n_outputs, n_parameters)."""
    check_elementwise(network)
    parameters, X = _arrays(parameters, parameters, X)
    return _kernel.jacobian(_handle(network), parameters, X)


@_or_numpy
def trace(network: Network, parameters: Array, X: Array, Y: Array) -> Trace:
    """Return every z, activation, delta and loss of the given rows."""
    parameters, X, Y = _arrays(parameters, parameters, X, Y)
    z, a, delta, losses = _kernel.trace(_handle(network), parameters, X, Y)
    features = X if network.embedding is None else predict(*network.embedding_alone(parameters), X)
    return Trace(z, [features, *a], delta, losses)


@_or_numpy
def train_many(
    network: Network,
    parameters: Array | Sequence[Array],
    optimizers: Sequence[Optimizer],
    states: Sequence[OptimizerState],
    X: Array | Sequence[Array],
    Y: Array | Sequence[Array],
    options: TrainOptions = TrainOptions(),
    *,
    n_epochs: int,
    seeds: Sequence[int] | None = None,
    order: Indices | None = None,
    sample_weight: Array | Sequence[Array] | None = None,
    early_stoppings: Sequence[EarlyStopping | None] | None = None,
    stop: Callable[[], bool] | None = None,
    exchange: Exchange | None = None,
) -> list[Epochs]:
    """Train K networks of one description, one a thread; see `selenite.nn.train_many`."""
    rows = [_arrays(parameters[0], *each) for each in own_rows(X, Y, sample_weight, len(parameters))]
    one_each(len(parameters), optimizers=optimizers, states=states, seeds=seeds, early_stoppings=early_stoppings)
    if not all(one.ndim == 1 and one.flags.carray for one in parameters):
        raise OptionError("the parameters are written into: give a writable array, one contiguous row for each network")
    rules: list[EarlyStopping | None] = [None] * len(parameters) if early_stoppings is None else list(early_stoppings)
    bests = [None if rule is None else rule.best_parameters for rule in rules]
    epochs_before = [None if rule is None else rule.best_epoch for rule in rules]
    for rule in rules:
        if rule is not None:
            rule.best_parameters = np.empty_like(parameters[0])
            if rule.X is not None and rule.Y is not None:
                rule.X, rule.Y, rule.sample_weight = _arrays(parameters[0], rule.X, rule.Y, rule.sample_weight)
    check_shards(options.shards, exchange)
    run = _kernel.train_float32 if parameters[0].dtype == np.float32 else _kernel.train_float64
    try:
        curves = run(
            _handle(network),
            list(parameters),
            list(optimizers),
            [group_rates(optimizer, network) for optimizer in optimizers],
            list(states),
            [each[0] for each in rows],
            [each[1] for each in rows],
            [each[2] for each in rows],
            rules,
            list(range(len(parameters))) if seeds is None else list(seeds),
            n_epochs,
            options.total_epochs or n_epochs,
            options.batch_size or 0,
            None if order is None else np.require(order.astype(np.int64, casting="safe", copy=False), None, ("C", "A")),
            options.l1,
            options.l2,
            options.dropout,
            stop,
            n_threads(),
            *_part(options.shards, exchange),
        )
    finally:
        for rule, best, before in zip(rules, bests, epochs_before, strict=True):
            if rule is not None and rule.best_epoch == before:
                rule.best_parameters = best
    return [
        Epochs(
            loss[:n],
            validation[:n] if rule is not None and rule.X is not None else validation[:0],
            norm[:n],
            rate[:n],
            ended,
        )
        for (loss, validation, norm, rate, n, ended), rule in zip(curves, rules, strict=True)
    ]


def _part(n_shards: int, exchange: Exchange | None) -> tuple[Any, ...]:
    """Return which shards the kernel computes, and how it trades their sum; nothing of a batch that is not cut."""
    if n_shards == 1:
        return ()
    if exchange is None:
        return (n_shards, 0, n_shards), None
    return (n_shards, exchange.first, exchange.count), exchange.trade


def _arrays(like: Array, *arrays: Array | None) -> list[Array]:
    """Return the arrays as the kernel takes them: of one type, row after row, aligned."""
    if like.dtype not in (np.float32, np.float64):
        raise TypeError(f"the parameters are {like.dtype}; the kernel computes in float32 or float64")
    return [None if array is None else np.require(array, like.dtype, ("C", "A")) for array in arrays]  # type: ignore[misc]
