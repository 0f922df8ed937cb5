"""`fit(checkpoint=...)` saves a fit as it goes, and `fit(resume=...)` goes on where one was cut off.

The same words, the same files and the same bytes as those of `selenite fit --checkpoint` and `--resume`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike, fspath, path
from typing import TYPE_CHECKING, Any

import numpy as np

from selenite import __version__
from selenite.backend import arithmetic
from selenite.errors import OptionError, SchemaError
from selenite.estimators.tables.parameters import NAMES
from selenite.fitting.encoded import TrainingTable
from selenite.model import Settings
from selenite.model.loading import model_of
from selenite.table import Column, Numbers, Table, columns_of, fingerprint
from selenite.training import Trainer, train_runs
from selenite.training.journal import Journal
from selenite.training.journal_file import IN_PYTHON, Origin, read, refuse_what_is_there
from selenite.writing import require_writable

if TYPE_CHECKING:
    from selenite.estimators.tables.base import Selenite

Path = str | PathLike[str]


@dataclass(eq=False)
class Keeping:
    """Where a fit of an estimator is saved as it goes, if anywhere; `trained_by` is asked once, before it trains."""

    estimator: Selenite
    checkpoint: Path | None
    resume: Path | None
    beside: Mapping[str, Any]  # of what is asked, all but settings and rows
    journal: Journal | None = None

    def trained_by(self, settings: Settings, rows: Mapping[str, Callable[[], str]]) -> Trainer:
        """Return what trains the networks of a fit, by its settings and the digits of all that it learns from."""
        if self.checkpoint is None and self.resume is None:
            return train_runs
        if self.checkpoint is not None and self.resume is not None:
            raise OptionError("give checkpoint to begin a fit or resume to go on with one, not both")
        if settings.time_limit is not None:
            raise OptionError(
                "checkpoint and time_limit: what a time limit leaves depends on the clock, so that a fit that goes on "
                "would be another; keep one of them"
            )
        if self.beside["record"]:
            raise OptionError("checkpoint and record: a fit that goes on has no way back; keep one of them")
        asked = {NAMES.get(name, name): value for name, value in (vars(settings) | dict(self.beside)).items()}
        said = (f"{name}={value!r}" for name, value in asked.items())
        origin = Origin(
            __version__,
            arithmetic(self.estimator.backend),
            (f"{type(self.estimator).__name__}{IN_PYTHON}", *said),
            {name: digits() for name, digits in rows.items()},
        )
        self.journal = _journal(origin, self.checkpoint, self.resume)
        return self.journal.train_runs

    def end(self, ended: str) -> None:
        """Remove the file of a fit that has ended, unless somebody interrupted it."""
        if self.journal is not None and ended != "interrupt":
            self.journal.remove()


def _journal(origin: Origin, checkpoint: Path | None, resume: Path | None) -> Journal:
    """Return the journal of a fit: a new one, or one that goes on."""
    if checkpoint is not None:
        name = fspath(checkpoint)
        require_writable(name)
        if path.lexists(name):
            goes_on = f"give resume={name!r} to go on with it. To begin anew, remove that file"
            refuse_what_is_there(name, instead="name another file", goes_on=goes_on)
        journal = Journal(name, lambda: origin, warn=_warn)
        journal.save()
        return journal
    assert resume is not None
    name = fspath(resume)
    saved = read(name)
    _require_same(name, saved.origin, origin)
    return Journal(name, lambda: origin, saved, warn=_warn)


def digits_of(given: TrainingTable, digits: str = "", init_model: Any = None) -> dict[str, Callable[[], str]]:
    """Return how to get the digits of what is learnt from; those of the rows where they are known."""
    numbers = (given.weight, given.grouping.groups, given.grouping.times)
    beside = [Numbers(one.astype(np.float64)) for one in numbers if one is not None]
    found = {"X and y": lambda: digits or _fingerprint(given.features, *columns_of(given.answers), *beside)}
    if given.validation is not None:
        features, answers = given.validation
        found["validation_set"] = lambda: _fingerprint(features, *columns_of(answers))
    if init_model is not None:
        found["init_model"] = lambda: sha256(model_of(init_model).to_bytes()).hexdigest()
    return found


def _fingerprint(features: Table, *beside: Column) -> str:
    """Return the fingerprint of columns, and of more beside them."""
    names = (*features.names, *(f"beside {k}" for k in range(len(beside))))
    return fingerprint(Table(names, (*features.columns, *beside), features.n_rows))


def _require_same(name: str, begun: Origin, now: Origin) -> None:
    """Raise if the fit of a checkpoint is another than this one; say if the processor may compute otherwise."""
    by, here = (origin.arguments[0] if origin.arguments else "" for origin in (begun, now))
    if by != here:
        other = f"by {by}" if by.endswith(IN_PYTHON) else f"by a command: selenite fit --resume {name}"
        raise OptionError(f"{name} was made {other}, and this is {here}")
    begun.require_version(name, now.version)
    for was, is_ in zip(begun.arguments, now.arguments, strict=True):
        if was != is_:
            raise OptionError(
                f"{is_}: the fit of {name} was begun with {was}; give the same, or begin anew without resume"
            )
    for what in sorted({*begun.rows, *now.rows}):
        if begun.rows.get(what) != now.rows.get(what):
            raise SchemaError(
                f"{what}: not as it was when the fit of {name} was begun; give the same, or begin anew without resume"
            )
    if otherwise := begun.otherwise_computed(name, now.arithmetic):
        _warn(otherwise)


def _warn(words: str) -> None:
    warnings.warn(words, stacklevel=2)
