"""Who does the arithmetic, chosen by name: "kernel", compiled from C++ and the default, or "numpy", the reference.

The same verbs with the same signatures in every backend; `SELENITE_BACKEND` or an argument chooses.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from selenite import nn
from selenite.backend.threads import limit_threads, n_threads
from selenite.errors import KernelMissingWarning, OptionError
from selenite.nn.epoch import Epochs
from selenite.types import Array

__all__ = ["BACKENDS", "Backend", "get", "limit_threads", "n_threads"]

BACKENDS = ("kernel", "numpy")


@dataclass(frozen=True)
class Backend:
    """The seam between Python and the arithmetic; `selenite.nn` documents each verb."""

    name: str
    predict: Callable[..., Array]
    loss_and_gradient: Callable[..., tuple[float, Array]]
    input_gradient: Callable[..., Array]
    jacobian: Callable[..., Array]
    trace: Callable[..., nn.Trace]
    train: Callable[..., Epochs]
    train_many: Callable[..., list[Epochs]]


def get(name: str | Backend | None = None) -> Backend:
    """Return the backend of a name; a backend that you bring is returned as it is.

    Without a name: that of `SELENITE_BACKEND`, read once, or the kernel, or NumPy where the kernel was not compiled.

    >>> get("numpy").name
    'numpy'
    """
    if isinstance(name, Backend):
        return name
    chosen = name or _default()
    if chosen not in BACKENDS:
        raise OptionError(f"there is no backend {chosen!r}; there are {', '.join(BACKENDS)}")
    return _numpy() if chosen == "numpy" else _kernel()


@cache
def _numpy() -> Backend:
    return Backend(
        "numpy",
        nn.predict,
        nn.loss_and_gradient,
        nn.input_gradient,
        nn.jacobian,
        nn.trace,
        nn.train,
        nn.train_many,
    )


@cache
def _kernel() -> Backend:
    try:
        from selenite.backend import kernel
    except ImportError as error:
        raise OptionError(
            f"the backend kernel is not available: {error}; the backend numpy is. "
            "The kernel is compiled when selenite is installed where there is a C++ compiler"
        ) from error
    return Backend(
        "kernel",
        kernel.predict,
        kernel.loss_and_gradient,
        kernel.input_gradient,
        kernel.jacobian,
        kernel.trace,
        kernel.train,
        kernel.train_many,
    )


@cache
def _default() -> str:
    """Return the name in the environment, or the kernel's if it was compiled; say once where it was not."""
    if named := os.environ.get("SELENITE_BACKEND"):
        return named
    try:
        import selenite._kernel  # noqa: F401
    except ModuleNotFoundError:
        warnings.warn(
            "selenite was installed without its C++ kernel and computes with NumPy: the same results, slower. "
            "Install it again where there is a C++ compiler; on Windows there is no kernel",
            KernelMissingWarning,
            stacklevel=3,
        )
        return "numpy"
    return "kernel"
