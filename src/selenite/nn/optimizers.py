"""Each optimizer: one step from a gradient, on the flat parameter vector.

sgd     v ← μ v - η g;  p ← p + v, or p + μ v - η g with Nesterov's look ahead     (Sutskever et al. 2013)
adam    m ← β₁ m + (1 - β₁) g;  s ← β₂ s + (1 - β₂) g²;
        p ← p - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√s + ε)                             (Kingma and Ba 2015)
adamw   weights ← weights (1 - η λ), biases left alone; then adam                  (Loshchilov and Hutter 2019)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from math import sqrt

import numpy as np

from selenite.errors import OptionError
from selenite.nn.network import Network
from selenite.nn.schedules import Schedule
from selenite.types import Array

OPTIMIZERS = ("sgd", "adam", "adamw")


@dataclass(frozen=True)
class Rates:
    """The learning rate of each group of parameters, as a share of the optimizer's.

    Parameters
    ----------
    periodic : float
        Of the embedding's frequencies, phases, mixing and offsets.
    factors : float
        Of the embedding's factors.
    weights, biases : float
        Of the layers.

    Raises
    ------
    OptionError
        If a share is below 0 or not finite.

    Examples
    --------
    >>> Optimizer("adam", 0.01, rates=Rates(factors=6.0)).rates.factors  # factors learn at a rate of 0.06
    6.0
    """

    periodic: float = 1.0
    factors: float = 1.0
    weights: float = 1.0
    biases: float = 1.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < np.inf:
                raise OptionError(f"{name}={value!r} must be a number from 0 on")


@dataclass(frozen=True)
class Optimizer:
    """Which optimizer, and its numbers; the top of this file has the formulas.

    Parameters
    ----------
    name : str
        "sgd", "adam" or "adamw".
    learning_rate : float
        η, how far a step goes; above 0.
    momentum : float
        μ of sgd, 0 to 1: how much of the last step is made again.
    nesterov : bool
        Of sgd: look ahead along the momentum.
    beta_1, beta_2 : float
        Of adam and adamw, each from 0 to below 1: how long the means of the gradient and of its square last.
    epsilon : float
        Of adam and adamw: keeps the quotient finite.
    weight_decay : float
        λ of adamw: the share of a weight, times the rate, that each step takes off.
    schedule : Schedule
        How the rate changes; constant unless said.
    rates : Rates
        Rates of single groups of parameters.

    Raises
    ------
    OptionError
        If there is no such optimizer, or a number is out of range.

    Examples
    --------
    >>> Optimizer("sgd", learning_rate=0.1, momentum=0.9).nesterov
    False
    """

    name: str = "adam"
    learning_rate: float = 0.001
    momentum: float = 0.0
    nesterov: bool = False
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)
    rates: Rates = field(default_factory=Rates)

    def __post_init__(self) -> None:
        if self.name not in OPTIMIZERS:
            raise OptionError(f"there is no optimizer {self.name!r}; there are {', '.join(OPTIMIZERS)}")
        if not 0 < self.learning_rate < np.inf:
            raise OptionError(f"learning_rate={self.learning_rate!r} must be a number above 0")
        if not 0 < self.epsilon < np.inf:
            raise OptionError(f"epsilon={self.epsilon!r} must be a number above 0")
        if not 0 <= self.weight_decay < np.inf:
            raise OptionError(f"weight_decay={self.weight_decay!r} must be a number from 0 on")
        if not 0 <= self.momentum <= 1:
            raise OptionError(f"momentum={self.momentum!r} must lie in [0, 1]")
        for name, value in (("beta_1", self.beta_1), ("beta_2", self.beta_2)):
            if not 0 <= value < 1:
                raise OptionError(f"{name}={value!r} must lie in [0, 1)")


@dataclass
class OptimizerState:
    """What an optimizer remembers between steps; `start` makes one, `step` and `train` write into it.

    Attributes
    ----------
    steps, epochs : int
        How many were made.
    rate_factor : float
        By what the adaptive schedule multiplies the rate.
    first : array of shape (n_parameters,)
        The velocity of sgd, the first moment of adam.
    second : array of shape (n_parameters,)
        The second moment of adam; empty for sgd.
    """

    steps: int
    epochs: int
    rate_factor: float
    first: Array
    second: Array

    def copy(self) -> OptimizerState:
        """Return the same in arrays of its own."""
        return replace(self, first=self.first.copy(), second=self.second.copy())


def start(optimizer: Optimizer, parameters: Array) -> OptimizerState:
    """Return the state before the first step.

    Parameters
    ----------
    optimizer : Optimizer
    parameters : array of shape (n_parameters,)
        Only their number and dtype count.

    Returns
    -------
    OptimizerState

    Examples
    --------
    >>> start(Optimizer("adam"), np.ones(3)).first.tolist()
    [0.0, 0.0, 0.0]
    """
    second = np.zeros_like(parameters) if optimizer.name != "sgd" else np.empty(0, parameters.dtype)
    return OptimizerState(0, 0, 1.0, np.zeros_like(parameters), second)


@cache
def group_rates(optimizer: Optimizer, network: Network) -> tuple[float, ...]:
    """Return each group's share of the rate: periodic, factors, weights[0], biases[0], weights[1], ..."""
    rates = optimizer.rates
    return (rates.periodic, rates.factors, *(rates.weights, rates.biases) * network.n_layers)


