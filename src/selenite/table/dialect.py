"""A text file that is written otherwise than the options say: all options that it needs, found by reading with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar

from selenite.errors import DialectError, SeleniteError
from selenite.table.schema import ReadOptions
from selenite.table.source import Source
from selenite.table.table import Finding
from selenite.text import argument

MOST_TOLD = 10  # what is to be changed
MOST_BYTES = 1 << 26  # of a file that is read again and again


class Readable(Protocol):
    """A table, or one in pieces."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading it wants the user to know."""


Read = TypeVar("Read", bound=Readable)


def read_or_name_all(read: Callable[[ReadOptions], Read], options: ReadOptions, source: Source) -> Read:
    """Return what `read` makes of a file; if it needs other options, raise the error that names all of them."""
    try:
        return read(options)
    except DialectError as error:
        if source.reopen is None or source.path is None or source.path.stat().st_size > MOST_BYTES:
            raise
        first = error.with_traceback(None)  # which lets what was read go
    raise _all_named(first, read, options) from None


def _all_named(error: DialectError, read: Callable[[ReadOptions], Read], options: ReadOptions) -> DialectError:
    """Return the error that names all options which a file needs, one after the other found by reading it."""
    told, changes, then = [str(error)], _added({}, error.changes), list[str]()
    while len(told) <= MOST_TOLD:
        then, further = _what_is_left(read, with_changes(options, changes))
        if not further or set(then) & set(told):
            break
        told += then
        changes = _added(changes, further)
    if len(told) == 1 and not then:
        return error
    lines = [told[0], *(f"then: {one}" for one in told[1:])]
    lines.append(f"It is read with: {as_arguments(changes)}" if not then else f"With {as_arguments(changes)} there is:")
    return DialectError("\n  ".join(lines + then), **changes)


def _what_is_left(read: Callable[[ReadOptions], Readable], options: ReadOptions) -> tuple[list[str], dict[str, Any]]:
    """Return what is still to be told of a file once it is read with some options, and what would change it."""
    try:
        findings = read(options).findings
    except SeleniteError as error:
        return [str(error)], getattr(error, "changes", {})
    left = [one for one in findings if one.kind == "looks otherwise"]
    first = next((one for one in left if one.changes), None)
    if first is not None:
        return [first.message], dict(first.changes)
    return [one.message for one in left[:MOST_TOLD]], {}


def with_changes(options: ReadOptions, changes: Mapping[str, Any]) -> ReadOptions:
    """Return options with changes, texts that mean missing added.

    >>> changed = with_changes(ReadOptions(missing=("?",)), {"decimal": ",", "missing": ("k.A.",)})
    >>> changed.decimal, changed.missing
    (',', ('?', 'k.A.'))
    """
    return replace(options, **_added({field.name: getattr(options, field.name) for field in fields(options)}, changes))


def as_arguments(changes: Mapping[str, Any]) -> str:
    """Return changes as on a command line.

    >>> as_arguments({"separator": ";", "date_format": "%d.%m.%Y", "missing": ("k.A.", "?")})
    '--separator ";" --date-format "%d.%m.%Y" --missing "k.A." --missing "?"'
    """
    return " ".join(
        f"--{name.replace('_', '-')} {quoted(one)}"
        for name, value in changes.items()
        for one in (value if isinstance(value, tuple) else (value,))
    )


def quoted(text: str) -> str:
    """Return the value of an option in double quotes, as all shells take them, unless it holds what a shell obeys.

    >>> [quoted(text) for text in (";", "%$", "$x", "tab")], quoted(chr(9))
    (['";"', '"%$"', "'$x'", '"tab"'], 'tab')
    """
    if text == "\t":
        return "tab"
    return f'"{text}"' if text.isprintable() and not re.search(r'["`\\!]|\$(?!$)', text) else argument(text)


def _added(changes: Mapping[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with further ones: several texts are added to those before, others take their place."""
    added = {
        name: (*changes.get(name, ()), *value) if isinstance(value, tuple) else value for name, value in further.items()
    }
    return {**changes, **added}
