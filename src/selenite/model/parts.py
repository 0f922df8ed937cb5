"""What a model is, its parameters left out: how it was made, from which rows, how good it is.

The type of each field is what a model file may hold there.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, stdev

from selenite.model.residual_quantiles import ResidualQuantiles
from selenite.model.settings import Settings
from selenite.nn import Network
from selenite.table.schema import ReadOptions, Schema, Target


@dataclass(frozen=True)
class Curve:
    """The mean loss of a member's training rows and of its validation rows, at some epochs, to five digits."""

    epochs: tuple[int, ...] = ()  # counted from 1; the first, the last and the one kept are among them
    training: tuple[float, ...] = ()  # as it was trained, with dropout and label smoothing
    validation: tuple[float, ...] = ()  # none without validation rows


@dataclass(frozen=True)
class Trial:
    """Settings that were tried, None the recipe's, and their loss on validation rows: rows that it held out."""

    hidden: tuple[int, ...] | None
    activation: str
    learning_rate: float | None
    dropout: float
    weight_decay: float | None
    loss: float  # in the target's unit: of squared errors of numbers the root
    low: float | None = None  # of the sum of its losses as a share of that of the first trial, which is the recipe
    high: float | None = None
    score: float | None = None  # by the metric asked for: low and high are then of what it has more than the first


@dataclass(frozen=True)
class Recipe:
    """How the parameters were made."""

    seed: int = 0
    optimizer: str = ""
    learning_rate: float = 0.0
    schedule: str = ""
    weight_decay: float = 0.0
    dropout: float = 0.0
    label_smoothing: float = 0.0  # the share of an answer that all classes were given alike
    batch_size: int = 0
    epochs: int = 0  # the most
    epochs_run: int = 0  # of the member that ran longest
    best_epochs: tuple[int, ...] = ()  # whose parameters these are, counted from 1, of each member
    patience: int = 0
    ended: str = ""  # "epochs", "patience", "interrupt", "callback" or "diverged"
    temperature: float = 1.0  # by which the output layer was divided
    curves: tuple[Curve, ...] = ()  # of each member; none where they were not kept
    trials: tuple[Trial, ...] = ()  # of the search that chose the settings, the recipe first; none without a search


@dataclass(frozen=True)
class Data:
    """Which rows the model was made from."""

    training_rows: int = 0
    validation_rows: int = 0  # chose a member's best epoch; of an ensemble, other rows for each member
    test_rows: int = 0  # never used in making the model
    folds: int = 0  # where there are no test rows: the figures are of each row by a model fitted without its fold
    repeats: int = 0  # how often the folds were drawn; 0 where nobody asked for them, as of few rows
    test_fraction: float = 0.0  # with the seed, names those rows in a table of the same fingerprint
    split_seed: int = 0
    groups: str = ""  # the column whose groups stayed together
    time_column: str = ""  # the column that says when a row was made
    weights: str = ""  # the column that says how much a row counted
    copied_rows: int = 0  # that repeat others, kept together with these
    drawn_alike: bool = False  # the test rows were drawn whatever their class, as of very many rows
    fingerprint: str = ""  # of the whole table; empty if there was no file
    continues: str = ""  # SHA-256 of the file of the model whose networks went on with these rows; empty if none did


@dataclass(frozen=True)
class Figure:
    """A metric on rows never used in making the model, of the model itself or of a baseline."""

    metric: str  # "accuracy", "area under ROC", "log loss", "R2", "RMSE", "MAE", a loss as it is spelt, ...
    model: str  # "selenite", "free" if no column were monotone, "linear", or what is always given, such as "mean"
    value: float
    low: float | None = None  # 95 % interval
    high: float | None = None


@dataclass(frozen=True)
class OverSeeds:
    """A metric of the networks of several seeds on the same rows never used."""

    metric: str
    values: tuple[float, ...]  # of each seed, the model's own first

    @property
    def mean(self) -> float:
        """Their mean."""
        return fmean(self.values)

    @property
    def deviation(self) -> float:
        """Their standard deviation."""
        return stdev(self.values)


@dataclass(frozen=True)
class OfTarget:
    """What is of one of several targets alone."""

    temperature: float = 1.0  # by which its output was divided
    residual_quantiles: ResidualQuantiles | None = None  # of a number
    truth_quantiles: tuple[float, ...] = ()  # of classes
    figures: tuple[Figure, ...] = ()
    verdict: str = ""
    over_seeds: tuple[OverSeeds, ...] = ()


@dataclass(frozen=True)
class Header:
    """All of a model but its parameters."""

    network: Network
    schema: Schema
    target: Target
    read: ReadOptions
    recipe: Recipe
    data: Data
    figures: tuple[Figure, ...]
    residual_quantiles: ResidualQuantiles | None  # of a number
    settings: Settings | None = None  # what was asked for; None where the file does not keep it
    threshold: float | None = None  # of two classes: the second is predicted from this probability on
    truth_quantiles: tuple[float, ...] = ()  # of the probability of the right class, see `class_sets`
    verdict: str = ""  # what the figures mean, in words, as `fit` said it
    of_targets: tuple[OfTarget, ...] = ()  # of several, in their order, in place of what stands above of one
    over_seeds: tuple[OverSeeds, ...] = ()  # how the figures vary by the seed; none where one was fitted
