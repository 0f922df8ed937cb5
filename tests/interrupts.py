"""Ctrl-C in tests."""

import signal
from contextlib import contextmanager


@contextmanager
def ctrl_c():
    """Let SIGINT interrupt as at a terminal; a shell's background jobs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
