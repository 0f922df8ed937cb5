"""L-BFGS: SciPy's minimizer on the backend's loss and gradient, all rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite import backend as backends
from selenite.errors import OptionError
from selenite.interrupt import catching_interrupt
from selenite.nn import Network, initialize
from selenite.training.callbacks import Callback
from selenite.training.history import Training
from selenite.training.iterations import Iterations
from selenite.types import Array


def fit_lbfgs(
    network: Network,
    X: Array,
    Y: Array,
    *,
    iterations: int = 200,
    evaluations: int | None = None,
    tolerance: float = 1e-5,
    seed: int = 0,
    parameters: Array | None = None,
    initializer: str = "glorot",
    sample_weight: Array | None = None,
    l2: float = 0.0,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
) -> Training:
    """Minimise the loss with L-BFGS (Liu and Nocedal 1989) and return the result; needs SciPy.

    Ends when the largest entry of the gradient is below `tolerance` ("converged"), after `iterations` or `evaluations`
    of the loss, 15 an iteration unless said ("epochs"), by Ctrl-C ("interrupt") or where a callback asks for it.
    The result's explanation is SciPy's message.

    Parameters
    ----------
    network : Network
    X, Y : arrays of shape (n, n_inputs) and (n, n_outputs)
        Float32 or float64.
    iterations, evaluations : int
        The most of each.
    tolerance : float
        Of the largest entry of the gradient.
    seed, initializer : int and str
        Of the start, where no `parameters` of shape (n_parameters,) are given.
    sample_weight : array of shape (n,), optional
    l2 : float
        Strength of the penalty on squared weights.
    callbacks : sequence of Callback
    backend : str or Backend, optional
        "kernel" or "numpy"; the one in use unless said.

    Returns
    -------
    Training
        The parameters, and the loss of each iteration.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> training = fit_lbfgs(Network((1, 1), ("identity",)), X, 3 * X + 1)
    >>> training.parameters.round(4).tolist()
    [3.0, 1.0]
    """
    try:
        from scipy.optimize import minimize
    except ModuleNotFoundError:
        raise OptionError("L-BFGS needs SciPy: pip install scipy") from None
    start = (initialize(network, initializer, seed, X.dtype) if parameters is None else parameters).astype(np.float64)
    objective = _Objective(network, X, Y, sample_weight, l2, backends.get(backend))
    with catching_interrupt() as interrupted:
        steps = Iterations(network, iterations, callbacks, interrupted)

        def note(vector: Array) -> None:
            steps.note(vector, *objective.last)
            if steps.ended:
                raise StopIteration

        limits = {"maxiter": iterations, "maxfun": evaluations or 15 * iterations, "gtol": tolerance}
        found = minimize(objective, start, jac=True, method="L-BFGS-B", callback=note, options=limits)
    if found.success:
        steps.ended = "converged"
    return steps.result(found.x.astype(X.dtype), str(found.message))


@dataclass
class _Objective:
    """The loss and its gradient as SciPy asks for them; `last` keeps the loss and the gradient's norm."""

    network: Network
    X: Array
    Y: Array
    sample_weight: Array | None
    l2: float
    backend: backends.Backend
    last: tuple[float, float] = (0.0, 0.0)

    def __call__(self, vector: Array) -> tuple[float, Array]:
        parameters = vector.astype(self.X.dtype)
        more: dict[str, Any] = {"sample_weight": self.sample_weight, "l2": self.l2}
        loss, gradient = self.backend.loss_and_gradient(self.network, parameters, self.X, self.Y, **more)
        with np.errstate(over="ignore"):  # the norm of what is finite may be infinite
            self.last = loss, float(np.linalg.norm(gradient))
        return loss, gradient.astype(np.float64)
