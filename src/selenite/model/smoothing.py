"""Label smoothing: networks for three classes and more are trained on answers that give up a share to all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selenite.nn import Network
from selenite.types import Array

if TYPE_CHECKING:
    from selenite.model.model import Model

LABEL_SMOOTHING = 0.05


def smoothed(Y: Array, network: Network) -> Array:
    """Return targets of which each of three classes and more gives up a share to all alike (Szegedy et al. 2016).

    Fewer mistakes where there are few, and probabilities too even, which their temperature sets right.
    """
    if network.loss != "log_loss" or network.n_outputs == 1:
        return Y
    return (1 - LABEL_SMOOTHING) * Y + Y.dtype.type(LABEL_SMOOTHING / network.n_outputs)


def label_smoothing(model: Model) -> float:
    """Return the share that the answers gave up when the model was made; its recipe, kept as an ensemble, tells."""
    smooths = model.recipe.schedule == "one_cycle" and model.parameters.ndim == 2
    network = model.network
    return LABEL_SMOOTHING if smooths and network.loss == "log_loss" and network.n_outputs > 1 else 0.0
