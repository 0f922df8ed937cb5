"""Ctrl-C, SIGTERM and SIGHUP as a request: the first ends training with the best so far, the second leaves."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_met: list[int] = [signal.SIGINT]  # the signals that asked for an end; Python's own handler of Ctrl-C tells nobody


def leave(signal_number: int, frame: FrameType | None) -> None:
    """Leave at once: what the command line does at each signal, and Python at Ctrl-C alone."""
    _met.append(signal_number)
    raise KeyboardInterrupt


def leave_when_asked() -> None:
    """Let these signals end this process in the same way, unless they are to be ignored or somebody else has plans."""
    for number in ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, leave)


def asked_by() -> signal.Signals:
    """Return the signal that asked for an end."""
    return signal.Signals(_met[-1])


class StopFlag:
    """Whether an end was asked for; call it to ask."""

    def __init__(self) -> None:
        self.raised = False

    def __call__(self) -> bool:
        """Tell whether a signal has come."""
        return self.raised

    def handle(self, signal_number: int, frame: FrameType | None) -> None:
        """Note a signal; at the second one leave."""
        if self.raised:
            leave(signal_number, frame)
        _met.append(signal_number)
        self.raised = True


@contextmanager
def catching_interrupt() -> Iterator[StopFlag]:
    """Turn Ctrl-C, and the others where they are to do the same, into a flag.

    In another thread than the main one, where signals do not arrive, or where somebody else has plans for them, do
    nothing.
    """
    flag, previous = StopFlag(), {}
    if threading.current_thread() is threading.main_thread():
        previous = {number: signal.getsignal(number) for number in ENDING}
    caught = {number: known for number, known in previous.items() if known in (signal.default_int_handler, leave)}
    for number in caught:
        signal.signal(number, flag.handle)
    try:
        yield flag
    finally:
        for number, known in caught.items():
            signal.signal(number, known)
