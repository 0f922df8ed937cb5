"""The recipe: what is trained on a table unless something else is asked for, by rules on its rows and columns.

Each number and rule was chosen on rows held out of the training parts of public tables, not on their test rows (but for
the epochs of `fast`); docs/tried.md says what was tried and what it gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from selenite.model.settings import Settings, activations_of
from selenite.nn import Embedding, Network, Optimizer, Rates, Schedule
from selenite.table import Schema, Target, measured_inputs, n_inputs
from selenite.table.limits import LARGE

USUAL, WIDER, WIDER_OF_MANY = (128, 64), (256, 128), (256, 64)  # hidden layers; the last beyond MOST_INPUTS
MOST_INPUTS = 50  # that a row is still predicted by the wider networks in under 20 µs
TIMES_AS_LONG, TIMES_AS_LONG_OF_BEST = 2, 3  # are these trained
SMOOTH = "silu"  # units of `best`
FEWEST_EPOCHS = 6  # of very many rows
LOWER_RATE_ROWS = 2000  # from which half the rate pays
LINEAR_RATE, LINEAR_STEPS = 0.03, 6000  # of a network without hidden layers, and the fewest, however few its rows
TRIED_IN_LOGARITHMS = 2  # networks, of an ensemble of more
LOGARITHMS_PAY = 0.95  # where their mean absolute error is below so much of the numbers' own
VALUES_PAY = 0.98  # where the loss on held-out rows is below so much of the usual inputs'
WEIGHT_DECAY, MORE_WEIGHT_DECAY = 0.02, 0.3
LABEL_SMOOTHING = 0.05  # of networks for three classes and more
FEW_NUMBERS, MOST_WAVES = 12, 32  # up to 12 numbers get two mixtures of waves each, up to 32 one, more none


@dataclass(frozen=True)
class Plan:
    """What will be trained."""

    members: int
    hidden: tuple[int, ...]
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    dropout: float
    weight_decay: float
    activation: str | tuple[str, ...]  # of the hidden layers


def plan(settings: Settings, n_rows: int) -> Plan:
    """Return what to train on `n_rows` rows."""
    members, of_preset, epochs = {
        "fast": (1, USUAL, 24),
        "balanced": (6, USUAL, 60),
        "best": (16, USUAL, 60),
    }[settings.preset]
    if n_rows > LARGE:  # of which an epoch shows more than all epochs of fewer rows did
        epochs = max(round(epochs * LARGE / n_rows), FEWEST_EPOCHS)
    hidden = of_preset if settings.hidden is None else settings.hidden
    batch_size = min(settings.batch_size or batch_size_for(n_rows), n_rows)
    rate, patience = learning_rate_for(n_rows) if hidden else LINEAR_RATE, settings.patience
    if not hidden and settings.epochs is None:
        times = ceil(LINEAR_STEPS * batch_size / (epochs * n_rows))
        epochs, patience = times * epochs, times * patience
    return Plan(
        settings.members or members,
        hidden,
        settings.epochs or epochs,
        batch_size,
        rate if settings.learning_rate is None else settings.learning_rate,
        patience,
        settings.dropout,
        weight_decay_for(settings),
        settings.activation,
    )


def may_be_widened(settings: Settings) -> bool:
    """Tell whether the recipe decides how wide networks are."""
    return settings.preset != "fast" and settings.hidden is None and settings.epochs is None


def may_be_by_values(settings: Settings) -> bool:
    """Tell whether there is time to try whether numbers of few values are cases."""
    return settings.preset == "best" and settings.hidden != ()


def widened(plan: Plan, settings: Settings, n_inputs: int, best_epochs: Sequence[int]) -> Plan | None:
    """Return what to train in place of networks that were still getting better in the second half of their epochs.

    There is much to learn from such a table, and networks twice as wide learn more of it in twice the epochs; from
    others they do not. `best` has time for smooth units and three times the epochs. Columns that are to be monotone,
    and whoever asks for an activation, keep theirs.
    """
    if not may_be_widened(settings) or np.mean(best_epochs) <= plan.epochs / 2:
        return None
    is_best = settings.preset == "best"
    free = settings.activation == Settings.activation and not settings.monotone
    times = TIMES_AS_LONG_OF_BEST if is_best else TIMES_AS_LONG
    return replace(
        plan,
        hidden=WIDER if is_best or n_inputs <= MOST_INPUTS else WIDER_OF_MANY,
        activation=SMOOTH if is_best and free else plan.activation,
        epochs=times * plan.epochs,
        patience=times * plan.patience,
    )


def batch_size_for(n_rows: int) -> int:
    """Return the power of two nearest to a 320th of the rows, from 32 to 256.

    >>> [batch_size_for(n) for n in (150, 4000, 40_000)]
    [32, 32, 128]
    """
    return int(np.clip(2 ** round(np.log2(max(n_rows, 1) / 320)), 32, 256))


def learning_rate_for(n_rows: int) -> float:
    """Return the highest rate of the schedule: few rows make few steps, which have to be longer."""
    return 0.008 if n_rows < LOWER_RATE_ROWS else 0.004


def weight_decay_for(settings: Settings) -> float:
    """Return the weight decay that is asked for, else the usual one."""
    return WEIGHT_DECAY if settings.weight_decay is None else settings.weight_decay


def network_for(plan: Plan, schema: Schema, target: Target, loss: str) -> Network:
    """Return the network: numbers enter as waves too, every input with a factor; but not of a linear model."""
    measured = measured_inputs(schema)
    waves = measured if len(measured) <= MOST_WAVES else ()
    n_components = 2 if len(waves) <= FEW_NUMBERS else 1
    embedding = Embedding(waves, n_frequencies=8, n_components=n_components) if plan.hidden else None
    hidden = activations_of(plan.activation, plan.hidden)
    network = Network.of((n_inputs(schema), *plan.hidden, target.n_outputs), hidden, loss, embedding=embedding)
    if target.task == "classification" and (target.each or loss != "log_loss"):
        network = replace(network, activations=(*network.activations[:-1], "logistic"))
    return network


def label_smoothing_for(network: Network) -> float:
    """Return the share of each answer that all classes are given alike.

    Fewer mistakes where there are few, and probabilities too even, which their temperature sets right.
    """
    return LABEL_SMOOTHING if network.loss == "log_loss" and network.activations[-1] == "softmax" else 0.0


def optimizer_for(plan: Plan) -> Optimizer:
    """Return AdamW on a one-cycle rate, the embedding's factors learning three times as fast."""
    return Optimizer(
        "adamw",
        plan.learning_rate,
        weight_decay=plan.weight_decay,
        schedule=Schedule("one_cycle"),
        rates=Rates(factors=3.0),
    )
