"""Runs: the tutorial's figures, stepping and going back, weights by hand, 20 starts."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from selenite.errors import OptionError
from selenite.nn import Network, Optimizer, TrainOptions, initialize, start, train
from selenite.play.figures import figures
from selenite.play.layers import chosen_units
from selenite.play.lessons import LESSONS
from selenite.play.picture import frame, view_of
from selenite.play.plane import axes_of
from selenite.play.problem import make_problem
from selenite.play.seeds import Trials
from selenite.play.session import Session
from selenite.play.settings import Settings
from selenite.tutorial.runs import (
    network_as_printed,
    network_with_biases,
    part3,
    perceptron_as_printed,
    perceptron_corrected,
)


def run_of(settings, epochs, part=997):
    """Train in parts, as the page does."""
    session = Session(settings, make_problem(settings))
    while session.epoch < epochs:
        session.train(min(part, epochs - session.epoch))
    return session


@pytest.mark.parametrize(
    ("lesson", "changes", "truth"),
    [
        ("part2-perceptron", {}, perceptron_as_printed),
        ("part2-perceptron", {"slip": False}, perceptron_corrected),
        ("part2", {}, network_as_printed),
        ("part2-biases", {}, network_with_biases),
        ("part3", {}, lambda epochs: part3(epochs)),
    ],
)
def test_lessons_give_the_numbers_of_the_tutorial_command(lesson, changes, truth):
    epochs = 2000
    settings = replace(LESSONS[lesson].settings, **changes)
    session, expected = run_of(settings, epochs), truth(epochs)
    shown = figures(session)
    assert shown["loss"] == expected.loss
    assert shown["good"]["train"] == expected.accuracy
    np.testing.assert_array_equal(session.parameters, expected.parameters)


def twenty_seeds(session, epochs):
    trials = Trials(session, epochs)
    while trials.done < epochs:
        trials.advance(0.5)
    return trials.result()


def test_part_2_ends_at_1_50_and_20_starts_show_that_it_was_luck():
    session = run_of(LESSONS["part2"].settings, 200_000, 20_000)
    assert f"{figures(session)['loss']:.2f}" == "1.50"
    found = twenty_seeds(session, 200_000)
    assert 4 <= found["below_2"] <= 6  # 5 on most processors: without biases the run is chaotic
    with_biases = run_of(LESSONS["part2-biases"].settings, 2000)
    assert twenty_seeds(with_biases, 2000)["below_2"] == 20
    assert "20 of 20" in LESSONS["part2-biases"].answered(with_biases, twenty_seeds(with_biases, 2000))


def test_part_1_gives_the_printed_digits():
    session = run_of(LESSONS["part1"].settings, 20_000, 5000)
    view = view_of(session.problem, axes_of(session.problem, ("", "")), None)
    assert f"{frame(session, view, 0, chosen_units(session))['prediction'][0]:.8f}" == "0.99837029"


def test_rows_batches_and_epochs_are_the_same_run():
    settings = Settings(batch_size=10, hidden=(5, 3), activations=("tanh", "relu"), optimizer="adamw", l2=0.1)
    whole, stepped = (Session(settings, make_problem(settings)) for _ in range(2))
    whole.train(5)
    n = len(stepped.X)
    for _ in range(2 * n + 7):
        stepped.step_row()
    assert (stepped.epoch, stepped.row) == (2, 7)
    stepped.step_batch()
    assert stepped.row == 10
    stepped.train(1)
    assert (stepped.epoch, stepped.row) == (3, 0)
    for _ in range(2 * -(-n // 10)):
        stepped.step_batch()
    assert stepped.epoch == 5
    np.testing.assert_allclose(stepped.parameters, whole.parameters, rtol=0, atol=1e-12)
    np.testing.assert_allclose(stepped.curves["loss"], whole.curves["loss"], rtol=1e-12)
    np.testing.assert_allclose(stepped.curves["validation_loss"], whole.curves["validation_loss"], rtol=1e-10)


def test_it_is_what_nn_trains():
    settings = Settings(test_fraction=0, batch_size=16, learning_rate=0.02)
    session = run_of(settings, 20)
    network = Network((2, 4, 1), ("logistic", "logistic"), "log_loss")
    parameters, optimizer = initialize(network, "glorot", 0), Optimizer("adam", 0.02)
    problem = make_problem(settings)
    train(
        network,
        parameters,
        optimizer,
        start(optimizer, parameters),
        problem.X,
        problem.Y,
        TrainOptions(batch_size=16),
        n_epochs=20,
    )
    np.testing.assert_allclose(session.parameters, parameters, atol=1e-12)


def test_epochs_of_single_steps_with_dropout_come_back_as_they_were():
    """A step drops by the place in its batch, a whole epoch by the row: training again would not give the same."""
    session, seen = run_of(Settings(batch_size=32, dropout=0.2), 5), {}
    for _ in range(3):
        session.step_batch()
        while session.row:
            session.step_row()
        seen[session.epoch] = session.parameters.copy()
        session.train(20)
        seen[session.epoch] = session.parameters.copy()
    for epoch, parameters in seen.items():
        session.go_to(epoch)
        np.testing.assert_array_equal(session.parameters, parameters)


def test_going_back_and_forth_finds_the_same_numbers():
    settings = Settings(batch_size=20)
    session = run_of(settings, 300, 7)
    marks = {epoch: run_of(settings, epoch).parameters for epoch in (1, 50, 299)}
    for epoch in (299, 1, 50, 299):
        session.go_to(epoch)
        np.testing.assert_array_equal(session.parameters, marks[epoch])
    session.go_to(50, 33)
    assert (session.epoch, session.row) == (50, 33)
    with pytest.raises(OptionError, match="there is no epoch 301"):
        session.go_to(301)


def test_a_change_on_the_way_is_part_of_the_run():
    session = run_of(Settings(learning_rate=0.1), 50)
    session.set_parameter(0, -1, 2, 1.5)
    session.train(10)
    session.go_on_with(Settings(learning_rate=0.01, optimizer="sgd"))
    session.train(10)
    end = session.parameters.copy()
    session.go_to(55)
    assert session.settings.learning_rate == 0.1
    session.go_to(70)
    np.testing.assert_array_equal(session.parameters, end)
    session.go_to(40)
    session.branch()
    session.train(3)
    assert session.curves.length == 43


def test_a_rate_far_too_high_is_named_and_nothing_breaks():
    settings = Settings(data="plane", loss="squared_error", activations=("relu",), optimizer="sgd", learning_rate=1000)
    session = Session(settings, make_problem(settings))
    for _ in range(5):
        session.train(100)
    assert "training diverged" in session.ended
    assert np.isfinite(session.parameters).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden": [10**9], "activations": ["relu"]}, {"hidden": [-1], "activations": ["relu"]}, {"hidden": [2] * 9},
        {"learning_rate": float("nan")}, {"learning_rate": 0}, {"learning_rate": "1"}, {"epochs": 10**7}, {"rows": 1},
        {"noise": -1}, {"batch_size": 1.5}, {"seed": -1}, {"activations": ["softmax"]}, {"activations": []},
        {"loss": "quantile(2)"}, {"loss": "none"}, {"unknown": 1}, {"start": "os.system"}, {"data": 3}, {"slip": True},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(changes, Settings)


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one_cycle"])
def test_a_schedule_is_the_same_in_parts_in_steps_and_when_taken_back(schedule):
    settings = Settings(
        schedule=schedule, epochs=40, batch_size=10, optimizer="sgd", learning_rate=0.5, auto_stop=False
    )
    whole, stepped = run_of(settings, 40), run_of(settings, 7, 3)
    for _ in range(2 * -(-len(stepped.X) // 10)):
        stepped.step_batch()
    assert stepped.epoch == 9
    stepped.train(31)
    np.testing.assert_allclose(stepped.parameters, whole.parameters, rtol=0, atol=1e-12)
    end = whole.parameters.copy()
    whole.go_to(11)
    whole.go_to(40)
    np.testing.assert_array_equal(whole.parameters, end)
    constant = run_of(Settings(epochs=40, batch_size=10, optimizer="sgd", learning_rate=0.5, auto_stop=False), 40)
    assert (schedule == "constant") == bool(np.allclose(end, constant.parameters))


def test_l1_sends_weights_to_zero_that_l2_only_shrinks():
    usual = Settings(features=("x1", "x2", "sin x1", "x1·x2"), hidden=(), activations=(), optimizer="sgd")
    found = {}
    for name, changes in {"none": {}, "l1": {"l1": 3.0}, "l2": {"l2": 3.0}}.items():
        session = run_of(replace(usual, **changes), 3000)
        found[name] = np.abs(session.network.weights(session.parameters)[0]).ravel()
    assert (found["l1"] < 0.01).sum() >= 1
    assert (found["none"] > 0.01).all()
    assert (found["l2"] > 0.01).all()
    assert found["l2"].max() < found["none"].max()


def test_it_stops_below_a_loss_of_the_test_rows():
    settings = Settings(stop_loss=0.1)
    session = Session(settings, make_problem(settings))
    while not session.ended:
        session.train(1)
    assert "below 0.1" in session.ended
    assert session.curves["validation_loss"][-1] < 0.1 <= session.curves["validation_loss"][-2]


def test_a_run_is_copied_whole_and_the_copy_goes_its_own_way():
    session = run_of(Settings(), 50)
    end = session.parameters.copy()
    session.go_to(20)
    assert session.has_future
    twin = session.whole()
    session.go_on_with(Settings(learning_rate=0.01))
    session.train(5)
    np.testing.assert_array_equal(twin.parameters, end)
    assert (twin.epoch, twin.curves.length, session.curves.length) == (50, 50, 25)
    np.testing.assert_array_equal(twin.curves["loss"][:20], session.curves["loss"][:20])


def test_going_back_is_given_up_where_something_else_is_wanted():
    session = run_of(Settings(batch_size=1, hidden=(64, 64), activations=("tanh", "tanh")), 20, 20)
    session.go_to(0)
    session.go_to(15, 0, lambda: True)
    assert session.epoch == 0
    session.train(3)
    np.testing.assert_array_equal(session.parameters, run_of(session.settings, 3).parameters)


def test_the_perceptron_as_printed_bears_a_high_rate_without_a_word():
    settings = LESSONS["part2-perceptron"].settings
    session = run_of(replace(settings, learning_rate=1000), 50)
    assert np.isfinite(session.parameters).all()


def test_fewer_epochs_than_are_done_end_the_run_in_the_middle_of_one():
    session = run_of(Settings(batch_size=10), 5)
    session.step_batch()
    assert session.row == 10
    session.go_on_with(Settings(batch_size=10, epochs=3))
    for go_on in (lambda: session.train(2), session.step_batch, session.step_row, lambda: session.go_to(5, 30)):
        session.ended = ""
        go_on()
    session.train(1)
    assert session.ended == "All 3 epochs are done."
    assert session.epoch == 5
