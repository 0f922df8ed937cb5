"""L-BFGS: SciPy's minimizer on the backend's loss and gradient, all rows at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selenite import backend as backends
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
    X : array of shape (n, n_inputs)
        Float32 or float64.
    Y : array of shape (n, n_outputs)
    iterations : int
        The most.
    evaluations : int, optional
        The most evaluations of the loss.
    tolerance : float
        Of the largest entry of the gradient.
    seed : int
        Of the start, where no parameters are given.
    parameters : array of shape (n_parameters,), optional
        To begin with.
    initializer : str
        A name of `selenite.nn.initializers`, where no parameters are given.
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
    from scipy.optimize import minimize

    loss_and_gradient = backends.get(backend).loss_and_gradient
    if parameters is None:
        parameters = initialize(network, initializer, seed, X.dtype)
    last = (0.0, 0.0)  # loss and norm of the gradient

    def objective(vector: Array) -> tuple[float, Array]:
        nonlocal last
        loss, gradient = loss_and_gradient(network, vector.astype(X.dtype), X, Y, sample_weight=sample_weight, l2=l2)
        with np.errstate(over="ignore"):  # the norm of what is finite may be infinite
            last = loss, float(np.linalg.norm(gradient))
        return loss, gradient.astype(np.float64)

    with catching_interrupt() as interrupted:
        steps = Iterations(network, iterations, callbacks, interrupted)

        def note(vector: Array) -> None:
            steps.note(vector, *last)
            if steps.ended:
                raise StopIteration

        found = minimize(
            objective,
            parameters.astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            callback=note,
            options={"maxiter": iterations, "maxfun": evaluations or 15 * iterations, "gtol": tolerance},
        )
    if found.success:
        steps.ended = "converged"
    return steps.result(found.x.astype(X.dtype), str(found.message))
