"""Windows: an epoch of more rows than are in memory at once is that of each window after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from selenite import backend as backends
from selenite.nn import EarlyStopping, Network, Optimizer, Schedule, TrainOptions, initialize, start
from selenite.nn.random import permutation
from selenite.training import Run, TrainingRows, Windows, train_runs
from selenite.training.rows import seed_within
from selenite.training.run import train_side_by_side

NETWORK = Network((3, 8, 1), ("relu", "identity"))
OPTIONS = TrainOptions(batch_size=16, dropout=0.2)
OPTIMIZER = Optimizer("adamw", 0.01, schedule=Schedule("one_cycle"))


def some_rows(n: int, seed: int) -> TrainingRows:
    X = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    return TrainingRows(X, np.sin(X[:, :1] + X[:, 1:2]).astype(np.float32))


ALL = [some_rows(n, n) for n in (100, 75, 130)]
WINDOWS = Windows(tuple(len(rows.X) for rows in ALL), ALL.__getitem__, n_own=42, seed=5)


def runs(
    n: int = 1, backend: str = "numpy", rate: float = 0.01, windows: Windows = WINDOWS, more: int = 1
) -> list[Run]:
    made = []
    for k in range(n):
        parameters, own, aside = (
            initialize(NETWORK, seed=k, dtype=np.float32),
            some_rows(40 + more * k, k),
            some_rows(50, 99),
        )
        optimizer = replace(OPTIMIZER, learning_rate=rate)
        rule = EarlyStopping(aside.X, aside.Y, patience=3)
        made.append(
            Run(
                NETWORK, optimizer, parameters, start(optimizer, parameters), own, OPTIONS, 10 + k, rule,
                backend=backends.get(backend), windows=windows,
            )
        )  # fmt: skip
    return made


def test_an_epoch_is_that_of_each_window_after_the_other():
    [run] = runs()
    [training] = train_runs([run], epochs=4)

    parameters, aside = initialize(NETWORK, seed=0, dtype=np.float32), some_rows(50, 99)
    state, numpy, validation = start(OPTIMIZER, parameters), backends.get("numpy"), []
    steps = 7 + 5 + 9 + 3  # of 100, 75, 130 and 40 rows
    for epoch in range(4):
        for which in permutation(5, 4, 7, epoch):  # 7: the purpose of windows
            rows = [*ALL, some_rows(40, 0)][which]
            options = replace(OPTIONS, total_epochs=4 * steps / -(-len(rows.X) // 16))
            state.epochs = epoch
            numpy.train(
                NETWORK, parameters, OPTIMIZER, state, rows.X, rows.Y, options, n_epochs=1, seed=seed_within(10, which)
            )
        validation.append(float(np.mean((numpy.predict(NETWORK, parameters, aside.X) - aside.Y) ** 2) / 2))
    np.testing.assert_array_equal(training.parameters, parameters)
    np.testing.assert_allclose(training.history.validation_loss, validation, rtol=1e-5)
    assert state.steps == 4 * steps
    assert training.history.learning_rate[-1] < 1e-3 * 0.01  # the cycle is at its end


def test_the_kernel_and_numpy_agree():
    pytest.importorskip("selenite._kernel")
    for one, other in zip(train_runs(runs(3, "kernel"), epochs=3), train_runs(runs(3, "numpy"), epochs=3), strict=True):
        np.testing.assert_allclose(one.parameters, other.parameters, atol=2e-5)
        np.testing.assert_allclose(one.history.loss, other.history.loss, rtol=1e-4)


def test_runs_side_by_side_are_those_alone_and_learn():
    together = train_runs(runs(3), epochs=12)
    [alone] = train_runs(runs(3)[1:2], epochs=12)
    np.testing.assert_array_equal(together[1].parameters, alone.parameters)
    assert alone.history.validation_loss[-1] < 0.5 * alone.history.validation_loss[0]


@pytest.mark.parametrize("batch_size", [16, None])
def test_a_run_with_fewer_rows_of_its_own_has_the_schedule_that_it_has_beside_others(batch_size):
    def trained(which):
        chosen = runs(3, windows=replace(WINDOWS, n_own=80), more=20)[which]
        for run in chosen:
            run.options = replace(run.options, batch_size=batch_size)
        return train_runs(chosen, epochs=4)

    together = trained(slice(None))
    for k in range(3):
        [alone] = trained(slice(k, k + 1))
        np.testing.assert_array_equal(together[k].parameters, alone.parameters)
        np.testing.assert_array_equal(together[k].history.learning_rate, alone.history.learning_rate)


def test_the_losses_of_an_epoch_are_of_all_rows():
    windows = Windows(WINDOWS.sizes, WINDOWS.load, n_own=40, seed=5)
    [run] = runs(rate=1e-30, windows=windows)
    run.options = replace(run.options, dropout=0.0)
    [training] = train_runs([run], epochs=1)
    every = [*ALL, some_rows(40, 0)]
    X, Y = np.concatenate([rows.X for rows in every]), np.concatenate([rows.Y for rows in every])
    prediction = backends.get("numpy").predict(NETWORK, initialize(NETWORK, seed=0, dtype=np.float32), X)
    assert training.history.loss[0] == pytest.approx(float(np.mean((prediction - Y) ** 2) / 2), rel=1e-5)


def test_a_run_that_diverges_stands_before_its_epoch():
    [run] = runs()
    run.options = replace(run.options, total_epochs=3)
    while run.epoch < 1:
        [epochs] = train_side_by_side([run], 1)
        run.note(epochs)
    before, steps = run.parameters.copy(), run.state.steps
    X = ALL[0].X.copy()
    X[7] = 1e38
    order = list(WINDOWS.order(1))
    run.windows = Windows(WINDOWS.sizes, lambda k: TrainingRows(X, ALL[0].Y) if k == 0 else ALL[k], n_own=40, seed=5)
    for _ in range(order.index(0) + 1):
        assert run.ending == "epochs"
        [epochs] = train_side_by_side([run], 1)
        run.note(epochs)
    assert (run.ending, run.epoch, run.state.steps) == ("diverged", 1, steps)
    np.testing.assert_array_equal(run.parameters, before)
