"""Steps of a run, an epoch, a batch or a row long, and where one step back leads."""

from __future__ import annotations

from selenite.play.session import Session


def step(session: Session, what: str) -> None:
    """Train for one epoch, batch or row; what came after is forgotten."""
    session.branch()
    session.ended = ""
    if what == "epoch":
        session.train(1)
    elif what == "batch":
        session.step_batch()
    else:
        session.step_row()


def moment_before(session: Session, what: str) -> tuple[int, int]:
    """Return epoch and row of the moment one step back."""
    n, size = len(session.X), session.batch_size
    at = session.epoch * n + session.row
    if what == "epoch":
        goal = at - (session.row or n)
    elif what == "batch":
        begin, last = session.row - session.row % size, (n - 1) // size * size
        goal = at - (session.row - begin or (size if session.row else n - last))
    else:
        goal = at - 1
    return divmod(max(goal, session.first_epoch * n), n)
