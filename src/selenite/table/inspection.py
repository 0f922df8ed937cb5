"""What is in a table, and what to look out for: one object, as text, as data and as HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from selenite.errors import TableError
from selenite.markup import element, joined, name, table
from selenite.table.audit import audit_each, target_candidates
from selenite.table.cells import MOST_CATEGORIES, describe
from selenite.table.learn import learn_schema
from selenite.table.schema import ColumnSchema, Kind, Schema
from selenite.table.statistics import told_by_means
from selenite.table.table import Finding, Table, answers_in
from selenite.table.target import answers_of, encode_target, learn_target
from selenite.text import counted, paragraph, path_text, percent, plain, plain_number, sentence

MOST_CLASSES = 5  # whose shares are told
SHOWN_ELSEWHERE = ("task?", "constant", "target?")  # than below the columns


@dataclass(frozen=True, repr=False, eq=False)
class Inspection:
    """What is in a table.

    Attributes
    ----------
    table : Table
    columns : tuple of ColumnSchema
        What each column is taken for.
    candidates : tuple of str
        Columns that may be the target, the likeliest first.
    targets : tuple of dict
        Of each column to predict the task, how the answers are spread, and the figure of a guess that looks at nothing.
    unfit : tuple of str
        Why columns named cannot be predicted.
    findings : list of Finding
        What to look out for.
    file : str or None
        The path that it was read from.
    """

    table: Table
    columns: tuple[ColumnSchema, ...]
    candidates: tuple[str, ...]
    targets: tuple[dict[str, Any], ...]
    unfit: tuple[str, ...]
    findings: list[Finding]
    file: str | None = None

    def __str__(self) -> str:
        known, columns = self.table, self.columns
        lines = [f"{known.source}   {counted(known.n_rows, 'row')}, {counted(len(columns), 'column')}\n"]
        doubts = [finding for finding in self.findings if finding.kind == "task?"]
        lines += [f"{_remark('look out', finding.message)}\n" for finding in doubts]
        width = max(len(plain(column.name, 32)) for column in columns)
        for column in columns:
            gaps = f"   {self._missing(column):,} missing" if self._missing(column) else ""
            head = f"  {plain(column.name, 32) or '(no name)':<{width}}  {column.kind:<10}  "
            lines.append(paragraph(f"{self._values(column)}{gaps}", head, " " * len(head)) or head.rstrip())
        lines += [f"\n{_remark('note', notice)}" for notice in known.notices]
        remarks = [_remark("look out", text) for text in self._remarks()]
        lines += ["", *remarks] if remarks else []
        for texts in self._spreads():
            lines += ["", *(_remark(head, text) for head, text in texts.items())]
        if not (self.targets or self.unfit) and self.candidates:
            lines.append(f"\n  target?    {', '.join(plain(name) for name in self.candidates[:4])}")
        return "\n".join(lines)

    @property
    def target(self) -> dict[str, Any] | None:
        """What is known of the column to predict, the first of several; None where none is named, or it is unfit."""
        return self.targets[0] if self.targets else None

    def __repr__(self) -> str:
        return f"<Inspection of {self.table.source}: {self.table.n_rows:,} rows, {len(self.columns)} columns>"

    def _repr_html_(self) -> str:
        rows = [
            [name(column.name), column.kind, self._values(column), f"{self._missing(column):,}"]
            for column in self.columns
        ]
        told = [text for texts in self._spreads() for text in texts.values()]
        remarks = [*self.table.notices, *self._remarks(), *told]
        return element(
            "div",
            element("p", f"{self.table.source}: {self.table.n_rows:,} rows, {counted(len(self.columns), 'column')}."),
            table("Columns", ["column", "kind", "values", "missing"], rows, numbers_from=3),
            element("ul", *(element("li", sentence(text)) for text in remarks)) if remarks else joined(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the same as plain data: what `selenite inspect --json` prints."""
        return {
            "file": None if self.file is None else path_text(self.file),
            "rows": self.table.n_rows,
            "columns": [
                {
                    "name": column.name,
                    "kind": column.kind,
                    "missing": self._missing(column),
                    "values": self._values(column, str),
                }
                for column in self.columns
            ],
            "target_candidates": list(self.candidates),
            "target": self.target if len(self.targets) < 2 else list(self.targets),
            "findings": [vars(finding) for finding in self.findings],
            "notices": list(self.table.notices),
        }

    def _missing(self, column: ColumnSchema) -> int:
        return int(self.table[column.name].missing().sum())

    def _values(self, column: ColumnSchema, named: Callable[[str], str] = lambda text: plain(text, 32)) -> str:
        n = self._told_by_means.get(column.name)
        if n is None:
            return describe(column, self.table[column.name], named)
        first = ", ".join(map(named, column.categories[:MOST_CATEGORIES]))
        return f"{n:,}: {first}, {n - MOST_CATEGORIES:,} more, told by their mean answers"

    @cached_property
    def _told_by_means(self) -> dict[str, int]:
        """Which columns are told by the mean answers of their categories, and how many these are."""
        targets = {found["name"] for found in self.targets}
        features = tuple(column for column in self.columns if column.name not in targets)
        return {features[k].name: n for k, n in told_by_means(Schema(features), self.table).items()}

    def _remarks(self) -> list[str]:
        remarks = [finding.message for finding in self.findings if finding.kind not in SHOWN_ELSEWHERE]
        return [*remarks, *self.unfit]

    def _spreads(self) -> list[dict[str, str]]:
        """Return how the answers are spread, in words; of several targets each begins with its name."""
        several = len(self.targets) > 1
        texts = [(plain(found["name"]), _spread_texts(found)) for found in self.targets]
        return [text | ({"target": f"{name}, {text['target']}"} if several else {}) for name, text in texts]


