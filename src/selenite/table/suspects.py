"""Values that may mean something else than they seem: numbers that stand for missing, one text in several spellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Literal
from unicodedata import normalize

import numpy as np

from selenite.arrays import NDArray
from selenite.errors import argument, shown
from selenite.table.learn import counted_texts, n_different_values
from selenite.table.schema import ColumnSchema
from selenite.table.table import EXACT, Column, Numbers, Text, called, number_text

FEWEST_OTHERS = 3  # with fewer different numbers beside it, none is far from the others
MOST_TEXTS = 10_000  # that are compared; a column of more is no list of categories
MOST_SHOWN = 4
MOST_SENTINELS = 4  # on either side
_STANDS_FOR_MISSING = re.compile(r"-?(9+[6-9]|8{2,}|7{2,})|-[1-9]")  # 99, -999, 98, 888, -1
_LARGEST = {2.0**15 - 1, -(2.0**15), 2.0**16 - 1, 2.0**31 - 1, -(2.0**31), 2.0**32 - 1, 2.0**63, -(2.0**63)} | {
    sign * float(np.finfo(type).max) for sign in (1, -1) for type in (np.float32, np.float64)
}
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")

SuspectKind = Literal["sentinel", "spelling", "rounded"]
Suspect = tuple[SuspectKind, str, str]  # kind, column, message


def suspects(known: ColumnSchema, column: Column, in_python: bool = False) -> Iterator[Suspect]:
    """Give what is suspicious about the values of a column; what helps is named as an option, or as Python has it."""
    if known.kind in ("number", "constant") and isinstance(column, Numbers):
        option = f"--kind {argument(f'{known.name}=category')}"
        remedy = f"give kinds={{{known.name!r}: 'category'}}" if in_python else f"add {option}"
        yield from _of_numbers(known.name, column, remedy, in_python)
    elif known.kind == "category" and isinstance(column, Text):
        yield from _spelled_alike(known.name, column, "category")


def suspects_of_target(column: Column, name: str, is_number: bool, in_python: bool = False) -> Iterator[Suspect]:
    """Give what is suspicious about the values of a target of numbers, or of classes."""
    if is_number and isinstance(column, Numbers):
        remedy = "take SeleniteClassifier" if in_python else "add --task classification"
        yield from _of_numbers(name, column, remedy, in_python)
    elif isinstance(column, Text):
        yield from _spelled_alike(name, column, "class")


def _of_numbers(name: str, column: Numbers, if_names: str, in_python: bool) -> Iterator[Suspect]:
    """Give the numbers that may stand for missing, and say if digits are lost."""
    label = called(name)
    for value, count in sentinels(column):
        text = number_text(value, column.type)
        remedy = "make it NaN" if in_python else f"add --missing {text}"
        message = f"{label} holds {text} in {count:,} rows, far from all others. If that stands for missing, {remedy}"
        yield "sentinel", name, message
    if _loses_digits(column):
        message = (
            f"{label} holds whole numbers beyond 2^53, which lose digits as numbers. If they are names, {if_names}"
        )
        yield "rounded", name, message


def _loses_digits(column: Numbers) -> bool:
    """Tell whether a column of different whole numbers is only held in full by its texts."""
    if column.written is None or column.type != "int" or np.nanmax(np.abs(column.values), initial=0.0) < EXACT:
        return False
    return n_different_values(column.written) > 1


def sentinels(column: Numbers) -> list[tuple[float, int]]:
    """Return the numbers that may stand for missing, and how often each occurs.

    These are numbers as people choose them for that, 9s above all, that recur and lie outside of the others, further
    away than the others are from each other.
    """
    different, counts = np.unique(column.values[~column.missing()], return_counts=True)
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
            apart = [*range(i), *range(len(different) - j, len(different))]
            return [(float(different[at]), int(counts[at])) for at in apart]
    return []


def _odd_ones(different: NDArray[np.float64], counts: NDArray[np.intp]) -> int:
    """Return how many of the first numbers in a row recur and are such as are chosen where there is none."""
    found = 0
    while found < min(MOST_SENTINELS, len(different)):
        if counts[found] < 2 or not _may_stand_for_missing(float(different[found])):
            break
        found += 1
    return found


def _may_stand_for_missing(value: float) -> bool:
    """Tell whether people, or programs, choose such a number where there is none."""
    if abs(value) >= 1e15:
        return value in _LARGEST or re.fullmatch(r"-?[19]\.0e\+\d+", f"{value:.1e}") is not None
    return value.is_integer() and (value in _LARGEST or _STANDS_FOR_MISSING.fullmatch(str(int(value))) is not None)


def _spelled_alike(name: str, column: Column, what: str) -> Iterator[Suspect]:
    """Give the texts of a column that differ only by case, by blanks or by how Unicode composes letters."""
    texts, counts = counted_texts(column)
    if len(texts) > MOST_TEXTS:
        return
    count_of = {str(text): int(count) for text, count in zip(texts, counts, strict=True)}
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
        yield "spelling", name, message


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
