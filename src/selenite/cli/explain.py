"""`selenite explain`: which columns a prediction comes from, and which the model needs."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.hinting import HintingCommand
from selenite.cli.reading import read_beside, reading_options
from selenite.cli.shared_options import JSON, OF, RENAME, seed_option
from selenite.errors import OptionError
from selenite.explanation.columns import (
    Attributions,
    Dependence,
    Importance,
    WordEffect,
    explain,
    partial_dependence,
    permutation_importance,
    word_effects,
)
from selenite.explanation.columns.baseline import FEWEST_BACKGROUND_ROWS
from selenite.explanation.columns.text import dependences_text, row_text, table_text, words_text
from selenite.model import Model
from selenite.model.predictions import measure
from selenite.model.rows import rows_used
from selenite.nn.random import EXPLAIN
from selenite.progress import ProgressBar
from selenite.splits.split import drawn_rows
from selenite.table import Table
from selenite.table.cells import cell_text
from selenite.text import counted, json_text, paragraph, path_text, plain, printable

MOST_ROWS = 500  # of a table, whose values are averaged
DEPENDENCES = 4  # columns whose values are tried
EXPLAINING, SHUFFLING, TRYING, DRAWING = "explaining rows", "shuffling columns", "trying values", "drawing"  # stages


@click.command("explain", cls=HintingCommand)
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@click.option("--row", type=click.IntRange(1), metavar="N", help="Explain this row of FILE, counted from 1.")
@click.option(
    "--method",
    type=click.Choice(["auto", "exact", "sampled", "gradients"]),
    default="auto",
    show_default=True,
    help="Shapley values, exact (up to 15 columns) or sampled, or integrated gradients.",
)
@click.option(
    "--baseline",
    type=click.Choice(["rows", "medians"]),
    default="rows",
    show_default=True,
    help="What a row is compared with: 100 rows of FILE, or the training medians.",
)
@click.option("--class", "label", metavar="CLASS", help="Explain the probability of this class.")
@seed_option("Of what is drawn at random.")
@OF
@RENAME
@click.option(
    "--plot",
    type=FILE,
    metavar="PNG",
    help="Draw what each column adds; of a table also how predictions depend on them.",
)
@JSON
@reading_options
def command(
    model: str,
    file: str,
    row: int | None,
    method: Any,
    baseline: str,
    label: str | None,
    seed: int,
    plot: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say which columns the predictions of MODEL for FILE come from.

    With --row, what each column adds to that row's prediction. Without, for the whole table: the mean size of that, how
    much worse the model is where a column is shuffled (if FILE has the answers), and how predictions depend on the
    columns that matter most.
    """
    if plot is not None:
        refuse_unwritable(plot, model, file, picture=True)
    with ProgressBar() as bar:
        bar.begin(f"reading {plain(file)}")
        loaded, table = read_beside(model, file, options["of"], options)
        _refuse(table, row, baseline)
        has_answers = loaded.target.name in table.names
        of_table = [*[SHUFFLING] * has_answers, TRYING] if row is None else []
        bar.expect(EXPLAINING, *of_table, *[DRAWING] * (plot is not None))
        bar.begin(EXPLAINING)
        rows = drawn_rows(table.n_rows, MOST_ROWS, seed, EXPLAIN) if row is None else np.array([row - 1])
        background = table if baseline == "rows" else "medians"
        explained = table.take(rows)
        found = explain(loaded, explained, background=background, method=method, label=label, seed=seed, done=bar.done)
        words = word_effects(loaded, explained, label=label)
        if row is None:
            judged, which = _judged(loaded, table)
            importances = []
            if has_answers:
                bar.begin(SHUFFLING)
                importances = permutation_importance(loaded, judged, seed=seed, done=bar.done)
            bar.begin(TRYING)
            dependences = _dependences(loaded, found, explained, label) if plot is not None or not as_json else []
        if plot is not None:
            bar.begin(DRAWING)
            from selenite.plots.columns import draw_columns
            from selenite.plots.style import save_axes

            if row is None:
                save_axes(draw_columns(found, importances, dependences, measure(loaded))[0], plot)
            else:
                _draw_row(found, table, row, plot)
    if row is not None:
        told = f"{_row_head(found, table, row, model)}\n{row_text(found)}"
        click.echo(json_text(_row_json(found, file, table, row) | _words_json(words)) if as_json else told)
        if words and not as_json:
            click.echo(f"\n{words_text(words, found.form)}")
        return
    if as_json:
        click.echo(json_text(_table_json(loaded, found, file, table, importances, which) | _words_json(words)))
        return
    click.echo(f"{_table_head(found, table, model)}\n{table_text(found, importances, measure(loaded), which)}")
    if words:
        click.echo(f"\n{words_text(words, found.form)}")
    if not has_answers:
        click.echo(
            paragraph("The table lacks the answers: how much worse the model is without a column it cannot tell.")
        )
    if dependences:
        click.echo(f"\n{dependences_text(found.quantities[0], dependences, found.form)}")
    elif len(loaded.target.classes) > 2 and label is None:
        click.echo("\n  Add --class for how the probability of a class depends on the columns.")


