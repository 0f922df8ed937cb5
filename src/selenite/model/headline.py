"""What a model predicts from what, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selenite.table.schema import Target
from selenite.table.table import called
from selenite.text import counted, listed

if TYPE_CHECKING:
    from selenite.model.model import Model


def headline(model: Model) -> str:
    """Return what it predicts, from how many columns, and by how many networks."""
    columns = counted(len(model.schema.inputs), "column")
    logarithm = ", learned by its logarithm" if model.target_transform else ""
    members = f" by {model.n_members} networks whose mean predicts" if model.n_members > 1 else ""
    return f"Model of {_predicted(model.target)}{logarithm}, from {columns}{members}"


def _predicted(target: Target) -> str:
    """Return the columns to predict, and what they are."""
    if target.each:
        return f"{listed(target.names)}, {'numbers' if target.task == 'regression' else 'labels'}"
    what = "a number" if target.task == "regression" else f"one of {len(target.classes)} classes"
    return f"{called(target.name)}, {what}"
