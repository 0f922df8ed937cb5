"""What means that a value is missing: usual texts, and the texts and numbers that the user names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from selenite.errors import OptionError
from selenite.table.numerals import number_of
from selenite.table.schema import ReadOptions
from selenite.table.table import Dates, Finding, Numbers, Table, Text, called
from selenite.text import counted, shown

MISSING = (
    *("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "#NA", "<NA>", "NaT"),
    *("-NaN", "-nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "#N/A N/A"),
)


def check_missing(options: ReadOptions) -> None:
    """Raise if a text is to mean missing and not to."""
    if both := {text.strip() for text in options.missing} & {text.strip() for text in options.not_missing}:
        text = shown(min(both))
        raise OptionError(f"--missing {text} and --not-missing {text} contradict each other; leave one of them out")


def met(gone: Collection[str], options: ReadOptions) -> set[str]:
    """Return which texts of `missing` are among the cells that are gone, as a text or as a number."""
    if not options.missing:
        return set()
    texts = {text.strip() for text in gone}
    numbers = {number_of(text, options) for text in texts} - {None}
    return {text for text in options.missing if text.strip() in texts or number_of(text, options) in numbers}


def unmet(options: ReadOptions, met: Collection[str]) -> list[Finding]:
    """Return each text that `missing` names and no cell holds."""
    return [
        Finding("met no cell", "", f"--missing {shown(text)} met no cell")
        for text in dict.fromkeys(options.missing)
        if text not in met
    ]


def read_as_missing(name: str, label: str, text: str, count: int) -> Finding:
    """Say that cells with a text were read as missing."""
    return Finding("read as missing", name, f"{label}: {counted(count, 'cell')} {shown(text)} read as missing")


def with_gaps(table: Table, options: ReadOptions) -> tuple[Table, Counter[tuple[str, str]]]:
    """Return a table that was no text file with what `missing` names made missing, and in how many cells.

    The cells are counted by text and column.
    """
    columns, gone = list(table.columns), Counter[tuple[str, str]]()
    for text in dict.fromkeys(options.missing):
        number = number_of(text, options)
        for i, column in enumerate(columns):
            if isinstance(column, Text):
                found = np.array([value.strip() == text.strip() for value in (*column.values, "")])[column.codes]
                columns[i] = replace(column, codes=np.where(found, -1, column.codes).astype(np.int32))
            elif isinstance(column, Numbers) and number is not None:
                found = column.values == number
                columns[i] = replace(column, values=np.where(found, np.nan, column.values))
            elif isinstance(column, Dates) and (day := _moment_of(text)) is not None:
                found = column.values == day
                columns[i] = replace(column, values=np.where(found, np.datetime64("NaT", "us"), column.values))
            else:
                continue
            if count := int(found.sum()):
                gone[text, table.names[i]] += count
    return replace(table, columns=tuple(columns)), gone


def read_as_missing_by(options: ReadOptions, names: Sequence[str], gone: Counter[tuple[str, str]]) -> list[Finding]:
    """Say which cells `with_gaps` made missing, in the order of the texts and of the columns."""
    return [
        read_as_missing(name, called(name), text, gone[text, name])
        for text in dict.fromkeys(options.missing)
        for name in names
        if gone[text, name]
    ]


def _moment_of(text: str) -> np.datetime64 | None:
    """Return the moment that a text names in ISO 8601, as times are shown; None for any other text."""
    try:
        return np.datetime64(text.strip(), "us") if re.match(r"\d{4}-\d\d-\d\d", text.strip()) else None
    except ValueError:
        return None
