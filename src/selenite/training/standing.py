"""Where the runs of a training stand: all that they need to go on from there in another process, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selenite.errors import ModelFileError
from selenite.nn import Epochs
from selenite.training.history import Ending
from selenite.training.run import Run
from selenite.types import AnyArray, Array

CURVES = ("loss", "validation_loss", "gradient_norm", "rate")
VECTORS = ("parameters", "first", "second", "best_parameters")  # of each run, one row


@dataclass(frozen=True)
class Numbers:
    """The numbers of a run; its arrays are in a `Standing`."""

    ending: Ending
    epoch: int
    steps: int
    epochs: int
    rate_factor: float
    best_epoch: int
    best_loss: float
    stalled: int
    scores: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Standing:
    """Where runs of one network stand: each one's numbers, and what they have of each array."""

    numbers: tuple[Numbers, ...]
    arrays: dict[str, AnyArray]  # VECTORS (n_runs, n_parameters), CURVES one run's after the other's

    def restore(self, runs: Sequence[Run]) -> None:
        """Put runs that have not begun where these stand."""
        if len(runs) != len(self.numbers) or self.arrays["parameters"].shape[1:] != runs[0].parameters.shape:
            raise ModelFileError("the checkpoint is of other networks than this fit trains")
        begin = 0
        for k, (run, there) in enumerate(zip(runs, self.numbers, strict=True)):
            run.parameters[:] = self.arrays["parameters"][k]
            state, rule = run.state, run.early_stopping
            state.steps, state.epochs, state.rate_factor = there.steps, there.epochs, there.rate_factor
            state.first[:], state.second[:] = self.arrays["first"][k], self.arrays["second"][k]
            rule.best_epoch, rule.best_loss, rule.stalled = there.best_epoch, there.best_loss, there.stalled
            rule.best_parameters = self.arrays["best_parameters"][k].copy() if there.best_epoch >= 0 else None
            rule.scores[:] = there.scores
            end = begin + there.epoch
            loss, validation_loss, gradient_norm, rate = (self.arrays[name][begin:end] for name in CURVES)
            run.curves.add(Epochs(loss, validation_loss, gradient_norm, rate), 0.0)  # the clock begins again
            run.ending, run.epoch, begin = there.ending, there.epoch, end


def standing_of(runs: Sequence[Run]) -> Standing:
    """Return where runs stand, none of them in the middle of an epoch, in arrays of its own."""
    vectors: dict[str, list[Array]] = {name: [] for name in VECTORS}
    for run in runs:
        best, state = run.early_stopping.best_parameters, run.state
        best = np.zeros_like(run.parameters) if best is None else best
        for name, vector in zip(VECTORS, (run.parameters, state.first, state.second, best), strict=True):
            vectors[name].append(vector)
    histories = [run.curves.history() for run in runs]
    curves = [(h.loss, h.validation_loss, h.gradient_norm, h.learning_rate) for h in histories]
    return Standing(
        tuple(_numbers_of(run) for run in runs),
        {name: np.array(rows) for name, rows in vectors.items()}
        | {name: np.concatenate(each) for name, each in zip(CURVES, zip(*curves, strict=True), strict=True)},
    )


def _numbers_of(run: Run) -> Numbers:
    """Return the numbers of a run."""
    state, rule = run.state, run.early_stopping
    return Numbers(
        run.ending,
        run.epoch,
        state.steps,
        state.epochs,
        state.rate_factor,
        rule.best_epoch,
        rule.best_loss,
        rule.stalled,
        tuple(rule.scores),
    )
