"""How a fit ends: its checkpoint goes, its losses are drawn, and it is said how good the model is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selenite.cli.checkpoint import how_to_go_on, say_how_to_go_on
from selenite.cli.endings import going_on, interrupted_code
from selenite.errors import DivergedError
from selenite.text import argument, printable

if TYPE_CHECKING:
    from selenite.fitting.evaluated import EvaluatedFit
    from selenite.training.journal import Journal


def saved(fit: EvaluatedFit, file: str, output: str, keep_diverged: bool, leads: bool = True) -> EvaluatedFit:
    """Save the model, unless its training diverged and that was not asked for; return the fit with its paths."""
    if fit.divergence and not keep_diverged:
        return replace(fit, file=file)
    if leads:
        fit.model.save(output)
    return replace(fit, file=file, output=output)


def end_fit(
    context: click.Context,
    fit: EvaluatedFit,
    journal: Journal | None,
    plot: str | None,
    tell: Callable[[], None],
) -> None:
    """End a fit: its checkpoint goes once a model is saved, its losses are drawn, `tell` says how good it is."""
    is_saved, kept = fit.output is not None, journal is not None and journal.is_written
    if journal is not None and kept and not fit.interrupted:
        if is_saved:
            journal.remove()
        else:
            journal.save()  # what was trained last, too
    if plot:
        from selenite.plots.curves import draw_curves

        draw_curves(fit.trainings[0].history, fit.trainings[0].best_epoch, fit.model, plot)
    with going_on():
        tell()
    if fit.interrupted:
        say_how_to_go_on(journal)
        context.exit(interrupted_code())
    if fit.divergence and not is_saved:
        again = ""
        if journal is not None and kept:
            again = f", without training again: {how_to_go_on(str(journal.path))} --keep-diverged"
        raise DivergedError(f"{fit.divergence}. Nothing is saved; --keep-diverged saves them{again}")
    if fit.divergence:
        raise DivergedError(f"{fit.divergence}. They are in {fit.output}; its figures say what it is worth")


def print_outcome(fit: EvaluatedFit) -> None:
    """Print the model, its figures beside the baselines, the verdict, and what to do next."""
    click.echo(f"{fit}\n")
    if fit.output is None:
        return
    output, file = fit.output, fit.file or "TABLE"
    click.echo(f"Saved {printable(output)} ({Path(output).stat().st_size / 1000:,.0f} kB).")
    if not fit.divergence:
        click.echo(f"Next: selenite score {argument(output)} {argument(file)}")
        click.echo(f"      selenite predict {argument(output)} NEW.csv -o predictions.csv")
