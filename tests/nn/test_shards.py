"""A batch in shards: the same bits whoever computes them, near those of one that is not cut, stopped together."""

import threading
from itertools import chain, repeat

import numpy as np
import pytest

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import (
    EarlyStopping,
    Embedding,
    Exchange,
    Network,
    Optimizer,
    TrainOptions,
    initialize,
    loss_and_gradient,
    start,
)
from selenite.nn.shards import shuffled
from selenite.training import Run, TrainingRows, Windows, train_runs

PLAIN = Network.of((5, 33, 17, 3), "relu", "log_loss")
WITH_WAVES = Network.of((5, 24, 3), "tanh", "log_loss", embedding=Embedding((0, 3), n_frequencies=4, n_components=2))
NARROW = Network((5, 2, 3), ("tanh", "softmax"), "log_loss")
R = np.random.default_rng(0)


@pytest.fixture(params=["numpy", "kernel"])
def verbs(request):
    if request.param == "kernel":
        pytest.importorskip("selenite._kernel", reason="installed without the kernel")
    return backend.get(request.param)


class Peers:
    """As many threads as processes, that trade sums through memory."""

    def __init__(self, size):
        self.size = size
        self.given = [[threading.Semaphore(0) for _ in range(size)] for _ in range(10)]
        self.taken = [[threading.Semaphore(0) for _ in range(size)] for _ in range(10)]
        self.sums = [[None] * size for _ in range(10)]

    def exchange(self, rank, shards):
        def trade(level, mine, theirs):
            other = rank ^ (1 << level)
            self.sums[level][rank] = mine
            self.given[level][rank].release()
            assert self.given[level][other].acquire(timeout=60)
            theirs[:] = self.sums[level][other]
            self.taken[level][other].release()
            assert self.taken[level][rank].acquire(timeout=60)

        count = shards // self.size
        return Exchange(rank * count, count, trade)


def rows_of(n, dtype=np.float32):
    """Return rows sorted by their class, so that some shards of a batch may lack one, of different weights."""
    X, classes = R.normal(size=(n, 5)), np.sort(R.integers(3, size=n))
    return X.astype(dtype), np.eye(3)[classes].astype(dtype), R.uniform(0.2, 2, n).astype(dtype)


def trained(verbs, network, rows, shards, size, n_epochs=3, stops=(), **options):
    """Return what each of `size` processes has at the end, and how it ended."""
    X, Y, weight = rows
    options = {"batch_size": 40, "l2": 0.3, "dropout": 0.2} | options
    order, patience = options.pop("order", None), options.pop("patience", 5)
    peers, found = Peers(size), [None] * size

    def work(rank):
        parameters, optimizer = initialize(network, seed=1, dtype=X.dtype), Optimizer("adamw", 0.01, weight_decay=0.1)
        state, rule = start(optimizer, parameters), EarlyStopping(X[:20], Y[:20], patience=patience)
        epochs = verbs.train(
            network,
            parameters,
            optimizer,
            state,
            X,
            Y,
            TrainOptions(total_epochs=n_epochs, shards=shards, **options),
            n_epochs=n_epochs,
            seed=3,
            sample_weight=weight,
            early_stopping=rule,
            order=order,
            stop=stops[rank] if stops else None,
            exchange=peers.exchange(rank, shards) if size > 1 else None,
        )
        curves = epochs.loss, epochs.validation_loss, epochs.gradient_norm
        bits = b"".join(array.tobytes() for array in (parameters, state.first, state.second, *curves))
        found[rank] = bits, epochs.ended, state.epochs, parameters

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in found
    return found


@pytest.mark.parametrize("network", [PLAIN, WITH_WAVES, NARROW], ids=["plain", "waves", "narrow"])
def test_the_bits_are_those_of_any_number_of_processes(verbs, network):
    rows = rows_of(333)
    found = [one for size in (1, 2, 4) for one in trained(verbs, network, rows, 4, size)]
    assert len({bits for bits, *_ in found}) == 1
    assert {ended for _, ended, *_ in found} == {""}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n", "batch_size", "shards"), [(3, None, 8), (50, 13, 4), (41, 20, 16), (1000, 900, 2)])
def test_ragged_batches_and_empty_shards(verbs, n, batch_size, shards, dtype):
    rows = rows_of(n, dtype)
    sizes = [size for size in (1, 2, shards) if size <= 8]
    found = [one for size in sizes for one in trained(verbs, PLAIN, rows, shards, size, batch_size=batch_size)]
    assert len({bits for bits, *_ in found}) == 1
    assert np.isfinite(found[0][3]).all()


