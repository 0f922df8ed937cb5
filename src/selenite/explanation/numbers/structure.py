"""An expansion as what JSON can hold: the command's --json and the playground's page read the same fields."""

from __future__ import annotations

from typing import Any

from selenite.explanation.numbers.expansion import Expansion, Factor, shortened
from selenite.explanation.numbers.text import in_article_names, in_numbers, number, verdict


def to_dict(expansion: Expansion, *, terms: int | None = None, digits: int | None = None) -> dict[str, Any]:
    """Return an expansion as dictionaries, lists, texts and numbers.

    Parameters
    ----------
    expansion : Expansion
    terms : int, optional
        How many terms of each number there are, the largest first; the rest is summed. All unless said.
    digits : int, optional
        Significant digits of numbers in texts; as many as tell one from its neighbours unless said.
    """
    return _expansion(expansion if terms is None else shortened(expansion, terms), digits)


def _expansion(expansion: Expansion, digits: int | None) -> dict[str, Any]:
    dtype, check = expansion.dtype, expansion.check
    return {
        "address": expansion.address,
        "value": expansion.value,
        "text": number(expansion.value, dtype, digits),
        "dtype": dtype,
        "note": expansion.note,
        "remarks": list(expansion.remarks),
        "article": _article(expansion),
        "formula": {
            "text": expansion.formula.text,
            "latex": expansion.formula.latex,
            "article": in_article_names(expansion) or None,
        },
        "terms": [
            {
                "label": term.label,
                "value": term.value,
                "text": number(term.value, dtype, digits),
                "count": term.count,
                "pattern": {"text": term.pattern.text, "latex": term.pattern.latex},
                "numbers": in_numbers(term, dtype, digits),
                "factors": [_factor(factor, digits) for factor in term.factors],
            }
            for term in expansion.terms
        ],
        "check": None
        if check is None
        else {
            "total": check.total,
            "ulp": check.ulp,
            "limit": check.limit,
            "holds": check.holds,
            "backend": check.backend,
        },
        "verdict": None if check is None else verdict(expansion),
    }


def _factor(factor: Factor, digits: int | None) -> dict[str, Any]:
    return {
        "symbol": factor.symbol,
        "address": factor.address,
        "value": factor.value,
        "article": _article(factor),
        "opens": factor.opens,
        "opened": None if factor.opened is None else _expansion(factor.opened, digits),
    }


def _article(named: Expansion | Factor) -> dict[str, Any] | None:
    """Return what the article calls a number, and its equation."""
    return {"name": named.alias, "equation": named.equation or None} if named.alias else None
