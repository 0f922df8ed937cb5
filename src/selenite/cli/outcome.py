"""How a fit ends: its checkpoint goes, its losses are drawn, and it is said how good the model is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from selenite.cli.checkpoint import say_how_to_go_on
from selenite.cli.endings import going_on, interrupted_code
from selenite.errors import DivergedError
from selenite.model.baselines import HEADINGS
from selenite.table import Table
from selenite.text import argument, counted, figures_table, paragraph, path_text, printable

if TYPE_CHECKING:
    from selenite.fitting.evaluated import EvaluatedFit
    from selenite.training.journal import Journal

ENDINGS = {
    "epochs": "all {run} run",
    "patience": "stopped after {run}",
    "time": "out of time after {run}",
    "interrupt": "interrupted after {run}",
    "diverged": "diverged after {run}",
}


def end_fit(
    context: click.Context,
    output: str,
    fit: EvaluatedFit,
    journal: Journal | None,
    plot: str | None,
    tell: Callable[[], None],
) -> None:
    """End a fit whose model is saved: its checkpoint goes, its losses are drawn, `tell` says how good it is."""
    if journal is not None and not fit.interrupted:
        journal.remove()
    if plot:
        from selenite.plots.curves import draw_curves

        draw_curves(fit.trainings[0].history, fit.trainings[0].best_epoch, fit.model, plot)
    with going_on():
        tell()
    if fit.interrupted:
        say_how_to_go_on(journal)
        context.exit(interrupted_code())
    explanation = next((training.explanation for training in fit.trainings if training.explanation), "")
    if explanation:
        raise DivergedError(f"{explanation}. They are in {output}; its figures say what it is worth")


def print_outcome(file: str, output: str, fit: EvaluatedFit, validation: Table | None) -> None:
    """Print the model, its figures beside the baselines, the verdict, and what to do next."""
    model, data, recipe = fit.model, fit.model.data, fit.model.recipe
    n_inputs, *hidden, n_outputs = model.network.layer_sizes
    members, held_out = len(recipe.best_epochs), f"{data.validation_rows:,}"
    if validation is not None:
        validating = f" and {held_out} validation rows, those of {validation.source}"
    elif members > 1:
        validating = f", of which each member takes {held_out} as its validation rows"
    else:
        validating = f", of which {held_out} are validation rows"
    judging = f"{data.test_rows:,} test rows" if data.test_rows else f"judged in {data.folds} folds"
    rows = f"{data.training_rows:,} training rows{validating}; {judging} (seed {data.split_seed})"
    click.echo(paragraph(rows, "  rows: ", " " * 8))
    kept = (
        f"epoch {recipe.best_epochs[0]}"
        if members == 1
        else f"epochs {min(recipe.best_epochs)} to {max(recipe.best_epochs)}"
    )
    layers = f"hidden layers {','.join(map(str, hidden))} {model.network.hidden_activation}" if hidden else "linear"
    network = (
        f"{f'{members} times ' if members > 1 else ''}{counted(n_inputs, 'input')}, {layers}, "
        f"{counted(n_outputs, 'output')}; {model.parameters.size:,} parameters"
        f"{', of the logarithm' if model.target_transform else ''}"
    )
    click.echo(paragraph(network, "  model: ", " " * 9))
    ended = ENDINGS.get(recipe.ended, recipe.ended).format(run=counted(recipe.epochs_run, "epoch"))
    click.echo(f"  training: {ended}, {kept} kept, {fit.seconds:.1f} s\n")
    if fit.figures:
        by_others = f"all {fit.n_judged:,} rows, each by a model fitted without its fold"
        click.echo(f"  on {by_others if data.folds else f'{data.test_rows:,} test rows'}")
        click.echo(figures_table({HEADINGS.get(name, name): found for name, found in fit.figures.items()}))
    click.echo(f"{paragraph(fit.verdict)}\n")
    click.echo(f"Saved {printable(output)} ({Path(output).stat().st_size / 1000:,.0f} kB).")
    if recipe.ended != "diverged":
        click.echo(f"Next: selenite score {argument(output)} {argument(file)}")
        click.echo(f"      selenite predict {argument(output)} NEW.csv -o predictions.csv")


def outcome_as_json(file: str, output: str, fit: EvaluatedFit) -> dict[str, Any]:
    """Return the same as plain data."""
    model = fit.model
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
        "folds": model.data.folds,
        "layer_sizes": model.network.layer_sizes,
        "members": len(model.recipe.best_epochs),
        "parameters": model.parameters.size,
        "target_transform": model.target_transform,
        "epochs": model.recipe.epochs_run,
        "best_epochs": model.recipe.best_epochs,
        "ended": model.recipe.ended,
        "seconds": fit.seconds,
        "test": {
            name: {metric.name: {"value": metric.value, "low": metric.low, "high": metric.high} for metric in metrics}
            for name, metrics in fit.figures.items()
        },
        "verdict": fit.verdict,
    }
