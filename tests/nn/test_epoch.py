"""Epochs: beside scikit-learn's own fit, in pieces, with dropout, watched, stopped, diverging."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from selenite.errors import OptionError
from selenite.nn import (
    SCHEDULES,
    EarlyStopping,
    Embedding,
    Network,
    Optimizer,
    Rates,
    Schedule,
    TrainOptions,
    initialize,
    mean_loss,
    start,
    train,
)
from selenite.nn.schedules import share

NETWORK = Network((3, 8, 1), ("tanh", "identity"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 3))
Y = np.sin(X[:, :1]) + X[:, 1:2] * X[:, 2:]


def run(optimizer=None, pieces=(20,), network=NETWORK, dtype=np.float64, *, batch_size=16, dropout=0.0, **rest):
    rest = {"seed": 3} | rest
    optimizer = optimizer or Optimizer("adam", 0.01)
    parameters = initialize(network, "glorot", 1, dtype)
    state = start(optimizer, parameters)
    how = TrainOptions(batch_size, sum(pieces), dropout=dropout)
    parts = [
        train(network, parameters, optimizer, state, X.astype(dtype), Y.astype(dtype), how, n_epochs=n, **rest)
        for n in pieces
    ]
    return parameters, np.concatenate([part.loss for part in parts]), parts[-1]


OPTIMIZERS = {
    "sgd": (Optimizer("sgd", 0.05), dict(solver="sgd", learning_rate_init=0.05, momentum=0.0)),
    "momentum": (
        Optimizer("sgd", 0.05, momentum=0.9),
        dict(solver="sgd", learning_rate_init=0.05, momentum=0.9, nesterovs_momentum=False),
    ),
    "nesterov": (
        Optimizer("sgd", 0.05, momentum=0.9, nesterov=True),
        dict(solver="sgd", learning_rate_init=0.05, momentum=0.9),
    ),
    "inverse scaling": (
        Optimizer("sgd", 0.5, schedule=Schedule("inverse_scaling")),
        dict(solver="sgd", learning_rate_init=0.5, learning_rate="invscaling", momentum=0.0),
    ),
    "adaptive": (
        Optimizer("sgd", 2.0, schedule=Schedule("adaptive")),
        dict(solver="sgd", learning_rate_init=2.0, learning_rate="adaptive", momentum=0.0),
    ),
    "adam": (Optimizer("adam", 0.01), dict(solver="adam", learning_rate_init=0.01)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_thirty_epochs_are_scikit_learns(name):
    """The same start and the same row order give the same losses and weights."""
    optimizer, theirs = OPTIMIZERS[name]
    mlp = MLPRegressor(
        hidden_layer_sizes=(8,),
        activation="tanh",
        alpha=0.2,
        batch_size=16,
        max_iter=30,
        n_iter_no_change=2,
        tol=1e-4,
        **theirs,
    )
    mlp.random_state = np.random.RandomState(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mlp.fit(X, Y.ravel())

    again = np.random.RandomState(5)
    bounds = [(6 / 11) ** 0.5, (6 / 9) ** 0.5]
    parts = [
        (again.uniform(-b, b, s), again.uniform(-b, b, s[1])) for b, s in zip(bounds, [(3, 8), (8, 1)], strict=True)
    ]
    parameters = np.concatenate([part.ravel() for pair in parts for part in pair])
    order, rows = [], np.arange(70)
    for _ in range(30):
        rows = _shuffled(rows, again)
        order.append(rows)
    rule = EarlyStopping(patience=2, tolerance=1e-4)
    epochs = train(
        NETWORK,
        parameters,
        optimizer,
        start(optimizer, parameters),
        X,
        Y,
        TrainOptions(batch_size=16, l2=0.2),
        n_epochs=30,
        order=np.array(order),
        early_stopping=rule,
    )
    np.testing.assert_allclose(epochs.loss, mlp.loss_curve_, rtol=1e-11)
    np.testing.assert_allclose(NETWORK.weights(parameters)[0], mlp.coefs_[0], rtol=1e-9, atol=1e-12)


def _shuffled(rows, random_state):
    """What scikit-learn's shuffle does: the rows in the last order, shuffled on."""
    indices = np.arange(len(rows))
    random_state.shuffle(indices)
    return rows[indices]


def test_adamw_decays_weights_alone():
    network = Network((1, 1), ("identity",))
    parameters = np.array([2.0, 3.0])
    optimizer = Optimizer("adamw", 0.1, weight_decay=0.5)
    zero = np.zeros((4, 1))
    train(network, parameters, optimizer, start(optimizer, parameters), zero, zero + 3, n_epochs=1)
    np.testing.assert_allclose(parameters, [2 * 0.95, 3])  # the gradient is zero: only decay is left


