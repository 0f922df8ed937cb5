"""Levenberg-Marquardt: for small networks with squared error, steps between Gauss-Newton's and gradient descent's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selenite import backend as backends
from selenite.errors import OptionError
from selenite.interrupt import catching_interrupt
from selenite.nn import Network, initialize
from selenite.nn.losses import parse_loss
from selenite.training.callbacks import Callback
from selenite.training.history import Training
from selenite.training.iterations import Iterations
from selenite.types import Array

ROUNDING = 1e-12  # share of the loss
MOST_BYTES = 1 << 30  # of the Jacobian J, or of JᵀJ
DAMPING, SMALLER, LARGER, LARGEST = 1e-3, 0.3, 3.0, 1e10  # λ at first, after a success, after a failure, at most


def fit_lm(
    network: Network,
    X: Array,
    Y: Array,
    *,
    iterations: int = 200,
    tolerance: float = 1e-7,
    seed: int = 0,
    parameters: Array | None = None,
    initializer: str = "glorot",
    sample_weight: Array | None = None,
    l2: float = 0.0,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
) -> Training:
    """Minimise the squared error by Levenberg-Marquardt and return the result (Levenberg 1944; Hagan and Menhaj 1994).

    Each iteration solves (JᵀJ + λ I) s = -Jᵀe for the step s, with the backend's Jacobian J of the predictions
    and their errors e, and enlarges λ until the step lowers the loss. Memory grows with rows times parameters, time
    with the cube of the parameters. Ends when the largest entry of the mean loss's gradient is below `tolerance` or no
    step lowers the loss by more than rounding ("converged"), after `iterations` ("epochs"), by Ctrl-C ("interrupt") or
    where a callback asks for it.

    Parameters
    ----------
    network, X, Y, iterations, tolerance, seed, parameters, initializer, sample_weight, l2, callbacks, backend
        As `fit_lbfgs` takes them; all arithmetic is in float64.

    Returns
    -------
    Training
        The parameters, and the loss of each iteration.

    Raises
    ------
    OptionError
        If the loss is not squared_error, or the Jacobian would be too large.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> training = fit_lm(Network((1, 1), ("identity",)), X, 3 * X + 1)
    >>> training.parameters.round(4).tolist()
    [3.0, 1.0]
    """
    _check(network, X)
    dtype = np.dtype(np.float64) if parameters is None else parameters.dtype
    p = (initialize(network, initializer, seed) if parameters is None else parameters).astype(np.float64)
    errors = _Errors(network, X.astype(np.float64), Y.astype(np.float64), sample_weight, l2, backends.get(backend))
    damping, e = DAMPING, errors.of(p)
    loss = errors.loss(p, e)
    with catching_interrupt() as interrupted:
        steps = Iterations(network, iterations, callbacks, interrupted)
        while steps.go_on:
            (gradient, curvature), before = errors.slopes(p, e), loss
            while damping <= LARGEST:
                tried = p + _solved(curvature + damping * np.eye(len(p)), -gradient)
                e_tried = errors.of(tried)
                if (loss_tried := errors.loss(tried, e_tried)) < loss:
                    p, e, loss = tried, e_tried, loss_tried
                    damping *= SMALLER
                    break
                damping *= LARGER
                if interrupted():
                    break
            flat = np.abs(gradient).max() <= tolerance * errors.total
            norm = float(np.linalg.norm(gradient)) / errors.total
            steps.note(p, loss, norm, converged=bool(flat or before - loss <= ROUNDING * before))
    return steps.result(p.astype(dtype))


class _Errors:
    """The errors of all outputs, each times the root of its row's weight, and the loss that is half their squares."""

    def __init__(
        self, network: Network, X: Array, Y: Array, sample_weight: Array | None, l2: float, backend: backends.Backend
    ) -> None:
        self.network, self.X, self.Y, self.backend = network, X, Y, backend
        weight = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.root, self.total = np.sqrt(np.repeat(weight, network.n_outputs)), float(weight.sum())
        self.penalty = np.zeros(network.n_parameters)
        for weights in network.weights(self.penalty):
            weights[:] = l2

    def of(self, p: Array) -> Array:
        """Return the errors e of the parameters, (n * n_outputs,)."""
        return (self.backend.predict(self.network, p, self.X) - self.Y).ravel() * self.root

    def loss(self, p: Array, e: Array) -> float:
        """Return the mean loss with its penalty."""
        return 0.5 * float(e @ e + self.penalty @ (p * p)) / self.total

    def slopes(self, p: Array, e: Array) -> tuple[Array, Array]:
        """Return Jᵀe and JᵀJ, each with its part of the penalty."""
        J = self.backend.jacobian(self.network, p, self.X).reshape(len(e), -1) * self.root[:, None]
        curvature = J.T @ J
        curvature[np.diag_indices_from(curvature)] += self.penalty
        return J.T @ e + self.penalty * p, curvature


def _solved(matrix: Array, right: Array) -> Array:
    """Return the solution; of the least length where the matrix is singular."""
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(matrix, right, rcond=None)[0]


def _check(network: Network, X: Array) -> None:
    if parse_loss(network.loss)[0] != "squared_error" or network.activations[-1] == "softmax":
        raise OptionError(
            f"Levenberg-Marquardt minimises squared errors; the loss {network.loss} with the output "
            f"{network.activations[-1]} is for another solver, such as L-BFGS"
        )
    n_bytes = 8 * max(len(X) * network.n_outputs, network.n_parameters) * network.n_parameters
    if n_bytes > MOST_BYTES:
        raise OptionError(
            f"Levenberg-Marquardt is for small networks: {len(X):,} rows, {network.n_outputs:,} outputs and "
            f"{network.n_parameters:,} parameters make matrices of {n_bytes / 2**30:.1f} GiB, more than "
            f"{MOST_BYTES >> 30}. Take fewer units, or another solver, such as L-BFGS"
        )
