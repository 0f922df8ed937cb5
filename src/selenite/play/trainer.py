"""The thread that trains while the page plays: some epochs, a frame, and a rest until the next is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from selenite.backend import limit_threads, n_threads
from selenite.play.account import details, picture
from selenite.play.workbench import Workbench
from selenite.training.run import epochs_that_fit

FRAME_SECONDS = 1 / 60
TRAINING_SECONDS = 0.010  # of a frame, at the most; less where drawing takes longer
LEAST_SECONDS, LATE_SECONDS = 0.002, 0.2
DETAIL_SECONDS = 0.25  # between two looks at the slower figures, or more, so that they take a tenth of the time


class Trainer(threading.Thread):
    """Trains a workbench's runs in lockstep; asleep while paused."""

    def __init__(self, bench: Workbench, watched: Callable[[], bool] = lambda: True) -> None:
        super().__init__(name="trainer", daemon=True)
        self.bench, self.watched = bench, watched
        self.waiting: set[object] = set()  # those who want the lock; a set, as many threads come and go
        self.over = False
        self._count = 1  # epochs that a frame has time for
        self._picture_seconds = 0.004  # that a frame's picture takes

    def run(self) -> None:
        """Train whenever the page plays, until it is closed."""
        with limit_threads(max(1, n_threads() - 1)):  # the browser needs a processor, too
            self._run()

    def _run(self) -> None:
        bench, look, due = self.bench, 0.0, 0.0
        while True:
            bench.playing.wait()
            if self.over:
                return
            begun = time.perf_counter()
            due = max(due + FRAME_SECONDS, begun - FRAME_SECONDS)  # one frame that was late may be caught up with
            with bench.lock:
                if not bench.playing.is_set():
                    continue
                self._train()
                if self.watched():
                    trained = time.perf_counter()
                    bench.publish("frame", picture(bench))
                    self._picture_seconds += 0.1 * (time.perf_counter() - trained - self._picture_seconds)
                    if not bench.playing.is_set():
                        bench.tell()
                    elif begun > look:
                        looked = time.perf_counter()
                        bench.publish("detail", details(bench))
                        look = begun + max(DETAIL_SECONDS, 10 * (time.perf_counter() - looked))
            rest = due - time.perf_counter()
            time.sleep(max(rest, 0.0005 if self.waiting else 0))
            while self.waiting:
                time.sleep(0.0005)

    def end(self) -> None:
        """Let the thread end."""
        self.over = True
        self.bench.playing.set()

    def _train(self) -> None:
        """Train for as many epochs as a frame has, or as there is time for; who is behind in epochs goes first."""
        bench = self.bench
        count = bench.speed or self._count
        begun = time.perf_counter()
        room = FRAME_SECONDS - 1.5 * self._picture_seconds - LEAST_SECONDS
        room = min(max(room, LEAST_SECONDS), TRAINING_SECONDS)

        def stop() -> bool:
            late = (
                part > 1 and time.perf_counter() - begun > LATE_SECONDS
            )  # what was begun is left, and less tried next
            return late or not bench.playing.is_set()

        left = min(count, 1_000_000)
        while left > 0 and bench.playing.is_set():
            sessions, part = bench.behind(min(left, self._count))
            before = time.perf_counter()
            for session in sessions:
                session.train(part, stop)
            took = time.perf_counter() - before
            self._count = epochs_that_fit(room, part, took)
            left -= part
            if any(session.ended for session in sessions):
                bench.playing.clear()
            if time.perf_counter() - begun > room:  # a frame is never late for its epochs' sake
                break
