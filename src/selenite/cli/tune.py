"""`selenite tune`: a search over settings, judged on validation rows, and the fit with what it chose."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from selenite.cli.columns import ColumnChoice, column_options
from selenite.cli.endings import going_on, interrupted_code
from selenite.cli.files import FILE, model_of, refuse_unwritable
from selenite.cli.fit import ENDING_SECONDS, settings_of, texts_to_read, validation_beside
from selenite.cli.hinting import HintingCommand
from selenite.cli.opening import opening_text
from selenite.cli.outcome import print_outcome
from selenite.cli.reading import read_options, reading_options
from selenite.cli.shared_options import (
    GROUPS,
    JSON,
    KNOWN_ROWS,
    MOST_SEED,
    OUTPUT,
    QUIET,
    STREAM,
    TASK,
    TIME_COLUMN,
    preset_option,
    seed_option,
)
from selenite.cli.streaming import looked_over, read_whole_or_in_pieces
from selenite.errors import DivergenceWarning
from selenite.progress import ProgressBar
from selenite.table import Table
from selenite.text import counted, json_text, paragraph, plain
from selenite.training import TellEpochs
from selenite.tuning.trials import HEADINGS, best_first, trial_rows

if TYPE_CHECKING:
    from selenite.fitting.large import LargeTable
    from selenite.tuning import Tuned

MINUTES = 10.0
MOST_SHOWN = 5  # trials, the best ones, beside the recipe
NOT_OFFERED: dict[str, Any] = {"weights": None, "validation": None}  # options of `fit`


@click.command("tune", cls=HintingCommand)
@click.argument("file", type=FILE)
@click.option("--target", metavar="COLUMN", help="The column to predict; or several, commas between.")
@OUTPUT
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="That the command may take.  [default: 10]")
@click.option("--trials", type=click.IntRange(1, 100_000), help="Try so many settings exactly, however long it takes.")
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes that try settings.")
@TASK
@preset_option("How many networks each trial trains, and for how long.")
@click.option(
    "--metric", metavar="NAME", help="What judges the trials, chooses epochs and gives the verdict, as in fit."
)
@click.option("--threshold", metavar="RULE", help="When to predict the second of two classes, as in fit.")
@GROUPS
@TIME_COLUMN
@column_options
@KNOWN_ROWS
@seed_option("Of the split, of training and of the settings tried.", MOST_SEED)
@click.option("--test-fraction", type=click.FloatRange(0.01, 0.9), help="Test rows, for the figures.  [default: 0.15]")
@STREAM
@JSON
@QUIET
@reading_options
@click.pass_context
def command(context: click.Context, /, file: str, target: str | None, output: str | None, **options: Any) -> None:
    """Look for better settings than the recipe's, and fit a model to FILE with them.

    Learning rate, layers, activation, dropout and weight decay are drawn by the seed; the recipe comes first. Each
    trial is judged on validation rows that it did not learn from. Test rows are put aside before all, and judge the
    model in the end. Where no settings are clearly better, the recipe is kept.
    """
    from selenite.tuning import Search, tune

    begun = time.perf_counter() - time.process_time() - ENDING_SECONDS
    if options["trials"] and options["minutes"]:
        raise click.UsageError("give --minutes or --trials, not both", context)
    talkative = not (options["quiet"] or options["as_json"])
    with ProgressBar(lines=True, quiet=not talkative) as bar:
        bar.begin(f"reading {plain(file)}")
        choice = ColumnChoice.of({"target": target, **options})
        texts = texts_to_read(target, options, choice)
        table = read_whole_or_in_pieces(file, read_options(options), texts, choice.kept, options["stream"])
        first = table if isinstance(table, Table) else next(iter(table))
        validation_beside(first, options | NOT_OFFERED, choice)
        output = output or model_of(file)
        refuse_unwritable(output, file)
        settings = settings_of(options, choice)
        large, seconds = looked_over(table, choice.targets, settings, options | NOT_OFFERED, bar)
        if talkative:
            opening = opening_text(large, settings, choice, options | NOT_OFFERED, seconds)
            if not isinstance(large, Table):
                opening += f"\n  {_trials_of_many(large)}"
            bar.clear()
            with going_on():
                click.echo(opening)
        search = Search(jobs=options["jobs"], seconds=60 * (options["minutes"] or MINUTES))
        if options["trials"]:
            search = Search(options["trials"], jobs=options["jobs"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DivergenceWarning)  # its figures show it
            tuned = tune(
                large,
                choice.targets,
                settings,
                search,
                test_fraction=options["test_fraction"],
                groups=options["groups"],
                time_column=options["time_column"],
                read=read_options(options),
                callbacks=[TellEpochs(bar.done)],
                stages=bar,
                begun=begun,
            )
    fit = replace(tuned.fit, file=file, output=output)
    fit.model.save(output)
    with going_on():
        if options["as_json"]:
            click.echo(json_text(fit.to_dict() | _as_json(tuned)))
        elif talkative:
            _print_trials(tuned, timed=not options["trials"])
            print_outcome(fit)
    if tuned.fit.interrupted:
        context.exit(interrupted_code())


def _trials_of_many(large: LargeTable) -> str:
    """Say on which rows of a large table settings are tried."""
    return f"trials: on {len(large.learning_in_sample):,} of the rows drawn; the settings are then fitted to all"


def _print_trials(tuned: Tuned, timed: bool) -> None:
    """Print the recipe and the best trials beside it, and what was decided."""
    trials = tuned.trials
    settings = tuned.fit.model.settings
    best = [k for k in best_first(trials, None if settings is None else settings.metric) if k][:MOST_SHOWN]
    cells = [["trial", *HEADINGS, tuned.by], *([str(k + 1), *trial_rows(trials)[k]] for k in (0, *best))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    many = f"{counted(len(trials), 'trial')}{' in the time given' if timed else ''}"
    best_of_them = ", the best of them" if len(best) < len(trials) - 1 else ""
    click.echo(f"  {many}{best_of_them}, on {tuned.n_judged:,} validation rows")
    for row in cells:
        click.echo("    " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    click.echo(f"{paragraph(tuned.verdict)}\n")


def _as_json(tuned: Tuned) -> dict[str, Any]:
    """Return what was tried and chosen."""
    return {
        "trials": [vars(trial) for trial in tuned.trials],
        "chosen_trial": tuned.chosen + 1,
        "rows_judging_trials": tuned.n_judged,
        "judged_by": tuned.by,
        "tuning": tuned.verdict,
    }
