"""Decides what a column of text holds, looking at all of it: numbers, dates, or really text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from selenite.arrays import NDArray
from selenite.errors import OptionError, TableError, shown
from selenite.table.arrow import numpy_of
from selenite.table.schema import ReadOptions
from selenite.table.table import EXACT, Column, Dates, Numbers, Text, called

MISSING = (
    *("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "#NA", "<NA>", "NaT"),
    *("-NaN", "-nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "#N/A N/A"),
)
MISTAKE_SHARE = 0.9  # from this share of numbers on, the other texts are taken for mistakes ...
FEW_VALUES = 20  # ... unless there are only this many different values: then for categories
MAJORITY = 0.5  # with more of the different texts numbers or dates, a column of text is worth a note

_OWN = {"int": r"^(0|-?[1-9]\d*)$", "float": r"^(0|-?[1-9]\d*)\.0$"}  # as `number_text` and `repr` write whole numbers
_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$"
_LOOKALIKES = (  # pattern, the mark that shows it is meant, remedy
    (r"^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?$", ",", '--thousands ","'),
    (r"^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$", ",", '--decimal ","'),
    (r"^[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d*)?$", ",", '--decimal "," --thousands "."'),
    (r"^[+-]?\d{1,3}([ '’\x{00a0}\x{202f}]\d{3})*(\.\d*)?$", "", "--thousands with the mark between the digits"),
    (r"^[+-]?[\d.,]+\s*%$|^[+-]?[\d.]+$", "%", '--strip "%"'),
    (r"^[+-]?\s*[$€£¥]?\s*[+-]?[\d.,]*\d[\d.,]*\s*[$€£¥]?$", "$€£¥", "--strip"),
)
_OTHER_DATE = r"^\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})([ T]\d{1,2}:\d{2}(:\d{2})?)?$|^\d{4}[/.]\d{1,2}[/.]\d{1,2}$"


def column_of_texts(
    cells: Any,
    name: str,
    position: int,
    options: ReadOptions,
    where: Callable[[int], str],
    categories: Collection[str] | None,
) -> tuple[Column, list[str]]:
    """Return a pyarrow chunked array of strings as a column, with notices.

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
    spellings = "|".join(re.escape(text.strip()) for text in (*MISSING, *options.missing))
    gaps = functions.matches(texts, f"^({spellings})$")  # pyarrow.array would import pandas
    declared = {text.strip() for text in options.missing}
    known = [re.escape(text) for text in categories or () if text.strip() in MISSING and text.strip() not in declared]
    if known:
        gaps = functions.both(gaps, functions.invert(functions.matches(written, f"^({'|'.join(known)})$")))
    missing = numpy_of(gaps)
    notices = [
        f"{label}: {counts[i]:,} cell{'s' if counts[i] > 1 else ''} {shown(written[i].as_py())} read as missing"
        for i in np.flatnonzero(missing)
        if written[i].as_py()
    ]
    present = functions.keep(texts, functions.invert(gaps))
    as_written = functions.keep(written, functions.invert(gaps))
    if not len(present):
        return Numbers(np.full(len(codes), np.nan)), notices

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

    def as_text() -> Text:
        """Return the cells as they are written."""
        recoded = np.full(len(texts), -1, dtype=np.int32)
        recoded[~missing] = np.arange(len(as_written))
        return Text(recoded[codes], tuple(as_written.to_pylist()))

    weight = counts[~missing] / counts[~missing].sum()
    logical = _logical(present)
    if logical is not None:
        own = set(as_written.to_pylist()) <= {"true", "false"}
        return Numbers(spread(logical, np.nan), "bool", None if own else as_text()), notices
    numerals = _plain_numerals(present, options)
    is_number = _matches(numerals, f"^{_PLAIN}$")
    infinite = _matches(numerals, r"^(?i)[+-]?inf(inity)?$")
    if (is_number | infinite).all():
        values = numpy_of(functions.cast(numerals, pyarrow.float64()))
        finite = np.isfinite(values)
        whole = not _matches(numerals, r"[.eE]").any()
        leading_zeros = _matches(numerals, r"^[+-]?0\d") & whole
        if not finite.all():
            if categories is None:
                place, cell = offender(~finite)
                raise TableError(
                    f"{place}: {label} holds {cell}, which is not finite. Correct it or add --missing {cell}"
                )
        elif leading_zeros.any():
            notices.append(f"{label} is kept as text, not numbers: it has leading zeros ({offender(leading_zeros)[1]})")
        else:
            large = bool(np.abs(values).max() >= EXACT)
            if whole and large:
                notices.append(f"{label} holds whole numbers beyond 2^53, which lose digits; is it an identifier?")
            type = "int" if whole else "float"
            may_be_classes = bool((values == np.round(values)).all())
            own = not may_be_classes or (not large and bool(_matches(as_written, _OWN[type]).all()))
            return Numbers(spread(values, np.nan), type, None if own else as_text()), notices
    elif categories is None:
        moments = _moments(present, options)
        if not np.isnat(moments).any():
            return Dates(spread(moments, np.datetime64("NaT"))), notices
        _refuse_dates(present, moments, options, label, weight, offender)
        _refuse_lookalikes(present, label, offender)
        share = float(weight[is_number].sum())
        if share >= MISTAKE_SHARE and len(present) > FEW_VALUES:
            place, cell = offender(~is_number)
            raise TableError(
                f"{place}: {label} holds numbers but here {cell}. Correct it, add --missing {cell} if it "
                f"means missing, or see --decimal, --thousands and --strip"
            )
        alike = is_number | _like_numbers(present)
        if share >= MISTAKE_SHARE or alike.mean() > MAJORITY:
            notices.append(_read_as_text(label, "numbers", alike, is_number, weight, offender))
        elif (alike := ~np.isnat(moments) | _matches(present, f"{_ISO}|{_OTHER_DATE}")).mean() > MAJORITY:
            notices.append(_read_as_text(label, "dates", alike, ~np.isnat(moments), weight, offender))
    return as_text(), notices


