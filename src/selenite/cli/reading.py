"""Options that say how a table's file is written, and reading it with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import click

from selenite.errors import ModelFileError, OptionError, SchemaError
from selenite.model import Model, load
from selenite.model.loading import model_of
from selenite.model.reading import KnownPieces, read_rows
from selenite.table import Limits, Pieces, ReadOptions, Table
from selenite.table.table import called
from selenite.text import argument, hint, listed, nearest, shown

HELP = {
    "separator": "Between cells; 'tab' or a character.  [default: ,]",
    "decimal": "Decimal mark.  [default: .]",
    "thousands": "Mark between thousands, such as ','.",
    "strip": "Characters around numbers to ignore, such as '%$€'; with '()', (5) is -5.",
    "missing": "Further text or number that means 'missing', as blanks, NA, N/A, NaN and null do; may be repeated.",
    "not_missing": "Text that does not mean 'missing' in columns of text, such as NA for Namibia; may be repeated.",
    "encoding": "Encoding of the text.  [default: utf-8]",
    "date_format": "How dates are written: '%d/%m/%Y', or '%d/%m/%Y|%H:%M' as columns differ; ISO 8601 always works.",
    "drop_missing": "Leave out the rows that lack a value in this column, such as the target; may be repeated.",
    "sheet": "Of a spreadsheet (Excel, .ods) with several, by name.",
}


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command; they arrive as keyword arguments, None where not given."""
    for field in reversed(fields(ReadOptions)):
        option = f"--{field.name.replace('_', '-')}"
        multiple = field.name in ("missing", "not_missing", "drop_missing")
        command = click.option(option, field.name, metavar="TEXT", multiple=multiple, help=HELP[field.name])(command)
    return command


def read_options(given: dict[str, Any], otherwise: ReadOptions | None = None) -> ReadOptions:
    """Return the options given, and for the others what the model was fitted with."""
    changes = {field.name: given[field.name] for field in fields(ReadOptions) if given[field.name] not in (None, ())}
    if changes.get("separator", "").lower() in ("tab", "\\t"):
        changes["separator"] = "\t"
    for name, value in changes.items():
        if any("\ud800" <= character <= "\udfff" for character in "".join(value)):
            raise OptionError(f"--{name.replace('_', '-')} holds bytes that are no text; write it in UTF-8")
    return replace(otherwise or ReadOptions(), **changes)


def given_again(context: click.Context) -> str:
    """Return how a file is read and what its columns are, as the options that said so, for another command."""
    texts = []
    for option in context.command.params:
        value = context.params.get(option.name or "")
        if option.name in ("kinds", "drop", "only", *HELP) and value not in (None, ()):
            texts += [f" {option.opts[0]} {argument(one)}" for one in (value if isinstance(value, tuple) else (value,))]
    return "".join(texts)


def load_beside(path: str, file: str | None) -> Model:
    """Return the model in the file at a path; say so where it is the other file that holds one."""
    try:
        return load(path)
    except ModelFileError:
        if file is None or not _is_model(file):
            raise
        raise ModelFileError(f"{path} is not a model, and {file} is: put {argument(file)} first") from None


def one_target(model: Model, of: str | None) -> Model:
    """Return the model of the target that --of names, or of the only one."""
    return model_of(model) if of is None else model.of(of)


def _is_model(file: str) -> bool:
    try:
        load(file)
    except ModelFileError:
        return False
    return True


def read_for(
    model: Model,
    path: str,
    options: ReadOptions,
    renames: tuple[str, ...] = (),
    limits: Limits = Limits(),  # noqa: B008 - frozen
    further: tuple[str, ...] = (),
) -> Table:
    """Return the table in a file that a model is to predict, its columns renamed as asked."""
    pairs = pairs_of(model, renames)
    table = read_rows(model, path, options, limits, dict(pairs), further)
    return replace(table, names=_names_after(pairs, table.names, table.source))


def read_beside(path: str, file: str, of: str | None, options: dict[str, Any]) -> tuple[Model, Table]:
    """Return the model of one target in a file, and the table that it is to predict, read with a command's options."""
    model = one_target(load_beside(path, file), of)
    return model, read_for(model, file, read_options(options, model.read), options["renames"])


def pieces_for(
    model: Model,
    path: str,
    options: ReadOptions,
    renames: tuple[str, ...] = (),
    limits: Limits = Limits(),  # noqa: B008 - frozen
    further: tuple[str, ...] = (),
) -> KnownPieces:
    """Return the table in a file or folder that a model is to predict, in pieces, its columns renamed as asked."""
    pairs = pairs_of(model, renames)
    pieces = KnownPieces(model, path, options, limits, dict(pairs), further)
    _names_after(pairs, pieces.written, pieces.source)
    return pieces


def pairs_of(model: Model, renames: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what --rename says: each column's name in the rows, and in the model."""
    return [_renamed(rename, _names_in(model)) for rename in renames]


def _names_after(pairs: list[tuple[str, str]], names: tuple[str, ...], source: str) -> tuple[str, ...]:
    """Return the names of a table's columns once they are renamed; refuse what cannot be."""
    for new, known in pairs:
        if new not in names:
            raise OptionError(f"--rename {new}={known}: {source} has no column {shown(new)}; {hint(new, names)}")
        if known in names:
            raise OptionError(f"--rename {new}={known}: {source} has a column {shown(known)} already")
        names = tuple(known if name == new else name for name in names)
    return names


def require_answers(model: Model, table: Table | Pieces) -> None:
    """Raise if a table lacks the column that the model predicts."""
    known = _names_in(model)
    target = next((name for name in model.target.names if name not in table.names), None)
    if target is None:
        return
    near = nearest(target, [name for name in table.names if name not in known])
    there = listed(table.names, 8)
    if near is not None:
        there = f"{shown(near)}. Add --rename {argument(f'{near}={target}')}"
    raise SchemaError(f"{called(target)}, which the model predicts, is missing in {table.source}. It has {there}")


def _names_in(model: Model) -> tuple[str, ...]:
    """Return the columns that a model knows, the one it predicts first."""
    return *model.target.names, *(column.name for column in model.schema.columns)


def _renamed(rename: str, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the name in the file and the name in the model, one of `names`; both may hold an equals sign."""
    pairs = [(rename[:i], rename[i + 1 :]) for i, character in enumerate(rename) if character == "="]
    if not pairs:
        raise OptionError(f"--rename {rename} must be written --rename NAME_IN_FILE=NAME_IN_MODEL")
    known = next((pair for pair in pairs if pair[1] in names), None)
    if known is None:
        wrong = pairs[-1][1]
        raise OptionError(f"--rename {rename}: the model knows no column {shown(wrong)}; {hint(wrong, names)}")
    return known
