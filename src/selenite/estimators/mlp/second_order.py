"""The solvers that take all rows at once: L-BFGS and Levenberg-Marquardt, with scikit-learn's options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from selenite import backend as backends
from selenite.estimators.mlp.printing import Printing
from selenite.estimators.mlp.verdict import judge_fit
from selenite.nn import Network
from selenite.nn.losses import parse_loss
from selenite.training import Callback, fit_lbfgs, fit_lm
from selenite.types import Array

if TYPE_CHECKING:
    from selenite.estimators.mlp.base import MLP


def fit_second_order(
    model: MLP, X: Array, Y: Array, sample_weight: Array | None, callbacks: Sequence[Callback]
) -> None:
    """Minimise the loss as it is, not as scikit-learn shows it; write into the model's parameters."""
    shown = model._network
    network = Network(shown.layer_sizes, shown.activations, model.loss)
    weighted = {"sample_weight": sample_weight, "l2": model.alpha}
    options: dict[str, Any] = weighted | {
        "iterations": model.max_iter,
        "parameters": model._flat,
        "callbacks": [*callbacks, Printing()] if model.verbose else callbacks,
    }
    if model.solver == "lbfgs":
        training = fit_lbfgs(network, X, Y, evaluations=model.max_fun, tolerance=model.tol, **options)
        model.loss_ = backends.get().loss_and_gradient(shown, training.parameters, X, Y, **weighted)[0]
    elif parse_loss(model.loss)[0] == "squared_error":
        training = fit_lm(network, X, Y, **options)
        model.loss_curve_ = training.history.loss.tolist()
        model.loss_ = model.loss_curve_[-1]
    else:
        raise ValueError(f"solver='lm' minimises squared errors; loss={model.loss!r}. Give loss='squared_error'")
    model._flat[:] = training.parameters
    model.n_iter_ = len(training.history)
    ran_out = f"{model.solver} failed to converge after {model.n_iter_} iteration(s), max_iter={model.max_iter}"
    unfinished = f"{ran_out}. {training.explanation}".rstrip()
    judge_fit(model, training, X, Y, sample_weight, unfinished=unfinished)
