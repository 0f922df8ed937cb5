"""What tests of several floors use."""

import signal
from importlib.util import find_spec

import pytest

from selenite.training import Callback

collect_ignore = ["conftest.py"]  # which has no doctests, and the name of those of the folders below


class Witness(Callback):
    """Keeps the parameters of every epoch."""

    every_epoch = True

    def __init__(self):
        self.seen = []

    def epoch(self, progress):
        self.seen.append(progress.parameters.copy())


def pytest_collection_modifyitems(items):
    """Skip what is parametrised with the kernel where there is none."""
    if find_spec("selenite._kernel") is not None:
        return
    for item in items:
        if hasattr(item, "callspec") and "kernel" in item.callspec.id.split("-"):
            item.add_marker(pytest.mark.skip(reason="there is no compiled kernel"))


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