@pytest.mark.parametrize("group", ["periodic", "factors", "weights", "biases"])
@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_a_group_whose_rate_is_three_moves_as_with_three_times_the_rate(name, group):
    network = Network((3, 8, 1), ("tanh", "identity"), embedding=Embedding((0, 2), 4, 2))
    thrice = Rates(**{group: 3.0})
    usual, faster, of_group = (
        run(Optimizer(name, rate, weight_decay=0.1, rates=rates), (1,), network, batch_size=None)[0]
        for rate, rates in ((0.01, Rates()), (0.03, Rates()), (0.01, thrice))
    )
    mine, n_periodic = np.zeros(len(usual)), network.embedding.n_periodic_parameters()
    parts = {
        "periodic": [mine[:n_periodic]],
        "factors": [mine[n_periodic : network.n_embedding]],
        "weights": network.weights(mine),
        "biases": network.bias_vectors(mine),
    }
    for part in parts[group]:
        part[:] = 1
    np.testing.assert_allclose(of_group, np.where(mine, faster, usual), rtol=1e-12)
    assert (of_group != usual).any()


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_pieces_give_the_same_bits_as_the_whole(schedule):
    optimizer = Optimizer("adam", 0.01, schedule=Schedule(schedule, every=5))
    whole = run(optimizer, (20,), dropout=0.2)
    pieces = run(optimizer, (1, 7, 12), dropout=0.2)
    np.testing.assert_array_equal(whole[0], pieces[0])
    np.testing.assert_array_equal(whole[1], pieces[1])


def test_float32_follows_float64():
    wide, narrow = run()[1], run(dtype=np.float32)
    assert narrow[0].dtype == np.float32
    np.testing.assert_allclose(narrow[1], wide, rtol=2e-4)


def test_dropout_trains_and_depends_on_the_seed():
    assert (run(dropout=0.5)[1] != run(dropout=0.5, seed=4)[1]).any()
    parameters, losses, _ = run(pieces=(200,), dropout=0.1)
    assert mean_loss(NETWORK, parameters, X, Y) < losses[0] / 4


def test_early_stopping_keeps_the_best_epoch_and_stops_after_patience():
    rule = EarlyStopping(X[:20], Y[:20] + 1, patience=5)
    _, losses, epochs = run(Optimizer("adam", 0.05), (400,), early_stopping=rule)
    assert epochs.ended == "stalled"
    assert len(losses) == rule.best_epoch + 7
    assert epochs.validation_loss.argmin() == rule.best_epoch
    assert mean_loss(NETWORK, rule.best_parameters, X[:20], Y[:20] + 1) == rule.best_loss


def test_stop_ends_between_batches_and_keeps_the_steps_made():
    asked = []
    parameters, losses, epochs = run(stop=lambda: len(asked) == 7 or asked.append(1))
    assert epochs.ended == "stopped"
    assert len(losses) == 1  # 70 rows are 5 batches of 16
    assert (parameters != run(pieces=(1,))[0]).any()


@pytest.mark.parametrize("optimizer", [Optimizer("sgd", 1e6), Optimizer("sgd", 1e300), Optimizer("adam", 1e200)])
def test_divergence_ends_with_finite_parameters(optimizer):
    parameters, _, epochs = run(optimizer, (50,))
    assert epochs.ended == "diverged"
    assert np.isfinite(parameters).all()


def test_sample_weight_of_zero_is_no_row():
    weight = np.ones(70)
    weight[50:] = 0
    optimizer = Optimizer("sgd", 0.1)
    ours = initialize(NETWORK, "glorot", 1)
    theirs = ours.copy()
    train(NETWORK, ours, optimizer, start(optimizer, ours), X, Y, n_epochs=5, sample_weight=weight)
    train(NETWORK, theirs, optimizer, start(optimizer, theirs), X[:50], Y[:50], n_epochs=5)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_schedules_at_their_landmarks():
    assert share(Schedule("cosine"), 0.5, 0, 0) == pytest.approx(0.5)
    assert share(Schedule("one_cycle", warmup=0.25), 0.25, 0, 0) == 1
    assert share(Schedule("one_cycle"), 0.999, 0, 0) < 1e-4
    assert share(Schedule("step", every=10, factor=0.1), 0, 25, 0) == pytest.approx(0.01)
    assert share(Schedule("inverse_scaling"), 0, 3, 99) == pytest.approx(0.1)


def test_rates_follow_the_schedule():
    """Seven epochs of one batch are made after 0, 1/7, 2/7, ... of all steps: up in thirds of π, down in quarters."""
    schedule = Schedule("one_cycle", warmup=3 / 7)
    rates = run(Optimizer("sgd", 0.02, schedule=schedule), (7,), batch_size=None)[2].rate
    shares = [0.04, 0.28, 0.76, 1, 0.853553, 0.5, 0.146447]  # 0.04 + 0.48 (1 - cos 60°), ...; ½ (1 + cos 45°), ...
    np.testing.assert_allclose(rates, 0.02 * np.array(shares), atol=1e-8)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Optimizer("adma"),
        lambda: Optimizer(learning_rate=0),
        lambda: Optimizer(learning_rate=float("nan")),
        lambda: Optimizer(beta_2=1.0),
        lambda: Optimizer(weight_decay=float("nan")),
        lambda: Rates(factors=float("nan")),
        lambda: Rates(factors=-3),
        lambda: Rates(biases=float("inf")),
        lambda: Schedule("warm"),
        lambda: Schedule("step", every=0),
        lambda: Schedule("step", factor=-0.5),
        lambda: Schedule("one_cycle", warmup=float("nan")),
        lambda: Schedule("one_cycle", warmup=1.5),
        lambda: Schedule("inverse_scaling", power=-1),
    ],
)
def test_options_out_of_range_are_refused(wrong):
    with pytest.raises(OptionError, match="there are|must"):
        wrong()
