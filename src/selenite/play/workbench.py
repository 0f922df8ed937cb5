"""The workbench: what stands on it, whom it tells of changes, and what it computes while others go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from selenite.model import load
from selenite.model.reading import read_rows
from selenite.play.account import everything
from selenite.play.bench import Bench
from selenite.play.figures import MOST_ROWS_COMPARED, ROWS_COMPARED_AT_ONCE, baseline
from selenite.play.opened import Opened
from selenite.play.problem import LIMITS
from selenite.play.reading import read_as_written
from selenite.play.seeds import Trials
from selenite.table import Table

Publish = Callable[[str, dict[str, Any]], None]


class Workbench(Bench):
    """A bench that is worked at from several threads, each with its lock held; `publish` is told what changed."""

    def __init__(self, publish: Publish = lambda name, content: None) -> None:
        self.lock = threading.RLock()
        self.publish = publish
        super().__init__()

    def tell(self) -> None:
        """Publish all that stands here."""
        self.choose_units()
        for name, content in everything(self).items():
            self.publish(name, content)

    def compare(self) -> None:
        """Find what the run is compared with; of many rows while others go on."""
        super().compare()
        session = self.session

        def find() -> None:
            found = baseline(session)
            with self.lock:
                if self.session.problem is session.problem:
                    self.baseline = found
                    self.tell()  # all: frames that wait are dropped by a state

        if ROWS_COMPARED_AT_ONCE < len(session.X) <= MOST_ROWS_COMPARED:
            threading.Thread(target=find, name="baseline", daemon=True).start()

    def run(self, trials: Trials) -> None:
        """Train many runs without the lock, as long as they are wanted; then say how they ended."""
        self.trials = trials

        def train() -> None:
            while self.trials is trials and trials.done < trials.epochs:
                trials.advance(0.05)
                self.publish("trials", {"share": trials.done / trials.epochs})
            if self.trials is trials:
                found = trials.result()
                with self.lock:
                    if self.trials is trials:
                        self.seeds, self.trials = found, None
                        self.tell()

        threading.Thread(target=train, name="trials", daemon=True).start()

    def read(self, path: str, name: str) -> Callable[[], None]:
        """Read a file (a model, rows for the model that stands here, or a table to learn from); return what opens it.

        Reading may take long and needs no lock; opening does.
        """
        session = self.session
        if path.endswith(".selenite"):
            model = load(path)
            return lambda: self.open_model(model, name)
        if isinstance(session, Opened):
            rows = _named(read_rows(session.model, path, limits=LIMITS), name)
            return lambda: self.open_model(session.model, session.name, rows)
        table = _named(read_as_written(path, LIMITS), name)
        return lambda: self.open_table(table)


def _named(table: Table, name: str) -> Table:
    """Return a table that is called so in messages."""
    return replace(
        table,
        source=name,
        findings=tuple(replace(one, message=one.message.replace(table.source, name)) for one in table.findings),
    )
