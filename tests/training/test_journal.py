"""The journal: a training cut off after any epoch goes on with the same bits; its file is whole or refused."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from safetensors.numpy import load_file

from selenite import backend as backends
from selenite.errors import ModelFileError, ShortOfMemoryError
from selenite.estimators.tables import SeleniteRegressor
from selenite.nn import EarlyStopping, Network, Optimizer, Schedule, TrainOptions, initialize, start
from selenite.training import Callback, Run, TrainingRows, Windows, journal_file, train_runs
from selenite.training import journal as journals
from selenite.training.journal import Journal
from selenite.training.journal_file import Origin

NETWORK = Network((2, 6, 1), ("tanh", "identity"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
Y = X[:, :1] * X[:, 1:]
ORIGIN = Origin("0.1.0", "kernel v3", ("t.csv", "--target", "\udcff"), {"file": "0123"})
OPTIMIZERS = {
    "adamw": Optimizer("adamw", 0.05, weight_decay=0.1, schedule=Schedule("one_cycle")),
    "momentum": Optimizer("sgd", 0.1, momentum=0.9),
    "adaptive": Optimizer("sgd", 0.5, schedule=Schedule("adaptive")),
}


class Killed(Exception):
    """What a signal that cannot be caught does, for this process."""


class Killing(Callback):
    """Kills training after some epochs."""

    every_epoch = True

    def __init__(self, after):
        self.left = after

    def epoch(self, progress):
        self.left -= 1
        if not self.left:
            raise Killed


@pytest.fixture(autouse=True)
def always_saved(monkeypatch):
    """Let every chunk of epochs be saved, whatever that costs."""
    monkeypatch.setattr(journals, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(journals, "TIMES_ITS_COST", 0.0)


def runs(name="adamw", dtype=np.float32, backend=None, **rule):
    """Return two runs; each is judged by rows of its own, and one ends before the other."""
    made = []
    for k in range(2):
        parameters = initialize(NETWORK, seed=k, dtype=dtype)
        x, y = X.astype(dtype), Y.astype(dtype)
        aside = slice(k, None, 3)
        judging = EarlyStopping(x[aside], y[aside], **({"patience": 2, "tolerance": 1e-3} | rule))
        rows, options = TrainingRows(x, y), TrainOptions(batch_size=16, dropout=0.1)
        optimizer = OPTIMIZERS[name]
        state, verbs = start(optimizer, parameters), backends.get(backend)
        made.append(Run(NETWORK, optimizer, parameters, state, rows, options, k, judging, backend=verbs))
    return made


def journal(path, **more):
    """Return a journal that begins, or goes on by what the file holds."""
    return Journal(path, lambda: ORIGIN, journal_file.read(path) if path.exists() else None, **more)


def require_same(one, other):
    """Compare all of two trainings but their clocks."""
    np.testing.assert_array_equal(one.parameters, other.parameters)
    for name in ("loss", "validation_loss", "gradient_norm", "learning_rate"):
        np.testing.assert_array_equal(getattr(one.history, name), getattr(other.history, name))
    assert (one.ended, one.best_epoch) == (other.ended, other.best_epoch)
    assert vars(replace(one.state, first=0, second=0)) == vars(replace(other.state, first=0, second=0))
    np.testing.assert_array_equal(one.state.first, other.state.first)
    np.testing.assert_array_equal(one.state.second, other.state.second)


@pytest.mark.parametrize(("backend", "dtype"), [("kernel", np.float32), ("numpy", np.float64)])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_goes_on_after_any_epoch_with_the_same_bits(name, backend, dtype, tmp_path):
    options = dict(epochs=14, keep_best=True)
    whole = train_runs(runs(name, dtype, backend), **options)
    if name == "adaptive":
        assert all(training.state.rate_factor < 1 for training in whole)
    else:
        assert len({len(training.history) for training in whole}) == 2  # one of them ends before the other
    for after in range(1, max(len(training.history) for training in whole)):
        path = tmp_path / f"{after}.checkpoint"
        with pytest.raises(Killed):
            journal(path).train_runs(runs(name, dtype, backend), callbacks=[Killing(after)], **options)
        assert max(one.epoch for one in journal_file.read(path).standings[0].numbers) == after
        for one, other in zip(whole, journal(path).train_runs(runs(name, dtype, backend), **options), strict=True):
            require_same(one, other)


def test_runs_that_stand_at_different_epochs_go_on_with_the_same_bits():
    whole = train_runs(runs(patience=None), epochs=9, keep_best=True)
    for ahead in (0, 1):
        apart = runs(patience=None)
        with pytest.raises(Killed):
            train_runs(apart[ahead : ahead + 1], epochs=9, callbacks=[Killing(4)])
        assert apart[ahead].epoch == 4
        for one, other in zip(whole, train_runs(apart, epochs=9, keep_best=True), strict=True):
            require_same(one, other)


def test_it_goes_on_after_any_window_with_the_same_bits(tmp_path):
    parts = [TrainingRows(X[k::2].astype(np.float32), Y[k::2].astype(np.float32)) for k in range(2)]

    def in_windows(loads=None):
        left = [loads]

        def load(which):
            if left[0] == 0:
                raise Killed
            left[0] = None if left[0] is None else left[0] - 1
            return parts[which]

        trained = runs()
        for run in trained:
            run.windows = Windows((30, 30), load, n_own=60, seed=3)
        return trained

    options = dict(epochs=6, keep_best=True)
    whole, met = train_runs(in_windows(), **options), set()
    for loads in range(1, 2 * max(len(training.history) for training in whole)):
        path = tmp_path / f"{loads}.checkpoint"
        with pytest.raises(Killed):
            journal(path).train_runs(in_windows(loads), **options)
        met |= {one.begun and one.begun.windows for one in journal_file.read(path).standings[0].numbers}
        for one, other in zip(whole, journal(path).train_runs(in_windows(), **options), strict=True):
            require_same(one, other)
    assert met == {None, 1, 2}


def test_a_score_that_decides_goes_on_too(tmp_path):
    def score(parameters):
        return -float(np.abs(parameters).sum())

    path, options = tmp_path / "fit.checkpoint", dict(epochs=9, keep_best=True)
    whole = train_runs(runs(score=score), **options)
    with pytest.raises(Killed):
        journal(path).train_runs(runs(score=score), callbacks=[Killing(3)], **options)
    again = runs(score=score)
    for one, other in zip(whole, journal(path).train_runs(again, **options), strict=True):
        require_same(one, other)
    assert len(again[0].early_stopping.scores) == len(whole[0].history)


def test_a_start_that_is_still_the_best_goes_on_too(tmp_path):
    def going_on():
        made = runs()
        for run in made:
            run.early_stopping.best_loss, run.early_stopping.best_parameters = 0.0, run.parameters.copy()
        return made

    path, options = tmp_path / "fit.checkpoint", dict(epochs=9, keep_best=True)
    whole = train_runs(going_on(), **options)
    with pytest.raises(Killed):
        journal(path).train_runs(going_on(), callbacks=[Killing(2)], **options)
    for one, other in zip(whole, journal(path).train_runs(going_on(), **options), strict=True):
        require_same(one, other)
        assert other.best_epoch == 0


def test_trainings_that_have_ended_are_not_made_again(tmp_path):
    def fit(by, *callbacks):
        return [
            by.train_runs(runs(name), epochs=epochs, callbacks=callbacks)
            for name, epochs in {"adamw": 4, "momentum": 3}.items()
        ]

    path = tmp_path / "fit.checkpoint"
    whole = fit(journal(tmp_path / "whole.checkpoint"))
    with pytest.raises(Killed):
        fit(journal(path), Killing(1))
    cut_off = journal(path)
    fit(cut_off)
    with pytest.raises(Killed):
        cut_off.train_runs(runs("adaptive"), epochs=3, callbacks=[Killing(2)])
    going_on = journal(path)
    for before, after in zip(chain(*whole), chain(*fit(going_on, Killing(1))), strict=True):  # it meets no epoch
        require_same(before, after)
    going_on.remove()
    assert not path.exists()


def test_what_was_interrupted_is_no_end(tmp_path):
    class Stopping(Callback):
        def epoch(self, progress):
            return True

    path = tmp_path / "fit.checkpoint"
    interrupted = journal(path)
    interrupted.train_runs(runs(), epochs=50, callbacks=[Stopping()])
    interrupted.train_runs(runs("momentum"), epochs=2)
    interrupted.save()
    assert journal_file.read(path).n_ended == 0


def test_a_checkpoint_of_other_networks_is_refused(tmp_path):
    path = tmp_path / "fit.checkpoint"
    journal(path).train_runs(runs(), epochs=2)
    with pytest.raises(ModelFileError, match="is of other networks"):
        journal(path).train_runs(runs()[:1], epochs=2)


def test_a_disk_that_takes_no_more_ends_nothing(tmp_path):
    told, folder = [], tmp_path / "gone"
    one = Journal(folder / "fit.checkpoint", lambda: ORIGIN, announce=lambda: told.append("saved"), warn=told.append)
    one.train_runs(runs(), epochs=14)
    assert told == [f"{folder}/fit.checkpoint cannot be written: there is no folder {folder}"]
    folder.mkdir()
    one.save()
    one.save()
    assert told[1:] == ["saved"]
    assert journal_file.read(one.path).n_ended == 1


def test_where_memory_is_short_nothing_is_saved_and_nothing_ended(tmp_path, monkeypatch):
    def require(*asked):
        raise ShortOfMemoryError("too little memory")

    monkeypatch.setattr("selenite.training.standing.require_memory", require)
    told, path = [], tmp_path / "fit.checkpoint"
    trainings = journal(path, warn=told.append).train_runs(runs(), epochs=14)
    for one, other in zip(trainings, train_runs(runs(), epochs=14), strict=True):
        require_same(one, other)
    assert not path.exists()
    assert told == ["too little memory"]


def test_it_costs_less_than_a_hundredth_of_the_time(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "TIMES_ITS_COST", 1e9)
    one = journal(tmp_path / "fit.checkpoint")
    one.save()
    one.train_runs(runs(), epochs=14)
    assert journal_file.read(one.path).standings == ()


def test_the_file_is_safetensors_and_no_other_is_taken_for_it(tmp_path):
    path = tmp_path / "fit.checkpoint"
    journal(path).train_runs(runs(), epochs=2)
    content, found = path.read_bytes(), journal_file.read(path)
    assert found.origin == ORIGIN
    for name, array in load_file(path).items():
        np.testing.assert_array_equal(array, found.standings[0].arrays[name.removeprefix("0.")])
    torn = tmp_path / "torn"
    for length in range(0, len(content), 97):
        torn.write_bytes(content[:length])
        with pytest.raises(ModelFileError, match=r"torn is not a checkpoint that can be read: .*(cut off|too short)"):
            journal_file.read(torn)
    for at in range(8, len(content), 97):
        torn.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(ModelFileError):
            journal_file.read(torn)
    SeleniteRegressor(members=1, max_iter=2).fit(X, Y[:, 0]).save(torn)
    with pytest.raises(ModelFileError, match="it is a model, and no checkpoint of a fit"):
        journal_file.read(torn)
    with pytest.raises(ModelFileError, match="absent cannot be read: No such file"):
        journal_file.read(tmp_path / "absent")
