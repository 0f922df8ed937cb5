"""Decides what a column of text holds, looking at all of it: numbers, dates, or really text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from selenite.arrays import NDArray
from selenite.errors import TableError, shown
from selenite.table.arrow import numpy_of
from selenite.table.missing import MISSING, number_of
from selenite.table.schema import ReadOptions
from selenite.table.table import EXACT, Column, Dates, Numbers, Text, called
from selenite.table.written_dates import DATE, ISO, TIME, formats_of, moments_of
from selenite.table.written_numbers import (
    MAJORITY,
    PLAIN,
    Notation,
    matching,
    may_be_number,
    other_notation,
    plain_numerals,
)

MISTAKE_SHARE = 0.9  # from this share of numbers on, the other texts are taken for mistakes ...
FEW_VALUES = 20  # ... unless there are only this many different values: then for categories

_OWN = {"int": r"^(0|-?[1-9]\d*)$", "float": r"^(0|-?[1-9]\d*)\.0$"}  # as `number_text` and `repr` write whole numbers
_OF_NUMBERS = "--decimal, --thousands and --strip"
Offender = Callable[[NDArray[np.bool_]], tuple[str, str]]  # place and text of the first cell among some texts


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
    import pyarrow

    from selenite.table import functions

    encoded = functions.dictionary_encode(cells.combine_chunks())
    codes = numpy_of(encoded.indices).astype(np.int32)
    written = encoded.dictionary
    texts = functions.trim_whitespace(written)
    counts = np.bincount(codes, minlength=len(texts))
    label = called(name, position)
    declared = {text.strip() for text in options.missing} | _same_numbers(texts, options)
    gaps = functions.matches(texts, _one_of((*MISSING, *declared)))  # pyarrow.array would import pandas
    kept = [text for text in categories or () if text.strip() in MISSING and text.strip() not in declared]
    if kept:
        gaps = functions.both(gaps, functions.invert(functions.matches(written, _one_of(kept))))
    text_gaps = gaps
    if options.not_missing:
        not_missing = _one_of([text.strip() for text in options.not_missing])
        text_gaps = functions.both(gaps, functions.invert(functions.matches(texts, not_missing)))
        if categories is not None:
            gaps = text_gaps
    missing = numpy_of(gaps)
    present = functions.keep(texts, functions.invert(gaps))
    as_written = functions.keep(written, functions.invert(gaps))

    def offender(wrong: NDArray[np.bool_]) -> tuple[str, str]:
        """Return place and text of the first cell among the given present values."""
        among = np.zeros(len(texts), dtype=bool)
        among[np.flatnonzero(~missing)[wrong]] = True
        row = int(np.argmax(among[codes]))
        return where(row), shown(texts[int(codes[row])].as_py())

    def spread(values: NDArray[Any], gap: Any) -> NDArray[Any]:
        """Return the value of every row from those of the different texts."""
        lookup = np.full(len(texts), gap, dtype=values.dtype)
        lookup[~missing] = values
        return np.asarray(lookup[codes])

    def as_text(gaps: Any = gaps) -> Text:
        """Return the cells as they are written."""
        missing, kept = numpy_of(gaps), functions.keep(written, functions.invert(gaps))
        recoded = np.full(len(texts), -1, dtype=np.int32)
        recoded[~missing] = np.arange(len(kept))
        return Text(recoded[codes], tuple(kept.to_pylist()))

    def done(column: Column, *notices: str) -> tuple[Column, list[str], set[str]]:
        """Return a column, with the cells read as missing told before its own notices, and what of `missing` it met."""
        gone = [str(written[i]) for i in np.flatnonzero(numpy_of(text_gaps if isinstance(column, Text) else gaps))]
        count_of = dict(zip(written.to_pylist(), counts, strict=True)) if gone else {}
        told = [
            f"{label}: {count_of[text]:,} cell{'s' if count_of[text] > 1 else ''} {shown(text)} read as missing"
            for text in gone
            if text
        ]
        return column, [*told, *notices], _met(gone, options)

    if not len(present):
        kept_texts = text_gaps is not gaps and not numpy_of(text_gaps).all()
        return done(as_text(text_gaps) if kept_texts else Numbers(np.full(len(codes), np.nan)))
    weight = counts[~missing] / counts[~missing].sum()
    logical = _logical(present)
    if logical is not None:
        own = set(as_written.to_pylist()) <= {"true", "false"}
        return done(Numbers(spread(logical, np.nan), "bool", None if own else as_text()))
    numerals = plain_numerals(present, options)
    is_number = matching(numerals, f"^{PLAIN}$")
    infinite = matching(numerals, r"^(?i)[+-]?inf(inity)?$")
    if (is_number | infinite).all():
        values = numpy_of(functions.cast(numerals, pyarrow.float64()))
        finite = np.isfinite(values)
        whole = not matching(numerals, r"[.eE]").any()
        leading_zeros = matching(numerals, r"^[+-]?0\d") & whole
        if not finite.all():
            if categories is None:
                place, cell = offender(~finite)
                raise TableError(
                    f"{place}: {label} holds {cell}, which is not finite. Correct it or add --missing {cell}"
                )
        elif leading_zeros.any():
            remark = f"{label} is kept as text, not numbers: it has leading zeros ({offender(leading_zeros)[1]})"
            return done(as_text(text_gaps), remark)
        else:
            large = bool(np.abs(values).max() >= EXACT)
            type = "int" if whole else "float"
            may_be_classes = bool((values == np.round(values)).all())
            own = not may_be_classes or (not large and bool(matching(as_written, _OWN[type]).all()))
            return done(Numbers(spread(values, np.nan), type, None if own else as_text()))
    elif categories is None:
        moments, zoned = moments_of(present, options)
        good = ~np.isnat(moments)
        if good.all():
            _refuse_mixed_zones(zoned, label, offender)
            return done(Dates(spread(moments, np.datetime64("NaT")), bool(zoned.any())))
        _refuse_dates(present, good, options, label, weight, offender)
        notation = other_notation(present, options)
        alike = is_number | matching(present, f"^{PLAIN}$")
        if notation is not None:
            _refuse_notation(notation, is_number, label, offender)
            alike |= notation.read
        share = float(weight[is_number].sum())
        if share >= MISTAKE_SHARE and len(present) > FEW_VALUES:
            place, cell = offender(~is_number)
            raise TableError(
                f"{place}: {label} holds numbers but here {cell}. Correct it, {_or_missing(cell)}or see {_OF_NUMBERS}"
            )
        if share >= MISTAKE_SHARE or alike.mean() > MAJORITY:
            remedy = f"see {_OF_NUMBERS}"
            if notation is not None:
                remedy = f"add {notation.options}" if notation.options else "write it as a plain number"
            return done(as_text(text_gaps), _read_as_text(label, "numbers", alike, is_number, weight, offender, remedy))
        for kind, alike in (("dates", good | matching(present, DATE)), ("times", matching(present, TIME))):
            if alike.mean() > MAJORITY:
                formats = () if options.date_format else formats_of(present)
                remedy = f"add {_date_format(formats)}" if formats else "see --date-format"
                return done(as_text(text_gaps), _read_as_text(label, kind, alike, good, weight, offender, remedy))
    return done(as_text(text_gaps))


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


def _one_of(texts: Collection[str]) -> str:
    """Return the pattern of some texts, blanks at an end left out."""
    return f"^({'|'.join(re.escape(text) for text in texts)})$"


def _same_numbers(texts: Any, options: ReadOptions) -> set[str]:
    """Return those of a column's texts that spell a number which `missing` names, if the column holds numbers."""
    wanted = {number_of(text, options) for text in options.missing} - {None}
    if not wanted:
        return set()
    is_number = matching(plain_numerals(texts, options), f"^{PLAIN}$")
    if not (is_number | matching(texts, _one_of((*MISSING, *(text.strip() for text in options.missing))))).all():
        return set()
    return {text for text in texts.to_pylist() if number_of(text, options) in wanted}


