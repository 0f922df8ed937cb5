"""`selenite inspect`: what is in a table."""

from __future__ import annotations

from typing import Any

import click

from selenite.cli.files import FILE
from selenite.cli.reading import kind_option, kinds_of, read_options, reading_options, refuse_misplaced, texts_of
from selenite.table import answers_of, learn_schema, read_table
from selenite.table.audit import audit, target_candidates
from selenite.table.cells import describe
from selenite.text import argument, counted, json_text, path_text, plain, sentence

SHOWN_ELSEWHERE = ("task?", "constant", "target?")  # than below the columns


@click.command("inspect")
@click.argument("file", type=FILE)
@click.option("--target", metavar="COLUMN", help="The column to predict: adds what can be said about it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@kind_option
@reading_options
def command(file: str, target: str | None, as_json: bool, **given: Any) -> None:
    """Say what is in FILE (CSV or Parquet, - for standard input), and what to look out for."""
    kinds = kinds_of(given["kinds"])
    table = read_table(file, read_options(given), texts_of(kinds))
    if target is not None and target not in table.names:
        table.require(target, target_candidates(table))
    refuse_misplaced(kinds, table, {"--target": target})
    columns = learn_schema(table, kinds, answers=None if target is None else answers_of(table[target])).columns
    findings = audit(table, target, kinds=kinds)
    candidates = target_candidates(table)
    if as_json:
        click.echo(
            json_text(
                {
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
                    "findings": [vars(finding) for finding in findings],
                    "notices": list(table.notices),
                }
            )
        )
        return
    click.echo(f"{table.source}   {counted(table.n_rows, 'row')}, {counted(len(columns), 'column')}\n")
    doubts = [finding for finding in findings if finding.kind == "task?"]
    for finding in doubts:
        click.echo(f"  look out   {sentence(finding.message)}\n")
    width = max(len(plain(column.name, 32)) for column in columns)
    for column in columns:
        missing = int(table[column.name].missing().sum())
        gaps = f"   {missing:,} missing" if missing else ""
        label = plain(column.name, 32) or "(no name)"
        click.echo(f"  {label:<{width}}  {column.kind:<10}  {describe(column, table[column.name], plain)}{gaps}")
    for notice in table.notices:
        click.echo(f"\n  note       {sentence(notice)}")
    remarks = [finding for finding in findings if finding.kind not in SHOWN_ELSEWHERE]
    if remarks:
        click.echo()
    for finding in remarks:
        click.echo(f"  look out   {sentence(finding.message)}")
    if target is None and candidates:
        click.echo(f"\n  target?    {', '.join(plain(name) for name in candidates[:4])}")
        click.echo(f"\nNext: selenite fit {argument(file)} --target {argument(candidates[0])}")
