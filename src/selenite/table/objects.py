"""A column of Python objects, as frames and lists hold them: all numbers, all text, or all moments."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from selenite.errors import TableError
from selenite.table.cells import text_column
from selenite.table.table import EXACT, OUTSIDE_OF_CALENDAR, Column, Dates, Numbers, outside_of_calendar
from selenite.text import shown
from selenite.types import Floats


def column_of_objects(values: list[Any], label: str) -> Column:
    """Return Python objects as a column; they must all be numbers, all text or all dates."""
    kinds = types_of(values)
    by_family: dict[str, type] = {}
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        by_family.setdefault(_family(kind, label), kind)
    if len(by_family) > 1:
        a, b = (kind.__name__ for kind in list(by_family.values())[:2])
        raise TypeError(
            f"{label} mixes {a} and {b}: argument must be a string or a number throughout. Convert it to one of them"
        )
    family = next(iter(by_family), "float")
    if family == "text":
        return text_column([v if type(v) is str else None if is_missing(v) else str(v) for v in values])
    if family == "date":
        zoned = _have_zone(values, label)
        return Dates(np.array(_each(_moment, values, np.datetime64("NaT", "us"), label), dtype="datetime64[us]"), zoned)
    if family in ("duration", "time"):
        return Numbers(np.array(_each(_seconds_of, values, np.nan, label), dtype=np.float64))
    found, type_ = np.array(_each(float, values, np.nan, label), dtype=np.float64), _number_type(kinds)
    return whole_numbers(found, lambda: values) if type_ == "int" else Numbers(found, type_)


def whole_numbers(values: Floats, originals: Callable[[], Sequence[Any]]) -> Numbers:
    """Return whole numbers, those beyond 2^53 with all their digits beside, as the originals have them."""
    if np.nanmax(np.abs(values), initial=0.0) < EXACT:
        return Numbers(values, "int")
    texts = [None if is_missing(value) else str(int(value)) for value in originals()]
    return Numbers(values, "int", text_column(texts))


def _have_zone(values: list[Any], label: str) -> bool:
    """Tell whether moments have a zone; refuse some that have and some that have not."""
    zoned = [is_missing(value) or getattr(value, "tzinfo", None) is not None for value in values]
    naive = [is_missing(value) or getattr(value, "tzinfo", None) is None for value in values]
    if not all(zoned) and not all(naive):
        raise TableError(
            f"row {zoned.index(False) + 1:,}: {label} holds a moment without a zone, and one with a zone in row "
            f"{naive.index(False) + 1:,}. Give all their zone, or none"
        )
    return not all(naive)


def types_of(values: list[Any]) -> set[type]:
    """Return the types of values, gaps left out; quick for text."""
    return {type(value) for value in values if type(value) is str or not is_missing(value)}


def _each(convert: Callable[[Any], Any], values: list[Any], gap: Any, label: str) -> list[Any]:
    """Return each value converted, `gap` where it is missing; refuse one that cannot be, by its row."""
    converted: list[Any] = []
    try:
        for value in values:
            converted.append(gap if is_missing(value) else convert(value))
    except (OverflowError, ValueError):
        if isinstance(value, Decimal):
            what = "a signaling NaN. Correct it, or make it missing (None)"
        elif isinstance(value, datetime.date | np.datetime64):
            what = OUTSIDE_OF_CALENDAR
        else:
            what = "a number beyond ±1.8e308, the largest that a double holds. Correct it, or make it missing (None)"
        raise TableError(f"row {len(converted) + 1:,}: {label} holds {what}") from None
    return converted


def _family(kind: type, label: str) -> str:
    """Return which of number, text and date a Python type belongs to."""
    if issubclass(kind, complex | np.complexfloating):
        raise TableError(f"Complex data not supported: {label} holds {kind.__name__}")
    if issubclass(kind, str):
        return "text"
    if issubclass(kind, datetime.timedelta | np.timedelta64):  # which NumPy counts among the integers
        return "duration"
    if issubclass(kind, numbers.Real | Decimal | np.bool_):
        return "number"
    if issubclass(kind, datetime.date | np.datetime64) or kind.__name__ == "Period":
        return "date"
    if issubclass(kind, datetime.time):
        return "time"
    raise TypeError(f"{label}: argument must be a string or a number, not {shown(kind.__name__)}")


def _number_type(kinds: set[type]) -> str:
    if kinds and all(issubclass(kind, bool | np.bool_) for kind in kinds):
        return "bool"
    return "int" if kinds and all(issubclass(kind, numbers.Integral | np.bool_) for kind in kinds) else "float"


def _seconds_of(value: Any) -> float:
    """Return a duration in seconds, of a time of the day those since midnight."""
    if isinstance(value, datetime.time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return float(np.timedelta64(value) / np.timedelta64(1, "s"))


def _moment(value: Any) -> np.datetime64:
    if type(value).__name__ == "Period":
        value = value.start_time
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        value = value.astimezone(datetime.UTC).replace(tzinfo=None)
    elif isinstance(value, np.datetime64) and outside_of_calendar(np.array(value)):
        raise OverflowError
    return np.datetime64(value, "us")


def is_missing(value: Any) -> bool:
    """Tell whether a value is None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, Decimal):
        return value.is_qnan()  # a signaling NaN may not even be compared
    return isinstance(value, float | np.floating | np.datetime64 | np.timedelta64) and bool(value != value)
