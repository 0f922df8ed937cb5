"""One quiet line of progress over all stages of a command: a bar that is drawn again in place, on a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from textwrap import shorten
from typing import Self

import click

from selenite.stages import Stages
from selenite.text import WIDTH

BAR = 10  # columns
SECONDS_BETWEEN = 0.05  # two drawings
SECONDS_TO_JUDGE = 1.0  # how long a stage will take, by what it took until now


class ProgressBar(Stages):
    """Draws on standard error if it is a terminal; if `lines`, elsewhere writes a line where a tenth more is done."""

    def __init__(self, *, lines: bool = False, quiet: bool = False) -> None:
        self.drawing = not quiet and sys.stderr.isatty()
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
            click.echo(f"\r\x1b[2K{self._line(now, share, details, width)}", nl=False, err=True)
        elif self.writing and int(10 * self.share) > self.tenths:
            self.tenths = int(10 * self.share)
            click.echo(self._line(now, share, details, WIDTH), err=True)

    def clear(self) -> None:
        """Leave nothing of the line, so that something can be printed."""
        if self.drawing:
            click.echo("\r\x1b[2K", nl=False, err=True)

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
