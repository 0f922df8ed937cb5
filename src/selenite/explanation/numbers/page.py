"""An expansion as HTML: one page that needs nothing else, each opened number folded inside the term it belongs to."""

from __future__ import annotations

from selenite.explanation.numbers.expansion import Expansion, Term, shortened
from selenite.explanation.numbers.text import TERMS, given_in_article, in_article_names, in_numbers, number, verdict
from selenite.markup import Markup, element, joined, page

STYLE = """
.why { line-height: 1.45; }
.why code, .why td.n { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace; font-size: 13.5px; }
.why table { border-collapse: collapse; margin: 4px 0; min-width: 0; }
.why td { padding: 2px 14px 2px 0; border: 0; vertical-align: top; text-align: left; white-space: nowrap; }
.why td.n { font-variant-numeric: tabular-nums; }
.why .scroll { overflow-x: auto; }
.why .formula { color: var(--quiet, inherit); }
.why .article { font-style: italic; }
.why .up { color: var(--up-text, inherit); }
.why .down { color: var(--down-text, inherit); }
.why .yes { color: var(--good, inherit); }
.why .no { color: var(--bad, inherit); font-weight: bold; }
.why details { border-left: 2px solid var(--line, #8888); margin: 6px 0 6px 3px; padding-left: 12px; }
.why summary { cursor: pointer; }
"""


def to_page(expansion: Expansion, *, terms: int = TERMS, digits: int | None = None) -> str:
    """Return a whole page."""
    title = f"Why {expansion.address}?"
    return page(title, element("h1", title), _whole(expansion, terms, digits), style=STYLE)


def fragment(expansion: Expansion, *, terms: int = TERMS, digits: int | None = None) -> str:
    """Return the part of a page that shows an expansion, with its style, in the colours of what it stands in."""
    return joined(element("style", Markup(STYLE)), _whole(expansion, terms, digits))


def _whole(expansion: Expansion, terms: int, digits: int | None) -> Markup:
    short = shortened(expansion, terms)
    value = element("strong", number(short.value, short.dtype, digits))
    first = element("p", element("code", short.address), " = ", value, f" {short.note}")
    return element("div", first, *_inside(short, digits, unfolded=True), class_="why")


def _inside(expansion: Expansion, digits: int | None, *, unfolded: bool = False) -> list[Markup]:
    parts = []
    if expansion.alias:
        equation = f" (equation {expansion.equation})" if expansion.equation else ""
        lines = [joined(element("code", in_article_names(expansion)), equation)]
        lines += [element("code", line) for line in given_in_article(expansion)]
        parts += [element("div", "article: ", line, class_="article") for line in lines]
    parts += [element("div", remark, class_="article") for remark in expansion.remarks]
    if expansion.check is None:
        return parts
    parts.append(element("div", f"= {expansion.formula.text}", class_="formula"))
    rows = [_row(term, expansion.dtype, digits) for term in expansion.terms]
    table = element("table", element("tbody", *rows))
    label = f"Terms of {expansion.address}"
    parts.append(element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label))
    parts.append(element("div", verdict(expansion), class_="yes" if expansion.check.holds else "no"))
    for term in expansion.terms:
        parts += [_opened(factor.opened, digits, unfolded) for factor in term.factors if factor.opened is not None]
    return parts


def _opened(inner: Expansion, digits: int | None, unfolded: bool) -> Markup:
    """Return an opened number, folded unless it is one of the first."""
    alias = joined(" ", element("span", inner.alias, class_="article")) if inner.alias else ""
    value = f" = {number(inner.value, inner.dtype, digits)} {inner.note}"
    inside = joined(element("summary", element("code", inner.address), alias, value), *_inside(inner, digits))
    return element("details", inside, open="open" if unfolded else "")


def _row(term: Term, dtype: str, digits: int | None) -> Markup:
    numbers, value = in_numbers(term, dtype, digits), number(term.value, dtype, digits)
    result = "" if numbers == value else f"= {value}"
    sign = " up" if term.value > 0 else " down" if term.value < 0 else ""
    return element(
        "tr",
        element("td", term.label),
        element("td", numbers, class_="n" if result else f"n{sign}"),
        element("td", result, class_=f"n{sign}"),
    )
