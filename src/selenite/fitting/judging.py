"""Which rows judge a fit, how often, and over how many seeds; what rows were told by models that never saw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.model import Model
from selenite.model.metrics import Metric
from selenite.model.parts import Data, OverSeeds
from selenite.model.predictions import predictions_of
from selenite.model.threshold import decided
from selenite.splits.grouping import Grouping
from selenite.splits.split import Part
from selenite.table import Table, Target, encode_target
from selenite.text import listed
from selenite.types import Floats

TEST_FRACTION = 0.15  # of the rows, unless asked otherwise


def require_share(test_fraction: float | None) -> None:
    """Refuse a share of the rows to put aside that is none."""
    if test_fraction is not None and not 0 < test_fraction < 1:
        raise OptionError(f"test_fraction={test_fraction} must lie between 0 and 1")


def require_judging(
    folds: int | None, repeat: int, seeds: int, validation: object, test_fraction: float | None
) -> None:
    """Refuse ways of judging that do not go together; the validation rows are None where there are none."""
    if folds is not None and folds < 2:
        raise OptionError(f"folds={folds}: at least 2 are needed")
    if min(repeat, seeds) < 1:
        raise OptionError(f"repeat={repeat} and seeds={seeds} must be at least 1")
    if folds is None and repeat > 1:
        raise OptionError(f"repeat={repeat} draws folds anew: say how many with folds, such as 5")
    if folds is not None and test_fraction is not None:
        raise OptionError("folds let every row judge: leave test_fraction out, or folds")
    if folds is not None and validation is not None:
        raise OptionError("folds do not go with validation, whose rows would choose the epochs of every fold")


def require_classes_in_parts(table: Table, target: Target, parts: Sequence[Part]) -> None:
    """Refuse parts whose rows to fit on lack a class."""
    for one in target.each or (target,):
        if one.task == "regression":
            continue
        classes = encode_target(one, table[one.name]).astype(np.intp)
        counts = np.array([np.bincount(classes[fitting], minlength=len(one.classes)) for fitting, _ in parts])
        lacking = np.flatnonzero(counts.min(axis=0) == 0)
        if len(lacking):
            names = listed([one.classes[k] for k in lacking])
            raise OptionError(f"the rows outside a fold have none of the class {names}: take fewer folds, or more rows")


def rows_judged(parts: Sequence[Part]) -> int:
    """Return how many different rows judge."""
    return len(np.unique(np.concatenate([judging for _, judging in parts])))


def clusters_of(grouping: Grouping, data: Data, n_rows: int) -> Any:
    """Return which rows tell as much as one, (n,); a row that judges again and again does, too."""
    if data.repeats < 2 or grouping.clusters is not None:
        return grouping.clusters
    return np.arange(n_rows)


def over_seeds(figures: Sequence[Sequence[Metric]]) -> tuple[OverSeeds, ...]:
    """Return each metric over the seeds, whose figures are given, the model's own first."""
    return tuple(
        OverSeeds(metrics[0].name, tuple(metric.value for metric in metrics))
        for metrics in zip(*figures, strict=True)
        if np.isfinite([metric.value for metric in metrics]).all()
    )


@dataclass(frozen=True)
class OutOfFold:
    """What models say of rows that they have not seen; of a row in several folds the mean.

    Attributes
    ----------
    classes : tuple of str
        None of a number, and of several targets.
    values : array of shape (n_rows, n_classes), or (n_rows,) of a number
        Probabilities or predictions, in the order of the table; NaN where no model was fitted without the row. Of
        several targets (n_rows, n_targets): the number of each, or the probability of its second class.
    threshold : float or None
        From which probability on the second of two classes is predicted, as by the model that is saved.
    each : dict of str to OutOfFold
        The same of each of several targets, by its name; empty of one.
    """

    classes: tuple[str, ...]
    values: Floats
    threshold: float | None = None
    each: dict[str, OutOfFold] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Return the columns as `selenite predict` writes them; a row without a prediction has gaps."""
        if self.each:
            told = ((name, one.columns()) for name, one in self.each.items())
            return {f"{column} for {name}": values for name, columns in told for column, values in columns.items()}
        if not self.classes:
            return {"prediction": self.values}
        known = np.isfinite(self.values[:, 0])
        best = np.where(known, decided(np.nan_to_num(self.values), self.threshold), len(self.classes))
        labels = [*self.classes, ""]
        probabilities = {f"probability of {label}": self.values[:, k] for k, label in enumerate(self.classes)}
        return {"prediction": [labels[code] for code in best.tolist()], **probabilities}


def out_of_fold(table: Table, parts: Sequence[Part], models: Sequence[Model], saved: Model) -> OutOfFold:
    """Return what the model of each part says of the rows that judge it, classes chosen as the saved one chooses."""
    if saved.target.each:
        each = {
            name: out_of_fold(table, parts, [model.of(name) for model in models], saved.of(name))
            for name in saved.target.names
        }
        of_each = [one.values[:, 1] if one.classes else one.values for one in each.values()]
        return OutOfFold((), np.column_stack(of_each), each=each)
    target = models[0].target
    shape = (table.n_rows, len(target.classes)) if target.task == "classification" else (table.n_rows,)
    total, count = np.zeros(shape), np.zeros(table.n_rows)
    for (_, judging), model in zip(parts, models, strict=True):
        total[judging] += predictions_of(model, table.take(judging)).prediction
        count[judging] += 1
    with np.errstate(invalid="ignore"):
        values: Floats = total / (count[:, None] if total.ndim == 2 else count)
    return OutOfFold(target.classes, values, saved.threshold)
