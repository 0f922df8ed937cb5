"""selenite's own verbs: the kernel, and the NumPy reference."""

import os
import resource
import subprocess
import sys

import numpy as np
from contenders import Contender
from problems import N_EPOCHS_MANY, N_NETWORKS, expected, optimizer_of

from selenite import backend
from selenite.nn import start


def _training(name, epochs_checked, epochs):
    verbs = backend.get(name)

    def train(work, n_epochs, order=None):
        parameters = work.start.copy()
        optimizer = optimizer_of(work)
        state = start(optimizer, parameters)
        options = dict(n_epochs=n_epochs, batch_size=work.batch_size, order=order)
        loss = verbs.train(work.network, parameters, optimizer, state, work.X, work.Y, **options).loss
        return loss * (len(work.X) if work.batch_size == len(work.X) else 1)

    def make(work):
        order = work.order.repeat(epochs_checked, axis=0)
        return Contender(
            lambda: (train(work, epochs_checked, order), expected(work.name, epochs_checked)),
            lambda: train(work, epochs),
            epochs,
        )

    return make


def _many(name, n_networks, epochs):
    verbs = backend.get(name)

    def train(work, k, n_epochs):
        parameters = work.start[:k].copy()
        optimizer = optimizer_of(work)
        states = [start(optimizer, one) for one in parameters]
        found = verbs.train_many(work.network, parameters, [optimizer] * k, states, work.X, work.Y, n_epochs=n_epochs)
        return np.array([one.loss[-1] for one in found]) * len(work.X)

    return lambda work: Contender(
        lambda: (train(work, 4, 100), expected("W4", 100)),
        lambda: train(work, n_networks, epochs),
        n_networks * epochs,
    )


def _predicting(name, calls):
    verbs = backend.get(name)

    def make(work):
        network, parameters, X = work.network, work.start, work.X

        def run():
            for _ in range(calls):
                verbs.predict(network, parameters, X)

        return Contender(lambda: (verbs.predict(network, parameters, X), expected(work.name, 0)), run, calls)

    return make


def _tutorial(name):
    command = [sys.executable, "-m", "selenite", "tutorial", "2", "--no-picture", "--json"]

    def go():
        return subprocess.run(command, env=os.environ | {"SELENITE_BACKEND": name}, check=True, capture_output=True)

    def check():
        import json

        found = json.loads(go().stdout)["runs"]["2-4-1, no bias, as printed"]["loss"]
        return [found], [1.5033]

    def measure():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        go()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return lambda: Contender(check, go, 1, measure)


CONTENDERS = {
    "selenite": {
        "W1": _training("kernel", 200, 100_000),
        "W1f32": _training("kernel", 200, 100_000),
        "W2": _training("kernel", 1, 1),
        "W2dense": _training("kernel", 1, 1),
        "W3": _training("kernel", 1, 10),
        "W3b32": _training("kernel", 1, 10),
        "W4": _many("kernel", N_NETWORKS, N_EPOCHS_MANY),
        "W5_1row": _predicting("kernel", 20_000),
        "W5_10000rows": _predicting("kernel", 50),
        "W6": _tutorial("kernel"),
    },
    "selenite_numpy": {
        "W1": _training("numpy", 200, 2000),
        "W1f32": _training("numpy", 200, 2000),
        "W2": _training("numpy", 1, 1),
        "W2dense": _training("numpy", 1, 1),
        "W3": _training("numpy", 1, 2),
        "W3b32": _training("numpy", 1, 1),
        "W4": _many("numpy", 1, N_EPOCHS_MANY),
        "W5_1row": _predicting("numpy", 2000),
        "W5_10000rows": _predicting("numpy", 20),
        "W6": _tutorial("numpy"),
    },
}
