"""How far a long piece of work is: said by what does it, shown by whoever listens."""

from __future__ import annotations

from collections.abc import Callable

Done = Callable[[float], None]  # told what share of a piece of work is done, from 0 to 1


class Stages:
    """Listens to the stages of a piece of work. This one shows nothing: override what you need."""

    def expect(self, *stages: str) -> None:
        """Hear which stages lie ahead, in order; some may turn out not to be needed."""

    def begin(self, stage: str) -> None:
        """Hear that a stage begins, and that the one before is over."""

    def done(self, share: float) -> None:
        """Hear what share of the stage is done, from 0 to 1."""


def nobody(share: float) -> None:
    """Listen to nothing."""


def part(done: Done, k: int, n: int) -> Done:
    """Return who listens to part k of n, counted from 0, of a piece of work.

    >>> heard = []
    >>> part(heard.append, 1, 4)(0.5)
    >>> heard
    [0.375]
    """
    return lambda share: done((k + share) / n)