def _met(gone: Collection[str], options: ReadOptions) -> set[str]:
    """Return which texts of `missing` are among the cells that are gone, as a text or as a number."""
    if not options.missing:
        return set()
    texts = {text.strip() for text in gone}
    numbers = {number_of(text, options) for text in texts} - {None}
    return {text for text in options.missing if text.strip() in texts or number_of(text, options) in numbers}


def _logical(texts: Any) -> NDArray[np.float64] | None:
    """Return true and false as 1 and 0, or None if there is any other text."""
    if len(texts) > 6:
        return None
    lower = [text.lower() for text in texts.to_pylist()]
    return np.array([float(text == "true") for text in lower]) if set(lower) <= {"true", "false"} else None


def _refuse_mixed_zones(zoned: NDArray[np.bool_], label: str, offender: Offender) -> None:
    """Refuse times of which some have a zone and some have not: how far apart they are, nobody knows."""
    if zoned.any() and not zoned.all():
        (place, text), (_, other) = offender(zoned), offender(~zoned)
        raise TableError(
            f"{place}: {label} holds times with a zone, such as {text}, and without one, such as {other}. "
            f"Write all with their zone, or all without"
        )


def _refuse_dates(
    texts: Any,
    good: NDArray[np.bool_],
    options: ReadOptions,
    label: str,
    weight: NDArray[np.float64],
    offender: Offender,
) -> None:
    """Refuse dates with a mistake among them, and such as only --date-format reads."""
    alike = matching(texts, DATE)
    iso = matching(texts, ISO)
    only_dates = bool((good | alike).all())
    formats = formats_of(texts) if only_dates and not iso.all() and not options.date_format else ()
    if formats:
        place, text = offender(~iso)
        raise TableError(f"{place}: {label} holds dates written as {text}. Add {_date_format(formats)}")
    if iso.all() or (only_dates and good.any()) or weight[good].sum() >= MISTAKE_SHARE:
        place, text = offender(~good)
        hint = "is no date such as 2026-12-31. Correct it"
        if options.date_format:
            hint = f"does not fit --date-format {shown(options.date_format)}. Correct one of them"
        raise TableError(f"{place}: {label} holds dates, but {text} {hint} or add --missing {text}")


