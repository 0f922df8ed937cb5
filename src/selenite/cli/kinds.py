"""`--kind NAME=KIND`: what a column is, where its values mislead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

import click

from selenite.errors import OptionError
from selenite.table import Kind, Table
from selenite.text import argument, shown

KINDS: tuple[Kind, ...] = get_args(Kind)


def kind_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option to a command; it arrives as `kinds`, a tuple of text."""
    what = f"What a column is: {', '.join(KINDS)}; may be repeated. An identifier or a constant is not learnt from."
    return click.option("--kind", "kinds", multiple=True, metavar="NAME=KIND", help=what)(command)


def kinds_of(given: tuple[str, ...]) -> dict[str, Kind]:
    """Return the kind of each column named; a name may hold equals signs."""
    kinds: dict[str, Kind] = {}
    for text in given:
        name, equals, kind = text.rpartition("=")
        known = next((one for one in KINDS if one == kind.strip().casefold()), None)
        if not equals or known is None:
            raise OptionError(f"--kind {argument(text)} must be written NAME=KIND; kinds are {', '.join(KINDS)}")
        if kinds.setdefault(name, known) != known:
            raise OptionError(f"--kind says that {shown(name)} is {kinds[name]} and {known}; keep one of them")
    return kinds


def texts_of(kinds: Mapping[str, Kind]) -> dict[str, tuple[str, ...]]:
    """Return the columns that are read as text, whatever they hold: 007 is then no number, and NA may be a name."""
    return {name: () for name, kind in kinds.items() if kind == "category"}


def refuse_misplaced(kinds: Mapping[str, Kind], table: Table, not_learnt_from: Mapping[str, str | None]) -> None:
    """Raise if a kind is of a column that is not there, or that has a task of its own, by option."""
    for name, kind in kinds.items():
        table.require(name)
        option = next((option for option, column in not_learnt_from.items() if column == name), None)
        if option is None:
            continue
        instead = "; what it is, --task says" if option == "--target" else ""
        raise OptionError(
            f"--kind {argument(f'{name}={kind}')}: {option} names that column, which is not learnt from{instead}. "
            "Leave one of them out"
        )
