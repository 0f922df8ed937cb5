"""The few of Arrow's functions that reading text needs.

`pyarrow.compute` has them all, but wraps hundreds when it is imported, which takes as long as reading a small file
ten times; these call Arrow by the function's name.
"""

from __future__ import annotations

from typing import Any

from pyarrow._compute import (
    CastOptions,
    MatchSubstringOptions,
    ReplaceSubstringOptions,
    StrptimeOptions,
    call_function,
)


def dictionary_encode(array: Any) -> Any:
    return call_function("dictionary_encode", [array])


def trim_whitespace(texts: Any) -> Any:
    return call_function("utf8_trim_whitespace", [texts])


def invert(mask: Any) -> Any:
    return call_function("invert", [mask])


def both(mask: Any, other: Any) -> Any:
    return call_function("and", [mask, other])


def keep(array: Any, mask: Any) -> Any:
    """Return the values where the mask is true."""
    return call_function("filter", [array, mask])


def if_else(mask: Any, yes: Any, no: Any) -> Any:
    return call_function("if_else", [mask, yes, no])


def cast(array: Any, type: Any) -> Any:
    """Return the array as another type; raise ArrowInvalid where a value does not fit."""
    return call_function("cast", [array], CastOptions.safe(type))


def matches(texts: Any, pattern: str) -> Any:
    """Return which texts contain a match of the regular expression."""
    return call_function("match_substring_regex", [texts], MatchSubstringOptions(pattern))


def replace(texts: Any, substring: str, by: str) -> Any:
    return call_function("replace_substring", [texts], ReplaceSubstringOptions(substring, by))


def replace_matches(texts: Any, pattern: str, by: str) -> Any:
    return call_function("replace_substring_regex", [texts], ReplaceSubstringOptions(pattern, by))


def parse_moments(texts: Any, format: str) -> Any:
    """Return timestamps in µs, null where a text is not written in the format."""
    return call_function("strptime", [texts], StrptimeOptions(format, "us", error_is_null=True))
