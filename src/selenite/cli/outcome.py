"""How a fit ends: its checkpoint goes, its losses are drawn, and it is said how good the model is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selenite.cli.checkpoint import say_how_to_go_on
from selenite.cli.endings import going_on, interrupted_code
from selenite.errors import DivergedError
from selenite.text import argument, printable

if TYPE_CHECKING:
    from selenite.fitting.evaluated import EvaluatedFit
    from selenite.training.journal import Journal


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


def print_outcome(file: str, output: str, fit: EvaluatedFit) -> None:
    """Print the model, its figures beside the baselines, the verdict, and what to do next."""
    click.echo(f"{fit}\n")
    click.echo(f"Saved {printable(output)} ({Path(output).stat().st_size / 1000:,.0f} kB).")
    if fit.model.recipe.ended != "diverged":
        click.echo(f"Next: selenite score {argument(output)} {argument(file)}")
        click.echo(f"      selenite predict {argument(output)} NEW.csv -o predictions.csv")