def _refuse(table: Table, row: int | None, baseline: str) -> None:
    """Refuse a row that is not there, and a baseline of no other rows."""
    if row is not None and row > table.n_rows:
        raise OptionError(f"--row {row:,}: {table.source} has {counted(table.n_rows, 'row')}")
    if baseline == "rows" and table.n_rows < FEWEST_BACKGROUND_ROWS:
        raise OptionError(
            f"{table.source} has {table.n_rows} row, and no others to compare it with: add --baseline medians, "
            "or name a table of more rows and choose one by --row"
        )


def _judged(model: Model, table: Table) -> tuple[Table, str]:
    """Return the rows to shuffle columns in, and which they are in words."""
    used = rows_used(model, table)
    if used.aside is not None:
        return table.take(used.aside), f"the {len(used.aside):,} test rows"
    seen = ", which the model was fitted on" if used.fitted_on else ""
    return table, f"all {table.n_rows:,} rows{seen}"


def _row_head(found: Attributions, table: Table, row: int, model: str) -> str:
    line = "" if table.first_line is None else f" (line {table.first_line + row - 1:,})"
    is_what = f"{plain(found.quantities[0])} is {found.prediction[0]:{found.form}}"
    return f"{table.source}, row {row:,}{line}: {is_what} by {printable(model)}\n"


def _table_head(found: Attributions, table: Table, model: str) -> str:
    what = found.quantities[0] if len(set(found.quantities)) == 1 else "probability of each row's predicted class"
    return (
        f"{table.source}   {counted(table.n_rows, 'row')}; what the {plain(what)} depends on, by {printable(model)}\n"
    )


def _draw_row(found: Attributions, table: Table, row: int, plot: str) -> None:
    from selenite.plots.columns import draw_attributions
    from selenite.plots.style import save_axes

    cells = [cell_text(table[name], row - 1) for name in found.columns]
    save_axes(draw_attributions(found, cells=cells), plot)


def _dependences(model: Model, found: Attributions, rows: Table, label: str | None) -> list[Dependence]:
    """Return how predictions depend on the columns that matter most; nothing where several classes are explained."""
    target = model.target
    index = 1 if label is None or target.task == "regression" else target.classes.index(label)
    if target.task == "classification" and len(target.classes) > 2 and label is None:
        return []
    most = [found.columns[k] for k in np.argsort(-found.importance, kind="stable")]
    free_text = {column.name for column in model.schema.columns if column.kind == "text"}
    return partial_dependence(model, rows, [name for name in most if name not in free_text][:DEPENDENCES], index=index)


def _row_json(found: Attributions, file: str, table: Table, row: int) -> dict[str, Any]:
    return {
        "file": path_text(file),
        "row": row,
        "quantity": found.quantities[0],
        "prediction": float(found.prediction[0]),
        "base": float(found.base[0]),
        "method": found.method,
        "baseline": found.baseline,
        "gap": float(found.gap[0]),
        "columns": [
            {
                "name": name,
                "value": cell_text(table[name], row - 1),
                "attribution": float(found.values[0, k]),
                "standard_error": None if found.errors is None else float(found.errors[0, k]),
            }
            for k, name in enumerate(found.columns)
        ],
    }


def _words_json(words: list[WordEffect]) -> dict[str, Any]:
    """Return what words of free text add, where there is any."""
    return {"words": [vars(one) for one in words]} if words else {}


def _table_json(
    model: Model, found: Attributions, file: str, table: Table, importances: list[Importance], which: str
) -> dict[str, Any]:
    growth = {one.column: one for one in importances}
    return {
        "file": path_text(file),
        "rows": table.n_rows,
        "rows_explained": len(found.values),
        "target": model.target.name,
        "quantities": sorted(set(found.quantities)),
        "method": found.method,
        "baseline": found.baseline,
        "largest_gap": float(np.abs(found.gap).max(initial=0)),
        "shuffled_in": which if growth else None,
        "columns": [
            {
                "name": name,
                "mean_absolute_attribution": float(found.importance[k]),
                "permutation_importance": growth[name].mean if name in growth else None,
                "permutation_importance_deviation": growth[name].deviation if name in growth else None,
            }
            for k, name in enumerate(found.columns)
        ],
    }
