"""An expansion as what JSON can hold: for programs, and for the page in a browser."""

from __future__ import annotations

from typing import Any

from selenite.explanation.numbers.expansion import Expansion, Factor, Term, shortened
from selenite.explanation.numbers.text import in_numbers


def to_dict(expansion: Expansion, *, terms: int | None = None) -> dict[str, Any]:
    """Return an expansion as dictionaries, lists, texts and numbers; all its terms unless a number of them is given."""
    return _expansion(expansion if terms is None else shortened(expansion, terms))


def _expansion(expansion: Expansion) -> dict[str, Any]:
    check = expansion.check
    return {
        "address": expansion.address,
        "value": expansion.value,
        "dtype": expansion.dtype,
        "note": expansion.note,
        "remarks": list(expansion.remarks),
        **_article(expansion),
        "formula": {"text": expansion.formula.text, "latex": expansion.formula.latex},
        "terms": [_term(term, expansion.dtype) for term in expansion.terms],
        "check": None
        if check is None
        else {
            "total": check.total,
            "ulp": check.ulp,
            "limit": check.limit,
            "holds": check.holds,
            "backend": check.backend,
        },
    }


def _term(term: Term, dtype: str) -> dict[str, Any]:
    return {
        "label": term.label,
        "value": term.value,
        "count": term.count,
        "pattern": {"text": term.pattern.text, "latex": term.pattern.latex},
        "numbers": in_numbers(term, dtype),
        "factors": [_factor(factor) for factor in term.factors],
    }


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        "symbol": factor.symbol,
        "address": factor.address,
        "value": factor.value,
        **_article(factor),
        "opened": None if factor.opened is None else _expansion(factor.opened),
    }


def _article(named: Expansion | Factor) -> dict[str, Any]:
    return {"article": {"name": named.alias, "equation": named.equation or None} if named.alias else None}
