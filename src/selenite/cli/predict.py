"""`selenite predict`: the rows of a table through a model, with NumPy alone."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import click
import numpy as np

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.progress import ProgressBar
from selenite.cli.reading import load_beside, read_for, read_options, reading_options
from selenite.errors import OptionError, OutsideError
from selenite.model import Model
from selenite.table import Limits, Matched, Outside
from selenite.table.cells import csv_cell, spreadsheet_safe
from selenite.text import counted, json_text, plain, printable
from selenite.writing import write


@click.command("predict")
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="PATH",
    help="Where to write: CSV, compressed if .gz, or .parquet.  [default: standard output]",
)
@click.option("--strict", is_flag=True, help="Stop if a row lies outside what training saw.")
@click.option(
    "--rename", "renames", multiple=True, metavar="NEW=KNOWN", help="A column's name in FILE and in the model."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a row instead of CSV.")
@click.option(
    "--spreadsheet-safe",
    "guarded",
    is_flag=True,
    help="Put an apostrophe before text that a spreadsheet would run as a formula: =, +, -, @.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@reading_options
def command(
    model: str,
    file: str,
    output: str | None,
    strict: bool,
    renames: tuple[str, ...],
    guarded: bool,
    **options: Any,
) -> None:
    """Predict every row of FILE (CSV or Parquet, - for standard input) with MODEL.

    Writes a row for each row, in order: the prediction, the probability of each class, and in "outside" why the row
    lies outside what training saw, if it does. Classes are written to the character as the table fitted on has them,
    in UTF-8; add --spreadsheet-safe for a file that a spreadsheet is to open.
    """
    if guarded and options["as_json"]:
        raise OptionError("--spreadsheet-safe is for CSV, and --json writes none; leave one of them out")
    suffix = Path(output or "").suffix.lower()
    if suffix == ".parquet" and (guarded or options["as_json"]):
        raise OptionError(
            f"{output} is to be Parquet: leave --json and --spreadsheet-safe out, or name a file for them"
        )
    if output is not None:
        refuse_unwritable(output, model, file)
    with ProgressBar(quiet=options["quiet"]) as bar:
        bar.begin(f"reading {plain(file)}")
        loaded = load_beside(model, file)
        table = read_for(loaded, file, read_options(options, loaded.read), renames, Limits(fewest_rows=0))
        bar.begin(f"predicting {counted(table.n_rows, 'row')}")
        matched = loaded.match(table)
        found = loaded.outside(matched)
        flagged = np.logical_or.reduce([way.rows for way in found]) if found else np.zeros(table.n_rows, bool)
        if strict and flagged.any():
            raise OutsideError(
                f"{flagged.sum():,} of {counted(table.n_rows, 'row')} lie outside what training saw: {_ways(found)}"
            )
        columns = _columns(loaded, matched, found)
        bar.begin(f"writing {counted(table.n_rows, 'row')}")
        if suffix == ".parquet":
            content = _parquet(columns)
        else:
            content = (_json_lines(columns) if options["as_json"] else _csv(columns, guarded)).encode()
        if suffix == ".gz":
            content = gzip.compress(content, mtime=0)
    if output is None:
        click.echo(content, nl=False)  # bytes: click would take escape sequences out of text, and encode it by locale
    else:
        write(output, content)
    if not options["quiet"]:
        where = "" if output is None else f" written to {printable(output)}"
        click.echo(f"{counted(table.n_rows, 'row')}{where}.", err=True)
        for notice in table.notices:
            click.echo(f"note: {notice}", err=True)
        if flagged.any():
            click.echo(
                f"{counted(flagged.sum(), 'row')} flagged as outside what training saw: {_ways(found)}", err=True
            )


def _ways(found: list[Outside]) -> str:
    """Return in how many rows which column leaves what training saw, the five commonest ways."""
    ordered = sorted(found, key=lambda way: -int(way.rows.sum()))
    ways = [f"{plain(way.column)} {plain(way.what)} in {int(way.rows.sum()):,}" for way in ordered[:5]]
    return "; ".join(ways) + (f"; {len(found) - 5} further ways" if len(found) > 5 else "")


def _columns(model: Model, rows: Matched, found: list[Outside]) -> dict[str, Any]:
    """Return the columns to write, by name."""
    columns: dict[str, Any] = {}
    if model.target.task == "regression":
        columns["prediction"] = model.predict(rows)
    else:
        probabilities = model.predict_proba(rows)
        columns["prediction"] = np.array(model.target.classes, dtype=object)[probabilities.argmax(axis=1)]
        for index, label in enumerate(model.target.classes):
            columns[f"probability of {label}"] = probabilities[:, index]
    reasons = [""] * rows.n_rows
    for way in found:
        for row in np.flatnonzero(way.rows):
            reasons[row] += f"{'; ' if reasons[row] else ''}{way.column} {way.what}"
    return columns | {"outside": reasons}


def _csv(columns: dict[str, Any], guarded: bool) -> str:
    """Return the columns as CSV, numbers to their last digit and text to the character, or guarded."""

    def written(texts: Any) -> list[str]:
        cells = {text: csv_cell(spreadsheet_safe(text) if guarded else text) for text in set(texts)}
        return [cells[text] for text in texts]

    bodies = [
        values.astype(str) if isinstance(values, np.ndarray) and values.dtype != object else written(values)
        for values in columns.values()
    ]
    lines = [",".join(written(columns)), *map(",".join, zip(*bodies, strict=True))]
    return "\n".join(lines) + "\n"


def _parquet(columns: dict[str, Any]) -> bytes:
    """Return the columns as a Parquet file: numbers as doubles, classes as text."""
    import pyarrow
    from pyarrow.parquet import write_table

    file = pyarrow.BufferOutputStream()
    write_table(pyarrow.table(_lists(columns)), file)
    content: bytes = file.getvalue().to_pybytes()
    return content


def _json_lines(columns: dict[str, Any]) -> str:
    """Return a JSON object a row."""
    rows = zip(*_lists(columns).values(), strict=True)
    return "".join(f"{json_text(dict(zip(columns, row, strict=True)))}\n" for row in rows)


def _lists(columns: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: values.tolist() if isinstance(values, np.ndarray) else values for name, values in columns.items()}
