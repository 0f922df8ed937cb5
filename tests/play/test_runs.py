"""The table of runs: what was left, by what it can be made again, and how good it became."""

import pytest

from selenite.play.questions import runs_here
from selenite.play.runs import MOST_RUNS, setting_text
from selenite.play.settings import Settings
from selenite.play.verbs import change, reset, run_beside, set_weight
from selenite.play.workbench import Workbench
from selenite.table import read_table


def table(bench):
    return runs_here(bench)


def test_a_run_that_is_left_is_kept_and_made_again_by_its_settings():
    bench = Workbench()
    assert [row["epochs"] for row in table(bench)] == [0]
    bench.session.train(40)
    left = table(bench)[0]
    figures = bench.session.curves["loss"][-1], bench.session.curves["validation_loss"][-1]
    assert (left["loss"], left["test_loss"]) == figures
    assert (left["network"], left["setting"]) == ("2-4-1 logistic", "as usual")

    change(bench, Settings(hidden=(8, 3), activations=("tanh", "relu"), learning_rate=0.03))
    bench.session.train(10)
    now, before = table(bench)
    assert (now["network"], now["setting"]) == ("2-8-3-1 tanh relu", "learning rate 0.03")
    assert before == left

    change(bench, Settings(**before["settings"]))
    reset(bench)
    bench.session.train(40)
    assert table(bench)[0] == left  # and the run of 40 epochs, left before, is not told twice
    assert [row["epochs"] for row in table(bench)] == [40, 10]


def test_good_is_the_share_of_test_rows_told_right_or_an_error_in_the_answers_unit(pets_file):
    bench = Workbench()
    bench.open_table(read_table(pets_file))
    bench.session.train(30)
    problem, told = bench.session.problem, bench.session.predicted(bench.session.problem.test)
    right = (told[:, 0] > 0.5) == (problem.Y[problem.test][:, 0] > 0.5)
    assert table(bench)[0]["good"] == pytest.approx(right.mean())
    change(bench, Settings(data="file", target="age", loss="squared_error", test_fraction=0))
    bench.session.train(30)
    problem = bench.session.problem
    errors = (bench.session.predicted(problem.training) - problem.Y[problem.training]) * problem.target.width
    found = table(bench)
    assert found[0]["good"] == pytest.approx((errors**2).mean() ** 0.5)
    assert not found[0]["classes"]
    assert found[1]["classes"]


def test_equal_runs_stand_once_with_their_most_epochs():
    bench = Workbench()
    for epochs in (30, 10, 20):
        bench.session.train(epochs)
        reset(bench)
    assert [run.epochs for run in bench.runs] == [30]
    for seed in range(1, MOST_RUNS + 5):
        change(bench, Settings(seed=seed, rows=10, noise=0.0))
        bench.session.train(1)
    assert len(bench.runs) == MOST_RUNS


def test_what_settings_alone_do_not_make_again_says_so(pets_file):
    bench = Workbench()
    bench.session.train(5)
    set_weight(bench, 0, 0, 0, 1.0)
    assert table(bench)[0]["setting"] == "as usual, changed on the way"
    bench.open_table(read_table(pets_file))
    bench.session.train(5)
    change(bench, Settings())
    bench.file = None
    assert table(bench)[1]["source"].endswith("pets.csv")
    assert table(bench)[1]["settings"] is None  # the file is not there to make it of


def test_a_second_run_that_is_ended_is_kept():
    bench = Workbench()
    run_beside(bench, "begin")
    change(bench, Settings(learning_rate=0.5))
    for session in bench.sessions:
        session.train(7)
    run_beside(bench, "end")
    assert {row["setting"] for row in table(bench)} >= {"as usual"}
    assert [run.epochs for run in bench.runs] == [7]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"features": ("x1", "x2", "x1·x2"), "dropout": 0.2}, "features x1 x2 x1·x2, dropout 0.2"),
        ({"biases": False, "sums": True, "seed": 3}, "seed 3, biases off, sums on"),
        ({"axes": ("a", "b"), "hold": "row", "hidden": (), "activations": ()}, "as usual"),
    ],
)
def test_settings_in_words(changes, text):
    assert setting_text(Settings(**changes)) == text


def test_the_page_shows_the_runs_and_begins_one_again(seen):
    seen.open()
    page = seen.page
    page.click("#play")
    seen.until(lambda: seen.epoch() > 30)
    seen.pause()
    first = seen.epoch()
    page.click("#reset")
    seen.until(lambda: seen.epoch() == 0)
    page.select_option("#set-learning_rate", "0.03")
    page.click("#view-runs")
    page.wait_for_selector("#again-1")
    assert "learning rate 0.03" in seen.text("#runs tbody tr:first-child")
    assert f"{first:,}" in seen.text("#runs tbody tr:last-child")
    page.click("#again-1")
    seen.until(lambda: page.input_value("#set-learning_rate") == "0.1")
    page.click("#epoch")
    seen.until(lambda: seen.epoch() == 1)
    page.click("#undo")
    seen.until(lambda: page.input_value("#set-learning_rate") == "0.03")


def test_a_view_is_up_to_date_when_its_panel_comes_back(seen):
    seen.page.set_viewport_size({"width": 390, "height": 844})
    seen.open()
    page = seen.page
    page.click("#tab-curves")
    page.click("#view-runs")
    seen.until(lambda: seen.text("#runs tbody td:nth-child(5)") == "0")
    page.click("#tab-data")
    page.click("#epoch")
    seen.until(lambda: seen.epoch() == 1)
    page.wait_for_timeout(200)
    page.click("#tab-curves")
    seen.until(lambda: seen.text("#runs tbody td:nth-child(5)") == "1")
