"""Where the runs of a training stand: all that they need to go on from there in another process, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selenite.errors import ModelFileError
from selenite.memory import require_memory
from selenite.nn import Epochs, OptimizerState
from selenite.training.history import Curves, Ending
from selenite.training.run import Begun, Run
from selenite.types import AnyArray, Array

SAVING = "saving where networks stand", "Fewer or smaller ones take less"
CURVES = ("loss", "validation_loss", "gradient_norm", "rate")


@dataclass(frozen=True)
class StateNumbers:
    """The numbers of an optimizer's state."""

    steps: int
    epochs: int
    rate_factor: float


@dataclass(frozen=True)
class BegunNumbers:
    """The numbers of an epoch in the middle of its windows."""

    windows: int
    n_rows: int
    n_steps: int
    loss: float
    square: float
    state: StateNumbers


@dataclass(frozen=True)
class Numbers:
    """The numbers of a run; its arrays are in a `Standing`."""

    ending: Ending
    epoch: int
    state: StateNumbers
    has_best: bool
    best_epoch: int
    best_loss: float
    stalled: int
    scores: tuple[float, ...]
    begun: BegunNumbers | None


@dataclass(frozen=True, eq=False)
class Standing:
    """Where runs of one network stand: each one's numbers, and what they have of each array.

    Parameters, the state's and others of each parameter are (n_runs, n_parameters), zero in a run that has none of
    them, and not there where no run has. Of `CURVES` one run's numbers follow the other's.
    """

    numbers: tuple[Numbers, ...]
    arrays: dict[str, AnyArray]

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return sum(array.nbytes for array in self.arrays.values())

    def restore(self, runs: Sequence[Run]) -> None:
        """Put runs where these stand, wherever they stand."""
        if len(runs) != len(self.numbers) or self.arrays["parameters"].shape[1:] != runs[0].parameters.shape:
            raise ModelFileError("the checkpoint is of other networks than this fit trains")
        begin = 0
        for k, (run, there) in enumerate(zip(runs, self.numbers, strict=True)):
            run.parameters, run.state = self._of("parameters", k), self._state(there.state, "", k)
            rule, begun, end = run.early_stopping, there.begun, begin + there.epoch
            rule.best_epoch, rule.best_loss, rule.stalled = there.best_epoch, there.best_loss, there.stalled
            rule.best_parameters = self._of("best_parameters", k) if there.has_best else None
            rule.scores[:] = there.scores
            loss, validation_loss, gradient_norm, rate = (self.arrays[name][begin:end] for name in CURVES)
            run.curves = Curves()
            run.curves.add(Epochs(loss, validation_loss, gradient_norm, rate), 0.0)  # the clock begins again
            run.ending, run.epoch, begin, run.begun = there.ending, there.epoch, end, None
            if begun is not None:
                before, state = self._of("begun_parameters", k), self._state(begun.state, "begun_", k)
                run.begun = Begun(begun.windows, before, state, begun.n_rows, begun.n_steps, begun.loss, begun.square)

    def _of(self, name: str, k: int) -> Array:
        """Return an array of run k, to write into."""
        found: Array = self.arrays[name][k].copy()
        return found

    def _state(self, numbers: StateNumbers, prefix: str, k: int) -> OptimizerState:
        """Return an optimizer's state of run k."""
        first, second = self._of(f"{prefix}first", k), self._of(f"{prefix}second", k)
        return OptimizerState(numbers.steps, numbers.epochs, numbers.rate_factor, first, second)


def standing_of(runs: Sequence[Run]) -> Standing:
    """Return where runs stand, none of them in the middle of a window, in arrays of its own.

    Raises
    ------
    ShortOfMemoryError
        If there is no room for them.
    """
    arrays: dict[str, AnyArray] = {}
    of_runs = [_arrays_of(run) for run in runs]
    needed = sum(array.nbytes for each in of_runs for array in each.values() if array is not None)
    require_memory(needed, *SAVING)
    for name in of_runs[0]:
        found = [each[name] for each in of_runs]
        one = next((array for array in found if array is not None), None)
        if one is not None:
            arrays[name] = np.array([np.zeros_like(one) if array is None else array for array in found])
    for name in CURVES:
        arrays[name] = np.concatenate([run.curves.measured(name) for run in runs])
    return Standing(tuple(map(_numbers_of, runs)), arrays)


def _arrays_of(run: Run) -> dict[str, Array | None]:
    """Return the arrays of a run that have a number for each parameter."""
    state, begun = run.state, run.begun
    return {
        "parameters": run.parameters,
        "first": state.first,
        "second": state.second,
        "best_parameters": run.early_stopping.best_parameters,
        "begun_parameters": None if begun is None else begun.parameters,
        "begun_first": None if begun is None else begun.state.first,
        "begun_second": None if begun is None else begun.state.second,
    }


def _numbers_of(run: Run) -> Numbers:
    """Return the numbers of a run."""
    rule, begun = run.early_stopping, run.begun
    return Numbers(
        run.ending,
        run.epoch,
        _numbers_of_state(run.state),
        rule.best_parameters is not None,
        rule.best_epoch,
        rule.best_loss,
        rule.stalled,
        tuple(rule.scores),
        None
        if begun is None
        else BegunNumbers(
            begun.windows, begun.n_rows, begun.n_steps, begun.loss, begun.square, _numbers_of_state(begun.state)
        ),
    )


def _numbers_of_state(state: OptimizerState) -> StateNumbers:
    """Return the numbers of an optimizer's state."""
    return StateNumbers(state.steps, state.epochs, state.rate_factor)
