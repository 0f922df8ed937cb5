"""Text as a cell of a CSV file, so that whoever reads the file gets the same text back."""

from __future__ import annotations

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMERAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def cell(text: str) -> str:
    """Return text as a CSV cell: in quotes if it holds a comma, a quote or a line break, or has blanks at an end."""
    if text == text.strip() and not any(mark in text for mark in ',"\r\n'):
        return text
    return f'"{text.replace(chr(34), chr(34) * 2)}"'


def spreadsheet_safe(text: str) -> str:
    """Return text with an apostrophe before it if a spreadsheet would run it as a formula.

    >>> [spreadsheet_safe(text) for text in ("=1+1", "-danger", "-1.5", "a=b")]
    ["'=1+1", "'-danger", '-1.5', 'a=b']
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMERAL.fullmatch(text) else text
