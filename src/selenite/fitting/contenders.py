"""What is fitted to be judged by the same rows: the model that is kept, the same of other seeds, and a linear one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from selenite.fitting.budget import countdown
from selenite.fitting.diagnosis import DIVERGED, diagnose_members, rows_kept
from selenite.fitting.encoded import Encoded, TrainingTable, encode_rows
from selenite.fitting.ensemble import Fitted, fit_model
from selenite.fitting.evaluated import FOR_FITTING, FOR_LINEAR, JUDGING, JUDGING_BY_LINEAR, JUDGING_FREE
from selenite.model import Model, Settings
from selenite.splits.split import Part
from selenite.stages import Stages
from selenite.training import Callback, Finding, Trainer, train_runs

LEAST_SECONDS = 0.01  # of a time limit, for one fit


@dataclass
class Fits:
    """Fits models to parts of a table, whose rows are encoded once for all of them, until somebody interrupts."""

    given: TrainingTable
    parts: list[Part]
    trainer: Trainer = train_runs
    interrupted: bool = False
    _encoded: dict[int | None, Encoded] = field(default_factory=dict)

    def fit(
        self,
        part: int | None,
        settings: Settings,
        callbacks: Sequence[Callback] = (),
        stages: Stages | None = None,
    ) -> Fitted:
        """Return a model of a part's rows, or of all (None); settings that rows are encoded by must not differ."""
        seconds_left = countdown(settings.time_limit)
        if part not in self._encoded:
            given = self.given if part is None else self.given.take(self.parts[part][0])
            self._encoded[part] = encode_rows(given, settings, seconds_left)
        fitted = fit_model(
            self._encoded[part], settings, seconds_left, callbacks=callbacks, stages=stages, trainer=self.trainer
        )
        self.interrupted = fitted.model.recipe.ended == "interrupt"
        return fitted

    def findings(self, part: int | None, fitted: Fitted) -> tuple[Finding, ...]:
        """Return what went badly in the training of a model, by its curves and by some of the rows trained on."""
        kept = rows_kept(self.given, seed=0, fitted_to=None if part is None else self.parts[part][0])
        found = diagnose_members(fitted.model, fitted.trainings, kept.features, kept.answers, kept.weight)
        return tuple(finding for finding in found if finding.name != DIVERGED)

    def fit_parts(self, stage: str, settings: Settings, stages: Stages) -> list[Fitted]:
        """Return a model of each part; none if that is interrupted, or something was before."""
        fitted: list[Fitted] = []
        stages.begin(stage)
        for part in range(len(self.parts)):
            if self.interrupted:
                break
            fitted.append(self.fit(part, settings))
            stages.done((part + 1) / len(self.parts))
        return [] if self.interrupted else fitted


@dataclass(frozen=True)
class Contenders:
    """What was fitted."""

    kept: Fitted  # on all rows, or on those that are not put aside
    by_name: dict[str, list[Fitted]]  # "selenite", "free" if columns are monotone, and "linear": a model of each part
    of_seeds: list[list[Fitted]]  # "selenite" once more of each further seed
    seconds: float  # without the linear ones

    @property
    def models(self) -> list[Model]:
        """The models that are judged, one a part."""
        return [one.model for one in self.by_name["selenite"]]


def stages_of(settings: Settings, by_folds: bool, seeds: int) -> list[str]:
    """Return the stages of fitting them that follow those of the first."""
    beside = [JUDGING_FREE] * bool(settings.monotone) + [JUDGING_BY_LINEAR] * (settings.hidden != ())
    return [*[JUDGING] * by_folds, *_further(seeds), *beside]


def _further(seeds: int) -> list[str]:
    return [f"seed {k + 1} of {seeds}" for k in range(1, seeds)]


def fit_contenders(
    fits: Fits,
    settings: Settings,
    by_folds: bool,
    seeds: int,
    left: Callable[[], float],
    callbacks: Sequence[Callback],
    stages: Stages,
) -> Contenders:
    """Fit them; of the seconds `left` each fit has its share, if there is a time limit."""
    begun, n_parts = time.perf_counter(), len(fits.parts)
    own = within(settings, FOR_FITTING, left, by_folds + (seeds + bool(settings.monotone)) * n_parts)
    kept = fits.fit(None if by_folds else 0, own, callbacks, stages)
    if fits.interrupted and not any(kept.model.recipe.best_epochs):
        raise KeyboardInterrupt  # nothing was learnt
    by_name = {"selenite": fits.fit_parts(JUDGING, own, stages) if by_folds else [kept]}
    of_seeds = [
        fits.fit_parts(stage, replace(own, seed=own.seed + k), stages)
        for k, stage in enumerate(_further(seeds), start=1)
    ]
    seconds = time.perf_counter() - begun
    if settings.monotone:  # what it costs: rows are encoded otherwise for columns that may go as they like
        free = Fits(fits.given, fits.parts, fits.trainer, fits.interrupted)
        by_name["free"] = free.fit_parts(JUDGING_FREE, replace(own, monotone={}), stages)
        fits.interrupted = free.interrupted
    if settings.hidden != ():
        linear = within(linear_beside(settings), FOR_LINEAR, left, n_parts)
        by_name["linear"] = fits.fit_parts(JUDGING_BY_LINEAR, linear, stages)
    return Contenders(kept, by_name, of_seeds, seconds)


def linear_beside(settings: Settings) -> Settings:
    """Return the settings of the linear model beside: what the recipe makes without hidden layers."""
    return Settings(
        hidden=(),
        loss=settings.loss,
        class_weight=settings.class_weight,
        seed=settings.seed,
        task=settings.task,
        kinds=settings.kinds,
        threshold=settings.threshold,
        metric=settings.metric,
        time_limit=settings.time_limit,
    )


def within(settings: Settings, share: float, left: Callable[[], float], n_fits: int) -> Settings:
    """Return settings by which so many fits take a share of the seconds left, if there is a time limit."""
    if settings.time_limit is None:
        return settings
    return replace(settings, time_limit=max(share * left() / n_fits, LEAST_SECONDS))
