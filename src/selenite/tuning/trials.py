"""Trials as text: a row each, as the command and the page show them."""

from __future__ import annotations

from collections.abc import Sequence

from selenite.model.metrics import ERRORS
from selenite.model.parts import Trial
from selenite.text import plain_number

UNDEFINED = 1e300  # a score that is worse than any
HEADINGS = ("hidden layers", "activation", "learning rate", "dropout", "weight decay")


def best_first(trials: Sequence[Trial], metric: str | None) -> list[int]:
    """Return the numbers of the trials, by their loss, or by the metric that was asked for."""
    sign = 1 if metric in ERRORS else -1
    return sorted(
        range(len(trials)), key=lambda k: trials[k].loss if (score := trials[k].score) is None else sign * score
    )


def trial_rows(trials: Sequence[Trial]) -> list[list[str]]:
    """Return the settings and the loss of each trial; the loss of others with their share of the recipe's.

    Where a metric was asked for, it stands in place of the loss, and how much more it is than the recipe's.

    >>> trial_rows([Trial(None, "relu", None, 0.1, 0.02, 0.5), Trial((64,), "tanh", 0.01, 0.0, 0.02, 0.4, 0.7, 0.9)])[1]
    ['64', 'tanh', '0.01', '0', '0.02', '0.4 (0.7 to 0.9 of the recipe)']
    """
    return [[*_settings(trial), _loss(trial)] for trial in trials]


def _settings(trial: Trial) -> list[str]:
    recipe = "recipe's"
    return [
        recipe if trial.hidden is None else ",".join(map(str, trial.hidden)),
        trial.activation,
        recipe if trial.learning_rate is None else plain_number(trial.learning_rate),
        plain_number(trial.dropout),
        recipe if trial.weight_decay is None else plain_number(trial.weight_decay),
    ]


def _loss(trial: Trial) -> str:
    if trial.score is not None:
        score = plain_number(trial.score, 4) if abs(trial.score) < UNDEFINED else "undefined"
        if trial.low is None or trial.high is None:
            return score
        low, high = (f"{'-' if end < 0 else '+'}{plain_number(abs(end), 2)}" for end in (trial.low, trial.high))
        return f"{score} ({low} to {high} beside the recipe)"
    loss = plain_number(trial.loss)
    if trial.low is None or trial.high is None:
        return loss
    return f"{loss} ({plain_number(trial.low, 3)} to {plain_number(trial.high, 3)} of the recipe)"
