"""Text for a terminal: names from files, figures with their intervals; and JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from selenite.errors import shown
from selenite.table.words import figure_texts

__all__ = ["counted", "figure_texts", "figures_table", "json_text", "path_text", "plain", "sentence"]

_encode = json.JSONEncoder(allow_nan=False).encode


def plain(text: str, limit: int = 200) -> str:
    """Return a name from a file as a terminal may show it, a long one with an ellipsis for its end."""
    return shown(text, limit)[1:-1]


def json_text(value: Any) -> str:
    """Return a value as JSON on one line; a number that is not finite, which JSON cannot write, is null."""
    try:
        return _encode(value)
    except ValueError:
        return _encode(_finite(value))


def path_text(path: str) -> str:
    r"""Return a path as JSON can hold it: bytes that are no text, which Python keeps as halves of characters, escaped.

    >>> path_text("caf\udce9")
    'caf\\udce9'
    """
    return path.encode(errors="backslashreplace").decode()


def _finite(value: Any) -> Any:
    """Return a value with None for each number inside that is not finite."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def sentence(text: str) -> str:
    """Return text that begins with a capital, unless it begins with a file's name."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text


def counted(count: int, noun: str) -> str:
    """Return how many there are: "1 row", "2,000 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def figures_table(figures: Mapping[str, Sequence[Any]]) -> str:
    """Return the metrics of several models side by side, a row a metric."""
    cells: dict[str, dict[str, str]] = {}  # of each metric: of each model
    for row in [metric.name for metric in next(iter(figures.values()))]:
        found = {name: metric for name, metrics in figures.items() for metric in metrics if metric.name == row}
        cells[row] = dict(zip(found, figure_texts(row, list(found.values())), strict=True))
    width = max(14, *map(len, figures), *(len(text) for row in cells.values() for text in row.values())) + 2
    left = max(14, *map(len, cells)) + 2
    lines = [f"    {'':<{left}}" + "".join(f"{name:>{width}}" for name in figures)]
    lines += [
        f"    {row:<{left}}" + "".join(f"{texts.get(name, ''):>{width}}" for name in figures)
        for row, texts in cells.items()
    ]
    return "\n".join(lines)
