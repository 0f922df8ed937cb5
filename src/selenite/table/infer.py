"""Decides what a column of text holds, looking at all of it: numbers, dates, or really text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from selenite.errors import DialectError, TableError
from selenite.table import arrow
from selenite.table.arrow import matching, numpy_of
from selenite.table.cells import text_column
from selenite.table.dates import DATE, ISO, MONTH, OR, PACKED_DAY, TIME, formats_of, is_packed, moments_of
from selenite.table.dialect import as_arguments
from selenite.table.distinct import DistinctTexts
from selenite.table.missing import MISSING, met, read_as_missing
from selenite.table.numerals import (
    MAJORITY,
    PLAIN,
    may_be_number,
    other_notation,
    plain_numerals,
    plain_values,
)
from selenite.table.schema import FEW_CATEGORIES, ReadOptions
from selenite.table.table import EXACT, Column, Dates, Finding, Numbers, Text, called
from selenite.table.units import in_units, unit_of
from selenite.text import argument, listed, shown
from selenite.types import Floats, Mask

MISTAKE_SHARE = 0.9  # from this share of numbers on, the other texts are taken for mistakes, if there are many
MOST_LOOKED_AT = 1000  # different texts, to tell what they look like
OWN = {"int": r"^(0|-?[1-9]\d*)$", "float": r"^(0|-?[1-9]\d*)\.0$"}  # as `number_text` and `repr` write whole numbers
_OF_NUMBERS = "--decimal, --thousands and --strip"
MOST_PLAIN_ROWS = 2000  # of more, the patterns take no longer than the cells
_WHOLE = re.compile(r"(?:(?:0|-?[1-9][0-9]*+)?\n)*+")
_DECIMAL = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?)?\n)*+")
_WORDS = re.compile(r"(?:(?:[^\W\d_](?:[^\d\n]*[^\W\d_])?)?\n)*+")  # that begin and end with a letter, without digits
_OTHERWISE = "|".join(re.escape(text) for text in (*MISSING, "true", "false", "inf", "infinity") if text)
_MEANT_OTHERWISE = re.compile(f"(?im)^(?:{_OTHERWISE})$")  # `infer_column` reads these
_DAYS = 19000101, 20991231  # numbers as days, which `infer_column` tells apart


def infer_column(
    cells: Any,
    name: str,
    position: int,
    options: ReadOptions,
    where: Callable[[int], str],
    categories: Collection[str] | None,
) -> tuple[Column, list[Finding], set[str]]:
    """Return a pyarrow chunked array of strings as a column, what to know of it, and what of `missing` some cell holds.

    `where` says in which line of the file a row stands. `categories` are texts that the column is known to hold,
    perhaps none; with them any text is expected.
    """
    if categories is None and (plain := plain_column(cells, options)) is not None:
        return plain, [], set()
    return infer_by_patterns(DistinctTexts(cells, name, position, options, where, categories))


def plain_column(cells: Any, options: ReadOptions) -> Numbers | Text | None:
    """Return an array of strings as `infer_column` does, with no need of notices; None where that has to decide."""
    if len(cells) > MOST_PLAIN_ROWS or options.decimal != "." or options.thousands or options.strip or options.missing:
        return None
    if is_packed(options.date_format):
        return None

    texts = arrow.cast(cells, "string").to_pylist()  # of a dictionary, it would take longer
    lines = "\n".join(texts) + "\n"
    if len(lines) == len(texts) or lines.count("\n") > len(texts):  # no cell at all; a cell of several lines
        return None
    points = "." in lines
    if _DECIMAL.fullmatch(lines) if points else _WHOLE.fullmatch(lines):
        return _plain_numbers(texts, points)
    if _WORDS.fullmatch(lines) and not _MEANT_OTHERWISE.search(lines):
        return text_column([text or None for text in texts])
    return None


def _plain_numbers(texts: list[str], points: bool) -> Numbers | None:
    """Return numbers, unless digits are lost, or 1.0 may be the name of a class."""
    values = np.array([float(text) if text else np.nan for text in texts])
    present = values[~np.isnan(values)]
    if not points and present.min() >= _DAYS[0] and present.max() <= _DAYS[1]:
        return None
    if np.abs(present).max() >= EXACT or (points and (present == np.round(present)).all()):
        return None
    return Numbers(values, "float" if points else "int")


def infer_by_patterns(texts: DistinctTexts) -> tuple[Column, list[Finding], set[str]]:
    """Return what `infer_column` does, looking at all different texts."""
    column, remarks = _column(texts)
    gone = texts.read_as_missing(column)
    findings = [read_as_missing(texts.name, texts.label, text, count) for text, count in gone.items() if text]
    return column, findings + remarks, met(gone, texts.options)


def column_like(known: Column, texts: DistinctTexts) -> Column:
    """Return texts as a column of the type of another one, which was inferred from these texts and more."""
    if isinstance(known, Text):
        return texts.as_text()
    if isinstance(known, Dates):
        moments, zoned = moments_of(texts.present, texts.options)
        return replace(texts.as_dates(moments, zoned), zoned=known.zoned)
    values = _logical(texts.present) if known.type == "bool" else None
    if values is None:
        values = plain_values(texts.present_as_written, texts.options)
    if values is None:
        values = numpy_of(arrow.cast(plain_numerals(texts.present, texts.options), "float64"))
    return texts.as_numbers(values, known.type, known.written is None)


def _column(texts: DistinctTexts) -> tuple[Column, list[Finding]]:
    """Return the column that the texts are, and what to know of it."""
    if not len(texts.present):
        all_missing = bool(texts.missing_as_text.all())
        return Numbers(np.full(len(texts.codes), np.nan)) if all_missing else texts.as_text(), []
    logical = _logical(texts.present)
    if logical is not None:
        own = set(texts.present_as_written.to_pylist()) <= {"true", "false"}
        return texts.as_numbers(logical, "bool", own), []
    if is_packed(texts.options.date_format):  # 20260131 is a number, too
        moments, zoned = moments_of(texts.present, texts.options)
        if not np.isnat(moments).any():
            return texts.as_dates(moments, zoned), []
    numerals = plain_numerals(texts.present, texts.options)
    is_number = matching(numerals, f"^{PLAIN}$")
    if (is_number | matching(numerals, r"^(?i)[+-]?inf(inity)?$")).all():
        return _numbers(texts, numerals)
    if texts.may_be_any_text:
        return texts.as_text(), []
    moments, zoned = moments_of(texts.present, texts.options)
    good = ~np.isnat(moments)
    if good.all():
        _refuse_mixed_zones(texts, zoned)
        return texts.as_dates(moments, zoned), []
    _refuse_dates(texts, good)
    return texts.as_text(), _numbers_among(texts, is_number) or _dates_among(texts, good)


def _numbers(texts: DistinctTexts, numerals: Any) -> tuple[Column, list[Finding]]:
    """Return a column of texts that are all numbers once their marks are gone; text where it has leading zeros."""
    values = numpy_of(arrow.cast(numerals, "float64"))
    finite = np.isfinite(values)
    if not finite.all():
        if texts.may_be_any_text:
            return texts.as_text(), []
        place, cell = texts.first(~finite)
        raise TableError(
            f"{place}: {texts.label} holds {cell}, which is not finite. Correct it or add --missing {cell}"
        )
    whole = not matching(numerals, r"[.eE]").any()
    leading_zeros = matching(numerals, r"^[+-]?0\d") & whole
    if leading_zeros.any():
        code = texts.first(leading_zeros)[1]
        message = f"{texts.label} is kept as text, not numbers: it has leading zeros ({code})"
        return texts.as_text(), [Finding("kept as text", texts.name, message)]
    type = "int" if whole else "float"
    may_be_classes = bool((values == np.round(values)).all())
    exact = bool(np.abs(values).max() < EXACT)
    remarks = []
    if whole and matching(texts.present, PACKED_DAY).all():
        remedy = _date_format(("%Y%m%d",), texts.options.date_format)
        message = f"{texts.label} is read as numbers, but looks like days; for these add {remedy}"
        remarks.append(Finding("days?", texts.name, message))
    own = not may_be_classes or (exact and bool(matching(texts.present_as_written, OWN[type]).all()))
    return texts.as_numbers(values, type, own), remarks


def _numbers_among(texts: DistinctTexts, is_number: Mask) -> list[Finding]:
    """Say if most texts look like numbers; refuse them where the others are mistakes, or where options would help."""
    notation = other_notation(texts.present, texts.options)
    alike = is_number | matching(texts.present, f"^{PLAIN}$")
    remedy = f"see {_OF_NUMBERS}"
    if notation is not None:
        if _are_nearly_all(notation.read) and notation.changes and not notation.doubtful:
            place, text = texts.first(notation.read & ~is_number)
            more = ", as accountants write numbers below 0" if text.startswith('"(') else ""
            otherwise = f"; if it is no number, --kind {argument(f'{texts.name}=category')}" if unit_of(text) else ""
            told = f"{place}: {texts.label} holds numbers written as {text}{more}"
            raise DialectError(f"{told}. Add {as_arguments(notation.changes)}{otherwise}", **notation.changes)
        alike |= notation.read
        remedy = f"add {as_arguments(notation.changes)}" if notation.changes else "write it as a plain number"
        if notation.units:
            remedy += f", all in one unit: here are {listed(notation.units)}"
    mostly_numbers = float(texts.shares[is_number].sum()) >= MISTAKE_SHARE
    if mostly_numbers and len(texts.present) > FEW_CATEGORIES:
        place, cell = texts.first(~is_number)
        advice = _or_missing(cell, texts)
        told = f"{place}: {texts.label} holds numbers but here {cell}. Correct it, {advice}or see {_OF_NUMBERS}"
        raise _refused(told, cell, texts)
    if mostly_numbers or alike.mean() > MAJORITY:
        certain = {} if notation is None or notation.doubtful else notation.changes
        return [_looks_like("numbers", texts, alike, is_number, remedy, certain)]
    return []


def _dates_among(texts: DistinctTexts, good: Mask) -> list[Finding]:
    """Say if most texts look like dates or times, of which not all can be read."""
    for kind, alike in (
        ("dates", good | matching(texts.present, DATE)),
        ("times", matching(texts.present, TIME)),
        ("months", matching(texts.present, MONTH)),
    ):
        if alike.mean() > MAJORITY:
            given = texts.options.date_format
            formats = tuple(one for one in formats_of(texts.present) if one not in given.split(OR))
            remedy = f"add {_date_format(formats, given)}" if formats else "see --date-format"
            changes = {"date_format": _beside(formats[0], given)} if formats else {}
            return [_looks_like(kind, texts, alike, good, remedy, changes)]
    return []


def look_like(column: Column) -> str:
    """Return what most of a column of many texts looks like: "numbers", also in a unit, "dates", or "" for neither.

    Codes with leading zeros are no numbers.

    >>> for texts in (["3.5", "?", "7"], ["2026-01-31", "31/01/2026"], ["01099", "10117"]):
    ...     print(look_like(Text(np.arange(60), tuple(texts * 20))))
    numbers
    dates
    <BLANKLINE>
    """
    if not isinstance(column, Text) or len(column.values) <= FEW_CATEGORIES:
        return ""
    texts = [text.strip() for text in column.values[:MOST_LOOKED_AT]]
    if measured := in_units(texts):
        return measured
    for kind, pattern in (("numbers", rf"^(?!0\d){PLAIN}$"), ("dates", DATE)):
        alike = [re.search(pattern, text) is not None for text in texts]
        if sum(alike) > MAJORITY * len(alike) and not any(re.search(r"^0\d+$", text) for text in texts):
            return kind
    return ""


def _logical(texts: Any) -> Floats | None:
    """Return true and false as 1 and 0, or None if there is any other text."""
    if len(texts) > 6:
        return None
    lower = [text.lower() for text in texts.to_pylist()]
    return np.array([float(text == "true") for text in lower]) if set(lower) <= {"true", "false"} else None


def _refuse_mixed_zones(texts: DistinctTexts, zoned: Mask) -> None:
    """Refuse times of which some have a zone and some have not: how far apart they are, nobody knows."""
    if zoned.any() and not zoned.all():
        (place, text), (_, other) = texts.first(zoned), texts.first(~zoned)
        raise TableError(
            f"{place}: {texts.label} holds times with a zone, such as {text}, and without one, such as {other}. "
            f"Write all with their zone, or all without"
        )


def _refuse_dates(texts: DistinctTexts, good: Mask) -> None:
    """Refuse dates with a mistake among them, and such as only --date-format reads."""
    date_format = texts.options.date_format
    iso = matching(texts.present, ISO)
    alike = good | matching(texts.present, DATE)
    only_dates = bool(alike.all())
    may_be_another = not iso.all() and not (date_format and good.any())
    formats = formats_of(texts.present) if _are_nearly_all(alike) and may_be_another else ()
    if formats:
        place, text = texts.first(alike & ~good)
        told = f"{place}: {texts.label} holds dates written as {text}. Add {_date_format(formats, date_format)}"
        raise DialectError(told, date_format=_beside(formats[0], date_format))
    if iso.all() or (only_dates and good.any()) or texts.shares[good].sum() >= MISTAKE_SHARE:
        place, text = texts.first(~good)
        hint = "is no date such as 2026-12-31. Correct it"
        if date_format:
            hint = f"does not fit --date-format {shown(date_format)}. Correct one of them"
        told = f"{place}: {texts.label} holds dates, but {text} {hint} or add --missing {text}"
        raise _refused(told, text, texts)


def _date_format(formats: tuple[str, ...], given: str = "") -> str:
    """Return the option that reads dates, beside those that it reads already, and what else it may have to be."""
    return " or ".join(as_arguments({"date_format": _beside(one, given)}) for one in formats)


def _beside(date_format: str, given: str) -> str:
    """Return a format of dates together with those given."""
    return OR.join(filter(None, (given, date_format)))


def _are_nearly_all(alike: Mask) -> bool:
    """Tell whether texts are alike but for a few among many."""
    return bool(alike.all()) or (len(alike) > FEW_CATEGORIES and float(alike.mean()) >= MISTAKE_SHARE)


def _as_missing(cell: str, texts: DistinctTexts) -> dict[str, tuple[str, ...]]:
    """Return the change that makes a cell missing, if it may well mean that: it recurs, and is no number or date."""
    same = matching(texts.present, f"^{re.escape(cell[1:-1])}$") & ~matching(texts.present, DATE)
    recurs = texts.counts[~texts.missing][same].sum() > 1
    return {"missing": (cell[1:-1],)} if recurs and _or_missing(cell, texts).startswith("add --missing") else {}


def _refused(told: str, cell: str, texts: DistinctTexts) -> TableError:
    """Return the error about a cell."""
    changes = _as_missing(cell, texts)
    return DialectError(told, **changes) if changes else TableError(told)


def _or_missing(cell: str, texts: DistinctTexts) -> str:
    """Return the advice to let a cell be missing, none for what may be a number in another notation."""
    if texts.label == called(cell[1:-1]):
        return "delete its line if that is the line of names once more, "
    return "" if may_be_number(cell[1:-1]) else f"add --missing {cell} if it means missing, "


def _looks_like(
    kind: str, texts: DistinctTexts, alike: Mask, read: Mask, remedy: str, changes: Mapping[str, Any]
) -> Finding:
    """Say that most of a column of text looks like numbers or dates, and which text is in the way."""
    in_the_way = ~read if alike.all() else ~alike
    place, cell = texts.first(np.arange(len(alike)) == np.argmax(texts.shares * in_the_way))
    both = "and" if remedy.startswith("add") else "or"
    what = f"is none; {_or_missing(cell, texts) or 'correct it, '}{both} {remedy}"
    if alike.all():
        what = f"cannot be read as such; {remedy}"
    share = f"{texts.shares[alike].sum():.0%}"
    message = f"{texts.label} is read as text, though {share} of it looks like {kind}: {cell} ({place}) {what}"
    return Finding("looks otherwise", texts.name, message, {**changes, **_as_missing(cell, texts)})
