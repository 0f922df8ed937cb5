"""One quiet line of progress over all stages: a bar drawn again in place, on a terminal or below a notebook's cell."""

from __future__ import annotations

import shutil
import sys
import time
from textwrap import shorten
from typing import Self, TextIO

from selenite.stages import Stages
from selenite.text import WIDTH

BAR = 10  # columns
SECONDS_BETWEEN = 0.05  # two drawings
SECONDS_TO_JUDGE = 1.0  # how long a stage will take, by what it took until now


def is_notebook() -> bool:
    """Tell whether what is printed appears below the cell of a notebook."""
    return type(sys.stdout).__module__.partition(".")[0] == "ipykernel"


def can_redraw(stream: TextIO) -> bool:
    """Tell whether a line on a stream can be drawn again in place."""
    return stream.isatty() or is_notebook()


class RedrawnLine:
    """A line that is drawn again in place, on a stream that can."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.drawn = stream, ""

    def draw(self, line: str) -> None:
        """Draw a line in place of the one before."""
        erase = "\r\x1b[2K" if self.stream.isatty() else f"\r{' ' * len(self.drawn)}\r"  # a notebook keeps what stands
        self.drawn = line
        self.stream.write(f"{erase}{line}")
        self.stream.flush()


class ProgressBar(Stages):
    """Draws on standard error if it is a terminal, or in a notebook; elsewhere writes a line a tenth, if `lines`."""

    def __init__(self, *, lines: bool = False, quiet: bool = False) -> None:
        stream = sys.stdout if is_notebook() else sys.stderr  # a notebook shows errors on red
        self.line = RedrawnLine(stream)
        self.drawing = not quiet and can_redraw(stream)
        self.writing = not quiet and lines and not self.drawing
        self.stages: list[str] = []
        self.stage, self.begun, self.drawn = "", 0.0, 0.0
        self.share, self.tenths = 0.0, 0
        self.first: float | None = None  # share of the stage that was told of

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.clear()

    def expect(self, *stages: str) -> None:
        """Number the stages that lie ahead."""
        self.stages = list(stages)

    def begin(self, stage: str) -> None:
        """Draw the line of a stage; one that was not expected has no number."""
        self.stage, self.begun, self.drawn, self.first = stage, time.perf_counter(), 0.0, None
        self.done(0.0)

    def done(self, share: float, *details: str) -> None:
        """Draw the line again, with as many details, in turn, as there is room for."""
        now = time.perf_counter()
        if share > 0 and self.first is None:  # some of it may have been done before, in a fit that goes on
            self.begun, self.first = now, share
        if self.stage in self.stages:
            self.share = (self.stages.index(self.stage) + share) / len(self.stages)
        if self.drawing and now - self.drawn >= SECONDS_BETWEEN:
            self.drawn = now
            width = min(shutil.get_terminal_size().columns, WIDTH) - 1  # a full line would wrap
            self.line.draw(self._line(now, share, details, width))
        elif self.writing and int(10 * self.share) > self.tenths:
            self.tenths = int(10 * self.share)
            self.line.stream.write(f"{self._line(now, share, details, WIDTH)}\n")
            self.line.stream.flush()

    def clear(self) -> None:
        """Leave nothing of the line, so that something can be printed."""
        if self.drawing:
            self.line.draw("")

    def _line(self, now: float, share: float, details: tuple[str, ...], width: int) -> str:
        """Return the bar, the stage and its details, cut between words."""
        line, elapsed = self.stage, now - self.begun
        if self.stage in self.stages:
            full = round(BAR * self.share)
            number = f"stage {self.stages.index(self.stage) + 1} of {len(self.stages)}"
            line = f"[{'#' * full}{'-' * (BAR - full)}] {number}: {self.stage}"
        if self.first is not None and share > self.first and elapsed > SECONDS_TO_JUDGE:
            details = (f"about {elapsed * (1 - share) / (share - self.first):,.0f} s more", *details)
        for detail in details:
            line = f"{line}, {detail}" if len(line) + len(detail) + 4 <= width else line
        return f"  {shorten(line, width - 2, placeholder=' …')}"
