"""`selenite fit`: a table in, an honest model out."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from selenite.cli.progress import ProgressLine
from selenite.cli.reading import read_options, reading_options, require_column
from selenite.cli.saving import refuse_unwritable
from selenite.cli.text import figures_table, json_text, path_text, plain, sentence
from selenite.errors import DivergenceWarning, OptionError, argument, printable
from selenite.table import Table, learn_target, read_table
from selenite.table.audit import audit, target_candidates

if TYPE_CHECKING:
    from selenite.tabular.honest import Outcome

ENDINGS = {
    "epochs": "all {run} epochs run",
    "patience": "stopped after {run} epochs",
    "interrupt": "interrupted after {run} epochs",
    "diverged": "diverged after {run} epochs",
}


class Sizes(click.ParamType):  # type: ignore[type-arg]
    """Sizes of hidden layers: "64,32", or "" for a linear model."""

    name = "sizes"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            sizes = tuple(int(part) for part in value.split(",") if part.strip())
        except ValueError:
            sizes = (0,)
        if min(sizes, default=1) < 1 or max(sizes, default=1) > 65_536:
            self.fail(f"{value!r} must be sizes from 1 to 65536, such as 64,32, or '' for a linear model")
        return sizes


@click.command("fit")
@click.argument("file")
@click.option("--target", metavar="COLUMN", help="The column to predict.")
@click.option("-o", "--output", metavar="MODEL", help="Where to save the model.  [default: FILE's name.selenite]")
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="If the target's values mislead; classes may be any text, such as 10%.",
)
@click.option("--hidden", type=Sizes(), default="128,64", show_default=True, help="Units of the hidden layers.")
@click.option("--activation", default="relu", show_default=True, help="Of the hidden layers.")
@click.option(
    "--loss", default="auto", help="log_loss, squared_error, absolute_error, huber, poisson, 'quantile(0.9)'."
)
@click.option("--epochs", type=click.IntRange(1), default=80, show_default=True, help="The most epochs.")
@click.option("--batch-size", type=click.IntRange(1), help="[default: a 40th of the rows, 32 to 256]")
@click.option("--learning-rate", type=float, default=0.008, show_default=True, help="The highest of its schedule.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the split and of training.")
@click.option("--validation", metavar="FILE", help="Rows to choose the best epoch by, instead of a part of FILE.")
@click.option(
    "--test-fraction",
    type=click.FloatRange(0.01, 0.9),
    default=0.15,
    show_default=True,
    help="Rows put aside for the figures.",
)
@click.option("--plot", metavar="PNG", help="Draw the loss of each epoch.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@reading_options
@click.pass_context
def command(context: click.Context, /, file: str, target: str | None, output: str | None, **options: Any) -> None:
    """Fit a model to FILE (CSV or Parquet) and say how good it is on rows it never saw."""
    talkative = not (options["quiet"] or options["as_json"])
    classes = {target: ()} if target is not None and options["task"] == "classification" else {}
    table = read_table(file, read_options(options), classes)
    if target is None:
        likely = ", ".join(plain(name) for name in target_candidates(table)[:4])
        raise OptionError(f"say what to predict with --target; likely columns: {likely}")
    require_column(table, target)
    validation = read_table(options["validation"], read_options(options), classes) if options["validation"] else None
    if validation is not None:
        require_column(validation, target)
    output = output or f"{Path('table' if file == '-' else file).name.split('.')[0]}.selenite"
    refuse_unwritable(output)
    if options["plot"]:
        refuse_unwritable(options["plot"], picture=True)
    if talkative:
        _print_opening(table, target, options["task"])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DivergenceWarning)  # told with the result
        outcome = _fit(table, target, validation, options, [ProgressLine()] if talkative else [])
    outcome.model.save(output)
    if options["plot"]:
        from selenite.plots.curves import draw_curves

        draw_curves(outcome.estimator.history_, outcome.estimator.best_epoch_, outcome.model, options["plot"])
    if options["as_json"]:
        click.echo(json_text(_as_json(file, output, outcome)))
    elif talkative:
        _print_outcome(file, output, outcome)
    if outcome.estimator.stopped_by_ == "interrupt":
        context.exit(130)


def _fit(
    table: Table, target: str, validation: Table | None, options: dict[str, Any], callbacks: list[ProgressLine]
) -> Outcome:
    """Fit with the options given."""
    from selenite.tabular.honest import fit_honestly

    return fit_honestly(
        table,
        target,
        {
            "hidden_layer_sizes": options["hidden"],
            "activation": options["activation"],
            "loss": options["loss"],
            "learning_rate_init": options["learning_rate"],
            "batch_size": options["batch_size"] or "auto",
            "max_iter": options["epochs"],
        },
        task=options["task"],
        test_fraction=options["test_fraction"],
        seed=options["seed"],
        validation=validation,
        read=read_options(options),
        callbacks=callbacks,
    )


def _print_opening(table: Table, target: str, task: str | None) -> None:
    """Print what is to be predicted, and what to know about the table."""
    learnt = learn_target(table[target], target, task, table.first_line)  # type: ignore[arg-type]
    what = f"{len(learnt.classes)} classes" if learnt.task == "classification" else "a number"
    if len(learnt.classes) == 2:
        what = f"{plain(learnt.classes[0])} or {plain(learnt.classes[1])}"
    rows = f"{table.source}   {table.n_rows:,} rows"
    click.echo(f"{rows}; {plain(target)} ({what}) from {len(table.names) - 1} columns")
    for note in (*table.notices, *(finding.message for finding in audit(table, target))):
        click.echo(f"  note: {sentence(note)}")


def _print_outcome(file: str, output: str, outcome: Outcome) -> None:
    """Print the model, its figures beside the baselines, the verdict, and what to do next."""
    model, data, recipe = outcome.model, outcome.model.data, outcome.model.recipe
    layers = "-".join(map(str, model.network.layer_sizes))
    click.echo(
        f"  split: {data.training_rows:,} rows to train on, {data.validation_rows:,} to choose the epoch by, "
        f"{data.test_rows:,} put aside (seed {data.split_seed})"
    )
    click.echo(
        f"  model: {layers} {model.network.activations[0]}, {len(model.parameters):,} parameters; "
        f"{ENDINGS.get(recipe.ended, recipe.ended).format(run=recipe.epochs_run)}, "
        f"epoch {recipe.best_epoch} kept, {outcome.seconds:.1f} s\n"
    )
    click.echo(f"  on {data.test_rows:,} rows never used above")
    click.echo(figures_table(outcome.figures))
    click.echo(f"  {outcome.verdict}\n")
    if outcome.estimator.training_.explanation:
        click.echo(f"  {sentence(outcome.estimator.training_.explanation)}\n")
    click.echo(f"Saved {printable(output)} ({Path(output).stat().st_size / 1000:,.0f} kB).")
    click.echo(f"Next: selenite score {argument(output)} {argument(file)}")
    click.echo(f"      selenite predict {argument(output)} NEW.csv -o predictions.csv")


def _as_json(file: str, output: str, outcome: Outcome) -> dict[str, Any]:
    model = outcome.model
    return {
        "file": path_text(file),
        "model": path_text(output),
        "target": model.target.name,
        "task": model.target.task,
        "rows": {
            "training": model.data.training_rows,
            "validation": model.data.validation_rows,
            "test": model.data.test_rows,
        },
        "layer_sizes": model.network.layer_sizes,
        "parameters": len(model.parameters),
        "epochs": model.recipe.epochs_run,
        "best_epoch": model.recipe.best_epoch,
        "ended": model.recipe.ended,
        "seconds": outcome.seconds,
        "test": {
            name: {metric.name: {"value": metric.value, "low": metric.low, "high": metric.high} for metric in metrics}
            for name, metrics in outcome.figures.items()
        },
        "verdict": outcome.verdict,
    }
