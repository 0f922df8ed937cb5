"""A row such as training saw many: to look at a model by without rows, and to show what a row is."""

from __future__ import annotations

import numpy as np

from selenite.model.model import Model
from selenite.table import Table
from selenite.table.schema import ColumnSchema
from selenite.table.table import Column, Dates, Numbers, Text


def usual_row(model: Model, source: str) -> Table:
    """Return one row: numbers and dates at the middle of the training rows, categories at their first."""
    used = model.schema.inputs
    return Table(tuple(column.name for column in used), tuple(map(_usual, used)), 1, source)


def _usual(column: ColumnSchema) -> Column:
    ends = [end for end in (column.minimum, column.maximum) if end is not None]
    middle = column.scales[0].center if column.scales else sum(ends) / len(ends) if ends else 0.0
    if column.kind == "number":
        return Numbers(np.array([middle]))
    if column.kind == "date":
        return Dates(np.array([np.datetime64(0, "us") + np.timedelta64(round(middle * 86_400e6), "us")]))
    return Text(np.zeros(1, np.int32), column.categories or ("",))
