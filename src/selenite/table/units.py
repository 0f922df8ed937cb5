"""Numbers with a unit, as "51 kg" or "USD 5": which units some texts have, and whether these are one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from selenite.text import shown

CURRENCY_AND_SHARE = "$€£¥₹₩₽%‰"
MINUS = "−–—‐‑‒－﹣"  # U+2212, as spreadsheets and typeset tables write it, and dashes in its place
MOST_UNITS, MOST_LOOKED_AT = 4, 1000
_OF_NUMBERS = f"+-.,'’(){MINUS}{CURRENCY_AND_SHARE}"
_MULTIPLIERS = {"", "k", "K", "M", "m", "B", "T", "bn", "mn"}  # 5k and 300 are of different sizes
_EXPONENT = re.compile(r"(?<=\d)[eE][+-]?\d")
# a unit as units are written behind a number: kg, km/h, m², °C, CC, Hz; 7A is a code, 12 Oak a house
_BEHIND = re.compile(r"[+-]?\d[\d.,]*(?:\s|(?=\D\S))(°[A-Z]|[a-zµ][a-zA-Z²³/]{0,8}|[A-Z]{1,4}|[A-Z][a-z])")
_ORDINAL_OR_HOUR = {"st", "nd", "rd", "th", "am", "pm", "AM", "PM"}


def unit_of(text: str) -> str:
    """Return what a text has beside a number and the marks of numbers, if there are letters in it.

    >>> [unit_of(text) for text in ("51 kg", "USD 1,200.50", "1e5 km/h", "$5", "37 °C")]
    ['kg', 'USD', 'km/h', '', '°C']
    """
    left = (one for one in _EXPONENT.sub("", text) if not (one.isdecimal() or one.isspace() or one in _OF_NUMBERS))
    unit = "".join(left)
    return unit if re.search(r"[^\W\d_]", unit) else ""


def one_unit(texts: Sequence[str]) -> str:
    """Return the letters of the one unit that texts have, in a few spellings, or "".

    >>> one_unit(["1 year", "2 years"]), one_unit(["1 km", "5 m"]), one_unit(["5 cm", "7"]), one_unit(["5k", "300"])
    ('years', '', 'cm', '')
    """
    units = dict.fromkeys(unit_of(text) for text in texts[:MOST_LOOKED_AT])
    if len({_as_one(unit) for unit in units if unit}) != 1 or ("" in units and units.keys() <= _MULTIPLIERS):
        return ""
    return "".join(dict.fromkeys("".join(sorted(units, key=len, reverse=True))))


def is_behind(texts: Sequence[str]) -> bool:
    """Tell whether all texts have a unit behind a number, that is no multiplier: they can hardly be anything else.

    >>> is_behind(["51 kg", "7.5 kg"]), is_behind(["51 kg", "7.5"]), is_behind(["USD 5", "USD 7"]), is_behind(["5k"])
    (True, False, False, False)
    """
    found = [_BEHIND.fullmatch(text) for text in texts[:MOST_LOOKED_AT]]
    return all(one is not None and one[1] not in _MULTIPLIERS | _ORDINAL_OR_HOUR for one in found)


def several_units(texts: Sequence[str]) -> list[str]:
    """Return the units of texts that are numbers in a few different ones, the commonest first; else none.

    >>> several_units(["5 kg", "300 g", "7 kg", "250 g"]), several_units(["1st", "2nd", "21st", "22nd"])
    (['kg', 'g'], [])
    """
    numbers = defaultdict(set)
    for text in texts[:MOST_LOOKED_AT]:
        if found := _BEHIND.fullmatch(text):
            numbers[found[1]].add(text)
    units = sorted(numbers, key=lambda unit: -len(numbers[unit]))
    if len({_as_one(unit) for unit in units}) < 2 or len(units) > MOST_UNITS or set(units) & _ORDINAL_OR_HOUR:
        return []
    measured = sum(map(len, numbers.values()))
    return units if measured >= 2 * len(units) and 2 * measured > len(texts[:MOST_LOOKED_AT]) else []


def _as_one(unit: str) -> str:
    """Return what spellings of a unit share: kg, Kg and kgs; but Mb and MB are two."""
    folded = unit if unit[-1:] in ("b", "B") else unit.casefold()
    return folded.removesuffix("s") if len(folded) > 2 else folded


def in_units(texts: Sequence[str]) -> str:
    """Return in words that most texts are numbers with a unit; "" if they are not.

    >>> in_units(["51 kg", "7 kg"])
    'numbers in kg, such as "51 kg"'
    """
    found = [text for text in texts[:MOST_LOOKED_AT] if _BEHIND.fullmatch(text)]
    if 2 * len(found) <= len(texts[:MOST_LOOKED_AT]):
        return ""
    if units := several_units(found):
        return f"numbers in several units, {', '.join(units)}"
    unit = unit_of(found[0]) if one_unit(found) and is_behind(found) else ""
    return f"numbers in {unit}, such as {shown(found[0])}" if unit else ""
