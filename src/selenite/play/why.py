"""Why a number is what it is: the formula with the numbers of the followed row put in, term by term."""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite import backend
from selenite.nn.activations import ACTIVATIONS
from selenite.nn.losses import parse_loss
from selenite.play.session import Session

MOST_TERMS = 12
FORMULAS = {
    "identity": "z", "logistic": "1 / (1 + e^−z)", "tanh": "tanh z", "relu": "max(z, 0)", "softmax": "e^z / Σ e^z",
    "leaky_relu": "max(z, 0.01 z)", "softplus": "log(1 + e^z)", "silu": "z / (1 + e^−z)", "gelu": "z Φ(z)",
}  # fmt: skip
LOSS_FORMULAS = {
    "squared_error": "½ (prediction − target)²",
    "log_loss": "−log(probability of the true class)",
    "absolute_error": "|prediction − target|",
    "huber": "½ e² up to 1, then |e| − ½",
}


def explanation(session: Session, row: int, layer: int, unit: int, before: int | None = None) -> dict[str, Any]:
    """Return what the unit (or one weight into it) is made of: forward, backward, update.

    Layers are counted from 0, the first that has weights; `before` is the unit a weight comes from, -1 the bias.
    """
    network, problem = session.network, session.problem
    if not 0 <= layer < network.n_layers or not 0 <= unit < network.layer_sizes[layer + 1]:
        layer, unit, before = network.n_layers - 1, 0, None
    seen = backend.get().trace(network, session.parameters, problem.X[[row]], problem.Y[[row]])
    weights = network.weights(session.parameters)[layer]
    if before is not None and not -1 <= before < len(weights):
        before = None
    return {
        "title": _title(session, layer, unit, before),
        "layer": layer,
        "unit": unit,
        "before": before,
        "forward": _forward(session, seen, layer, unit, before),
        "backward": _backward(session, seen, layer, unit, row),
        "update": _update(session, seen, layer, unit, before),
        "incoming": _incoming(session, layer, unit),
    }


def unit_name(session: Session, layer: int, unit: int) -> str:
    """Return how a unit is called; layer 0 are the inputs."""
    if layer == 0:
        return session.problem.inputs[unit]
    if layer == session.network.n_layers:
        classes = session.problem.target.classes
        return (
            f"P({classes[unit]})"
            if len(classes) > 2
            else f"P({classes[1]})"
            if classes
            else session.problem.target.name
        )
    return f"h{layer}.{unit + 1}" if session.network.n_layers > 2 else f"h{unit + 1}"


def _title(session: Session, layer: int, unit: int, before: int | None) -> str:
    name = unit_name(session, layer + 1, unit)
    if before is None:
        return f"Unit {name}"
    return f"Bias of {name}" if before == -1 else f"Weight from {unit_name(session, layer, before)} to {name}"


def _forward(session: Session, seen: Any, layer: int, unit: int, before: int | None) -> list[str]:
    """Return how z and a come about."""
    network = session.network
    weights, bias = network.weights(session.parameters)[layer][:, unit], network.bias_vectors(session.parameters)[layer]
    inputs = seen.a[layer][0]
    terms = weights * inputs
    lines = ["z = bias + Σ weight × input" if bias is not None else "z = Σ weight × input"]
    if bias is not None:
        lines.append(f"bias = {_n(bias[unit])}")
    largest = np.argsort(-np.abs(terms), kind="stable")[:MOST_TERMS]
    for i in sorted(largest.tolist()):
        mark = "  ←" if before == i else ""
        lines.append(f"{unit_name(session, layer, i)}: {_n(weights[i])} × {_n(inputs[i])} = {_n(terms[i])}{mark}")
    if len(terms) > MOST_TERMS:
        rest = float(terms.sum() - terms[largest].sum())
        lines.append(f"{len(terms) - MOST_TERMS} others together {_n(rest)}")
    name = network.activations[layer]
    lines.append(f"z = {_n(seen.z[layer][0, unit])}")
    lines.append(f"a = {name}(z) = {FORMULAS.get(name, name + '(z)')} = {_n(seen.a[layer + 1][0, unit])}")
    return lines


