"""Each loss, its derivative, and the constant that it likes best.

A loss gives one number a row, summed over the outputs. Its derivative is taken with respect to the raw
output z (before the output's activation): this is the output's delta, where backpropagation begins.
The log loss and the Poisson loss with exp are computed from z itself, so nothing overflows and nothing is clipped.

A loss may carry one number in brackets: "huber(1.5)" (where the square becomes a line; 1 if not said),
"quantile(0.9)" (which quantile is predicted; 0.5 if not said). Of the others it changes only what is shown, never the
derivative, so that a loss can be shown as other libraries do: "log_loss(36)" (the most that an output may show),
"squared_error(3)" and "poisson(3)" (a divisor, such as the number of outputs).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from selenite.nn.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, Named, softplus
from selenite.types import Array, Floats

BOTH = ("classification", "regression")


def mean(y: Floats, _: float) -> float:
    """Return the mean, which the squared error and others like best."""
    return float(y.mean())


class Loss(NamedTuple):
    """The loss of each output and its derivative, both from (y, z, p = a(z), output activation, parameter)."""

    value: Callable[[Array, Array, Array, str, float], Array]
    delta: Callable[[Array, Array, Array, str, float], Array]
    activations: tuple[str, ...]  # output activations that it makes sense with, the usual one first
    tasks: tuple[str, ...] = BOTH  # what it makes sense for
    metric: str = ""  # the field's name of its mean on numbers; else the loss as it is spelt
    constant: Callable[[Floats, float], float] = mean  # of answers (n,) and parameter: the one with the least loss
    constant_name: str = "mean"  # in words; {} is the parameter
    parameter: float = 0.0
    formula: tuple[str, str] = ("loss(p, y)", r"\text{loss}(p, y)")  # of one output, as text and in LaTeX
    slope: tuple[str, str] = ("loss'(p, y)", r"\text{loss}'(p, y)")  # its derivative with respect to p, likewise
    words: str = ""  # what people call it, if not by its name


def through(slope: Array, z: Array, p: Array, activation: str) -> Array:
    """Return the derivative with respect to z from that with respect to p: the chain rule's first link."""
    return slope if activation == "identity" else slope * ACTIVATIONS[activation].derivative(z, p)


def squared_error(y: Array, z: Array, p: Array, activation: str, divisor: float) -> Array:
    """Return ½ (p - y)²."""
    return 0.5 * (p - y) ** 2 / divisor


def squared_error_delta(y: Array, z: Array, p: Array, activation: str, _: float) -> Array:
    """Return a'(z) (p - y)."""
    return through(p - y, z, p, activation)


def log_loss(y: Array, z: Array, p: Array, activation: str, cap: float) -> Array:
    """Return Σ y (log Σ eᶻ - z) (softmax; y sums to 1), or y softplus(-z) + (1 - y) softplus(z) (logistic)."""
    if activation == "softmax":
        losses: Array = y * np.minimum(log_sum_exp(z) - z, cap)
        return losses
    no = softplus(z)
    yes = no - z  # softplus(-z)
    losses = y * np.minimum(yes, cap) + (1 - y) * np.minimum(no, cap)
    return losses


def log_sum_exp(z: Array) -> Array:
    """Return log Σ eᶻ of each row, shape (n, 1); the row's maximum is taken off first."""
    top = z.max(axis=1, keepdims=True)
    log_sum: Array = np.log(np.exp(z - top).sum(axis=1, keepdims=True)) + top
    return log_sum


def log_loss_delta(y: Array, z: Array, p: Array, activation: str, _: float) -> Array:
    """Return p - y, the same for softmax and logistic."""
    return p - y


def poisson(y: Array, z: Array, p: Array, activation: str, divisor: float) -> Array:
    """Return p - y + y log(y / p), half the Poisson deviance; log p is z where p = eᶻ."""
    log_p = z if activation == "exp" else np.log(p)
    y_log_y = np.where(y > 0, y * np.log(np.where(y > 0, y, 1)), 0)
    return (p - y + y_log_y - y * log_p) / divisor


def poisson_delta(y: Array, z: Array, p: Array, activation: str, _: float) -> Array:
    """Return p - y where p = eᶻ, else a'(z) (1 - y / p)."""
    return p - y if activation == "exp" else through(1 - y / p, z, p, activation)


def absolute_error(y: Array, z: Array, p: Array, activation: str, _: float) -> Array:
    """Return |p - y|."""
    return np.abs(p - y)


def absolute_error_delta(y: Array, z: Array, p: Array, activation: str, _: float) -> Array:
    """Return a'(z) times the sign of p - y; 0 where they are equal."""
    return through(np.sign(p - y), z, p, activation)


def median(y: Floats, _: float) -> float:
    """Return the median, which the absolute error likes best."""
    return quantile_constant(y, 0.5)


def huber(y: Array, z: Array, p: Array, activation: str, threshold: float) -> Array:
    """Return ½ e² up to the threshold, and the tangent beyond (Huber 1964)."""
    e = np.abs(p - y)
    return np.where(e <= threshold, 0.5 * e * e, threshold * (e - 0.5 * threshold))


