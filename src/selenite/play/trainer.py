"""The thread that trains while the page plays: some epochs, a frame, and a rest until the next is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from selenite.play.account import details, picture
from selenite.play.workbench import Workbench

FRAME_SECONDS = 1 / 60
TRAINING_SECONDS = 0.010  # of a frame
DETAIL_SECONDS = 0.25  # between two looks at the slower figures


class Trainer(threading.Thread):
    """Trains a workbench's runs in lockstep; asleep while paused."""

    def __init__(self, bench: Workbench, watched: Callable[[], bool] = lambda: True) -> None:
        super().__init__(name="trainer", daemon=True)
        self.bench, self.watched = bench, watched
        self.waiting = 0  # those who want the lock
        self.over = False
        self._count = 1

    def run(self) -> None:
        bench, told, due = self.bench, 0.0, 0.0
        while True:
            bench.playing.wait()
            if self.over:
                return
            begun = time.perf_counter()
            due = max(due + FRAME_SECONDS, begun)
            with bench.lock:
                if not bench.playing.is_set():
                    continue
                self._train()
                if self.watched():
                    bench.publish("frame", picture(bench))
                    if not bench.playing.is_set():
                        bench.tell()
                    elif begun - told > DETAIL_SECONDS:
                        bench.publish("detail", details(bench))
                        told = time.perf_counter()
            rest = due - time.perf_counter()
            time.sleep(max(rest, 0.0005 if self.waiting else 0))
            while self.waiting:
                time.sleep(0.0005)

    def end(self) -> None:
        """Let the thread end."""
        self.over = True
        self.bench.playing.set()

    def _train(self) -> None:
        """Train for as many epochs as a frame has, or as there is time for."""
        bench = self.bench
        count = bench.speed or self._count
        begun = time.perf_counter()

        def stop() -> bool:
            return not bench.playing.is_set()

        left = min(count, 1_000_000)
        while left > 0 and not stop():
            part = min(left, self._count)
            before = time.perf_counter()
            for session in bench.sessions:
                session.train(part, stop if self._count == 1 else None)  # asking costs more than a short epoch
            took = time.perf_counter() - before
            self._count = max(1, min(int(self._count * min(TRAINING_SECONDS / max(took, 1e-6), 4)), 100_000))
            left -= part
            if any(session.ended for session in bench.sessions):
                bench.playing.clear()
            if time.perf_counter() - begun > TRAINING_SECONDS:  # a frame is never late for its epochs' sake
                break
