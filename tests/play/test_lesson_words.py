"""The figures in the lessons' words, each beside what the lesson's own setting gives."""

import re

import msgspec
import pytest

from selenite.play.lessons import LESSONS
from selenite.play.problem import make_problem
from selenite.play.session import STILL, Session
from selenite.play.settings import HALVINGS


def trained(key, epochs, **changes):
    """Return a lesson's run, or one with other settings."""
    settings = msgspec.structs.replace(LESSONS[key].settings, **changes)
    session = Session(settings, make_problem(settings))
    session.train(epochs)
    return session


def loss_of(session):
    return float(session.shown_scale * session.curves["loss"][-1])


def words(key):
    """Return all that a lesson says, and what it answers where it is asked nothing of the run."""
    lesson = LESSONS[key]
    return " ".join([*lesson.text, lesson.question])


# What each figure with a decimal point is, as text; those that are the article's own words are named apart.
def test_part_1():
    printed, corrected = trained("part1", 20_000), trained("part1", 20_000, slip=False)
    said = [f"{session.answer(session.problem.X[:1])[0, 0]:.8f}" for session in (printed, corrected)]
    assert re.findall(r"\d\.\d+", words("part1")) == said[:1]
    assert LESSONS["part1"].answered(printed, None) == ""
    assert re.findall(r"\d\.\d+", LESSONS["part1"].answered(corrected, None)) == said[1:]
    assert printed.problem.table.names == ("smoking", "obesity", "exercise", "diabetic")
    assert printed.problem.X[0].tolist() == [0, 1, 0]  # "obese only"
    assert LESSONS["part1"].settings.epochs == 20_000


def test_part_2_perceptron():
    assert re.findall(r"\d\.\d+", words("part2-perceptron")) == [
        f"{loss_of(trained('part2-perceptron', 20_000)):.2f}",
        "4.17",
    ]
    assert "the article: “4.17 percent”" in words("part2-perceptron")
    assert "a sum over 100 rows" in words("part2-perceptron")
    assert LESSONS["part2-perceptron"].answered(trained("part2-perceptron", 2000, slip=False), None) == ""  # one unit


def test_part_2_as_printed():
    """From about epoch 1,000 on the last bit of a number decides the next digits: compared to 0.11 there."""
    end, early = re.findall(r"\d\.\d+", words("part2"))
    assert end == f"{loss_of(trained('part2', 200_000)):.2f}"
    assert float(early) == pytest.approx(loss_of(trained("part2", 2000)), abs=0.11)
    assert "2,000 epochs" in words("part2")
    assert "200,000 epochs" in words("part2")


def test_part_2_with_biases():
    assert "a hundredth of the epochs" in words("part2-biases")
    assert 100 * LESSONS["part2-biases"].settings.epochs == LESSONS["part2"].settings.epochs
    assert LESSONS["part2-biases"].settings.hidden == LESSONS["part2"].settings.hidden == (4,)


def test_part_3():
    session = trained("part3", 50_000)
    first = float(session.shown_scale * session.curves["loss"][0])
    assert re.findall(r"\d+\.\d+", words("part3")) == [f"{first:.2f}", f"{loss_of(session):.2f}"]
    assert (len(session.X), session.problem.n_classes) == (3 * 700, 3)


def test_a_rate_that_is_too_high():
    assert "learning rate of 3" in words("rate")
    assert LESSONS["rate"].settings.learning_rate == 3
    assert max(trained("rate", 100).curves["loss"]) > 1  # "jumps instead of falling"
    calm = trained("rate", 500, learning_rate=0.1)
    assert LESSONS["rate"].answered(calm, None)
    assert loss_of(calm) < 0.1


def test_what_controls_say_of_numbers(playground):
    said = playground.pages["words.js"].decode()
    assert f"hardly moved for {STILL} epochs" in said
    assert HALVINGS == 10
    assert "halved ten times" in said
