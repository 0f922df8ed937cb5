"""The same setting from 20 starts: was it skill or luck?"""

from __future__ import annotations

from typing import Any

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import initialize, start
from selenite.play.article import other_article_starts
from selenite.play.picture import score
from selenite.play.session import Session

N_STARTS = 20
MOST_WORK = 4e10  # epochs × rows × parameters of one run; more would take minutes


def twenty_seeds(session: Session, epochs: int) -> dict[str, Any]:
    """Train the setting of a run from 20 starts for so many epochs; return how each ended."""
    settings, network, problem = session.settings, session.network, session.problem
    if settings.slip:
        raise OptionError("the perceptron as printed is not run from 20 starts; take off the slip, or a network")
    if epochs * len(session.X) * network.n_parameters > MOST_WORK:
        raise OptionError(f"20 starts of {epochs:,} epochs would take minutes here; train for fewer epochs first")
    if settings.start == "article":
        parameters = other_article_starts(network)
    else:
        parameters = np.array([initialize(network, settings.start, seed) for seed in range(N_STARTS)])
    optimizer = session.optimizer
    states = [start(optimizer, one) for one in parameters]
    curves = backend.get().train_many(
        network, parameters, [optimizer] * N_STARTS, states, session.X, session.Y,
        n_epochs=epochs, batch_size=None if session.batch_size == len(session.X) else session.batch_size,
        l2=settings.l2, dropout=settings.dropout, seeds=[settings.seed] * N_STARTS,
    )  # fmt: skip
    scale = len(session.X) if settings.sums else 1
    losses = [
        scale * backend.get().loss_and_gradient(network, one, session.X, session.Y)[0] if not curve.ended else None
        for one, curve in zip(parameters, curves, strict=True)
    ]
    rows = problem.test if len(problem.test) else problem.training
    known = np.array([loss for loss in losses if loss is not None])
    return {
        "epochs": epochs,
        "losses": losses,
        "scores": [score(session, one, rows) for one in parameters],
        "score_name": "accuracy" if problem.n_classes else "error",
        "score_rows": "test" if len(problem.test) else "training",
        "median": float(np.median(known)) if len(known) else None,
        "below_2": int((known < 2).sum()) if settings.sums else None,
        "of": N_STARTS,
    }
