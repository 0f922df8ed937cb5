"""The kernel against its twin in NumPy: names, then numbers."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selenite import backend, nn
from selenite.nn import EarlyStopping, Network, Optimizer, Schedule, TrainOptions, start
from selenite.table import smoothed

_kernel = pytest.importorskip("selenite._kernel", reason="installed without the kernel")
kernel, numpy = backend.get("kernel"), backend.get("numpy")

HIDDEN = [name for name in nn.ACTIVATIONS if name not in ("exp", "softmax")]
PAIRS = [(loss, output) for loss, entry in nn.LOSSES.items() for output in entry.activations]
SMOOTH = [  # else a residual near zero may fall on either side of a kink
    (loss, output)
    for loss, output in PAIRS
    if loss not in ("absolute_error", "quantile", "huber") and output not in ("relu", "leaky_relu")
]
OPTIMIZERS = [
    Optimizer("sgd", 0.1),
    Optimizer("sgd", 0.1, momentum=0.9),
    Optimizer("sgd", 0.1, momentum=0.9, nesterov=True),
    Optimizer("adam", 0.01),
    Optimizer("adamw", 0.01, weight_decay=0.1),
]
SHAPES = [(1, 1), (3, 2), (2, 4, 1), (17, 3, 2), (5, 17, 1, 3), (4, 33, 17, 8, 3), (3, 2, 5, 4, 3, 2), (70, 40, 20)]
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def problem(sizes, loss, output, hidden="tanh", n=37, dtype=np.float64, biases=True, seed=0):
    """Return a network, parameters and rows that suit its loss."""
    r = np.random.default_rng(seed)
    sizes = (*sizes[:-1], 2) if output == "softmax" and sizes[-1] == 1 else sizes
    network = Network(sizes, (hidden,) * (len(sizes) - 2) + (output,), loss, biases)
    X = r.normal(size=(n, sizes[0]))
    Y = r.normal(size=(n, sizes[-1]))
    if output == "softmax":
        Y = np.eye(sizes[-1])[r.integers(sizes[-1], size=n)]
    elif loss == "log_loss":
        Y = (Y > 0).astype(float)
    elif loss == "poisson":
        Y = r.poisson(2, size=Y.shape).astype(float)
    parameters = r.normal(size=network.n_parameters) / np.sqrt(max(sizes))
    return network, parameters.astype(dtype), X.astype(dtype), Y.astype(dtype)


def close(ours, theirs, tolerance, message=""):
    """Assert that arrays agree, relative to the greatest value."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    scale = max(float(np.abs(theirs).max(initial=0)), 1e-30)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max(initial=0) <= tolerance * scale, (message, np.abs(ours - theirs).max() / scale)


def train_both(
    network, parameters, X, Y, optimizer, rule=None, *, n_epochs, seed=0, order=None, weight=None, **options
):
    """Train with both backends; return for each (curves, parameters, state, rule)."""
    results = []
    for verbs in (kernel, numpy):
        p = parameters.copy()
        state = start(optimizer, p)
        own = None if rule is None else rule()
        curves = verbs.train(
            network, p, optimizer, state, X, Y, TrainOptions(**options),
            n_epochs=n_epochs, seed=seed, order=order, sample_weight=weight, early_stopping=own,
        )  # fmt: skip
        results.append((curves, p, state, own))
    return results


def agree(results, tolerance):
    (curves, p, state, rule), (curves_, p_, state_, rule_) = results
    assert (curves.ended, state.steps, state.epochs) == (curves_.ended, state_.steps, state_.epochs)
    assert state.rate_factor == state_.rate_factor
    for name in ("loss", "validation_loss", "gradient_norm", "rate"):
        close(getattr(curves, name), getattr(curves_, name), tolerance, name)
    close(p, p_, tolerance, "parameters")
    close(state.first, state_.first, 10 * tolerance, "first")
    if rule is not None:
        assert (rule.best_epoch, rule.stalled) == (rule_.best_epoch, rule_.stalled)
        close(rule.best_parameters, rule_.best_parameters, tolerance)


