"""Bounds on the signs of weights: what they hold, and that training within them is training otherwise."""

import numpy as np
import pytest

from selenite import backend as backends
from selenite.nn import EarlyStopping, Embedding, Network, Optimizer, Schedule, TrainOptions, initialize, start
from selenite.nn.activations import FALLING_SOMEWHERE, HIDDEN_ACTIVATIONS
from selenite.nn.shards import shuffled
from selenite.training import Run, TrainingRows, monotone, train_runs
from selenite.training.monotone import Bounds

NETWORK = Network((3, 12, 8, 1), ("relu", "tanh", "identity"), embedding=Embedding((2,), 4, 1))
OPTIMIZER = Optimizer("adamw", 0.02, schedule=Schedule("one_cycle"), weight_decay=0.01)
OPTIONS = TrainOptions(batch_size=8, dropout=0.1)
DIRECTIONS = (1, -1, 0)


def some_rows(n, seed=0):
    X = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    return TrainingRows(X, (np.sin(2 * X[:, :1]) - X[:, 1:2] * X[:, 2:]).astype(np.float32))


def run_of(seed=0, n=150, backend="numpy"):
    bounds = Bounds.of(NETWORK, DIRECTIONS)
    parameters, aside = initialize(NETWORK, seed=seed, dtype=np.float32), some_rows(40, 9)
    bounds.reflect(parameters)
    rule = EarlyStopping(aside.X, aside.Y, patience=9)
    verbs = bounds.kept_by(backends.get(backend))
    rows = some_rows(n, seed)
    return Run(NETWORK, OPTIMIZER, parameters, start(OPTIMIZER, parameters), rows, OPTIONS, seed, rule, backend=verbs)


def falls(network, parameters, directions, n=200):
    """Return by how much the output goes the wrong way at the most, of 30 values of an input and all else drawn."""
    rng = np.random.default_rng(1)
    worst = 0.0
    for i, direction in enumerate(directions):
        X = np.repeat(rng.normal(size=(n, 1, network.n_inputs)), 30, axis=1)
        X[:, :, i] = np.sort(3 * rng.normal(size=(n, 30)), axis=1)
        out = backends.get("numpy").predict(network, parameters, X.reshape(-1, network.n_inputs)).reshape(n, 30)
        worst = max(worst, float(-(direction * np.diff(out, axis=1)).min()))
    return worst


@pytest.mark.parametrize("hidden", [name for name in HIDDEN_ACTIVATIONS if name not in FALLING_SOMEWHERE])
@pytest.mark.parametrize("sizes", [(3, 1), (3, 8, 1), (3, 8, 8, 8, 1)])
def test_any_parameters_within_the_bounds_go_as_they_are_to(hidden, sizes):
    network = Network.of(sizes, hidden, embedding=Embedding((2,), 4, 2))
    parameters = np.random.default_rng(0).normal(size=network.n_parameters)
    bounds = Bounds.of(network, DIRECTIONS)
    bounds.reflect(parameters)
    assert falls(network, parameters, (1, -1)) < 1e-9
    assert falls(network, parameters, (-1, 1)) > 0.01  # they are not constant


def test_those_that_fall_somewhere_would_not():
    z = np.linspace(-5, 5, 1001)[:, None]
    for name in HIDDEN_ACTIVATIONS:
        one = Network((1, 1, 1), (name, "identity"), biases=False)
        falls_somewhere = (np.diff(backends.get("numpy").predict(one, np.ones(2), z)[:, 0]) < -1e-12).any()
        assert falls_somewhere == (name in FALLING_SOMEWHERE)


def test_without_bounds_each_step_is_that_of_the_backend(monkeypatch):
    monkeypatch.setattr(monotone, "STEPS_AT_ONCE", 1)  # within more, batches are drawn anew
    rows, options, n_epochs = some_rows(300), TrainOptions(batch_size=8), 3
    parameters, aside = initialize(NETWORK, dtype=np.float32), some_rows(40, 9)
    plain, rules = parameters.copy(), [EarlyStopping(aside.X, aside.Y) for _ in range(2)]
    free = Bounds(np.full_like(plain, -np.inf), np.full_like(plain, np.inf)).kept_by(backends.get("numpy"))
    order = np.array([shuffled(1, 5, 300, epoch) for epoch in range(n_epochs)])
    states = [start(OPTIMIZER, one) for one in (parameters, plain)]
    how = {"n_epochs": n_epochs, "seed": 5, "order": order}
    one = free.train(NETWORK, parameters, OPTIMIZER, states[0], *rows_of(rows), options, early_stopping=rules[0], **how)
    other = backends.get("numpy").train(
        NETWORK, plain, OPTIMIZER, states[1], *rows_of(rows), options, early_stopping=rules[1], **how
    )
    assert parameters.tobytes() == plain.tobytes()
    assert (states[0].steps, states[0].epochs, rules[0].best_epoch) == (states[1].steps, 3, rules[1].best_epoch)
    for name in ("rate", "loss", "validation_loss"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-6)


def rows_of(rows):
    return rows.X, rows.Y


@pytest.mark.parametrize("backend", backends.BACKENDS)
def test_training_learns_within_the_bounds_side_by_side_as_alone_and_goes_back(backend):
    sizes = (150, 190, 260)
    together = train_runs([run_of(k, n, backend) for k, n in enumerate(sizes)], epochs=12, record=True, keep_best=True)
    for k, (n, training) in enumerate(zip(sizes, together, strict=True)):
        [alone] = train_runs([run_of(k, n, backend)], epochs=12, keep_best=True)
        assert training.parameters.tobytes() == alone.parameters.tobytes()
        assert training.history.loss.tolist() == alone.history.loss.tolist()
        assert falls(NETWORK, training.parameters.astype(np.float64), (1, -1)) < 1e-9
        assert training.history.validation_loss.min() < 0.8 * training.history.validation_loss[0]
        assert training.history.at(training.best_epoch).tobytes() == training.parameters.tobytes()


def test_what_diverges_is_as_before_the_epoch():
    run = run_of(n=300)
    run.rows.Y[7] = np.inf
    before = run.parameters.copy()
    [training] = train_runs([run], epochs=3)
    assert training.ended == "diverged"
    assert run.parameters.tobytes() == before.tobytes()
    assert run.state.steps == 0
