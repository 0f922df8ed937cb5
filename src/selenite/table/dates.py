"""Dates as texts: read in ISO 8601 or in the format given, and which format would read others."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np

from selenite.errors import OptionError
from selenite.table import arrow
from selenite.table.arrow import matching, numpy_of
from selenite.table.schema import ReadOptions
from selenite.text import shown
from selenite.types import Mask, NDArray

ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$"
_ZONED = r":\d{2}.*(Z|[+-]\d{2}:?\d{2})$"
_DAYS_BEYOND = 3  # where strptime takes the 31st of February for a day of March
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_A, _B = "(?P<a>[-/.])", "(?P<b>[-/.])"
_DAYS = (  # of each pattern the formats that it may mean, the likeliest first
    (rf"\d{{4}}{_A}\d{{1,2}}{_B}\d{{1,2}}", ("%Y{a}%m{b}%d",)),
    (rf"\d{{1,2}}{_A}\d{{1,2}}{_B}\d{{4}}", ("%d{a}%m{b}%Y", "%m{a}%d{b}%Y")),
    (rf"\d{{1,2}}{_A}\d{{1,2}}{_B}\d{{2}}", ("%d{a}%m{b}%y", "%m{a}%d{b}%y")),
    (rf"{_MONTH}(?P<a>\.? |-)\d{{1,2}}(?P<b>,? ?|-)\d{{4}}", ("%b{a}%d{b}%Y",)),
    (rf"\d{{1,2}}(?P<a>[-/ ]|\. )?{_MONTH}(?P<b>[-/ ]|\. |, )?\d{{4}}", ("%d{a}%b{b}%Y",)),
    (rf"\d{{1,2}}(?P<a>[-/ ]|\. )?{_MONTH}(?P<b>[-/ ]|\. |, )?\d{{2}}", ("%d{a}%b{b}%y",)),
    (r"\d{8}(?P<a>)(?P<b>)(?=T)", ("%Y%m%d",)),
    (r"\d{4}(?P<a>年)\d{1,2}(?P<b>月)\d{1,2}日", ("%Y{a}%m{b}%d日",)),
)
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_CLOCK = r"(?P<clock>\d{1,2}:?\d{2}(?P<seconds>:?\d{2})?)(?P<half> ?[ap]m)?(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_PATTERNS = tuple(
    (re.compile(rf"(?P<week>{_WEEKDAY},? )?{day}(?:(?P<between>[T :-]|, | - ){_CLOCK})?", re.I), formats)
    for day, formats in _DAYS
)
_CTIME = re.compile(rf"{_WEEKDAY} {_MONTH} [ \d]?\d \d{{2}}:\d{{2}}:\d{{2}} \d{{4}}", re.I)
_TIME = re.compile(_CLOCK.replace(":?", ":"), re.I)
_OTHER = (  # what the patterns fit, and the same with a clock that no format reads
    rf"(?i:^(?:{_WEEKDAY},? )?(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH}[.]?[- ]\d{{1,2}}(?:,? ?|-)\d{{4}}|\d{{1,2}}(?:[-/ ]|\. )?{_MONTH}(?:[-/ ]|\. |, )?(?:\d{{4}}|\d{{2}})"
    rf"|\d{{4}}年\d{{1,2}}月\d{{1,2}}日)(?:$|[T :,-]+\d)"
    rf"|^\d{{8}}T\d{{4}}|^{_WEEKDAY} {_MONTH} +\d{{1,2}} [\d:]+ \d{{4}}$)"
)
DATE = f"{ISO}|{_OTHER}"
_ZONE_IN_FORMAT = r"(%z|(?<!%)Z|UTC|GMT)$"
TIME = r"(?i:^\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?$)"
_MONTHS = (
    (r"(?:19|20)\d{2}(?P<mark>[-/])(?:0[1-9]|1[0-2])", "%Y{}%m"),
    (r"(?:0?[1-9]|1[0-2])(?P<mark>/)(?:19|20)\d{2}", "%m{}%Y"),
    (rf"{_MONTH}(?P<mark>[.]?[- ])(?:19|20)\d{{2}}", "%b{}%Y"),
    (rf"{_MONTH}(?P<mark>[.]?[- ])\d{{2}}", "%b{}%y"),
)
MONTH = f"(?i:^(?:{'|'.join(pattern.replace('?P<mark>', '?:') for pattern, _ in _MONTHS)})$)"
PACKED_DAY = r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"
OR = "|"  # between the formats of several columns
MOST_TRIED = 3  # texts whose notation is guessed


def is_packed(date_format: str) -> bool:
    """Tell whether a format, or one of several, holds digits only, day and all, so that what it reads may be numbers.

    >>> is_packed("%H:%M|%Y%m%d"), is_packed("%d%m%y%H%M"), is_packed("%Y"), is_packed("%Y-%m-%d")
    (True, True, False, False)
    """
    return any(re.fullmatch(r"(?:%[YymdjHMS]){3,}|%[Yy]%j", one) for one in date_format.split(OR))


def moments_of(texts: Any, options: ReadOptions) -> tuple[NDArray[np.datetime64], Mask]:
    """Return texts as moments, in a format given or else in ISO 8601, NaT where they are none; and which have a zone.

    Those with a zone are given in UTC.
    """
    import pyarrow

    moments = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    zoned = np.zeros(len(texts), dtype=bool)
    for date_format in filter(None, options.date_format.split(OR)):
        try:
            parsed = arrow.parse_moments(texts, date_format)
        except pyarrow.ArrowInvalid as error:
            raise OptionError(f"--date-format {shown(date_format)}: {error}") from None
        valid = numpy_of(parsed.is_valid()) & np.isnat(moments)
        moments[valid] = numpy_of(arrow.keep(parsed, valid))
        moments[valid & _no_such_days(texts, moments, date_format)] = np.datetime64("NaT", "us")
        zoned[valid] = re.search(_ZONE_IN_FORMAT, date_format) is not None
        if not np.isnat(moments).any():
            return moments, zoned
    iso = matching(texts, ISO)
    moments[iso] = _cast_moments(arrow.keep(texts, iso))
    zoned[iso] = matching(texts, _ZONED)[iso]
    return moments, zoned


def formats_of(texts: Any) -> tuple[str, ...]:
    """Return the formats that read the most of the dates not in ISO 8601 or times, if they read more than half of them.

    There may be two: whether 01/02/2026 is in January or in February, the texts may not tell.
    """
    others = arrow.keep(texts, matching(texts, f"{_OTHER}|{TIME}|{MONTH}"))
    tried = {str(others[i]) for i in np.linspace(0, len(others) - 1, MOST_TRIED).astype(int)} if len(others) else set()
    guesses = dict.fromkeys(guess for text in sorted(tried) for guess in _guesses(text))
    read = {guess: int((~np.isnat(moments_of(others, ReadOptions(date_format=guess))[0])).sum()) for guess in guesses}
    most = max(read.values(), default=0)
    return tuple(guess for guess in read if read[guess] == most > 0.5 * len(others))


def _guesses(text: str) -> list[str]:
    """Return the formats in which a text may be written."""
    if _CTIME.fullmatch(text):
        return ["%a %b %d %H:%M:%S %Y"]
    if found := _TIME.fullmatch(text):
        return [_clock_format(found)]
    for month, one in _MONTHS:
        if found := re.fullmatch(month, text, re.IGNORECASE):
            return [one.format(found["mark"])]
    for pattern, formats in _PATTERNS:
        if found := pattern.fullmatch(text):
            week = f"%a{re.sub('^[A-Za-z]+', '', found['week'])}" if found["week"] else ""
            clock = f"{found['between']}{_clock_format(found)}" if found["clock"] else ""
            return [f"{week}{one.format(a=found['a'] or '', b=found['b'] or '')}{clock}" for one in formats]
    return []


def _clock_format(found: re.Match[str]) -> str:
    """Return the format of a time of the day."""
    colon = ":" if ":" in found["clock"] else ""
    hour, half = ("%I", found["half"].replace(found["half"].strip(), "%p")) if found["half"] else ("%H", "")
    seconds = f"{colon}%S" if found["seconds"] else ""
    zone = found["zone"] or ""
    if zone.strip()[:1] in ("+", "-"):
        zone = zone.replace(zone.strip(), "%z")
    return f"{hour}{colon}%M{seconds}{half}{zone}"


def _no_such_days(texts: Any, moments: NDArray[np.datetime64], format: str) -> Mask:
    """Return which moments come of a day that its month does not have, such as 31/02/2026."""
    days = moments.astype("datetime64[D]")
    early = ~np.isnat(moments) & ((days - days.astype("datetime64[M]")).astype(np.int64) < _DAYS_BEYOND)
    wrong = np.zeros(len(moments), dtype=bool)
    for row in np.flatnonzero(early):
        try:
            datetime.strptime(str(texts[int(row)]), format)
        except ValueError as error:
            wrong[row] = "day" in str(error) and "month" in str(error)
    return wrong


def _cast_moments(texts: Any) -> NDArray[np.datetime64]:
    """Return ISO texts as moments (those with a zone in UTC), NaT where there is no such moment."""
    import pyarrow

    moments = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    has_zone = matching(texts, _ZONED)
    for chosen, zone in ((~has_zone, None), (has_zone, "UTC")):
        part = arrow.replace_matches(arrow.keep(texts, chosen), r"(\.\d{6})\d+|\s+(Z|[+-][\d:]+)$", r"\1\2")
        rows = np.flatnonzero(chosen)
        try:
            moments[rows] = numpy_of(arrow.cast(part, pyarrow.timestamp("us", zone)))
        except pyarrow.ArrowInvalid:  # such as 2026-02-30: find out which
            for i, row in enumerate(rows):
                try:
                    moments[row] = numpy_of(arrow.cast(part.slice(i, 1), pyarrow.timestamp("us", zone)))[0]
                except pyarrow.ArrowInvalid:
                    continue
    return moments
