"""`selenite diff`: what differs between two models, and between their answers on the same rows."""

from __future__ import annotations

import click

from selenite.cli.files import FILE
from selenite.cli.progress import ProgressBar
from selenite.cli.reading import load_beside, read_for
from selenite.comparison.difference import compare
from selenite.errors import OptionError
from selenite.model import Model, load
from selenite.model.reading import known_texts
from selenite.table import Table
from selenite.text import json_text, path_text, plain, printable


@click.command("diff")
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option("--on", "file", type=FILE, metavar="TABLE", help="Rows to compare the answers on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def command(a: str, b: str, file: str | None, as_json: bool) -> None:
    """Say what differs between the models A and B, and between their answers.

    Where TABLE has the column that they predict, it also says whether one of them is better.
    """
    with ProgressBar() as bar:
        of_a, of_b = load_beside(a, file), load(b)
        tables = None
        if file is not None:
            bar.begin(f"reading {plain(file)}")
            tables = _read(of_a, of_b, file)
            bar.begin("predicting")
        found = compare(of_a, of_b, tables)
    if as_json:
        click.echo(json_text({"a": path_text(a), "b": path_text(b), **found.as_json()}))
        return
    click.echo(f"A  {printable(a)}\nB  {printable(b)}\n\n{found}")


def _read(a: Model, b: Model, file: str) -> tuple[Table, Table]:
    """Return the table in a file as each model reads it."""
    of_a = read_for(a, file, a.read)
    if (a.read, known_texts(a)) == (b.read, known_texts(b)):
        return of_a, of_a
    if file == "-":
        raise OptionError("A and B read tables in different ways, and standard input can be read once; name a file")
    return of_a, read_for(b, file, b.read)
