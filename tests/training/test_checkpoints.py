"""Checkpoints: any epoch of a recorded run, bit for bit, on both backends; two runs side by side."""

import numpy as np
import pytest

from selenite.errors import DivergenceWarning, OptionError
from selenite.nn import Network, Optimizer, Schedule, initialize
from selenite.training import Callback, checkpoints, compare, fit

NETWORK = Network((2, 6, 1), ("tanh", "identity"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
Y = X[:, :1] * X[:, 1:]


class Witness(Callback):
    """Keeps the parameters of every epoch."""

    every_epoch = True

    def __init__(self, end_at=None):
        self.seen, self.end_at = [], end_at

    def epoch(self, progress):
        self.seen.append(progress.parameters.copy())
        return progress.epoch == self.end_at


RUNS = {
    "adam": dict(optimizer=Optimizer("adam", 0.02), batch_size=16),
    "momentum": dict(optimizer=Optimizer("sgd", 0.05, momentum=0.9, nesterov=True), batch_size=32),
    "dropout": dict(optimizer=Optimizer("adamw", 0.02, weight_decay=0.1), dropout=0.2, l2=0.01),
    "one cycle": dict(optimizer=Optimizer("adam", 0.02, schedule=Schedule("one_cycle")), batch_size=40),
    "adaptive": dict(
        optimizer=Optimizer("sgd", 0.5, schedule=Schedule("adaptive")), patience=1, tolerance=1e-3, validation=0.2
    ),
    "own order": dict(order=np.array([RNG.permutation(80) for _ in range(40)]), batch_size=7),
    "weights": dict(sample_weight=RNG.random(80), validation=(X[:9], Y[:9])),
}


@pytest.mark.parametrize("backend", ["kernel", "numpy"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", RUNS)
def test_every_epoch_comes_back_bit_for_bit(name, backend, dtype, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST_CHECKPOINTS", 4)  # so that most epochs are replayed
    options = dict(epochs=40, seed=3, backend=backend, record=True) | RUNS[name]
    weight = options.get("sample_weight")
    if weight is not None:
        options["sample_weight"] = weight.astype(dtype)
    x, y = X.astype(dtype), Y.astype(dtype)
    witness = Witness()
    seen = fit(NETWORK, x, y, callbacks=[witness], **options)
    free = fit(NETWORK, x, y, **options)  # cut by the clock, other checkpoints
    n = len(seen.history)
    assert n == len(free.history)
    assert len(seen.history.run.checkpoints) <= 4
    for history in (seen.history, free.history):
        for epoch in sorted({1, 2, 3, n // 2, n - 1, n}):
            np.testing.assert_array_equal(history.at(epoch), witness.seen[epoch - 1])
        np.testing.assert_array_equal(history.at(0), initialize(NETWORK, seed=3, dtype=dtype))


def test_going_back_changes_nothing():
    training = fit(NETWORK, X, Y, epochs=20, record=True, batch_size=20)
    first = training.history.at(13)
    first[:] = 0
    again = training.history.at(13)
    assert again.any()
    np.testing.assert_array_equal(training.history.at(20), training.parameters)


def test_going_on_from_a_state_counts_from_its_own_beginning():
    half = fit(NETWORK, X, Y, epochs=10, batch_size=20, seed=4)
    witness = Witness()
    rest = fit(
        NETWORK, X, Y, epochs=10, batch_size=20, seed=4, parameters=half.parameters, state=half.state, record=True,
        callbacks=[witness],
    )  # fmt: skip
    np.testing.assert_array_equal(rest.history.at(0), half.parameters)
    np.testing.assert_array_equal(rest.history.at(7), witness.seen[6])


def test_a_run_that_diverged_keeps_its_finite_epochs():
    with pytest.warns(DivergenceWarning):
        training = fit(NETWORK, X, Y, epochs=500, optimizer=Optimizer("sgd", 1.5e3), record=True)
    last = len(training.history)
    assert all(np.isfinite(training.history.at(epoch)).all() for epoch in range(last + 1))
    with pytest.raises(OptionError, match=f"epoch {last + 1} is not one of 0 .the start. to {last}"):
        training.history.at(last + 1)


def test_a_run_that_was_ended_goes_up_to_there():
    witness = Witness(end_at=9)
    training = fit(NETWORK, X, Y, epochs=20, record=True, callbacks=[witness])
    np.testing.assert_array_equal(training.history.at(9), witness.seen[-1])


def test_checkpoints_stay_few():
    training = fit(NETWORK, X, Y, epochs=1000, record=True, callbacks=[Witness()])
    assert len(training.history.run.checkpoints) <= checkpoints.MOST_CHECKPOINTS
    gaps = np.diff([one.epoch for one in training.history.run.checkpoints])
    assert gaps.max() <= 4 * 1000 / checkpoints.MOST_CHECKPOINTS


def test_without_a_record_there_is_no_way_back():
    with pytest.raises(OptionError, match=r"not recorded: fit\(..., record=True\)"):
        fit(NETWORK, X, Y, epochs=2).history.at(1)


def test_two_runs_side_by_side():
    slow, quick, same = (
        fit(NETWORK, X, Y, epochs=60, optimizer=Optimizer("sgd", rate), record=True).history
        for rate in (0.01, 0.1, 0.01)
    )
    found = compare(slow, quick)
    assert (found.same_start, found.parted, found.epochs[0], found.epochs[-1]) == (True, 1, 0, 60)
    assert found.distance[0] == 0
    assert (np.diff(found.distance) > 0).all()
    np.testing.assert_array_equal(found.loss[1, 1:], quick.loss[found.epochs[1:] - 1])
    assert "differ from epoch 1 on" in str(found)
    assert compare(slow, same, [0, 30]).parted is None
    assert "stay the same" in str(compare(slow, same))
    other = fit(NETWORK, X, Y, epochs=5, seed=1, record=True).history
    assert not compare(slow, other).same_start
    assert "different weights" in str(compare(slow, other))
    wide = fit(Network((2, 7, 1), ("tanh", "identity")), X, Y, epochs=5, record=True).history
    with pytest.raises(OptionError, match="25 and 29 parameters"):
        compare(slow, wide)
