"""The user's own columns and values: what an input is called, and how a cell became a number."""

from __future__ import annotations

from math import sqrt

import numpy as np

from selenite.explanation.numbers.expansion import Factor, Pattern, Term
from selenite.explanation.numbers.subject import Subject
from selenite.table import Dates, Numbers, input_columns
from selenite.table.cells import cell_text
from selenite.table.encode import SOFT_LIMIT, is_pair, ranked
from selenite.table.known_rows import known_row_names
from selenite.table.schema import ColumnSchema, Terms
from selenite.table.table import Column, days_of
from selenite.table.words import terms_in
from selenite.text import plain

LONGEST_TEXT, MOST_TERMS = 40, 8  # characters of free text, and its terms, that are shown
Encoding = tuple[Pattern, list[Term]]


def label(subject: Subject, feature: int, row: int) -> str:
    """Return what a term of the first layer is called: the input's name, and the cell it comes from."""
    name = subject.feature_names[feature]
    if feature >= subject.network.n_inputs:
        embedding = subject.network.embedding
        assert embedding is not None
        i = embedding.periodic[(feature - subject.network.n_inputs) // embedding.n_components]
    else:
        i = feature
    text = cell(subject, i, row)
    if text is None:
        return name
    whole = subject.schema is not None and name == subject.schema.columns[input_columns(subject.schema)[i]].name
    return f"{name} = {text}" if whole else f"{name} ({text})"


def cell(subject: Subject, i: int, row: int) -> str | None:
    """Return the table's cell behind an input, as text; None where there is no table."""
    found = _columns(subject, i)
    return " × ".join(_cell(schema, column, row) for schema, column in found) if found else None


def _cell(schema: ColumnSchema, column: Column, row: int) -> str:
    if column.missing()[row]:
        return "missing"
    text = cell_text(column, row)
    return plain(text, LONGEST_TEXT) if schema.kind == "text" else text


def described(subject: Subject, i: int, row: int) -> str:
    """Say in words which cell an input comes from, or which two."""
    texts = [(schema.name, _cell(schema, column, row)) for schema, column in _columns(subject, i)]
    said = [f"column {name} holds {text}" if text != "missing" else f"column {name} is missing" for name, text in texts]
    known = subject.table is not None and subject.schema is not None and not said
    return ", ".join(said) or ("what equal training rows answered" if known else "given")


def encoding(subject: Subject, i: int, row: int) -> Encoding | None:
    """Return the formula and the terms of an encoded input; None where it is taken as it is."""
    found, name = _columns(subject, i), subject.input_names[i]
    if not found or subject.schema is None:
        return None
    if len(found) == 2:
        return _statistic(name, float(subject.X[row, i]))
    [(schema, column)] = found
    columns = input_columns(subject.schema)
    part = i - columns.index(columns[i])
    gap = bool(column.missing()[row])
    if schema.missing and part == columns.count(columns[i]) - 1:
        return _indicator(name, gap)
    if schema.kind == "number" and isinstance(column, Numbers):
        return _number(schema, column, part, row, gap)
    if schema.kind == "date" and isinstance(column, Dates):
        return None if part or gap else _scaled(schema, "days since 1970", _days(column, row), 0)
    if schema.terms is not None:
        return None if gap else _score(schema.terms, column, part, row)
    if schema.statistics is not None:
        return _statistic(name, float(subject.X[row, i]))
    if is_pair(schema):
        return None
    return _indicator(name, bool(subject.X[row, i]))


def _columns(subject: Subject, i: int) -> list[tuple[ColumnSchema, Column]]:
    """Return the column behind an input, of a pair of categories both; none where there is no table."""
    if subject.schema is None or subject.table is None:
        return []
    columns, crossings = subject.schema.columns, subject.schema.crossings
    n_of_pairs = len(crossings.columns) * len(crossings.names)
    crossing = i - len(subject.input_names) + len(known_row_names(subject.schema.known_rows)) + n_of_pairs
    if crossing >= n_of_pairs:  # of known rows, which all columns tell
        return []
    own = (input_columns(subject.schema)[i],)
    behind = own if crossing < 0 else crossings.columns[crossing // len(crossings.names)]
    return [(columns[k], subject.table[columns[k].name]) for k in behind]


def _number(schema: ColumnSchema, column: Numbers, part: int, row: int, gap: bool) -> Encoding | None:
    if gap or (not schema.scales and part == 0):
        return None
    value = float(column.values[row])
    if part == 0:
        return _scaled(schema, schema.name, value, 0)
    if part == 1 and schema.rank_quantiles:
        given = Factor(value, schema.name)
        rank = float(ranked(np.array([value]), schema.rank_quantiles)[0])
        pattern = Pattern("normal quantile of the rank of {0}", r"\Phi^{{-1}}(\text{{rank}}({0}))")
        formula = Pattern("normal quantile of its rank among the training rows", r"\Phi^{-1}(\text{rank})")
        return formula, [Term("rank", rank, (given,), pattern)]
    frequent = schema.frequent_values[part - 1 - bool(schema.rank_quantiles)]
    return _indicator(f"{schema.name} = {frequent:.12g}", value == frequent)


def _scaled(schema: ColumnSchema, name: str, value: float, part: int) -> Encoding | None:
    scale = schema.scales[part]
    if scale.width == 0:
        return None
    u = (value - scale.center) / scale.width
    squashed = u / sqrt(1 + (u / SOFT_LIMIT) ** 2)
    factors = (Factor(value, name), Factor(scale.center, "center"), Factor(scale.width, "width"))
    pattern = Pattern(
        f"u / √(1 + (u / {SOFT_LIMIT:g})²), u = ({{0}} - {{1}}) / {{2}}",
        rf"\frac{{{{u}}}}{{{{\sqrt{{{{1 + (u/{SOFT_LIMIT:g})^2}}}}}}}}, \; u = \frac{{{{{{0}} - {{1}}}}}}{{{{{{2}}}}}}",
    )
    formula = Pattern("scaled by center and width, softly kept within ±3", r"\text{scaled, softly within } \pm 3")
    return formula, [Term(name, squashed, factors, pattern)]


def _days(column: Dates, row: int) -> float:
    return float(days_of(column.values[row : row + 1])[0])


def _score(terms: Terms, column: Column, part: int, row: int) -> Encoding:
    """Return a score of free text: what its terms add, each by its weight, those that add most by name."""
    pattern = Pattern("{0} × {1}", r"{0} \cdot {1}")
    found = [
        Term(f"'{name}'", weight * adds, (Factor(weight, "weight"), Factor(adds, "adds")), pattern)
        for name, weight, adds in terms_in(terms, cell_text(column, row), part)
    ]
    found.sort(key=lambda term: -abs(term.value))
    rest = found[MOST_TERMS:]
    if rest:
        text = f"{len(rest)} further terms"
        of_rest = float(np.sum([term.value for term in rest]))
        found[MOST_TERMS:] = [Term(text, of_rest, (), Pattern(text, rf"\text{{{text}}}"))]
    return Pattern("Σ weight × what the term adds, over the terms of the text", r"\sum_t w_t \, a_t"), found


def _statistic(name: str, value: float) -> Encoding:
    """Return the statistic of a category, or of a pair, that the model file holds."""
    words = "mean answer of its training rows, drawn to that of all, less that of all, scaled; 0 if unseen"
    text = f"statistic of the training rows, {value:.5g}"
    return Pattern(words, r"\text{mean answer of its training rows}"), [
        Term(name, value, (), Pattern(text, rf"\text{{{text}}}"))
    ]


def _indicator(name: str, holds: bool) -> Encoding:
    """Return 1 or 0 for a yes or a no."""
    formula = Pattern(f"1 if {name}, else 0", r"1 \text{ if so, else } 0")
    text = str(int(holds))
    return formula, [Term(name, float(holds), (), Pattern(text, text))]
