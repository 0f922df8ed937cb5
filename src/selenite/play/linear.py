"""A network without hidden layers, trained on a run's rows: what the hidden ones are compared with."""

from __future__ import annotations

import numpy as np

from selenite import backend
from selenite.nn import Network, Optimizer, initialize, start
from selenite.play.session import Session
from selenite.types import Array

EPOCHS = 400


def trained_linear(session: Session, output: str, loss: str) -> tuple[Network, Array]:
    """Return a network of one layer with this output activation and loss, and its parameters."""
    linear = Network((session.X.shape[1], session.Y.shape[1]), (output,), loss)
    parameters, optimizer = np.asarray(initialize(linear)), Optimizer("adam", 0.05)
    state = start(optimizer, parameters)
    backend.get().train(linear, parameters, optimizer, state, session.X, session.Y, n_epochs=EPOCHS)
    return linear, parameters
