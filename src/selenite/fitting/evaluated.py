"""What an evaluated fit is, and what its stages are called and may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.fitting.judging import OutOfFold, over_seeds
from selenite.fitting.outcome import outcome_dict, outcome_html, outcome_text
from selenite.model import Data, Figure, Model
from selenite.model.metrics import Metric
from selenite.model.parts import OverSeeds
from selenite.table import ReadOptions
from selenite.text import figure_texts, plain
from selenite.training import Finding, Training

FOR_FITTING = 0.8  # of a time limit
PREPARING, JUDGING, JUDGING_BY_LINEAR = "preparing the rows", "judging the model by folds", "fitting a linear model"
JUDGING_FREE = "fitting without monotone columns"
FOR_LINEAR = 0.5  # of what is left then; the rest is for the figures
INTERRUPTED = "Verdict: none, judging the model was interrupted."


@dataclass(frozen=True)
class Judgement:
    """How good a model is at one target, on rows never used, and what that means in words."""

    figures: dict[str, list[Metric]]  # of "selenite", "linear" and a guess such as the "mean"
    verdict: str
    over_seeds: tuple[OverSeeds, ...] = ()  # how the figures of "selenite" vary by the seed, where there are several

    @property
    def stored(self) -> tuple[Figure, ...]:
        """The figures as a model's file holds them: those that are finite, as R2 of equal answers is not."""
        return tuple(
            Figure(metric.name, name, metric.value, metric.low, metric.high)
            for name, metrics in self.figures.items()
            for metric in metrics
            if np.isfinite(metric.value)
        )


@dataclass(frozen=True, repr=False)
class EvaluatedFit:
    """A model with the figures inside, how its members trained, and what the figures mean."""

    model: Model
    trainings: list[Training]
    judged: tuple[Judgement, ...]  # of each target
    n_judged: int  # rows that the figures are of
    seconds: float  # of fitting
    interrupted: bool  # by Ctrl-C, while the model or those that judge it were fitted
    validated_on: str | None = None  # what the user's own validation rows are called
    file: str | None = None  # the path that the rows were read from
    output: str | None = None  # the path that the model was saved to
    out_of_fold: OutOfFold | None = None  # what was said of each row by models that have not seen it, where in folds
    findings: tuple[Finding, ...] = ()  # of what went badly, but for a divergence; of copies

    @property
    def divergence(self) -> str:
        """Where a number stopped being finite, if training diverged; else ""."""
        return next((training.explanation for training in self.trainings if training.ended == "diverged"), "")

    def __str__(self) -> str:
        return outcome_text(self)

    def __repr__(self) -> str:
        told = []
        for target, judged in zip(self.model.target.names, self.judged, strict=True):
            found = judged.figures.get("selenite", [])
            figures = ", ".join(f"{one.name} {figure_texts(one.name, [one])[0]}" for one in found)
            told.append(f"{plain(target)}: {figures}" if self.model.target.each else figures)
        return f"<Fit of {plain(self.model.target.name)} on {self.n_judged:,} rows never used: {'; '.join(told)}>"

    def _repr_html_(self) -> str:
        return f"{self.model._repr_html_()}{outcome_html(self)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the same as plain data: what `selenite fit --json` prints."""
        return outcome_dict(self)

    @property
    def figures(self) -> dict[str, list[Metric]]:
        """Those of the first target, which most often is the only one."""
        return self.judged[0].figures

    @property
    def verdict(self) -> str:
        """That of the first target."""
        return self.judged[0].verdict


def with_figures(model: Model, data: Data, judged: Sequence[Judgement], read: ReadOptions | None) -> Model:
    """Return a model with what its file tells of its rows and of how good it is."""
    model = replace(model, read=read or ReadOptions(), data=data)
    told: list[dict[str, Any]] = [
        {"figures": one.stored, "verdict": one.verdict if one.figures else "", "over_seeds": one.over_seeds}
        for one in judged
    ]
    if model.target.each:
        pairs = zip(model.of_targets, told, strict=True)
        return replace(model, of_targets=tuple(replace(one, **of) for one, of in pairs))
    return replace(model, **told[0])


def with_spread(judged: Sequence[Judgement], of_seeds: Sequence[Sequence[Judgement]]) -> tuple[Judgement, ...]:
    """Return judgements with how their figures vary by the seed, those of further seeds beside."""
    figures = [[one.figures["selenite"] for one in same] for same in zip(judged, *of_seeds, strict=True)]
    return tuple(replace(one, over_seeds=over_seeds(of)) for one, of in zip(judged, figures, strict=True))
