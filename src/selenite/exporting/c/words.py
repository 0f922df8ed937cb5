"""Free text in C: tables of terms, in the order of their bytes, and of characters, and the calls that read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from selenite.exporting.c.names import string
from selenite.exporting.characters import characters
from selenite.exporting.plan import Plan, PlannedColumn
from selenite.table.schema import Terms
from selenite.table.words import LONGEST_WORD


def sizes_of_text(plan: Plan) -> dict[str, int]:
    """Return the sizes that the parts for free text ask for."""
    known, terms = characters(), [len(column.terms.names) for column in plan.columns if column.terms is not None]
    return {
        "MOST_TERMS": max(terms), "LONGEST_WORD": LONGEST_WORD,
        "N_WORD_CHARACTERS": len(known.words), "N_BLANK_CHARACTERS": len(known.blanks),
        "N_FOLDS": len(known.folds), "N_LONG_FOLDS": len(known.long_folds),
    }  # fmt: skip


def tables_of_characters() -> list[str]:
    """Return what words and blanks consist of, and what casefolding moves."""
    known = characters()
    longest = 1 + 3
    long_folds = [[*one, *[0] * (longest - len(one))] for one in known.long_folds]
    return [
        "/* Letters, digits and _, and blanks: where ranges of them begin, and where each is over, in turn. */",
        f"static const long word_characters[N_WORD_CHARACTERS] = {_braced(known.words)};",
        f"static const long blank_characters[N_BLANK_CHARACTERS] = {_braced(known.blanks)};",
        "/* What casefolding moves: from the first to the last, in steps, by so many; and what becomes several. */",
        f"static const long folds[N_FOLDS][4] = {{{','.join(map(_braced, known.folds))}}};",
        f"static const long long_folds[N_LONG_FOLDS][{longest}] = {{{','.join(map(_braced, long_folds))}}};",
        "",
    ]


def tables_of_terms(terms: Terms, own: str) -> Iterator[str]:
    """Yield the terms of a column, how rare each is, and what it adds to each score."""
    if not terms.names:
        return
    names = terms.names
    order = sorted(range(len(names)), key=lambda place: names[place].encode())
    yield f"static const char *const {own}_terms[] = {{{', '.join(string(names[place]) for place in order)}}};"
    yield f"static const double {own}_rarities[] = {_braced([terms.rarities[place] for place in order])};"
    added = [adds[place] for adds in terms.added for place in order]
    yield f"static const double {own}_added[] = {_braced(added)}; /* a row each score */"


def encoded_text(column: PlannedColumn, terms: Terms, own: str) -> Iterator[str]:
    """Yield the statements that write the inputs of a column."""
    x, n = f"row->{own}", len(terms.names)
    if column.missing:
        yield f"if (!{x} || !*{x}) inputs[{column.at + column.n_inputs - 1}] = 1;"
    if n:
        tables = f"{own}_terms, {own}_rarities, {own}_added, {n}, {len(terms.scores)}"
        yield f"if ({x} && *{x}) score_text({x}, {tables}, inputs + {column.at});"


def text_is_outside(column: PlannedColumn, terms: Terms, own: str) -> str:
    """Return the expression that tells whether a text is missing as none was, or has no word that is known."""
    x = f"row->{own}"
    knows = f"knows_a_word({x}, {own}_terms, {len(terms.names)})" if terms.names else "0"
    return f"({x} && *{x}) ? !{knows} : {int(not column.missing)}"


def _braced(values: Sequence[float]) -> str:
    return f"{{{','.join(map(repr, values))}}}"
