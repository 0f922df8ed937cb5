"""An expansion as HTML: one page that needs nothing else, each opened number folded inside the term it belongs to."""

from __future__ import annotations

from html import escape

from selenite.explanation.numbers.expansion import Expansion, Term, shortened
from selenite.explanation.numbers.text import TERMS, given_in_article, in_article_names, in_numbers, number, verdict
from selenite.text import printable

BODY = "body { margin: 1rem; background: #fff; font-family: system-ui, sans-serif; }"
STYLE = """
.why { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; }
.why code, .why td.n { font-family: ui-monospace, monospace; font-size: 13px; }
.why table { border-collapse: collapse; margin: .3rem 0; }
.why td { padding: .15rem .9rem .15rem 0; vertical-align: top; text-align: left; }
.why td.n { white-space: nowrap; }
.why .wide { overflow-x: auto; }
.why .formula { color: #444; }
.why .article { color: #6a3d00; }
.why .yes { color: #00572e; }
.why .no { color: #a40000; font-weight: bold; }
.why details { border-left: 2px solid #ccc; margin: .3rem 0 .3rem .2rem; padding-left: .8rem; }
.why summary { cursor: pointer; }
"""


def to_page(expansion: Expansion, *, terms: int = TERMS, digits: int | None = None) -> str:
    """Return a whole page."""
    title = _text(f"Why {expansion.address}?")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{BODY}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{fragment(expansion, terms=terms, digits=digits)}\n</body>\n</html>\n"
    )


def fragment(expansion: Expansion, *, terms: int = TERMS, digits: int | None = None) -> str:
    """Return the part of a page that shows an expansion, with its style."""
    return f'<div class="why"><style>{STYLE}</style>\n{_block(shortened(expansion, terms), digits)}</div>'


def _block(expansion: Expansion, digits: int | None) -> str:
    value = number(expansion.value, expansion.dtype, digits)
    parts = [f"<p><code>{_text(expansion.address)}</code> = <strong>{value}</strong> {_text(expansion.note)}</p>"]
    return "\n".join(parts + _inside(expansion, digits, unfolded=True))


def _inside(expansion: Expansion, digits: int | None, *, unfolded: bool = False) -> list[str]:
    parts = []
    if expansion.alias:
        equation = f" (equation {expansion.equation})" if expansion.equation else ""
        lines = [f"<code>{_text(in_article_names(expansion))}</code>{equation}"]
        lines += [f"<code>{_text(line)}</code>" for line in given_in_article(expansion)]
        parts += [f'<div class="article">article: {line}</div>' for line in lines]
    parts += [f'<div class="article">{_text(remark)}</div>' for remark in expansion.remarks]
    if expansion.check is None:
        return parts
    parts.append(f'<div class="formula">= {_text(expansion.formula.text)}</div>')
    rows = [_row(term, expansion.dtype, digits) for term in expansion.terms]
    parts.append(f'<div class="wide"><table>{"".join(rows)}</table></div>')
    kind = "yes" if expansion.check.holds else "no"
    parts.append(f'<div class="{kind}">{_text(verdict(expansion))}</div>')
    for term in expansion.terms:
        for factor in term.factors:
            if factor.opened is not None:
                inner = factor.opened
                value = number(inner.value, inner.dtype, digits)
                alias = f' <span class="article">{_text(inner.alias)}</span>' if inner.alias else ""
                summary = f"<code>{_text(inner.address)}</code>{alias} = {value} {_text(inner.note)}"
                inside = "\n".join(_inside(inner, digits))
                parts.append(f"<details{' open' * unfolded}><summary>{summary}</summary>\n{inside}</details>")
    return parts


def _row(term: Term, dtype: str, digits: int | None) -> str:
    numbers, value = in_numbers(term, dtype, digits), number(term.value, dtype, digits)
    result = "" if numbers == value else f"= {value}"
    return f'<tr><td>{_text(term.label)}</td><td class="n">{_text(numbers)}</td><td class="n">{result}</td></tr>'


def _text(text: str) -> str:
    return escape(printable(text))
