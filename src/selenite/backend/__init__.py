"""Who does the arithmetic, chosen by name: "kernel", compiled from C++ and the default, or "numpy", the reference.

The same verbs with the same signatures in every backend; `SELENITE_BACKEND` or an argument chooses.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from selenite import nn
from selenite.backend.threads import limit_threads, n_threads
from selenite.errors import KernelMissingWarning, OptionError
from selenite.nn import EarlyStopping, Epochs, Network, Optimizer, OptimizerState, TrainOptions
from selenite.types import Array

__all__ = ["BACKENDS", "Backend", "arithmetic", "get", "limit_threads", "n_threads"]

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
    train_many: Callable[..., list[Epochs]]

    def train(
        self,
        network: Network,
        parameters: Array,
        optimizer: Optimizer,
        state: OptimizerState,
        X: Array,
        Y: Array,
        options: TrainOptions = TrainOptions(),
        *,
        seed: int = 0,
        early_stopping: EarlyStopping | None = None,
        **rest: Any,
    ) -> Epochs:
        """Train one network, as `selenite.nn.train` does: `train_many` of one."""
        one = network, [parameters], [optimizer], [state]
        return self.train_many(*one, X, Y, options, seeds=[seed], early_stoppings=[early_stopping], **rest)[0]


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
    return _named(chosen)


def arithmetic(backend: str | Backend | None = None) -> str:
    """Return what the last bits of results depend on: the backend and, of the kernel, its instruction set.

    >>> arithmetic().split()[0] in BACKENDS
    True
    """
    name = get(backend).name
    if name != "kernel":
        return name
    from selenite._kernel import LEVEL

    return f"{name} {LEVEL}"


@cache
def _named(name: str) -> Backend:
    """Return a backend of ours."""
    verbs: Any = nn
    if name == "kernel":
        try:
            from selenite.backend import kernel as verbs
        except ImportError as error:
            raise OptionError(
                f"the backend kernel is not available: {error}; the backend numpy is. "
                "The kernel is compiled when selenite is installed where there is a C++ compiler"
            ) from error
    return Backend(name, *(getattr(verbs, verb.name) for verb in fields(Backend)[1:]))


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
