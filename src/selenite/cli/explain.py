"""`selenite explain`: which columns a prediction comes from, and which the model needs."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.reading import load_beside, read_for, read_options, reading_options
from selenite.errors import OptionError
from selenite.explanation.columns import (
    Attributions,
    Dependence,
    Importance,
    explain,
    partial_dependence,
    permutation_importance,
)
from selenite.explanation.columns.attributions import NAMES
from selenite.explanation.columns.baseline import FEWEST_BACKGROUND_ROWS
from selenite.model import Model
from selenite.model.predictions import measure
from selenite.model.rows import rows_used
from selenite.nn.random import EXPLAIN
from selenite.splits.split import drawn_rows
from selenite.table import Table
from selenite.table.cells import cell_text
from selenite.table.target import prediction_format
from selenite.text import counted, json_text, path_text, plain, printable

MOST_ROWS = 500  # of a table, whose values are averaged
DEPENDENCES, POINTS = 4, 6  # columns, and values of each, that the text shows
LONGEST_BAR = 24


@click.command("explain")
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
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of what is drawn at random.")
@click.option(
    "--rename", "renames", multiple=True, metavar="NEW=KNOWN", help="A column's name in FILE and in the model."
)
@click.option(
    "--plot",
    type=FILE,
    metavar="PNG",
    help="Draw what each column adds; of a table also how predictions depend on them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@reading_options
def command(
    model: str,
    file: str,
    row: int | None,
    method: Any,
    baseline: str,
    label: str | None,
    seed: int,
    renames: tuple[str, ...],
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
    loaded = load_beside(model, file)
    table = read_for(loaded, file, read_options(options, loaded.read), renames)
    if row is not None and row > table.n_rows:
        raise OptionError(f"--row {row:,}: {table.source} has {counted(table.n_rows, 'row')}")
    if baseline == "rows" and table.n_rows < FEWEST_BACKGROUND_ROWS:
        raise OptionError(
            f"{table.source} has {table.n_rows} row, and no others to compare it with: add --baseline medians, "
            "or name a table of more rows and choose one by --row"
        )
    form = prediction_format(loaded.target)
    rows = drawn_rows(table.n_rows, MOST_ROWS, seed, EXPLAIN) if row is None else np.array([row - 1])
    background = table if baseline == "rows" else "medians"
    found = explain(loaded, table.take(rows), background=background, method=method, label=label, seed=seed)
    if row is not None:
        if plot is not None:
            _draw_row(found, table, row, plot)
        click.echo(
            json_text(_row_json(found, file, table, row)) if as_json else _row_text(found, table, row, model, form)
        )
        return
    judged, which = _judged(loaded, table)
    importances = permutation_importance(loaded, judged, seed=seed) if loaded.target.name in table.names else []
    error = measure(loaded)
    dependences = _dependences(loaded, found, table.take(rows), label) if plot is not None or not as_json else []
    if plot is not None:
        from selenite.plots.columns import draw_columns
        from selenite.plots.style import save_axes

        save_axes(draw_columns(found, importances, dependences, error)[0], plot)
    if as_json:
        click.echo(json_text(_table_json(loaded, found, file, table, importances, which)))
        return
    click.echo(_table_text(found, table, model, importances, which, error, form))
    click.echo(_dependences_text(found, dependences, form))


def _judged(model: Model, table: Table) -> tuple[Table, str]:
    """Return the rows to shuffle columns in, and which they are in words."""
    used = rows_used(model, table)
    if used.aside is not None:
        return table.take(used.aside), f"the {len(used.aside):,} rows put aside when the model was fitted"
    seen = ", which the model was fitted on" if used.fitted_on else ""
    return table, f"all {table.n_rows:,} rows{seen}"


def _row_text(found: Attributions, table: Table, row: int, model: str, form: str) -> str:
    """Return what each column adds, the largest first, and whether it adds up."""
    line = "" if table.first_line is None else f" (line {table.first_line + row - 1:,})"
    values, place = found.values[0], row - 1
    order = np.argsort(-np.abs(values), kind="stable")
    names = [plain(name, 32) for name in found.columns]
    cells = [plain(cell_text(table[name], place), 24) or "(missing)" for name in found.columns]
    texts = [f"{name} = {cell}" for name, cell in zip(names, cells, strict=True)]
    width = max(len("all columns together"), *map(len, texts))
    head = f"{table.source}, row {row:,}{line}: {plain(found.quantities[0])} is {found.prediction[0]:{form}}"
    lines = [f"{head} by {printable(model)}\n"]
    base, total, *added = (f"{found.base[0]:{form}}", *(f"{value:+{form}}" for value in (values.sum(), *values)))
    number_width = max(map(len, (base, total, *added)))
    lines.append(f"  {'mean of the baseline':<{width}}  {base:>{number_width}}")
    largest = float(np.abs(values).max(initial=0)) or 1.0
    for k in order:
        error = "" if found.errors is None else f" ±{f'{1.96 * found.errors[0, k]:{form}}':<9}"
        bar = ("+" if values[k] > 0 else "-") * round(LONGEST_BAR * abs(values[k]) / largest)
        lines.append(f"  {texts[k]:<{width}}  {added[k]:>{number_width}}{error}  {bar}".rstrip())
    lines.append(f"  {'all columns together':<{width}}  {total:>{number_width}}")
    lines.append(f"\n  {_method(found)}\n  Adds up to the prediction: {_adds_up(found)}.")
    return "\n".join(lines)


def _adds_up(found: Attributions) -> str:
    """Return whether base and values give the predictions, in words."""
    gap = float(np.abs(found.gap).max())
    size = float(np.abs(found.prediction - found.base).max()) or 1.0
    return "yes" if gap <= 1e-6 * size else f"yes, within {gap:.1g}"


def _method(found: Attributions) -> str:
    """Return what was computed, in a sentence."""
    name = NAMES[found.method]
    spread = ", each with its 95 % interval" if found.errors is not None and len(found.values) == 1 else ""
    return f"{name[0].upper()}{name[1:]}{spread}; compared with {found.baseline}."


def _table_text(
    found: Attributions, table: Table, model: str, importances: list[Importance], which: str, error: str, form: str
) -> str:
    """Return the columns by how much they matter."""
    growth = {one.column: one for one in importances}
    what = found.quantities[0] if len(set(found.quantities)) == 1 else "probability of each row's predicted class"
    order = np.argsort(-found.importance, kind="stable")
    names = [plain(name, 32) for name in found.columns]
    sizes = [f"{size:{form}}" for size in found.importance]
    grown = [f"{growth[c].mean:+{form}} ±{growth[c].deviation:{form}}" if growth else "" for c in found.columns]
    shuffled = f"shuffled: {error}" if growth else ""
    name_width = max(len("column"), *map(len, names))
    size_width = max(len("mean size"), *map(len, sizes))
    grown_width = max(len(shuffled), *map(len, grown))
    lines = [
        f"{table.source}   {counted(table.n_rows, 'row')}; what the {plain(what)} depends on, by {printable(model)}\n",
        f"  {'column':<{name_width}}  {'mean size':>{size_width}}  {shuffled:>{grown_width}}".rstrip(),
    ]
    largest = float(found.importance.max(initial=0)) or 1.0
    for k in order:
        bar = "#" * round(LONGEST_BAR * found.importance[k] / largest)
        columns = f"{names[k]:<{name_width}}  {sizes[k]:>{size_width}}  {grown[k]:>{grown_width}}"
        lines.append(f"  {columns}  {bar}".rstrip())
    over = counted(len(found.values), "row")
    lines.append(f"\n  Mean size: of what a column adds to a prediction, over {over}. {_method(found)}")
    if growth:
        lines.append(
            f"  Shuffled: how the {error} changes where a column's values are dealt out anew ({which}; 10 times)."
        )
    else:
        lines.append("  The table lacks the answers: how much worse the model is without a column cannot be told.")
    return "\n".join(lines)


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
    most = np.argsort(-found.importance, kind="stable")[:DEPENDENCES]
    return partial_dependence(model, rows, [found.columns[k] for k in most], index=index)


def _dependences_text(found: Attributions, dependences: list[Dependence], form: str) -> str:
    """Return the mean prediction at some values of the columns that matter most."""
    if not dependences:
        return "\n  Of one class, add --class: how its probability depends on the columns that matter most."
    lines = [f"\n  Mean {plain(found.quantities[0])}, were all rows to have the same value:"]
    for one in dependences:
        points = [f"{plain(one.labels[i], 16) or '(empty)'}: {one.means[i]:{form}}" for i in _telling(one)]
        lines.append(f"    {plain(one.column, 32)}   {'   '.join(points)}")
    return "\n".join(lines)


def _telling(one: Dependence) -> list[int]:
    """Return which values to show: both ends, lowest, highest, and those farthest off the lines between."""
    means, places, last = np.array(one.means), np.array(one.places), len(one.means) - 1
    turns = np.zeros(last + 1, dtype=bool)
    turns[1:-1] = np.diff(means)[:-1] * np.diff(means)[1:] < 0
    shown = sorted({0, last, int(means.argmin()), int(means.argmax())})
    while len(shown) < min(POINTS, last + 1):
        off = np.abs(means - np.interp(places, places[shown], means[shown])) * (1 + turns)  # a turn counts double
        off[shown] = -1
        shown = sorted([*shown, int(off.argmax())])
    return shown


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
