"""`selenite diff`: what differs between two models, and between their answers on the same rows."""

from __future__ import annotations

from dataclasses import replace

import click

from selenite.cli.files import FILE
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import load_beside, one_target, read_for
from selenite.cli.shared_options import JSON, OF
from selenite.comparison.difference import compare
from selenite.comparison.sides import Side, is_export, side_of
from selenite.errors import OptionError
from selenite.model import Model, Settings
from selenite.model.reading import known_texts
from selenite.progress import ProgressBar
from selenite.table import Table
from selenite.text import json_text, path_text, plain, printable


@click.command("diff", cls=HintingCommand)
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option("--on", "file", type=FILE, metavar="TABLE", help="Rows to compare the answers on.")
@OF
@JSON
def command(a: str, b: str, file: str | None, of: str | None, as_json: bool) -> None:
    """Say what differs between the models A and B, and between their answers.

    Either may be what `selenite export` wrote, its folder or its file: it is run, and the answers alone are compared.
    Where TABLE has the column that they predict, it also says whether one of them is better.
    """
    with ProgressBar() as bar:
        of_a, of_b = _side(a, file, of), _side(b, None, of)
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


def _side(path: str, file: str | None, of: str | None) -> Side:
    """Return an export, or the model in a file, of several targets that of one; where a table stands there, say so."""
    if is_export(path):
        return side_of(path)
    model = load_beside(path, file)
    return side_of(one_target(model, of) if model.target.each else model)


def _reading(model: Model) -> tuple[object, ...]:
    """Return what decides how a model reads a table."""
    settings = model.settings or Settings()
    return model.read, known_texts(model), settings.drop, settings.only


def _read(side_a: Side, side_b: Side, file: str) -> tuple[Table, Table]:
    """Return the table in a file as each model reads it; an export, which does not tell, as the other does."""
    a, b = side_a.model, side_b.model
    if side_a.is_export:
        a = replace(a, read=b.read)
    if side_b.is_export:
        b = replace(b, read=a.read)
    of_a = read_for(a, file, a.read)
    if _reading(a) == _reading(b):
        return of_a, of_a
    if file == "-":
        raise OptionError("A and B read tables in different ways, and standard input can be read once; name a file")
    return of_a, read_for(b, file, b.read)
