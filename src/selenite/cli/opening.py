"""What a fit or a search says before it begins: what is to be predicted, and what is to be known of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selenite.cli.columns import ColumnChoice
from selenite.cli.streaming import findings_of, plan_text
from selenite.table import Pieces, Table, Target, answers_in, learn_target
from selenite.table.audit import audit_each
from selenite.table.kinds import known_of
from selenite.table.table import Finding
from selenite.text import counted, paragraph, plain, sentence

if TYPE_CHECKING:
    from selenite.fitting.large import LargeTable
    from selenite.model import Settings


def opening_text(
    table: Table | LargeTable, settings: Settings, choice: ColumnChoice, options: Mapping[str, Any], seconds: float
) -> str:
    """Return what is to be predicted, from how many columns, and what to know about the table.

    Of very many rows also how they are fitted to; looking these over took the seconds.
    """
    if not isinstance(table, Table):
        findings = findings_of(table, settings)
        what = _what_is_to_be_done(table.pieces, table.target, len(table.schema.columns), findings)
        return f"{what}\n{plan_text(table, settings, seconds)}"
    targets, task = choice.targets, settings.task
    known = known_of(choice.kinds, options["groups"], options["time_column"], table)
    table = table.without(options["weights"])
    learnt = learn_target(answers_in(table, targets), targets[0], task, table.first_line)
    findings = [*table.findings, *audit_each(table, targets, kinds=known, task=task)]
    n_columns = len(set(table.names) - {*targets, options["groups"]})
    return _what_is_to_be_done(table, learnt, n_columns, findings)


def _what_is_to_be_done(table: Table | Pieces, learnt: Target, n_columns: int, findings: list[Finding]) -> str:
    """Return what is to be predicted, from how many columns, and what is to be known of them."""
    what = f"{len(learnt.classes)} classes" if learnt.task == "classification" else "a number"
    if learnt.each:
        what = "labels of two classes each" if learnt.task == "classification" else "numbers"
    elif len(learnt.classes) == 2:
        what = f"{plain(learnt.classes[0])} or {plain(learnt.classes[1])}"
    notes = [paragraph(sentence(one.message), "  note: ", " " * 8) for one in findings]
    head = f"{table.source}   {table.n_rows:,} rows; {plain(learnt.name)} ({what}) from {counted(n_columns, 'column')}"
    return "\n".join([head, *notes])
