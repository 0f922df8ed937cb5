"""Epochs: the rows in order, batch by batch, a step each, and after each epoch the question whether to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from selenite.errors import OptionError
from selenite.nn.backprop import forward, gradient_sums, mean_of, row_losses
from selenite.nn.early_stopping import EarlyStopping
from selenite.nn.network import Network
from selenite.nn.optimizers import Optimizer, OptimizerState, step
from selenite.nn.random import dropout_mask
from selenite.nn.schedules import share
from selenite.nn.shards import Exchange, ShardSums, check_shards, in_shard, shuffled, sum_of_shards
from selenite.types import Array, Floats, Indices


@dataclass(frozen=True)
class TrainOptions:
    """How epochs are made: what stays as it is from one call of `train` to the next.

    Parameters
    ----------
    batch_size : int, optional
        Rows a step; None for all at once, as they stand.
    total_epochs : float, optional
        What the schedules cosine and one_cycle aim at, in epochs of the rows given, which need not be whole where these
        are a part of an epoch's; None for the epochs of the call.
    l1, l2 : float
        Penalties on the weights, (l1 Σ |weight| + ½ l2 Σ weight²) / rows of the batch; biases are left out.
    dropout : float
        Share of the units of each hidden layer that a row leaves out in a step.
    shards : int
        Parts of a batch whose gradients are summed in a fixed tree, a power of two: as many processes can compute them.

    Examples
    --------
    >>> TrainOptions(batch_size=32, l2=0.01).total_epochs is None
    True
    """

    batch_size: int | None = None
    total_epochs: float | None = None
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    shards: int = 1


@dataclass(frozen=True)
class Epochs:
    """What some epochs gave: one number an epoch.

    Attributes
    ----------
    loss : array of shape (n_epochs,)
        Mean over the batches, each before its step and counted by its rows.
    validation_loss : array of shape (n_epochs,) or (0,)
        After the epoch; empty without validation rows.
    gradient_norm : array of shape (n_epochs,)
        Root of the mean square over the batches.
    rate : array of shape (n_epochs,)
        The learning rate of the epoch's last step.
    ended : str
        Why it ended before its epochs were made: "stalled", "stopped" or "diverged"; else "".
    """

    loss: Floats
    validation_loss: Floats
    gradient_norm: Floats
    rate: Floats
    ended: str = ""


def mean_loss(network: Network, parameters: Array, X: Array, Y: Array, sample_weight: Array | None = None) -> float:
    """Return the mean loss of the rows, without the penalty.

    Parameters
    ----------
    network, parameters, X, Y, sample_weight : as `loss_and_gradient` takes them

    Examples
    --------
    >>> mean_loss(Network((1, 1), ("identity",)), np.array([2.0, 1.0]), np.array([[3.0]]), np.array([[5.0]]))
    2.0
    """
    z, a = forward(network, parameters, X)
    losses = row_losses(network, z[-1], a[-1], Y)
    return float(np.average(losses.astype(np.float64), weights=sample_weight))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is caught and named
def train(
    network: Network,
    parameters: Array,
    optimizer: Optimizer,
    state: OptimizerState,
    X: Array,
    Y: Array,
    options: TrainOptions = TrainOptions(),
    *,
    n_epochs: int,
    seed: int = 0,
    order: Indices | None = None,
    sample_weight: Array | None = None,
    early_stopping: EarlyStopping | None = None,
    stop: Callable[[], bool] | None = None,
    exchange: Exchange | None = None,
) -> Epochs:
    """Train for some epochs, from where `state` stands: write into the parameters, the state and the stopping rule.

    Asking for 10 epochs, or for 3 and then 7, gives the same bits: all that is random depends on (seed, epoch, row).
    Row order is the generator's unless `order`, shape (n_epochs, n), hands it in; a full batch keeps the rows as they
    are. A loss or gradient that is not finite ends training before its step; parameters stay finite.

    Parameters
    ----------
    network : Network
    parameters : array of shape (n_parameters,)
        Written into.
    optimizer : Optimizer
    state : OptimizerState
        Of `start` or of an earlier call; written into.
    X, Y, sample_weight : as `loss_and_gradient` takes them
    options : TrainOptions
    n_epochs : int
        The most epochs to make.
    seed : int
        Of the order of the rows and of dropout.
    order : array of int of shape (n_epochs, n), optional
        The rows of each epoch in order.
    early_stopping : EarlyStopping, optional
        Asked after each epoch; written into.
    stop : callable, optional
        Asked before each batch; training ends where it returns True.
    exchange : Exchange, optional
        Where some of the shards are computed elsewhere: who stops, stops all.

    Returns
    -------
    Epochs

    Examples
    --------
    >>> from selenite.nn import initialize, start
    >>> network, optimizer = Network((1, 1), ("identity",)), Optimizer("sgd", 0.5)
    >>> parameters, X = initialize(network), np.linspace(-1, 1, 20)[:, None]
    >>> state = start(optimizer, parameters)
    >>> epochs = train(network, parameters, optimizer, state, X, 3 * X + 1, n_epochs=200)
    >>> parameters.round(3).tolist(), len(epochs.loss), state.steps
    ([3.0, 1.0], 200, 200)
    """
    check_shards(options.shards, exchange)
    n, data = len(X), _Data(network, X, Y, sample_weight, options, seed, exchange, stop)
    size = n if options.batch_size is None else min(options.batch_size, n)
    batches = [(begin, min(begin + size, n)) for begin in range(0, n, size)]
    n_steps = (options.total_epochs or n_epochs) * len(batches)
    losses: list[float] = []
    validation: list[float] = []
    norms: list[float] = []
    rates: list[float] = []
    ended = ""

    for epoch in range(n_epochs):
        rows = None if order is None else order[epoch]
        if order is None and size < n:
            rows = shuffled(options.shards, seed, n, state.epochs)
        backup = parameters.copy(), state.first.copy(), state.second.copy(), state.steps
        ended, loss, norm, rate = _one_epoch(data, parameters, optimizer, state, rows, batches, n_steps)
        if not ended and not np.isfinite(parameters).all():
            ended = "diverged"
        if ended == "diverged":  # as if the epoch had not begun
            parameters[:], state.first[:], state.second[:], state.steps = backup
        if ended:
            break
        state.epochs += 1
        losses.append(loss)
        norms.append(norm)
        rates.append(rate)
        if early_stopping is not None:
            if early_stopping.X is not None and early_stopping.Y is not None:
                rows_aside = early_stopping.X, early_stopping.Y, early_stopping.sample_weight
                validation.append(mean_loss(network, parameters, *rows_aside))
            if early_stopping.ends((validation or losses)[-1], parameters, optimizer, state):
                ended = "stalled"
                break
    return Epochs(np.array(losses), np.array(validation), np.array(norms), np.array(rates), ended)


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
    """Train K networks of one description, as `train` does each.

    Parameters
    ----------
    network : Network
    parameters : array of shape (K, n_parameters), or a list of K vectors
        Written into, as are the states and the stopping rules.
    optimizers, states : sequences of K
    X, Y, sample_weight : arrays, or lists of K arrays
        One for all networks, or one for each.
    options : TrainOptions
    n_epochs : int
        The most epochs to make.
    seeds : sequence of K ints, optional
        0, 1, ... unless given.
    order, stop, exchange
        For all networks, as in `train`.
    early_stoppings : sequence of K rules or None, optional

    Returns
    -------
    list of K Epochs

    Raises
    ------
    OptionError
        If a list has not one entry for each network.

    Examples
    --------
    >>> from selenite.nn import initialize, start
    >>> network, optimizer = Network((1, 1), ("identity",)), Optimizer("sgd", 0.5)
    >>> parameters, X = np.array([initialize(network, seed=k) for k in range(3)]), np.linspace(-1, 1, 20)[:, None]
    >>> states = [start(optimizer, one) for one in parameters]
    >>> epochs = train_many(network, parameters, [optimizer] * 3, states, X, 3 * X, n_epochs=200)
    >>> parameters[:, 0].round(3).tolist()
    [3.0, 3.0, 3.0]
    """
    one_each(len(parameters), optimizers=optimizers, states=states, seeds=seeds, early_stoppings=early_stoppings)
    rows = own_rows(X, Y, sample_weight, len(parameters))
    return [
        train(
            network,
            parameters[k],
            optimizers[k],
            states[k],
            x,
            y,
            options,
            n_epochs=n_epochs,
            seed=k if seeds is None else seeds[k],
            order=order,
            sample_weight=weight,
            early_stopping=None if early_stoppings is None else early_stoppings[k],
            stop=stop,
            exchange=exchange,
        )
        for k, (x, y, weight) in enumerate(rows if len(rows) > 1 else rows * len(parameters))
    ]


def own_rows(
    X: Array | Sequence[Array],
    Y: Array | Sequence[Array],
    sample_weight: Array | Sequence[Array] | None,
    n_networks: int,
) -> list[tuple[Array, Array, Array | None]]:
    """Return (X, Y, sample_weight) once where they are for all networks, else for each."""
    if isinstance(X, np.ndarray):
        return [(X, Y, sample_weight)]  # type: ignore[list-item]
    one_each(n_networks, X=X, Y=Y, sample_weight=sample_weight)
    weights = [None] * n_networks if sample_weight is None else sample_weight
    return list(zip(X, Y, weights, strict=True))


def one_each(n_networks: int, **lists: Sequence[object] | Array | None) -> None:
    """Refuse a list that has not one entry for each network."""
    for name, given in lists.items():
        if given is not None and len(given) != n_networks:
            raise OptionError(f"{name} has {len(given)} entries for {n_networks} networks: give one for each")


@dataclass(frozen=True)
class _Data:
    """Rows to train on and how, and the sums over some of them."""

    network: Network
    X: Array
    Y: Array
    weight: Array | None
    options: TrainOptions
    seed: int
    exchange: Exchange | None
    stop: Callable[[], bool] | None

    def sums(
        self, parameters: Array, epoch: int, order: Indices | None, begin: int, end: int
    ) -> tuple[float, float, Array] | None:
        """Return loss, weight and gradient of a batch of the order; None where some process was asked to stop."""
        asked, n = self.stop is not None and self.stop(), self.options.shards
        if asked and self.exchange is None:
            return None
        if n == 1:
            return self._of(parameters, epoch, order, slice(begin, end))

        def of_shard(shard: int) -> ShardSums:
            found = ShardSums(parameters)
            loss, weight, found.gradient[:] = self._of(parameters, epoch, order, in_shard(shard, n, begin, end))
            found.numbers[:] = loss, weight, asked
            return found

        found = sum_of_shards(n, self.exchange, of_shard)
        loss, weight, stopped = map(float, found.numbers)
        return None if stopped else (loss, weight, found.gradient)

    def _of(self, parameters: Array, epoch: int, order: Indices | None, places: slice) -> tuple[float, float, Array]:
        rows = places if order is None else order[places]
        weight, rate, masks = None if self.weight is None else self.weight[rows], self.options.dropout, None
        if rate > 0:
            numbers, scale = np.arange(len(self.X))[rows], self.X.dtype.type(1 / (1 - rate))
            masks = [
                dropout_mask(self.seed, epoch, layer, numbers, units, rate) * scale
                for layer, units in enumerate(self.network.layer_sizes[1:-1])
            ]
        return gradient_sums(self.network, parameters, self.X[rows], self.Y[rows], weight, masks)


def _one_epoch(
    data: _Data,
    parameters: Array,
    optimizer: Optimizer,
    state: OptimizerState,
    rows: Indices | None,
    batches: list[tuple[int, int]],
    n_steps: float,
) -> tuple[str, float, float, float]:
    """Make a step for each batch: return why it ended before the last, the loss, the gradient norm and the rate."""
    network, options, n = data.network, data.options, len(data.X)
    loss = square = rate = 0.0
    for begin, end in batches:
        sums = data.sums(parameters, state.epochs, rows, begin, end)
        if sums is None:
            return "stopped", loss, square, rate
        batch_loss, gradient = mean_of(network, parameters, *sums, options.l1, options.l2)
        norm_square = float(gradient @ gradient)
        if not (isfinite(batch_loss) and isfinite(norm_square)):
            return "diverged", loss, square, rate
        rate = optimizer.learning_rate * state.rate_factor
        if optimizer.schedule.name != "constant":
            rate *= share(optimizer.schedule, state.steps / n_steps, state.epochs, state.epochs * n)
        step(optimizer, state, network, parameters, gradient, rate)
        loss += batch_loss * (end - begin)
        square += norm_square
    return "", loss / n, (square / len(batches)) ** 0.5, rate