@cache
def _share_of_each(optimizer: Optimizer, network: Network) -> Array | float:
    """Return each parameter's share of the rate, or 1 where all have it."""
    periodic, factors, *of_layers = group_rates(optimizer, network)
    if {periodic, factors, *of_layers} == {1.0}:
        return 1.0
    shares = np.empty(network.n_parameters)
    if network.embedding is not None:
        shares[: network.n_embedding] = factors
        shares[: network.embedding.n_periodic_parameters()] = periodic
    pairs = zip(network.weights(shares), network.bias_vectors(shares), of_layers[::2], of_layers[1::2], strict=True)
    for weights, biases, of_weights, of_biases in pairs:
        weights[:] = of_weights
        if biases is not None:
            biases[:] = of_biases
    return shares


def step(
    optimizer: Optimizer, state: OptimizerState, network: Network, parameters: Array, gradient: Array, rate: float
) -> None:
    """Make one step: write into the parameters and the state.

    Parameters
    ----------
    optimizer : Optimizer
    state : OptimizerState
        Written into.
    network : Network
        Says which parameters are weights: the weight decay is of these alone.
    parameters : array of shape (n_parameters,)
        Written into.
    gradient : array of shape (n_parameters,)
    rate : float
        The learning rate of this step, the schedule's share already in it.

    Examples
    --------
    >>> parameters, optimizer = np.array([2.0, 1.0]), Optimizer("sgd", 0.1)
    >>> step(optimizer, start(optimizer, parameters), Network((1, 1), ("identity",)), parameters, np.ones(2), 0.1)
    >>> parameters.tolist()
    [1.9, 0.9]
    """
    state.steps += 1
    share = _share_of_each(optimizer, network)
    each_rate = rate * share if isinstance(share, float) else (rate * share).astype(parameters.dtype)
    if optimizer.name == "sgd":
        if optimizer.momentum == 0:
            parameters -= each_rate * gradient
            return
        velocity = state.first
        velocity *= optimizer.momentum
        velocity -= each_rate * gradient
        parameters += optimizer.momentum * velocity - each_rate * gradient if optimizer.nesterov else velocity
        return
    if optimizer.name == "adamw":
        of_weights = group_rates(optimizer, network)[2::2]
        for weights, own in zip(network.weights(parameters), of_weights, strict=True):
            weights *= 1 - rate * own * optimizer.weight_decay
    m, s, t = state.first, state.second, state.steps
    m *= optimizer.beta_1
    m += (1 - optimizer.beta_1) * gradient
    s *= optimizer.beta_2
    s += (1 - optimizer.beta_2) * gradient * gradient
    each_rate = each_rate * (sqrt(1 - optimizer.beta_2**t) / (1 - optimizer.beta_1**t))
    parameters -= each_rate * m / (np.sqrt(s) + optimizer.epsilon)
