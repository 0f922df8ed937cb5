"""The identifiers, strings, comments and numbers of C."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selenite.exporting.plan import Plan

KEYWORDS = frozenset(
    [
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "asm",
        "bool",
        "true",
        "false",
        "main",
        "errno",
        "stdin",
        "NAN",
        "NULL",
        "EOF",
        "I",
    ]
)


class Names:
    """The identifiers of a model's columns and categories, each once."""

    def __init__(self, plan: Plan) -> None:
        self.columns = unique(column.name for column in plan.columns)
        self.categories = [unique(["UNSEEN", *column.categories])[1:] for column in plan.columns]


def unique(texts: Iterable[str]) -> list[str]:
    """Return an identifier for each text, as like it as C allows, no two alike.

    >>> unique(["age", "Ärmel länge", "age", "2nd", "int", ""])
    ['age', 'rmel_l_nge', 'age_2', 'x_2nd', 'int_', 'x']
    """
    found: list[str] = []
    for text in texts:
        name = re.sub(r"[^A-Za-z0-9]+", "_", text)[:40].strip("_") or "x"
        name = f"x_{name}" if name[0].isdigit() else f"{name}_" if name in KEYWORDS else name
        number, own = 1, name
        while own in found:
            number += 1
            own = f"{name}_{number}"
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
