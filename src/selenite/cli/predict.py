"""`selenite predict`: the rows of a table through a model, with NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import click

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import load_beside, pieces_for, read_options, reading_options
from selenite.cli.rows import refuse_spreadsheet, rows_writer
from selenite.cli.shared_options import RENAME
from selenite.errors import OptionError, OutsideError
from selenite.model.answer_columns import answer_columns, quantile_levels
from selenite.model.residual_quantiles import LEAST_COVERAGE, MOST_COVERAGE
from selenite.progress import ProgressBar
from selenite.table import Limits
from selenite.table.match import match_each
from selenite.table.outside import OutsideCount
from selenite.text import counted, plain, printable
from selenite.writing import writing

COPIED_BYTES = 1 << 20  # at a time


@click.command("predict", cls=HintingCommand)
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="PATH",
    help="Where to write: CSV, compressed if .gz, or .parquet.  [default: standard output]",
)
@click.option(
    "--quantiles", metavar="Q,...", help="Of a number, add these quantiles, such as .05,.95: below it lies that share."
)
@click.option(
    "--coverage",
    type=click.FloatRange(LEAST_COVERAGE, MOST_COVERAGE),
    metavar="SHARE",
    help="Add what holds the answer of that share of new rows, such as .9: of a number an interval, low to high; of "
    "classes those that it may be.",
)
@click.option("--strict", is_flag=True, help="Stop if a row lies outside what training saw.")
@RENAME
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
    quantiles: str | None,
    coverage: float | None,
    strict: bool,
    renames: tuple[str, ...],
    guarded: bool,
    **options: Any,
) -> None:
    """Predict every row of FILE (CSV, JSON, Excel, Parquet or a folder of it, - for standard input) with MODEL.

    Rows are read and written in pieces, so FILE may be larger than the memory. What ends early writes nothing.

    Writes a row for each row, in order: the prediction, the probability of each class, and in "outside" why the row
    lies outside what training saw, if it does. --quantiles adds "quantile 0.05" and the like; --coverage "low" and
    "high" of a number, and for each class "may be ...", yes or no. Of a model of several targets all
    of it is there for each, "prediction for ..." and so on. Classes are written to the character as the table
    fitted on has them, in UTF-8; add --spreadsheet-safe for a file that a spreadsheet is to open.
    """
    if guarded and options["as_json"]:
        raise OptionError("--spreadsheet-safe is for CSV, and --json writes none; leave one of them out")
    suffix = Path(output or "").suffix.lower()
    if suffix == ".parquet" and (guarded or options["as_json"]):
        raise OptionError(
            f"{output} is to be Parquet: leave --json and --spreadsheet-safe out, or name a file for them"
        )
    if output is not None:
        refuse_spreadsheet(output)
        refuse_unwritable(output, model, file)
    with ProgressBar(quiet=options["quiet"]) as bar:
        bar.begin(f"reading {plain(file)}")
        loaded = load_beside(model, file)
        levels = quantile_levels(quantiles)
        every_row = replace(read_options(options, loaded.read), drop_missing=())
        pieces = pieces_for(loaded, file, every_row, renames, Limits(fewest_rows=0))
        bar.begin(f"predicting {counted(pieces.n_rows, 'row')}")
        count, done = OutsideCount(), 0
        with (
            _to(output) as written,
            rows_writer(written, suffix, options["as_json"], guarded, pieces.row_groups) as write,
        ):
            for _, piece in match_each(loaded.schema, pieces):
                reasons = count.reasons(piece)
                if not (strict and count.n_rows):
                    write(answer_columns(loaded, piece, levels, coverage) | {"outside": reasons})
                done += piece.n_rows
                bar.done(done / max(pieces.n_rows, 1))
            if strict and count.n_rows:
                raise OutsideError(
                    f"{count.n_rows:,} of {counted(done, 'row')} lie outside what training saw: {_ways(count)}"
                )
    if not options["quiet"]:
        where = "" if output is None else f" written to {printable(output)}"
        click.echo(f"{counted(done, 'row')}{where}.", err=True)
        for finding in pieces.findings:
            click.echo(f"note: {finding.message}", err=True)
        if count.n_rows:
            flagged = counted(count.n_rows, "row")
            click.echo(f"{flagged} flagged as outside what training saw: {_ways(count)}", err=True)


@contextmanager
def _to(output: str | None) -> Iterator[BinaryIO]:
    """Give a file to write to that becomes the output once the block ends: nothing is written of what ends early."""
    if output is not None:
        with writing(output) as file:
            yield file
        return
    from tempfile import TemporaryFile  # slow to import

    with TemporaryFile() as kept:
        yield kept
        kept.seek(0)
        while block := kept.read(COPIED_BYTES):
            click.echo(block, nl=False)  # bytes: click would take escape sequences out of text, and encode it by locale


def _ways(count: OutsideCount) -> str:
    """Return in how many rows which column leaves what training saw, the five commonest ways."""
    found = count.ways()
    ordered = sorted(found, key=lambda way: -way[2])
    ways = [f"{plain(column)} {plain(what)} in {rows:,}" for column, what, rows in ordered[:5]]
    return "; ".join(ways) + (f"; {len(found) - 5} further ways" if len(found) > 5 else "")
