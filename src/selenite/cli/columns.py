"""Options that say which columns are learnt from, and what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import click

from selenite.errors import OptionError
from selenite.table import Kind, Table
from selenite.table.choice import kept_columns, named_in
from selenite.text import argument, listed, shown

KINDS: tuple[Kind, ...] = get_args(Kind)
SIGNED = re.compile(r"(?<==[+-]),")  # between columns that are to be monotone, none of whose names it may be in
DECLARED = re.compile(rf"(?:(?<={')|(?<='.join(f'={re.escape(kind)}' for kind in KINDS)})),")  # likewise
COLUMN_OPTIONS = ("groups", "time_column", "weights")  # that give a column a task of its own


def column_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command; they arrive as `kinds`, `drop` and `only`, tuples of text."""
    kinds = f"What columns are, commas between: {', '.join(KINDS)}. An identifier or a constant is not learnt from."
    drop = "Leave columns out, commas between; may be repeated, which a name with a comma needs."
    only = "Learn from these columns alone, likewise."
    command = click.option("--only", multiple=True, metavar="COLUMNS", help=only)(command)
    command = click.option("--drop", multiple=True, metavar="COLUMNS", help=drop)(command)
    return click.option("--kind", "kinds", multiple=True, metavar="NAME=KIND", help=kinds)(command)


@dataclass
class ColumnChoice:
    """What the options say of columns; which of them are left out is known once a file's names are."""

    kinds: Mapping[str, Kind]
    asked: Mapping[str, tuple[str, ...]]  # by option, drop or only
    named: Mapping[str, str]  # by option, the column that has a task of its own; several targets as they are written
    needed: tuple[str, ...] = ()  # columns that no row may lack a value in
    targets: tuple[str, ...] = field(default=(), init=False)
    drop: tuple[str, ...] = field(default=(), init=False)
    only: tuple[str, ...] = field(default=(), init=False)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> ColumnChoice:
        """Return the choice that a command's options make."""
        if given["drop"] and given["only"]:
            raise OptionError("--only names the columns to learn from, --drop those to leave out; give one of them")
        tasks = {
            f"--{name.replace('_', '-')}": given[name]
            for name in ("target", *COLUMN_OPTIONS)
            if given.get(name) is not None
        }
        asked = {name: given[name] for name in ("drop", "only")}
        return cls(kinds_of(given["kinds"]), asked, tasks, given.get("drop_missing") or ())

    def kept(self, names: tuple[str, ...], source: str) -> tuple[str, ...]:
        """Return the columns that are taken of a source; remember which were asked for."""
        self.targets = tuple(named_in(self.named["--target"], names)) if "--target" in self.named else ()
        if len(set(self.targets)) < len(self.targets):
            raise OptionError(f"--target {argument(self.named['--target'])} names a column twice")
        self.drop, self.only = (
            tuple(dict.fromkeys(name for text in self.asked[option] for name in named_in(text, names)))
            for option in ("drop", "only")
        )
        learnt_from = tuple(name for name in self.only if name not in self._not_learnt_from)
        if self.only and not learnt_from:
            raise OptionError(f"--only {argument(','.join(self.only))} names no column to learn from: add some")
        self.only = learnt_from
        for option, column in self._tasks:
            if column in self.drop:
                raise OptionError(f"--drop {argument(column)}: {option} names that column. Leave one of them out")
            if self.only and option == "--time-column" and column in names and column not in self.only:
                raise OptionError(
                    f"{option} {argument(column)}: --only leaves that column out. Add it there; "
                    f"--kind {argument(f'{column}=identifier')} if it is not to be learnt from"
                )
        kept = kept_columns(names, source, self.drop, self.only, [column for _, column in self._tasks])
        if kept != names and not set(kept) - set(self._not_learnt_from):
            raise OptionError(
                f"no column of {source} is left to learn from: {listed(names)} are left out or have a task"
            )
        for name, kind in self.kinds.items():
            if name in names and name not in kept:
                option = "--drop" if self.drop else "--only"
                raise OptionError(
                    f"--kind {argument(f'{name}={kind}')}: {option} leaves that column out. Keep one of them"
                )
        return kept

    def kept_of_more(self, names: tuple[str, ...], source: str) -> tuple[str, ...]:
        """Return the columns that are taken of further rows, which need not have those left out."""
        if self.only:
            return tuple(name for name in names if name in (*self.only, *(column for _, column in self._tasks)))
        return tuple(name for name in names if name not in self.drop)

    @property
    def _tasks(self) -> list[tuple[str, str]]:
        """The columns with a task of their own, each with its option."""
        others = [(option, column) for option, column in self.named.items() if option != "--target"]
        return [*(("--target", target) for target in self.targets), *others]

    @property
    def _not_learnt_from(self) -> list[str]:
        return [column for option, column in self._tasks if option != "--time-column"]

    @property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """The columns that are read as text, whatever they hold: 007 is then no number, and NA may be a name."""
        return {name: () for name, kind in self.kinds.items() if kind in ("category", "text")}

    def refuse_misplaced(self, table: Table) -> None:
        """Raise if a column is not there, or a kind is of one that is not learnt from because of its task."""
        for name in self.needed:
            table.require(name)
        for name, kind in self.kinds.items():
            table.require(name)
            option = next((one for one, column in self._tasks if column == name and one != "--time-column"), "")
            if option:
                instead = "; what it is, --task says" if option == "--target" else ""
                raise OptionError(
                    f"--kind {argument(f'{name}={kind}')}: {option} names that column, which is not learnt from"
                    f"{instead}. Leave one of them out"
                )


def kinds_of(given: tuple[str, ...]) -> dict[str, Kind]:
    """Return the kind of each column named, commas between; a name may hold equals signs."""
    kinds: dict[str, Kind] = {}
    for text in (one for each in given for one in DECLARED.split(each)):
        name, equals, kind = text.rpartition("=")
        known = next((one for one in KINDS if one == kind.strip().casefold()), None)
        if not equals or known is None:
            raise OptionError(f"--kind {argument(text)} must be written NAME=KIND; kinds are {', '.join(KINDS)}")
        if kinds.setdefault(name, known) != known:
            raise OptionError(f"--kind says that {shown(name)} is {kinds[name]} and {known}; keep one of them")
    return kinds


def directions_of(given: tuple[str, ...]) -> dict[str, int]:
    """Return 1 or -1 for each column that is to be monotone, commas between; a name may hold equals signs."""
    directions: dict[str, int] = {}
    for text in (one for each in given for one in SIGNED.split(each)):
        name, equals, sign = text.rpartition("=")
        direction = {"+": 1, "-": -1}.get(sign.strip())
        if not equals or direction is None:
            raise OptionError(
                f"--monotone {argument(text)} must be written NAME=+ or NAME=-: the prediction never falls, or never "
                "rises, as that column rises"
            )
        if directions.setdefault(name, direction) != direction:
            raise OptionError(f"--monotone says + and - of {shown(name)}; keep one of them")
    return directions
