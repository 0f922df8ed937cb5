"""Prints questions to the kernel and this process's answers as JSON, bit for bit: what test_web.py compares."""

import json
import sys
from dataclasses import replace

import numpy as np

from selenite import backend, nn
from selenite.nn.losses import parse_loss
from selenite.nn.random import SHUFFLE, permutation


def kernel():
    return backend.get("kernel")


def described(network):
    loss, parameter = parse_loss(network.loss)
    embedding = network.embedding
    return {
        "layer_sizes": network.layer_sizes,
        "activations": network.activations,
        "loss": loss,
        "loss_parameter": exact(parameter),
        "biases": network.biases,
        "embedding": embedding and vars(embedding),
    }


def shown(array):
    return {"hex": np.ascontiguousarray(array, np.float64).tobytes().hex()}


def exact(number):
    return {"number": np.float64(number).tobytes().hex()}


def data(network, n, seed, zeros=0.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, network.n_inputs)) * (rng.random((n, network.n_inputs)) >= zeros)
    Y = rng.random((n, network.n_outputs))
    if network.activations[-1] == "softmax":
        Y = np.eye(network.n_outputs)[rng.integers(network.n_outputs, size=n)]
    elif network.loss == "log_loss":
        Y = np.round(Y)
    return X, Y, rng.random(n) + 0.1


def optimizer_of(optimizer, network):
    rates = nn.optimizers.group_rates(optimizer, network)
    return {**vars(optimizer), "schedule": vars(optimizer.schedule), "rates": rates}


CASES = []


def ask(verb, args, answer, network=None):
    CASES.append(
        {"question": {"network": network and described(network), "verb": verb, "args": args}, "answer": answer}
    )


def ask_training(network, optimizer, n, n_epochs, *, zeros=0.0, weighted=False, watched=False, seed=3, **options):
    X, Y, weight = data(network, n, seed, zeros)
    parameters = nn.initialize(network, seed=seed)
    state = nn.start(optimizer, parameters)
    rows = {"X": X, "Y": Y, "sample_weight": weight if weighted else None}
    aside = data(network, 40, seed + 1, zeros)
    rule = nn.EarlyStopping(*aside[:2], patience=5, best_parameters=np.zeros_like(parameters)) if watched else None
    before = {"first": state.first.copy(), "second": state.second.copy(), "steps": 0, "epochs": 0, "rate_factor": 1}
    stopping = rule and {"X": aside[0], "Y": aside[1], "patience": 5, "best_parameters": np.zeros_like(parameters)}
    args = [
        parameters.copy(), optimizer_of(optimizer, network), before, rows,
        {"n_epochs": n_epochs, "seed": seed, "early_stopping": stopping, **{k: v or 0 for k, v in options.items()}},
    ]  # fmt: skip
    [found] = kernel().train_many(
        network, parameters[None], [optimizer], [state], X, Y, nn.TrainOptions(**options), n_epochs=n_epochs,
        seeds=[seed], early_stoppings=[rule], sample_weight=rows["sample_weight"],
    )  # fmt: skip
    after = {"parameters": parameters, "first": state.first, "second": state.second, "steps": state.steps}
    if rule:
        after |= {"best": rule.best_parameters, "best_epoch": rule.best_epoch, "best_loss": exact(rule.best_loss)}
    ask("train", args, {**vars(found), **after}, network)


def ask_of_rows(network, n=37, seed=5):
    X, Y, weight = data(network, n, seed)
    parameters = nn.initialize(network, seed=seed)
    ask("predict", [parameters, X], kernel().predict(network, parameters, X), network)
    loss, gradient = kernel().loss_and_gradient(network, parameters, X, Y, sample_weight=weight, l1=0.01, l2=0.1)
    more = {"sample_weight": weight, "l1": 0.01, "l2": 0.1}
    ask("loss_and_gradient", [parameters, X, Y, more], {"loss": exact(loss), "gradient": gradient}, network)
    seen = kernel().trace(network, parameters, X, Y)
    ask(
        "trace", [parameters, X, Y], {"z": seen.z, "a": seen.a[1:], "delta": seen.delta, "losses": seen.losses}, network
    )


def main():
    sgd, adam = nn.Optimizer("sgd", 0.5), nn.Optimizer("adam", 0.01)
    tutorial = nn.Network((2, 4, 1), ("logistic", "logistic"), "squared_error", biases=False)
    ask_training(tutorial, sgd, 100, 2000)
    ask_training(replace(tutorial, biases=True), nn.Optimizer("sgd", 0.5, momentum=0.9, nesterov=True), 100, 500)
    for activation in nn.ACTIVATIONS:
        if activation not in ("softmax", "exp"):
            ask_training(nn.Network((3, 8, 5, 1), (activation, activation, "identity")), adam, 60, 100, batch_size=10)
    for schedule in nn.SCHEDULES:
        slow = nn.Optimizer("adam", 0.05, schedule=nn.Schedule(schedule, every=7))
        ask_training(
            nn.Network((3, 6, 1), ("tanh", "identity")), slow, 50, 60, batch_size=8, watched=schedule == "adaptive"
        )
    classes = nn.Network((2, 4, 3), ("logistic", "softmax"), "log_loss")
    ask_training(classes, sgd, 300, 300, weighted=True)
    for loss in (name for name, of in nn.LOSSES.items() if "identity" in of.activations):
        loss = {"huber": "huber(1.5)", "quantile": "quantile(0.9)"}.get(loss, loss)
        ask_training(nn.Network((3, 8, 1), ("silu", "identity"), loss), adam, 60, 50, batch_size=7, l1=1e-3, l2=1e-2)
    ask_training(nn.Network((3, 8, 1), ("tanh", "exp"), "poisson"), adam, 60, 50, batch_size=7)
    waves = nn.Network((4, 8, 1), ("relu", "identity"), embedding=nn.Embedding((0, 2), 5, 3))
    decayed = nn.Optimizer(
        "adamw", 0.01, weight_decay=0.1, rates=nn.Rates(factors=3.0), schedule=nn.Schedule("one_cycle")
    )
    ask_training(waves, decayed, 100, 40, batch_size=16, dropout=0.2, watched=True, weighted=True)
    ask_training(nn.Network((80, 24, 1), ("relu", "logistic"), "log_loss"), adam, 200, 20, batch_size=50, zeros=0.9)
    ask_training(
        nn.Network((8, 20, 20, 1), ("relu", "relu", "logistic"), "log_loss"),
        nn.Optimizer("sgd", 50.0),
        100,
        30,
        batch_size=10,
    )
    dead = nn.Network((2, 8, 1), ("relu", "identity"))
    ask_training(dead, nn.Optimizer("adam", 0.3), 100, 3000, batch_size=50)  # moments of dead units fade away
    for network in (
        tutorial,
        classes,
        waves,
        nn.Network(
            (3, 40, 2),
            (
                "gelu",
                "mish",
            ),
            "squared_error",
        ),
        nn.Network((300, 20, 1), ("relu", "logistic"), "log_loss"),
    ):
        ask_of_rows(network)
    ask("order", [7, 3, 1000], permutation(7, 1000, SHUFFLE, 3).astype(float))
    json.dump(CASES, sys.stdout, default=shown)


if __name__ == "__main__":
    main()
