"""`selenite score`: a model's predictions beside the answers that a table has."""

from __future__ import annotations

from typing import Any

import click

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import (
    load_beside,
    one_target,
    pieces_for,
    read_options,
    reading_options,
    require_answers,
)
from selenite.cli.shared_options import JSON, OF, RENAME
from selenite.model.answer_columns import quantile_levels
from selenite.model.scored import MEASURING, PREDICTING, Score, score_of
from selenite.progress import ProgressBar
from selenite.text import counted, json_text, plain, printable

DRAWING = "drawing"


@click.command("score", cls=HintingCommand)
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@OF
@RENAME
@click.option(
    "--plot", type=FILE, metavar="PNG", help="Draw ROC and calibration, or prediction against answer and residuals."
)
@click.option(
    "--quantiles",
    metavar="Q,...",
    help="Of a number, the quantiles whose pinball loss is told.  [default: .05,.95, the ends of its interval]",
)
@JSON
@reading_options
def command(model: str, file: str, plot: str | None, quantiles: str | None, as_json: bool, **options: Any) -> None:
    """Score MODEL on FILE, which must have the column that the model predicts.

    FILE is CSV, JSON, Excel, Parquet or a folder of Parquet files, and may be larger than the memory. If it is
    the table that the model was fitted on, the test rows are scored by themselves as well.
    """
    if plot:
        refuse_unwritable(plot, model, file, picture=True)
    with ProgressBar() as bar:
        bar.begin(f"reading {plain(file)}")
        loaded = load_beside(model, file)
        if options["of"] is not None or plot is not None:  # one target is drawn
            loaded = one_target(loaded, options["of"])
        pieces = pieces_for(loaded, file, read_options(options, loaded.read), options["renames"])
        require_answers(loaded, pieces)
        bar.expect(PREDICTING, MEASURING, *[DRAWING] * bool(plot))
        found = score_of(loaded, pieces, bar, file, quantile_levels(quantiles))
        if plot and isinstance(found, Score):
            bar.begin(DRAWING)
            from selenite.plots.score import draw_score

            draw_score(found.judged.drawn, plot)
    if as_json:
        click.echo(json_text(found.to_dict()))
        return
    names = ", ".join(map(plain, loaded.target.names))
    click.echo(f"{pieces.source}   {counted(pieces.n_rows, 'row')}; {names} by {printable(model)}\n")
    click.echo(str(found))
    if plot and isinstance(found, Score) and found.judged.drawn.n_rows < next(iter(found.parts.values())).n_rows:
        click.echo(f"\n{plain(plot)} shows {found.judged.drawn.n_rows:,} rows that were drawn of all.")
