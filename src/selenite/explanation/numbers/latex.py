r"""An expansion as LaTeX: an `align*` a number, its symbol, formula, numbers and value. Needs amsmath."""

from __future__ import annotations

import re

from selenite.explanation.numbers.address import OF_WHICH
from selenite.explanation.numbers.expansion import Expansion, Term, shortened
from selenite.explanation.numbers.text import DIGITS, TERMS, in_article_names, number, verdict
from selenite.text import printable

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}
_OF_UNIT = {
    "z": r"z^{{({l})}}_{{{j}}}",
    "a": r"a^{{({l})}}_{{{j}}}",
    "slope": r"\frac{{\partial a^{{({l})}}_{{{j}}}}}{{\partial z^{{({l})}}_{{{j}}}}}",
    "delta": r"\delta^{{({l})}}_{{{j}}}",
    "a.gradient": r"\frac{{\partial L}}{{\partial a^{{({l})}}_{{{j}}}}}",
}
_OF_PARAMETER = {
    "": "{0}",
    "gradient": r"\frac{{\partial L}}{{\partial {0}}}",
    "update": r"{0}^{{\text{{new}}}}",
    "velocity": r"v[{0}]",
    "mean": r"m[{0}]",
    "mean_square": r"s[{0}]",
}


def to_latex(expansion: Expansion, *, terms: int = TERMS, digits: int | None = DIGITS) -> str:
    """Return an expansion and those opened inside it as LaTeX."""
    return "\n\n".join(_block(one, digits) for one in shortened(expansion, terms).opened())


def escaped(text: str) -> str:
    r"""Return text as LaTeX takes it.

    >>> escaped("50% of_it")
    '50\\% of\\_it'
    """
    return "".join(_SPECIAL.get(character, character) for character in printable(text))


def symbol(address: str) -> str:
    r"""Return an address as a symbol.

    >>> symbol("row17.hidden1.unit3.z")
    'z^{(1)}_{3}\\langle 17 \\rangle'
    """
    match = OF_WHICH.fullmatch(address)
    assert match is not None  # it takes any text
    member, row, rest = match.groups()
    unit = re.fullmatch(r"(hidden\d+|output)\.unit(\d+)\.(.+)", rest)
    place = re.fullmatch(r"(hidden\d+|output)\.(weights|biases)\[([\d,]+)\](?:\.(.+))?", rest)
    if unit is not None:
        found = _OF_UNIT[unit[3]].format(l=_layer(unit[1]), j=unit[2])
    elif place is not None:
        letter = "w" if place[2] == "weights" else "b"
        parameter = rf"{letter}^{{({_layer(place[1])})}}_{{{place[3]}}}"
        found = _OF_PARAMETER[place[4] or ""].format(parameter)
    elif rest == "loss":
        found = "L"
    else:
        found = rf"\text{{{escaped(rest)}}}"
    found += "" if row is None else rf"\langle {row} \rangle"
    return found + ("" if member is None else rf"\,[\text{{member {member}}}]")


def _layer(name: str) -> str:
    return r"\text{out}" if name == "output" else name.removeprefix("hidden")


def _block(expansion: Expansion, digits: int | None) -> str:
    dtype = expansion.dtype
    lines = []
    if expansion.alias:
        equation = f", equation {expansion.equation}" if expansion.equation else ""
        lines.append(f"% the article: {in_article_names(expansion)}{equation}")
    lines += [f"% {printable(remark)}" for remark in expansion.remarks]
    lines += [r"\begin{align*}", rf"{symbol(expansion.address)} &= {number_of(expansion.value, dtype, digits)}"]
    if expansion.check is not None:
        lines[-1:] = [
            rf"{symbol(expansion.address)} &= {expansion.formula.latex} \\",
            *_sum(expansion.terms, dtype, digits),
            rf"&= {number_of(expansion.value, dtype, digits)} \qquad \text{{{escaped(verdict(expansion))}}}",
        ]
    return "\n".join([*lines, r"\end{align*}"])


def _sum(terms: tuple[Term, ...], dtype: str, digits: int | None) -> list[str]:
    """Return the terms with their numbers, a line each, and what each is."""
    lines = []
    for i, term in enumerate(terms):
        if term.count > 1:
            inside = rf"\underbrace{{{number_of(term.value, dtype, digits)}}}_{{\text{{{escaped(term.label)}}}}}"
        else:
            numbers = [_braced(factor.value, dtype, digits) for factor in term.factors]
            if i == 0 and term.pattern.latex.startswith("{0}"):
                numbers[0] = number_of(term.factors[0].value, dtype, digits)
            inside = term.pattern.latex.format(*numbers)
        sign = "=" if i == 0 else r"\quad" if inside.startswith("-") else "+"
        what = rf" && \text{{{escaped(term.label)}}}" if len(terms) > 1 and term.count == 1 else ""
        lines.append(rf"&{sign} {inside}{what} \\")
    return lines


def _braced(value: float, dtype: str, digits: int | None) -> str:
    text = number_of(value, dtype, digits)
    return f"({text})" if value < 0 else text


def number_of(value: float, dtype: str, digits: int | None) -> str:
    """Return a number as LaTeX writes it."""
    mantissa, _, exponent = number(value, dtype, digits).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
