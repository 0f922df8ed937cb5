"""The search: candidates are fitted, each is judged on rows that it never used; no test row is looked at."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf, isfinite, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from selenite.errors import DivergenceWarning, OptionError
from selenite.fitting.budget import SecondsLeft, countdown
from selenite.fitting.encoded import Encoded, encode_rows, scaled_for
from selenite.fitting.ensemble import fit_model
from selenite.fitting.evaluate import fit_and_evaluate, require_rows_to_judge, training_table
from selenite.fitting.evaluated import EvaluatedFit
from selenite.fitting.judging import TEST_FRACTION
from selenite.fitting.large import LargeTable, look_over
from selenite.model import Data, Settings
from selenite.model.intervals import Clusters, jackknife, jackknife_interval, ratio_interval
from selenite.model.metrics import ERRORS, goodness, metric_called
from selenite.model.parts import Trial
from selenite.model.predictions import Predictions, joined_predictions, measure, predictions_of
from selenite.model.rows import parts_of
from selenite.splits.grouping import Grouping
from selenite.splits.split import parts
from selenite.stages import Stages
from selenite.table import ReadOptions, Table, Target, answers_in, encode, encode_target, learn_target, strata_of
from selenite.table.grouping import grouping_of
from selenite.table.limits import LARGE
from selenite.table.parted import Parted
from selenite.text import counted
from selenite.training import Callback
from selenite.tuning.candidates import TRIED, candidates
from selenite.tuning.trials import best_first
from selenite.types import Array, Floats, Indices

TRYING = "trying settings"  # the stage
MANY_ROWS, FOLDS, VALIDATION_FRACTION = 10_000, 3, 0.2  # from so many training rows on, one part of them judges
SURE = 0.95  # that the best of all candidates is better than the recipe
FOR_FITTING = 2.0  # times the longest trial, that the fit with the chosen settings takes


@dataclass(frozen=True)
class Search:
    """How much is tried: a number of trials exactly, or as many as fit into the seconds; `jobs` of them at a time."""

    trials: int | None = None
    seconds: float = inf
    jobs: int = 1


@dataclass(frozen=True)
class Tuned:
    """The fit with the settings that a search chose, and what was tried."""

    fit: EvaluatedFit  # its model's recipe holds the trials
    chosen: int  # which trial, from 0: the recipe
    n_judged: int  # validation rows that the trials were judged on
    by: str  # the loss, or the metric

    @property
    def trials(self) -> tuple[Trial, ...]:
        """What was tried, the recipe first."""
        return self.fit.model.recipe.trials

    @property
    def verdict(self) -> str:
        """Say in words whether the search was worth it."""
        others, rows = counted(len(self.trials) - 1, "other trial"), f"{self.n_judged:,} validation rows"
        if self.chosen:
            taken, recipe = self.trials[self.chosen], self.trials[0]
            share = f"{taken.loss / recipe.loss:.3g} times its {self.by}"
            if taken.score is not None and recipe.score is not None:
                share = f"{self.by} {taken.score:.4g} beside {recipe.score:.4g}"
            return f"Tuning: trial {self.chosen + 1} is clearly better than the recipe on {rows}, {share}. It is taken."
        return f"Tuning: of {others} none is clearly better than the recipe on {rows}. The recipe is kept."


def tune(
    table: Table | LargeTable,
    target_name: str | tuple[str, ...],
    settings: Settings,
    search: Search,
    *,
    test_fraction: float | None = None,
    groups: str | None = None,
    time_column: str | None = None,
    read: ReadOptions | None = None,
    callbacks: Sequence[Callback] = (),
    stages: Stages | None = None,
    begun: float | None = None,
) -> Tuned:
    """Return a model fitted with the settings that were clearly best on validation rows, else with those given.

    Test rows are put aside first, of few rows, too; trials are fitted to and judged on parts of the others. Of very
    many rows, trials take some that are drawn, and the settings are then fitted to all.
    """
    if settings.monotone:
        raise OptionError("tune tries activations that no column is monotone with: leave monotone out, or call fit")
    if settings.metric is not None and not (isinstance(table, Table) and table.n_rows <= LARGE):
        raise OptionError("of so many rows the loss judges: leave metric out")
    stages, test_fraction = stages or Stages(), test_fraction or TEST_FRACTION
    names = (target_name,) if isinstance(target_name, str) else target_name
    columns: Any = {"groups": groups, "time_column": time_column}
    if isinstance(table, Table) and table.n_rows > LARGE and len(names) == 1:
        table = look_over(Parted(table), names[0], settings, test_fraction=test_fraction, **columns)
    data = Data(
        test_fraction=test_fraction, split_seed=settings.seed, groups=groups or "", time_column=time_column or ""
    )
    if isinstance(table, Table):
        rows, answers = table, answers_in(table, names)
        target = learn_target(answers, names[0], settings.task, table.first_line)
        require_rows_to_judge(table, target, settings, None, test_fraction)
        grouping = grouping_of(table.without(*names), answers, groups, time_column)
        [(training, _)] = parts_of(table, target, data, grouping)
    else:
        rows, target, grouping, training = table.sample, table.target, table.together, table.learning_in_sample
    judged = _parts_of_trials(rows, target, replace(settings, task=target.task), data, training, grouping)
    seconds_left = countdown(None if search.seconds == inf else search.seconds, begun)
    stages.expect(TRYING)
    stages.begin(TRYING)
    tried = []
    clusters = grouping.clusters
    if clusters is not None:
        clusters = clusters[np.concatenate([part.judging for part in judged])]
    for one in _tried(judged, clusters, settings, len(training), search, seconds_left):
        tried.append(one)
        stages.done(len(tried) / search.trials if search.trials else min(1 - seconds_left() / search.seconds, 1.0))
    trials = _compared(tried, judged[0].target.width, clusters)
    best = best_first(trials, settings.metric)[0]
    chosen = best if _is_clearly_better(trials[best], settings.metric) else 0
    how: Any = {"read": read, "callbacks": callbacks, "stages": stages}
    fit = fit_and_evaluate(table, names, tried[chosen].settings, test_fraction=test_fraction, **columns, **how)
    model = replace(fit.model, recipe=replace(fit.model.recipe, trials=trials))
    return Tuned(replace(fit, model=model), chosen, len(tried[0].losses), tried[0].by)


@dataclass(frozen=True)
class _Part:
    """Rows that each candidate is fitted to, encoded once, and rows that judge it."""

    encoded: Encoded
    inputs: Array  # (n_judging, n_inputs)
    answers: Table  # of the same rows, the targets alone
    judging: Indices  # in the whole table
    target: Target  # in whose widths losses are, the same for all parts and candidates


def _parts_of_trials(
    table: Table, target: Target, settings: Settings, data: Data, training: Indices, grouping: Grouping
) -> list[_Part]:
    """Return the parts that trials are fitted to and judged on: of the training rows alone."""
    given = training_table(table, target, settings, data, grouping)
    classes = None
    if target.task == "classification":
        classes = strata_of(target, encode_target(target, answers_in(table.take(training), target.names)))
    n_folds = FOLDS if len(training) < MANY_ROWS and grouping.times is None else 0
    split = parts(len(training), n_folds, VALIDATION_FRACTION, settings.seed, classes, grouping.take(training))
    made = []
    for fitting, judging in split:
        rows = given.take(training[fitting])
        if target.task == "classification":  # a rare class may be in no row of a part
            rows = replace(rows, target=target)
        encoded = encode_rows(rows, settings, countdown(None))
        features, answers = given.features.take(training[judging]), table.take(training[judging])
        inputs = encode(encoded.schema, features, np.float32)
        made.append(_Part(encoded, inputs, answers.only(*target.names), training[judging], target))
    learnt = made[0].encoded
    if target.task == "regression":
        scale = scaled_for(
            learnt.loss, learn_target(answers_in(table.take(training), target.names), target.name, target.task)
        )
        made = [replace(one, target=scale) for one in made]
    return made


@dataclass(frozen=True)
class _Tried:
    """Settings, and what they gave."""

    settings: Settings
    losses: Floats  # (n_judged,)
    by: str  # what the loss is called, or the metric
    seconds: float
    scores: Floats | None = None  # by the metric, if one is asked for: of all rows, then without each block of them


def _tried(
    parts: list[_Part],
    clusters: Clusters,
    settings: Settings,
    n_rows: int,
    search: Search,
    seconds_left: SecondsLeft,
) -> Iterator[_Tried]:
    """Yield what candidates give, in their order, as many as are asked for or as there is time for."""
    import joblib

    longest = 0.0

    def beginning() -> Iterator[Settings]:
        for k, one in enumerate(islice(candidates(settings, n_rows), search.trials)):
            if k and search.trials is None and seconds_left() < (1 + FOR_FITTING) * longest:
                return
            yield one

    many = joblib.Parallel(search.jobs, return_as="generator", pre_dispatch=search.jobs, batch_size=1)
    for tried in many(joblib.delayed(_trial)(parts, clusters, one) for one in beginning()):
        longest = max(longest, tried.seconds)
        yield tried


def _trial(parts: list[_Part], clusters: Clusters, settings: Settings) -> _Tried:
    """Fit a model to each part and judge it."""
    begun, losses, by = time.perf_counter(), [], ""
    judged: list[Predictions] = []
    for part in parts:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DivergenceWarning)  # its loss shows it
            model = fit_model(part.encoded, settings, countdown(None)).model
        if model.recipe.ended == "interrupt":
            raise KeyboardInterrupt
        of_targets = []
        for one, target in zip(model.each, part.target.each or (part.target,), strict=True):
            found = predictions_of(one, part.answers, inputs=part.inputs)
            of_targets.append(replace(found, model=replace(one, target=target)).losses())
            by = measure(one)
            judged.append(found)
        losses.append(np.sum(of_targets, axis=0))
    scores = None
    if settings.metric is not None:
        by = metric_called(settings.metric, parts[0].target)
        scores = _scores(settings.metric, joined_predictions(judged), clusters)
    return _Tried(settings, np.concatenate(losses), by, time.perf_counter() - begun, scores)


def _scores(metric: str, found: Predictions, clusters: Clusters) -> Floats:
    """Return a metric, turned so that higher is better, of all rows, then without each block of them."""
    y = found.classes if found.is_of_classes else found.answers

    def score(rows: Indices | slice) -> float:
        predicted = found.predicted[rows] if found.is_of_classes else None
        return goodness(metric, found.prediction[rows], y[rows], predicted=predicted)

    strata = found.classes if found.is_of_classes else None
    return np.array([score(slice(None)), *jackknife(score, len(y), clusters, strata)])


def _compared(tried: list[_Tried], width: float, clusters: Clusters) -> tuple[Trial, ...]:
    """Return the trials with their losses, those after the first beside it; all intervals hold together."""
    z = NormalDist().inv_cdf(1 - (1 - SURE) / 2 / max(len(tried) - 1, 1))
    trials: list[Trial] = []
    for one in tried:
        mean, low, high, score = float(one.losses.mean()), -inf, inf, None
        if one.scores is not None and tried[0].scores is not None:
            sign = -1 if one.settings.metric in ERRORS else 1
            score = float(np.nan_to_num(sign * one.scores[0]))  # files hold finite numbers
            if trials:
                with np.errstate(invalid="ignore"):  # of what is undefined
                    more = sign * (one.scores - tried[0].scores)
                low, high = jackknife_interval(float(more[0]), more[1:], z)
        elif trials:
            low, high = ratio_interval(one.losses, tried[0].losses, clusters, z)
        known = isfinite(low) and isfinite(high)
        trials.append(
            Trial(
                **{name: getattr(one.settings, name) for name in TRIED},
                loss=width * (sqrt(mean) if one.by == "RMSE" else mean),
                low=low if known else None,
                high=high if known else None,
                score=score,
            )
        )
    return tuple(trials)


def _is_clearly_better(trial: Trial, metric: str | None) -> bool:
    """Tell whether a trial's interval lies on the better side of the recipe."""
    if trial.low is None or trial.high is None:
        return False
    if trial.score is None:
        return trial.high < 1
    return trial.high < 0 if metric in ERRORS else trial.low > 0
