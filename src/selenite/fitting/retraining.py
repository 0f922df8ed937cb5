"""Networks trained in place of the first ones, where these show that the table asks for it.

The first tell how much there is to learn, and whether rows answer as their equals did beyond what their columns say;
two networks of the target's logarithm, on the same rows, whether that suits it better. Where there is no time for it,
or somebody stops it, the first remain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.fitting.budget import SecondsLeft, fitted_to_time
from selenite.fitting.calibration import Unseen, held_out_loss
from selenite.fitting.encoded import Encoded
from selenite.fitting.known_rows import equal_rows, with_known_rows
from selenite.fitting.members import Members
from selenite.fitting.plan import (
    LOGARITHMS_PAY,
    MORE_WEIGHT_DECAY,
    TRIED_IN_LOGARITHMS,
    VALUES_PAY,
    Plan,
    may_be_by_values,
    may_be_widened,
    widened,
)
from selenite.fitting.target_transform import Logarithms
from selenite.fitting.values import with_values
from selenite.model.settings import Settings
from selenite.nn import Network
from selenite.stages import Stages
from selenite.table import Target
from selenite.training import Training
from selenite.types import Array

TO_THE_END = ("epochs", "patience")
TRAINING, IN_LOGARITHMS, WIDER = "training", "training on the logarithm", "training wider networks"  # rounds
TRIAL, KNOWING_ROWS = "is the logarithm better?", "training on known rows"
BY_VALUES, DECAYING_MORE = "training on values as cases", "training with more weight decay"


@dataclass(frozen=True)
class Trained:
    """Members of one network, and by what plan they were trained."""

    network: Network
    plan: Plan
    members: Members
    trainings: list[Training]

    @property
    def ended(self) -> str:
        """Return how training ended: as that of any did that was cut off or diverged, else as the first one's did."""
        endings = [training.ended for training in self.trainings]
        return next((ending for ending in endings if ending not in TO_THE_END), endings[0])

    @property
    def to_the_end(self) -> bool:
        """Tell whether nothing from outside has ended training, and no network diverged."""
        return self.ended in TO_THE_END

    @property
    def parameters(self) -> Array:
        """Return each member's, (n_members, n_parameters)."""
        return np.array([training.parameters for training in self.trainings])

    def unseen(self) -> Unseen | None:
        """Return what they give for rows that they were not trained on."""
        return self.members.unseen(self.network, self.parameters)

    def first(self, n: int) -> Trained:
        """Return the first n of them."""
        return replace(self, members=self.members.first(n), trainings=self.trainings[:n])


def possible_rounds(settings: Settings, target: Target) -> list[str]:
    """Return what may be trained, in order: the first networks show what is. Known rows and more decay seldom are."""
    positive = target.minimum is not None and target.minimum > 0
    logarithms = positive and settings.loss in ("auto", "squared_error") and settings.hidden != ()
    return [
        TRAINING,
        *[BY_VALUES] * may_be_by_values(settings),
        *[TRIAL, IN_LOGARITHMS] * logarithms,
        *[WIDER] * may_be_widened(settings),
    ]


def knowing_rows(trained: Trained, seconds_left: SecondsLeft, stages: Stages) -> Trained:
    """Return networks that are told what equal rows of training answered, where that pays, else those given."""
    members = trained.members
    asked = members.settings.known_rows and trained.plan.hidden
    if not asked or not trained.to_the_end or members.held_out is None:
        return trained
    equals = equal_rows(members.encoded, members.settings.seed)
    before = None if equals is None else trained.unseen()
    if equals is None or before is None:
        return trained
    seen = np.flatnonzero(members.held_out.any(axis=0))
    encoded = with_known_rows(members.encoded, equals, trained.network, before, seen)
    if encoded is None:
        return trained
    stages.begin(KNOWING_ROWS)
    return _if_better(trained, before, trained.plan, encoded, 1.0, seconds_left)


def by_values(trained: Trained, seconds_left: SecondsLeft, stages: Stages) -> Trained:
    """Return networks that have an indicator for each number of few values, where these are clearly better."""
    if not may_be_by_values(trained.members.settings) or not trained.plan.hidden or not trained.to_the_end:
        return trained
    encoded = with_values(trained.members.encoded)
    before = None if encoded is None else _comparable(trained)
    if encoded is None or before is None:
        return trained
    stages.begin(BY_VALUES)
    return _if_better(trained, before, trained.plan, encoded, VALUES_PAY, seconds_left)


def decaying_more(trained: Trained, seconds_left: SecondsLeft, stages: Stages) -> Trained:
    """Return networks whose weights decay more, where categories are told by mean answers and these are better.

    Such a mean is as noisy as its rows are few.
    """
    settings, encoded = trained.members.settings, trained.members.encoded
    asked = settings.weight_decay is None and settings.preset != "fast" and trained.plan.hidden
    if not asked or not trained.to_the_end or all(column.statistics is None for column in encoded.schema.columns):
        return trained
    before = _comparable(trained)
    if before is None:
        return trained
    stages.begin(DECAYING_MORE)
    plan = replace(trained.plan, weight_decay=MORE_WEIGHT_DECAY)
    return _if_better(trained, before, plan, encoded, 1.0, seconds_left)


