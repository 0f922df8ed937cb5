"""Numbers as texts: written plainly once the options' marks are gone, and which options would read other notations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.table import arrow
from selenite.table.arrow import matching, numpy_of
from selenite.table.schema import FEW_CATEGORIES, ReadOptions
from selenite.table.units import CURRENCY_AND_SHARE, MINUS, is_behind, one_unit, several_units
from selenite.text import shown
from selenite.types import Floats, Mask

PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
MAJORITY = 0.5  # with more of the different texts numbers or dates, a column of text is worth a note
_BRACKETS = "()"  # around a negative number, as accountants write it
_ALIKE = {" ": r"[\s\p{Z}]", "'": "['’]"}  # marks between thousands that look the same
_PAIRS = ((",", "."), ("", ","), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("'", ","))  # thousands, decimal
_BEFORE, _AFTER = r"(?:[A-Z]{3}\s|Rs\s?)", r"(?:\s?[A-Za-zµ°][A-Za-z²³/]{1,7}|\s[A-Za-z])"  # units
_ANY = r"[^A-Za-z\d]*"  # of letters, \p{L} has so many that such a pattern takes 7 ms to compile
_LOOSE = rf"^{_ANY}{_BEFORE}?{_ANY}\d[^A-Za-z]*(?:[eE][+-]?\d+)?{_AFTER}?{_ANY}$"
_NO_OPTION_READS = (  # 0x1F, 1/2, 5k, 5-, 500 g, 1,00,000
    r"^[+-]?(?:0[xX][\da-fA-F]+|\d+\s*/\s*\d{1,3}|\d[\d.,]*(?:\s?(?:[kKMBT%‰]|bn|mn?)|-|\s[a-zA-Zµ]{1,3}))$"
    r"|^[^\w]{0,2}\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?$"
    r"|^(?:[+-]\s+|[~≈<>≤≥]\s?|'[+-]?|=\"?[+-]?)\d[\d.,]*\"?$"  # - 5, ~5, '5 and ="5" of a spreadsheet
    r"|^[+-]?\d[\d.,]*(?:\s?°[CFK]?|\s?±\s?\d[\d.,]*|\s?[x×*·]\s?10\^?[+−-]?\d+|[dD][+-]?\d+|(?:_\d{3})+)$|^[+-]?\d+,\d+$"
    r"|^[+-]?[٠-٩۰-۹०-९０-９][٠-٩۰-۹०-९０-９.,．，]*$"
    "|^[\u200b\u2060\ufeff]+[+-]?\\d[\\d.,]*$|^[+-]?\\d[\\d.,]*[\u200b\u2060\ufeff]+$"  # what cannot be seen
)
_SOMEHOW = r"^[^\w-]*[+−-]?(?:(?:[A-Z]{3}|Rs\.?)\s?)?[^\w-]*\d[\d.,'’\s]*(?:\s?[^\W\d_]{2,}|\s[^\W\d_])?\W*$"


@dataclass(frozen=True)
class Notation:
    """How numbers seem to be written, other than the options say."""

    read: Mask  # which texts are then numbers
    changes: Mapping[str, str]  # to the options, which read them; none if none do
    doubtful: bool  # they may as well be no numbers
    units: tuple[str, ...] = ()  # the different ones that they have


def plain_numerals(texts: Any, options: ReadOptions) -> Any:
    """Return texts with the options' marks removed, so that numbers are written -1234.5."""
    if part := "".join(c for c in options.strip if c in f"0123456789-{MINUS}{options.decimal}"):
        raise OptionError(f"--strip {shown(options.strip)} would change numbers; leave {part} out")
    texts = arrow.replace_matches(texts, f"[{MINUS}]", "-")
    if options.strip:
        marks = rf"[\s\p{{Z}}{''.join(re.escape(c) for c in options.strip if c not in _BRACKETS)}]*"
        if set(_BRACKETS) & set(options.strip):  # ($5) and $(5) are -5
            texts = arrow.replace_matches(texts, rf"^{marks}\({marks}([\d.,][^()+-]*)\){marks}$", r"-\1")
        texts = arrow.replace_matches(texts, rf"^{marks}([+-]?){marks}|{marks}$", r"\1")  # -$5 is -5, 1$5 no number
    if options.decimal == options.thousands or len(options.decimal) != 1:
        raise OptionError("--decimal must be one character, and another one than --thousands")
    point, mark = re.escape(options.decimal), _ALIKE.get(options.thousands, re.escape(options.thousands))
    if options.thousands:
        grouped = rf"^([+-]?[1-9]\d{{0,2}})((?:{mark}\d{{3}})+)((?:{point}\d*)?)$"
        texts = arrow.if_else(matching(texts, grouped), arrow.replace_matches(texts, mark, ""), texts)
    if options.decimal != ".":
        texts = arrow.replace(texts, ".", "·")  # no longer a number
        texts = arrow.replace(texts, options.decimal, ".")
    return texts


