"""The check: a user's gradient beside finite differences, ours, and what each known slip would give.

The judge is the user's own loss, differenced at random parameters of moderate size: there relu and absolute errors have
no kink that matters and no function is saturated. At the user's own parameters it is checked too, and what
differs only there is told, not accused: a kink at exactly 0, a clipped logarithm.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.comparison import compare
from selenite.gradient_check.explanation import Explainer
from selenite.gradient_check.preliminary import accumulation, broadcast, own_loss
from selenite.gradient_check.recognition import Recognised, recognise
from selenite.gradient_check.result import GradientCheck, ParameterVerdict
from selenite.gradient_check.sampling import Precision, Sample, Sampling, drawn_entries, near, random_parameters
from selenite.gradient_check.slips.factors import known_factors
from selenite.gradient_check.slips.slip import Slip
from selenite.gradient_check.user_network import UserNetwork
from selenite.types import Array


def check_gradient(
    thing: object, X: Any = None, y: Any = None, *, parameters: Any = None, label: str = "", module: object = None
) -> GradientCheck:
    """Compare the gradient of a network written by hand with finite differences, with ours, and with known slips.

    Parameters
    ----------
    thing : object, class or module
        Has `loss` and `gradient` (or `backward`), and if possible `forward` (or `predict`). As methods:
        `forward(X)`, `loss(X, y)`, `gradient(X, y)`. As functions: the same with the parameters first. Arguments are
        known by their names; a loss may take (prediction, y), a gradient what forward gave.
        The gradient is of the same form as the parameters, or a dict with their names (W1 or dW1).
    X : array of shape (n_rows, n_inputs), optional
        The inputs, or their transpose, an example a column; else the array named X beside the network.
    y : array of shape (n_rows,) or (n_rows, n_outputs), optional
        The targets, or their transpose, or classes by number; else the array named y beside the network.
    parameters : array, list or dict of arrays, optional
        Where to begin; else those named `parameters`, or made by `initial_parameters()`, or the object's own arrays
        that the gradient names.
    label : str
        What to call it.
    module : module, optional
        Where else to look for X, y and parameters.

    Returns
    -------
    GradientCheck
        With `ok`, `slips`, `parameters` and `notes`; `print` shows it.

    Raises
    ------
    OptionError
        If functions, rows or parameters are not found, or the loss is not a finite function of the parameters.
    ForeignCodeError
        If the user's code raises; the message names the line.

    Notes
    -----
    The differences are extrapolated (Richardson 1911); the noise of the loss sets their step (Moré and Wild 2011).

    Examples
    --------
    >>> import numpy as np
    >>> class Perceptron:
    ...     def __init__(self):
    ...         self.weights = np.array([0.1, -0.2])
    ...     def forward(self, X):
    ...         return 1 / (1 + np.exp(-X @ self.weights))
    ...     def loss(self, X, y):
    ...         return 0.5 * ((self.forward(X) - y) ** 2).sum()
    ...     def gradient(self, X, y):
    ...         p = self.forward(X)
    ...         return {"weights": X.T @ (p - y)}
    >>> X, y = np.array([[0.0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1])
    >>> found = check_gradient(Perceptron, X, y)
    >>> found.ok, found.slips[0].name
    (False, 'slope-forgotten')
    """
    network = UserNetwork(
        thing, label or str(getattr(thing, "__name__", type(thing).__name__)), X, y, parameters, module
    )
    try:
        return _Check(network).result()
    finally:
        network.restore()


class _Check:
    """One check: where it looks, which network was recognised, and how the result is found."""

    def __init__(self, network: UserNetwork) -> None:
        self.network = network
        self.notes: list[str] = []
        self.slips = broadcast(network)
        loss = own_loss(network)
        precision = Precision.of(network.start, loss)
        stream = np.random.default_rng(1)
        entries = drawn_entries(network, stream)
        drawn = [random_parameters(network, stream) for _ in range(4)]
        if not np.isfinite([network.loss(arrays) for arrays in drawn]).all():
            if not np.isfinite(loss):
                raise OptionError(f"the loss of {network.label} is {loss}: scale X, or begin with smaller parameters")
            drawn = [near(network.start, stream, 0.05) for _ in range(4)]
        self.drawn = drawn[:2]
        self.known = recognise(network, drawn, precision.arithmetic)
        self.slips += accumulation(network, drawn[0])
        self.n, self.k = _rows_and_outputs(network, self.known)
        self.sampling = Sampling(network, entries, precision, self.n)

    def result(self) -> GradientCheck:
        """Return what is found."""
        network, known = self.network, self.known
        samples, lines = self._compared(self.drawn, network.loss)
        if not any((np.abs(sample.right) > 0).any() for sample in samples):
            raise OptionError(
                f"the loss of {network.label} does not depend on {', '.join(network.names)}: "
                "let it use the arrays that are its parameters, or take them as an argument"
            )
        if known is not None and known.loss == "signed_error" and not _agree(lines):
            what = "the loss is the sum of signed errors, which can be near zero for a bad fit and is not what the "
            self.slips.append(Slip("signed-loss", f"{what}gradient makes smaller", "Take ½ Σ error²"))
            samples, lines = self._compared(self.drawn, replace(known, loss="squared_error").loss_at)
        if network.changed and not _agree(lines):
            self.notes.append(
                f"gradient changes {', '.join(sorted(network.changed))} itself: a step belongs after the whole "
                "gradient, which is to be computed with the parameters that went forward"
            )
        factors = known_factors(self.n, network.X.size // self.n, self.k, network.rates)
        explanation = Explainer(samples, lines, self.sampling, known, factors).explanation()
        self.notes += [explanation.note] if explanation.note else []
        own = self._own_parameters() if _agree(lines) else []
        not_finite = self._not_finite(samples)
        slips = (*self.slips, *explanation.slips, *not_finite)
        ok = _agree(lines) and not slips
        precision = self.sampling.precision
        if ok and precision.arithmetic < 1e-10 and max(line.difference for line in lines) > 0.02 * precision.agrees:
            self.notes.append(
                "That is more than rounding, and as much as a small number added inside a logarithm makes"
            )
        return GradientCheck(
            label=network.label,
            ok=ok,
            parameters=tuple(lines),
            slips=slips,
            alternatives=explanation.alternatives,
            network="" if known is None else known.in_words(),
            rows=self.n,
            residual=explanation.residual,
            line=_line(network.functions["gradient"]),
            notes=(*self.notes, *([] if not_finite else own)),
        )

    def _compared(
        self, where: list[list[Array]], loss: Callable[[list[Array]], float]
    ) -> tuple[list[Sample], list[ParameterVerdict]]:
        samples = [self.sampling.at(arrays, loss) for arrays in where]
        return samples, compare(samples, self.sampling, self.known)

    def _not_finite(self, samples: list[Sample]) -> list[Slip]:
        """Return the slip of a slope that is not a number where a relu's sum or activation is exactly 0."""
        own = self.network.start
        at_own = all(np.isfinite(g).all() for g in self.network.gradient(own) if g is not None)
        everywhere = all(np.isfinite(sample.given).all() for sample in samples)
        if everywhere and (at_own or not np.isfinite(self.network.loss(own))):
            return []
        if self.known is not None and self.known.has_relu_at_zero(own if everywhere else samples[0].arrays):
            what = "the slope of ReLU is not a number where it is exactly 0, as 0 / 0 is not"
            return [Slip("relu-at-zero", what, "Take 0 there: (z > 0)")]
        where = "at your own parameters " if everywhere else ""
        return [Slip("not-finite", f"the gradient {where}is not finite, though the loss is")]

    def _own_parameters(self) -> list[str]:
        """Return what is to be said where a right gradient differs at the user's own parameters."""
        own, loss = self.network.start, self.network.loss(self.network.start)
        if not np.isfinite(loss):
            return [f"At your own parameters the loss is {loss}; random ones were used"]
        if _agree(self._compared([own], self.network.loss)[1]):
            return []
        beside = near(own, np.random.default_rng(2), 1e-3)
        if _agree(self._compared([beside], self.network.loss)[1]):
            return [
                "At exactly your own parameters it differs: they lie on a kink (a sum of exactly 0), which is excused"
            ]
        return [
            "At your own parameters it differs, at random ones it does not: a clipped logarithm or function may be "
            "flat there; excused"
        ]


def _agree(lines: list[ParameterVerdict]) -> bool:
    return all(line.agrees for line in lines)


def _rows_and_outputs(network: UserNetwork, known: Recognised | None) -> tuple[int, int]:
    """Return how many rows there are, and how many outputs."""
    X, y = network.X, network.y
    if known is not None:
        return len(known.Y), known.Y.shape[1]
    if X.ndim == 2 and y.ndim == 2 and X.shape[0] != y.shape[0] and X.shape[1] == y.shape[1]:
        return y.shape[1], y.shape[0]
    return max(len(np.atleast_1d(X)), 1), y.shape[1] if y.ndim == 2 else 1


def _line(function: Callable[..., Any]) -> str:
    """Return where a function stands."""
    try:
        name = inspect.getsourcefile(function)
        _, line = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return ""
    return f"{Path(name).name}, line {line}" if name else ""
