"""`selenite report`: one page about a model, to send to a colleague."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import read_beside, reading_options, require_answers
from selenite.cli.shared_options import OF, RENAME, seed_option
from selenite.progress import ProgressBar
from selenite.reporting import Report, report
from selenite.text import json_text, plain, printable


@click.command("report", cls=HintingCommand)
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@click.option(
    "-o", "--output", type=FILE, metavar="HTML", help="Where to write the page.  [default: MODEL's name.html]"
)
@seed_option("Of what is drawn at random.")
@OF
@RENAME
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a line.")
@reading_options
def command(model: str, file: str, output: str | None, seed: int, as_json: bool, **options: Any) -> None:
    """Write one HTML page about MODEL: what it was fitted to, how good it is, where it is wrong, and why.

    FILE must have the column that the model predicts. If it is the table that the model was fitted on, the page judges
    by the test rows; where there were none, the model of each fold is fitted again. The page needs no network and no
    script, and prints well.
    """
    output = output or f"{Path(model).name.removesuffix('.selenite')}.html"
    refuse_unwritable(output, model, file)
    with ProgressBar() as bar:
        bar.begin(f"reading {plain(file)}")
        loaded, table = read_beside(model, file, options["of"], options)
        require_answers(loaded, table)
        found = Report(report(loaded, table, model, file, seed=seed, stages=bar), model, file).save(output)
    if as_json:
        click.echo(json_text(found.to_dict()))
    else:
        click.echo(f"Wrote {printable(output)} ({len(found.html.encode()) / 1000:,.0f} kB); open it in a browser.")
