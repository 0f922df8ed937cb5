"""A column of text as the file has it: its different texts, which of them mean missing, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np

from selenite.table import arrow
from selenite.table.arrow import matching, numpy_of
from selenite.table.missing import MISSING
from selenite.table.numerals import PLAIN, number_of, plain_numerals
from selenite.table.schema import ReadOptions
from selenite.table.table import Column, Dates, Numbers, Text, called
from selenite.text import shown
from selenite.types import AnyArray, Floats, Mask, NDArray


class DistinctTexts:
    """The different texts of a column, blanks at their ends left out, and which of them each row holds.

    What `not_missing` names is missing among numbers and dates, but not among texts.
    """

    def __init__(
        self,
        cells: Any,
        name: str,
        position: int,
        options: ReadOptions,
        where: Callable[[int], str],
        categories: Collection[str] | None,
        gaps: Collection[str] | None = None,
    ) -> None:
        """Take a pyarrow array of strings; `where` says in which line a row stands, `gaps` which texts are missing."""
        encoded = arrow.dictionary_encode(cells.combine_chunks() if hasattr(cells, "chunks") else cells)
        self.name, self.label, self.options, self.where = name, called(name, position), options, where
        self.may_be_any_text = categories is not None
        self.codes = numpy_of(encoded.indices).astype(np.int32)
        self.written = encoded.dictionary
        self._categories, self._known_gaps = categories or (), gaps
        self.counts = np.bincount(self.codes, minlength=len(self.written))

    @cached_property
    def texts(self) -> Any:
        """The texts without the blanks at their ends."""
        return arrow.trim_whitespace(self.written)

    @property
    def missing(self) -> Mask:
        """Which texts mean missing among numbers and dates."""
        return self._missing[0]

    @property
    def missing_as_text(self) -> Mask:
        """Which texts mean missing among texts."""
        return self._missing[1]

    @cached_property
    def _missing(self) -> tuple[Mask, Mask]:
        if self._known_gaps is None:
            return self._gaps(self._categories)
        gaps = arrow.among(self.written, self._known_gaps)
        return gaps, gaps

    @cached_property
    def present(self) -> Any:
        """The texts that are not missing among numbers and dates."""
        return arrow.keep(self.texts, ~self.missing)

    @cached_property
    def present_as_written(self) -> Any:
        """The same with the blanks at their ends."""
        return arrow.keep(self.written, ~self.missing)

    @cached_property
    def shares(self) -> Floats:
        """The share of each present text among the cells that hold one."""
        counts = self.counts[~self.missing]
        return np.asarray(counts / counts.sum())

    def first(self, wrong: Mask) -> tuple[str, str]:
        """Return place and text of the first cell that holds one of some present texts."""
        among = np.zeros(len(self.written), dtype=bool)
        among[np.flatnonzero(~self.missing)[wrong]] = True
        row = int(np.argmax(among[self.codes]))
        return self.where(row), shown(self.texts[int(self.codes[row])].as_py())

    def as_numbers(self, values: Floats, type: str, own: bool) -> Numbers:
        """Return the present texts' numbers as a column; `own` says that their values give the same texts again."""
        return Numbers(self._in_rows(values, np.nan), type, None if own else self._text(self.missing))

    def as_dates(self, moments: NDArray[np.datetime64], zoned: Mask) -> Dates:
        """Return the present texts' moments as a column."""
        return Dates(self._in_rows(moments, np.datetime64("NaT", "us")), bool(zoned.any()))

    def as_text(self) -> Text:
        """Return the cells as a column of text."""
        return self._text(self.missing_as_text)

    def _in_rows(self, values: AnyArray, gap: Any) -> AnyArray:
        """Return the value of every row from those of the present texts."""
        of_texts = np.full(len(self.written), gap, dtype=values.dtype)
        of_texts[~self.missing] = values
        return np.asarray(of_texts[self.codes])

    def _text(self, missing: Mask) -> Text:
        codes = np.where(missing, -1, np.cumsum(~missing) - 1).astype(np.int32)
        return Text(codes[self.codes], tuple(compress(self.written.to_pylist(), (~missing).tolist())))

    def read_as_missing(self, column: Column) -> dict[str, int]:
        """Return the texts that are missing in the column that they became, and how many cells hold each."""
        gone = np.flatnonzero(self.missing_as_text if isinstance(column, Text) else self.missing)
        return {str(self.written[int(i)]): int(self.counts[i]) for i in gone}

    def _gaps(self, categories: Collection[str]) -> tuple[Mask, Mask]:
        """Return which texts mean missing among numbers and dates, and which among texts."""
        options = self.options
        declared = {text.strip() for text in options.missing} | self._same_numbers()
        gaps = matching(self.texts, _one_of((*MISSING, *declared)))
        if kept := [text for text in categories if text.strip() in MISSING and text.strip() not in declared]:
            gaps &= ~matching(self.written, _one_of(kept))
        if not options.not_missing:
            return gaps, gaps
        text_gaps = gaps & ~matching(self.texts, _one_of([text.strip() for text in options.not_missing]))
        return (text_gaps if self.may_be_any_text else gaps), text_gaps

    def _same_numbers(self) -> set[str]:
        """Return the texts that spell a number which `missing` names, if the column holds numbers."""
        wanted = {number_of(text, self.options) for text in self.options.missing} - {None}
        if not wanted:
            return set()
        is_number = matching(plain_numerals(self.texts, self.options), f"^{PLAIN}$")
        gap = matching(self.texts, _one_of((*MISSING, *(text.strip() for text in self.options.missing))))
        if not (is_number | gap).all():
            return set()
        return {text for text in self.texts.to_pylist() if number_of(text, self.options) in wanted}


def _one_of(texts: Collection[str]) -> str:
    """Return the pattern of some texts, nothing around them."""
    return f"^({'|'.join(re.escape(text) for text in texts)})$"
