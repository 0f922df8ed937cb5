"""Text for a terminal: names from files without control characters, figures with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selenite.errors import shown


def plain(text: str) -> str:
    """Return a name from a file as a terminal may show it."""
    return shown(text, limit=200)[1:-1]


def sentence(text: str) -> str:
    """Return text that begins with a capital."""
    return text[:1].upper() + text[1:]


def figure(value: float, low: float | None = None, high: float | None = None) -> str:
    """Return a figure to three or four digits, and half the width of its interval.

    >>> figure(0.8062, 0.78, 0.83)
    '0.806 ±0.025'
    """
    if value != value or abs(value) == float("inf"):
        return "-"
    decimals = next((n for n, limit in enumerate((1000, 100, 10, 0.01)) if abs(value) >= limit), 4)
    text = f"{value:,.{decimals}f}"
    return text if low is None or high is None else f"{text} ±{(high - low) / 2:,.{decimals}f}"


def argument(text: str) -> str:
    """Return text as an argument on a shell's command line."""
    import shlex

    return shlex.quote(plain(text))


def figures_table(figures: Mapping[str, Sequence[Any]]) -> str:
    """Return the metrics of several models side by side, a row a metric."""
    rows = [metric.name for metric in next(iter(figures.values()))]
    cells = {
        name: {metric.name: figure(metric.value, metric.low, metric.high) for metric in metrics}
        for name, metrics in figures.items()
    }
    width = max(14, *map(len, cells), *(len(text) for column in cells.values() for text in column.values())) + 2
    lines = [f"    {'':<16}" + "".join(f"{name:>{width}}" for name in figures)]
    lines += [f"    {row:<16}" + "".join(f"{cells[name].get(row, ''):>{width}}" for name in figures) for row in rows]
    return "\n".join(lines)
