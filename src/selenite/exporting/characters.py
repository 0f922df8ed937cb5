"""What letters, blanks and casefolding are, as tables: for languages whose libraries say otherwise, or nothing."""

from __future__ import annotations

import re
import sys
from functools import cache

import msgspec

from selenite.table.words import WORD

_BLANK = re.compile(r"\s+")


class Characters(msgspec.Struct, frozen=True):
    """Which characters of Unicode, by number, words consist of, are blank, and are moved by casefolding."""

    words: list[int]  # where ranges of letters, digits and _ begin, and where each is over, in turn
    blanks: list[int]
    folds: list[list[int]]  # [first, last, step, shift]: those from first to last in these steps are shifted
    long_folds: list[list[int]]  # [one, its two or three instead]


@cache
def characters() -> Characters:
    """Return what Python says of all characters, as `selenite.table.words` asks it.

    >>> characters().blanks[:4], characters().folds[0], characters().long_folds[0]
    ([9, 14, 28, 33], [65, 90, 1, 32], [223, 115, 115])
    """
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    folds: list[list[int]] = []
    long_folds = []
    for one in filter(lambda one: one != one.casefold(), every):
        becomes = one.casefold()
        if len(becomes) > 1:
            long_folds.append([ord(one), *map(ord, becomes)])
        else:
            _add(folds, ord(one), ord(becomes) - ord(one))
    return Characters(_ranges(WORD, every), _ranges(_BLANK, every), folds, long_folds)


def _ranges(pattern: re.Pattern[str], every: str) -> list[int]:
    return [end for found in pattern.finditer(every) for end in found.span()]


def _add(folds: list[list[int]], one: int, shift: int) -> None:
    """Add a character to the last run of such, or begin another."""
    if folds and folds[-1][3] == shift:
        first, last, step, _ = folds[-1]
        if one - last == step or (first == last and one - last <= 2):
            folds[-1] = [first, one, one - last, shift]
            return
    folds.append([one, one, 1, shift])
