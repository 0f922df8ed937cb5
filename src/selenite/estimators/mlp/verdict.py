"""How a fit went: warnings as scikit-learn gives them, with what was seen and what to do."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from sklearn.exceptions import ConvergenceWarning

from selenite.training import Training, diagnose
from selenite.types import Array

if TYPE_CHECKING:
    from selenite.estimators.mlp.base import MLP

OURS = ("selenite", "sklearn", "contextlib")  # packages in which no user's program is
NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need to be preprocessed."
)


class FitWarning(ConvergenceWarning):  # type: ignore[misc]
    """A fit went badly: what was seen, and what to do. `diagnose()` gives the findings one by one."""


def warn(text: str, kind: type[Warning]) -> None:
    """Warn at the line of the user's program that called us, whatever lies between."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in OURS:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, kind, stacklevel=level)


def tell_divergence(training: Training, *, kept: bool) -> None:
    """Say where numbers stopped being finite: as a warning where a good epoch is kept, else as an error."""
    if not kept:
        raise ValueError(
            f"{NOT_FINITE} In detail: {training.explanation.replace(' The last finite weights are kept.', '')}"
        )
    warn(training.explanation.replace("The last finite weights", "The best weights"), FitWarning)


def judge_fit(
    model: MLP, training: Training, X: Array, Y: Array, sample_weight: Array | None, *, unfinished: str | None
) -> None:
    """Find what went badly and warn of it; `unfinished` says that iterations ran out, None that they were to."""
    model._findings = []
    if training.ended == "interrupt":
        warn("Training interrupted by user.", UserWarning)
    if unfinished is None or training.ended not in ("epochs", "patience", "converged"):
        return
    converged = training.ended != "epochs"
    model._findings = diagnose(
        model._network,
        model._flat,
        X,
        Y,
        losses=training.history.loss,
        learning_rate=model.learning_rate_init,
        converged=converged,
        sample_weight=sample_weight,
        names=getattr(model, "feature_names_in_", None),
    )
    words = [*([] if converged else [unfinished]), *map(str, model._findings)]
    if words:
        warn("\n".join(words), FitWarning)
