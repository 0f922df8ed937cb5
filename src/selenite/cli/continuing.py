"""`selenite fit NEW --from MODEL`: a fitted model goes on with new rows."""

from __future__ import annotations

import warnings
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from selenite.cli.checkpoint import journal_of, keeping
from selenite.cli.columns import COLUMN_OPTIONS
from selenite.cli.endings import going_on
from selenite.cli.files import model_of, refuse_unwritable
from selenite.cli.outcome import end_fit, print_outcome, saved
from selenite.cli.reading import pieces_for, read_for, read_options, require_answers
from selenite.cli.streaming import is_too_large, looked_over, plan_text
from selenite.errors import DivergenceWarning, OptionError
from selenite.fitting.continuing import ASKED_ANEW, settings_to_continue
from selenite.fitting.evaluate_continued import columns_to_continue, continue_and_evaluate
from selenite.model import Model, Settings, load
from selenite.progress import ProgressBar
from selenite.table import Pieces, Table, whole
from selenite.table.limits import LARGE
from selenite.text import argument, counted, json_text, listed, paragraph, path_text, plain, shown
from selenite.training import TellEpochs, train_runs

OF_THE_MODEL = {"validation"} | {field.name for field in fields(Settings)} - {*ASKED_ANEW}
ALREADY_THERE = "columns, target, networks and what they are trained for are those of the model"
JUDGING, BY_SOME = ("seeds", "folds", "repeat", "out_of_fold"), "a model that goes on is judged once, by some of them"


def continue_fit(
    context: click.Context, file: str, target: str | None, output: str | None, options: dict[str, Any]
) -> None:
    """Let a model go on with the rows of a file, save it and say how good it is now."""
    _refuse_options(context)
    old, talkative = options["from_model"], not (options["quiet"] or options["as_json"])
    with ProgressBar(lines=True, quiet=not talkative) as bar:
        bar.begin(f"reading {plain(file)}")
        model = load(old)
        if model.target.each:
            raise OptionError(f"--from goes on with a model of one target; {old} predicts {listed(model.target.names)}")
        if target is not None and target != model.target.name:
            raise OptionError(
                f"--target {argument(target)}: {old} predicts {shown(model.target.name)}; leave --target out"
            )
        table = _new_rows(model, file, options)
        require_answers(model, table)
        columns = columns_to_continue(model, table, *(options[name] for name in COLUMN_OPTIONS))
        output = output or model_of(file)
        refuse_unwritable(output, file, old)
        if options["plot"]:
            refuse_unwritable(options["plot"], file, old, picture=True, beside=output)
        settings = settings_to_continue(model, **{name: options[name] for name in ASKED_ANEW})
        by = options | dict(zip(COLUMN_OPTIONS, columns, strict=True))
        rows, seconds = looked_over(table, (model.target.name,), settings, by, bar, model=model)
        journal = journal_of(context, output, {"file": rows, "from_model": model}, bar)
        if talkative:
            opening = _opening(model, old, table.source, table.n_rows)
            if not isinstance(rows, Table):
                network = replace(settings, members=model.n_members, hidden=model.network.layer_sizes[1:-1])
                opening += f"\n{plan_text(rows, network, seconds)}"
            bar.clear()
            with going_on():
                click.echo(opening)
        with warnings.catch_warnings(), keeping(journal):
            warnings.simplefilter("ignore", DivergenceWarning)  # told at the end
            trainer = train_runs if journal is None else journal.train_runs
            how: Any = {"callbacks": [TellEpochs(bar.done)], "stages": bar, "trainer": trainer}
            asked_of = {name: by[name] for name in (*COLUMN_OPTIONS, "test_fraction")}
            fit, notes = continue_and_evaluate(rows, model, settings, **asked_of, **how)
    fit = saved(fit, file, output, options["keep_diverged"])

    def tell() -> None:
        if options["as_json"]:
            click.echo(json_text(fit.to_dict() | {"from": path_text(old), "drift": notes}))
        elif talkative:
            for note in (*notes, f"judged on new rows alone; selenite score {argument(output)} OLD tells of the old"):
                click.echo(paragraph(note, "  note: ", " " * 8))
            print_outcome(fit)

    end_fit(context, fit, journal, options["plot"], tell)


def _new_rows(model: Model, file: str, options: dict[str, Any]) -> Table | Pieces:
    """Return the new rows; of a folder, of what memory may not hold or if asked so, in pieces if they are many."""
    read, further = read_options(options, model.read), tuple(filter(None, (options[name] for name in COLUMN_OPTIONS)))
    if not (options["stream"] or is_too_large(Path(file))):
        return read_for(model, file, read, further=further)
    pieces = pieces_for(model, file, read, further=further)
    return pieces if pieces.n_rows > LARGE else whole(pieces)


def _refuse_options(context: click.Context) -> None:
    """Refuse options that say what the model has already."""
    reasons = dict.fromkeys(OF_THE_MODEL, ALREADY_THERE) | dict.fromkeys(JUDGING, BY_SOME)
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if parameter.name in reasons and given:
            raise click.UsageError(
                f"{parameter.opts[0]} does not go with --from: {reasons[parameter.name]}. Leave it out, or fit a new "
                "model",
                context,
            )


def _opening(model: Model, old: str, source: str, n_rows: int) -> str:
    """Return which model goes on, and with what."""
    hidden = ",".join(map(str, model.network.layer_sizes[1:-1]))
    networks = f"{counted(model.n_members, 'network')}{f' of {hidden}' if hidden else ''}"
    learnt = f", fitted on {model.data.training_rows:,} rows" if model.data.training_rows else ""
    return f"{source}   {n_rows:,} rows; {old} goes on: {plain(model.target.name)}, {networks}{learnt}"
