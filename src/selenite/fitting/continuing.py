"""A fitted model as a start: its networks go on with new rows, by its own columns and target."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, log

import numpy as np

from selenite import backend as backends
from selenite.errors import DivergenceWarning, OptionError
from selenite.fitting.calibration import shrink
from selenite.fitting.encoded import Encoded, TrainingTable
from selenite.fitting.ensemble import Fitted, calibrated
from selenite.fitting.large import LargeTable
from selenite.fitting.members import FEWEST_ROWS_TO_HOLD_OUT, Members, rows_held_out
from selenite.fitting.plan import Plan, plan
from selenite.fitting.retraining import Trained
from selenite.fitting.target_transform import Logarithms
from selenite.model import Model, Settings
from selenite.nn import Network
from selenite.table import Answers, Column, Numbers, Schema, Table, Target, as_outputs, encode, encode_target
from selenite.table.drift import moved, moved_range, unseen, widened_by
from selenite.text import shown
from selenite.training import Callback, Trainer, TrainingRows, train_runs
from selenite.types import Array, Floats

SHARE_OF_RATE = 0.25  # of the recipe's highest
ASKED_ANEW = ("epochs", "batch_size", "learning_rate", "seed")  # of the settings; all others are the model's


@dataclass(frozen=True)
class Start:
    """Networks as they were trained: before the calibration, and of logarithms where they learnt those."""

    network: Network
    parameters: Array  # (n_members, n_parameters)
    logarithms: Logarithms | None

    @classmethod
    def of(cls, model: Model) -> Start:
        """Return where the members of a model stand."""
        network, parameters = model.network, np.atleast_2d(model.parameters).copy()
        shrink(network, parameters, 1 / (model.recipe.temperature or 1.0))
        if not model.target_transform:
            return cls(network, parameters, None)
        network = replace(network, activations=(*network.activations[:-1], "identity"))
        return cls(network, parameters, Logarithms(log(model.target.width), 1.0))


def known_rows(
    schema: Schema, target: Target, table: Table, answers: Answers, weight: Array | None, logarithms: Logarithms | None
) -> TrainingRows:
    """Return rows as numbers, by a schema and a target that are known already."""
    encoded = encode_target(target, answers, table.first_line)
    Y = as_outputs(target, encoded, np.float32)
    if logarithms is not None and not isinstance(answers, Table):
        Y = logarithms.answers(positive(target, answers))
    return TrainingRows(encode(schema, table, np.float32), Y, weight)


def positive(target: Target, answers: Column) -> Floats:
    """Return the numbers of answers that have a logarithm; refuse others."""
    assert isinstance(answers, Numbers)
    _require_positive(target, float(answers.values.min()))
    return answers.values


def _require_positive(target: Target, lowest: float) -> None:
    if lowest <= 0:
        raise OptionError(
            f"the model learnt the logarithm of {shown(target.name)}, and a new row has {lowest:g}: fit a new model"
        )


def continue_model(
    model: Model,
    encoded: Encoded,
    settings: Settings,
    *,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
    record: bool = False,
    trainer: Trainer = train_runs,
) -> Fitted:
    """Return the model that its networks make of new rows, encoded as it does, in windows on the disk if very many.

    Each member goes on from its parameters, and keeps them where no epoch is better on the rows that it holds out.
    """
    begin = Start.of(model)
    chosen = plan_to_continue(model, settings, encoded.n_rows)
    held_out = None
    if encoded.own is None:
        held_out = rows_held_out(encoded.rows, chosen.members, settings.seed, encoded.target, encoded.grouping)
        if held_out is None:
            raise OptionError(
                f"{len(encoded.rows.X)} rows are too few to go on with: at least {FEWEST_ROWS_TO_HOLD_OUT} are needed"
            )
    members = Members(
        encoded, held_out, settings, callbacks, backends.get(backend), record, trainer, begin=begin.parameters
    )
    if begin.logarithms is not None:
        assert encoded.target.minimum is not None
        _require_positive(encoded.target, encoded.target.minimum)
        members = members.learning(begin.logarithms)
    trained = Trained(begin.network, chosen, members, members.train(begin.network, chosen, inf))
    explanation = next((one.explanation for one in trained.trainings if one.ended == "diverged"), None)
    if explanation is not None:
        warnings.warn(explanation, DivergenceWarning, stacklevel=3)
    made = calibrated(trained)
    return Fitted(replace(made, read=model.read), trained.trainings, False)


def known_to(model: Model, given: TrainingTable) -> tuple[TrainingTable, list[str]]:
    """Return rows with a model's schema and target, and in words what the model never saw before."""
    notes, schema = unseen(model.schema, given.features)
    target = widened_by(model.target, given.only_answers("going on with a model"))
    ranges, _ = moved(model.schema, schema)
    of_target, _ = moved_range(model.target, target)
    known = replace(given, target_name=target.name, target=target, schema=schema, of_model=True)
    return known, [*ranges, *notes, *of_target]


def known_in_pieces(model: Model, large: LargeTable) -> list[str]:
    """Return in words what a model that goes on with very many rows never saw before, as the rows drawn show it."""
    notes, schema = unseen(large.schema, large.sample)
    ranges, _ = moved(model.schema, schema)
    of_target, _ = moved_range(model.target, large.target)
    return [*ranges, *notes, *of_target]


def settings_to_continue(
    model: Model,
    *,
    seed: int,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
) -> Settings:
    """Return what was asked of the model's fit, but for what is asked anew."""
    network = model.network
    asked = model.settings or Settings(
        members=model.n_members, hidden=network.layer_sizes[1:-1], loss=network.loss, task=model.target.task
    )
    return replace(asked, seed=seed, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, time_limit=None)


def plan_to_continue(model: Model, settings: Settings, n_rows: int) -> Plan:
    """Return how the networks of a model go on: at a lower rate than the recipe's, for they know much already."""
    hidden = model.network.layer_sizes[1:-1]
    usual = plan(replace(settings, members=model.n_members, hidden=hidden), n_rows)
    if settings.learning_rate is not None:
        return usual
    return replace(usual, learning_rate=SHARE_OF_RATE * usual.learning_rate)
