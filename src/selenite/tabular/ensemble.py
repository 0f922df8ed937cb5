"""From a raw table to a model: an ensemble whose members hold out different rows, so that every row trains some.

What members say of rows that they held out calibrates the probabilities of classes and tells how far numbers spread.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from selenite import backend as backends
from selenite.arrays import NDArray
from selenite.errors import DivergenceWarning, OptionError
from selenite.model import Data, Model, Recipe
from selenite.model.smoothing import smoothed
from selenite.model.spread import Spread, learn_spread
from selenite.nn import Network, Watch, initialize, start
from selenite.nn.activations import Array
from selenite.table import Column, Table, Target, encode, learn_schema, learn_target
from selenite.tabular.budget import fitted_to_time
from selenite.tabular.calibration import best_temperature, cool
from selenite.tabular.folds import folds
from selenite.tabular.recipe import Plan, Settings, network_for, optimizer_for, plan, widened
from selenite.tabular.targets import scaled_for, target_loss, targets
from selenite.tabular.together import Together
from selenite.training import Callback, Rows, Run, Training, train_runs

FEWEST_ROWS_TO_HOLD_OUT = 20
N_FOLDS, HELD_OUT_FOLDS = 16, 2
Held = NDArray[np.bool_]


@dataclass(frozen=True)
class Fitted:
    """A model and the training of each member."""

    model: Model
    trainings: list[Training]


def fit_model(
    table: Table,
    target_column: Column,
    target_name: str,
    settings: Settings,
    *,
    sample_weight: NDArray[np.float64] | None = None,
    together: Together | None = None,
    validation: tuple[Table, Column] | None = None,
    callbacks: Sequence[Callback] = (),
    backend: str | backends.Backend | None = None,
    record: bool = False,
) -> Fitted:
    """Return the model that the recipe makes of a table and the column to predict."""
    begun = time.perf_counter()
    if table.n_rows < 2:
        raise OptionError(f"{table.n_rows} sample is too few to learn from: at least 2 are needed")
    target = learn_target(target_column, target_name, settings.task)
    loss = target_loss(settings.loss, target)
    target = scaled_for(loss, target)
    schema = learn_schema(table, settings.kinds)
    rows = Rows(encode(schema, table, np.float32), targets(target, target_column), _scaled(sample_weight))
    if rows.X.shape[1] == 0:
        raise OptionError(
            f"no column of {table.source} can be learnt from: "
            + "; ".join(f"{column.name!r} is set aside ({column.reason})" for column in schema.columns)
        )
    own = None
    if validation is not None:
        own = Rows(encode(schema, validation[0], np.float32), targets(target, validation[1]))
    verbs, wanted, together = backends.get(backend), plan(settings, table.n_rows), together or Together()

    def seconds_left() -> float:
        return inf if settings.time_limit is None else settings.time_limit - (time.perf_counter() - begun)

    network = network_for(wanted, settings.activation, schema, target, loss)
    chosen, kept, seconds = fitted_to_time(wanted, network, rows, seconds_left(), settings.seed, verbs)
    if kept is not None:
        rows, together = rows.take(kept), together.take(kept)
    held_out = _held_out(rows, chosen, settings.seed, target, together) if own is None else None

    def trained(network: Network, plan: Plan, seconds: float) -> list[Training]:
        return _train(network, rows, held_out, own, plan, settings, seconds, callbacks, verbs, record)

    trainings = trained(network, chosen, seconds)
    if chosen == wanted and (held_out is not None or own is not None) and _to_the_end(trainings):
        best_epochs = [training.best_epoch for training in trainings]
        wider = widened(chosen, settings, network.n_inputs, best_epochs)
        if wider is not None:
            larger = network_for(wider, settings.activation, schema, target, loss)
            affordable, _, seconds = fitted_to_time(wider, larger, rows, seconds_left(), settings.seed, verbs)
            again = trained(larger, wider, seconds) if affordable == wider else []
            stopped = [training.ended for training in again if training.ended in ("interrupt", "callback")]
            if again and _to_the_end(again):
                network, chosen, trainings = larger, wider, again
            elif stopped:  # the networks are those before, which are whole; but somebody wants it to end
                trainings = [replace(training, ended=stopped[0]) for training in trainings]
    for training in trainings:
        if training.ended == "diverged":
            warnings.warn(training.explanation, DivergenceWarning, stacklevel=3)
            break
    parameters = np.array([training.parameters for training in trainings])
    judged = _judged(verbs, network, parameters, rows, held_out, own)
    temperature, spread = _calibrate(network, parameters, target, judged)
    recipe = Recipe(
        seed=settings.seed,
        optimizer="adamw",
        learning_rate=chosen.learning_rate,
        schedule="one_cycle",
        weight_decay=settings.weight_decay,
        dropout=settings.dropout,
        batch_size=chosen.batch_size,
        epochs=chosen.epochs,
        epochs_run=max(len(training.history) for training in trainings),
        best_epochs=tuple(training.best_epoch for training in trainings),
        patience=settings.patience,
        ended=trainings[0].ended,
        temperature=temperature,
    )
    n_held_out = 0 if held_out is None else int(held_out[0].sum())
    data = Data(training_rows=len(rows.X), validation_rows=n_held_out if own is None else len(own.X))
    return Fitted(Model(network, parameters, schema, target, recipe=recipe, data=data, spread=spread), trainings)


def _scaled(sample_weight: NDArray[np.float64] | None) -> Array | None:
    """Return weights with mean 1, float32."""
    if sample_weight is None:
        return None
    if not np.isfinite(sample_weight).all() or (sample_weight < 0).any() or not sample_weight.any():
        raise OptionError("sample_weight must be finite, not negative, and not zero for every row")
    scaled: Array = (sample_weight / sample_weight.mean()).astype(np.float32)
    return scaled


def _held_out(rows: Rows, plan: Plan, seed: int, target: Target, together: Together) -> Held | None:
    """Return which rows each member holds out, (members, n): two of 16 folds, one of them in common with the next."""
    n, members = len(rows.X), plan.members
    if n < FEWEST_ROWS_TO_HOLD_OUT:
        return None
    classes = None
    if target.task == "classification":
        classes = rows.Y.argmax(axis=1) if len(target.classes) > 2 else rows.Y[:, 0].astype(np.intp)
    fold = folds(n, N_FOLDS, seed, classes=classes, groups=together.groups, times=together.times)
    latest = N_FOLDS - 1 - np.arange(members)[:, None]
    held_out: Held = (latest - fold) % N_FOLDS < HELD_OUT_FOLDS
    if not (held_out.any(axis=1) & ~held_out.all(axis=1)).all():
        raise OptionError(
            f"{len(np.unique(fold))} groups of rows are too few: give more, or validation rows of your own"
        )
    return held_out


def _train(
    network: Network,
    rows: Rows,
    held_out: Held | None,
    own: Rows | None,
    plan: Plan,
    settings: Settings,
    seconds: float,
    callbacks: Sequence[Callback],
    verbs: backends.Backend,
    record: bool,
) -> list[Training]:
    """Train the members, each on the rows that it does not hold out."""
    optimizer, runs, of_each = optimizer_for(plan, settings.weight_decay), [], []
    for k in range(plan.members):
        aside = own if held_out is None else rows.take(held_out[k])
        watch = Watch(patience=settings.patience)
        if aside is not None:
            watch = Watch(aside.X, smoothed(aside.Y, network), aside.weight, settings.patience)
        seed = settings.seed + k * 1_000_003  # far from the seeds that a user counts through
        parameters = initialize(network, seed=seed, dtype=np.float32)
        runs.append(Run(parameters, start(optimizer, parameters), watch, seed))
        mine = rows if held_out is None else rows.take(~held_out[k])
        of_each.append(replace(mine, Y=smoothed(mine.Y, network)))
    return train_runs(
        network,
        optimizer,
        runs,
        of_each,
        epochs=plan.epochs,
        seconds=seconds,
        keep_best=held_out is not None or own is not None,
        callbacks=callbacks,
        backend=verbs,
        record=record,
        batch_size=plan.batch_size,
        dropout=settings.dropout,
    )


def _to_the_end(trainings: list[Training]) -> bool:
    """Tell whether nothing from outside has ended training, and no network diverged."""
    return all(training.ended in ("epochs", "patience") for training in trainings)


def _judged(
    verbs: backends.Backend, network: Network, parameters: Array, rows: Rows, held_out: Held | None, own: Rows | None
) -> tuple[NDArray[np.float64], Rows] | None:
    """Return what members give for rows that they were not trained on, and those rows.

    The former are raw outputs (most, n, n_outputs), NaN where fewer members than the most have held a row out.
    """
    if own is not None:
        return np.array([_raw_outputs(verbs, network, member, own.X) for member in parameters]), own
    if held_out is None:
        return None
    count = held_out.sum(axis=0)
    outputs = np.full((int(count.max()), len(rows.X), network.n_outputs), np.nan)
    filled = np.zeros(len(rows.X), dtype=np.intp)
    for member, mask in zip(parameters, held_out, strict=True):
        mine = np.flatnonzero(mask)
        outputs[filled[mine], mine] = _raw_outputs(verbs, network, member, rows.X[mine])
        filled[mine] += 1
    return outputs[:, count > 0], rows.take(count > 0)


def _calibrate(
    network: Network, parameters: Array, target: Target, judged: tuple[NDArray[np.float64], Rows] | None
) -> tuple[float, Spread | None]:
    """Return the temperature, by which the members are cooled, and the spread of numbers."""
    if judged is None:
        return 1.0, None
    if target.task == "regression":
        return 1.0, _spread(target, *judged, len(parameters))
    if network.loss != "log_loss":
        return 1.0, None
    temperature = best_temperature(network, judged[0], judged[1].Y, judged[1].weight)
    cool(network, parameters, temperature)
    return temperature, None


def _raw_outputs(verbs: backends.Backend, network: Network, parameters: Array, X: Array) -> NDArray[np.float64]:
    """Return the output layer's z of each row."""
    without = replace(network, activations=(*network.activations[:-1], "identity"), loss="squared_error")
    return verbs.predict(without, parameters, X).astype(np.float64)


def _spread(target: Target, raw_outputs: NDArray[np.float64], judging: Rows, members: int) -> Spread:
    """Return how far answers spread about the ensemble's predictions.

    Out-of-fold predictions are means of few members, whose squared errors exceed the ensemble's: of means of m members
    they are a + b / m. Rows that two members and more have held out tell a and b, by which residuals are made smaller.
    """
    given, answers = raw_outputs[:, :, 0], judging.Y[:, 0].astype(float)
    count = np.isfinite(given).sum(axis=0)
    mean = np.nanmean(given, axis=0)
    shrink, several = 1.0, count > 1
    if several.any():
        of_one = float(np.nanmean((given[:, several] - answers[several]) ** 2))
        of_mean = float(np.mean((mean[several] - answers[several]) ** 2))
        b = (of_one - of_mean) / (1 - float(np.mean(1 / count[several])))
        here = of_one - b + b * float(np.mean(1 / count))
        shrink = float(np.sqrt(max(of_one - b + b / members, 0.0) / max(here, 1e-30)))
    prediction = target.center + target.width * mean
    return learn_spread(prediction, prediction + shrink * target.width * (answers - mean))
