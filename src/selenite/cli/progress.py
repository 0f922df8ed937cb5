"""One quiet line of progress: redrawn in place on a terminal, a line per 10 % elsewhere."""

from __future__ import annotations

import shutil
import sys

import click

from selenite.nn import Network
from selenite.training import Callback, Progress, Training

WIDTH = 10  # of the bar


class ProgressLine(Callback):
    """Shows which networks are trained, the epoch, both losses and the time left, on standard error."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.tenths = 0

    def begin(self, network: Network, epochs: int) -> None:
        """Start to count the tenths of a network's epochs."""
        self.tenths = 0

    def epoch(self, progress: Progress) -> None:
        """Draw the line again, or write one where a tenth more is done."""
        share = progress.epoch / progress.epochs
        best = "" if progress.best_loss is None else f" (best {progress.best_loss:.4g} @ {progress.best_epoch})"
        check = "" if progress.validation_loss is None else f" | check {progress.validation_loss:.4g}{best}"
        hidden = "-".join(str(size) for size in progress.network.layer_sizes[1:-1]) or "linear"
        members = f"{progress.runs} members, " if progress.runs > 1 else ""
        left = progress.seconds * (1 - share) / share
        line = (
            f"{hidden}, {members}epoch {progress.epoch}/{progress.epochs}, at most {left:.1f} s left for these"
            f"  loss {progress.loss:.4g}{check}"
        )
        if self.terminal:
            done = round(WIDTH * share)
            self._redraw(f"  [{'#' * done}{'-' * (WIDTH - done)}] {line}")
        elif int(share * 10) > self.tenths:
            self.tenths = int(share * 10)
            click.echo(f"  {line}", err=True)

    def end(self, training: Training) -> None:
        """Clear the line."""
        self._redraw("")

    def judging(self, what: str) -> None:
        """Say which of the models that judge is fitted; "" clears the line."""
        self._redraw(f"  judging: {what}" if what else "")

    def _redraw(self, line: str) -> None:
        """Replace the line, on a terminal."""
        if self.terminal:
            line = line[: shutil.get_terminal_size().columns - 1]
            click.echo(f"\r\x1b[2K{line}", nl=False, err=True)
