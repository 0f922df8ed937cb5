"""The same setting many times: from 20 starts (was it skill or luck?), or at a dozen learning rates (which is right?).

They are trained a part at a time, so that whoever asked can be told how far they are, and can end them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.nn import Network, initialize, start
from selenite.play.figures import score
from selenite.play.session import Session
from selenite.training.run import Run, epochs_that_fit, train_side_by_side
from selenite.tutorial.runs import other_starts
from selenite.types import Array

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
        self.session, self.epochs, self.rates = session, epochs, RATES if of_rates else ()
        optimizers = [session.optimizer] * N_STARTS
        if of_rates:
            starts = [session.checkpoints[0].parameters.copy() for _ in RATES]
            optimizers = [replace(session.optimizer, learning_rate=rate * session.shown_scale) for rate in RATES]
        elif settings.start == "article":
            if network.layer_sizes != (2, 4, 1):
                raise OptionError("20 starts as in the article are for its 2-4-1 network; take another start")
            starts = list(other_starts(network.biases))
        else:
            starts = [initialize(network, settings.start, seed) for seed in range(N_STARTS)]
        options = replace(session.options, total_epochs=max(settings.epochs, epochs))
        self.runs = [
            Run(network, optimizer, one, start(optimizer, one), session.rows, options, settings.seed)
            for optimizer, one in zip(optimizers, starts, strict=True)
        ]
        self.done = 0  # epochs
        self._count = 1  # epochs that there is time for

    @property
    def alive(self) -> list[Run]:
        """Return those that did not diverge."""
        return [run for run in self.runs if run.ending == "epochs"]

    def advance(self, seconds: float) -> None:
        """Train all of them for about so long."""
        begun, alive, count = time.perf_counter(), self.alive, min(self._count, self.epochs - self.done)
        for run, epochs in zip(alive, train_side_by_side(alive, count), strict=True):
            run.note(epochs)
        self.done = self.done + count if self.alive else self.epochs
        self._count = epochs_that_fit(seconds, count, time.perf_counter() - begun)

    def result(self) -> dict[str, Any]:
        """Return how each ended."""
        session, problem = self.session, self.session.problem
        scale, network = session.shown_scale, session.network

        def loss_of(network: Network, parameters: Array) -> float:
            return float(session.backend.loss_and_gradient(network, parameters, session.X, session.Y)[0])

        losses = [scale * loss_of(network, run.parameters) if run.ending == "epochs" else None for run in self.runs]
        name, rows = problem.judged
        outputs = (run.backend.predict(run.network, run.parameters, problem.X[rows]) for run in self.runs)
        known = np.array([loss for loss in losses if loss is not None])
        return {
            "epochs": self.epochs,
            "rates": self.rates or None,
            "losses": losses,
            "linear": scale * loss_of(*session.linear(network.activations[-1], network.loss)),
            "scores": [score(problem, output, rows) for output in outputs],
            "score_name": "accuracy" if problem.n_classes else "error",
            "score_rows": name,
            "median": float(np.median(known)) if len(known) else None,
            "below_2": int((known < 2).sum()) if session.settings.sums and not self.rates else None,
            "of": len(losses),
        }
