"""Going on with a model that was fitted before: `fit(X, y, init_model=...)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from selenite.backend import Backend
from selenite.errors import OptionError
from selenite.estimators.tables.parameters import NAMES
from selenite.fitting.budget import countdown
from selenite.fitting.continuing import ASKED_ANEW, continue_model, known_to, settings_to_continue
from selenite.fitting.encoded import TrainingTable, encode_rows
from selenite.fitting.ensemble import Fitted
from selenite.model import Model, Settings
from selenite.training import Callback, Trainer

REFUSED_OTHERWISE = ("task", "time_limit")
OF_COLUMNS = ("kinds", "drop", "only")  # which the rows themselves show, too


def continued(
    model: Model,
    given: TrainingTable,
    asked: Settings,
    *,
    callbacks: Sequence[Callback],
    backend: str | Backend | None,
    record: bool,
    trainer: Trainer,
) -> tuple[Fitted, list[str]]:
    """Return a model that went on with new rows, and in words what it had never seen before.

    Of what is asked, the seed, the epochs, the batch size and the rate count; all else is the model's.
    """
    _refuse(model, asked)
    known, notes = known_to(model, given)
    settings = settings_to_continue(model, **{name: getattr(asked, name) for name in ASKED_ANEW})
    encoded = encode_rows(known, settings, countdown(None))
    fitted = continue_model(
        model, encoded, settings, callbacks=callbacks, backend=backend, record=record, trainer=trainer
    )
    return fitted, notes


def _refuse(model: Model, asked: Settings) -> None:
    """Refuse what contradicts the model."""
    usual, of_model = Settings(), model.settings or Settings()
    if model.target.task != asked.task:
        raise OptionError(f"init_model is of a {model.target.task}, not of a {asked.task}")
    if asked.time_limit is not None:
        raise OptionError("time_limit does not go with init_model: set max_iter")
    for name in (field.name for field in fields(Settings)):
        if name in (*ASKED_ANEW, *REFUSED_OTHERWISE, *OF_COLUMNS):
            continue
        value, theirs = getattr(asked, name), getattr(of_model, name)
        if value not in (getattr(usual, name), theirs):
            raise OptionError(
                f"{NAMES.get(name, name)}={value!r} does not go with init_model, which was fitted with {theirs!r}: "
                "leave it out, or fit without init_model"
            )
