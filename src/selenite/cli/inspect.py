"""`selenite inspect`: what is in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import numpy as np

from selenite.cli.columns import ColumnChoice, column_options
from selenite.cli.files import FILE
from selenite.cli.reading import read_options, reading_options
from selenite.errors import TableError
from selenite.progress import ProgressBar
from selenite.table import Table, answers_of, encode_target, learn_schema, learn_target, read_table
from selenite.table.audit import audit, target_candidates
from selenite.table.cells import describe
from selenite.table.schema import ColumnSchema
from selenite.table.table import Finding
from selenite.text import argument, counted, json_text, paragraph, path_text, percent, plain, plain_number, sentence

MOST_CLASSES = 5  # whose shares are told
SHOWN_ELSEWHERE = ("task?", "constant", "target?")  # than below the columns


@click.command("inspect")
@click.argument("file", type=FILE)
@click.option("--target", metavar="COLUMN", help="The column to predict: adds what can be said about it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@column_options
@reading_options
def command(file: str, target: str | None, as_json: bool, **given: Any) -> None:
    """Say what is in FILE (CSV or Parquet, - for standard input), and what to look out for."""
    choice = ColumnChoice.of({"target": target, **given})
    kinds = choice.kinds
    with ProgressBar() as bar:
        bar.begin(f"reading {plain(file)}")
        table = read_table(file, read_options(given), choice.texts, kept=choice.kept)
        if target is not None and target not in table.names:
            table.require(target, target_candidates(table))
        choice.refuse_misplaced(table)
        bar.begin(f"looking at {counted(len(table.names), 'column')}")
        columns = learn_schema(table, kinds, answers=None if target is None else answers_of(table[target])).columns
        findings = audit(table, target, kinds=kinds)
        candidates = target_candidates(table)
        spread, unfit = (None, None) if target is None else _spread(table, target)
    if as_json:
        click.echo(json_text(_as_json(file, table, columns, candidates, spread, findings)))
        return
    click.echo(f"{table.source}   {counted(table.n_rows, 'row')}, {counted(len(columns), 'column')}\n")
    doubts = [finding for finding in findings if finding.kind == "task?"]
    for finding in doubts:
        click.echo(f"{_remark('look out', finding.message)}\n")
    width = max(len(plain(column.name, 32)) for column in columns)
    for column in columns:
        missing = int(table[column.name].missing().sum())
        gaps = f"   {missing:,} missing" if missing else ""
        head = f"  {plain(column.name, 32) or '(no name)':<{width}}  {column.kind:<10}  "
        values = describe(column, table[column.name], lambda text: plain(text, 32))
        click.echo(paragraph(f"{values}{gaps}", head, " " * len(head)) or head.rstrip())
    for notice in table.notices:
        click.echo(f"\n{_remark('note', notice)}")
    remarks = [finding.message for finding in findings if finding.kind not in SHOWN_ELSEWHERE]
    remarks += [] if unfit is None else [unfit]
    if remarks:
        click.echo()
    for remark in remarks:
        click.echo(_remark("look out", remark))
    if spread is not None:
        click.echo(f"\n{_spread_text(spread)}")
    elif target is None and candidates:
        click.echo(f"\n  target?    {', '.join(plain(name) for name in candidates[:4])}")
    if unfit is None and (target is not None or candidates):
        click.echo(f"\nNext: selenite fit {argument(file)} --target {argument(target or candidates[0])}")


def _remark(head: str, text: str) -> str:
    return paragraph(sentence(text), f"  {head:<11}", " " * 13)


def _spread(table: Table, name: str) -> tuple[dict[str, Any] | None, str | None]:
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
        return found, None
    numbers, mean = target.center + target.width * answers, target.center
    found["values"] = {"minimum": target.minimum, "maximum": target.maximum}
    found["values"] |= {"mean": mean, "median": float(np.median(numbers))}
    found["baseline"] = {"MAE": float(np.abs(numbers - mean).mean())}
    return found, None


def _spread_text(found: dict[str, Any]) -> str:
    """Return the same in words."""
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
    return f"{_remark('target', text)}\n{_remark('to beat', guess)}"


def _as_json(
    file: str,
    table: Table,
    columns: Sequence[ColumnSchema],
    candidates: tuple[str, ...],
    spread: dict[str, Any] | None,
    findings: list[Finding],
) -> dict[str, Any]:
    return {
        "file": path_text(file),
        "rows": table.n_rows,
        "columns": [
            {
                "name": column.name,
                "kind": column.kind,
                "missing": int(table[column.name].missing().sum()),
                "values": describe(column, table[column.name], str),
            }
            for column in columns
        ],
        "target_candidates": list(candidates),
        "target": spread,
        "findings": [vars(finding) for finding in findings],
        "notices": list(table.notices),
    }
