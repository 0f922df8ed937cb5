"""How a fit goes and went: printed and warned of as scikit-learn does, with what was seen and what to do."""

from __future__ import annotations

import sys
import warnings

from sklearn.exceptions import ConvergenceWarning

from selenite.progress import RedrawnLine, can_redraw
from selenite.training import Callback, Progress, Training

OURS = ("selenite", "sklearn", "contextlib")  # packages in which no user's program is
NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need to be preprocessed."
)


class FitWarning(ConvergenceWarning):  # type: ignore[misc]
    """A fit went badly: what was seen, and what to do. `diagnose()` gives the findings one by one."""


def warn(text: str, kind: type[Warning]) -> None:
    """Warn at the line of the user's program that called us, whatever lies between."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in OURS:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, kind, stacklevel=level)


def tell_divergence(training: Training, *, kept: bool) -> None:
    """Say where numbers stopped being finite: as a warning where a good epoch is kept, else as an error."""
    if not kept:
        raise ValueError(
            f"{NOT_FINITE} In detail: {training.explanation.replace(' The last finite weights are kept.', '')}"
        )
    warn(training.explanation.replace("The last finite weights", "The best weights"), FitWarning)


class Printing(Callback):
    """Print each iteration's loss, the last of the validation scores if there are any, and why training stopped."""

    every_epoch = True

    def __init__(self, scores: list[float] | None = None, rule: str = "") -> None:
        self.scores, self.rule = scores, rule
        self.line = RedrawnLine(sys.stdout) if can_redraw(sys.stdout) else None

    def epoch(self, progress: Progress) -> None:
        """Print the loss, and the score if there is one, as scikit-learn does."""
        words = [f"Iteration {progress.epoch}, loss = {progress.loss:.8f}"]
        if self.scores:
            words.append(f"Validation score: {self.scores[-1]:f}")
        if self.line is not None:
            self.line.draw(". ".join(words))
        else:
            print("\n".join(words))

    def end(self, training: Training) -> None:
        """Print why training ended."""
        if training.ended == "patience":
            what = "Training loss" if self.scores is None else "Validation score"
            print((". " if self.line else "") + f"{what} did not improve more than {self.rule}. Stopping.")
        elif self.line:
            print()