def _comparable(trained: Trained) -> Unseen | None:
    """Return what they give for held-out rows, if there are any whose losses can be told by `held_out_loss`."""
    encoded = trained.members.encoded
    if encoded.loss not in ("log_loss", "squared_error") or encoded.target.each:
        return None
    return trained.unseen()


def _if_better(
    trained: Trained,
    before: Unseen,
    plan: Plan,
    encoded: Encoded,
    pays: float,
    seconds_left: SecondsLeft,
) -> Trained:
    """Return networks of another plan or other inputs where their held-out loss is below so much of that `before`."""
    again = _train_again(plan, replace(trained.members, encoded=encoded), seconds_left)
    after = None if again is None or not again.to_the_end else again.unseen()
    if (
        again is not None
        and after is not None
        and held_out_loss(again.network, after) >= pays * held_out_loss(trained.network, before)
    ):
        return trained
    return _instead(trained, again)


def in_logarithms(trained: Trained, seconds_left: SecondsLeft, stages: Stages) -> Trained:
    """Return networks of the numbers' logarithms where two of them are clearly better, else those given.

    Where there are no more than two networks a trial is dear: they are tried only where the given ones predict what
    cannot be, numbers that are not positive.
    """
    plan, network = trained.plan, trained.network
    n = min(TRIED_IN_LOGARITHMS, plan.members)
    encoded = trained.members.encoded
    if encoded.numbers is None or network.loss != "squared_error" or not plan.hidden or not trained.to_the_end:
        return trained
    others = encoded.own_numbers
    if encoded.windows is not None and encoded.target.minimum is not None:
        others = np.append(np.array([encoded.target.minimum]), [] if others is None else others)
    logarithms = Logarithms.of(encoded.numbers, others, encoded.rows.weight)
    before = trained.first(n).unseen()
    if logarithms is None or before is None:
        return trained
    if plan.members <= n and not _predicts_what_cannot_be(trained):
        return trained
    members = trained.members.learning(logarithms)
    stages.begin(TRIAL)
    trial = _train_again(replace(plan, members=n), members.first(n), seconds_left)
    after = None if trial is None or not trial.to_the_end else trial.unseen()
    if after is None:
        return _instead(trained, trial)
    error, error_before = logarithms.turned_back(after).mean_absolute_error(), before.mean_absolute_error()
    if error >= LOGARITHMS_PAY * encoded.target.width * error_before:
        return trained
    if n == plan.members:
        return _instead(trained, trial)
    stages.begin(IN_LOGARITHMS)
    return _instead(trained, _train_again(plan, members, seconds_left))


def _predicts_what_cannot_be(trained: Trained) -> bool:
    """Tell whether a row to learn from is given a number that is not positive."""
    verbs, X, target = trained.members.verbs, trained.members.encoded.rows.X, trained.members.encoded.target
    output = np.mean([verbs.predict(trained.network, one, X) for one in trained.parameters], axis=0)
    return bool((target.center + target.width * output.astype(np.float64) <= 0).any())


def wider(trained: Trained, seconds_left: SecondsLeft, stages: Stages) -> Trained:
    """Return wider networks, trained for longer, where the recipe asks for them, else those given.

    Where there is no time for all of their epochs, fewer will do, but not fewer than those of the first networks.
    """
    members = trained.members
    if not members.are_validated or not trained.to_the_end:
        return trained
    best_epochs = [training.best_epoch for training in trained.trainings]
    plan = widened(trained.plan, members.settings, trained.network.n_inputs, best_epochs)
    if plan is None:
        return trained
    stages.begin(WIDER)
    return _instead(trained, _train_again(plan, members, seconds_left, trained.plan.epochs))


def _train_again(
    plan: Plan, members: Members, seconds_left: SecondsLeft, fewest_epochs: int | None = None
) -> Trained | None:
    """Train by another plan, or return None where it does not fit into the time, with all or the fewest epochs."""
    encoded, network = members.encoded, members.encoded.network(plan)
    affordable, n_rows, seconds = fitted_to_time(
        plan, network, encoded.rows, encoded.own, seconds_left(), members.verbs, encoded.n_rows
    )
    fewest = plan.epochs if fewest_epochs is None else fewest_epochs
    if n_rows is not None or affordable.members < plan.members or affordable.epochs < fewest:
        return None
    return Trained(network, affordable, members, members.train(network, affordable, seconds))


def _instead(first: Trained, again: Trained | None) -> Trained:
    """Return networks trained again to the end; else the first, which are whole, though somebody may want it to end."""
    if again is not None and again.to_the_end:
        return again
    stopped = [] if again is None else [one.ended for one in again.trainings if one.ended in ("interrupt", "callback")]
    if not stopped:
        return first
    return replace(first, trainings=[replace(training, ended=stopped[0]) for training in first.trainings])


ROUNDS = (by_values, in_logarithms, decaying_more, wider, knowing_rows)  # in this order, each of what the last gave
