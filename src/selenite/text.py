"""Text for people and programs: names in messages, counts, figures with their intervals, and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from math import floor, isfinite, log10
from os import PathLike
from pathlib import Path
from textwrap import fill
from typing import Any

MOST_LISTED = 20
MOST_LETTERS_OFF = 2  # that a name meant is longer or shorter, unless it holds the one given
WIDTH = 80  # of what is printed on a terminal, in columns
WITHOUT_UNITS = {  # other metrics have the target's
    "accuracy",
    "area under ROC",
    "average precision",
    "balanced accuracy",
    "Brier score",
    "coverage",
    "F1",
    "log loss",
    "MCC",
    "precision",
    "R2",
    "recall",
    "squared_error",
}
LOPSIDED = 3  # times as far from a figure to one end of its interval as to the other
_OBEYED = re.compile(  # by terminals; or what cannot be seen, or written
    "[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_KEPT_TOGETHER = re.compile(r"""--[a-z-]+ (?:'[^']*'|\S+)|(?<!\w)'[^']*'(?!\w)|"[^"]*\"""")
_encode = json.JSONEncoder(allow_nan=False).encode


def printable(text: str) -> str:
    r"""Return text with control characters, and what is no character, as escapes such as \n, \x1b and \u202e."""
    return _OBEYED.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    """Return a character's escape; that of a byte which was no text, such as a file's name may hold, is the byte's."""
    is_byte = "\udc80" <= character <= "\udcff"
    return f"\\x{ord(character) - 0xDC00:02x}" if is_byte else character.encode("unicode_escape").decode()


def shown(text: str, limit: int = 40) -> str:
    """Return text in quotes, printable and a long one with an ellipsis for its end, so that a message can hold it."""
    return f'"{plain(text, limit)}"'


def plain(text: str, limit: int = 200) -> str:
    """Return text as `shown` does, without the quotes: a name in a table on a terminal."""
    whole = printable(text[: limit + 1])
    return whole if len(whole) <= limit else f"{whole[: limit - 1]}…"


def argument(text: str) -> str:
    """Return text, all of it, as an argument on a shell's command line."""
    from shlex import quote

    if printable(text) == text:
        return quote(text)
    return "$'" + printable(text.replace("\\", "\\\\").replace("'", "\\'")) + "'"


def counted(count: int, noun: str) -> str:
    """Return how many there are: "1 row", "2,000 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sentence(text: str) -> str:
    """Return text that begins with a capital, unless it begins with a file's name."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text


