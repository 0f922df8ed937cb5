"""Trials as text: a row each, as the command and the page show them."""

from __future__ import annotations

from collections.abc import Sequence

from selenite.model.parts import Trial
from selenite.text import plain_number

HEADINGS = ("hidden layers", "activation", "learning rate", "dropout", "weight decay")


def trial_rows(trials: Sequence[Trial]) -> list[list[str]]:
    """Return the settings and the loss of each trial; the loss of others with their share of the recipe's.

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
        plain_number(trial.weight_decay),
    ]


def _loss(trial: Trial) -> str:
    loss = plain_number(trial.loss)
    if trial.low is None or trial.high is None:
        return loss
    return f"{loss} ({plain_number(trial.low, 3)} to {plain_number(trial.high, 3)} of the recipe)"
