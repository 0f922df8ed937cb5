"""How large the numbers in a network can become, for any row: finite parameters must not predict what is not finite.

What the encoder gives is bounded, and a layer's sums are bounded by its weights' sizes times what comes in, in whatever
order they are added up. So are slopes, by the chain rule. The bounds are wide, and what has learnt something stays far
below them: there are 38 powers of ten in single precision.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite.errors import ModelFileError
from selenite.model.parts import Header
from selenite.model.residual_quantiles import ResidualQuantiles
from selenite.nn import Network
from selenite.nn.activations import ACTIVATIONS
from selenite.table.encode import SOFT_LIMIT
from selenite.table.schema import Target
from selenite.types import Array, Floats

MOST_ANSWER = 1e300  # so that the sum of a table's answers is finite, too
MOST_STEEP = 2.0  # of all activations but exp, which is for the output alone


def check_bounds(header: Header, parameters: Array) -> None:
    """Raise if some row could make one of the networks, one a row of the parameters, give what is not finite."""
    network, target, real = header.network, header.target, np.finfo(parameters.dtype)
    free = [column for column in header.schema.columns if column.kind == "number" and not column.scales]
    ends = [abs(end) for column in free for end in (column.minimum, column.maximum) if end is not None]
    largest_input = max([SOFT_LIMIT, *ends])
    most_turns = 2.0 ** (real.nmant - 1)  # up to which the kernel takes whole turns off
    with np.errstate(over="ignore", invalid="ignore"):
        members = np.atleast_2d(parameters)
        output = max(_largest(network, one.astype(np.float64), largest_input, most_turns) for one in members)
        if not output * len(members) < float(real.max) / 4:  # room for rounding
            raise ModelFileError("its parameters are so large that it would predict what is no finite number")
        if network.activations[-1] == "exp":
            output = float(np.finfo(np.float32).max)  # beyond it rows are refused one by one
        pairs = [(target, header.residual_quantiles)]
        if target.each:
            pairs = [(one, of.residual_quantiles) for one, of in zip(target.each, header.of_targets, strict=True)]
        if not all(_farthest(one, known, output) < MOST_ANSWER for one, known in pairs):
            raise ModelFileError("its answers are so far apart that what it predicts would be no finite number")


def _farthest(target: Target, known: ResidualQuantiles | None, output: float) -> float:
    """Return how far from 0 an answer may be said to lie."""
    residual = 0.0 if known is None else float(np.abs(known.quantiles).max())
    return abs(target.center) + target.width * output + residual


def _largest(network: Network, parameters: Floats, largest_input: float, most_turns: float) -> float:
    """Return the largest size of any sum, activation or slope in a network; that of an exp is of its exponent."""
    value, slope = np.full(network.n_inputs, largest_input), np.ones(network.n_inputs)
    largest = [largest_input]
    views = network.embedding_views(parameters)
    if network.embedding is not None and views is not None:
        turns = np.abs(views.frequencies).max(initial=0.0) * largest_input + np.abs(views.phases).max(initial=0.0)
        if not turns <= most_turns:
            raise ModelFileError("its waves are so fast that their phase would be lost to rounding")
        mixing = np.abs(views.mixing).sum(axis=2)  # (n_periodic, n_components)
        waves = (mixing + np.abs(views.offsets)).ravel()
        steep = (2 * np.pi * np.abs(views.frequencies).max(axis=1, initial=0.0)[:, None] * mixing).ravel()
        factors = np.abs(views.factors)
        value, slope = factors * np.append(value, waves), factors * np.append(slope, steep)
        largest += _sizes(value, slope, waves, steep)
    for weights, biases, activation in zip(
        network.weights(parameters), network.bias_vectors(parameters), network.activations, strict=True
    ):
        sizes = np.abs(weights)
        value, slope = value @ sizes, slope @ sizes
        if biases is not None:
            value = value + np.abs(biases)
        largest += _sizes(value, slope)
        value, slope = _after(activation, value), MOST_STEEP * slope
    return max(largest) if np.isfinite(largest).all() else np.inf


def _sizes(*bounds: Floats) -> list[float]:
    return [float(bound.max(initial=0.0)) for bound in bounds]


def _after(activation: str, z: Floats) -> Any:
    """Return the largest size of an activation from that of its sum: at an end, or less than 1 between."""
    if activation == "softmax":
        return np.ones_like(z)
    value = ACTIVATIONS[activation].value
    return np.maximum(np.maximum(np.abs(value(z)), np.abs(value(-z))), 1.0)
