"""`fit --checkpoint` and `--resume`: a fit that saves as it goes, and one that goes on where another was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from math import inf
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from selenite import __version__
from selenite.backend import arithmetic
from selenite.cli.files import FILE, is_there, refuse_unwritable
from selenite.errors import OptionError, SchemaError
from selenite.table import Table, fingerprint
from selenite.text import argument, counted
from selenite.training import train_runs

if TYPE_CHECKING:
    from selenite.fitting.large import LargeTable
    from selenite.model import Model
    from selenite.progress import ProgressBar
    from selenite.training.journal import Journal
    from selenite.training.journal_file import Saved
    from selenite.training.ranks import Ranks

SECONDS_UNASKED = 600.0  # after which a fit saves, though nobody asked it to
FREE = (
    "file",
    "from_model",
    "validation",
    "stream",
    "output",
    "plot",
    "as_json",
    "quiet",
    "resume",
    "keep_diverged",
)  # they change nothing
ARGUMENTS, SAVED = "selenite.fit.arguments", "selenite.fit.saved"  # of the context: as given; what a checkpoint holds


def checkpoint_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command; they arrive as `checkpoint` and `resume`."""
    command = click.option(
        "--resume",
        type=FILE,
        metavar="CHECKPOINT",
        help="Go on with a fit that was cut off; needs neither FILE nor options. The model is that of a fit without "
        "the break.",
    )(command)
    return click.option(
        "--checkpoint",
        type=FILE,
        metavar="FILE",
        help="Where to save the fit as it goes, until the model is saved.  "
        "[default: MODEL.checkpoint, after ten minutes]",
    )(command)


def take_up(context: click.Context) -> None:
    """Let a command to resume be the one that the checkpoint was made by; options given again must be the same."""
    from selenite.training.journal_file import IN_PYTHON, read

    path = context.params["resume"]
    saved = read(path)
    if (made_by := saved.origin.arguments[:1]) and made_by[0].endswith(IN_PYTHON):
        raise OptionError(f"{path} was made in Python: go on there, by {made_by[0]}(X, y, resume={path!r})")
    saved.origin.require_version(path, __version__)
    first = context.command.make_context(context.info_name, list(saved.origin.arguments), context.parent).params
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) != ParameterSource.COMMANDLINE:
            continue
        if name in FREE:
            first[name] = context.params[name]
        elif context.params[name] != first[name]:
            option = parameter.opts[0]
            was = f"with {_as_given(option, first[name])}" if first[name] else "without it"
            raise OptionError(
                f"{_as_given(option, context.params[name])}: the fit of {path} was begun {was}; leave the option out, "
                "or begin anew without --resume"
            )
    context.params = first | {"resume": path}
    context.meta[SAVED] = saved


def _as_given(option: str, value: Any) -> str:
    """Return an option with its value as it is written."""
    if value is True:
        return option
    return f"{option} {','.join(map(str, value)) if isinstance(value, tuple) else value}"


def journal_of(
    context: click.Context,
    output: str,
    tables: Mapping[str, Table | LargeTable | Model | None],
    bar: ProgressBar,
    ranks: Ranks | None = None,
) -> Journal | None:
    """Return the journal of a fit of tables, by the options that name them: one that goes on, or a new one.

    None where there is a time limit.
    """
    from selenite.training.journal import Journal
    from selenite.training.journal_file import Origin, refuse_what_is_there

    asked, saved = context.params, context.meta.get(SAVED)
    path = asked["resume"] or asked["checkpoint"] or f"{output}.checkpoint"
    if asked["time_limit"] is not None:
        if asked["checkpoint"]:
            raise OptionError(
                "--checkpoint and --time-limit: what a time limit leaves depends on the clock, so that a fit that goes "
                "on would be another; keep one of them"
            )
        return None
    trainer = train_runs if ranks is None else ranks.train_runs
    rows = cache(lambda: {name: digits_of(table) for name, table in tables.items() if table is not None})

    def tell(words: str, even_if_quiet: bool = False) -> None:
        if even_if_quiet or not asked["quiet"]:
            bar.clear()
            click.echo(words, err=True)

    def warn(words: str) -> None:
        tell(f"warning: {words}. The fit goes on, and tries to save again", even_if_quiet=True)

    if ranks is not None and not ranks.leads:
        if saved is not None:
            _refuse_other_rows(path, saved, rows(), asked)
        return Journal(path, lambda: Origin("", "", (), {}), saved, after=inf, trainer=trainer)
    if asked["resume"] or asked["checkpoint"]:
        refuse_unwritable(path, asked["file"], asked["validation"], beside=output)
    if saved is not None:
        _refuse_other_rows(path, saved, rows(), asked)
        if otherwise := saved.origin.otherwise_computed(path, arithmetic()):
            tell(f"warning: {otherwise}")
        tell(f"  {_where(path, saved)}; if it is cut off again: {how_to_go_on(path)}")
        return Journal(path, lambda: saved.origin, saved, warn=warn, trainer=trainer)
    if is_there(path):
        goes_on = f"{how_to_go_on(path)}. To begin anew, remove that file first"
        refuse_what_is_there(path, instead="name another file for --checkpoint", goes_on=goes_on)
    journal = Journal(
        path,
        lambda: Origin(__version__, arithmetic(), tuple(context.meta[ARGUMENTS]), rows()),
        after=0.0 if asked["checkpoint"] else SECONDS_UNASKED,
        announce=lambda: tell(f"  saved as it goes in {path}; if it is cut off: {how_to_go_on(path)}"),
        warn=warn,
        trainer=trainer,
    )
    if asked["checkpoint"]:
        journal.save()
    return journal


def digits_of(table: Table | LargeTable | Model) -> str:
    """Return the fingerprint of a table, or of a model."""
    if isinstance(table, Table):
        return fingerprint(table)
    return sha256(table.to_bytes()).hexdigest() if hasattr(table, "to_bytes") else table.census.fingerprint


@contextmanager
def keeping(journal: Journal | None) -> Iterator[None]:
    """Say how to go on where somebody leaves a fit that was saved."""
    try:
        yield
    except KeyboardInterrupt:
        say_how_to_go_on(journal)
        raise


def say_how_to_go_on(journal: Journal | None) -> None:
    """Say how to go on with a fit that was interrupted, if it was saved."""
    if journal is not None and journal.is_written:
        click.echo(f"To go on with this fit: {how_to_go_on(str(journal.path))}", err=True)


def how_to_go_on(path: str) -> str:
    """Return the command that goes on with a fit."""
    return f"selenite fit --resume {argument(path)}"


def _where(path: str, saved: Saved) -> str:
    """Return in words where the fit that goes on stands."""
    epochs = [max(one.epoch for one in standing.numbers) for standing in saved.standings[saved.n_ended :]]
    where = [f"training {saved.n_ended + 1} after epoch {epochs[0]:,}"] if epochs else []
    done = [f"{counted(saved.n_ended, 'training')} done"] if saved.n_ended or not epochs else []
    return f"going on from {path}: {', '.join(done + where)}"


def _refuse_other_rows(path: str, saved: Saved, rows: dict[str, str], asked: dict[str, Any]) -> None:
    """Raise if a table is not the one that the fit was begun with."""
    for name in sorted({*rows, *saved.origin.rows}):
        if rows.get(name) != saved.origin.rows.get(name):
            what = "another model" if name == "from_model" else "other rows"
            raise SchemaError(
                f"{asked[name]} holds {what} than when the fit of {path} was begun: give the file as it was, "
                "or begin anew without --resume"
            )
