"""`selenite inspect`: what is in a table."""

from __future__ import annotations

from typing import Any

import click

from selenite.cli.columns import ColumnChoice, column_options
from selenite.cli.files import FILE
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import given_again, read_options, reading_options
from selenite.cli.shared_options import JSON
from selenite.progress import ProgressBar
from selenite.table import read_table
from selenite.table.audit import target_candidates
from selenite.table.inspection import inspect_table
from selenite.text import argument, counted, json_text, plain


@click.command("inspect", cls=HintingCommand)
@click.argument("file", type=FILE)
@click.option("--target", metavar="COLUMN", help="The column to predict, or several: adds what can be said of it.")
@JSON
@column_options
@reading_options
@click.pass_context
def command(context: click.Context, /, file: str, target: str | None, as_json: bool, **given: Any) -> None:
    """Say what is in FILE (CSV, JSON, Excel or Parquet, - for standard input), and what to look out for."""
    choice = ColumnChoice.of({"target": target, **given})
    kinds = choice.kinds
    with ProgressBar() as bar:
        bar.begin(f"reading {plain(file)}")
        table = read_table(file, read_options(given), choice.texts, kept=choice.kept)
        for name in choice.targets:
            if name not in table.names:
                table.require(name, target_candidates(table))
        choice.refuse_misplaced(table)
        bar.begin(f"looking at {counted(len(table.names), 'column')}")
        found = inspect_table(table, choice.targets, kinds, file)
    if as_json:
        click.echo(json_text(found.to_dict()))
        return
    click.echo(str(found))
    if not found.unfit and (target is not None or found.candidates):
        click.echo(
            f"\nNext: selenite fit {argument(file)} --target {argument(target or found.candidates[0])}"
            + given_again(context)
        )
