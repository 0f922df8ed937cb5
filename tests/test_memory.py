"""What needs more memory than there is is refused in words, before it is taken."""

import subprocess
import sys

import numpy as np
import pytest

from selenite import MLPRegressor, SeleniteRegressor
from selenite.errors import SeleniteError, ShortOfMemoryError
from selenite.memory import free_memory, require_memory
from selenite.nn import Network, initialize


def test_what_fits_is_let_through_and_what_does_not_is_refused(monkeypatch):
    monkeypatch.setattr("selenite.memory.free_memory", lambda: 2_000_000_000)
    require_memory(2_000_000_000, "this", "Take less")
    with pytest.raises(
        MemoryError, match=r"this needs at least 2\.1 GB of memory; 2\.0 GB are free\. Take less"
    ) as caught:
        require_memory(2_100_000_000, "this", "Take less")
    assert isinstance(caught.value, SeleniteError)
    monkeypatch.setattr("selenite.memory.free_memory", lambda: None)  # where the system does not tell
    require_memory(10**18, "this", "Take less")


def test_the_system_tells():
    free = free_memory()
    assert free is None or 0 <= free < 10**15


@pytest.mark.parametrize(
    "make",
    [
        lambda X, y: initialize(Network((3, 2**16, 2**16, 1), ("relu", "relu", "identity"))),
        lambda X, y: MLPRegressor(hidden_layer_sizes=(2**20, 2**20)).fit(X, y),
        lambda X, y: SeleniteRegressor(hidden_layer_sizes=(2**18, 2**18)).fit(X, y),
        lambda X, y: SeleniteRegressor(hidden_layer_sizes=(4096, 4096), members=100).fit(X, y),
    ],
)
def test_networks_too_large_are_foreseen(make, monkeypatch):
    monkeypatch.setattr("selenite.memory.free_memory", lambda: 3_000_000_000)
    X = np.random.default_rng(0).normal(size=(40, 3))
    with pytest.raises(ShortOfMemoryError, match=r"parameters.* of memory; 3\.0 GB are free\. Take smaller layers"):
        make(X, X[:, 0])


def test_the_command_line_says_how_much_there_is(tmp_path):
    """A whole process with 4 GB of address space; no traceback."""
    rng = np.random.default_rng(0)
    lines = [f"{a:.3f},{a * a:.3f}" for a in rng.normal(size=60)]
    (tmp_path / "t.csv").write_text("a,y\n" + "\n".join(lines) + "\n")
    command = f"ulimit -v 4000000; {sys.executable} -m selenite fit t.csv --target y --hidden 65536,65536"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 71, done.stderr
    assert done.stderr.startswith("error: training 2-65536-65536-1, 4,29")
    assert done.stderr.count("\n") == 1
