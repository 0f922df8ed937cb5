"""Options that weigh classes and decide between them: stored, told, and refused in words."""

import json
from pathlib import Path

import pytest

import selenite


def test_classes_are_weighed_by_numbers(run, people):
    options = ("--target", "happy", "--class-weight", "yes=5,no=1", "--preset", "fast", "--epochs", 2)
    told = json.loads(run("fit", people, *options, "-o", "m", "--json").stdout)
    assert selenite.load("m").settings.class_weight == {"yes": 5.0, "no": 1.0}
    assert "weighted log loss" in told["test"]["selenite"]
    run("report", "m", people, "-o", "m.html")
    assert "--class-weight yes=5,no=1" in Path("m.html").read_text()


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("Yes=5", 'has no class "Yes"; did you mean "yes"?'),
        ("yes", "must be balanced, or a number from 0 on for each class"),
        ("yes=five", "must be balanced, or a number from 0 on for each class"),
        ("yes=1,yes=2", "must be balanced, or a number from 0 on for each class"),
        ("yes=-1", "must be balanced, or a number from 0 on for each class"),
    ],
)
def test_weights_of_classes_that_cannot_be_are_refused(run, people, weights, words):
    told = run("fit", people, "--target", "happy", "--class-weight", weights, code=2).stderr
    assert words in " ".join(told.split())


def test_a_threshold_is_told_and_kept(run, people):
    options = ("--target", "happy", "--threshold", "cost:5:1", "--preset", "fast", "--epochs", 2)
    told = run("fit", people, *options, "-o", "m").output
    model = selenite.load("m")
    assert "decision:" in told
    assert "by cost:5:1 on rows that the networks did not learn from" in " ".join(told.split())
    assert f"from a probability of {model.threshold:.4g} on" in " ".join(run("score", "m", people).output.split())
    assert "must be f1" in run("fit", people, "--target", "happy", "--threshold", "best", code=2).stderr
    assert "two classes" in run("fit", people, "--target", "id", "--threshold", "f1", code=2).stderr
    assert "--threshold" in run("fit", people, "--from", "m", "--threshold", "f1", code=2).stderr