def look_like(texts: Collection[str]) -> str:
    """Return what most of some texts look like: "numbers", "dates", or "" for neither, as for codes with leading zeros.

    >>> look_like(["3.5", "?", "12", "7"]), look_like(["2026-01-31", "31/01/2026"]), look_like(["01099", "10117"])
    ('numbers', 'dates', '')
    """
    for kind, pattern in (("numbers", rf"^(?!0\d){_PLAIN}$"), ("dates", f"{_ISO}|{_OTHER_DATE}")):
        alike = [re.search(pattern, text.strip()) is not None for text in texts]
        if sum(alike) > MAJORITY * len(alike) and not any(re.search(r"^0\d+$", text.strip()) for text in texts):
            return kind
    return ""


def _matches(texts: Any, pattern: str) -> NDArray[np.bool_]:
    from selenite.table import functions

    return numpy_of(functions.matches(texts, pattern))


def _logical(texts: Any) -> NDArray[np.float64] | None:
    """Return true and false as 1 and 0, or None if there is any other text."""
    if len(texts) > 6:
        return None
    lower = [text.lower() for text in texts.to_pylist()]
    return np.array([float(text == "true") for text in lower]) if set(lower) <= {"true", "false"} else None


def _plain_numerals(texts: Any, options: ReadOptions) -> Any:
    """Return texts with the options' marks removed, so that numbers are written 1234.5."""
    from selenite.table import functions

    if part := "".join(c for c in options.strip if c in f"0123456789{options.decimal}"):
        raise OptionError(f"--strip {shown(options.strip)} would change numbers; leave {part} out")
    if options.strip:
        marks = rf"[\s\p{{Z}}{''.join(re.escape(c) for c in options.strip)}]*"
        texts = functions.replace_matches(texts, rf"^{marks}([+-]?){marks}|{marks}$", r"\1")  # -$5 is -5, 1$5 no number
    if options.decimal == options.thousands or len(options.decimal) != 1:
        raise OptionError("--decimal must be one character, and another one than --thousands")
    point, mark = re.escape(options.decimal), re.escape(options.thousands)
    if options.thousands:
        grouped = rf"^([+-]?\d{{1,3}})((?:{mark}\d{{3}})+)((?:{point}\d*)?)$"
        whole = functions.matches(texts, grouped)
        texts = functions.if_else(whole, functions.replace(texts, options.thousands, ""), texts)
    if options.decimal != ".":
        texts = functions.replace(texts, ".", "·")  # no longer a number
        texts = functions.replace(texts, options.decimal, ".")
    return texts


def _moments(texts: Any, options: ReadOptions) -> NDArray[np.datetime64]:
    """Return texts as moments, in the format given or else in ISO 8601; NaT where they are none."""
    import pyarrow

    from selenite.table import functions

    moments = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    if options.date_format:
        try:
            parsed = functions.parse_moments(texts, options.date_format)
        except pyarrow.ArrowInvalid as error:
            raise OptionError(f"--date-format {shown(options.date_format)}: {error}") from None
        moments[numpy_of(parsed.is_valid())] = numpy_of(functions.keep(parsed, parsed.is_valid()))
        if not np.isnat(moments).any():
            return moments
    iso = functions.matches(texts, _ISO)
    moments[numpy_of(iso)] = _cast_moments(functions.keep(texts, iso))
    return moments


