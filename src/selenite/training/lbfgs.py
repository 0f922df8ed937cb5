"""L-BFGS: SciPy's minimizer on the backend's loss and gradient, all rows at once."""

from __future__ import annotations

import time

import numpy as np

from selenite import backend as backends
from selenite.nn import Network, initialize
from selenite.nn.activations import Array
from selenite.training.history import History, Training


def fit_lbfgs(
    network: Network,
    X: Array,
    Y: Array,
    *,
    iterations: int = 200,
    tolerance: float = 1e-5,
    seed: int = 0,
    parameters: Array | None = None,
    initializer: str = "glorot",
    sample_weight: Array | None = None,
    l2: float = 0.0,
    backend: str | backends.Backend | None = None,
) -> Training:
    """Minimise the loss with L-BFGS (Liu and Nocedal 1989) and return the result; needs SciPy.

    Ends when the largest entry of the gradient is below `tolerance` ("converged") or after `iterations` ("epochs").

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
    losses: list[float] = []
    norms: list[float] = []
    clock: list[float] = []
    last: dict[str, float] = {}
    begin = time.perf_counter()

    def objective(vector: Array) -> tuple[float, Array]:
        loss, gradient = loss_and_gradient(network, vector.astype(X.dtype), X, Y, sample_weight=sample_weight, l2=l2)
        last.update(loss=loss, norm=float(np.linalg.norm(gradient)))
        return loss, gradient.astype(np.float64)

    def note(_: Array) -> None:
        losses.append(last["loss"])
        norms.append(last["norm"])
        clock.append(time.perf_counter() - begin)

    found = minimize(
        objective,
        parameters.astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        callback=note,
        options={"maxiter": iterations, "maxfun": 15 * iterations, "gtol": tolerance},
    )
    empty = np.empty(0)
    return Training(
        parameters=found.x.astype(X.dtype),
        history=History(np.array(losses), empty, np.array(norms), empty, np.array(clock)),
        ended="converged" if found.success else "epochs",
        best_epoch=len(losses),
    )