def _date_format(formats: tuple[str, ...]) -> str:
    """Return the option that reads dates, and what else it may have to be."""
    return " or ".join(f'--date-format "{one}"' for one in formats)


def _refuse_notation(notation: Notation, read: NDArray[np.bool_], label: str, offender: Offender) -> None:
    """Refuse numbers in a notation that options would read."""
    if notation.read.all() and notation.options and not notation.doubtful:
        place, text = offender(~read)
        accountants = ", as accountants write numbers below 0" if text.startswith('"(') else ""
        raise TableError(f"{place}: {label} holds numbers written as {text}{accountants}. Add {notation.options}")


def _or_missing(cell: str) -> str:
    """Return the advice to let a cell be missing, none for what may be a number in another notation."""
    return "" if may_be_number(cell[1:-1]) else f"add --missing {cell} if it means missing, "


def _read_as_text(
    label: str,
    kind: str,
    alike: NDArray[np.bool_],
    read: NDArray[np.bool_],
    weight: NDArray[np.float64],
    offender: Offender,
    remedy: str,
) -> str:
    """Say of a column of text that most of it looks like numbers or dates, and which text is in the way."""
    in_the_way = ~read if alike.all() else ~alike
    place, cell = offender(np.arange(len(weight)) == np.argmax(weight * in_the_way))
    what = (
        f"cannot be read as such; {remedy}"
        if alike.all()
        else f"is none; {_or_missing(cell) or 'correct it, '}or {remedy}"
    )
    return f"{label} is read as text, though {weight[alike].sum():.0%} of it looks like {kind}: {cell} ({place}) {what}"
