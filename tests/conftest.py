"""What tests of several floors use."""

import signal

import pytest

from selenite.training import Callback


class Witness(Callback):
    """Keeps the parameters of every epoch."""

    every_epoch = True

    def __init__(self):
        self.seen = []

    def epoch(self, progress):
        self.seen.append(progress.parameters.copy())


@pytest.fixture
def witness():
    """Return a callback that sees every epoch."""
    return Witness()


@pytest.fixture
def ctrl_c():
    """Let SIGINT interrupt as at a terminal; a shell's background jobs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