def _refuse_dates(
    texts: Any,
    moments: NDArray[np.datetime64],
    options: ReadOptions,
    label: str,
    weight: NDArray[np.float64],
    offender: Callable[[NDArray[np.bool_]], tuple[str, str]],
) -> None:
    """Refuse dates with a mistake among them, and such as only --date-format reads."""
    good, iso, other = ~np.isnat(moments), _matches(texts, _ISO), _matches(texts, _OTHER_DATE)
    only_dates = bool((good | iso | other).all())
    if only_dates and other.any() and not options.date_format:
        place, text = offender(other)
        raise TableError(f'{place}: {label} holds dates written as {text}. Add --date-format, such as "%d/%m/%Y"')
    if iso.all() or (only_dates and good.any()) or weight[good].sum() >= MISTAKE_SHARE:
        place, text = offender(~good)
        hint = "is no date such as 2026-12-31. Correct it"
        if options.date_format:
            hint = f"does not fit --date-format {shown(options.date_format)}. Correct one of them"
        raise TableError(f"{place}: {label} holds dates, but {text} {hint} or add --missing {text}")


def _cast_moments(texts: Any) -> NDArray[np.datetime64]:
    """Return ISO texts as moments (those with a zone in UTC), NaT where there is no such moment."""
    import pyarrow

    from selenite.table import functions

    moments = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    has_zone = functions.matches(texts, r":\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
    for chosen, zone in ((functions.invert(has_zone), None), (has_zone, "UTC")):
        part = functions.replace_matches(functions.keep(texts, chosen), r"(\.\d{6})\d+", r"\1")
        rows = np.flatnonzero(numpy_of(chosen))
        try:
            moments[rows] = numpy_of(functions.cast(part, pyarrow.timestamp("us", zone)))
        except pyarrow.ArrowInvalid:  # such as 2026-02-30: find out which
            for i, row in enumerate(rows):
                try:
                    moments[row] = numpy_of(functions.cast(part.slice(i, 1), pyarrow.timestamp("us", zone)))[0]
                except pyarrow.ArrowInvalid:
                    continue
    return moments


def _refuse_lookalikes(texts: Any, label: str, offender: Callable[[NDArray[np.bool_]], tuple[str, str]]) -> None:
    """Refuse numbers in a spelling that an option would read."""
    for alike, odd, marks, remedy in _lookalikes(texts):
        if alike.all():
            place, text = offender(odd)
            if remedy == "--strip":
                remedy += f' "{"".join(c for c in marks if c in "".join(texts.to_pylist()))}"'
            raise TableError(f"{place}: {label} holds numbers written as {text}. Add {remedy}")


def _like_numbers(texts: Any) -> NDArray[np.bool_]:
    """Return which texts are numbers, written plainly or in the spelling that most of them have."""
    plain = _matches(texts, f"^{_PLAIN}$")
    return next((plain | alike for alike, *_ in _lookalikes(texts) if alike.mean() > MAJORITY), plain)


def _lookalikes(texts: Any) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_], str, str]]:
    """Give for each spelling that occurs the texts that fit it, those that plain numbers do not, marks and remedy."""
    for pattern, marks, remedy in _LOOKALIKES:
        alike = _matches(texts, pattern)
        odd = alike & (_matches(texts, f"[{marks}]") if marks else ~_matches(texts, f"^{_PLAIN}$"))
        if odd.any():
            yield alike, odd, marks, remedy


def _read_as_text(
    label: str,
    kind: str,
    alike: NDArray[np.bool_],
    read: NDArray[np.bool_],
    weight: NDArray[np.float64],
    offender: Callable[[NDArray[np.bool_]], tuple[str, str]],
) -> str:
    """Say of a column of text that most of it looks like numbers or dates, and which text is in the way."""
    in_the_way = ~read if alike.all() else ~alike
    place, cell = offender(np.arange(len(weight)) == np.argmax(weight * in_the_way))
    see = "see --date-format" if kind == "dates" else "see --decimal, --thousands and --strip"
    what = (
        f"cannot be read as such; {see}" if alike.all() else f"is none; add --missing {cell} if it is missing, or {see}"
    )
    return f"{label} is read as text, though {weight[alike].sum():.0%} of it looks like {kind}: {cell} ({place}) {what}"
