"""Reading the rows that a model is to predict: what it knows as text stays text."""

from __future__ import annotations

from os import PathLike

from selenite.model.model import Model
from selenite.table import Limits, ReadOptions, Table, read_table


def known_texts(model: Model) -> dict[str, set[str]]:
    """Return the columns that hold text, the target's classes among them, and the texts that they may hold."""
    texts = {
        column.name: set(column.categories) - ({""} if column.missing else set())  # in text, a gap is ""
        for column in model.schema.columns
        if column.kind in ("category", "yes/no")
    }
    if model.target.task == "classification":
        texts[model.target.name] = set(model.target.classes)
    return texts


def read_rows(
    model: Model,
    path: str | PathLike[str],
    options: ReadOptions | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Table:
    """Return the table in a file, read as the model's own was."""
    return read_table(path, options or model.read, known_texts(model), limits)
