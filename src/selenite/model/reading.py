"""Reading the rows that a model is to predict: what it knows as text stays text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from os import PathLike

from selenite.model.model import Model
from selenite.table import Limits, Pieces, ReadOptions, Table, open_pieces, read_table
from selenite.table.table import Finding


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
    return replace(table, findings=_worth_telling(model, options, table.findings))


class KnownPieces:
    """The pieces of a table in a file or folder, read as the model's own was, with columns under other names."""

    def __init__(
        self, model: Model, path: str | PathLike[str], options: ReadOptions, limits: Limits, renamed: Mapping[str, str]
    ) -> None:
        texts = known_texts(model)
        texts |= {new: texts[known] for new, known in renamed.items() if known in texts}
        self._model, self._options, self._renamed = model, options, renamed
        self._pieces: Pieces = open_pieces(path, options, texts, limits)
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
