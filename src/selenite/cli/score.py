"""`selenite score`: a model's predictions beside the answers that a table has."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from selenite.cli.names import FILE
from selenite.cli.reading import read_for, read_options, reading_options, require_answers
from selenite.cli.saving import refuse_unwritable
from selenite.model import Model, load
from selenite.model.intervals import Clusters
from selenite.model.metrics import evaluate, predictions
from selenite.model.rows import rows_used
from selenite.table import Table
from selenite.text import counted, figure_texts, figures_table, json_text, path_text, plain, printable

MOST_CLASSES = 12


@click.command("score")
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@click.option(
    "--rename", "renames", multiple=True, metavar="NEW=KNOWN", help="A column's name in FILE and in the model."
)
@click.option(
    "--plot", type=FILE, metavar="PNG", help="Draw ROC and calibration, or prediction against answer and residuals."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@reading_options
def command(model: str, file: str, renames: tuple[str, ...], plot: str | None, as_json: bool, **options: Any) -> None:
    """Score MODEL on FILE, which must have the column that the model predicts.

    If FILE is the table that the model was fitted on, the rows that were put aside are scored by themselves as well.
    """
    if plot:
        refuse_unwritable(plot, model, file, picture=True)
    loaded = load(model)
    table = read_for(loaded, file, read_options(options, loaded.read), renames)
    require_answers(loaded, table)
    used = rows_used(loaded, table)
    aside = used.aside
    tables = {"all rows": table}
    clusters: dict[str, Clusters] = {"all rows": None}
    if aside is not None:
        tables = {"rows put aside": table.take(aside), "all rows": table}
        clusters = {"rows put aside": used.grouping.take(aside).clusters, "all rows": used.grouping.clusters}
    figures = {name: evaluate(loaded, part, clusters[name]) for name, part in tables.items()}
    judged = next(iter(tables.values()))
    if plot:
        from selenite.plots.score import draw_score

        draw_score(loaded, judged, plot)
    if as_json:
        click.echo(json_text(_as_json(loaded, file, tables, figures)))
        return
    click.echo(f"{table.source}   {counted(table.n_rows, 'row')}; {plain(loaded.target.name)} by {printable(model)}\n")
    click.echo(figures_table({f"{name} ({len_of(tables[name])})": metrics for name, metrics in figures.items()}))
    if aside is not None:
        click.echo(
            "\n  This is the table that the model was fitted on. Only the rows put aside tell how good it is on new\n"
            "  ones; of the others it has learnt from most."
        )
    elif used.fitted_on and loaded.data.folds:
        of_model = [figure for figure in loaded.figures if figure.model == "selenite"]
        when_fitted = ", ".join(f"{one.metric} {figure_texts(one.metric, [one])[0]}" for one in of_model)
        click.echo(
            "\n  This is the table that the model was fitted on, so these figures are too kind. When it was fitted,\n"
            f"  each row judged by a model without its fold, they were\n  {when_fitted}."
        )
    if loaded.target.task == "classification":
        click.echo(f"\n{confusion_text(loaded, judged)}")


def len_of(table: Table) -> str:
    """Return how many rows a table has, as text."""
    return f"{table.n_rows:,}"


def confusion(model: Model, table: Table) -> Any:
    """Return how often each class (row) was predicted as each (column)."""
    from sklearn.metrics import confusion_matrix

    prediction, answers = predictions(model, table)
    return confusion_matrix(answers.astype(int), prediction.argmax(axis=1), labels=range(len(model.target.classes)))


def confusion_text(model: Model, table: Table) -> str:
    """Return the confusion matrix as text, or the commonest mistakes where it would be too wide."""
    counts = confusion(model, table)
    labels = _names(model.target.classes)
    if len(labels) <= MOST_CLASSES:
        width = max(len(f"{counts.max():,}"), *map(len, labels)) + 2
        head = "true \\ predicted"
        left = max(map(len, (head, *labels)))
        lines = [f"  {head:<{left}}" + "".join(f"{label:>{width}}" for label in labels)]
        for label, row in zip(labels, counts, strict=True):
            lines.append(f"  {label:>{left}}" + "".join(f"{count:>{width},}" for count in row))
        return "\n".join(lines)
    wrong = counts - np.diag(np.diag(counts))
    worst = np.argsort(-wrong, axis=None, kind="stable")[:8]
    pairs = [np.unravel_index(index, wrong.shape) for index in worst if wrong.flat[index]]
    lines = [f"    {labels[i]} taken for {labels[j]}: {wrong[i, j]:,} of {counts[i].sum():,}" for i, j in pairs]
    return "\n".join(["  commonest mistakes", *lines]) if lines else "  no mistakes"


def _names(classes: tuple[str, ...]) -> list[str]:
    """Return the classes as a table can hold them, only as long as it takes to tell them apart."""
    tried = ([plain(label, limit) for label in classes] for limit in (14, 40, 200))
    return next((names for names in tried if len(set(names)) == len(classes)), [plain(label) for label in classes])


def _as_json(model: Model, file: str, tables: dict[str, Table], figures: dict[str, Any]) -> dict[str, Any]:
    scores = {
        name.replace(" ", "_"): {
            "rows": tables[name].n_rows,
            "metrics": {m.name: {"value": m.value, "low": m.low, "high": m.high} for m in metrics},
        }
        for name, metrics in figures.items()
    }
    result: dict[str, Any] = {
        "file": path_text(file),
        "target": model.target.name,
        "task": model.target.task,
        "scores": scores,
    }
    if model.target.task == "classification":
        judged = next(iter(tables.values()))
        result["classes"] = list(model.target.classes)
        result["confusion_matrix"] = confusion(model, judged).tolist()
    return result
