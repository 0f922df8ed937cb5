"""The solvers that take all rows at once: L-BFGS and Levenberg-Marquardt, with scikit-learn's options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selenite.estimators.mlp.verdict import Printing
from selenite.nn import Network
from selenite.nn.losses import parse_loss
from selenite.training import Callback, Training, TrainingRows, fit_lbfgs, fit_lm
from selenite.types import Array


def train_second_order(
    asked: Any, network: Network, parameters: Array, rows: TrainingRows, callbacks: Sequence[Callback]
) -> Training:
    """Minimise the network's loss, from the parameters on; of the estimator `asked` its parameters are read."""
    options: dict[str, Any] = {
        "iterations": asked.max_iter,
        "parameters": parameters,
        "sample_weight": rows.weight,
        "l2": asked.alpha,
        "callbacks": [*callbacks, Printing()] if asked.verbose else callbacks,
    }
    if asked.solver == "lbfgs":
        return fit_lbfgs(network, rows.X, rows.Y, evaluations=asked.max_fun, tolerance=asked.tol, **options)
    if parse_loss(network.loss)[0] != "squared_error":
        raise ValueError(f"solver='lm' minimises squared errors; loss={network.loss!r}. Give loss='squared_error'")
    return fit_lm(network, rows.X, rows.Y, **options)
