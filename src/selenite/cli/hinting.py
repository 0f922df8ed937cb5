"""A command that is called wrongly: which option takes an argument too many, and which numbers an option takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any

import click

from selenite.cli.files import FileName, is_there
from selenite.errors import SeleniteError
from selenite.text import argument, hint, nearest

OF_A_NUMBER = ("--row", "--port", "--trials", "--epochs", "--test-fraction", "--coverage")  # in a command, one at most
MOST_TOLD = 2**31  # of a range's ends
READ = ("--validation", "--data", "--on")  # tables
WRITTEN = {  # the suffixes of what an option writes, by the word that stands for it in its help
    "MODEL": (".selenite",),
    "PNG": (".png", ".svg", ".pdf"),
    "HTML": (".html",),
    "FILE.html": (".html",),
    "PATH": (".csv", ".gz", ".tsv", ".parquet", ".json", ".jsonl", ".html"),
    "DIR": ("",),
}


class HintingCommand(click.Command):
    """The command."""

    allow_extra_args = True  # click would refuse them before we see what else was given

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        asked = list(args)
        long = {name for one in self.params for name in one.opts}
        for name in (one.partition("=")[0] for one in asked):
            if len(name) > 2 and f"-{name}" in long:
                raise click.UsageError(f"no such option {name}. Did you mean -{name}, with two dashes?", context)
        try:
            extra = super().parse_args(context, args)
        except click.NoSuchOption as error:
            if others := _commands_with(error.option_name, context):
                what = f"selenite {context.info_name} has no option {error.option_name}"
                told = f"{what}; leave it out, it is one of {', '.join(others)}"
                raise click.UsageError(told, context) from None
            raise
        except click.BadParameter as error:
            if error.param is not None and isinstance(error.param.type, click.IntRange | click.FloatRange):
                told = _out_of_range(error.message.partition(" is not ")[0], error.param.type)
                raise click.BadParameter(told, context, error.param) from None
            raise
        if extra and not context.resilient_parsing:
            raise click.UsageError(_told(context, asked, extra), context)
        return extra


def _told(context: click.Context, asked: Sequence[str], extra: Sequence[str]) -> str:
    """Return what is wrong with arguments too many, and what would work."""
    columns = _columns(context, extra)
    if joined := _joined(context, asked, len(extra), columns):
        return f"the values of an option are one word, with commas between: {joined}"
    options = [one for one in context.command.params if isinstance(one, click.Option) and not _is_given(context, one)]
    file, table = context.params.get("file"), next(filter(is_there, extra), None)
    texts, first, hints = list(extra), "", list[str]()
    if file is not None and table is not None and not is_there(file):
        texts[texts.index(table)] = file
        first = f"{argument(table)} "
    for text in texts:
        option = _option_for(text, options, context, columns)
        if option is not None:
            options.remove(option)
            near = nearest(text, columns) if option.name == "target" else None
            hints.append(f"{option.opts[0]} {argument(near or text)}")
    what = f"got unexpected extra argument{'s' * (len(extra) > 1)} ({' '.join(extra)})"
    if not hints and columns and any(one.name == "target" for one in options):
        return f"{what}. Name the column to predict with --target; {hint(texts[0], columns)}"
    return f"{what}. Did you mean {first}{' '.join(hints)}?" if hints else what


def _commands_with(option: str, context: click.Context) -> list[str]:
    """Return the other commands that have an option."""
    group = context.parent.command if context.parent is not None else None
    if not isinstance(group, click.Group):
        return []
    commands = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return [name for name, one in commands.items() if one and any(option in each.opts for each in one.params)]


def _out_of_range(given: str, range: click.IntRange | click.FloatRange) -> str:
    """Say that a text is no number of a range, such as 90 where it is a share.

    >>> _out_of_range("90", click.FloatRange(0.01, 0.99)), _out_of_range("'x'", click.IntRange(1))
    ('90 is not a number from 0.01 to 0.99; did you mean 0.9?', "'x' is not a whole number from 1 on")
    """
    kind = "a whole number" if isinstance(range, click.IntRange) else "a number"
    value = float(given) if re.fullmatch(r"-?\d+\.?\d*", given) else 0.0
    least, most = -inf if range.min is None else range.min, inf if range.max is None else range.max
    first = f"above {least}" if range.min_open else f"from {least}"
    last = f"to below {most}" if range.max_open else f"to {most}"
    is_told = most < MOST_TOLD or value > most < inf  # else the most is what a computer holds
    such = f"; did you mean {value / 100:g}?" if most <= 1 < 2 <= value and least <= value / 100 <= most else ""
    return f"{given} is not {kind} {first}{f' {last}' if is_told else '' if range.min_open else ' on'}{such}"


def _joined(context: click.Context, asked: Sequence[str], n_extra: int, columns: Sequence[str]) -> str:
    """Return an option with the values behind it, which blanks part in place of commas; "" if there is none."""
    fit: dict[str, Callable[[str], bool]] = {
        **dict.fromkeys(("--hidden", "--distil"), str.isdigit),
        **dict.fromkeys(("--target", "--drop", "--only"), columns.__contains__),
        **dict.fromkeys(("--kind", "--monotone", "--class-weight"), lambda text: "=" in text),
        "--quantiles": lambda text: re.fullmatch(r"\d*\.\d+", text) is not None,
    }
    for option in fit.keys() & {name for one in context.command.params for name in one.opts} & set(asked):
        begin = asked.index(option) + 1
        values = [value.rstrip(",") for value in asked[begin : begin + 1 + n_extra]]
        if len(values) > n_extra and all(map(fit[option], ",".join(values).split(","))):
            return f"{option} {argument(','.join(values))}"
    return ""


def _option_for(
    text: str, options: Sequence[click.Option], context: click.Context, columns: Sequence[str]
) -> click.Option | None:
    """Return which of some options takes a text; None where none does for certain."""
    target = next((one for one in options if one.name == "target"), None)
    if target is not None and text in columns:
        return target
    of_the_model = _of_the_model(context.params.get("model"))
    for option in options:
        if isinstance(option.type, click.Choice) and text in option.type.choices:
            return option
        if text in of_the_model.get(option.opts[0], ()):
            return option
        if option.opts[0] in OF_A_NUMBER and _is_taken(option, text):
            return option
        if isinstance(option.type, FileName) and _is_file_of(option, text):
            return option
    may_be_column = not columns or nearest(text, columns) is not None
    return target if may_be_column and not is_there(text) and not Path(text).suffix else None


def _is_given(context: click.Context, option: click.Option) -> bool:
    """Tell whether an option stands on the command line."""
    return context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE


def _is_taken(option: click.Option, text: str) -> bool:
    """Tell whether a number is one that an option takes."""
    try:
        option.type.convert(text, None, None)
    except click.BadParameter:
        return False
    return True


def _is_file_of(option: click.Option, text: str) -> bool:
    """Tell whether a file is such as an option reads, and there, or such as it writes."""
    if option.opts[0] in READ:
        return is_there(text)
    return Path(text).suffix.lower() in WRITTEN.get(option.metavar or "", ())


def _columns(context: click.Context, extra: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the table that is named, if one can be read."""
    from selenite.cli.reading import HELP, read_options
    from selenite.table import open_pieces

    found: list[str] = []

    def note(names: tuple[str, ...], source: str) -> tuple[str, ...]:
        found.extend(names)
        raise SeleniteError("the names are all that is wanted")

    named = [text for text in (context.params.get("file"), *extra) if text and text != "-" and is_there(text)]
    if named and HELP.keys() <= context.params.keys():
        with suppress(SeleniteError):
            open_pieces(named[0], read_options(context.params), kept=note)
    return tuple(found)


def _of_the_model(path: Any) -> dict[str, tuple[str, ...]]:
    """Return what options may name of the model that is named, if it can be read: its targets, and its classes."""
    from selenite.model import load

    if path is None:
        return {}
    try:
        model = load(path)
    except SeleniteError:
        return {}
    return {
        "--of": model.target.names * bool(model.target.each),
        "--class": tuple(one for target in model.targets for one in target.classes),
    }