def huber_delta(y: Array, z: Array, p: Array, activation: str, threshold: float) -> Array:
    """Return a'(z) (p - y), the error kept within the threshold."""
    return through(np.clip(p - y, -threshold, threshold), z, p, activation)


def huber_constant(y: Floats, threshold: float) -> float:
    """Return where the pull Σ clip(y - c, -threshold, threshold), which falls from corner to corner, crosses zero."""
    threshold = min(threshold, float(np.ptp(y)))
    corners = np.concatenate([y - threshold, y + threshold])
    order = np.argsort(corners, kind="stable")
    corners = corners[order]
    falling = np.cumsum(np.repeat([1.0, -1.0], len(y))[order])  # how many y lie within the threshold after each corner
    pull = len(y) * threshold - np.append(0.0, np.cumsum(falling[:-1] * np.diff(corners)))
    return float(np.interp(0.0, -pull, corners))


def quantile(y: Array, z: Array, p: Array, activation: str, level: float) -> Array:
    """Return level (y - p) where p is too low, (1 - level) (p - y) where too high (Koenker and Bassett 1978)."""
    return np.maximum(level * (y - p), (level - 1) * (y - p))


def quantile_delta(y: Array, z: Array, p: Array, activation: str, level: float) -> Array:
    """Return a'(z) (1 - level) where p is too high, -a'(z) level where too low."""
    slope = np.where(p > y, 1 - level, np.where(p < y, -level, 0)).astype(p.dtype)
    return through(slope, z, p, activation)


def quantile_constant(y: Floats, level: float) -> float:
    """Return the quantile, an answer itself or the middle of two."""
    return float(np.quantile(y, level, method="averaged_inverted_cdf"))


LOSSES: Named[Loss] = Named(
    {
        "squared_error": Loss(
            squared_error,
            squared_error_delta,
            (*HIDDEN_ACTIVATIONS, "exp"),
            metric="RMSE",
            parameter=1.0,
            formula=("½ (p - y)²", r"\tfrac{1}{2}(p - y)^2"),
            slope=("p - y", "p - y"),
        ),
        "log_loss": Loss(
            log_loss,
            log_loss_delta,
            ("softmax", "logistic"),
            ("classification",),
            parameter=np.inf,
            formula=("-y ln p - (1 - y) ln(1 - p)", r"-y \ln p - (1 - y) \ln(1 - p)"),
            words="cross-entropy",
        ),
        "poisson": Loss(
            poisson,
            poisson_delta,
            ("exp", "softplus"),
            ("regression",),
            parameter=1.0,
            formula=("p - y + y ln y - y ln p", r"p - y + y \ln y - y \ln p"),
            slope=("1 - y / p", r"1 - \frac{y}{p}"),
        ),
        "absolute_error": Loss(
            absolute_error,
            absolute_error_delta,
            HIDDEN_ACTIVATIONS,
            metric="MAE",
            constant=median,
            constant_name="median",
            formula=("|p - y|", "|p - y|"),
            slope=("sign(p - y)", r"\text{sign}(p - y)"),
        ),
        "huber": Loss(
            huber,
            huber_delta,
            HIDDEN_ACTIVATIONS,
            constant=huber_constant,
            constant_name="best constant",
            parameter=1.0,
            formula=("½ (p - y)² up to the threshold, then its tangent", r"\text{Huber}(p - y)"),
            slope=("p - y, kept within ± threshold", r"\text{clip}(p - y, \pm t)"),
            words="Huber",
        ),
        "quantile": Loss(
            quantile,
            quantile_delta,
            HIDDEN_ACTIVATIONS,
            ("regression",),
            constant=quantile_constant,
            constant_name="{}-quantile",
            parameter=0.5,
            formula=(
                "level × (y - p) if too low, (1 - level) × (p - y) if too high",
                r"\max(q (y - p), (1 - q)(p - y))",
            ),
            slope=("1 - level if p > y, else -level", r"1 - q \text{ if } p > y \text{, else } -q"),
        ),
    }
)


@cache
def parse_loss(text: str) -> tuple[str, float]:
    """Return the name and the parameter of a loss such as "quantile(0.9)".

    >>> parse_loss("quantile(0.9)")
    ('quantile', 0.9)
    """
    if hasattr(text, "part"):
        return text, 0.0  # of one's own
    match = re.fullmatch(r"(\w+)(?:\(([^()]*)\))?", text)
    name, written = match.groups() if match else (text, None)
    if name not in LOSSES:
        raise ValueError(f"there is no loss {text!r}; there are {', '.join(LOSSES)}")
    if written is None:
        return name, LOSSES[name].parameter
    if LOSSES[name].parameter == 0:
        raise ValueError(f"the loss {name} takes no number: {text!r}")
    try:
        parameter = float(written)
    except ValueError:
        raise ValueError(f"{text!r} needs a number in its brackets, such as {name}(0.5)") from None
    if not 0 < parameter < (1 if name == "quantile" else np.inf):
        bound = "between 0 and 1" if name == "quantile" else "above 0"
        raise ValueError(f"the number of {text!r} must lie {bound}")
    return name, parameter
