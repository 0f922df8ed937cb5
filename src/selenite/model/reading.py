"""Reading the rows that a model is to predict: what it knows as text stays text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from selenite.model.model import Model
from selenite.model.settings import Settings
from selenite.table import Limits, Pieces, ReadOptions, Table, open_pieces, read_table, whole
from selenite.table.choice import Kept
from selenite.table.table import Finding


def known_texts(model: Model) -> dict[str, set[str]]:
    """Return the columns that hold text, the target's classes among them, and the texts that they may hold."""
    texts = {
        column.name: set(column.categories) - ({""} if column.missing else set())  # in text, a gap is ""
        for column in model.schema.columns
        if column.kind in ("category", "yes/no", "text")
    }
    return texts | {one.name: set(one.classes) for one in model.targets if one.task == "classification"}


def _texts_in_file(model: Model, renamed: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the same with the names that columns have in a file, too."""
    texts = known_texts(model)
    return texts | {new: texts[known] for new, known in renamed.items() if known in texts}


def known_columns(model: Model, renamed: Mapping[str, str], further: Collection[str] = ()) -> Kept:
    """Return which columns of a file are read: not those that were left out when the model was fitted."""
    settings, data = model.settings or Settings(), model.data
    beside = {*(one.name for one in model.targets), data.groups, data.time_column, data.weights, *further}

    def kept(names: tuple[str, ...], source: str) -> tuple[str, ...]:
        called = {name: renamed.get(name, name) for name in names}
        inputs = {column.name for column in model.schema.inputs}
        if settings.only and inputs <= set(called.values()):  # else another may be the one that is missing
            return tuple(name for name in names if called[name] in {*model.schema.names, *beside})
        return tuple(name for name in names if called[name] not in settings.drop)

    return kept


def read_rows(
    model: Model,
    path: str | PathLike[str] | BinaryIO,
    options: ReadOptions | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    renamed: Mapping[str, str] | None = None,
    further: Collection[str] = (),
) -> Table:
    """Return the table in a file, which may be open, or in a folder, read as the model's own was.

    Columns under other names keep them; `further` are columns with a task of their own that are taken, too.
    """
    options = options or model.read
    kept = known_columns(model, renamed or {}, further)
    texts = _texts_in_file(model, renamed or {})
    if isinstance(path, str | PathLike) and Path(path).is_dir():
        table = whole(open_pieces(path, options, texts, limits, kept))
    else:
        table = read_table(path, options, texts, limits, kept)
    return replace(table, findings=_worth_telling(model, options, table.findings))


class KnownPieces:
    """The pieces of a table in a file or folder, read as the model's own was, with columns under other names."""

    def __init__(
        self,
        model: Model,
        path: str | PathLike[str],
        options: ReadOptions,
        limits: Limits,
        renamed: Mapping[str, str],
        further: Collection[str] = (),
    ) -> None:
        self._model, self._options, self._renamed = model, options, renamed
        kept = known_columns(model, renamed, further)
        self._pieces: Pieces = open_pieces(path, options, _texts_in_file(model, renamed), limits, kept)
        self.source, self.n_rows, self.row_groups = self._pieces.source, self._pieces.n_rows, self._pieces.row_groups
        self.written = self._pieces.names  # the names in the file

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(self._renamed.get(name, name) for name in self.written)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading them wants the user to know."""
        return _worth_telling(self._model, self._options, self._pieces.findings)

    def __iter__(self) -> Iterator[Table]:
        for piece in self._pieces:
            yield replace(piece, names=self.names)


def _worth_telling(model: Model, options: ReadOptions, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings without those that new rows need not have."""
    if options.missing != model.read.missing:
        return findings
    return tuple(finding for finding in findings if finding.kind != "met no cell")
