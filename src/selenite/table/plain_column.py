"""Reads a short column of plain numbers or words at once; the patterns of `text_column` would take far longer."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from selenite.table.missing import MISSING
from selenite.table.schema import ReadOptions
from selenite.table.table import EXACT, Numbers, Text
from selenite.table.written_dates import is_packed

MOST_ROWS = 2000  # of more, the patterns take no longer than the cells
_WHOLE = re.compile(r"(?:(?:0|-?[1-9][0-9]*+)?\n)*+")
_DECIMAL = re.compile(r"(?:(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?)?\n)*+")
_WORDS = re.compile(r"(?:(?:[^\W\d_](?:[^\d\n]*[^\W\d_])?)?\n)*+")  # that begin and end with a letter, without digits
_OTHERWISE = "|".join(re.escape(text) for text in (*MISSING, "true", "false", "inf", "infinity") if text)
_MEANT_OTHERWISE = re.compile(f"(?im)^(?:{_OTHERWISE})$")  # `text_column` reads these
_DAYS = 19000101, 20991231  # numbers as days, which `text_column` tells apart


def plain_column(cells: Any, options: ReadOptions) -> Numbers | Text | None:
    """Return an array of strings as `column_of_texts` does, with no need of notices; None where that has to decide."""
    if len(cells) > MOST_ROWS or options.decimal != "." or options.thousands or options.strip or options.missing:
        return None
    if is_packed(options.date_format):
        return None
    import pyarrow

    from selenite.table import functions

    texts = functions.cast(cells, pyarrow.string()).to_pylist()  # of a dictionary, it would take longer
    lines = "\n".join(texts) + "\n"
    if len(lines) == len(texts) or lines.count("\n") > len(texts):  # no cell at all; a cell of several lines
        return None
    points = "." in lines
    if _DECIMAL.fullmatch(lines) if points else _WHOLE.fullmatch(lines):
        return _numbers(texts, points)
    if _WORDS.fullmatch(lines) and not _MEANT_OTHERWISE.search(lines):
        different = {text: code for code, text in enumerate(filter(None, dict.fromkeys(texts)))}
        return Text(np.array([different.get(text, -1) for text in texts], dtype=np.int32), tuple(different))
    return None


def _numbers(texts: list[str], points: bool) -> Numbers | None:
    """Return numbers, unless digits are lost, or 1.0 may be the name of a class."""
    values = np.array([float(text) if text else np.nan for text in texts])
    present = values[~np.isnan(values)]
    if not points and present.min() >= _DAYS[0] and present.max() <= _DAYS[1]:
        return None
    if np.abs(present).max() >= EXACT or (points and (present == np.round(present)).all()):
        return None
    return Numbers(values, "float" if points else "int")
