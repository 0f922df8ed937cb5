"""The members of an ensemble: which rows each holds out, its training on the others, and what it says of the former."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from selenite import backend as backends
from selenite.errors import OptionError
from selenite.fitting.calibration import Unseen
from selenite.fitting.encoded import Encoded
from selenite.fitting.plan import Plan, label_smoothing_for, optimizer_for
from selenite.fitting.target_transform import Logarithms
from selenite.model.metrics import goodness
from selenite.model.settings import Settings
from selenite.nn import EarlyStopping, Network, TrainOptions, initialize, start
from selenite.nn.epoch import mean_loss
from selenite.nn.initializers import require_room
from selenite.nn.random import SEED_OF_NEXT
from selenite.splits.folds import folds
from selenite.splits.grouping import Grouping
from selenite.table import Target, as_probabilities, monotone_inputs, smoothed, strata_of
from selenite.training import Callback, Run, Trainer, Training, TrainingRows, train_runs
from selenite.training.monotone import Bounds
from selenite.types import Array, Floats, Mask

FEWEST_ROWS_TO_HOLD_OUT = 20
N_FOLDS, HELD_OUT_FOLDS = 16, 2
FEW_FOLDS = 8  # of fewer one is held out, so that a member trains on most rows


@dataclass(frozen=True)
class Members:
    """What members learn from and how, whatever their network."""

    encoded: Encoded
    held_out: Mask | None  # (members, n); None where the user's own rows validate all of them, or none do
    settings: Settings
    callbacks: Sequence[Callback]
    verbs: backends.Backend
    record: bool
    trainer: Trainer = train_runs
    logarithms: Logarithms | None = None  # that they learn in place of the numbers
    begin: Array | None = None  # parameters to go on from, (members, n_parameters), in place of random ones

    @property
    def are_validated(self) -> bool:
        """Tell whether rows that a member is not trained on judge its epochs."""
        return self.held_out is not None or self.encoded.own is not None

    def learning(self, logarithms: Logarithms) -> Members:
        """Return the same for the logarithms of the numbers."""
        known = self.encoded
        assert known.numbers is not None
        rows, own = replace(known.rows, Y=logarithms.answers(known.numbers)), known.own
        if own is not None and known.own_numbers is not None:
            own = replace(own, Y=logarithms.answers(known.own_numbers))
        windows = None if known.windows is None else known.windows.answering(logarithms.answers)
        return replace(self, encoded=replace(known, rows=rows, own=own, windows=windows), logarithms=logarithms)

    def label_smoothing(self, network: Network) -> float:
        """Return the share of each answer that all classes are given alike."""
        return 0.0 if self.encoded.are_soft else label_smoothing_for(network)

    def first(self, n: int) -> Members:
        """Return the first n of them."""
        return replace(self, held_out=None if self.held_out is None else self.held_out[:n])

    @property
    def n_validation_rows(self) -> int:
        """Return how many rows judge the epochs of a member."""
        if self.encoded.own is not None:
            return len(self.encoded.own.X)
        return 0 if self.held_out is None else int(self.held_out[0].sum())

    def train(self, network: Network, plan: Plan, seconds: float) -> list[Training]:
        """Train them, each on the rows that it does not hold out, for at most `seconds`."""
        settings = self.settings
        require_room(network, np.float32, networks=plan.members)
        optimizer, runs = optimizer_for(plan), []
        options = TrainOptions(batch_size=plan.batch_size, dropout=plan.dropout, shards=settings.shards or 1)
        share, stored = self.label_smoothing(network), self.encoded.windows
        n_own = len(self.encoded.rows.X) - (0 if self.held_out is None else int(self.held_out.sum(axis=1).min()))
        windows = None if stored is None else stored.windows(lambda Y: smoothed(Y, share), n_own)
        bounds, verbs = None, self.verbs
        if settings.monotone:  # a model beside it, on the same rows, is free
            bounds = Bounds.of(network, monotone_inputs(self.encoded.schema))
            verbs = bounds.kept_by(verbs)
        for k in range(plan.members):
            aside = self.encoded.own if self.held_out is None else self.encoded.rows.take(self.held_out[k])
            rule = EarlyStopping(patience=plan.patience)
            if aside is not None:
                rule = EarlyStopping(aside.X, smoothed(aside.Y, share), aside.weight, plan.patience)
                if settings.metric is not None:
                    rule.score = self._score(settings.metric, network, aside)
            seed = settings.seed + k * SEED_OF_NEXT
            if self.begin is None:
                parameters = initialize(network, seed=seed, dtype=np.float32)
                if bounds is not None:
                    bounds.reflect(parameters)
            else:
                parameters = self.begin[k].copy()
                _keep_if_best(rule, network, parameters)
            state = start(optimizer, parameters)
            mine = self.encoded.rows if self.held_out is None else self.encoded.rows.take(~self.held_out[k])
            mine = replace(mine, Y=smoothed(mine.Y, share))
            runs.append(
                Run(
                    network,
                    optimizer,
                    parameters,
                    state,
                    mine,
                    options,
                    seed,
                    rule,
                    backend=verbs,
                    windows=windows,
                )
            )
        return self.trainer(
            runs,
            epochs=plan.epochs,
            seconds=seconds,
            keep_best=self.are_validated,
            callbacks=self.callbacks,
            record=self.record,
        )

    def _score(self, metric: str, network: Network, aside: TrainingRows) -> Callable[[Array], float]:
        """Return how good parameters are by a metric on validation rows, higher the better."""
        Y, weight = aside.Y.astype(np.float64), None if aside.weight is None else aside.weight.astype(np.float64)
        of_classes, logarithms = self.encoded.target.task == "classification", self.logarithms

        def score(parameters: Array) -> float:
            output = self.verbs.predict(network, parameters, aside.X)
            if of_classes:
                y = Y.argmax(axis=1) if Y.shape[1] > 1 else np.rint(Y[:, 0]).astype(np.intp)
                return goodness(metric, as_probabilities(output), y, weight)
            numbers = [one[:, 0].astype(np.float64) for one in (output, Y)]
            if logarithms is not None:
                numbers = [np.exp(logarithms.center + logarithms.width * one) for one in numbers]
            return goodness(metric, numbers[0], numbers[1], weight)

        return score

    def unseen(self, network: Network, parameters: Array) -> Unseen | None:
        """Return what they give for rows that they were not trained on; parameters are (members, n_parameters)."""
        if self.encoded.own is not None:
            return Unseen(
                np.array([self._raw_outputs(network, one, self.encoded.own.X) for one in parameters]), self.encoded.own
            )
        if self.held_out is None:
            return None
        count = self.held_out.sum(axis=0)
        outputs = np.full((int(count.max()), len(self.encoded.rows.X), network.n_outputs), np.nan)
        filled = np.zeros(len(self.encoded.rows.X), dtype=np.intp)
        for member, mask in zip(parameters, self.held_out, strict=True):
            mine = np.flatnonzero(mask)
            outputs[filled[mine], mine] = self._raw_outputs(network, member, self.encoded.rows.X[mine])
            filled[mine] += 1
        return Unseen(outputs[:, count > 0], self.encoded.rows.take(count > 0))

    def _raw_outputs(self, network: Network, parameters: Array, X: Array) -> Floats:
        """Return the output layer's z of each row."""
        without = replace(network, activations=(*network.activations[:-1], "identity"), loss="squared_error")
        return self.verbs.predict(without, parameters, X).astype(np.float64)


