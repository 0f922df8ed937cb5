"""The kernel's tests take as many threads as there are processors."""

import pytest

from selenite.backend import limit_threads


@pytest.fixture(autouse=True)
def all_threads():
    """Take back the one thread of all other tests."""
    with limit_threads(-1):
        yield
