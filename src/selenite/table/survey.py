"""What a column of a text file holds as a whole, told from its pieces in little memory.

A column is numbers only if all of its cells are, so no piece can tell it. What `infer` asks of the different texts of a
column (are all numbers, does one have a point, which is the first that is no date) it asks of their forms alone. So the
first texts of each form stand for the others, whose cells are counted with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from selenite.table import arrow
from selenite.table.arrow import matching, numpy_of
from selenite.table.dates import ISO, PACKED_DAY, is_packed, moments_of
from selenite.table.distinct import DistinctTexts
from selenite.table.infer import OWN, column_like, infer_by_patterns
from selenite.table.missing import MISSING
from selenite.table.numerals import PLAIN, number_of, plain_numerals, plain_values
from selenite.table.schema import ReadOptions
from selenite.table.table import EXACT, Column, Finding
from selenite.types import Indices

MOST_OF_A_FORM = 2_000  # different texts that are kept; what is told of shares of them is a guess beyond
_MAY_BE_MISSING = -1  # a form of which all texts are kept


@dataclass(frozen=True)
class Reading:
    """How the cells of a column become values, whatever piece they stand in."""

    like: Column  # of the type that all of it has
    gaps: frozenset[str]  # the texts that mean missing

    def column(self, cells: Any, name: str, position: int, options: ReadOptions, where: Callable[[int], str]) -> Column:
        """Return a pyarrow array of strings, some cells of the column, as values."""
        return column_like(self.like, DistinctTexts(cells, name, position, options, where, None, self.gaps))


class ColumnSurvey:
    """A column of a text file, piece by piece; `categories` are as `infer_column` takes them."""

    def __init__(self, name: str, position: int, options: ReadOptions, categories: Collection[str] | None) -> None:
        self.name, self.position, self.options, self.categories = name, position, options, categories
        self._rows: dict[str, int] = {}  # of each text that is kept the first row
        self._counts = Counter[str]()
        self._of_form = Counter[int]()  # how many texts of each form are kept, and the first of them
        self._first: dict[int, str] = {}

    def add(self, cells: Any, first_row: int) -> None:
        """Take the cells of a piece, a pyarrow array of strings, of which the first stands in a row."""
        texts = DistinctTexts(cells, self.name, self.position, self.options, str, self.categories)
        rows = np.zeros(len(texts.written), dtype=np.intp)
        rows[texts.codes[::-1]] = np.arange(first_row + len(texts.codes) - 1, first_row - 1, -1)  # the first one stays
        forms = _forms(texts)
        for form in np.unique(forms).tolist():
            of_form, kept = np.flatnonzero(forms == form), self._of_form[form]
            most = 0 if kept >= MOST_OF_A_FORM else MOST_OF_A_FORM
            if form == _MAY_BE_MISSING:
                most = len(of_form)
            if most:
                of_form = of_form[np.argsort(rows[of_form])]
            for text, i in zip(
                arrow.take(texts.written, of_form[:most]).to_pylist(), of_form[:most].tolist(), strict=True
            ):
                self._take(form, text, int(texts.counts[i]), int(rows[i]))
            if len(of_form) > most:
                self._counts[self._first[form]] += int(texts.counts[of_form[most:]].sum())

    def _take(self, form: int, text: str, count: int, row: int) -> None:
        if text not in self._rows:
            if form != _MAY_BE_MISSING and self._of_form[form] >= MOST_OF_A_FORM:
                text = self._first[form]
            else:
                self._rows[text] = row
                self._first.setdefault(form, text)
                self._of_form[form] += 1
        self._counts[text] += count

    def reading(self, where: Callable[[int], str]) -> tuple[Reading, list[Finding], set[str]]:
        """Return how to read the column, and what `infer_column` says of it and of `missing`."""
        import pyarrow

        kept = sorted(self._rows, key=self._rows.__getitem__)
        rows = [self._rows[text] for text in kept]
        texts = DistinctTexts(
            pyarrow.array(kept, pyarrow.string()),
            self.name,
            self.position,
            self.options,
            lambda i: where(rows[i]),
            self.categories,
        )
        texts.counts = np.array([self._counts[text] for text in kept], dtype=np.int64)
        column, findings, met = infer_by_patterns(texts)
        return Reading(column, frozenset(texts.read_as_missing(column))), findings, met


def _forms(texts: DistinctTexts) -> Indices:
    """Return the form of each text: bits that say what can be asked of it, all that `infer` looks at."""
    options = texts.options
    if (forms_of_numbers := _forms_of_plain_numbers(texts)) is not None:
        return forms_of_numbers
    numerals = plain_numerals(texts.texts, options)
    is_number = matching(numerals, f"^{PLAIN}$")
    forms = np.zeros(len(is_number), dtype=np.intp)
    may_be_missing = texts.missing.copy()
    if is_number.any():
        values = numpy_of(arrow.cast(arrow.keep(numerals, is_number), "float64"))
        forms[is_number] = 1
        whole = is_number.copy()
        whole[is_number] = values == np.round(values)
        if whole.any():  # what is not has a point or an exponent, and is the name of no class
            forms[whole] = 2 + 4 * _whole_forms(texts, numerals, whole, values)
        wanted = [number for text in options.missing if (number := number_of(text, options)) is not None]
        may_be_missing[is_number] |= np.isin(values, wanted)
    may_be_day = np.ones(len(forms), dtype=bool) if is_packed(options.date_format) else ~is_number
    days = arrow.keep(texts.texts, may_be_day)
    if len(days) and (options.date_format or matching(days, ISO).any()):
        moments, zoned = moments_of(days, options)
        forms[may_be_day] += (~np.isnat(moments) + 2 * zoned) << 10
    forms[may_be_missing] = _MAY_BE_MISSING
    return forms


def _forms_of_plain_numbers(texts: DistinctTexts) -> Indices | None:
    """Return the same where all texts are numbers as they stand, or gaps; quicker, or None where they are not."""
    if texts.may_be_any_text or texts.options.missing or is_packed(texts.options.date_format):
        return None
    gaps = arrow.among(texts.written, MISSING)
    values = plain_values(arrow.keep(texts.written, ~gaps), texts.options)
    if values is None:
        return None
    forms = np.where(gaps, _MAY_BE_MISSING, 1)
    whole = ~gaps
    whole[whole] = values == np.round(values)
    if whole.any():
        forms[whole] = 2 + 4 * _whole_forms(texts, texts.texts, whole, values)
    return forms


def _whole_forms(texts: DistinctTexts, numerals: Any, whole: Any, values: Any) -> Indices:
    """Return the bits of the texts that are whole numbers."""
    numerals, trimmed, written = (arrow.keep(one, whole) for one in (numerals, texts.texts, texts.written))
    values = values[values == np.round(values)]
    asked = (
        matching(numerals, r"[.eE]"),
        matching(numerals, r"^[+-]?0\d"),
        matching(trimmed, PACKED_DAY),
        matching(written, OWN["int"]),
        matching(written, OWN["float"]),
        np.abs(values) >= EXACT,
        ~np.isfinite(values),
    )
    forms: Indices = np.sum([answer.astype(np.intp) << bit for bit, answer in enumerate(asked)], axis=0)
    return forms
