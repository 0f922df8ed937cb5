"""A row becomes the inputs of the network, a few lines for each column; and whether a column is as training saw it."""

from __future__ import annotations

from collections.abc import Iterator

from selenite.exporting.c.names import Names, comment
from selenite.exporting.c.words import encoded_text, text_is_outside
from selenite.exporting.plan import Plan, PlannedColumn


def encoded_row(plan: Plan, names: Names) -> Iterator[str]:
    """Yield the lines that set the inputs of a row, which are 0 before."""
    for column, own in zip(plan.columns, names.columns, strict=True):
        yield from _encoded(column, own)
    yield from _encoded_pairs(plan, names)
    yield from _encoded_known_row(plan, names)


def is_outside(column: PlannedColumn, own: str) -> str:
    """Return whether a column of a row holds what training has not seen."""
    x = f"row->{own}"
    if column.categories:
        return f"{x} == {len(column.categories)}" + ("" if column.missing else f" || {x} < 0")
    if column.terms is not None:
        return text_is_outside(column, column.terms, own)
    gap = "0" if column.missing else f"isnan({x}) != 0"
    if column.center is None or column.minimum is None or column.maximum is None:
        return gap
    return f"{gap} || {x} < {column.minimum!r} || {x} > {column.maximum!r}"


def _encoded(column: PlannedColumn, own: str) -> Iterator[str]:
    yield f"/* {comment(column.name)} */"
    at, gap = column.at, column.at + column.n_inputs - 1
    x = f"row->{own}"
    if column.categories:
        yield from _encoded_category(column, own, x)
        return
    if column.terms is not None:
        yield from encoded_text(column, column.terms, own)
        return
    if column.center is None:
        yield f"inputs[{at}] = (REAL){x};"
        return
    otherwise = f"inputs[{gap}] = 1;" if column.missing else ""
    yield f"if (isnan({x})) {{ {otherwise} }} else {{"
    if column.width:
        yield f"    inputs[{at}] = (REAL)scaled({x}, {column.center!r}, {column.width!r});"
    if column.rank_quantiles:
        at += 1
        yield f"    inputs[{at}] = (REAL)ranked({x}, {own}_quantiles);"
    if column.frequent_values:
        n = len(column.frequent_values)
        yield f"    for (i = 0; i < {n}; i++) inputs[{at + 1} + i] = {x} == {own}_frequent[i];"
    if len(column.parts) > 1:
        yield f"    long day = (long)floor({x});"
    for i, part in enumerate(column.parts[1:], at + 1):
        period, wave = part.split("_")
        steps = {
            "year": "day_of_year(day), 366",
            "week": "(int)(((day + 3) % 7 + 7) % 7), 7",
            "day": f"(int)floor(({x} - (double)day) * 1440.0 + 1e-6), 1440",
        }[period]
        yield f"    inputs[{i}] = (REAL)phase({steps}, {int(wave == 'cos')});"
    yield "}"


def _encoded_category(column: PlannedColumn, own: str, x: str) -> Iterator[str]:
    at, n = column.at, len(column.categories)
    if column.is_pair:
        yield f"if ({x} == 0) inputs[{at}] = -1;"
        yield f"if ({x} == 1) inputs[{at}] = 1;"
        if column.missing:
            yield f"if ({x} < 0) inputs[{at + column.n_inputs - 1}] = 1;"
        return
    if column.statistics is not None:
        n_statistics = column.n_inputs - column.missing
        if n:
            yield f"if ({x} >= 0 && {x} < {n})"
            yield f"    for (i = 0; i < {n_statistics}; i++) inputs[{at} + i] = {own}_statistics[{x}][i];"
        if column.missing:
            yield f"if ({x} < 0) inputs[{at + column.n_inputs - 1}] = 1;"
        return
    most = n + column.rare
    yield f"if ({x} >= 0 && {x} < {most}) inputs[{at} + {x}] = 1;"
    if column.missing:
        yield f"if ({x} < 0) inputs[{at + column.n_inputs - 1}] = 1;"


def _encoded_pairs(plan: Plan, names: Names) -> Iterator[str]:
    for i, one in enumerate(plan.crossings):
        if one.keys:
            a, b = f"row->{names.columns[one.first]}", f"row->{names.columns[one.second]}"
            n_a, n_b = (len(plan.columns[k].categories) for k in (one.first, one.second))
            yield f"if ({a} >= 0 && {a} < {n_a} && {b} >= 0 && {b} < {n_b}) {{"
            yield f"    int place = place_of_key((unsigned long long){a} * {n_b} + {b}, keys_{i}, {len(one.keys)});"
            yield "    if (place >= 0)"
            yield f"        for (i = 0; i < {one.n_inputs}; i++) inputs[{one.at} + i] = pairs_{i}[place][i];"
            yield "}"


def _encoded_known_row(plan: Plan, names: Names) -> Iterator[str]:
    known = plan.known_rows
    if known is None:
        return
    yield "/* whether training knew the row, and what its equals answered */"
    yield "{"
    yield "    unsigned long long key = 0;"
    yield "    int place;"
    for column, own in zip(plan.columns, names.columns, strict=True):
        x = f"row->{own}"
        bits = f"(unsigned long long)(long long){x}"
        if not column.categories:
            bits = f"bits_of(rint({x} * 86400.0))" if column.kind == "date" else f"bits_of({x})"
        yield f"    key = mixed(key, {bits});"
    yield f"    place = place_of_key(key, known_rows, {len(known.keys)});"
    yield "    if (place >= 0) {"
    yield f"        inputs[{known.at}] = 1;"
    yield f"        for (i = 0; i < {len(known.values[0])}; i++)"
    yield f"            inputs[{known.at + 1} + i] = answers_of_known[place][i];"
    yield "    }"
    yield "}"
