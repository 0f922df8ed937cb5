"""Decides what a column of text holds, looking at all of it: numbers, dates, or really text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from selenite.errors import TableError
from selenite.table import arrow
from selenite.table.arrow import matching, numpy_of
from selenite.table.dates import DATE, ISO, MONTH, PACKED_DAY, TIME, formats_of, is_packed, moments_of
from selenite.table.distinct import WrittenColumn
from selenite.table.missing import MISSING, met, told_missing
from selenite.table.numerals import MAJORITY, PLAIN, may_be_number, other_notation, plain_numerals
from selenite.table.schema import ReadOptions
from selenite.table.table import EXACT, Column, Dates, Numbers, Text, called
from selenite.text import shown
from selenite.types import Floats, Mask

MISTAKE_SHARE = 0.9  # from this share of numbers on, the other texts are taken for mistakes ...
FEW_VALUES = 20  # ... unless there are only this many different values: then for categories

_OWN = {"int": r"^(0|-?[1-9]\d*)$", "float": r"^(0|-?[1-9]\d*)\.0$"}  # as `number_text` and `repr` write whole numbers
_OF_NUMBERS = "--decimal, --thousands and --strip"
MOST_PLAIN_ROWS = 2000  # of more, the patterns take no longer than the cells
_WHOLE = re.compile(r"(?:(?:0|-?[1-9][0-9]*+)?\n)*+")
_DECIMAL = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?)?\n)*+")
_WORDS = re.compile(r"(?:(?:[^\W\d_](?:[^\d\n]*[^\W\d_])?)?\n)*+")  # that begin and end with a letter, without digits
_OTHERWISE = "|".join(re.escape(text) for text in (*MISSING, "true", "false", "inf", "infinity") if text)
_MEANT_OTHERWISE = re.compile(f"(?im)^(?:{_OTHERWISE})$")  # `column_of_texts` reads these
_DAYS = 19000101, 20991231  # numbers as days, which `column_of_texts` tells apart


def column_of_texts(
    cells: Any,
    name: str,
    position: int,
    options: ReadOptions,
    where: Callable[[int], str],
    categories: Collection[str] | None,
) -> tuple[Column, list[str], set[str]]:
    """Return a pyarrow chunked array of strings as a column, with notices, and what of `missing` some cell holds.

    `categories` are texts that the column is known to hold, perhaps none; with them any text is expected.
    """
    written = WrittenColumn(cells, called(name, position), options, where, categories)
    column, remark = _column(written)
    gone = written.read_as_missing(as_text=isinstance(column, Text))
    notices = [told_missing(written.label, text, count) for text, count in gone.items() if text]
    return column, notices + [remark] * bool(remark), met(gone, options)


def _column(written: WrittenColumn) -> tuple[Column, str]:
    """Return the column that the texts are, and a remark on it, or ""."""
    if not len(written.present):
        all_missing = bool(written.missing_as_text.all())
        return Numbers(np.full(len(written.codes), np.nan)) if all_missing else written.as_text(), ""
    logical = _logical(written.present)
    if logical is not None:
        own = set(written.present_as_written.to_pylist()) <= {"true", "false"}
        return Numbers(written.in_rows(logical, np.nan), "bool", None if own else written.spelling()), ""
    if is_packed(written.options.date_format):  # 20260131 is a number, too
        moments, zoned = moments_of(written.present, written.options)
        if not np.isnat(moments).any():
            return Dates(written.in_rows(moments, np.datetime64("NaT", "us")), bool(zoned.any())), ""
    numerals = plain_numerals(written.present, written.options)
    is_number = matching(numerals, f"^{PLAIN}$")
    if (is_number | matching(numerals, r"^(?i)[+-]?inf(inity)?$")).all():
        return _numbers(written, numerals)
    if written.may_be_any_text:
        return written.as_text(), ""
    moments, zoned = moments_of(written.present, written.options)
    good = ~np.isnat(moments)
    if good.all():
        _refuse_mixed_zones(written, zoned)
        return Dates(written.in_rows(moments, np.datetime64("NaT", "us")), bool(zoned.any())), ""
    _refuse_dates(written, good)
    return written.as_text(), _numbers_among(written, is_number) or _dates_among(written, good)


def _numbers(written: WrittenColumn, numerals: Any) -> tuple[Column, str]:
    """Return a column of texts that are all numbers once their marks are gone; text where it has leading zeros."""
    values = numpy_of(arrow.cast(numerals, "float64"))
    finite = np.isfinite(values)
    if not finite.all():
        if written.may_be_any_text:
            return written.as_text(), ""
        place, cell = written.first(~finite)
        raise TableError(
            f"{place}: {written.label} holds {cell}, which is not finite. Correct it or add --missing {cell}"
        )
    whole = not matching(numerals, r"[.eE]").any()
    leading_zeros = matching(numerals, r"^[+-]?0\d") & whole
    if leading_zeros.any():
        code = written.first(leading_zeros)[1]
        return written.as_text(), f"{written.label} is kept as text, not numbers: it has leading zeros ({code})"
    type = "int" if whole else "float"
    may_be_classes = bool((values == np.round(values)).all())
    exact = bool(np.abs(values).max() < EXACT)
    remark = ""
    if whole and matching(written.present, PACKED_DAY).all():
        remark = f'{written.label} is read as numbers, but looks like days; for these add --date-format "%Y%m%d"'
    own = not may_be_classes or (exact and bool(matching(written.present_as_written, _OWN[type]).all()))
    return Numbers(written.in_rows(values, np.nan), type, None if own else written.spelling()), remark


def _numbers_among(written: WrittenColumn, is_number: Mask) -> str:
    """Say if most texts look like numbers; refuse them where the others are mistakes, or where options would help."""
    notation = other_notation(written.present, written.options)
    alike = is_number | matching(written.present, f"^{PLAIN}$")
    remedy = f"see {_OF_NUMBERS}"
    if notation is not None:
        if notation.read.all() and notation.options and not notation.doubtful:
            place, text = written.first(~is_number)
            accountants = ", as accountants write numbers below 0" if text.startswith('"(') else ""
            raise TableError(
                f"{place}: {written.label} holds numbers written as {text}{accountants}. Add {notation.options}"
            )
        alike |= notation.read
        remedy = f"add {notation.options}" if notation.options else "write it as a plain number"
    mostly_numbers = float(written.shares[is_number].sum()) >= MISTAKE_SHARE
    if mostly_numbers and len(written.present) > FEW_VALUES:
        place, cell = written.first(~is_number)
        raise TableError(
            f"{place}: {written.label} holds numbers but here {cell}. Correct it, {_or_missing(cell, written)}or see "
            f"{_OF_NUMBERS}"
        )
    if mostly_numbers or alike.mean() > MAJORITY:
        return _looks_like("numbers", written, alike, is_number, remedy)
    return ""


def _dates_among(written: WrittenColumn, good: Mask) -> str:
    """Say if most texts look like dates or times, of which not all can be read."""
    for kind, alike in (
        ("dates", good | matching(written.present, DATE)),
        ("times", matching(written.present, TIME)),
        ("months", matching(written.present, MONTH)),
    ):
        if alike.mean() > MAJORITY:
            formats = () if written.options.date_format else formats_of(written.present)
            remedy = f"add {_date_format(formats)}" if formats else "see --date-format"
            if written.options.date_format:
                remedy = "see --date-format, which names one notation; 2026-12-31 is always read"
            return _looks_like(kind, written, alike, good, remedy)
    return ""


def look_like(texts: Collection[str]) -> str:
    """Return what most of some texts look like: "numbers", "dates", or "" for neither, as for codes with leading zeros.

    >>> look_like(["3.5", "?", "12", "7"]), look_like(["2026-01-31", "31/01/2026"]), look_like(["01099", "10117"])
    ('numbers', 'dates', '')
    """
    for kind, pattern in (("numbers", rf"^(?!0\d){PLAIN}$"), ("dates", DATE)):
        alike = [re.search(pattern, text.strip()) is not None for text in texts]
        if sum(alike) > MAJORITY * len(alike) and not any(re.search(r"^0\d+$", text.strip()) for text in texts):
            return kind
    return ""


def _logical(texts: Any) -> Floats | None:
    """Return true and false as 1 and 0, or None if there is any other text."""
    if len(texts) > 6:
        return None
    lower = [text.lower() for text in texts.to_pylist()]
    return np.array([float(text == "true") for text in lower]) if set(lower) <= {"true", "false"} else None


def _refuse_mixed_zones(written: WrittenColumn, zoned: Mask) -> None:
    """Refuse times of which some have a zone and some have not: how far apart they are, nobody knows."""
    if zoned.any() and not zoned.all():
        (place, text), (_, other) = written.first(zoned), written.first(~zoned)
        raise TableError(
            f"{place}: {written.label} holds times with a zone, such as {text}, and without one, such as {other}. "
            f"Write all with their zone, or all without"
        )


def _refuse_dates(written: WrittenColumn, good: Mask) -> None:
    """Refuse dates with a mistake among them, and such as only --date-format reads."""
    date_format = written.options.date_format
    iso = matching(written.present, ISO)
    only_dates = bool((good | matching(written.present, DATE)).all())
    formats = formats_of(written.present) if only_dates and not iso.all() and not date_format else ()
    if formats:
        place, text = written.first(~iso)
        raise TableError(f"{place}: {written.label} holds dates written as {text}. Add {_date_format(formats)}")
    if iso.all() or (only_dates and good.any()) or written.shares[good].sum() >= MISTAKE_SHARE:
        place, text = written.first(~good)
        hint = "is no date such as 2026-12-31. Correct it"
        if date_format:
            hint = f"does not fit --date-format {shown(date_format)}. Correct one of them"
        raise TableError(f"{place}: {written.label} holds dates, but {text} {hint} or add --missing {text}")


def _date_format(formats: tuple[str, ...]) -> str:
    """Return the option that reads dates, and what else it may have to be."""
    return " or ".join(f'--date-format "{one}"' for one in formats)


def _or_missing(cell: str, written: WrittenColumn) -> str:
    """Return the advice to let a cell be missing, none for what may be a number in another notation."""
    if written.label == called(cell[1:-1]):
        return "delete its line if that is the line of names once more, "
    return "" if may_be_number(cell[1:-1]) else f"add --missing {cell} if it means missing, "


def _looks_like(kind: str, written: WrittenColumn, alike: Mask, read: Mask, remedy: str) -> str:
    """Say that most of a column of text looks like numbers or dates, and which text is in the way."""
    in_the_way = ~read if alike.all() else ~alike
    place, cell = written.first(np.arange(len(alike)) == np.argmax(written.shares * in_the_way))
    both = "and" if remedy.startswith("add") else "or"
    what = f"is none; {_or_missing(cell, written) or 'correct it, '}{both} {remedy}"
    if alike.all():
        what = f"cannot be read as such; {remedy}"
    share = f"{written.shares[alike].sum():.0%}"
    return f"{written.label} is read as text, though {share} of it looks like {kind}: {cell} ({place}) {what}"


def plain_column(cells: Any, options: ReadOptions) -> Numbers | Text | None:
    """Return an array of strings as `column_of_texts` does, with no need of notices; None where that has to decide."""
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
        different = {text: code for code, text in enumerate(filter(None, dict.fromkeys(texts)))}
        return Text(np.array([different.get(text, -1) for text in texts], dtype=np.int32), tuple(different))
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
