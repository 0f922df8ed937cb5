"""The journal of a fit: what it has trained so far, in a file, so that after a crash it goes on with the same bits.

A fit is a function of its inputs, and what takes long in it is `train_runs`. So the journal trains in its place, and
writes down how each training ended, in order, and from time to time where the runs of the one that goes on stand. A fit
that begins again by the same journal does all else again, and is given the trainings that have ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any

from selenite.errors import SaveError
from selenite.memory import require_memory
from selenite.training import journal_file
from selenite.training.history import Ending, Training
from selenite.training.journal_file import Origin, Saved
from selenite.training.loop import Trainer, train_runs
from selenite.training.run import Run
from selenite.training.standing import SAVING, Standing, standing_of
from selenite.writing import write

SECONDS_BETWEEN = 30.0  # two savings of a training that goes on
TIMES_ITS_COST = 100.0  # as long as a saving took, nothing is saved: it costs less than 1 % of the time
FROM_OUTSIDE: tuple[Ending, ...] = ("interrupt", "callback", "time")  # endings that another fit would not meet


class Journal:
    """Keeps what a fit has trained in a checkpoint; its `train_runs` is to be called for each training, in order.

    Parameters
    ----------
    path : path
        Of the checkpoint.
    origin : callable
        Returns whose fit it is; asked when it is first written.
    saved : Saved, optional
        What the checkpoint holds of a fit that goes on.
    after : float
        Seconds before it is written for the first time; infinitely many where another process writes it.
    announce, warn : callable
        Told once that it was written, and once that it cannot be.
    trainer : callable
        What trains the runs.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from selenite.nn import Network, Optimizer, initialize, start
    >>> from selenite.training import TrainingRows
    >>> network, optimizer, X = Network((1, 1), ("identity",)), Optimizer("sgd", 0.1), np.arange(3.0)[:, None]
    >>> parameters = initialize(network)
    >>> run = Run(network, optimizer, parameters, start(optimizer, parameters), TrainingRows(X, 2 * X))
    >>> path = tempfile.mkdtemp() + "/fit.checkpoint"
    >>> journal = Journal(path, lambda: Origin("0.1.0", "numpy", (), {}))
    >>> [training] = journal.train_runs([run], epochs=5)
    >>> journal_file.read(path).n_ended
    1
    """

    def __init__(
        self,
        path: str | PathLike[str],
        origin: Callable[[], Origin],
        saved: Saved | None = None,
        *,
        after: float = 0.0,
        announce: Callable[[], None] = lambda: None,
        warn: Callable[[str], None] = lambda words: None,
        trainer: Trainer = train_runs,
    ) -> None:
        self.path, self._origin = Path(path), origin
        self._announce, self._warn, self._trainer = announce, warn, trainer
        self._known: tuple[Standing, ...] = () if saved is None else saved.standings
        self._ended: list[Standing] = [] if saved is None else list(saved.standings[: saved.n_ended])
        self._n_begun = 0
        self.is_written = saved is not None and after < inf
        self._next = time.perf_counter() + after  # when it may be written again
        self._last = time.perf_counter()
        self._failed = False

    def train_runs(self, runs: Sequence[Run], **options: Any) -> list[Training]:
        """Train runs as the function of this name does, from where the journal says that they stand."""
        n, self._n_begun = self._n_begun, self._n_begun + 1
        if n < len(self._known):
            self._known[n].restore(runs)
        if n != len(self._ended):  # has ended before, or comes after one that somebody interrupted
            return self._trainer(runs, **options)
        trainings = self._trainer(runs, saving=self.goes_on, **options)
        if all(training.ended not in FROM_OUTSIDE for training in trainings):
            try:
                self._ended.append(standing_of(runs))
            except MemoryError as error:
                self._cannot(error)
            else:
                if time.perf_counter() >= self._next:
                    self.save()
        return trainings

    def goes_on(self, runs: Sequence[Run]) -> None:
        """Save where the runs of the training that goes on stand, if it is time to."""
        if time.perf_counter() >= max(self._next, self._last + SECONDS_BETWEEN):
            self.save(runs)

    def save(self, runs: Sequence[Run] = ()) -> None:
        """Write the trainings that have ended, and where the runs of the one that goes on stand."""
        begun = time.perf_counter()
        try:
            standings = [*self._ended, *([standing_of(runs)] if runs else [])]
            require_memory(sum(standing.nbytes for standing in standings), *SAVING)
            write(self.path, journal_file.to_bytes(self._origin(), standings, len(self._ended)))
        except (SaveError, MemoryError) as error:
            self._cannot(error)
        else:
            if not self.is_written:
                self._announce()
            self.is_written = True
        self._last = time.perf_counter()
        self._next = self._last + TIMES_ITS_COST * (self._last - begun)

    def _cannot(self, error: Exception) -> None:
        """Tell once why nothing can be saved; the fit itself goes on."""
        if not self._failed:
            self._warn(str(error))
        self._failed = True

    def remove(self) -> None:
        """Remove the checkpoint: the fit has ended well."""
        if self.is_written:
            self.path.unlink(missing_ok=True)
