"""Training: the same run in any chunks, the best epoch, callbacks, divergence, Ctrl-C."""

import subprocess
import sys
import threading

import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge

from selenite.errors import DivergenceWarning, OptionError
from selenite.nn import Network, Optimizer, Schedule, TrainOptions, initialize, mean_loss, start
from selenite.training import Callback, Run, TrainingRows, fit, fit_lbfgs, split, train_runs

NETWORK = Network((2, 6, 1), ("tanh", "identity"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
Y = X[:, :1] * X[:, 1:]


class Recorder(Callback):
    def __init__(self, every_epoch=False, end_at=None):
        self.every_epoch, self.end_at, self.seen = every_epoch, end_at, []

    def begin(self, network, epochs):
        self.seen.append(("begin", epochs))

    def epoch(self, progress):
        self.seen.append(("epoch", progress.epoch))
        return progress.epoch == self.end_at

    def end(self, training):
        self.seen.append(("end", training.ended))


def test_chunks_do_not_change_the_result():
    """One run is cut by the clock, the other into single epochs."""
    options = dict(epochs=60, batch_size=16, seed=2, dropout=0.1, validation=0.25, optimizer=Optimizer("adam", 0.02))
    free, single = fit(NETWORK, X, Y, **options), fit(NETWORK, X, Y, callbacks=[Recorder(True)], **options)
    np.testing.assert_array_equal(free.parameters, single.parameters)
    np.testing.assert_array_equal(free.history.loss, single.history.loss)
    np.testing.assert_array_equal(free.history.validation_loss, single.history.validation_loss)
    assert free.best_epoch == single.best_epoch


def test_the_best_epoch_by_validation_is_returned():
    training = fit(
        NETWORK, X, Y, epochs=300, validation=(X[:9], Y[:9] + 2), patience=10, optimizer=Optimizer("adam", 0.05)
    )
    assert training.ended == "patience"
    assert training.best_epoch == training.history.validation_loss.argmin() + 1
    best = training.history.validation_loss.min()
    assert mean_loss(NETWORK, training.parameters, X[:9], Y[:9] + 2) == pytest.approx(best, rel=1e-12)
    curves = training.history
    assert len(curves.gradient_norm) == len(curves.learning_rate) == len(curves.seconds) == len(curves)
    assert (np.diff(curves.seconds) >= 0).all()


def test_validation_rows_are_not_trained_on():
    poisoned = Y.copy()
    _, held_out = split(80, 0.2, 7)
    poisoned[held_out] += 1e3
    plain, other = (fit(NETWORK, X, targets, epochs=1, validation=0.2, seed=7) for targets in (Y, poisoned))
    np.testing.assert_array_equal(plain.history.loss, other.history.loss)


def test_callbacks_are_told_and_may_end_training():
    recorder = Recorder(every_epoch=True, end_at=3)
    training = fit(NETWORK, X, Y, epochs=10, callbacks=[recorder])
    assert training.ended == "callback"
    assert recorder.seen == [("begin", 10), ("epoch", 1), ("epoch", 2), ("epoch", 3), ("end", "callback")]


def test_arguments_are_not_written_into():
    parameters, X_before = initialize(NETWORK, seed=1), X.copy()
    before = parameters.copy()
    fit(NETWORK, X, Y, epochs=3, parameters=parameters)
    np.testing.assert_array_equal(parameters, before)
    np.testing.assert_array_equal(X, X_before)


def test_going_on_from_state_is_the_same_run():
    optimizer = Optimizer("adam", 0.01)
    options = dict(optimizer=optimizer, batch_size=20, seed=4)
    whole = fit(NETWORK, X, Y, epochs=20, **options)
    half = fit(NETWORK, X, Y, epochs=10, **options)
    rest = fit(NETWORK, X, Y, epochs=10, parameters=half.parameters, state=half.state, **options)
    np.testing.assert_array_equal(whole.parameters, rest.parameters)


def test_divergence_is_explained_and_the_weights_stay_finite():
    with pytest.warns(DivergenceWarning, match=r"diverged in epoch \d+: .*smaller learning rate"):
        training = fit(NETWORK, X, Y, epochs=500, optimizer=Optimizer("sgd", 1e5))
    assert training.ended == "diverged"
    assert np.isfinite(training.parameters).all()
    assert "Try a smaller learning rate" in training.explanation


def test_divergence_names_the_first_layer():
    network = Network((2, 3, 3, 1), ("relu", "relu", "identity"))
    parameters = np.full(network.n_parameters, 1e200)
    with pytest.warns(DivergenceWarning, match=r"hidden layer 2 is the first that is not finite, in \d+ of 80 rows"):
        fit(network, np.abs(X), Y, epochs=2, parameters=parameters)


def test_divergence_names_the_batch_and_the_row():
    network, far = Network((2, 3, 1), ("relu", "identity")), np.abs(X)
    far[27] = 1e200
    parameters = np.repeat([1e140, 1e-140], [9, 4])
    order = [*range(20), 27, *range(20, 27), *range(28, len(X))]
    run = Run(
        *(network, Optimizer("sgd", 1e-300), parameters, start(Optimizer("sgd"), parameters)),
        *(TrainingRows(far, Y), TrainOptions(batch_size=20)),
        orders=lambda epochs, count: np.array([order] * count),
    )
    [training] = train_runs([run], epochs=2)
    assert training.explanation.startswith(
        "training diverged in epoch 1: in batch 2 of 4 hidden layer 1 is the first that is not finite, in 1 of 20 rows "
        "(training row 28). "
    )


CTRL_C = """
import os, signal
import numpy as np
from selenite.nn import Network
from selenite.training import Callback, fit
class Press(Callback):
    every_epoch = True
    def epoch(self, progress):
        if progress.epoch == 7:
            os.kill(os.getpid(), signal.SIGINT)
rng = np.random.default_rng(0)
X = rng.normal(size=(2000, 50)); Y = rng.normal(size=(2000, 1))
training = fit(
    Network((50, 64, 1), ("tanh", "identity")), X, Y, epochs=100000, batch_size=200, validation=0.1, callbacks=[Press()]
)
print(training.ended, len(training.history), training.best_epoch, np.isfinite(training.parameters).all())
"""


def test_ctrl_c_ends_training_and_keeps_the_best():
    printed = subprocess.run(
        [sys.executable, "-c", CTRL_C], capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    assert printed[0] == "interrupt"
    assert int(printed[1]) in (7, 8)
    assert 0 < int(printed[2]) <= 8
    assert printed[3] == "True"


def test_a_thread_that_is_not_the_main_one_trains_as_well():
    found = []
    thread = threading.Thread(target=lambda: found.append(fit(NETWORK, X, Y, epochs=2)))
    thread.start()
    thread.join()
    assert found[0].ended == "epochs"


def test_l1_finds_the_minimum_of_the_lasso():
    y = 3 * X[:, 0] + 0.05 * X[:, 1] + 0.1 * RNG.normal(size=80)
    schedule = Schedule("cosine")  # the slope of |weight| jumps at 0, so the steps must shrink
    training = fit(
        Network((2, 1), ("identity",)), X, y[:, None], optimizer=Optimizer("sgd", 0.2, schedule=schedule), epochs=2000,
        l1=20.0,
    )  # fmt: skip
    lasso = Lasso(alpha=20 / 80).fit(X, y)
    assert lasso.coef_[1] == 0
    np.testing.assert_allclose(training.parameters, [*lasso.coef_, lasso.intercept_], atol=2e-3)


def test_lbfgs_finds_the_minimum_that_ridge_regression_has_in_closed_form():
    y = 3 * X[:, 0] - X[:, 1] + RNG.normal(size=80)
    training = fit_lbfgs(Network((2, 1), ("identity",)), X, y[:, None], tolerance=1e-9, l2=5.0)
    ridge = Ridge(alpha=5.0).fit(X, y)
    np.testing.assert_allclose(training.parameters, [*ridge.coef_, ridge.intercept_], rtol=1e-5)
    assert training.ended == "converged"
    assert len(training.history) == training.best_epoch


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(X=X[:, :1]), r"X has shape \(80, 1\); the network takes \(rows, 2\)"),
        (dict(Y=Y[:5]), r"Y has shape \(5, 1\)"),
        (dict(X=X[:0], Y=Y[:0]), "no rows"),
        (dict(X=X.astype(np.float32)), "X is float32 and Y float64"),
        (dict(X=np.where(np.arange(160).reshape(80, 2) == 13, np.nan, X)), r"X\[6, 1\] is nan"),
        (dict(sample_weight=np.zeros(80)), "not zero for every row"),
        (dict(sample_weight=-np.ones(80)), "not negative"),
        (dict(sample_weight=np.ones(3)), "one number a row"),
        (dict(epochs=0), "epochs=0"),
        (dict(batch_size=0), "batch_size=0"),
        (dict(dropout=1.0), "dropout=1.0"),
        (dict(l1=-1.0), "l1=-1.0"),
        (dict(l2=-1.0), "l2=-1.0"),
        (dict(validation=1.5), "between 0 and 1"),
        (dict(backend="abacus"), "no backend 'abacus'; there are kernel, numpy"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, message):
    with pytest.raises(OptionError, match=message):
        fit(NETWORK, **({"X": X, "Y": Y} | change))
