"""The referee: a user's gradient beside finite differences, ours, and what each known slip would give.

The judge is the user's own loss, differenced at random parameters of moderate size: there relu and absolute errors have
no kink that matters and no function is saturated. At the user's own parameters it is checked too, and what
differs only there is told, not accused: a kink at exactly 0, a clipped logarithm.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.gradient_check.comparison import Comparison
from selenite.gradient_check.differences import Derivative, derivative, noise
from selenite.gradient_check.explain import Explanation
from selenite.gradient_check.factors import Factors
from selenite.gradient_check.points import Parameters, Point, Precision, joined
from selenite.gradient_check.recognise import Observed, Recognised, recognise
from selenite.gradient_check.shapes import broadcast, fitted
from selenite.gradient_check.slips import Slip
from selenite.gradient_check.spots import accumulation, near, own_loss, random_parameters
from selenite.gradient_check.user_network import UserNetwork
from selenite.gradient_check.verdict import GradientCheck
from selenite.types import Array

MOST_ENTRIES = 200  # looked at, of each parameter; fewer where each costs more,
LEAST_ENTRIES = 40
MOST_WORK = 2e9  # rows × parameters × entries
Function = Callable[[list[Array]], float]


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
    X, y : array, optional
        The rows; else those named X and y beside the network. Rows or columns may be the examples.
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
        If functions, rows or parameters are not found.
    ForeignCodeError
        If the user's code raises; the message names the line.

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
    network = UserNetwork(thing, label or _label(thing), X, y, parameters, module)
    try:
        return _Referee(network).verdict()
    finally:
        network.restore()


class _Referee:
    """One check: the points, what was recognised, and how the verdict is found."""

    def __init__(self, network: UserNetwork) -> None:
        self.network = network
        self.broadcast = broadcast(network)
        loss = own_loss(network)
        self.precision = Precision.of(network.start, loss)
        stream = np.random.default_rng(1)
        size = network.y.shape[0] * sum(array.size for array in network.start) if network.y.ndim else 1
        most = int(np.clip(MOST_WORK / size, LEAST_ENTRIES, MOST_ENTRIES))
        entries = [
            np.arange(array.size) if array.size <= most else np.sort(stream.choice(array.size, most, replace=False))
            for array in network.start
        ]
        self.parameters = Parameters(network.names, network.start, entries)
        spots = [random_parameters(network, stream) for _ in range(4)]
        self.notes: list[str] = []
        if not np.isfinite([network.loss(spot) for spot in spots]).all():
            if not np.isfinite(loss):
                raise OptionError(f"the loss of {network.label} is {loss}: scale X, or begin with smaller parameters")
            spots = [near(network.start, stream, 0.05) for _ in range(4)]
        self.spots = spots
        self.known = self._recognised()
        self.slips = [*self.broadcast, *accumulation(network, spots[0])]
        self.n, self.k = self._rows_and_outputs()
        self.comparison = Comparison(self.parameters, self.known, self.precision, self.n)

    # ---------------------------------------------------------------- the points

    def _recognised(self) -> Recognised | None:
        """Return the network, wherever in what forward returns its prediction is; None if it is not known."""
        for place in (places := self.network.prediction_places()):
            self.network.prediction_at = place
            predictions: list[Array] = [
                p.astype(np.float64) for p in map(self.network.forward, self.spots) if p is not None
            ]
            observed = Observed(
                [joined(spot) for spot in self.spots],
                predictions if len(predictions) == len(self.spots) else None,
                [self.network.loss(spot) for spot in self.spots],
                self.precision.arithmetic,
            )
            known = recognise([array.shape for array in self.network.start], observed, self.network.X, self.network.y)
            if known is not None:
                return known
        self.network.prediction_at = places[0]
        return None

    def _rows_and_outputs(self) -> tuple[int, int]:
        if self.known is not None:
            n, k = self.known.Y.shape
            return int(n), int(k)
        X, y = self.network.X, self.network.y
        if X.ndim == 2 and y.ndim == 2 and X.shape[0] != y.shape[0] and X.shape[1] == y.shape[1]:
            return y.shape[1], y.shape[0]
        return max(len(np.atleast_1d(X)), 1), y.shape[1] if y.ndim == 2 else 1

    def _point(self, arrays: list[Array], loss: Function) -> Point:
        """Return gradient and differences at these parameters."""
        gradient = self.network.gradient(arrays)
        level = noise(loss, arrays)
        right: list[Array] = []
        error: list[Array] = []
        for which, entries in enumerate(self.parameters.entries):
            found: list[Derivative] = []
            size = 0.0
            for entry in entries:
                found.append(derivative(loss, arrays, which, int(entry), level, 0.02 * self.precision.explained * size))
                size = max(size, abs(found[-1].value)) if np.isfinite(found[-1].value) else size
            right.append(np.array([each.value for each in found]))
            error.append(np.array([each.error for each in found]))
        own_shapes = [
            fitted(self.network.label, name, array, own, right[i], self.parameters.entries[i], self.n)
            for i, (name, array, own) in enumerate(zip(self.network.names, arrays, gradient, strict=True))
        ]
        return Point(arrays, [flat for flat, _ in own_shapes], right, error, [note for _, note in own_shapes])

    # ---------------------------------------------------------------- the verdict

    def verdict(self) -> GradientCheck:
        points = [self._point(spot, self.network.loss) for spot in self.spots[:2]]
        if not any(np.abs(right).max() > 0 for point in points for right in point.right):
            raise OptionError(
                f"the loss of {self.network.label} does not depend on {', '.join(self.network.names)}: "
                "let it use the arrays that are its parameters, or take them as an argument"
            )
        slips = self.slips
        lines = self.comparison.lines(points)
        if not all(line.agrees for line in lines) and self.known is not None and self.known.loss == "signed_error":
            slips.append(
                Slip(
                    "signed-loss",
                    "the loss is the sum of signed errors, which can be near zero for a bad fit and is not what the "
                    "gradient makes smaller",
                    "Take ½ Σ error²",
                )
            )
            points = [self._point(spot, self._half_squares) for spot in self.spots[:2]]
            lines = self.comparison.lines(points)
        network = self.network
        if network.changed and not all(line.agrees for line in lines):
            self.notes.append(
                f"gradient changes {', '.join(sorted(network.changed))} itself: a step belongs after the whole "
                "gradient, which is to be computed with the parameters that went forward"
            )
        factors = Factors(self.n, network.X.size // self.n, self.k, network.rates)
        explanation = Explanation(self.parameters, self.known, self.precision, factors, self.notes)
        fitting, residual, alternatives = explanation.slips(points, lines)
        slips += fitting
        own = self._own_parameters() if all(line.agrees for line in lines) else []
        at_zero = self._not_finite(points)
        slips += at_zero
        ok = all(line.agrees for line in lines) and not slips
        unrounded = max(line.difference for line in lines) > 0.02 * self.precision.agrees
        if ok and unrounded and self.precision.arithmetic < 1e-10:
            self.notes.append(
                "That is more than rounding, and as much as a small number added inside a logarithm makes"
            )
        words = ""
        if self.known is not None:
            sizes = "-".join(map(str, self.known.sizes))
            words = f"{sizes}, {', '.join(self.known.activations)}, loss {self.known.describe_loss()}"
        return GradientCheck(
            label=self.network.label,
            ok=ok,
            parameters=tuple(lines),
            slips=tuple(slips),
            alternatives=alternatives,
            network=words,
            rows=self.n,
            residual=residual,
            line=_line(self.network.functions["gradient"]),
            notes=(*self.notes, *([] if at_zero else own)),
        )

    def _half_squares(self, arrays: list[Array]) -> float:
        """Return ½ Σ error² by the network that was recognised."""
        assert self.known is not None
        prediction = self.known.layers(joined(arrays)).forward(self.known.X)[1][-1]
        return 0.5 * self.known.scale * float(((prediction - self.known.Y) ** 2).sum())

    # ---------------------------------------------------------------- the user's own parameters

    def _not_finite(self, points: list[Point]) -> list[Slip]:
        """Return the slip of a slope that is not a number where a relu's sum or activation is exactly 0."""
        own = self.network.start
        at_own = all(np.isfinite(g).all() for g in self.network.gradient(own) if g is not None)
        everywhere = all(np.isfinite(g).all() for point in points for g in point.given)
        if everywhere and (at_own or not np.isfinite(self.network.loss(own))):
            return []
        at_zero = False
        if self.known is not None:
            _, a = self.known.layers(joined(own if everywhere else points[0].arrays)).forward(self.known.X)
            at_zero = any(
                "relu" in name and bool((one == 0).any())
                for name, one in zip(self.known.activations, a[1:], strict=True)
            )
        if at_zero:
            what = "the slope of ReLU is not a number where it is exactly 0, as 0 / 0 is not"
            return [Slip("relu-at-zero", what, "Take 0 there: (z > 0)")]
        where = "at your own parameters " if everywhere else ""
        return [Slip("not-finite", f"the gradient {where}is not finite, though the loss is")]

    def _own_parameters(self) -> list[str]:
        """Return what is to be said where a right gradient differs at the user's own parameters."""
        own = self.network.start
        loss = self.network.loss(own)
        if not np.isfinite(loss):
            return [f"At your own parameters the loss is {loss}; random ones were used"]
        stream = np.random.default_rng(2)
        if all(line.agrees for line in self.comparison.lines([self._point(own, self.network.loss)])):
            return []
        beside = self.comparison.lines([self._point(near(own, stream, 1e-3), self.network.loss)])
        if all(line.agrees for line in beside):
            return [
                "At exactly your own parameters it differs: they lie on a kink (a sum of exactly 0), which is excused"
            ]
        return [
            "At your own parameters it differs, at random ones it does not: a clipped logarithm or function may be "
            "flat there; excused"
        ]


def _label(thing: object) -> str:
    return str(getattr(thing, "__name__", type(thing).__name__))


def _line(function: Callable[..., Any]) -> str:
    """Return where a function stands."""
    try:
        name = inspect.getsourcefile(function)
        _, line = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return ""
    return f"{Path(name).name}, line {line}" if name else ""
