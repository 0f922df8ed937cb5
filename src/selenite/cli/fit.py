"""`selenite fit`: a table in, an honest model out."""

from __future__ import annotations

import re
import time
import warnings
from dataclasses import fields
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from selenite.cli.checkpoint import ARGUMENTS, checkpoint_options, journal_of, keeping, take_up
from selenite.cli.class_weight import class_weights
from selenite.cli.columns import COLUMN_OPTIONS, ColumnChoice, column_options, directions_of
from selenite.cli.endings import going_on
from selenite.cli.files import FILE, model_of, refuse_unwritable
from selenite.cli.opening import opening_text
from selenite.cli.outcome import end_fit, print_outcome, saved
from selenite.cli.ranks import TogetherCommand, processes_text, ranks_of, refuse_others
from selenite.cli.reading import read_options, reading_options
from selenite.cli.rows import refuse_spreadsheet, rows_writer
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
from selenite.cli.sizes import sizes
from selenite.cli.streaming import looked_over, read_whole_or_in_pieces, to_be_shared
from selenite.errors import DivergenceWarning, OptionError
from selenite.nn.activations import HIDDEN_ACTIVATIONS
from selenite.nn.losses import LOSSES
from selenite.nn.shards import MOST_SHARDS
from selenite.progress import ProgressBar
from selenite.table import Table, read_table
from selenite.table.audit import target_candidates
from selenite.table.choice import named_in
from selenite.text import argument, json_text, plain, printable
from selenite.training import TellEpochs, train_runs
from selenite.writing import writing

if TYPE_CHECKING:
    from selenite.model import Settings

SEEDS = "Fit with so many, from --seed on, to see how the figures vary; the first is saved."
MONOTONE = (
    "NAME=+: the prediction, or the probability of the second of two classes, never falls as that number rises, all "
    "else equal; NAME=-: it never rises. Commas between."
)
FOLDS = "Judge every row, by models fitted without its fold; with --time-column by those of the rows before."
JUDGING = ("test_fraction", "folds", "repeat", "seeds")  # that say which rows judge, how often
ENDING_SECONDS = 0.2  # to write and print what was made
SECONDS_IN = {"s": 1, "m": 60, "h": 3600}  # by the unit's first letter


