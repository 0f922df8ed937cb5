"""Networks that learn from rows as they come: an epoch over each piece, by the columns and target of the first."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from selenite import backend as backends
from selenite.errors import DivergenceWarning, OptionError
from selenite.fitting.budget import countdown
from selenite.fitting.calibration import shrink
from selenite.fitting.continuing import Start, known_rows
from selenite.fitting.encoded import TrainingTable, encode_rows
from selenite.fitting.ensemble import Fitted
from selenite.fitting.plan import (
    batch_size_for,
    label_smoothing_for,
    learning_rate_for,
    plan,
    weight_decay_for,
)
from selenite.fitting.threshold import threshold_for
from selenite.model import Data, Model, Recipe, Settings
from selenite.nn import Optimizer, OptimizerState, Rates, TrainOptions, initialize, start
from selenite.nn.initializers import require_room
from selenite.nn.random import SEED_OF_NEXT
from selenite.table import Schema, Target, encode_target, smoothed
from selenite.table.drift import moved, moved_range, unseen, widened_by
from selenite.training import Run, Training, train_runs
from selenite.training.history import Curves
from selenite.types import Array

STEADY_RATE = 0.25  # of the recipe's highest rate: no end is known that a schedule could fall to


@dataclass(eq=False)
class Incremental:
    """What goes on from piece to piece: parameters and optimizer state of each member, and what columns mean."""

    schema: Schema
    target: Target
    settings: Settings
    start: Start
    states: list[OptimizerState]
    optimizer: Optimizer
    temperature: float = 1.0  # by which the output layer of the model is divided
    smoothing: float = 0.0
    n_rows: int = 0  # learnt from, those of several epochs counted as often
    notes: set[str] = field(default_factory=set)  # that were told of what was never seen before
    told: tuple[Schema, Target] = field(init=False)  # with the ranges that were told last
    curves: list[Curves] = field(init=False)

    def __post_init__(self) -> None:
        if any(column.monotone for column in self.schema.columns):
            raise OptionError("partial_fit does not keep a column monotone: call fit, or leave monotone out")
        self.told = self.schema, self.target
        self.curves = [Curves() for _ in self.states]

    @classmethod
    def first(cls, given: TrainingTable, settings: Settings) -> Incremental:
        """Return networks that have learnt nothing yet, for columns as the first rows have them."""
        encoded = encode_rows(given, replace(settings, class_weight=None), countdown(None))
        wanted = plan(settings, len(encoded.rows.X))
        network = encoded.network(wanted)
        require_room(network, np.float32, networks=wanted.members)
        seeds = [settings.seed + k * SEED_OF_NEXT for k in range(wanted.members)]
        parameters = np.array([initialize(network, seed=seed, dtype=np.float32) for seed in seeds])
        optimizer = _optimizer(settings, len(encoded.rows.X))
        states = [start(optimizer, one) for one in parameters]
        return cls(encoded.schema, encoded.target, settings, Start(network, parameters, None), states, optimizer)

    @classmethod
    def after(cls, model: Model, trainings: Sequence[Training], settings: Settings) -> Incremental:
        """Return the networks of a model, with the optimizer state that their trainings kept."""
        begin, optimizer = Start.of(model), _optimizer(settings, model.data.training_rows)
        members = zip(begin.parameters, trainings, strict=True)
        states = [start(optimizer, one) if kept.state is None else kept.state.copy() for one, kept in members]
        return cls(
            model.schema,
            model.target,
            settings,
            begin,
            states,
            optimizer,
            model.recipe.temperature,
            label_smoothing_for(begin.network),
            model.data.training_rows,
        )

    def learn(self, given: TrainingTable, backend: str | backends.Backend | None) -> tuple[Fitted, list[str]]:
        """Go once over rows; return the model that this makes, and in words what was never seen before."""
        if self.settings.metric is not None:
            raise OptionError("partial_fit holds no rows out: there is no epoch for a metric to choose")
        notes, schema = unseen(self.schema, given.features)
        answers = given.only_answers("partial_fit")
        target = widened_by(self.target, answers)
        logarithms, network = self.start.logarithms, self.start.network
        rows = known_rows(schema, target, given.features, answers, self._weight(given), logarithms)
        rows = replace(rows, Y=smoothed(rows.Y, self.smoothing))
        n = len(rows.X)
        asked = self.settings
        size = min(asked.batch_size or batch_size_for(n), n)
        options = TrainOptions(size, dropout=asked.dropout, shards=asked.shards or 1)
        runs = []
        for k, (parameters, state) in enumerate(zip(self.start.parameters.copy(), self.states, strict=True)):
            seed = self.settings.seed + k * SEED_OF_NEXT
            run = Run(
                network, self.optimizer, parameters, state.copy(), rows, options, seed, backend=backends.get(backend)
            )
            run.curves = self.curves[k]  # go on
            runs.append(run)
        trainings = train_runs(runs, epochs=1)
        self._keep(runs, schema, target, n)
        diverged = next((one.explanation for one in trainings if one.ended == "diverged"), None)
        if diverged is not None:
            warnings.warn(diverged, DivergenceWarning, stacklevel=3)
        trainings = [replace(one, best_epoch=len(one.history)) for one in trainings]
        new = [note for note in notes if note not in self.notes]
        self.notes.update(new)
        ranges, told = moved(self.told[0], schema)
        of_target, told_target = moved_range(self.told[1], target)
        self.told = told, told_target
        return Fitted(self._model(trainings[0].ended, options), trainings, False), [*ranges, *new, *of_target]

    def _weight(self, given: TrainingTable) -> Array | None:
        """Return how much each row counts, by itself and by its class, (n,) float32."""
        weight = given.weight
        if self.settings.class_weight is not None:
            classes = encode_target(self.target, given.answers).astype(np.intp)
            assert isinstance(self.settings.class_weight, Mapping)
            weights = [self.settings.class_weight.get(text, 1.0) for text in self.target.classes]
            by_class = np.array(weights)[classes]
            weight = by_class if weight is None else weight * by_class
        return None if weight is None else weight.astype(np.float32)

    def _keep(self, runs: list[Run], schema: Schema, target: Target, n: int) -> None:
        """Take over where the runs stand."""
        self.schema, self.target, self.n_rows = schema, target, self.n_rows + n
        self.start = replace(self.start, parameters=np.array([run.parameters for run in runs]))
        self.states = [run.state for run in runs]

    def _model(self, ended: str, options: TrainOptions) -> Model:
        """Return the model as the networks stand."""
        network, parameters, settings = self.start.network, self.start.parameters.copy(), self.settings
        if self.start.logarithms is not None:
            network = replace(network, activations=(*network.activations[:-1], "exp"))
        shrink(network, parameters, self.temperature)
        epochs = self.curves[0].length
        recipe = Recipe(
            seed=settings.seed,
            optimizer=self.optimizer.name,
            learning_rate=self.optimizer.learning_rate,
            schedule=self.optimizer.schedule.name,
            weight_decay=self.optimizer.weight_decay,
            dropout=settings.dropout,
            label_smoothing=self.smoothing,
            batch_size=options.batch_size or 0,
            epochs=epochs,
            epochs_run=epochs,
            best_epochs=(epochs,) * len(parameters),
            ended=ended,
            temperature=self.temperature,
        )
        data = Data(training_rows=self.n_rows)
        threshold = threshold_for(settings.threshold, None, None)
        return Model(
            network,
            parameters,
            self.schema,
            self.target,
            recipe=recipe,
            data=data,
            settings=settings,
            threshold=threshold,
        )


def _optimizer(settings: Settings, n_rows: int) -> Optimizer:
    """Return AdamW at a steady rate."""
    rate = settings.learning_rate or STEADY_RATE * learning_rate_for(n_rows)
    return Optimizer("adamw", rate, weight_decay=weight_decay_for(settings), rates=Rates(factors=3.0))
