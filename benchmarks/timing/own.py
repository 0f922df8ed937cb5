"""selenite's own verbs as contenders: the kernel, and the NumPy reference."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from selenite import backend
from selenite.nn import TrainOptions, start
from selenite.types import NDArray
from timing.measure import Contender, Make
from timing.problems import N_EPOCHS_MANY, N_NETWORKS, Problem, expected, optimizer_of, scale_of

NETWORKS_CHECKED, EPOCHS_CHECKED = 4, 100
AS_PRINTED = 1.5033  # where the tutorial's network ends


def _train(name: str, work: Problem, epochs: int, order: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    """Return the loss of each epoch."""
    parameters, optimizer = work.begin.copy(), optimizer_of(work)
    trained = backend.get(name).train(
        work.network,
        parameters,
        optimizer,
        start(optimizer, parameters),
        work.X,
        work.Y,
        TrainOptions(batch_size=work.batch_size),
        n_epochs=epochs,
        order=order,
    )
    return trained.loss * scale_of(work)


def _train_many(name: str, work: Problem, epochs: int) -> NDArray[np.float64]:
    """Return the last loss of each network."""
    parameters, optimizer = work.begin.copy(), optimizer_of(work)
    states = [start(optimizer, one) for one in parameters]
    optimizers = [optimizer] * len(parameters)
    trained = backend.get(name).train_many(
        work.network, parameters, optimizers, states, work.X, work.Y, n_epochs=epochs
    )
    return np.array([one.loss[-1] for one in trained]) * scale_of(work)


def _training(name: str, epochs: int) -> Make:
    def make(work: Problem) -> Contender:
        piece, checked = work.piece, EPOCHS_CHECKED if work.full_batch else 1
        order = piece.in_order.repeat(checked, axis=0)
        return Contender(
            lambda: (_train(name, piece, checked, order), expected(piece, checked)),
            partial(_train, name, work, epochs),
            epochs,
        )

    return make


def _many(name: str, n_networks: int) -> Make:
    def make(work: Problem) -> Contender:
        few, all_of_them = (
            replace(work, begin=work.begin[:NETWORKS_CHECKED]),
            replace(work, begin=work.begin[:n_networks]),
        )
        return Contender(
            lambda: (_train_many(name, few, EPOCHS_CHECKED), expected(few, EPOCHS_CHECKED)),
            partial(_train_many, name, all_of_them, N_EPOCHS_MANY),
            n_networks * N_EPOCHS_MANY,
        )

    return make


def _predicting(name: str, calls: int) -> Make:
    def make(work: Problem) -> Contender:
        predict, network, parameters, X = backend.get(name).predict, work.network, work.begin, work.X

        def run() -> None:
            for _ in range(calls):
                predict(network, parameters, X)

        return Contender(lambda: (predict(network, parameters, X), expected(work)), run, calls)

    return make


def _tutorial(name: str) -> Make:
    """The command from a cold start; a child's time on all processors counts."""

    def make(work: Problem) -> Contender:
        command = [sys.executable, "-m", "selenite", "tutorial", "2", "--no-picture", "--json"]

        def run() -> str:
            environment = os.environ | {"SELENITE_BACKEND": name}
            return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

        def check() -> tuple[list[float], list[float]]:
            return [json.loads(run())["runs"]["2-4-1, no bias, as printed"]["loss"]], [AS_PRINTED]

        return Contender(check, run, 1, partial(_seconds_of_children, run))

    return make


def _seconds_of_children(run: Callable[[], object]) -> float:
    before = os.times()
    run()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


OWN: dict[str, dict[str, Make]] = {
    "selenite": {
        "W1": _training("kernel", 100_000),
        "W1f32": _training("kernel", 100_000),
        "W2": _training("kernel", 1),
        "W2dense": _training("kernel", 1),
        "W3": _training("kernel", 10),
        "W3b32": _training("kernel", 10),
        "W4": _many("kernel", N_NETWORKS),
        "W5_1row": _predicting("kernel", 20_000),
        "W5_10000rows": _predicting("kernel", 50),
        "W6": _tutorial("kernel"),
    },
    "selenite_numpy": {
        "W1": _training("numpy", 2000),
        "W1f32": _training("numpy", 2000),
        "W2": _training("numpy", 1),
        "W2dense": _training("numpy", 1),
        "W3": _training("numpy", 2),
        "W3b32": _training("numpy", 1),
        "W4": _many("numpy", 1),
        "W5_1row": _predicting("numpy", 2000),
        "W5_10000rows": _predicting("numpy", 20),
        "W6": _tutorial("numpy"),
    },
}