def plain_values(texts: Any, options: ReadOptions) -> Floats | None:
    """Return the numbers that texts are, if all can be read as they stand; this is quick, where it is not None."""
    import pyarrow

    if options.decimal != "." or options.thousands or options.strip:
        return None
    try:
        values: Floats = numpy_of(arrow.cast(texts, "float64"))
    except pyarrow.ArrowInvalid:
        return None
    return values if np.isfinite(values).all() else None


def are_numbers(texts: Any, options: ReadOptions) -> Mask:
    """Return which texts the options read as numbers."""
    return matching(plain_numerals(texts, options), f"^{PLAIN}$")


def may_be_number(text: str) -> bool:
    """Tell whether a text may be a number in another notation, so that it is not to be thrown away.

    >>> [may_be_number(text) for text in ("(0.33)", "1/2", "5k", "83 km", "12 %", "4x", "?", "n.a.", "2020-01-31")]
    [True, True, True, True, True, False, False, False, False]
    """
    return re.search(f"{_SOMEHOW}|{_NO_OPTION_READS}", text.strip()) is not None


def number_of(text: str, options: ReadOptions) -> float | None:
    """Return the number that a text spells, read by the options; None for any other text.

    >>> number_of("-9.99e2", ReadOptions()), number_of("−1.000,5", ReadOptions(decimal=",", thousands="."))
    (-999.0, -1000.5)
    """
    plain = re.sub(f"[{MINUS}]", "-", text.strip().strip(options.strip or None))
    if "(" in options.strip and "(" in text:
        plain = f"-{plain}"
    if options.thousands:
        plain = plain.replace(options.thousands, "")
    try:
        value = float(plain.replace(options.decimal, "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def other_notation(texts: Any, options: ReadOptions) -> Notation | None:
    """Return the notation in which most of some texts, not all of them plain numbers, are numbers, if there is one.

    The changes were tried: with them the texts are numbers. What is given in `options` stands.
    """
    if matching(texts, f"{_LOOSE}|{_NO_OPTION_READS}").mean() <= MAJORITY:
        return None
    now = are_numbers(texts, options)
    best: Notation | None = None
    for changed, doubtful in _candidates(texts, options):
        if changed.thousands and matching(texts, rf"^\D*0{re.escape(changed.thousands)}\d").any():
            continue  # 0.500: it is no mark between thousands
        read = are_numbers(texts, changed)
        if read.mean() > MAJORITY and read.sum() > max(now.sum(), 0 if best is None else best.read.sum()):
            names = ("strip", "decimal", "thousands")
            changes = {one: getattr(changed, one) for one in names if getattr(changed, one) != getattr(options, one)}
            best = Notation(read, changes, doubtful)
    unread = now | matching(texts, _NO_OPTION_READS)
    if units := several_units(texts.to_pylist()):
        unread |= matching(texts, rf"\d\s?({'|'.join(map(re.escape, units))})$")
    if unread.mean() > MAJORITY and unread.sum() > max(now.sum(), 0 if best is None else best.read.sum()):
        return Notation(unread, {}, True, tuple(units))
    return best


def _candidates(texts: Any, options: ReadOptions) -> Iterator[tuple[ReadOptions, bool]]:
    """Give the options that may read the texts, the likeliest first, and whether they are a guess only."""
    written = [text for text in texts.to_pylist() if any(map(str.isdecimal, text))]  # "k.A." has no unit
    used = set("".join(written))
    marks = "".join(c for c in CURRENCY_AND_SHARE if c in used and c not in options.strip)
    for share in "%‰":  # 5% and 0.05 are no numbers of one kind
        if any(share not in text and text.strip("0.,") for text in written):
            marks = marks.replace(share, "")
    brackets = _BRACKETS if set(_BRACKETS) <= used and "(" not in options.strip else ""
    unit = one_unit(written)
    certain = len(written) > FEW_CATEGORIES and is_behind(written)
    all_in_brackets = bool(brackets) and all("(" in text for text in written)
    pairs = [(options.thousands, options.decimal)]
    pairs += [
        (thousands, decimal)
        for thousands, decimal in _PAIRS
        if options.thousands in ("", thousands) and options.decimal in (".", decimal)
    ]
    added = "".join(dict.fromkeys(c for c in brackets + unit + marks if c not in options.strip))
    strip = "".join(sorted(options.strip + added, key="$".__eq__))  # a shell takes $ for a variable but at the end
    for thousands, decimal in pairs:
        if decimal not in strip:
            changed = replace(
                options,
                strip=strip if added else options.strip,
                thousands=thousands,
                decimal=decimal,
            )
            yield changed, (bool(unit) and not certain) or all_in_brackets
