"""The lessons: a setting, what it shows, and a question that is answered by doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from selenite.play.session import Session
from selenite.play.settings import Settings

Result = dict[str, Any] | None


@dataclass(frozen=True)
class Lesson:
    """One lesson; `answered` looks at the run and the last 20 starts."""

    title: str
    text: tuple[str, ...]
    question: str
    settings: Settings
    answered: Callable[[Session, Result], str]  # what was found, or "" while the question is open
    speed: int = 500  # epochs a frame
    followed: int = 0


def _setting(**changes: Any) -> Settings:
    """Return a setting as the articles': all rows, sums, plain gradient descent."""
    usual: dict[str, Any] = {
        "test_fraction": 0.0, "loss": "squared_error", "start": "article", "optimizer": "sgd", "learning_rate": 0.5,
        "sums": True, "auto_stop": False, "epochs": 200_000,
    }  # fmt: skip
    return Settings(**{**usual, **changes})


def _part1(session: Session, _: Result) -> str:
    return "With the right slope it is 0.98762539." if not session.settings.slip and session.epoch >= 20_000 else ""


def _perceptron(session: Session, _: Result) -> str:
    return "Yes: the hidden layer bends the border." if session.settings.hidden and _loss(session) < 4 else ""


def _lucky(session: Session, seeds: Result) -> str:
    if seeds is None or session.settings.biases or seeds["below_2"] is None:
        return ""
    return f"{seeds['below_2']} of 20 starts get below 2. The article's 1.50 is a lucky start."


def _biases(session: Session, seeds: Result) -> str:
    if seeds is None or not session.settings.biases or seeds["below_2"] is None:
        return ""
    return f"{seeds['below_2']} of 20 starts get below 2: biases make luck needless."


def _clouds(session: Session, _: Result) -> str:
    few = session.settings.hidden == (1,) and session.epoch >= 1000
    return "One unit has one border, and three classes need two." if few else ""


def _high_rate(session: Session, _: Result) -> str:
    calm = session.settings.learning_rate <= 0.1 and session.epoch >= 100 and _loss(session) < 0.1
    return "A smaller rate takes smaller steps and arrives." if calm else ""


def _loss(session: Session) -> float:
    loss = session.curves["loss"]
    return float("inf") if not len(loss) else session.shown_scale * float(loss[-1])


LESSONS: dict[str, Lesson] = {
    "part1": Lesson(
        "Part 1: a perceptron",
        (
            "Five people; do smoking, obesity and exercise tell who is diabetic? One unit, 20,000 epochs.",
            "The article gets 0.99837029 for the followed row, obese only. It takes the slope of the output instead of "
            "the sum, and it learns all the same.",
        ),
        "Untick “as printed” under Settings and train again. What does the followed row become?",
        _setting(data="people", hidden=(), activations=(), learning_rate=0.05, epochs=20_000, slip=True),
        _part1,
        speed=100,
    ),
    "part2-perceptron": Lesson(
        "Part 2: where a perceptron fails",
        (
            "Two moons, one unit. ½ Σ error² ends at 4.18 however long it trains (the article: “4.17 percent”; it is "
            "a sum over 100 rows).",
            "One unit has one straight border, and the moons cannot be parted by one.",
        ),
        "Add a hidden layer of 4 units and press play. Does the loss fall below 4?",
        _setting(hidden=(), activations=(), slip=True),
        _perceptron,
    ),
    "part2": Lesson(
        "Part 2: hidden layers, as printed",
        (
            "Four hidden units, no biases, 200,000 epochs: ½ Σ error² ends at 1.50, as the article says.",
            "It says 2,000 epochs in the text; there the loss is still 2.39.",
        ),
        "Was it skill or luck? Press “20 seeds”. How many get below 2?",
        _setting(biases=False),
        _lucky,
    ),
    "part2-biases": Lesson(
        "Part 2: with biases",
        ("The same network from the same weights, with biases that start at zero, and a hundredth of the epochs.",),
        "Press “20 seeds”. How many starts succeed now?",
        _setting(epochs=2000),
        _biases,
        speed=10,
    ),
    "part3": Lesson(
        "Part 3: three classes",
        (
            "Three clouds of 700 points, softmax and cross-entropy: 3101.28 at first, 0.53 after 50,000 epochs.",
            "Each output has its own surface; the largest of the three decides.",
        ),
        "Take the hidden layer down to one unit and train for 1,000 epochs. What is lost?",
        _setting(data="clouds", rows=2000, loss="log_loss", learning_rate=0.001, epochs=50_000),
        _clouds,
        speed=100,
    ),
    "rate": Lesson(
        "A rate that is too high",
        ("Adam with a learning rate of 3: the loss jumps instead of falling.",),
        "Choose a smaller rate, reset, and get the loss below 0.1.",
        Settings(learning_rate=3.0, auto_stop=False, epochs=5000),
        _high_rate,
        speed=1,
    ),
}
