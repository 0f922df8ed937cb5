"""The identifiers, strings, comments and numbers of C."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selenite.exporting.plan import Plan

# Of C and C++, for the header may be included in either, and macros of the standard headers.
KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const const_cast
    consteval constexpr constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or
    or_eq private protected public register reinterpret_cast requires restrict return short signed sizeof static
    static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename typeof
    typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq
    BUFSIZ EOF EXIT_FAILURE EXIT_SUCCESS HUGE_VAL I INFINITY INT32_MIN M_E M_PI NAN NULL RAND_MAX complex errno
    imaginary linux main stderr stdin stdout unix
    """,
    )
)
# What a header defines after the model's name, beside its columns and categories.
OWN = (
    "classes", "days", "outputs", "outside", "predict", "probabilities", "row",
    "H", "MISSING", "N_CLASSES", "N_COLUMNS", "N_OUTPUTS", "NO_NUMBER", "PER_UNIT", "UNIT",
)  # fmt: skip


class Names:
    """The identifiers of a model's columns and categories, each once."""

    def __init__(self, plan: Plan) -> None:
        self.columns = unique(column.name for column in plan.columns)
        taken = {*OWN, *(f"{own}_{word}" for own in self.columns for word in ("of", "UNSEEN"))}
        self.categories = [
            unique(column.categories, f"{own}_", taken) for own, column in zip(self.columns, plan.columns, strict=True)
        ]


def unique(texts: Iterable[str], before: str = "", taken: Iterable[str] = ()) -> list[str]:
    """Return an identifier for each text, as like it as C allows; with what stands before it each is one of its own.

    `taken` are those that others have; where it is a set, what is found is added to it.

    >>> unique(["age", "Ärmel länge", "age", "2nd", "int", ""])
    ['age', 'rmel_l_nge', 'age_2', 'x_2nd', 'int_', 'x']
    >>> unique(["of", "for"], "town_", {"town_of"})
    ['of_2', 'for_']
    """
    found: list[str] = []
    taken = taken if isinstance(taken, set) else set(taken)
    numbers: dict[str, int] = {}
    for text in texts:
        name = re.sub(r"[^A-Za-z0-9]+", "_", text)[:40].strip("_") or "x"
        name = f"x_{name}" if name[0].isdigit() else f"{name}_" if name in KEYWORDS else name
        number, own = numbers.get(name, 1), name
        while before + own in taken:
            number += 1
            own = f"{name}_{number}"
        numbers[name] = number
        taken.add(before + own)
        found.append(own)
    return found


def string(text: str) -> str:
    """Return a text as a string of C, byte by byte in UTF-8.

    >>> string('a "é"?')
    '"a \\\\"\\\\303\\\\251\\\\"\\\\077"'
    """
    plain = {byte: chr(byte) for byte in range(32, 127)} | {ord('"'): '\\"', ord("\\"): "\\\\", ord("?"): "\\077"}
    return '"' + "".join(plain.get(byte, f"\\{byte:03o}") for byte in text.encode()) + '"'


def comment(text: str) -> str:
    """Return a text as it may stand in a comment."""
    safe = "".join(one if one.isprintable() else " " for one in text).replace("*/", "* /").replace("/*", "/ *")
    return safe if len(safe) <= 80 else safe[:79] + "…"


def number(value: float, double: bool) -> str:
    """Return a number as C writes it."""
    text = repr(value) if double else f"{value:.9g}"
    text = text if set(text) & set(".e") else f"{text}.0"
    return text if double else f"{text}f"