def _keep_if_best(rule: EarlyStopping, network: Network, parameters: Array) -> None:
    """Let the parameters before the first epoch be the best so far, as the rows that judge epochs say."""
    if rule.X is not None and rule.Y is not None:
        loss = mean_loss(network, parameters, rule.X, rule.Y, rule.sample_weight)
        rule.best_loss = loss if rule.score is None else -rule.score(parameters)
        rule.best_parameters = parameters.copy()


def rows_held_out(rows: TrainingRows, members: int, seed: int, target: Target, grouping: Grouping) -> Mask | None:
    """Return which rows each member holds out, (members, n): two of 16 folds, one of them in common with the next.

    Few groups or moments make fewer folds, of which members hold out one where two would be too many; they go round.
    """
    n = len(rows.X)
    if len(grouping.first_rows(n)) < FEWEST_ROWS_TO_HOLD_OUT:
        return None
    one_hot = target.n_outputs > 1 and not target.each
    encoded = rows.Y.argmax(axis=1) if one_hot else np.rint(rows.Y if target.each else rows.Y[:, 0])
    fold = folds(n, N_FOLDS, seed, classes=strata_of(target, encoded), grouping=grouping)
    n_folds = int(fold.max()) + 1
    if n_folds == 1:
        what = "group" if grouping.times is None else "moment"
        raise OptionError(
            f"the {n:,} rows to learn from are of 1 {what}, too few to hold one out: "
            f"give rows of more {what}s, or validation rows of your own"
        )
    latest = n_folds - 1 - np.arange(members)[:, None]
    held_out: Mask = (latest - fold) % n_folds < (HELD_OUT_FOLDS if n_folds >= FEW_FOLDS else 1)
    return held_out
