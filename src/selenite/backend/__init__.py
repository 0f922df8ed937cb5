"""Who does the arithmetic, chosen by name: "numpy", the reference.

The same verbs with the same signatures in every backend; `SELENITE_BACKEND` or an argument chooses.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from selenite import nn
from selenite.errors import OptionError
from selenite.nn.activations import Array
from selenite.nn.epoch import Epochs


@dataclass(frozen=True)
class Backend:
    """The seam between Python and the arithmetic; `selenite.nn` documents each verb."""

    name: str
    predict: Callable[..., Array]
    loss_and_gradient: Callable[..., tuple[float, Array]]
    input_gradient: Callable[..., Array]
    trace: Callable[..., nn.Trace]
    train: Callable[..., Epochs]


BACKENDS = {
    "numpy": Backend("numpy", nn.predict, nn.loss_and_gradient, nn.input_gradient, nn.trace, nn.train),
}


def get(name: str | Backend | None = None) -> Backend:
    """Return the backend of a name; a backend that you bring is returned as it is.

    >>> get("numpy").name
    'numpy'
    """
    if isinstance(name, Backend):
        return name
    chosen = name or os.environ.get("SELENITE_BACKEND") or "numpy"
    if chosen not in BACKENDS:
        raise OptionError(f"there is no backend {chosen!r}; there are {', '.join(BACKENDS)}")
    return BACKENDS[chosen]