class FitCommand(TogetherCommand):
    """The command; a checkpoint that it goes on from names the file, too."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        asked = list(args)
        rest = super().parse_args(context, args)
        context.meta[ARGUMENTS] = asked
        if context.params["resume"] is not None:
            take_up(context)
        if context.params["file"] is None:
            raise click.MissingParameter(ctx=context, param=self.params[0])
        return rest


def seconds(value: str) -> float:
    """Return a number of seconds, more than 0; of another unit say how many they are."""
    try:
        found = float(value)
    except ValueError:
        found = nan
    if not found > 0:
        other = re.fullmatch(r"(\d+\.?\d*) ?([smh])[a-z]*", value)
        such = f"{float(other[1]) * SECONDS_IN[other[2]]:g}" if other else "a number such as 60"
        raise click.BadParameter(f"{value!r} is no number of seconds above 0: write {such}")
    return found


@click.command("fit", cls=FitCommand)
@click.argument("file", type=FILE, required=False, metavar="FILE")
@click.option(
    "--target", metavar="COLUMN", help="The column to predict; or several, commas between, that share the layers."
)
@OUTPUT
@click.option("--from", "from_model", type=FILE, metavar="MODEL", help="Go on with this model, on new rows.")
@TASK
@preset_option("How much is trained.")
@click.option(
    "--time-limit",
    type=seconds,
    metavar="SECONDS",
    help="That the whole command may take, reading FILE and judging the model included.",
)
@click.option(
    "--members", type=click.IntRange(1, 1_000_000), help="Networks whose mean predicts.  [default: the preset's]"
)
@click.option("--hidden", type=sizes, help="Units of the hidden layers; '' for none.  [default: the preset's]")
@click.option(
    "--activation",
    default="relu",
    show_default=True,
    help=f"Of the hidden layers, of each with commas (tanh,relu): {', '.join(HIDDEN_ACTIVATIONS)}.",
)
@click.option(
    "--dropout",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.1,
    show_default=True,
    help="The share of hidden units left out of each step.",
)
@click.option(
    "--weight-decay",
    type=click.FloatRange(0, max=float("inf"), max_open=True),
    help="AdamW's: each step takes rate times this off every weight.  [default: 0.02, of many categories perhaps 0.3]",
)
@click.option("--loss", default="auto", help=f"{', '.join(LOSSES)}; some with a number: 'huber(1.5)', 'quantile(0.9)'.")
@click.option(
    "--metric",
    metavar="NAME",
    help="What chooses the epochs and judges, in place of the loss: accuracy, balanced_accuracy, precision, recall, "
    "f1, mcc, roc_auc, average_precision, log_loss, brier; of numbers r2, rmse, mae.",
)
@click.option(
    "--class-weight",
    type=class_weights,
    metavar="WEIGHTS",
    help="How much the rows of each class count in training: yes=5,no=1, or balanced, each class alike.",
)
@click.option(
    "--threshold",
    metavar="RULE",
    help="When to predict the second of two classes: f1, recall>=0.9, cost:5:1 (of a miss, a false alarm), chosen by "
    "rows that are neither trained on nor reported on; or from a probability such as 0.3 on.",
)
@click.option(
    "--weights", metavar="COLUMN", help="How much each row counts in training; in the figures all count alike."
)
@GROUPS
@TIME_COLUMN
@column_options
@click.option("--monotone", multiple=True, metavar="NAME=+|-", help=MONOTONE)
@KNOWN_ROWS
@click.option("--epochs", type=click.IntRange(1, 2**63 - 1), help="The most epochs.  [default: the preset's]")
@click.option("--batch-size", type=click.IntRange(1, 2**63 - 1), help="[default: a 320th of the rows, 32 to 256]")
@click.option(
    "--shards",
    type=click.IntRange(1, MOST_SHARDS),
    metavar="N",
    help="Cut each batch into N parts, a power of two, which up to N processes share.",
)
@click.option(
    "--learning-rate",
    type=float,
    help="The highest of its schedule.  [default: 0.008; 0.004 from 2,000 rows on; 0.03 without hidden layers]",
)
@seed_option("Of the split and of training.", MOST_SEED)
@click.option(
    "--validation",
    type=FILE,
    metavar="FILE",
    help="Validation rows, to choose the best epoch by, instead of a part of FILE.",
)
@click.option(
    "--test-fraction",
    type=click.FloatRange(0.01, 0.9),
    help="Test rows, for the figures.  [default: 0.15; below 1,000 rows none, but 5 folds]",
)
@click.option("--seeds", type=click.IntRange(1, 1000), default=1, show_default=True, help=SEEDS)
@click.option("--folds", type=click.IntRange(2, 1000), help=FOLDS)
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, show_default=True, help="Draw the folds so often.")
@click.option("--out-of-fold", type=FILE, metavar="FILE", help="Write what was said of each row, as CSV or Parquet.")
@STREAM
@checkpoint_options
@click.option(
    "--keep-diverged",
    is_flag=True,
    help="Save the model though training diverged: with the last finite weights.",
)
@click.option("--plot", type=FILE, metavar="PNG", help="Draw the loss of each epoch.")
@JSON
@QUIET
@reading_options
@click.pass_context
def command(context: click.Context, /, file: str, target: str | None, output: str | None, **options: Any) -> None:
    """Fit a model to FILE (CSV, JSON, Excel, Parquet or a folder of it) and say how good it is on rows it never saw."""
    if options["from_model"] is not None:
        from selenite.cli.continuing import continue_fit

        return continue_fit(context, file, target, output, options)
    begun = time.perf_counter() - time.process_time() - ENDING_SECONDS  # what starting took counts, too
    talkative, ranks = not (options["quiet"] or options["as_json"]), ranks_of(context)
    leads = ranks is None or ranks.leads  # of several processes the first alone prints and writes
    with ProgressBar(lines=True, quiet=not talkative) as bar:
        bar.begin(f"reading {plain(file)}")
        choice = ColumnChoice.of({"target": target, **options})
        texts = texts_to_read(target, options, choice)
        in_pieces = options["stream"] or (ranks is not None and to_be_shared(file, choice.targets, options))
        table = read_whole_or_in_pieces(file, read_options(options), texts, choice.kept, in_pieces)
        first = table if isinstance(table, Table) else next(iter(table))
        validation = validation_beside(first, options, choice)
        targets = choice.targets
        output = output or model_of(file)
        if leads:
            refuse_unwritable(output, file, options["validation"])
        if options["plot"]:
            refuse_unwritable(options["plot"], file, options["validation"], picture=True, beside=output)
        _refuse_judging(options, file, output)
        settings = settings_of(options, choice)
        large, seconds = looked_over(table, targets, settings, options, bar, ranks)
        rows = {"file": large, "validation": validation}
        refuse_others(ranks, rows, options | {"target": target})
        journal = journal_of(context, output, rows, bar, ranks)
        if talkative:
            opening = opening_text(large, settings, choice, options, seconds)
            bar.clear()
            with going_on():
                click.echo(opening + processes_text(ranks, settings, large))
        with warnings.catch_warnings(), keeping(journal):
            warnings.simplefilter("ignore", DivergenceWarning)  # told at the end
            trainer = train_runs if journal is None else journal.train_runs
            from selenite.fitting.evaluate import fit_and_evaluate

            told: Any = {"callbacks": [TellEpochs(bar.done)], "stages": bar, "begun": begun, "trainer": trainer}
            asked = {option: options[option] for option in (*COLUMN_OPTIONS, *JUDGING)}
            reading = read_options(options)
            fit = fit_and_evaluate(large, targets, settings, validation=validation, read=reading, **asked, **told)
    fit = saved(fit, file, output, options["keep_diverged"], leads)
    out_of_fold = fit.out_of_fold if options["out_of_fold"] else None
    if out_of_fold is not None and leads:
        _write(options["out_of_fold"], out_of_fold.columns())

    def tell() -> None:
        if options["as_json"]:
            click.echo(json_text(fit.to_dict()))
        elif talkative:
            print_outcome(fit)
            if out_of_fold is not None:
                click.echo(f"Wrote {printable(options['out_of_fold'])}: each row by models that have not seen it.")

    end_fit(context, fit, journal, options["plot"], tell)


def texts_to_read(target: str | None, options: dict[str, Any], choice: ColumnChoice) -> dict[str, tuple[str, ...]]:
    """Return the columns that are read as text, whatever they hold."""
    if target is None or options["task"] != "classification":
        return choice.texts
    return choice.texts | dict.fromkeys([target, *named_in(target, ())], ())


def validation_beside(table: Table, options: dict[str, Any], choice: ColumnChoice) -> Table | None:
    """Return the rows to validate by, if any; refuse columns of the table that are not there or have two tasks."""
    if not choice.targets:
        likely = ", ".join(plain(name) for name in target_candidates(table)[:4])
        raise OptionError(f"say what to predict with --target; likely columns: {likely}")
    for target in choice.targets:
        if target not in table.names:
            table.require(target, target_candidates(table))
    for option in COLUMN_OPTIONS:
        if options[option] in choice.targets:
            raise OptionError(
                f"--{option.replace('_', '-')} {argument(options[option])}: that is the target; name another column"
            )
        if options[option] is not None:
            table.require(options[option])
    choice.refuse_misplaced(table)
    if options["validation"] is None:
        return None
    texts = texts_to_read(choice.named["--target"], options, choice)
    validation = read_table(options["validation"], read_options(options), texts, kept=choice.kept_of_more)
    for target in choice.targets:
        validation.require(target)
    return validation


def _refuse_judging(options: dict[str, Any], file: str, output: str) -> None:
    """Refuse options of folds that do not go together, and a file for predictions that cannot be written."""
    from selenite.fitting.judging import require_judging

    require_judging(**{way: options[way] for way in (*JUDGING, "validation")})
    path = options["out_of_fold"]
    if path is None:
        return
    if options["folds"] is None:
        raise OptionError(f"--out-of-fold {argument(path)}: say in how many folds with --folds, such as 5")
    refuse_spreadsheet(path)
    refuse_unwritable(path, file, beside=output, what="file of predictions")


def _write(path: str, columns: dict[str, Any]) -> None:
    """Write columns to a file, whole or not at all."""
    with writing(path) as file, rows_writer(file, Path(path).suffix.lower(), False, False, ()) as write:
        write(columns)


def settings_of(options: dict[str, Any], choice: ColumnChoice) -> Settings:
    """Return a command's options as the engine's settings."""
    from selenite.model import Settings

    asked = {each.name: options[each.name] for each in fields(Settings) if each.name in options}
    monotone = directions_of(options.get("monotone", ()))
    return Settings(**asked | {"kinds": choice.kinds, "drop": choice.drop, "only": choice.only, "monotone": monotone})
