"""An activation or a loss of one's own: a pair of NumPy functions, value and derivative, used wherever a name is.

NumPy computes with it, as the kernel knows none but ours. No model file holds it, as files hold no code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from selenite.errors import NetworkError
from selenite.nn.activations import HIDDEN_ACTIVATIONS, Activation
from selenite.nn.losses import Loss, through
from selenite.types import Floats

STEP = 1e-6  # of the differences that a derivative is compared with
NEAR = 1e-4  # how far it may be from them
SHARE_NEAR = 0.9  # of the places: a function may have corners
ANSWERS_TRIED = 101  # for the best constant


class Own(str):
    """The name of a function of one's own, with the function, its derivative, and what they make of it."""

    value: Callable[..., Any]
    derivative: Callable[..., Any]
    part: Any

    def __new__(cls, value: Callable[..., Any], derivative: Callable[..., Any]) -> Self:  # noqa: D102 - said by the class
        if not (callable(value) and callable(derivative)):
            raise NetworkError("one of your own is a pair of functions: its value, and its derivative")
        own = super().__new__(cls, getattr(value, "__name__", type(value).__name__))
        own.value, own.derivative = value, derivative
        own.part = own._part()
        return own

    def _part(self) -> Any:
        """Return what takes the place of one of ours, once the derivative is compared with finite differences."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and (self.value, self.derivative) == (other.value, other.derivative)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.value, self.derivative))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.value, self.derivative)


class OwnActivation(Own):
    """An activation of your own, to give wherever the name of a hidden layer's activation is given.

    Parameters
    ----------
    value : callable
        a(z), of an array of any shape, one value each.
    derivative : callable
        da/dz from z and a, which is at hand already.

    Raises
    ------
    NetworkError
        If it does not give a number for each, or the derivative is not that of the value: finite differences at 64
        places tell.

    Examples
    --------
    >>> from selenite.nn import Network, OwnActivation
    >>> def softsign(z):
    ...     return z / (1 + abs(z))
    >>> network = Network((2, 4, 1), (OwnActivation(softsign, lambda z, a: (1 - abs(a)) ** 2), "identity"))
    >>> network.activations
    ('softsign', 'identity')
    """

    part: Activation

    def _part(self) -> Activation:
        z = np.random.default_rng(0).normal(0, 2, 64)
        found = _numbers(self, "z", self.value(z), z)
        slopes = _numbers(self, "z and a", self.derivative(z, found), z)
        _compare(self, slopes, _slopes(self.value, z), "z", z)
        return Activation(
            lambda z: np.asarray(self.value(z), dtype=z.dtype),
            lambda z, a: np.asarray(self.derivative(z, a), dtype=z.dtype),
            (f"{self}(z)", rf"\text{{{self}}}(z)"),
            (f"{self}'(z)", rf"\text{{{self}}}'(z)"),
        )


class OwnLoss(Own):
    """A loss of your own, to give wherever the name of a loss is given.

    Parameters
    ----------
    value : callable
        The loss of each answer, from the answers y and the predictions p, both of shape (n, n_outputs).
    derivative : callable
        Its derivative with respect to p, likewise.

    Raises
    ------
    NetworkError
        As of `OwnActivation`; p is tried between 0 and 1, where probabilities lie.

    Examples
    --------
    >>> import numpy as np
    >>> from selenite import MLPRegressor
    >>> from selenite.nn import OwnLoss
    >>> def log_cosh(y, p):
    ...     return np.log(np.cosh(p - y))
    >>> X = np.linspace(-1, 1, 40)[:, None]
    >>> loss = OwnLoss(log_cosh, lambda y, p: np.tanh(p - y))
    >>> model = MLPRegressor(loss, hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs", random_state=0)
    >>> model.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.99
    True
    """

    part: Loss

    def _part(self) -> Loss:
        rng = np.random.default_rng(0)
        y, p = rng.integers(0, 2, 64).astype(np.float64), rng.uniform(0.05, 0.95, 64)
        _numbers(self, "y and p", self.value(y, p), y)
        slopes = _numbers(self, "y and p", self.derivative(y, p), y)
        _compare(self, slopes, _slopes(lambda p: self.value(y, p), p), "p", p)
        return Loss(
            lambda y, z, p, activation, _: np.asarray(self.value(y, p), dtype=p.dtype),
            lambda y, z, p, activation, _: through(np.asarray(self.derivative(y, p), dtype=p.dtype), z, p, activation),
            HIDDEN_ACTIVATIONS,
            constant=self._constant,
            constant_name="best constant",
        )

    def _constant(self, answers: Floats, _: float) -> float:
        """Return the one of the answers' hundredths that has the least loss."""
        tried = np.quantile(answers, np.linspace(0, 1, ANSWERS_TRIED))
        means = [float(np.mean(self.value(answers, np.full_like(answers, one)))) for one in tried]
        return float(tried[np.argmin(means)])


def _numbers(own: Own, of: str, found: Any, like: Floats) -> Floats:
    """Return what a function gave as an array; refuse what is not a finite number for each."""
    numbers = np.asarray(found, dtype=np.float64)
    if numbers.shape != like.shape or not np.isfinite(numbers).all():
        raise NetworkError(f"{own} must give a finite number for each {of}: of shape {like.shape}, not {numbers.shape}")
    return numbers


def _slopes(value: Callable[[Floats], Any], at: Floats) -> Floats:
    """Return the central differences of a function."""
    above, below = (np.asarray(value(one), dtype=np.float64) for one in (at + STEP, at - STEP))
    return (above - below) / (2 * STEP)


def _compare(own: Own, given: Floats, differences: Floats, variable: str, at: Floats) -> None:
    """Refuse a derivative that finite differences contradict."""
    wrong = ~(np.abs(given - differences) <= NEAR * np.maximum(1, np.abs(differences)))
    if wrong.mean() > 1 - SHARE_NEAR:
        i = int(np.argmax(wrong))
        raise NetworkError(
            f"the derivative of {own} is {given[i]:.6g} at {variable} = {at[i]:.6g}, where finite differences of its "
            f"value say {differences[i]:.6g}"
        )
