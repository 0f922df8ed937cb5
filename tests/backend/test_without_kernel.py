"""Without the compiled kernel: said once, NumPy does the arithmetic, and asking for the kernel by name is refused."""

import subprocess
import sys

import numpy as np
import pytest

import selenite
from selenite import backend
from selenite.errors import KernelMissingWarning, OptionError


@pytest.fixture
def missing(monkeypatch):
    """As if the package had been installed without its kernel."""
    monkeypatch.setitem(sys.modules, "selenite._kernel", None)
    monkeypatch.delitem(sys.modules, "selenite.backend.kernel", raising=False)
    monkeypatch.delattr(backend, "kernel", raising=False)
    monkeypatch.delattr(selenite, "_kernel", raising=False)
    monkeypatch.delenv("SELENITE_BACKEND", raising=False)


def test_numpy_is_chosen_with_a_warning(missing):
    with pytest.warns(KernelMissingWarning, match="computes with NumPy: the same results"):
        assert backend._default.__wrapped__() == "numpy"


def test_the_environment_that_names_numpy_is_not_warned(missing, monkeypatch):
    monkeypatch.setenv("SELENITE_BACKEND", "numpy")
    assert backend._default.__wrapped__() == "numpy"


def test_the_kernel_by_name_is_refused(missing):
    with pytest.raises(OptionError, match="the backend kernel is not available: .*; the backend numpy is"):
        backend._named.__wrapped__("kernel")


HIDDEN = "import sys; sys.modules['selenite._kernel'] = None"
PROGRAM = """
import numpy as np
from selenite.nn import Network
from selenite.training import fit
X = np.random.default_rng(0).normal(size=(60, 3))
for _ in range(2):
    training = fit(Network((3, 5, 1), ("relu", "identity")), X, X[:, :1], epochs=20, batch_size=10)
print(training.history.loss[-1])
"""


def test_a_program_is_told_once_and_learns_the_same(monkeypatch):
    monkeypatch.delenv("SELENITE_BACKEND", raising=False)
    without, usual = (
        subprocess.run([sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, check=True)
        for program in (HIDDEN + PROGRAM, PROGRAM)
    )
    assert without.stderr.count("KernelMissingWarning") == 1
    np.testing.assert_allclose(float(without.stdout), float(usual.stdout), rtol=1e-9)
