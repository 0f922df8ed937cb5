"""The solvers that take all rows at once, L-BFGS and Levenberg-Marquardt, with scikit-learn's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selenite.estimators.mlp.verdict import Printing
from selenite.nn import Network
from selenite.nn.losses import parse_loss
from selenite.training import Callback, Training, TrainingRows, fit_lbfgs, fit_lm
from selenite.types import Array


def minimise(
    estimator: Any, network: Network, parameters: Array, rows: TrainingRows, callbacks: Sequence[Callback]
) -> Training:
    """Minimise the loss by the solver that the estimator names, from the parameters on."""
    options: dict[str, Any] = {
        "sample_weight": rows.weight,
        "l2": estimator.alpha,
        "iterations": estimator.max_iter,
        "parameters": parameters,
        "callbacks": [*callbacks, Printing()] if estimator.verbose else callbacks,
    }
    if estimator.solver == "lbfgs":
        limits = {"evaluations": estimator.max_fun, "tolerance": estimator.tol}
        return fit_lbfgs(network, rows.X, rows.Y, **limits, **options)
    if parse_loss(estimator.loss)[0] != "squared_error":
        raise ValueError(f"solver='lm' minimises squared errors; loss={estimator.loss!r}. Give loss='squared_error'")
    return fit_lm(network, rows.X, rows.Y, **options)
