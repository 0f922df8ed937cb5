"""`selenite score`: a model's predictions beside the answers that a table has."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from selenite.cli.files import FILE, refuse_unwritable
from selenite.cli.reading import load_beside, pieces_for, read_options, reading_options, rename_option, require_answers
from selenite.model.judged import judged
from selenite.model.metrics import Metric
from selenite.model.predictions import Predictions
from selenite.model.summed import Summed
from selenite.progress import ProgressBar
from selenite.text import WIDTH, counted, figure_texts, figures_table, json_text, paragraph, path_text, plain, printable

MOST_CLASSES_IN_A_MATRIX = 12
FITTED_ON = "This is the table that the model was fitted on"
STAGES, DRAWING = ("predicting", "measuring"), "drawing"


@click.command("score")
@click.argument("model", type=FILE)
@click.argument("file", type=FILE)
@rename_option
@click.option(
    "--plot", type=FILE, metavar="PNG", help="Draw ROC and calibration, or prediction against answer and residuals."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@reading_options
def command(model: str, file: str, plot: str | None, as_json: bool, **options: Any) -> None:
    """Score MODEL on FILE, which must have the column that the model predicts.

    FILE is CSV, Parquet or a folder of Parquet files, and may be larger than the memory. If it is the table that the
    model was fitted on, the test rows are scored by themselves as well.
    """
    if plot:
        refuse_unwritable(plot, model, file, picture=True)
    with ProgressBar() as bar:
        bar.begin(f"reading {plain(file)}")
        loaded = load_beside(model, file)
        pieces = pieces_for(loaded, file, read_options(options, loaded.read), options["renames"])
        require_answers(loaded, pieces)
        bar.expect(*STAGES, *[DRAWING] * bool(plot))
        bar.begin(STAGES[0])
        found = judged(loaded, pieces, bar.done)
        tested: dict[str, Predictions | Summed] = {} if found.test_rows is None else {"test rows": found.test_rows}
        parts = tested | {"all rows": found.all_rows}
        bar.begin(STAGES[1])
        figures = {name: part.metrics() for name, part in parts.items()}
        first = next(iter(parts.values()))
        if plot:
            bar.begin(DRAWING)
            from selenite.plots.score import draw_score

            draw_score(found.drawn, plot)
    if as_json:
        click.echo(json_text(_as_json(file, parts, figures)))
        return
    click.echo(
        f"{pieces.source}   {counted(pieces.n_rows, 'row')}; {plain(loaded.target.name)} by {printable(model)}\n"
    )
    click.echo(figures_table({f"{name} ({parts[name].n_rows:,})": metrics for name, metrics in figures.items()}))
    if found.test_rows is not None:
        said = "Only the test rows tell how good it is on new ones; of the others it has learnt from most."
        click.echo(f"\n{paragraph(f'{FITTED_ON}. {said}')}")
    elif found.used.fitted_on and loaded.data.folds:
        of_model = [figure for figure in loaded.figures if figure.model == "selenite"]
        when_fitted = ", ".join(f"{one.metric} {figure_texts(one.metric, [one])[0]}" for one in of_model)
        said = "When it was fitted, each row judged by a model without its fold, they were"
        click.echo(f"\n{paragraph(f'{FITTED_ON}, so these figures are too kind. {said} {when_fitted}.')}")
    if (coverage := first.coverage()) is not None:
        click.echo(f"\n{paragraph(str(coverage))}")
    if first.is_of_classes:
        click.echo(f"\n{confusion_text(first)}")
    if plot and found.drawn.n_rows < first.n_rows:
        click.echo(f"\n{plain(plot)} shows {found.drawn.n_rows:,} rows that were drawn of all.")


def confusion_text(predictions: Predictions | Summed) -> str:
    """Return the confusion matrix as text, or the commonest mistakes where it would be too wide."""
    counts, labels = predictions.confusion, _names(predictions.model.target.classes)
    width = max(len(f"{counts.max():,}"), *map(len, labels)) + 2
    head = "true \\ predicted"
    left = max(map(len, (head, *labels)))
    if len(labels) <= MOST_CLASSES_IN_A_MATRIX and left + width * len(labels) + 2 <= WIDTH:
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


def _as_json(file: str, parts: dict[str, Predictions | Summed], figures: dict[str, list[Metric]]) -> dict[str, Any]:
    first = next(iter(parts.values()))
    target = first.model.target
    scores = {
        name.replace(" ", "_"): {
            "rows": parts[name].n_rows,
            "metrics": {m.name: {"value": m.value, "low": m.low, "high": m.high} for m in metrics},
            **({} if (coverage := parts[name].coverage()) is None else {"coverage": coverage.to_dict()}),
        }
        for name, metrics in figures.items()
    }
    result: dict[str, Any] = {
        "file": path_text(file),
        "target": target.name,
        "task": target.task,
        "scores": scores,
    }
    if first.is_of_classes:
        result["classes"] = list(target.classes)
        result["confusion_matrix"] = first.confusion.tolist()
    return result
