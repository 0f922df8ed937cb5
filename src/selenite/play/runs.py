"""The table of runs: what each was trained by, so that it can be made again, and how good it became."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from selenite.play.figures import latest_losses, score
from selenite.play.session import Session
from selenite.play.settings import Settings

MOST_RUNS = 50
APART = {"data", "hidden", "activations", "axes", "hold"}  # settings with a column of their own, or of no weight


@dataclass(frozen=True)
class RunSummary:
    """What is kept of a run that was left for another."""

    settings: Settings  # by which it ended, seen by the usual axes
    source: str
    widths: tuple[int, ...]
    classes: bool  # whether it tells classes, else a number
    changed: bool  # settings or weights were changed on the way, so the settings alone do not make it again
    epochs: int
    loss: float | None
    test_loss: float | None
    good: float | None  # accuracy, or root mean square error, of the test rows; of all where none are put aside


def summary_of(session: Session) -> RunSummary:
    """Return a run as it stands."""
    problem, found = session.problem, latest_losses(session)
    rows = problem.judged[1]
    usual = Settings()
    return RunSummary(
        msgspec.structs.replace(session.settings, axes=usual.axes, hold=usual.hold),
        problem.table.source,
        session.network.widths,
        problem.n_classes > 0,
        session.first_epoch > 0 or sum(one.turning for one in session.checkpoints) > 1,
        session.epoch,
        found["loss"],
        found["test_loss"],
        score(problem, session.predicted(rows), rows),
    )


def noted(runs: list[RunSummary], sessions: Iterable[Session]) -> list[RunSummary]:
    """Return the runs with those that are left now. Of equal ones the longest stays; of drawn points, the last."""
    for session in sessions:
        if session.finished or session.epoch == session.first_epoch:
            continue
        run = summary_of(session)
        equal = [each for each in runs if _key(each) == _key(run)]
        if run.settings.data != "drawn" and any(each.epochs > run.epochs for each in equal):
            continue
        runs = [*(each for each in runs if each not in equal), run][-MOST_RUNS:]
    return runs


def runs_table(runs: list[RunSummary], present: Session, file: str | None) -> list[dict[str, Any]]:
    """Return the rows of the table, the present run first and then the latest; `file` is the one that is open."""
    if present.finished:
        return []
    here = summary_of(present)
    before = [run for run in reversed(runs) if _key(run) != _key(here) or run.epochs > here.epochs]
    return [_row(here, None)] + [_row(run, file) for run in before]


def _key(run: RunSummary) -> tuple[object, ...]:
    return run.settings, run.source, run.changed


def _row(run: RunSummary, file: str | None) -> dict[str, Any]:
    there = run.settings.data != "file" or run.source == file
    activations = dict.fromkeys(run.settings.activations)
    return {
        "source": run.source,
        "network": " ".join(["-".join(map(str, run.widths)), *activations]),
        "setting": setting_text(run.settings) + (", changed on the way" if run.changed else ""),
        "epochs": run.epochs,
        "loss": run.loss,
        "test_loss": run.test_loss,
        "good": run.good,
        "classes": run.classes,
        "settings": msgspec.to_builtins(run.settings) if there else None,
    }


def setting_text(settings: Settings) -> str:
    """Return in words what is not as usual.

    >>> setting_text(Settings(learning_rate=0.03, biases=False))
    'biases off, learning rate 0.03'
    """
    usual = Settings()
    parts = []
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        if name in APART or value == getattr(usual, name):
            continue
        shown = ("on" if value else "off") if isinstance(value, bool) else value
        parts.append(f"{name.replace('_', ' ')} {' '.join(value) if isinstance(value, tuple) else shown}")
    return ", ".join(parts) or "as usual"
