"""`selenite predict`: the rows of a table through a model, with NumPy alone."""

from __future__ import annotations

import json
from typing import Any

import click
import numpy as np

from selenite.cli.reading import read_for, read_options, reading_options
from selenite.cli.text import plain
from selenite.errors import SeleniteError
from selenite.model import Model, load
from selenite.model.file import write
from selenite.table import Outside, Table


class OutsideError(SeleniteError):
    """Rows that lie outside what training saw, where that was forbidden."""

    exit_code = 6


@click.command("predict")
@click.argument("model")
@click.argument("file")
@click.option("-o", "--output", metavar="CSV", help="Where to write the predictions.  [default: standard output]")
@click.option("--strict", is_flag=True, help="Stop if a row lies outside what training saw.")
@click.option(
    "--rename", "renames", multiple=True, metavar="NEW=KNOWN", help="A column's name in FILE and in the model."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a row instead of CSV.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@reading_options
def command(model: str, file: str, output: str | None, strict: bool, renames: tuple[str, ...], **options: Any) -> None:
    """Predict every row of FILE (CSV or Parquet, - for standard input) with MODEL.

    Writes a row for each row, in order: the prediction, the probability of each class, and in "outside" why the row
    lies outside what training saw, if it does.
    """
    loaded = load(model)
    table = read_for(loaded, file, read_options(options, loaded.read), renames)
    found = loaded.outside(table)
    flagged = np.logical_or.reduce([way.rows for way in found]) if found else np.zeros(table.n_rows, bool)
    if strict and flagged.any():
        raise OutsideError(f"{flagged.sum():,} of {table.n_rows:,} rows lie outside what training saw: {_ways(found)}")
    columns = _columns(loaded, table, found)
    text = _json_lines(columns) if options["as_json"] else _csv(columns)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text.encode("utf-8", "surrogateescape"))
    if not options["quiet"]:
        where = "" if output is None else f" written to {plain(output)}"
        click.echo(f"{table.n_rows:,} rows{where}.", err=True)
        for notice in table.notices:
            click.echo(f"note: {notice}", err=True)
        if flagged.any():
            click.echo(f"{flagged.sum():,} rows flagged as outside what training saw: {_ways(found)}", err=True)


def _ways(found: list[Outside]) -> str:
    """Return in how many rows which column leaves what training saw, the five commonest ways."""
    ordered = sorted(found, key=lambda way: -int(way.rows.sum()))
    ways = [f"{plain(way.column)} {way.what} in {int(way.rows.sum()):,}" for way in ordered[:5]]
    return "; ".join(ways) + (f"; {len(found) - 5} further ways" if len(found) > 5 else "")


def _columns(model: Model, table: Table, found: list[Outside]) -> dict[str, Any]:
    """Return the columns to write, by name."""
    columns: dict[str, Any] = {}
    if model.target.task == "regression":
        columns["prediction"] = model.predict(table)
    else:
        probabilities = model.predict_proba(table)
        columns["prediction"] = np.array(model.target.classes, dtype=object)[probabilities.argmax(axis=1)]
        for index, label in enumerate(model.target.classes):
            columns[f"probability of {label}"] = probabilities[:, index]
    reasons = [""] * table.n_rows
    for way in found:
        for row in np.flatnonzero(way.rows):
            reasons[row] += f"{'; ' if reasons[row] else ''}{plain(way.column)} {way.what}"
    return columns | {"outside": reasons}


def _csv(columns: dict[str, Any]) -> str:
    """Return the columns as CSV; numbers to their last digit, text that a spreadsheet would run with an apostrophe."""
    written = [
        values.astype(str) if isinstance(values, np.ndarray) and values.dtype != object else list(map(_cell, values))
        for values in columns.values()
    ]
    lines = [",".join(map(_cell, columns)), *map(",".join, zip(*written, strict=True))]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return text as a CSV cell that no spreadsheet takes for a formula."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(text):
        text = f"'{text}"
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(c in text for c in ',"\r\n') else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _json_lines(columns: dict[str, Any]) -> str:
    """Return a JSON object a row."""
    lists = [values.tolist() if isinstance(values, np.ndarray) else values for values in columns.values()]
    return "".join(f"{json.dumps(dict(zip(columns, row, strict=True)))}\n" for row in zip(*lists, strict=True))
