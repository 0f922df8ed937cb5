"""Each iteration in a line, as scikit-learn prints it with `verbose`; on a terminal all in one line."""

from __future__ import annotations

import sys

from selenite.training import Callback, Progress, Training


class Printing(Callback):
    """Print each iteration's loss, the last of the validation scores if there are any, and why training stopped."""

    every_epoch = True

    def __init__(self, scores: list[float] | None = None, rule: str = "") -> None:
        self.scores, self.rule = scores, rule
        self.terminal = sys.stdout.isatty()

    def epoch(self, progress: Progress) -> None:
        words = [f"Iteration {progress.epoch}, loss = {progress.loss:.8f}"]
        if self.scores:
            words.append(f"Validation score: {self.scores[-1]:f}")
        if self.terminal:
            print("\r\x1b[2K" + ". ".join(words), end="", flush=True)
        else:
            print("\n".join(words))

    def end(self, training: Training) -> None:
        if training.ended == "patience":
            what = "Training loss" if self.scores is None else "Validation score"
            print((". " if self.terminal else "") + f"{what} did not improve more than {self.rule}. Stopping.")
        elif self.terminal:
            print()
