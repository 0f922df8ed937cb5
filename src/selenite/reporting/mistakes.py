"""Where a model is wrong: groups of rows by one column, and the rows that it missed most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.model.predictions import Predictions
from selenite.table import Dates, Numbers, Table
from selenite.table.cells import date_text
from selenite.table.match import KnownColumn
from selenite.text import plain_number
from selenite.types import AnyArray, Floats, Indices, Mask

PARTS_OF_NUMBERS, MOST_VALUES_JUDGED, MOST_CATEGORIES_JUDGED = 4, 8, 8
FEWEST_ROWS_OF_A_GROUP = 10  # of a group worth a word


@dataclass(frozen=True)
class Group:
    """Rows that are alike in one column, and how wrong the model is there and elsewhere."""

    column: str
    what: str  # "41 to 81", a category, "(missing)"
    rows: int
    error: float  # share wrong of classes, mean absolute error of a number
    elsewhere: float
    deviations: float  # by how many standard errors it is worse than elsewhere


def shown_errors(predictions: Predictions) -> Floats:
    """Return 1 where a class is wrong and 0 where it is right, or how far a number is off: (n,)."""
    if not predictions.is_of_classes:
        return np.abs(predictions.prediction - predictions.answers)
    wrong: Floats = (predictions.predicted != predictions.classes).astype(np.float64)
    return wrong


def worst_rows(predictions: Predictions, count: int) -> Indices:
    """Return the numbers of the worst predictions, the worst first."""
    order = np.argsort(-predictions.errors(), kind="stable")
    return order[shown_errors(predictions)[order] > 0][:count]


def groups(predictions: Predictions, part: Table) -> list[Group]:
    """Return the groups of each column that is an input, in the schema's order; `part` are the rows predicted."""
    errors = shown_errors(predictions)
    found = []
    for column in predictions.model.schema.inputs:
        for what, mask in _parts(KnownColumn(column, part[column.name])):
            n = int(mask.sum())
            if not FEWEST_ROWS_OF_A_GROUP <= n <= len(errors) - FEWEST_ROWS_OF_A_GROUP:
                continue
            here, there = errors[mask], errors[~mask]
            spread = np.sqrt(here.var() / n + there.var() / len(there)) or np.inf
            gap = float(here.mean() - there.mean())
            found.append(Group(column.name, what, n, float(here.mean()), float(there.mean()), gap / float(spread)))
    return found


def _parts(known: KnownColumn) -> list[tuple[str, Mask]]:
    """Return masks of the rows: quarters of a number or date, commonest categories, and those where it is missing.

    Of few different numbers or dates each is a part.
    """
    schema, column = known.schema, known.column
    gaps = column.missing()
    parts: list[tuple[str, Mask]] = []
    if schema.kind in ("number", "date") and isinstance(column, Numbers | Dates) and not gaps.all():
        values, ends = column.values, np.linspace(0, 1, PARTS_OF_NUMBERS + 1)
        firsts: AnyArray = np.unique(values[~gaps])
        if len(firsts) > MOST_VALUES_JUDGED:
            firsts = np.unique(np.quantile(values[~gaps], ends, method="nearest")[:-1])
        part_of = np.searchsorted(firsts, values, side="right") - 1
        for k in range(len(firsts)):
            mask = (part_of == k) & ~gaps
            low, high = _text(values[mask].min()), _text(values[mask].max())
            parts.append((low if low == high else f"{low} to {high}", mask))
    elif schema.categories:
        parts = [(schema.categories[code], known.codes == code) for code in known.commonest(MOST_CATEGORIES_JUDGED)]
    return [*parts, ("(missing)", gaps)]


def _text(value: np.generic) -> str:
    return date_text(value) if isinstance(value, np.datetime64) else plain_number(float(value))
