"""Threads, instruction sets, Ctrl-C and forks: the same bits, no hang (R1-R4, T1, T3, T4, T7)."""

import _thread
import itertools
import multiprocessing
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from selenite import backend
from selenite.backend.threads import limit_threads, n_threads
from selenite.errors import OptionError
from selenite.nn import EarlyStopping, Network, Optimizer, TrainOptions, start

_kernel = pytest.importorskip("selenite._kernel", reason="installed without the kernel")
kernel = backend.get("kernel")
R = np.random.default_rng(0)
X = R.normal(size=(2000, 20)).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[R.integers(3, size=2000)]


def trained(sizes=(20, 130, 40, 3), epochs=2, batch_size=512):
    """Return the parameters and curves of a network large enough for threads."""
    network = Network.of(sizes, "relu", "log_loss")
    parameters = np.random.default_rng(1).normal(size=network.n_parameters).astype(np.float32) / 10
    optimizer = Optimizer("adam", 0.01)
    state = start(optimizer, parameters)
    rule = EarlyStopping(X[:500], Y[:500])
    curves = kernel.train(
        network,
        parameters,
        optimizer,
        state,
        X,
        Y,
        TrainOptions(batch_size, l2=0.1),
        n_epochs=epochs,
        early_stopping=rule,
    )
    return b"".join(a.tobytes() for a in (parameters, curves.loss, curves.validation_loss, curves.gradient_norm))


@pytest.mark.parametrize("sizes", [(20, 130, 40, 3), (20, 64, 3), (20, 3), (20, 17, 33, 9, 3)])
def test_bits_do_not_depend_on_threads(sizes, monkeypatch):
    monkeypatch.setattr("selenite.backend.threads.available", lambda: 8)
    results = set()
    for count in (1, 2, 3, 4, 7):
        with limit_threads(count):
            results.add(trained(sizes))
    assert len(results) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_without_a_zero_in_a_sparse_table_keep_to_their_own_room(dtype, monkeypatch):
    """Each block of rows ends with a full row; the next may be another thread's, as ThreadSanitizer would see."""
    monkeypatch.setattr("selenite.backend.threads.available", lambda: 8)
    rows = np.zeros(
        (2000, 64), dtype=dtype
    )  # as many columns as there are in whole vectors: nothing to spare after them
    rows[:, ::16] = X[:, :4]
    rows[3::4] = 1 + R.random((500, 64))  # blocks are of 8, 12 or 16 rows
    network = Network.of((64, 80, 3), "relu", "log_loss")
    parameters = np.random.default_rng(1).normal(size=network.n_parameters).astype(dtype) / 10
    gradients = set()
    for count in (1, 2, 4):
        with limit_threads(count):
            gradients.add(kernel.loss_and_gradient(network, parameters, rows, Y.astype(dtype))[1].tobytes())
    assert len(gradients) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_alone_equals_the_row_among_others(dtype):
    for sizes in ((20, 64, 64, 2), (20, 5, 1), (20, 40)):
        network = Network.of(sizes, "gelu", "squared_error")
        parameters = R.normal(size=network.n_parameters).astype(dtype)
        rows = X[:1500].astype(dtype)
        all_at_once = kernel.predict(network, parameters, rows)
        for size in (1, 2, 5, 64, 700):
            parts = [kernel.predict(network, parameters, rows[i : i + size]) for i in range(0, 1500, size)]
            np.testing.assert_array_equal(np.concatenate(parts), all_at_once)
        np.testing.assert_array_equal(kernel.predict(network, parameters, rows[::-1]), all_at_once[::-1])


def test_many_python_threads_at_once_give_the_same_bits():
    expected, found = trained(), []
    threads = [threading.Thread(target=lambda: found.append(trained())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {expected}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_child_trains_as_its_parent(method):
    if "SELENITE_LEVEL" not in os.environ and method == "fork" and "libtsan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("ThreadSanitizer does not follow a fork that makes threads")
    expected = trained()
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.starmap_async(trained, [(), ()]).get(timeout=60) == [expected, expected]


def test_the_interpreter_goes_on_while_the_kernel_trains():
    done = threading.Event()
    network = Network.of((20, 256, 3), "relu", "log_loss")
    parameters = np.zeros(network.n_parameters, dtype=np.float32)
    optimizer = Optimizer("adam", 0.01)

    def work():
        with limit_threads(1):
            state = start(optimizer, parameters)
            kernel.train(network, parameters, optimizer, state, X, Y, TrainOptions(batch_size=64), n_epochs=20)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    counted = 0
    while not done.is_set():
        counted += 1
    thread.join()
    assert counted > 1000


def test_stop_is_heard_within_one_huge_epoch():
    network = Network.of((20, 300, 300, 3), "relu", "log_loss")
    parameters = np.zeros(network.n_parameters, dtype=np.float32)
    optimizer = Optimizer("sgd", 0.01)
    rows, targets = np.tile(X, (200, 1)), np.tile(Y, (200, 1))
    asked = itertools.count()
    curves = kernel.train(
        network,
        parameters,
        optimizer,
        start(optimizer, parameters),
        rows,
        targets,
        n_epochs=1,
        stop=lambda: next(asked) > 2,
    )
    assert curves.ended == "stopped"
    assert not parameters.any()


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_a_run_with_nothing_but_itself():
    network = Network.of((20, 50, 3), "relu", "log_loss")
    parameters = np.zeros((2, network.n_parameters), dtype=np.float32)
    optimizers = [Optimizer("sgd", 0.01)] * 2
    states = [start(one, row) for one, row in zip(optimizers, parameters, strict=True)]
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        kernel.train_many(network, parameters, optimizers, states, X, Y, n_epochs=100_000)


def test_limits_are_checked_and_bounded():
    with limit_threads(1000):
        assert n_threads() <= (os.cpu_count() or 1)
    with limit_threads(-1):
        assert n_threads() >= 1
    for count in (0, -2):
        with pytest.raises(OptionError, match=f"n_threads={count}"), limit_threads(count):
            pass


@pytest.mark.parametrize("level", _kernel.LEVELS)
def test_each_instruction_set_agrees_with_numpy(level):
    """Run the twin tests' most telling part on the level."""
    site = ["-S"] if sys.flags.no_site else []  # as the sanitizers run us
    command = [
        sys.executable,
        *site,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "tests/kernel/test_twins.py",
    ]
    if level == _kernel.LEVEL:
        return  # that is what the other tests run on
    run = subprocess.run(
        [*command, "-k", "gradient_and_trace or each_activation or sparse or any_network"],
        env={**os.environ, "SELENITE_LEVEL": level},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:]


def test_an_unknown_level_is_refused_by_name():
    run = subprocess.run(
        [sys.executable, "-c", "import selenite._kernel"],
        env={**os.environ, "SELENITE_LEVEL": "v9"},
        capture_output=True,
        text=True,
    )
    assert "SELENITE_LEVEL=v9 is not to be had here; this machine has " in run.stderr
