"""All runs of part 2 in full: 15 seconds on two cores, so once."""

import os

import pytest

from selenite.tutorial import part2


@pytest.fixture(scope="session")
def whole():
    return part2(processes=os.cpu_count() or 1)