def _backward(session: Session, seen: Any, layer: int, unit: int, row: int) -> list[str]:
    """Return how the delta comes about: how much the row's loss would change with z."""
    network = session.network
    delta = float(seen.delta[layer][0, unit])
    if layer == network.n_layers - 1:
        name, _ = parse_loss(network.loss)
        prediction, target = float(seen.a[-1][0, unit]), float(session.problem.Y[row, unit])
        lines = [f"loss of this row = {LOSS_FORMULAS.get(name, name)} = {_n(float(seen.losses[0]))}"]
        lines.append(f"prediction = {_n(prediction)}, target = {_n(target)}")
        if name == "log_loss" or (name == "squared_error" and network.activations[-1] == "identity"):
            lines.append("δ = prediction − target")
            lines.append(f"δ = {_n(prediction)} − {_n(target)} = {_n(delta)}")
        elif name == "squared_error":
            slope = float(ACTIVATIONS[network.activations[-1]].derivative(seen.z[-1], seen.a[-1])[0, unit])
            lines.append("δ = (prediction − target) × a′(z)")
            lines.append(f"δ = {_n(prediction - target)} × {_n(slope)} = {_n(delta)}")
        else:
            lines.append(f"δ = {_n(delta)}")
        return lines
    after = network.weights(session.parameters)[layer + 1][unit]
    next_deltas = seen.delta[layer + 1][0]
    slope = float(ACTIVATIONS[network.activations[layer]].derivative(seen.z[layer], seen.a[layer + 1])[0, unit])
    lines = ["δ = (Σ weight onward × δ there) × a′(z)"]
    for j in range(min(len(after), MOST_TERMS)):
        there = unit_name(session, layer + 2, j)
        lines.append(f"{there}: {_n(after[j])} × {_n(next_deltas[j])} = {_n(after[j] * next_deltas[j])}")
    if len(after) > MOST_TERMS:
        lines.append(f"... {len(after) - MOST_TERMS} more")
    lines.append(f"δ = {_n(float(after @ next_deltas))} × {_n(slope)} = {_n(delta)}")
    return lines


def _update(session: Session, seen: Any, layer: int, unit: int, before: int | None) -> list[str]:
    """Return the next step of a weight: this row's part in its gradient, the batch's gradient, old and new."""
    if before is None:
        before = 0
    network, optimizer = session.network, session.optimizer
    begin = session.row - session.row % session.batch_size
    rows = session.order[begin : begin + session.batch_size]
    _, gradient = backend.get().loss_and_gradient(
        network, session.parameters, session.X[rows], session.Y[rows], l1=session.settings.l1, l2=session.settings.l2
    )
    slope = _picked(network.weights(gradient)[layer], network.bias_vectors(gradient)[layer], before, unit)
    old = _picked(
        network.weights(session.parameters)[layer], network.bias_vectors(session.parameters)[layer], before, unit
    )
    source = "bias" if before == -1 else unit_name(session, layer, before)
    part = float(seen.delta[layer][0, unit]) * (1.0 if before == -1 else float(seen.a[layer][0, before]))
    lines = [f"weight from {source}: {_n(old)}", f"this row's part in the gradient = δ × input = {_n(part)}"]
    lines.append(f"gradient over the batch of {len(rows)} rows (mean) = {_n(slope)}")
    rate = optimizer.learning_rate
    if session.settings.slip:
        lines.append("as printed, the article takes its slope of the output instead, so its step differs")
    elif optimizer.name == "sgd" and optimizer.momentum == 0:
        lines.append("new = old − learning rate × gradient")
        lines.append(f"new = {_n(old)} − {rate:g} × {_n(slope)} = {_n(old - rate * slope)}")
    else:
        lines.append(f"{optimizer.name} with rate {rate:g} scales the step by what gradients it has met before")
    return lines


def _incoming(session: Session, layer: int, unit: int) -> list[dict[str, Any]]:
    """Return the weights into a unit, for the fields in which they are changed."""
    weights = session.network.weights(session.parameters)[layer][:, unit]
    bias = session.network.bias_vectors(session.parameters)[layer]
    found = [] if bias is None else [{"before": -1, "name": "bias", "value": float(bias[unit])}]
    found += [
        {"before": i, "name": unit_name(session, layer, i), "value": float(weights[i])}
        for i in range(min(len(weights), 40))
    ]
    return found


def _picked(weights: Any, biases: Any, before: int, unit: int) -> float:
    if before == -1:
        return float(biases[unit]) if biases is not None else 0.0
    return float(weights[before, unit])


def _n(value: float) -> str:
    """Return a number to four digits, with a true minus sign."""
    return f"{value:.4g}".replace("-", "−")
