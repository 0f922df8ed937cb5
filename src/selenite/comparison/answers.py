"""What two models answer for the same rows: how many answers change, by how much, and where most."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from selenite.comparison.better import Judgement, judge
from selenite.comparison.sides import Side
from selenite.errors import OptionError
from selenite.model import Model
from selenite.model.predictions import Predictions
from selenite.table import Table
from selenite.table.cells import cell_text
from selenite.text import shown
from selenite.types import Floats

ROUNDING = 1e-6  # of a probability, or of a number in the target's widths
UNKNOWN_ROWS = "which rows it learned from an export does not tell"


@dataclass(frozen=True)
class LargestChange:
    """The row whose answer changes most: the probability of a class, or the number."""

    row: int  # counted from 1
    place: str  # the same as messages call it: "line 18"
    cells: dict[str, str]
    label: str | None  # the class whose probability changes; None of a number
    a: float
    b: float


@dataclass(frozen=True)
class Answers:
    """The answers of two models on the rows of one table."""

    source: str
    n_rows: int
    unit: str  # the target's name where it is a number, "" where it is a class
    n_changed: int  # rows that change class, or whose number is another
    mean_change: float | None  # B less A, of numbers
    mean_absolute_change: float | None
    largest: LargestChange
    judgement: Judgement | None  # which is better, where the table has the target
    remark: str  # what could not be compared, in words
    are_alike: bool  # but for rounding


def compare_answers(side_a: Side, side_b: Side, table_a: Table, table_b: Table) -> Answers | str:
    """Return how the answers on one table, as each model reads it, differ; or why they cannot be compared."""
    a, b = side_a.model, side_b.model
    if table_a.n_rows != table_b.n_rows:
        raise OptionError(
            f"{table_a.source} has {table_a.n_rows:,} rows as A reads it and {table_b.n_rows:,} as B does: "
            "fit both with the same options of reading"
        )
    if not table_a.n_rows:
        raise OptionError(f"{table_a.source} has no rows to compare answers on")
    if a.target.task != b.target.task:
        classes, number = ("A", "B") if a.target.task == "classification" else ("B", "A")
        return f"{classes} predicts a class and {number} a number: their answers cannot be compared"
    of_classes = a.target.task == "classification"
    union = a.target
    if of_classes:
        more = tuple(label for label in b.target.classes if label not in a.target.classes)
        kind = a.target.class_type if a.target.class_type == b.target.class_type else "text"
        union = replace(a.target, classes=a.target.classes + more, class_type=kind)
    found_a, found_b = (_answers(side, table, union.classes) for side, table in ((side_a, table_a), (side_b, table_b)))
    change = found_b - found_a
    at_row, at_class = np.unravel_index(int(np.abs(change).argmax()), change.shape)
    largest = LargestChange(
        int(at_row) + 1,
        table_a.place(int(at_row)),
        _cells(a, table_a, int(at_row)),
        union.classes[at_class] if of_classes else None,
        float(found_a[at_row, at_class]),
        float(found_b[at_row, at_class]),
    )
    one = (found_a, found_b) if of_classes else (found_a[:, 0], found_b[:, 0])
    decided = [side.decide(each) if of_classes else each for side, each in zip((a, b), one, strict=True)]
    changed = decided[0] != decided[1]
    judgement, remark = None, _difference_of_targets(a, b)
    if a.target.name != b.target.name:
        remark += ", so that no column of answers can judge both"
    elif a.target.name in table_a.names:
        prediction_a, prediction_b = (Predictions(replace(a, target=union), each, np.empty(0)) for each in one)
        judgement = judge(a, b, table_a, table_b, prediction_a, prediction_b)
        if side_a.is_export or side_b.is_export:
            remark = "; ".join(filter(None, (remark, UNKNOWN_ROWS)))
    else:
        remark = (
            remark or f"{table_a.source} has no column {shown(a.target.name)}, whose answers would tell which is better"
        )
    return Answers(
        table_a.source,
        table_a.n_rows,
        "" if of_classes else a.target.name,
        int(changed.sum()),
        None if of_classes else float(change.mean()),
        None if of_classes else float(np.abs(change).mean()),
        largest,
        judgement,
        remark,
        bool(np.abs(change).max() <= ROUNDING * (1.0 if of_classes else a.target.width)),
    )


def _answers(side: Side, table: Table, classes: tuple[str, ...]) -> Floats:
    """Return numbers (n, 1), or the probability of each of the classes (n, n_classes), of an unknown one 0."""
    model, output = side.model, side.outputs(table)
    if model.target.task == "regression":
        return model.numbers(output)[:, None]
    found = np.zeros((table.n_rows, len(classes)))
    found[:, [classes.index(label) for label in model.target.classes]] = model.probabilities(output)
    return found


def _cells(model: Model, table: Table, row: int) -> dict[str, str]:
    """Return the cells of a row that the model uses."""
    used = (column.name for column in model.schema.inputs)
    return {name: cell_text(table[name], row) for name in used if name in table.names}


def _difference_of_targets(a: Model, b: Model) -> str:
    """Return in words how the targets differ; "" where they are the same."""
    if a.target.name != b.target.name:
        return f"A predicts {shown(a.target.name)} and B {shown(b.target.name)}"
    if set(a.target.classes) != set(b.target.classes):
        return "A and B know different classes; one that a model does not know has probability 0"
    return ""