def paragraph(text: str, first: str = "  ", further: str = "  ") -> str:
    """Return text in lines that a terminal shows whole, the first and the further ones behind an indent.

    What is quoted, and an option with its value, stays on a line.

    >>> print(paragraph("one two three " * 5 + "add --missing 99", "  note: ", "    "))
      note: one two three one two three one two three one two three one two three
        add --missing 99
    """
    kept = _KEPT_TOGETHER.sub(lambda found: found[0].replace(" ", "\0"), text)
    lines = fill(
        kept, WIDTH, initial_indent=first, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return lines.replace("\0", " ")


def percent(share: float) -> str:
    """Return a share as per cent.

    >>> percent(0.7), percent(0.6512)
    ('70 %', '65.1 %')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Return names in quotes, and how many more there are.

    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], 2)
    ('"a", "b", "c"', '"a", "b" and 1 more')
    """
    more = len(names) - most
    return ", ".join(map(shown, names[:most])) + (f" and {more:,} more" if more > 0 else "")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name most like the given one, whatever its case and the blanks at its ends; None if none is.

    >>> nearest("classs", ["a1", "Class "]), nearest("target", ["a1", "age"])
    ('Class ', None)
    """
    from difflib import get_close_matches

    by_folded = {folded(one): one for one in reversed(list(names))}  # of those that are alike, the first
    near = get_close_matches(folded(name), by_folded, n=1)
    if near and abs(len(near[0]) - len(folded(name))) > MOST_LETTERS_OFF and folded(name) not in near[0]:
        return None  # such as "age" for "target"
    return by_folded[near[0]] if near else None


def nearest_file(path: str | PathLike[str]) -> str:
    """Return ". Did you mean ...?", about the file beside a missing one with the most similar name, or ""."""
    from difflib import get_close_matches

    try:
        others = [other.name for other in Path(path).parent.iterdir() if other.is_file()]
    except OSError:
        return ""
    near = get_close_matches(Path(path).name, others, n=1, cutoff=0.75)
    return f". Did you mean {shown(str(Path(path).parent / near[0]), 200)}?" if near else ""


def hint(name: str, names: Sequence[str], likely: Sequence[str] = ()) -> str:
    """Return what to take instead of a name that is none of `names`.

    >>> hint("clas", ["a1", "class"]), hint("clas", ["a1", "a2", "y"], ["y"])
    ('did you mean "class"?', 'likely "y"; it has "a1", "a2", "y"')
    """
    near = nearest(name, names)
    if near is not None:
        return f"did you mean {shown(near)}?"
    first = f"likely {listed(likely, 4)}; " if likely else ""
    return f"{first}it has {listed(names)}"


def folded(name: str) -> str:
    """Return a name without its case and the blanks at its ends."""
    return name.strip().casefold()


def plain_number(value: float, digits: int = 5) -> str:
    """Return a number as people write it: so many digits, thousands with commas, no exponent where a few zeros do.

    Whole numbers below ten million keep all their digits.

    >>> [plain_number(value) for value in (15670.0, 1234567.0, 7.2084e-5, 0.621212, -0.0, 1e-20)]
    ['15,670', '1,234,567', '0.000072084', '0.62121', '0', '1e-20']
    """
    if float(value).is_integer() and abs(value) < 1e7:
        return f"{int(value):,}"
    rounded = float(f"{value:.{digits}g}")
    if not 1e-6 <= abs(rounded) < 1e15:
        return f"{value:.{digits}g}"
    decimals = max(digits - 1 - floor(log10(abs(rounded))), 0)
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def figure(value: float, low: float | None = None, high: float | None = None) -> str:
    """Return a figure to three or four digits, and half the width of its interval, or where it is lopsided its ends.

    >>> figure(0.8062, 0.78, 0.83), figure(58.27, 31.2, 402.7), figure(0.0, -1e-17, 0.79)
    ('0.806 ±0.025', '58.27 (31.20 to 402.70)', '0.0000 (0.0000 to 0.7900)')
    """
    decimals = next((n for n, limit in enumerate((1000, 100, 10, 0.01)) if abs(value) >= limit), 4)
    form = f",.{decimals}f"
    return _beside_interval(value, low, high, form, form)


def figure_texts(metric: str, found: Sequence[Any]) -> list[str]:
    """Return a metric of several models as text: one in the target's units, if small or large, to three digits.

    `found` have the attributes value, low and high.
    """
    sizes = [abs(one.value) for one in found if one.value and isfinite(one.value)]
    least, most = min(sizes, default=1.0), max(sizes, default=1.0)
    if metric.removeprefix("weighted ").removeprefix("macro ") in WITHOUT_UNITS or 0.01 <= least <= most < 1e7:
        return [figure(one.value, one.low, one.high) for one in found]
    if 1e-4 <= least <= most < 1e7:
        form = of_half = ",.5f" if least >= 1e-3 else ",.6f"
    else:
        form, of_half = ".2e", ".1e"
    return [_beside_interval(one.value, one.low, one.high, form, of_half) for one in found]


def figure_cells(figures: Mapping[str, Sequence[Any]]) -> dict[str, dict[str, str]]:
    """Return the metrics of several models as text: of each metric of the first, that of each model which has it."""
    cells: dict[str, dict[str, str]] = {}
    for row in [metric.name for metric in next(iter(figures.values()), ())]:
        found = {name: metric for name, metrics in figures.items() for metric in metrics if metric.name == row}
        cells[row] = dict(zip(found, figure_texts(row, list(found.values())), strict=True))
    return cells


def figures_table(figures: Mapping[str, Sequence[Any]]) -> str:
    """Return the metrics of several models side by side, a row a metric."""
    cells = figure_cells(figures)
    width = max(14, *map(len, figures), *(len(text) for row in cells.values() for text in row.values())) + 2
    left = max(14, *map(len, cells)) + 2
    lines = [f"    {'':<{left}}" + "".join(f"{name:>{width}}" for name in figures)]
    lines += [
        f"    {row:<{left}}" + "".join(f"{texts.get(name, ''):>{width}}" for name in figures)
        for row, texts in cells.items()
    ]
    return "\n".join(lines)


def signed(value: float, form: str) -> str:
    """Return a number in a format, with its sign.

    >>> signed(-0.0421, ".3f"), signed(12.0, ",.2f"), signed(-0.0001, ".2f")
    ('−0.042', '+12.00', '+0.00')
    """
    return f"{value:+z{form}}".replace("-", "−", 1)


def _beside_interval(value: float, low: float | None, high: float | None, form: str, of_half: str) -> str:
    """Return a figure and its interval, each in its form; z: never -0.000."""
    if not isfinite(value):
        return "-"
    if low is None or high is None:
        return f"{value:z{form}}"
    if max(high - value, value - low) > LOPSIDED * min(high - value, value - low):
        return f"{value:z{form}} ({low:z{form}} to {high:z{form}})"
    return f"{value:z{form}} ±{(high - low) / 2:{of_half}}"


def json_text(value: Any) -> str:
    """Return a value as JSON on one line; a number that is not finite, which JSON cannot write, is null."""
    try:
        return _encode(value)
    except ValueError:
        return _encode(finite(value))


def finite(value: Any) -> Any:
    """Return a value with None for each number inside that is not finite.

    >>> finite({"loss": [0.5, float("nan")]})
    {'loss': [0.5, None]}
    """
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def path_text(path: str) -> str:
    r"""Return a path as JSON can hold it: bytes that are no text, which Python keeps as halves of characters, escaped.

    >>> path_text("caf\udce9")
    'caf\\udce9'
    """
    return path.encode(errors="backslashreplace").decode()