def test_names_are_equal():
    assert list(nn.ACTIVATIONS) == list(_kernel.ACTIVATIONS)
    assert list(nn.LOSSES) == list(_kernel.LOSSES)
    assert nn.OPTIMIZERS == _kernel.OPTIMIZERS
    assert nn.SCHEDULES == _kernel.SCHEDULES


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_loss_gradient_and_trace(loss, output, dtype):
    for sizes, n in zip(SHAPES, (1, 37, 300, 16, 33, 7, 100, 64), strict=True):
        network, p, X, Y = problem(sizes, loss, output, n=n, dtype=dtype)
        w = np.random.default_rng(1).random(n).astype(dtype)
        for options in ({}, {"sample_weight": w, "l2": 0.3}, {"l1": 0.2}, {"sample_weight": w, "l1": 0.2, "l2": 0.3}):
            ours, theirs = (verbs.loss_and_gradient(network, p, X, Y, **options) for verbs in (kernel, numpy))
            close(ours[0], theirs[0], TOLERANCE[dtype], sizes)
            close(ours[1], theirs[1], 3 * TOLERANCE[dtype], sizes)
        ours, theirs = kernel.trace(network, p, X, Y), numpy.trace(network, p, X, Y)
        for name, layer in product(("z", "a", "delta"), range(network.n_layers)):
            close(getattr(ours, name)[layer], getattr(theirs, name)[layer], TOLERANCE[dtype], (sizes, name, layer))
        close(ours.losses, theirs.losses, TOLERANCE[dtype])
        close(kernel.input_gradient(network, p, X), numpy.input_gradient(network, p, X), 3 * TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_each_activation_trains(hidden, dtype):
    for sizes, batch in (((2, 4, 1), None), ((3, 20, 2), 7), ((2, 3, 1), 10)):
        network, p, X, Y = problem(sizes, "squared_error", "identity", hidden, dtype=dtype)
        agree(train_both(network, p, X, Y, Optimizer("sgd", 0.05), n_epochs=1, batch_size=batch), 10 * TOLERANCE[dtype])
    network, p, X, Y = problem((3, 9, 2), "squared_error", hidden, hidden, dtype=dtype)
    agree(train_both(network, p, X, Y, Optimizer("sgd", 0.05), n_epochs=1, batch_size=8), 10 * TOLERANCE[dtype])


@pytest.mark.parametrize(
    ("loss", "output", "optimizer"),
    [(*pair, one) for i, pair in enumerate(SMOOTH) for j, one in enumerate(OPTIMIZERS) if (i + j) % 3 == 0],
    ids=lambda one: one if isinstance(one, str) else f"{one.name}-{one.momentum}-{one.nesterov}",
)
def test_each_loss_and_optimizer_for_fifty_epochs(loss, output, optimizer):
    """Each loss with a third of the optimizers, which do not know each other."""
    for sizes, batch, biases in (
        ((2, 4, 1), None, True),
        ((3, 20, 2), 16, True),
        ((2, 5, 3), 10, False),
        ((4, 2), 8, True),
    ):
        network, p, X, Y = problem(sizes, loss, output, biases=biases)
        agree(train_both(network, p, X, Y, optimizer, n_epochs=1, batch_size=batch, l2=0.1), 1e-11)
        agree(train_both(network, p, X, Y, optimizer, n_epochs=50, batch_size=batch, l2=0.1), 1e-8)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: f"{o.name}-{o.momentum}-{o.nesterov}")
def test_l1_trains(optimizer):
    for sizes, batch in (((2, 4, 1), None), ((3, 20, 2), 16), ((70, 40, 3), 30)):  # rows in lanes, then units
        network, p, X, Y = problem(sizes, "squared_error", "identity")
        agree(train_both(network, p, X, Y, optimizer, n_epochs=30, batch_size=batch, l1=0.5, l2=0.1), 1e-9)