def inspect_table(
    table: Table, targets: Sequence[str], kinds: Mapping[str, Kind], file: str | None = None
) -> Inspection:
    """Return what is in a table, and what can be said about the columns to predict."""
    columns = learn_schema(table, kinds, answers=answers_of(answers_in(table, targets)) if targets else None).columns
    looked_at = [_spread(table, target) for target in targets]
    spreads = tuple(spread for spread, _ in looked_at if spread is not None)
    unfit = tuple(reason for _, reason in looked_at if reason)
    findings = audit_each(table, targets, kinds=kinds)
    return Inspection(table, columns, target_candidates(table), spreads, unfit, findings, file)


def _remark(head: str, text: str) -> str:
    return paragraph(sentence(text), f"  {head:<11}", " " * 13)


def _spread(table: Table, name: str) -> tuple[dict[str, Any] | None, str]:
    """Return how the answers are spread, with the figure of a guess that looks at nothing; or why it is no target."""
    try:
        target = learn_target(table[name], name, first_line=table.first_line)
    except TableError as error:
        return None, str(error)
    answers = encode_target(target, table[name])
    found: dict[str, Any] = {"name": name, "task": target.task}
    if target.task == "classification":
        counts = np.bincount(answers.astype(np.intp), minlength=len(target.classes))
        found["classes"] = dict(zip(target.classes, counts.tolist(), strict=True))
        found["baseline"] = {"accuracy": float(counts.max() / len(answers))}
        return found, ""
    numbers, mean = target.center + target.width * answers, target.center
    found["values"] = {"minimum": target.minimum, "maximum": target.maximum}
    found["values"] |= {"mean": mean, "median": float(np.median(numbers))}
    found["baseline"] = {"MAE": float(np.abs(numbers - mean).mean())}
    return found, ""


def _spread_texts(found: dict[str, Any]) -> dict[str, str]:
    """Return the same in words, with what a guess gives."""
    if found["task"] == "regression":
        spread = {word: plain_number(value) for word, value in found["values"].items()}
        text = f"{spread['minimum']} to {spread['maximum']}, mean {spread['mean']}, median {spread['median']}"
        guess = f"always the mean is off by {plain_number(found['baseline']['MAE'])} on average"
    else:
        n_rows = sum(found["classes"].values())
        shares = {plain(label, 32): rows / n_rows for label, rows in found["classes"].items()}
        most = sorted(shares, key=lambda label: -shares[label])
        told = ", ".join(f"{label} in {percent(shares[label])}" for label in most[:MOST_CLASSES])
        more = f", and {len(most) - MOST_CLASSES:,} more" if len(most) > MOST_CLASSES else ""
        text = f"{len(most):,} classes: {told} of the rows{more}"
        guess = f"always the commonest class, {most[0]}, is right in {percent(shares[most[0]])}"
    return {"target": text, "to beat": guess}
