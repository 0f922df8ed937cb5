"""Selenite: a neural network for tables that you can see through.

Names are imported on first use, so that ``import selenite`` costs next to nothing
and only the estimators pay for scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenite.mlp import MLPClassifier, MLPRegressor
    from selenite.model import Model, load
    from selenite.nn import Network
    from selenite.referee import check_gradient
    from selenite.tabular import SeleniteClassifier, SeleniteRegressor
    from selenite.why import why

__version__ = "0.1.0"

_HOME = {
    "MLPClassifier": "selenite.mlp",
    "MLPRegressor": "selenite.mlp",
    "Model": "selenite.model",
    "Network": "selenite.nn",
    "SeleniteClassifier": "selenite.tabular",
    "SeleniteRegressor": "selenite.tabular",
    "check_gradient": "selenite.referee",
    "load": "selenite.model",
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
    "load",
    "why",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in {"backend", "nn", "plots", "referee", "table", "training", "tutorial", "why"}:
        return import_module(f"selenite.{name}")
    raise AttributeError(f"module 'selenite' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
