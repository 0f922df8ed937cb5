"""The loop under every door: who gives the order of the rows, who decides when to stop, several runs in step."""

import numpy as np
import pytest

from selenite import backend as backends
from selenite.nn import EarlyStopping, Network, Optimizer, TrainOptions, initialize, mean_loss, start
from selenite.training import Callback, fit, fit_lbfgs, fit_lm
from selenite.training.loop import best_of, train_runs
from selenite.training.rows import TrainingRows
from selenite.training.run import Run

NETWORK = Network((2, 6, 1), ("tanh", "identity"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
Y = X[:, :1] * X[:, 1:]
ROWS = TrainingRows(X, Y)
BATCHES = TrainOptions(batch_size=16)
ADAM = Optimizer("adam", 0.02)


def run(seed=0, rows=ROWS, options=BATCHES, orders=None, backend=None, **rule):
    parameters = initialize(NETWORK, seed=seed)
    state, stopping = start(ADAM, parameters), EarlyStopping(**rule)
    return Run(NETWORK, ADAM, parameters, state, rows, options, seed, stopping, orders, backends.get(backend))


def test_the_order_of_rows_may_be_asked_for_chunk_by_chunk():
    orders = np.array([RNG.permutation(60) for _ in range(50)])
    asked = []

    def given(done, count):
        asked.append((done, count))
        return orders[done : done + count]

    [piecewise] = train_runs([run(orders=given)], epochs=50)
    whole = fit(NETWORK, X, Y, optimizer=ADAM, epochs=50, order=orders, batch_size=16)
    np.testing.assert_array_equal(piecewise.parameters, whole.parameters)
    assert asked[0] == (0, 1)
    assert sum(count for _, count in asked) == 50


def test_a_score_decides_in_the_losss_place():
    """A score that is best after epoch 4 ends training when patience is over, and its parameters are kept."""
    seen = []

    def score(parameters):
        seen.append(parameters.copy())
        return -abs(len(seen) - 4)

    judged = run(options=TrainOptions(), patience=2, score=score)
    [training] = train_runs([judged], epochs=50, keep_best=True)
    assert training.ended == "patience"
    assert training.best_epoch == 4
    assert judged.early_stopping.scores == [-3, -2, -1, 0, -1, -2, -3]
    np.testing.assert_array_equal(training.parameters, seen[3])


def test_the_training_loss_may_decide_where_other_rows_are_watched():
    """The rows are for the curve only: it stops where it would have stopped without them."""
    judged = run(options=TrainOptions(), patience=3, tolerance=0.01, by_training_loss=True, X=X[:9], Y=Y[:9])
    [training] = train_runs([judged], epochs=500)
    plain = fit(NETWORK, X, Y, optimizer=ADAM, epochs=500, patience=3, tolerance=0.01)
    np.testing.assert_array_equal(training.history.loss, plain.history.loss)
    assert training.ended == plain.ended == "patience"
    assert training.history.validation_loss[-1] == pytest.approx(mean_loss(NETWORK, training.parameters, X[:9], Y[:9]))


def test_runs_in_step_are_each_as_alone():
    """Some stop before others; each gives what it gives by itself."""
    stopping = dict(patience=3, tolerance=0.003)
    runs = [run(seed, **stopping) for seed in range(5)]
    trainings = train_runs(runs, epochs=300, keep_best=True)
    alone = [fit(NETWORK, X, Y, optimizer=ADAM, epochs=300, batch_size=16, seed=seed, **stopping) for seed in range(5)]
    for one, other in zip(runs, alone, strict=True):
        np.testing.assert_array_equal(one.curves.history().loss, other.history.loss)
        np.testing.assert_array_equal(one.parameters, other.parameters)
        assert one.ending == other.ended
    assert len({one.epoch for one in runs}) > 1
    assert runs[best_of(runs)].early_stopping.best_loss == min(other.history.loss.min() for other in alone)
    for one, training in zip(runs, trainings, strict=True):
        np.testing.assert_array_equal(training.parameters, one.early_stopping.best_parameters)


@pytest.mark.parametrize("backend", ["numpy", None])
def test_runs_may_have_rows_of_their_own(backend):
    rows = [TrainingRows(X[k : 40 + 5 * k], Y[k : 40 + 5 * k], np.arange(1.0, 41 + 4 * k)) for k in range(3)]
    trainings = train_runs([run(k, rows[k], backend=backend) for k in range(3)], epochs=9)
    for k, (own, training) in enumerate(zip(rows, trainings, strict=True)):
        weighted = dict(sample_weight=own.weight, batch_size=16, backend=backend)
        alone = fit(NETWORK, own.X, own.Y, optimizer=ADAM, epochs=9, seed=k, **weighted)
        np.testing.assert_array_equal(training.parameters, alone.parameters)


def test_time_is_kept():
    """Half a second is enough for some of so many epochs, not for all."""
    [training] = train_runs([run(options=TrainOptions(), X=X, Y=Y)], epochs=10**7, seconds=0.5, keep_best=True)
    assert training.ended == "time"
    assert training.history.seconds[-1] > 0.4
    assert 0 < training.best_epoch <= len(training.history) < 10**7


class Three(Callback):
    every_epoch = True

    def __init__(self):
        self.told = []

    def begin(self, network, epochs):
        self.told.append(("begin", epochs))

    def epoch(self, progress):
        self.told.append(progress.epoch)
        return progress.epoch == 3

    def end(self, training):
        self.told.append(training.ended)


@pytest.mark.parametrize("solver", [fit_lbfgs, fit_lm])
def test_iterations_on_all_rows_are_told_of_as_epochs_are(solver):
    three = Three()
    training = solver(NETWORK, X, Y, iterations=20, callbacks=[three])
    assert three.told == [("begin", 20), 1, 2, 3, "callback"]
    assert training.ended == "callback"
    assert len(training.history) == training.best_epoch == 3


def test_the_last_epoch_is_told_of():
    three = Three()
    fit(NETWORK, X, Y, epochs=2, callbacks=[three])
    assert three.told == [("begin", 2), 1, 2, "epochs"]
