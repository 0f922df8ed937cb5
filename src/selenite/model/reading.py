"""Reading the rows that a model is to predict: what it knows as text stays text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
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
    texts: Mapping[str, Collection[str]] | None = None,
) -> Table:
    """Return the table in a file, read as the model's own was; `texts` are those of columns under other names."""
    options = options or model.read
    table = read_table(path, options, {**known_texts(model), **(texts or {})}, limits)
    if options.missing != model.read.missing:
        return table
    kept = (finding for finding in table.findings if finding.kind != "met no cell")  # as new rows need not
    return replace(table, findings=tuple(kept))
