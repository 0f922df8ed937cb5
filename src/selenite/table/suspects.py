"""Values that may mean something else than they seem: what stands for missing, one text in several spellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any
from unicodedata import normalize

import numpy as np

from selenite.table.cells import counted_texts, date_text, number_text
from selenite.table.schema import ColumnSchema, Kind
from selenite.table.table import EXACT, Column, Dates, Finding, Numbers, Text, called, n_different_values
from selenite.text import argument, shown
from selenite.types import AnyArray, Indices

FEWEST_OTHERS = 3  # with fewer different numbers beside it, none is far from the others
MOST_TEXTS = 10_000  # that are compared; a column of more is no list of categories
MOST_SHOWN = 4
MOST_SENTINELS = 4  # on either side
FEWEST_MEASURED = 10  # with fewer different numbers from 0 on, -1 may be one of them, as of floors
WIDE = 3  # times the widest step between the lower ones of them, beyond which a number is away from them
_STANDS_FOR_MISSING = re.compile(r"-?(9+[6-9]|8{2,}|7{2,}|9{2,}[.]9+|999[.]25)|-[1-9]")  # 99, -999, 98, 888, 99.9, -1
_NO_DATES = np.array(
    [
        *("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "2099-12-31"),
        *("2999-12-31", "3000-01-01", "9999-12-31"),
    ],
    dtype="datetime64[us]",
)
_LARGEST = {2.0**15 - 1, -(2.0**15), 2.0**16 - 1, 2.0**31 - 1, -(2.0**31), 2.0**32 - 1, 2.0**63, -(2.0**63)} | {
    sign * float(np.finfo(type).max) for sign in (1, -1) for type in (np.float32, np.float64)
}
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")


def kind_option(name: str, kind: Kind) -> str:
    """Return the option of the command line that says what a column is.

    >>> kind_option("day", "number"), kind_option("the day", "number")
    ('--kind day=number', "--kind 'the day=number'")
    """
    return f"--kind {argument(f'{name}={kind}')}"


def leave_out(*names: str, in_python: bool = False) -> str:
    """Return what leaves columns out, on the command line or in Python.

    >>> leave_out("casual", "registered"), leave_out("Smith, J.", "day")
    ('--drop casual,registered', "--drop 'Smith, J.' --drop day")
    """
    if in_python:
        return f"drop={list(names)!r}"
    if any("," in name for name in names):
        return " ".join(f"--drop {argument(name)}" for name in names)
    return f"--drop {argument(','.join(names))}"


def declare(name: str, kind: Kind, in_python: bool = False) -> str:
    """Return the step that says what a column is, on the command line or in Python."""
    return f"give kinds={{{name!r}: {kind!r}}}" if in_python else f"add {kind_option(name, kind)}"


def suspects(known: ColumnSchema, column: Column, in_python: bool = False) -> Iterator[Finding]:
    """Give what is suspicious about the values of a column; what helps is named as an option, or as Python has it."""
    if known.kind in ("number", "constant") and isinstance(column, Numbers):
        yield from _sentinels_told(known.name, column, "make it NaN" if in_python else "add")
        yield from _rounded(known.name, column, declare(known.name, "category", in_python))
    elif isinstance(column, Dates):
        yield from _sentinels_told(known.name, column, "make it NaT" if in_python else "add")
    elif known.kind == "category" and isinstance(column, Text):
        yield from _spelled_alike(known.name, column, "category")


def suspects_of_target(column: Column, name: str, is_number: bool, in_python: bool = False) -> Iterator[Finding]:
    """Give what is suspicious about the values of a target of numbers, or of classes."""
    if is_number and isinstance(column, Numbers):
        remedy = "take SeleniteClassifier" if in_python else "add --task classification"
        yield from _sentinels_told(name, column, "leave these rows out")
        yield from _rounded(name, column, remedy)
    elif isinstance(column, Text):
        yield from _spelled_alike(name, column, "class")


def _sentinels_told(name: str, column: Numbers | Dates, step: str) -> Iterator[Finding]:
    """Give the values that may stand for missing, with the step that helps then."""
    found = sentinels(column)
    if not found:
        return
    texts = [
        date_text(value) if isinstance(column, Dates) else number_text(float(value), column.type)
        for value, _, _ in found
    ]
    held = " and ".join(f"{text} in {count:,} rows" for text, (_, count, _) in zip(texts, found, strict=True))
    steps = " ".join(f"--missing {text}" for text in texts) if step == "add" else ""
    that = "that stands" if len(found) == 1 else "these stand"
    message = f"{called(name)} holds {held}, {found[0][2]}. If {that} for missing, {step} {steps}"
    yield Finding("sentinel", name, message.rstrip())


def _rounded(name: str, column: Numbers, if_names: str) -> Iterator[Finding]:
    """Say if digits are lost."""
    if _loses_digits(column):
        message = (
            f"{called(name)} holds whole numbers beyond 2^53, which lose digits as numbers. "
            f"If they are names, {if_names}"
        )
        yield Finding("rounded", name, message)


def _loses_digits(column: Numbers) -> bool:
    """Tell whether a column of different whole numbers is only held in full by its texts."""
    if column.written is None or column.type != "int" or np.nanmax(np.abs(column.values), initial=0.0) < EXACT:
        return False
    return n_different_values(column.written) > 1


def sentinels(column: Numbers | Dates) -> list[tuple[Any, int, str]]:
    """Return the values that may stand for missing, how often each occurs, and how it differs from the others.

    These are values as people choose them for that, 9s above all, that recur. They lie outside of the others, further
    away than the others are from each other, or are the only ones below 0.
    """
    different, counts = np.unique(column.values[~column.missing()], return_counts=True)
    apart, how = _far_ones(different, counts), "far from all others"
    if not apart and isinstance(column, Numbers):
        apart, how = _only_ones_below_zero(different, counts), "with no others below 0"
    return [(different[at], int(counts[at]), how) for at in apart]


def _far_ones(different: AnyArray, counts: Indices) -> list[int]:
    """Return which values lie further from the others than these are from each other."""
    below, above = (
        _odd_ones(values, times) for values, times in ((different, counts), (different[::-1], counts[::-1]))
    )
    ways = sorted(product(range(below + 1), range(above + 1)), key=sum, reverse=True)
    for i, j in ways:  # the most that may be set apart
        others = different[i : len(different) - j]
        if i + j == 0 or len(others) < FEWEST_OTHERS:
            continue
        reach = others[-1] - others[0]
        if (i == 0 or others[0] - different[i - 1] > reach) and (j == 0 or different[-j] - others[-1] > reach):
            return [*range(i), *range(len(different) - j, len(different))]
    return []


def _only_ones_below_zero(different: AnyArray, counts: Indices) -> list[int]:
    """Return which numbers are below 0, if no others are: -99 and the like; -1 to -9 if they are apart or the rule."""
    n = int(np.count_nonzero(different < 0))
    if _odd_ones(different, counts) < n or len(different) - n < FEWEST_MEASURED:
        return []
    if n and different[n - 1] > -10:
        lower = different[n : n + 1 + (len(different) - n) // 2]
        step = different[n] - different[n - 1]
        if step <= WIDE * np.diff(lower).max() and counts[:n].max() <= counts[n:].max():
            return []
    return list(range(n))


def _odd_ones(different: AnyArray, counts: Indices) -> int:
    """Return how many of the first values in a row recur and are such as are chosen where there is none."""
    found = 0
    while found < min(MOST_SENTINELS, len(different)):
        if counts[found] < 2 or not _may_stand_for_missing(different[found]):
            break
        found += 1
    return found


def _may_stand_for_missing(value: Any) -> bool:
    """Tell whether people, or programs, choose such a value where there is none."""
    if isinstance(value, np.datetime64):
        return bool((value == _NO_DATES).any())
    value = float(value)
    if abs(value) >= 1e15:
        return value in _LARGEST or re.fullmatch(r"-?[19]\.0e\+\d+", f"{value:.1e}") is not None
    text = str(int(value)) if value.is_integer() else f"{value:.7g}"  # 999.9 as float32, too
    return value in _LARGEST or _STANDS_FOR_MISSING.fullmatch(text) is not None


def _spelled_alike(name: str, column: Column, what: str) -> Iterator[Finding]:
    """Give the texts of a column that differ only by case, by blanks or by how Unicode composes letters."""
    texts, counts = counted_texts(column)
    if len(texts) > MOST_TEXTS:
        return
    count_of = dict(zip(texts, counts.tolist(), strict=True))
    alike = defaultdict(list)
    for text in count_of:
        alike[_folded(text)].append(text)
    for group in alike.values():
        if len(group) < 2:
            continue
        group.sort(key=lambda text: -count_of[text])
        named = ", ".join(f"{shown(text)} ({count_of[text]:,})" for text in group[:MOST_SHOWN])
        more = f" and {len(group) - MOST_SHOWN:,} more" if len(group) > MOST_SHOWN else ""
        message = (
            f"{called(name)}: {named}{more} differ by {_difference(group)} only, and each is a {what} of its own. "
            f"If they mean the same, write them alike"
        )
        yield Finding("spelling", name, message)


def _folded(text: str) -> str:
    """Return what texts share that a reader takes for the same."""
    return " ".join(_composed(text).split()).casefold()


def _composed(text: str) -> str:
    """Return a text with composed letters and without what cannot be seen."""
    return _INVISIBLE.sub("", normalize("NFC", text))


def _difference(group: list[str]) -> str:
    """Return by what texts differ that fold to the same."""
    composed = [_composed(text) for text in group]
    ways = {
        "case": len({" ".join(text.split()) for text in composed}) > 1,
        "blanks": len({text.casefold() for text in composed}) > 1,
        "how Unicode composes a letter": len({" ".join(text.split()).casefold() for text in group}) > 1,
    }
    return " and ".join(way for way, differs in ways.items() if differs)