def test_a_step_is_that_of_the_whole_batch(verbs):
    """Of all rows at once, shards change the order of a sum and nothing else."""
    X, Y, weight = rows_of(200, np.float64)
    for network in (PLAIN, WITH_WAVES):
        parameters, optimizer = initialize(network, seed=1), Optimizer("sgd", 1.0)
        before = parameters.copy()
        how = TrainOptions(l1=0.2, l2=0.3, shards=8)
        state = start(optimizer, parameters)
        epochs = verbs.train(network, parameters, optimizer, state, X, Y, how, n_epochs=1, sample_weight=weight)
        loss, gradient = loss_and_gradient(network, before, X, Y, sample_weight=weight, l1=0.2, l2=0.3)
        np.testing.assert_allclose(epochs.loss, [loss], rtol=1e-12)
        np.testing.assert_allclose(before - parameters, gradient, rtol=1e-9, atol=1e-12)


def test_kernel_and_numpy_take_the_same_steps():
    pytest.importorskip("selenite._kernel", reason="installed without the kernel")
    rows = rows_of(150, np.float64)
    ours, theirs = (trained(backend.get(name), WITH_WAVES, rows, 4, 1)[0][3] for name in ("kernel", "numpy"))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_runs_in_windows_side_by_side(verbs):
    """Some rows lie in windows, one of them with fewer rows than there are shards; two runs are trained by turns."""
    parts = [TrainingRows(*rows_of(n)) for n in (90, 3, 50)]
    windows = Windows((90, 3), lambda which: parts[which], n_own=50, seed=4)

    def runs(exchange):
        optimizer, how = Optimizer("adamw", 0.01), TrainOptions(16, dropout=0.1, shards=4)
        for k in range(2):
            begin = initialize(PLAIN, seed=k, dtype=np.float32)
            judged = EarlyStopping(parts[2].X[:20], parts[2].Y[:20], patience=5)
            state = start(optimizer, begin)
            yield Run(
                *(PLAIN, optimizer, begin, state, parts[2], how, k, judged),
                backend=verbs,
                windows=windows,
                exchange=exchange,
            )

    peers, found = Peers(2), []

    def work(exchange):
        trainings = train_runs(list(runs(exchange)), epochs=3, keep_best=True)
        found.append([(one.parameters.tobytes(), one.history.loss.tobytes(), one.ended) for one in trainings])

    threads = [threading.Thread(target=work, args=(peers.exchange(rank, 4),)) for rank in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    work(None)
    assert found[0] == found[1] == found[2]


def test_an_order_that_is_handed_in(verbs):
    rows, order = rows_of(60, np.float64), np.array([R.permutation(60) for _ in range(3)])
    one, two = (trained(verbs, PLAIN, rows, 4, size, order=order) for size in (1, 2))
    assert {bits for bits, *_ in one + two} == {one[0][0]}
    other = trained(verbs, PLAIN, rows, 4, 1)
    assert other[0][0] != one[0][0]


def test_each_shard_is_shuffled_among_itself():
    rows = shuffled(4, 7, 30, 2)
    assert sorted(rows) == list(range(30))
    assert (rows % 4 == np.arange(30) % 4).all()
    assert (shuffled(1, 7, 30, 2) % 4 != np.arange(30) % 4).any()


def test_who_stops_stops_all_at_the_same_step(verbs):
    answers = chain([False, False], repeat(True))
    stops = [lambda: False, lambda: next(answers)]
    found = trained(verbs, PLAIN, rows_of(4000), 4, 2, n_epochs=100_000, patience=None, stops=stops)
    assert len({bits for bits, *_ in found}) == 1
    assert {ended for _, ended, *_ in found} == {"stopped"}
    assert found[0][2] < 100_000


def test_an_exchange_that_fails_ends_training(verbs):
    X, Y, _ = rows_of(100)
    parameters, optimizer = initialize(PLAIN, dtype=np.float32), Optimizer("adam")

    def trade(level, mine, theirs):
        raise ConnectionError("the other is gone")

    with pytest.raises(ConnectionError, match="the other is gone"):
        verbs.train(
            PLAIN,
            parameters,
            optimizer,
            start(optimizer, parameters),
            X,
            Y,
            TrainOptions(32, shards=2),
            n_epochs=2,
            exchange=Exchange(1, 1, trade),
        )


@pytest.mark.parametrize(
    ("shards", "part"), [(3, None), (0, None), (2048, None), (4, (1, 2)), (4, (0, 3)), (4, (4, 1))]
)
def test_what_is_no_tree_is_refused(verbs, shards, part):
    exchange = None if part is None else Exchange(*part, lambda level, mine, theirs: None)
    X, Y, _ = rows_of(10)
    parameters, optimizer = initialize(PLAIN, dtype=np.float32), Optimizer("adam")
    state, how = start(optimizer, parameters), TrainOptions(shards=shards)
    with pytest.raises(OptionError, match=r"power of two"):
        verbs.train(PLAIN, parameters, optimizer, state, X, Y, how, n_epochs=1, exchange=exchange)
