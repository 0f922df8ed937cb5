"""How good a run is: losses, accuracy or error on training and test rows, and what it is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite import backend
from selenite.explanation.units import saturation
from selenite.model.baselines import best_constant, class_shares
from selenite.model.metrics import accuracy, confusion, r2, rmse
from selenite.play.layers import ROWS_LOOKED_AT
from selenite.play.problem import Problem
from selenite.play.session import Session
from selenite.table import as_outputs, as_probabilities
from selenite.text import finite
from selenite.training import diagnose
from selenite.types import Array, Indices

ROWS_COMPARED_AT_ONCE, MOST_ROWS_COMPARED = 1000, 5000  # with a network without hidden layers
FEWEST_EPOCHS_DIAGNOSED = 20
MOST_ROWS_A_FRAME = 5000  # up to which figures of all rows are part of every frame


def figures(session: Session) -> dict[str, Any]:
    """Return the loss of the last epoch, and how good the network is now where that is quickly said."""
    shown: dict[str, Any] = dict(latest_losses(session))
    if len(session.problem.X) <= MOST_ROWS_A_FRAME:
        shown["good"] = quality(session)
    return shown


def latest_losses(session: Session) -> dict[str, float | None]:
    """Return the loss of training and test rows in the last epoch; before the first, that of the start."""
    at = session.epoch - session.first_epoch
    scale = session.shown_scale
    verbs, network, parameters = backend.get(), session.network, session.parameters
    if session.finished:
        loss = test = np.nan
    elif at:
        loss, test = float(session.curves["loss"][at - 1]), float(session.curves["validation_loss"][at - 1])
    else:
        loss = verbs.loss_and_gradient(network, parameters, session.X, session.Y)[0]
        test = np.nan
        if len(session.test_X):
            test = verbs.loss_and_gradient(network, parameters, session.test_X, session.test_Y)[0]
    return {"loss": finite(float(loss * scale)), "test_loss": finite(float(test * scale))}


def quality(session: Session) -> dict[str, float | None]:
    """Return accuracy on training and test rows; of a number the root mean square error in its own unit, and R²."""
    problem = session.problem
    found: dict[str, float | None] = {}
    for name, rows in (("train", problem.training), ("test", problem.test)):
        output = session.predicted(rows) if len(rows) and problem.answers else None
        found[name] = None if output is None else score(problem, output, rows)
        if not problem.n_classes:
            found[f"{name} R²"] = None if output is None else finite(r2(output[:, 0], problem.Y[rows, 0]))
    return found


@np.errstate(all="ignore")
def score(problem: Problem, output: Array, rows: Indices) -> float | None:
    """Return the accuracy of outputs for some rows, or their root mean square error in the target's unit."""
    if problem.n_classes:
        return accuracy(told(output), problem.codes[rows])
    error: float | None = finite(problem.target.width * rmse(output[:, 0], problem.Y[rows, 0]))
    return error


@np.errstate(all="ignore")
def detail(session: Session, paused: bool) -> dict[str, Any]:
    """Return what is shown less often: the curves, the confusion, saturation, and the diagnosis."""
    epochs, curves = session.curves.thinned()
    scale = session.shown_scale
    problem, network = session.problem, session.network
    judged, rows = problem.judged
    found: dict[str, Any] = {
        "epochs": (epochs + session.first_epoch).tolist(),
        "loss": finite((curves["loss"] * scale).tolist()),
        "test_loss": finite((curves["validation_loss"] * scale).tolist()),
        "gradient_norm": finite((curves["gradient_norm"] * scale).tolist()),
        "good": quality(session),
        "confusion": None,
        "confusion_rows": judged,
        "saturated": saturation(network, session.parameters, problem.X[problem.usual_rows[:ROWS_LOOKED_AT]]),
        "finding": None,
        "last_epoch": max(session.checkpoints[-1].epoch, session.epoch),
    }
    if problem.n_classes and problem.answers:
        found["confusion"] = confusion(told(session.predicted(rows)), problem.codes[rows], problem.n_classes).tolist()
    if paused and session.curves.length >= FEWEST_EPOCHS_DIAGNOSED and not session.finished:
        at = session.epoch - session.first_epoch
        findings = diagnose(
            network, session.parameters, session.X, session.Y, losses=session.curves["loss"][: max(at, 1)],
            names=problem.inputs, learning_rate=session.optimizer.learning_rate,
            converged=session.epoch < session.settings.epochs and "diverged" not in session.ended,
        )  # fmt: skip
        if findings:
            first = findings[0]
            found["finding"] = {"name": first.name, "evidence": first.evidence, "remedy": first.remedy}
    return found


def baseline(session: Session, most_rows: int = MOST_ROWS_COMPARED) -> dict[str, Any]:
    """Return how good it is to say always the same, and, of so few rows, a network without hidden layers."""
    problem, target = session.problem, session.problem.target
    if session.finished:
        return {}
    name, rows = problem.judged
    if target.classes:
        usual = float(class_shares(problem.codes[problem.training], np.ones(len(target.classes))).argmax())
    else:
        usual = best_constant("squared_error", problem.Y[problem.training, 0])
    constant = as_outputs(target, np.full(len(rows), usual))
    found = {"rows": name, "constant": score(problem, constant, rows)}
    if len(session.X) <= most_rows:
        loss = "log_loss" if target.classes else "squared_error"
        linear, parameters = session.linear(session.network.activations[-1], loss)
        found["linear"] = score(problem, backend.get().predict(linear, parameters, problem.X[rows]), rows)
    return found


def told(output: Array) -> Indices:
    """Return the class that each row's output tells."""
    return np.asarray(as_probabilities(output).argmax(axis=1))
