"""Who can do the work: one module a library, each with CONTENDERS = {name: {workload: make}}.

`make(problem)` returns `Contender.check` and `Contender.run`. Modules are imported when a contender of theirs is asked
for, so that nothing needs to be installed for the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

MODULES = {
    "selenite": "with_selenite",
    "selenite_numpy": "with_selenite",
    "numpy_script": "with_numpy",
    "numpy_optimised": "with_numpy",
    "sklearn": "with_sklearn",
    "torch_eager": "with_torch",
    "torch_compile": "with_torch",
    "jax": "with_jax",
    "onnxruntime": "with_onnxruntime",
}


@dataclass
class Contender:
    """One library made ready for one workload."""

    check: Callable[[], tuple[object, object]]  # does a little of the work: (its values, what they should be)
    run: Callable[[], object]  # the work that is timed
    units: float  # how many units of the workload one run does
    measure: Callable[[], float] | None = None  # seconds of one run, where the clock on the wall is not meant


def find(name: str, workload: str):
    """Return what makes the contender ready for the workload, None where it does not apply; import its library."""
    return import_module(f"contenders.{MODULES[name]}").CONTENDERS[name].get(workload)
