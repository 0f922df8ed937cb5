"""An expansion as plain text: a block a number, the formula in symbols, then with its numbers, then the check."""

from __future__ import annotations

import re

import numpy as np

from selenite.explanation.numbers.expansion import Expansion, Factor, Term, shortened
from selenite.text import plain_number, printable

TERMS, DIGITS = 8, 5  # that are shown unless others are asked for
NOTHING = 1e-15  # what is less, is what rounding leaves of 0, where not all digits are asked for
_OPERATORS = ("×", "-", "+", "/", "√")


def to_text(expansion: Expansion, *, terms: int = TERMS, digits: int | None = None) -> str:
    """Return an expansion and those opened inside it as text.

    Parameters
    ----------
    expansion : Expansion
    terms : int
        How many terms of each are shown, the largest first; the rest is summed.
    digits : int, optional
        Significant digits of each number; as many as tell it from its neighbours unless said.
    """
    opened = list(shortened(expansion, terms).opened())
    addresses = {one.address for one in opened}
    return "\n\n".join(_block(one, digits, addresses) for one in opened)


def number(value: float, dtype: str, digits: int | None = None) -> str:
    """Return a number as text, to some digits or by which it can be found again in its type.

    >>> number(0.1, "float32"), number(1 / 3, "float64", 4), number(2.0, "float64"), number(7.25e-5, "float64", 5)
    ('0.1', '0.3333', '2', '0.0000725')
    >>> number(-1.67e-16, "float64", 5), number(-1.67e-16, "float64")
    ('0', '-1.67e-16')
    """
    if value == 0 or (digits is not None and abs(value) < NOTHING):
        return "0"  # of either sign
    if digits is not None:
        return plain_number(value, digits).replace(",", "")  # which formulas do without
    text = str(np.float32(value)) if dtype == "float32" else repr(float(value))
    return text.removesuffix(".0")


def filled(pattern: str, values: list[str]) -> str:
    """Return a pattern with text for its factors; a negative number after an operator gets brackets.

    >>> filled("{0} × {1} - {0}²", ["-2", "3"])
    '-2 × 3 - (-2)²'
    """

    def put(match: re.Match[str]) -> str:
        value = values[int(match[1])]
        before, after = pattern[: match.start()].rstrip(), pattern[match.end() : match.end() + 1]
        bare = not value.startswith("-") or not (before.endswith(_OPERATORS) or after == "²")
        return value if bare else f"({value})"

    return re.sub(r"\{(\d)\}", put, pattern)


def in_numbers(term: Term, dtype: str, digits: int | None = None) -> str:
    """Return a term with its factors' numbers."""
    text = filled(term.pattern.text, [number(factor.value, dtype, digits) for factor in term.factors])
    return "0" if text == "-0" else text


def in_article_names(expansion: Expansion) -> str:
    """Return the formula in the article's names, the number's own where a factor has none; "" without either."""
    if not expansion.alias or not expansion.terms:
        return expansion.alias
    parts = []
    for term in expansion.terms[:1] if _over_rows(expansion) else expansion.terms:
        if any(not factor.alias for factor in term.factors):
            return expansion.alias
        parts.append(filled(term.pattern.text, [factor.alias for factor in term.factors]) or "…")
    parts.sort(key=lambda part: part.startswith("-"))  # p - y, whichever is larger
    row_sum = "Σ " if _over_rows(expansion) else ""
    text = parts[0] + "".join(f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in parts[1:])
    return f"{expansion.alias} = {row_sum}{text}"


def given_in_article(expansion: Expansion) -> list[str]:
    """Return the article's equations for those factors of the first term that are given."""
    return [
        f"{factor.alias} = {factor.symbol}   equation {factor.equation}"
        for factor in (expansion.terms[0].factors if expansion.terms else ())
        if factor.equation and not factor.opens
    ]


def _over_rows(expansion: Expansion) -> bool:
    return len(expansion.terms) > 1 and all(term.label.startswith("row ") or term.count > 1 for term in expansion.terms)


def verdict(expansion: Expansion) -> str:
    """Say whether the terms add up."""
    check = expansion.check
    assert check is not None
    return "adds up ✓" if check.holds else f"does NOT add up: {check.ulp:,} ulp apart"


def _block(expansion: Expansion, digits: int | None, addresses: set[str]) -> str:
    dtype = expansion.dtype
    head = f"{expansion.address} = {number(expansion.value, dtype, digits)}"
    if expansion.note:
        head += f"   {expansion.note}"
    lines = [head]
    if expansion.alias:
        equation = f"   equation {expansion.equation}" if expansion.equation else ""
        lines.append(f"  article: {in_article_names(expansion)}{equation}")
        lines += [f"  article: {equation}" for equation in given_in_article(expansion)]
    lines += [f"  note: {remark}" for remark in expansion.remarks]
    if expansion.check is not None:
        lines.append(f"  = {expansion.formula.text}")
        lines += _terms(expansion, digits)
        lines.append(f"  {verdict(expansion)}")
        closed = _closed(expansion, addresses)
        if closed:
            lines.append(f"  to open: {', '.join(closed)}")
    return "\n".join(printable(line) for line in lines)


def _terms(expansion: Expansion, digits: int | None) -> list[str]:
    dtype = expansion.dtype
    if len(expansion.terms) == 1:
        return [f"  = {in_numbers(expansion.terms[0], dtype, digits)}"]
    rows = [
        (term.label, in_numbers(term, dtype, digits), number(term.value, dtype, digits)) for term in expansion.terms
    ]
    widths = [max(len(printable(row[column])) for row in rows) for column in (0, 1)]
    results = ["" if numbers in (value, f"-{value}") else f"= {value}" for _, numbers, value in rows]
    return [
        f"    {printable(label):<{widths[0]}}   {numbers:<{widths[1]}}   {result}".rstrip()
        for (label, numbers, _), result in zip(rows, results, strict=True)
    ]


def _closed(expansion: Expansion, addresses: set[str]) -> list[str]:
    """Return what the largest term is made of and is not shown here; of a term of one row's loss its row."""
    factors: list[Factor] = [factor for term in expansion.terms[:1] for factor in term.factors]
    return [factor.address for factor in factors if factor.opens and factor.address not in addresses]
