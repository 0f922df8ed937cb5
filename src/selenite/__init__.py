"""Selenite: a neural network for tables that you can see through.

Names are imported on first use, so that ``import selenite`` costs next to nothing
and only the estimators pay for scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenite.commands import fit, inspect, report, score
    from selenite.comparison import diff
    from selenite.estimators import SeleniteClassifier, SeleniteRegressor
    from selenite.estimators.mlp import MLPClassifier, MLPRegressor
    from selenite.explanation.columns import explain
    from selenite.explanation.numbers import why
    from selenite.exporting import export
    from selenite.gradient_check import check_gradient
    from selenite.model import Model, load
    from selenite.nn import Network

__version__ = "0.1.0"

_HOME = {
    "MLPClassifier": "selenite.estimators.mlp",
    "MLPRegressor": "selenite.estimators.mlp",
    "Model": "selenite.model",
    "Network": "selenite.nn",
    "SeleniteClassifier": "selenite.estimators",
    "SeleniteRegressor": "selenite.estimators",
    "check_gradient": "selenite.gradient_check",
    "diff": "selenite.comparison",
    "explain": "selenite.explanation.columns",
    "export": "selenite.exporting",
    "fit": "selenite.commands",
    "inspect": "selenite.commands",
    "load": "selenite.model",
    "report": "selenite.commands",
    "score": "selenite.commands",
    "why": "selenite.explanation.numbers",
}

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "Model",
    "Network",
    "SeleniteClassifier",
    "SeleniteRegressor",
    "__version__",
    "check_gradient",
    "diff",
    "explain",
    "export",
    "fit",
    "inspect",
    "load",
    "report",
    "score",
    "why",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in {"backend", "gradient_check", "nn", "plots", "table", "training", "tutorial"}:
        return import_module(f"selenite.{name}")
    raise AttributeError(f"module 'selenite' has no attribute {name!r}")


def __dir__() -> list[str]:
    from importlib.util import find_spec

    there = find_spec("sklearn") is not None  # else help(selenite) would end at the estimators
    return sorted(name for name in __all__ if there or not _HOME.get(name, "").startswith("selenite.estimators"))
