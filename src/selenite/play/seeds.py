"""The same setting many times: from 20 starts (was it skill or luck?), or at a dozen learning rates (which is right?).

They are trained a part at a time, so that whoever asked can be told how far they are, and can end them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from selenite import backend
from selenite.errors import OptionError
from selenite.nn import initialize, start
from selenite.play.article import other_article_starts
from selenite.play.figures import score
from selenite.play.linear import trained_linear
from selenite.play.session import Session

N_STARTS = 20
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
MOST_WORK = 4e10  # epochs × rows × parameters of one run; more would take minutes


class Trials:
    """Some runs of one setting, in training; `of_rates`: they differ in the rate, else in the start."""

    def __init__(self, session: Session, epochs: int, of_rates: bool = False) -> None:
        settings, network = session.settings, session.network
        if settings.slip:
            raise OptionError("the perceptron as printed is run but once; take off the slip, or a network")
        if epochs * len(session.X) * network.n_parameters > MOST_WORK:
            raise OptionError(
                f"so many runs of {epochs:,} epochs would take minutes here; train for fewer epochs first"
            )
        self.session, self.epochs = session, epochs
        self.settings, self.batch_size = settings, session.batch_size
        self.rates = RATES if of_rates else ()
        if of_rates:
            self.parameters = np.array([session.moments[0].parameters] * len(RATES))
        elif settings.start == "article":
            self.parameters = other_article_starts(network)
        else:
            self.parameters = np.array([initialize(network, settings.start, seed) for seed in range(N_STARTS)])
        scale = session.shown_scale
        self.optimizers = [replace(session.optimizer, learning_rate=rate * scale) for rate in self.rates]
        self.optimizers = self.optimizers or [session.optimizer] * N_STARTS
        self.states = [start(session.optimizer, one) for one in self.parameters]
        self.alive = list(range(len(self.parameters)))  # those that did not diverge
        self.done = 0  # epochs
        self._part = 1

    def advance(self, seconds: float) -> None:
        """Train all of them for about so long."""
        begun = time.perf_counter()
        n_epochs = min(self._part, self.epochs - self.done)
        some = self.parameters[self.alive]
        session = self.session
        curves = backend.get().train_many(
            session.network, some, [self.optimizers[k] for k in self.alive], [self.states[k] for k in self.alive],
            session.X, session.Y, replace(session.options, total_epochs=max(self.settings.epochs, self.epochs)),
            n_epochs=n_epochs, seeds=[self.settings.seed] * len(self.alive),
        )  # fmt: skip
        self.parameters[self.alive] = some
        self.alive = [k for k, curve in zip(self.alive, curves, strict=True) if not curve.ended]
        self.done = self.done + n_epochs if self.alive else self.epochs
        took = time.perf_counter() - begun
        self._part = max(1, min(int(self._part * min(seconds / max(took, 1e-6), 4)), 100_000))

    def result(self) -> dict[str, Any]:
        """Return how each ended."""
        session, problem, settings = self.session, self.session.problem, self.settings
        scale = session.shown_scale
        losses = [
            scale * backend.get().loss_and_gradient(session.network, one, session.X, session.Y)[0]
            if k in self.alive
            else None
            for k, one in enumerate(self.parameters)
        ]
        name, rows = problem.judged
        outputs = (backend.get().predict(session.network, one, problem.X[rows]) for one in self.parameters)
        known = np.array([loss for loss in losses if loss is not None])
        return {
            "epochs": self.epochs,
            "rates": self.rates or None,
            "losses": losses,
            "linear": scale * linear_loss(session),
            "scores": [score(problem, output, rows) for output in outputs],
            "score_name": "accuracy" if problem.n_classes else "error",
            "score_rows": name,
            "median": float(np.median(known)) if len(known) else None,
            "below_2": int((known < 2).sum()) if settings.sums and not self.rates else None,
            "of": len(losses),
        }


def linear_loss(session: Session) -> float:
    """Return the loss, on the training rows, of a network without hidden layers."""
    linear, parameters = trained_linear(session, session.network.activations[-1], session.network.loss)
    return float(backend.get().loss_and_gradient(linear, parameters, session.X, session.Y)[0])