@pytest.mark.parametrize("schedule", nn.SCHEDULES)
def test_schedules_and_early_stopping(schedule):
    network, p, X, Y = problem((3, 20, 2), "squared_error", "identity")
    for sizes in ((3, 20, 2), (2, 3, 1)):
        network, p, X, Y = problem(sizes, "squared_error", "identity")
        optimizer = Optimizer("adam", 0.05, schedule=Schedule(schedule, every=2))

        def rule(X=X, Y=Y):
            return EarlyStopping(X[:11], Y[:11], patience=3, tolerance=1e-3)

        agree(train_both(network, p, X, Y, optimizer, rule, n_epochs=40, batch_size=10), 1e-9)
        agree(
            train_both(network, p, X, Y, optimizer, lambda: EarlyStopping(patience=2, tolerance=1e-2), n_epochs=40),
            1e-9,
        )


def test_dropout_and_order_and_weights():
    network, p, X, Y = problem((3, 20, 9, 2), "log_loss", "softmax", "gelu")
    order = np.array([np.random.default_rng(e).permutation(len(X)) for e in range(3)])
    w = np.random.default_rng(3).random(len(X))
    for options in ({"dropout": 0.3}, {"dropout": 0.3, "order": order}, {"order": order, "weight": w}):
        agree(train_both(network, p, X, Y, Optimizer(), n_epochs=3, batch_size=8, seed=5, **options), 1e-10)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_smoothed_answers(dtype):
    for sizes, n in (((3, 20, 3), 37), ((70, 40, 4), 300)):
        network, p, X, Y = problem(sizes, "log_loss", "softmax", n=n, dtype=dtype)
        Y = smoothed(Y, 0.05)
        assert 0 < Y.min() < Y.max() < 1
        ours, theirs = (verbs.loss_and_gradient(network, p, X, Y) for verbs in (kernel, numpy))
        close(ours[0], theirs[0], TOLERANCE[dtype])
        close(ours[1], theirs[1], 3 * TOLERANCE[dtype])
        close(kernel.trace(network, p, X, Y).losses, numpy.trace(network, p, X, Y).losses, TOLERANCE[dtype])
        sgd = Optimizer("sgd", 0.05, schedule=Schedule("one_cycle"))
        results = train_both(network, p, X, Y, sgd, lambda X=X, Y=Y: EarlyStopping(X, Y), n_epochs=3, batch_size=16)
        agree(results, 10 * TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_dropout_of_wide_layers(dtype):
    for sizes, batch in (((3, 70, 33, 2), 16), ((3, 128, 64, 1), 700)):  # the latter more than a chunk of rows
        network, p, X, Y = problem(sizes, "squared_error", "identity", "tanh", n=701, dtype=dtype)
        sgd = Optimizer("sgd", 0.02)
        agree(train_both(network, p, X, Y, sgd, n_epochs=2, batch_size=batch, dropout=0.3), 10 * TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sparse_inputs(dtype):
    network, p, X, Y = problem((100, 40, 3), "log_loss", "softmax", "relu", n=300, dtype=dtype)
    X *= np.random.default_rng(0).random(X.shape) < 0.1
    agree(train_both(network, p, X, Y, Optimizer("sgd", 0.1), n_epochs=1, batch_size=64), 10 * TOLERANCE[dtype])
    ours, theirs = (verbs.loss_and_gradient(network, p, X, Y) for verbs in (kernel, numpy))  # more than a chunk of rows
    close(ours[1], theirs[1], 10 * TOLERANCE[dtype])


EMBEDDINGS = [nn.Embedding(), nn.Embedding((1,), 16, 4), nn.Embedding((0, 2), 6, 3), nn.Embedding((0, 1, 2, 3), 5, 1)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("embedding", EMBEDDINGS, ids=str)
def test_embeddings(embedding, dtype):
    r = np.random.default_rng(0)
    for sizes, n in (((4, 3), 37), ((4, 21, 9, 3), 701), ((70, 40, 3), 300)):  # more than a chunk; sparse
        network = Network(sizes, ("gelu",) * (len(sizes) - 2) + ("softmax",), "log_loss", embedding=embedding)
        p = (0.4 * r.normal(size=network.n_parameters)).astype(dtype)
        X, Y = r.normal(size=(n, sizes[0])).astype(dtype), np.eye(3)[r.integers(3, size=n)].astype(dtype)
        if sizes[0] == 70:
            X *= r.random(X.shape) < 0.1
        w = r.random(n).astype(dtype)
        ours, theirs = (
            verbs.loss_and_gradient(network, p, X, Y, sample_weight=w, l1=0.2, l2=0.3) for verbs in (kernel, numpy)
        )
        close(ours[0], theirs[0], TOLERANCE[dtype])
        close(ours[1], theirs[1], 10 * TOLERANCE[dtype])
        close(kernel.input_gradient(network, p, X, 1), numpy.input_gradient(network, p, X, 1), 10 * TOLERANCE[dtype])
        ours, theirs = kernel.trace(network, p, X, Y), numpy.trace(network, p, X, Y)
        for name in ("z", "a", "delta"):
            close(getattr(ours, name)[0], getattr(theirs, name)[0], 10 * TOLERANCE[dtype], name)
        for parameters in (p, np.array([p, 0.5 * p, -p])):
            whole = kernel.predict(network, parameters, X)
            close(whole, numpy.predict(network, parameters, X), 10 * TOLERANCE[dtype])
            alone = np.vstack([kernel.predict(network, parameters, x[None]) for x in X])
            np.testing.assert_array_equal(alone, whole)
        rates = nn.Rates(periodic=0.5, factors=6, weights=0.9, biases=0.1)
        optimizers = [
            Optimizer("adamw", 0.01, weight_decay=0.1, rates=rates),
            Optimizer("sgd", 0.01, momentum=0.9, nesterov=True, rates=rates),
        ]
        for optimizer in optimizers:
            options = dict(n_epochs=2, batch_size=300, seed=4, dropout=0.2)
            agree(
                train_both(network, p, X, Y, optimizer, lambda X=X, Y=Y: EarlyStopping(X, Y), **options),
                30 * TOLERANCE[dtype],
            )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_row_of_more_periodic_inputs_than_lanes(dtype):
    r = np.random.default_rng(0)
    for n_components in (1, 2, 3, 4):
        embedding = nn.Embedding(tuple(range(1, 38)), 7, n_components)
        network = Network((40, 24, 1), ("relu", "logistic"), "log_loss", embedding=embedding)
        P = (0.3 * r.normal(size=(2, network.n_parameters))).astype(dtype)
        X = (3 * r.normal(size=(67, 40))).astype(dtype)
        whole = kernel.predict(network, P, X)
        close(whole, numpy.predict(network, P, X), 10 * TOLERANCE[dtype])
        np.testing.assert_array_equal(np.vstack([kernel.predict(network, P, x[None]) for x in X]), whole)


def test_many_networks_with_rows_of_their_own():
    network, _, X, Y = problem((3, 20, 2), "squared_error", "identity", n=60)
    P = np.random.default_rng(0).normal(size=(3, network.n_parameters))
    rows = [np.arange(k, 60 - 5 * k) for k in range(3)]
    own = [X[r] for r in rows], [Y[r] for r in rows], [np.arange(1.0, len(r) + 1) for r in rows]
    for verbs in (kernel, numpy):
        many, optimizer = P.copy(), Optimizer("adam", 0.01)
        states = [start(optimizer, p) for p in many]
        how = TrainOptions(batch_size=8)
        verbs.train_many(network, many, [optimizer] * 3, states, *own[:2], how, n_epochs=3, sample_weight=own[2])
        for k, p in enumerate(P.copy()):
            verbs.train(
                network,
                p,
                optimizer,
                start(optimizer, p),
                own[0][k],
                own[1][k],
                how,
                n_epochs=3,
                sample_weight=own[2][k],
                seed=k,
            )
            np.testing.assert_array_equal(p, many[k])


def test_divergence_returns_to_the_epochs_start():
    for sizes in ((2, 4, 1), (3, 30, 2)):
        network, p, X, Y = problem(sizes, "squared_error", "identity", "relu")
        ours, theirs = train_both(network, p, X, Y, Optimizer("sgd", 1e60), n_epochs=20, batch_size=10)
        assert ours[0].ended == theirs[0].ended == "diverged"
        assert np.isfinite(ours[1]).all()


def test_many_networks_equal_one_after_the_other():
    for sizes, batch in (((2, 4, 1), None), ((3, 20, 2), 8)):
        network, _, X, Y = problem(sizes, "squared_error", "identity")
        P = np.random.default_rng(0).normal(size=(7, network.n_parameters))
        optimizers = [Optimizer("adam", 0.01 * (k + 1)) for k in range(7)]
        results = []
        for verbs in (kernel, numpy):
            parameters = P.copy()
            states = [start(optimizer, p) for optimizer, p in zip(optimizers, parameters, strict=True)]
            how = TrainOptions(batch_size=batch)
            curves = verbs.train_many(network, parameters, optimizers, states, X, Y, how, n_epochs=5)
            results.append((parameters, [c.loss for c in curves], [s.steps for s in states]))
        close(results[0][0], results[1][0], 1e-9)
        close(results[0][1], results[1][1], 1e-9)
        assert results[0][2] == results[1][2]


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.sampled_from([1, 2, 3, 4, 7, 8, 15, 16, 17, 33]), min_size=2, max_size=6),
    pair=st.sampled_from(PAIRS),
    hidden=st.sampled_from(HIDDEN),
    n=st.integers(1, 70),
    dtype=st.sampled_from([np.float64, np.float32]),
    biases=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_any_network(sizes, pair, hidden, n, dtype, biases, seed):
    network, p, X, Y = problem(tuple(sizes), *pair, hidden, n, dtype, biases, seed)
    tolerance, prediction = 10 * TOLERANCE[dtype], numpy.predict(network, p, X)
    assume(dtype is np.float64 or np.abs(prediction).max() > 0.01)  # where terms cancel, rounding is what is left
    close(kernel.predict(network, p, X), prediction, tolerance)
    if pair[0] in ("absolute_error", "quantile", "huber") or "relu" in (hidden + pair[1]):
        return
    ours, theirs = kernel.loss_and_gradient(network, p, X, Y), numpy.loss_and_gradient(network, p, X, Y)
    close(ours[0], theirs[0], tolerance)
    close(ours[1], theirs[1], 10 * tolerance)


@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_jacobians(sizes, dtype):
    for output in ("identity", "logistic", "tanh"):
        for biases in (True, False):
            network, parameters, X, _ = problem(sizes, "squared_error", output, dtype=dtype, biases=biases)
            close(
                kernel.jacobian(network, parameters, X), numpy.jacobian(network, parameters, X), 10 * TOLERANCE[dtype]
            )


@pytest.mark.parametrize(("loss", "output"), [("log_loss(0.4)", "softmax"), ("log_loss(0.4)", "logistic")])
def test_losses_shown_with_a_cap(loss, output):
    for sizes in SHAPES:
        network, parameters, X, Y = problem(sizes, "log_loss", output)
        capped = Network(network.layer_sizes, network.activations, loss)
        a, b = (verbs.loss_and_gradient(capped, 5 * parameters, X, Y) for verbs in (kernel, numpy))
        assert a[0] == pytest.approx(b[0], rel=1e-12)
        assert a[0] < numpy.loss_and_gradient(network, 5 * parameters, X, Y)[0]
        close(a[1], numpy.loss_and_gradient(network, 5 * parameters, X, Y)[1], 1e-12)


@pytest.mark.parametrize(("loss", "output"), [("squared_error(3)", "tanh"), ("poisson(3)", "exp")])
def test_losses_shown_over_a_divisor(loss, output):
    for sizes in SHAPES:
        network, parameters, X, Y = problem(sizes, loss.partition("(")[0], output)
        divided = Network(network.layer_sizes, network.activations, loss)
        whole = numpy.loss_and_gradient(network, parameters, X, Y)
        for verbs in (kernel, numpy):
            shown, gradient = verbs.loss_and_gradient(divided, parameters, X, Y)
            assert shown == pytest.approx(whole[0] / 3, rel=1e-12)
            close(gradient, whole[1], 1e-12)
