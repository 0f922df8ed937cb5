"""The way from a raw table to a model: schema, scaling, a network of fitting size, training, best epoch.

The defaults were chosen on 14 public tables of 150 to 54,000 rows: two hidden layers of relu, AdamW with a one-cycle
rate, light dropout, and the epoch with the lowest loss on rows held out for that purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from selenite.backend import Backend
from selenite.errors import OptionError
from selenite.model import Data, Model, Recipe
from selenite.nn import Network, Optimizer, Schedule
from selenite.nn.activations import Array
from selenite.nn.losses import parse_loss
from selenite.table import (
    Column,
    Kind,
    Table,
    Target,
    Task,
    encode,
    encode_target,
    learn_schema,
    learn_target,
)
from selenite.training import Callback, Training, fit, split

FEWEST_ROWS_TO_HOLD_OUT = 20


@dataclass(frozen=True)
class Settings:
    """What can be chosen; the defaults suit tables from a hundred to a hundred thousand rows."""

    hidden: tuple[int, ...] = (128, 64)
    activation: str = "relu"
    loss: str = "auto"  # log_loss for classes, squared_error for numbers
    epochs: int = 80
    batch_size: int | None = None  # None: from the number of rows
    learning_rate: float = 0.008
    weight_decay: float = 0.02
    dropout: float = 0.1
    validation_fraction: float = 0.15
    patience: int = 30
    seed: int = 0
    task: Task | None = None  # None: from the target's values
    kinds: Mapping[str, Kind] = field(default_factory=dict)  # of columns, instead of what their values say


@dataclass(frozen=True)
class Fitted:
    """A model and the training that made it."""

    model: Model
    training: Training


def batch_size_for(n_rows: int) -> int:
    """Return the power of two nearest to a 40th of the rows, from 32 to 256.

    >>> [batch_size_for(n) for n in (150, 4000, 50_000)]
    [32, 128, 256]
    """
    return int(np.clip(2 ** round(np.log2(max(n_rows, 1) / 40)), 32, 256))


def fit_model(
    table: Table,
    target_column: Column,
    target_name: str,
    settings: Settings,
    *,
    validation: tuple[Table, Column] | None = None,
    callbacks: Sequence[Callback] = (),
    backend: str | Backend | None = None,
) -> Fitted:
    """Return the model that the recipe makes of a table and the column to predict.

    Scales, categories and everything else that is learnt comes from the rows that train, not from those held out.
    """
    if table.n_rows < 2:
        raise OptionError(f"{table.n_rows} sample is too few to learn from: at least 2 are needed")
    target = learn_target(target_column, target_name, settings.task)
    kinds = {**identifiers(table), **settings.kinds}
    if validation is None:
        table, target_column, validation = _hold_out(table, target_column, target, settings)
        target = replace(_learn_again(target, target_column), classes=target.classes)
    loss = _loss(settings.loss, target)
    target = _scaled_for(loss, target, target_column)
    schema = learn_schema(table, kinds)
    X = encode(schema, table, np.float32)
    Y = targets(target, target_column)
    if X.shape[1] == 0:
        raise OptionError(
            f"no column of {table.source} can be learnt from: "
            + "; ".join(f"{column.name!r} is set aside ({column.reason})" for column in schema.columns)
        )
    network = Network.of((X.shape[1], *settings.hidden, Y.shape[1]), settings.activation, loss)
    if target.task == "classification" and loss != "log_loss":
        network = replace(network, activations=(*network.activations[:-1], "logistic"))
    validation_pair = None
    if validation is not None:
        validation_pair = (encode(schema, validation[0], np.float32), targets(target, validation[1]))
    batch_size = settings.batch_size or batch_size_for(len(X))
    training = fit(
        network,
        X,
        Y,
        optimizer=Optimizer(
            "adamw", settings.learning_rate, weight_decay=settings.weight_decay, schedule=Schedule("one_cycle")
        ),
        epochs=settings.epochs,
        batch_size=batch_size,
        seed=settings.seed,
        dropout=settings.dropout,
        validation=validation_pair,
        patience=settings.patience if validation_pair else None,
        callbacks=callbacks,
        backend=backend,
    )
    recipe = Recipe(
        seed=settings.seed,
        optimizer="adamw",
        learning_rate=settings.learning_rate,
        schedule="one_cycle",
        weight_decay=settings.weight_decay,
        dropout=settings.dropout,
        batch_size=min(batch_size, len(X)),
        epochs=settings.epochs,
        epochs_run=len(training.history),
        best_epoch=training.best_epoch,
        patience=settings.patience,
        ended=training.ended,
    )
    n_validation = 0 if validation is None else validation[0].n_rows
    data = Data(training_rows=len(X), validation_rows=n_validation)
    model = Model(network, training.parameters, schema, target, recipe=recipe, data=data)
    return Fitted(model, training)


def identifiers(table: Table) -> dict[str, Kind]:
    """Return the columns that only number the rows; asked of a whole table, since a part of 1, 2, 3, ... has gaps."""
    return {column.name: column.kind for column in learn_schema(table).columns if column.kind == "identifier"}


def targets(target: Target, column: Column) -> Array:
    """Return what the network is to give, float32: one-hot for three classes and more, else one column."""
    y = encode_target(target, column)
    if len(target.classes) > 2:
        return np.eye(len(target.classes), dtype=np.float32)[y.astype(np.intp)]
    return y[:, None].astype(np.float32)


def _hold_out(
    table: Table, column: Column, target: Target, settings: Settings
) -> tuple[Table, Column, tuple[Table, Column] | None]:
    """Return the rows to train on, and those whose loss chooses the epoch; none of a very small table."""
    if table.n_rows < FEWEST_ROWS_TO_HOLD_OUT:
        return table, column, None
    classes = None if target.task == "regression" else encode_target(target, column).astype(np.intp)
    kept, held_out = split(table.n_rows, settings.validation_fraction, settings.seed, classes)
    return table.take(kept), column.take(kept), (table.take(held_out), column.take(held_out))


def _learn_again(target: Target, column: Column) -> Target:
    """Return the target with center, width and range of the training rows alone."""
    return target if target.task == "classification" else learn_target(column, target.name, "regression")


def _loss(loss: str, target: Target) -> str:
    """Return the loss, checked against the task."""
    if loss == "auto":
        return "log_loss" if target.task == "classification" else "squared_error"
    try:
        name, _ = parse_loss(loss)
    except ValueError as error:
        raise OptionError(str(error)) from None
    if target.task == "regression" and name == "log_loss":
        raise OptionError(f"log_loss is for classes, and {target.name!r} is a number; take squared_error, or classes")
    if target.task == "classification" and (name, len(target.classes)) not in (
        ("log_loss", len(target.classes)),
        ("squared_error", 2),
    ):
        raise OptionError(
            f"the loss {loss} does not go with {len(target.classes)} classes; take log_loss"
            + (" or squared_error" if len(target.classes) == 2 else "")
        )
    return loss


def _scaled_for(loss: str, target: Target, column: Column) -> Target:
    """Return the target scaled as the loss needs: counts of the Poisson loss are divided, not centered."""
    if not loss.startswith("poisson"):
        return target
    if target.minimum is not None and target.minimum < 0:
        raise OptionError(f"the Poisson loss needs a target of 0 or more; {target.name!r} has {target.minimum:g}")
    return replace(target, width=target.center or 1.0, center=0.0)
